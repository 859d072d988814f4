"""检视问题: filed with what is needed, compared with what is there, shared out, merged, voided; never simply gone."""

from datetime import date, timedelta

import pytest

from inspections.models import Evidence, Finding, Item
from inspections.steps import REGISTRATION
from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import StepBarred, StepForbidden, StepIncomplete
from tests.conftest import COUNTY, FAR_VILLAGE, NEAR, NEIGHBOUR, VILLAGE
from tests.villages.machines.items import upload
from villages.models import Parameter

pytestmark = pytest.mark.django_db
TODAY = date.today()
made = iter(range(1, 10_000))


def found_in(stage="filed", place=VILLAGE, **facts):
    given = {
        "text": "培训课程设置不够精准",
        "source": "县委巡察",
        "category": "P2",
        "method": "调研走访",
        "found_on": TODAY,
        "code": f"J-{next(made)}",
    }
    with everywhere("test data"):
        return Finding.objects.create(place_id=place, stage=stage, **given | facts)


def take(found, verb, user, in_scope, **given):
    with in_scope(user):
        mine = Finding.objects.get(pk=found.pk)
        return REGISTRATION.take(mine, verb, user, **given)


def now(found):
    with everywhere("test"):
        return Finding.objects.get(pk=found.pk)


def split(found, user, in_scope, shares, **given):
    return take(found, "split", user, in_scope, severity="较重", shares=shares, **given)


# R1


@pytest.mark.parametrize(
    "name,empty,word",
    [
        ("source", "", "问题来源"),
        ("category", "", "问题类别"),
        ("found_on", None, "发现日期"),
        ("method", "", "发现方式"),
    ],
)
def test_a_draft_is_filed_only_with_all_that_is_needed(name, empty, word, clerk, in_scope):
    draft = found_in("draft", **{name: empty})
    with pytest.raises(StepBarred, match=word):
        take(draft, "file", clerk, in_scope)
    assert now(draft).stage == "draft"


def test_self_criticism_brings_oneself_in_by_one_aspect_at_least(clerk, in_scope):
    draft = found_in("draft", source="政治体检自查")
    with pytest.raises(StepBarred, match="摆进去"):
        take(draft, "file", clerk, in_scope)
    with everywhere("test"):
        Finding.objects.filter(pk=draft.pk).update(duty="没有按职责每季度研究一次")
    take(draft, "file", clerk, in_scope)
    assert now(draft).stage == "filed"


def test_a_finding_entered_by_hand_begins_as_a_draft_whoever_enters_it(officer, client_of):
    given = {"place": VILLAGE, "code": "XC-9", "text": "没有调查需求", "symptoms": ["P2.1"], "category": "P2"}
    client_of(officer).post("/ledgers/findings/add/", given)
    with everywhere("test"):
        found = Finding.objects.get()
        assert (found.stage, found.symptoms, found.author) == ("draft", ["P2.1"], officer.pk)


def test_symptoms_are_of_the_kind_of_the_finding(officer, client_of):
    given = {"place": VILLAGE, "code": "XC-9", "text": "没有调查需求", "symptoms": ["P3.1"], "category": "P2"}
    page = client_of(officer).post("/ledgers/findings/add/", given).content.decode()
    assert "不属于这一问题类别" in page
    with everywhere("test"):
        assert not Finding.objects.exists()


def test_files_that_prove_a_finding_are_kept_shown_and_given_out(clerk, outsider, client_of):
    draft = found_in("draft")
    address = f"/ledgers/findings/{draft.pk}/"
    client = client_of(clerk)
    client.post(f"{address}steps/findings/file/", {"version": 1, "evidence": [upload("现场照片.pdf")]})
    assert "现场照片.pdf" in client.get(address).content.decode()
    with everywhere("test"):
        kept = Evidence.objects.get()
    assert (kept.finding_id, kept.item_id) == (draft.pk, None)
    assert client.post(f"/evidence/{kept.pk}/").status_code == 200
    assert client_of(outsider).post(f"/evidence/{kept.pk}/").status_code == 404


# Drafts


def test_a_draft_goes_when_its_author_says_so_and_the_trail_stays(clerk, client_of, in_scope):
    client = client_of(clerk)
    client.post("/ledgers/findings/add/", {"place": VILLAGE, "code": "XC-9", "text": "没有调查需求"})
    with everywhere("test"):
        draft = Finding.objects.get()
    answer = client.post(f"/ledgers/findings/{draft.pk}/steps/findings/discard/", {"version": 1})
    assert (answer.status_code, answer["Location"]) == (302, "/ledgers/findings/")
    with everywhere("test"):
        assert not Finding.objects.exists()
        assert RecordStep.objects.get().verb == "discard"
        events = Finding._meta.get_field("events").related_model.objects
        assert events.filter(pgh_label="delete").count() == 1


def test_nobody_else_deletes_it_and_nothing_filed_is_deleted(clerk, filer, officer, client_of, in_scope):
    client_of(filer).post(
        "/ledgers/findings/add/", {"place": VILLAGE, "code": "XC-9", "text": "没有调查需求"}
    )
    with everywhere("test"):
        draft = Finding.objects.get()
    for user in (clerk, officer):
        with pytest.raises(StepForbidden, match="登记的人"):
            take(draft, "discard", user, in_scope)
    assert "discard" not in REGISTRATION.steps["file"].who
    assert {*REGISTRATION.steps["discard"].who} == {"draft"}


# R2


def test_one_finding_is_shared_out_to_several_units_and_places_at_once(officer, in_scope):
    found = found_in(place=NEAR)
    split(
        found,
        officer,
        in_scope,
        "县委党校，近山镇前湾村，没有调查前湾村的需求\n县教育局,后湾村\n\n县水利局",
    )
    with everywhere("test"):
        rows = [
            (i.code, i.unit, i.place_id, i.symptom, i.state, i.severity, i.found_on)
            for i in found.items.order_by("pk")
        ]
    common = ("not_started", "较重", TODAY)
    assert rows == [
        (f"{found.code}-1", "县委党校", VILLAGE, "没有调查前湾村的需求", *common),
        (f"{found.code}-2", "县教育局", NEIGHBOUR, "", *common),
        (f"{found.code}-3", "县水利局", NEAR, "", *common),
    ]
    assert (now(found).stage, now(found).severity) == ("split", "较重")


def test_more_may_be_shared_out_later_and_numbers_go_on(officer, in_scope):
    found = found_in()
    split(found, officer, in_scope, "县委党校")
    split(found, officer, in_scope, "县教育局")
    with everywhere("test"):
        assert {*found.items.values_list("code", flat=True)} == {f"{found.code}-1", f"{found.code}-2"}


@pytest.mark.parametrize(
    "shares,why",
    [
        ("", "至少写一个责任单位"),
        ("县委党校，河口村", "不在问题涉及的地区内"),
        ("县委党校，后湾村", "不在问题涉及的地区内"),
        ("，前湾村", "不是责任单位"),
        ("\n".join(["县委党校"] * 101), "最多分解100项"),
    ],
)
def test_a_senseless_share_refuses_all_of_them(shares, why, officer, in_scope):
    found = found_in()
    with pytest.raises(StepIncomplete, match=why):
        split(found, officer, in_scope, shares)
    with everywhere("test"):
        assert not Item.objects.exists()


def test_two_places_of_one_name_are_told_apart_by_the_township(officer, in_scope, places):
    with everywhere("test data"):
        Finding.place.field.related_model.objects.create(code="659906200201", name="前湾村")
    found = found_in(place=COUNTY)
    with pytest.raises(StepIncomplete, match="连同乡镇"):
        split(found, officer, in_scope, "县委党校，前湾村")
    split(found, officer, in_scope, "县委党校，远水乡前湾村")
    with everywhere("test"):
        assert found.items.get().place_id == "659906200201"


# Doubles


def test_what_looks_the_same_must_be_looked_at_first(officer, in_scope):
    earlier, found = found_in("split", found_on=TODAY - timedelta(180)), found_in()
    with pytest.raises(StepIncomplete, match=earlier.code):
        split(found, officer, in_scope, "县委党校")
    split(found, officer, in_scope, "县委党校", unlike="那一次是村干部班，这一次是书记班")
    assert now(found).stage == "split"


@pytest.mark.parametrize(
    "other",
    [
        {"found_on": TODAY - timedelta(181)},
        {"category": "P3"},
        {"place": NEIGHBOUR},
        {"stage": "draft"},
        {"stage": "voided"},
    ],
)
def test_what_is_elsewhere_or_long_ago_or_does_not_count_is_no_double(other, officer, in_scope):
    found_in(**{"stage": "split"} | other)
    split(found_in(), officer, in_scope, "县委党校")


def test_how_long_ago_is_the_county_s_to_say(officer, in_scope):
    with everywhere("test data"):
        Parameter.objects.create(
            county_id=COUNTY, key="double_days", value="30", valid_from=date(2020, 1, 1), by=officer
        )
    found_in("split", found_on=TODAY - timedelta(31))
    split(found_in(), officer, in_scope, "县委党校")


def test_a_double_is_merged_into_the_one_it_repeats_and_comes_back(officer, in_scope):
    first, double = found_in("split"), found_in()
    take(double, "merge", officer, in_scope, into=first.code.lower(), reason="与该问题是同一件事")
    assert (now(double).stage, now(double).into_id) == ("merged", first.pk)
    with pytest.raises(StepBarred, match=double.code):
        take(first, "void", officer, in_scope, reason="核实后并不存在")
    take(double, "restore", officer, in_scope, reason="并不是同一件事")
    assert (now(double).stage, now(double).into_id) == ("filed", None)


def test_it_is_not_merged_into_itself_nor_into_nothing_nor_into_what_is_merged(officer, in_scope):
    first, double = found_in("split"), found_in()
    gone = found_in("voided")
    for code, why in ((double.code, "它自己"), ("没有", "没有这个编号"), (gone.code, "已撤销")):
        with pytest.raises(StepIncomplete, match=why):
            take(double, "merge", officer, in_scope, into=code, reason="与该问题是同一件事")
    assert now(double).stage == "filed" and now(first).version == 1


def test_nothing_is_voided_or_merged_while_its_items_go_on(officer, in_scope):
    found = found_in()
    split(found, officer, in_scope, "县委党校")
    with pytest.raises(StepBarred, match="1项没有办结"):
        take(found, "void", officer, in_scope, reason="核实后并不存在")
    with everywhere("test"):
        found.items.update(state="voided")
    take(found, "void", officer, in_scope, reason="核实后并不存在")
    assert now(found).stage == "voided"


# Settled, and again


@pytest.mark.parametrize(
    "states,word",
    [
        (["doing", "closed"], "正在整改"),
        (["closed", "lasting", "archived"], "已办结"),
        (["closed", "voided"], "已办结"),
        (["mostly"], "正在整改"),
    ],
)
def test_a_finding_is_settled_when_none_of_its_items_awaits_anything(states, word, officer, clerk, client_of):
    found = found_in("split")
    with everywhere("test data"):
        for n, state in enumerate(states):
            Item.objects.create(place_id=VILLAGE, finding=found, code=f"{found.code}-{n}", state=state)
    for user in (officer, clerk):
        assert word in client_of(user).get(f"/ledgers/findings/{found.pk}/").content.decode()


def test_who_sees_only_some_of_the_items_is_not_told_that_all_are_done(filer, client_of):
    found = found_in("split", place=COUNTY)
    with everywhere("test data"):
        Item.objects.create(place_id=VILLAGE, finding=found, code="S-1", state="closed")
        Item.objects.create(place_id=FAR_VILLAGE, finding=found, code="S-2", state="doing")
    assert "已办结" not in client_of(filer).get(f"/ledgers/findings/{found.pk}/").content.decode()


def test_a_finding_that_came_back_names_the_earlier_one(officer, client_of):
    earlier = found_in("split", code="Q-1")
    given = {"place": VILLAGE, "code": "Q-2", "text": "又没有调查需求", "again": "Q-1"}
    client_of(officer).post("/ledgers/findings/add/", given)
    with everywhere("test"):
        assert Finding.objects.get(code="Q-2").again_id == earlier.pk
    assert "后来又出现" in client_of(officer).get(f"/ledgers/findings/{earlier.pk}/").content.decode()


def test_another_township_sees_nothing_of_it(outsider, client_of):
    found = found_in()
    client = client_of(outsider)
    assert client.get(f"/ledgers/findings/{found.pk}/").status_code == 404
    assert (
        client.post(f"/ledgers/findings/{found.pk}/steps/findings/file/", {"version": 1}).status_code == 404
    )
