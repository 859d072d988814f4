"""The page of one item: what each person sees and may do there, and what comes back when a step is refused."""

import re

import pytest

from inspections.models import Finding, Item
from inspections.models.measures import numbered
from inspections.steps import RECTIFICATION
from povertyparty.scope import everywhere
from tests.inspections.rectifying import (
    COUNTY,
    FAR,
    ITEMS,
    NEAR,
    NEIGHBOUR,
    OTHERS_ONLY,
    VILLAGE,
    WAYS,
    carried_out,
    needed,
    trail,
    upload,
)
from villages.models import MAY, Appointment, Role

pytestmark = pytest.mark.django_db

# State, step, and which earlier step of the round was the person's own.
CELLS = [
    (state, verb, own)
    for state in Item.State.values
    for verb in RECTIFICATION.steps
    for own in ("", *sorted(OTHERS_ONLY.get(verb, set()) & dict(WAYS[state]).keys()))
]


@pytest.fixture
def browse(client_of):
    """browse(user, item): (status, text) of the item's page."""

    def get(user, item):
        page = client_of(user).get(f"/items/{item.pk}/")
        return page.status_code, page.content.decode()

    return get


@pytest.fixture
def send(client_of):
    """send(user, item, verb, note="…"): the answer to the step's form, filled in as it should be unless said otherwise."""

    def post(user, item, verb, **changed):
        return client_of(user).post(
            f"/items/{item.pk}/{verb}/", needed(verb) | {"version": item.version} | changed
        )

    return post


def offered(page):
    """The steps that a page offers."""
    return set(re.findall(r'action="/items/\d+/(\w+)/"', page))


# Who may do what, through the page


def answer(state, verb, role, own):
    """The status that the table of steps asks for."""
    step = RECTIFICATION.steps[verb]
    if role not in MAY["view_ledgers"] or role not in step.roles:
        return 403
    if state not in step.who:
        return 409
    return 403 if own in step.not_by or role not in step.who[state] else 302


@pytest.mark.case("A-068")
@pytest.mark.case("A-069")
@pytest.mark.case("A-070")
@pytest.mark.parametrize("state,verb,own", CELLS)
def test_a_form_is_answered_as_the_table_of_steps_says(state, verb, own, item_in, somebody, send, fresh):
    for role in Role if (state, verb) in ITEMS.cells else [Role.COUNTY_OFFICER, Role.READER]:
        user = somebody(role)
        item = item_in(state, **({own: user} if own else {}))
        expected = answer(state, verb, role, own)
        assert send(user, item, verb).status_code == expected, role.label
        now = fresh(item)
        assert len(trail(now)) == now.version - 1 == item.version - 1 + (expected == 302), role.label
        assert now.state == (RECTIFICATION.steps[verb].target or state if expected == 302 else state), (
            role.label
        )


@pytest.mark.parametrize("state", Item.State.values)
def test_a_page_offers_exactly_the_steps_that_may_be_taken(state, item_in, somebody, browse):
    for role in sorted(MAY["view_ledgers"]):
        may = {verb for verb in RECTIFICATION.steps if answer(state, verb, role, "") == 302}
        assert offered(browse(somebody(role), item_in(state))[1]) == may, role


@pytest.mark.parametrize("role", sorted(set(Role) - MAY["view_ledgers"]))
def test_roles_without_ledgers_see_no_item(role, item_in, somebody, browse):
    assert browse(somebody(role), item_in("doing"))[0] == 403


def test_nobody_is_asked_in_who_is_not_signed_in(item_in, client):
    item = item_in("doing")
    page = client.get(f"/items/{item.pk}/")
    assert page.status_code == 302 and "/login/" in page["Location"]
    refusal = client.post(f"/items/{item.pk}/report/", needed("report"))
    assert refusal.status_code == 403 and "/login/" in refusal.content.decode()


@pytest.mark.parametrize("role,place", [(Role.VILLAGE_FILER, NEIGHBOUR), (Role.TOWNSHIP_OFFICER, FAR), (Role.TOWNSHIP_LEADER, FAR), (Role.COUNTY_LEADER, "6598")])  # fmt: skip
def test_an_item_elsewhere_does_not_exist(role, place, item_in, somebody, browse, send, fresh):
    if place == "6598":
        with everywhere("test data"):
            Finding.place.field.related_model.objects.create(code=place, name="别的市")
    user, item = somebody(role, place), item_in("doing")
    assert browse(user, item)[0] == 404
    assert {send(user, item, verb).status_code for verb in RECTIFICATION.steps} == {404}
    assert fresh(item).version == item.version


@pytest.mark.parametrize("address", ["999999", "99999999999999999999", "0"])
def test_an_item_that_is_not_there_is_not_found(address, clerk, client_of):
    assert client_of(clerk).get(f"/items/{address}/").status_code == 404
    assert client_of(clerk).post(f"/items/{address}/report/", needed("report")).status_code == 404


def test_a_step_that_does_not_exist_is_not_found(item_in, clerk, send, client_of):
    item = item_in("doing")
    assert client_of(clerk).post(f"/items/{item.pk}/destroy/", {"version": item.version}).status_code == 404
    assert client_of(clerk).get(f"/items/{item.pk}/report/").status_code == 405


def test_a_right_ends_with_the_appointment(item_in, clerk, client_of):
    item, browser = item_in("doing"), client_of(clerk)
    Appointment.objects.filter(user=clerk).update(to_on="2020-12-31")
    assert browser.post(f"/items/{item.pk}/report/", needed("report") | {"version": item.version})[
        "Location"
    ].startswith("/login")


@pytest.mark.case("A-066")
def test_a_form_sets_only_what_its_step_asks_for(item_in, clerk, send, fresh):
    item = item_in("doing")
    assert (
        send(
            clerk,
            item,
            "report",
            state="closed",
            verdict="好",
            place="659906200",
            by="1",
            due_on="2099-01-01",
        ).status_code
        == 302
    )
    now = fresh(item)
    assert (now.state, now.verdict, now.place_id, now.due_on) == ("doing", "", VILLAGE, item.due_on)


# A step taken


def test_a_filer_reports_from_her_phone_and_sees_it(item_in, filer, send, browse):
    item = item_in("doing")
    assert (
        send(
            filer,
            item,
            "report",
            note="已换好水管",
            percent="70",
            evidence=[upload("现场.pdf"), upload("名单.pdf")],
        )["Location"]
        == f"/items/{item.pk}/"
    )
    page = browse(filer, item)[1]
    assert all(
        text in page
        for text in ("已换好水管", "完成比例（%）：70", "现场.pdf", "名单.pdf", "附 2 份材料", "村填报员")
    )


def test_the_way_from_finding_to_closing_and_back(item_in, somebody, filer, officer, chief, client_of, fresh):
    item, leader, supervisor = (
        item_in("not_started"),
        somebody(Role.TOWNSHIP_LEADER),
        somebody(Role.SUPERVISOR),
    )
    way = [
        (officer, "assign", "assigned"), (leader, "refuse", "not_started"), (officer, "assign", "assigned"),
        (leader, "sign", "signed"), (filer, "plan", "planned"), (officer, "amend", "signed"), (filer, "plan", "planned"),
        (officer, "approve", "doing"), (filer, "report", "doing"), (filer, "ask_extension", "deferring"),
        (chief, "extend", "doing"), (filer, "apply", "applied"), (officer, "return", "doing"), (filer, "apply", "applied"),
        (leader, "review", "reviewed"), (supervisor, "verify", "verified"), (chief, "close", "closed"),
        (officer, "reopen", "doing"),
    ]  # fmt: skip
    for user, verb, _ in way:
        if verb == "apply":
            carried_out(item)
        form = needed(verb) | {"version": fresh(item).version}
        page = client_of(user).post(f"/items/{item.pk}/{verb}/", form, follow=True)
        assert page.status_code == 200 and f"已{RECTIFICATION.steps[verb].label}" in page.content.decode(), (
            verb
        )
    assert [(step.verb, step.after) for step in trail(item)] == [(verb, after) for _, verb, after in way]


def test_the_trail_tells_a_verification_in_words(item_in, officer, send, browse):
    item = item_in("reviewed")
    send(officer, item, "verify", methods=["实地走访", "查阅资料"], verdict="差", note="两户反映没有变化")
    page = browse(officer, item)[1]
    assert "核验方式：实地走访、查阅资料；核验结论：差；核验情况：两户反映没有变化" in page
    assert "县委组织部经办人（测试县 县委组织部经办人）" in page


# A step refused


def test_what_was_typed_comes_back_with_what_is_wrong(item_in, clerk, send):
    page = send(clerk, item_in("doing"), "report", note="写了很多很多", percent="一半")
    text = page.content.decode()
    assert page.status_code == 422
    assert "写了很多很多</textarea>" in text and 'value="一半"' in text and "完成比例（%）：不是数字" in text


def test_a_verification_comes_back_as_it_was_filled_in(item_in, officer, send):
    page = send(officer, item_in("reviewed"), "verify", methods=["座谈", "问卷"], verdict="差", note="差")
    text = page.content.decode()
    assert page.status_code == 422 and "结论为“差”，请写明理由" in text
    assert (
        len(re.findall(r'name="methods"[^>]* checked', text)) == 2 and '<option value="差" selected>' in text
    )
    assert text.count('action="/items/') == 4  # this form again, and the three other steps


@pytest.mark.case("C-013")
def test_who_comes_too_late_is_told_and_keeps_the_text(item_in, officer, chief, send):
    item = item_in("applied")
    assert send(officer, item, "return").status_code == 302
    page = send(chief, item, "return", note="我写的退回理由不能丢")
    text = page.content.decode()
    assert page.status_code == 409
    assert "县委组织部经办人已于" in text and "现在是“正在整改”" in text and "我写的退回理由不能丢" in text


@pytest.mark.case("C-007")
def test_a_form_sent_twice_has_one_effect(item_in, clerk, send, fresh):
    item = item_in("doing")
    assert [send(clerk, item, "report").status_code for _ in range(3)] == [302, 409, 409]
    assert len(trail(item)) == item.version
    assert "这一次没有重复记录" in send(clerk, item, "report").content.decode()


def test_who_edited_the_item_meanwhile_is_told(item_in, officer, filer, send, in_scope):
    item = item_in("doing")
    with in_scope(officer):
        Item.objects.filter(pk=item.pk).update(goal="改过的目标", version=item.version + 1)
    page = send(filer, item, "report", note="我写的进展")
    assert page.status_code == 409
    assert (
        re.search(r"县委组织部经办人已于 [-:\d ]+ 修改了这项内容", page.content.decode())
        and "我写的进展</textarea>" in page.content.decode()
    )


def test_a_refused_form_carries_the_newest_version(item_in, clerk, filer, send):
    item = item_in("doing")
    send(filer, item, "report")
    text = send(clerk, item, "report", note="我也写了").content.decode()
    assert f'name="version" value="{item.version + 1}"' in text and "我也写了</textarea>" in text


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "-1", "99999999999999999999", "٣"])
def test_a_form_without_its_version_has_no_effect(version, item_in, clerk, send, fresh):
    item = item_in("doing")
    assert send(clerk, item, "report", version=version).status_code in {409, 302 if version == "٣" else 409}
    assert len(trail(item)) == item.version - 1


def test_own_work_is_refused_in_words(item_in, officer, send):
    page = send(officer, item_in("reviewed", review=officer), "verify")
    assert page.status_code == 403 and "本轮初审由您办理，核验须由他人办理" in page.content.decode()


def test_what_people_write_is_shown_as_text(item_in, clerk, send, browse):
    item = item_in("doing")
    send(clerk, item, "report", note="<script>alert(1)</script>{{ 7|add:7 }}")
    page = browse(clerk, item)[1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page and "<script>alert" not in page


# What the page tells


@pytest.mark.parametrize(
    "state,role,words",
    [
        ("doing", Role.VILLAGE_FILER, "您"),
        ("doing", Role.COUNTY_LEADER, "责任单位"),
        ("not_started", Role.VILLAGE_FILER, "县委组织部经办人"),
        ("assigned", Role.TOWNSHIP_LEADER, "您"),
        ("planned", Role.COUNTY_OFFICER, "您"),
        ("deferring", Role.VILLAGE_FILER, "县委组织部领导"),
        ("applied", Role.VILLAGE_FILER, "乡镇领导或牵头单位"),
        ("reviewed", Role.VILLAGE_FILER, "县委组织部经办人或督查"),
        ("reviewed", Role.SUPERVISOR, "您"),
        ("verified", Role.SUPERVISOR, "县委组织部领导"),
        ("closed", Role.VILLAGE_FILER, "无"),
        ("moved", Role.COUNTY_OFFICER, "无"),
    ],
)
def test_everybody_is_told_whose_turn_it_is(state, role, words, item_in, somebody, browse):
    assert f'现在轮到</span><div class="turn">{words}</div>' in browse(somebody(role), item_in(state))[1]


def test_who_reviewed_is_told_that_others_verify(item_in, officer, browse):
    assert "核验。本轮初审由您办理，须由他人核验" in browse(officer, item_in("reviewed", review=officer))[1]


@pytest.mark.parametrize("state,label", Item.State.choices)
def test_the_path_shows_where_the_item_is(state, label, item_in, officer, browse):
    assert re.search(rf'<li class="now" aria-current="step">{label}', browse(officer, item_in(state))[1])


def test_the_light_stands_with_its_reason(item_in, clerk, browse):
    page = browse(clerk, item_in("doing", due_on="2020-06-30"))[1]
    assert 'class="light light-red">超期' in page and "已超过整改时限" in page


def test_a_finding_shows_its_other_items_of_ones_own_place_only(item_in, filer, officer, browse):
    item, other, near = item_in("doing"), item_in("closed"), item_in("doing", place=NEAR)
    assert other.code in browse(filer, item)[1] and near.code not in browse(filer, item)[1]
    assert near.code in browse(officer, item)[1]


def test_what_was_found_is_told_to_those_who_must_put_it_right(item_in, filer, officer, finding, browse):
    item = item_in("doing")
    with everywhere("test data"):
        Finding.objects.filter(pk=finding.pk).update(place_id=COUNTY)
    page = browse(filer, item)[1]
    assert "培训课程设置不够精准" in page and f"/ledgers/findings/{finding.pk}/" not in page
    assert f"/ledgers/findings/{finding.pk}/" in browse(officer, item)[1]


def test_a_telephone_number_is_masked(item_in, officer, browse):
    item = item_in("doing")
    with everywhere("test data"):
        Item.objects.filter(pk=item.pk).update(phone="13800000001")
    page = browse(officer, item)[1]
    assert "138****0001" in page and "13800000001" not in page


@pytest.mark.parametrize(
    "text,found",
    [
        ("1.建立需求调查表;2.重排2020年课程", ["建立需求调查表", "重排2020年课程"]),
        ("（1）建章立制；（2）开展培训", ["建章立制", "开展培训"]),
        ("1、完善制度\n2、落实责任", ["完善制度", "落实责任"]),
        ("补助标准提高到1.5倍，并按3.2亩核算", ["补助标准提高到1.5倍，并按3.2亩核算"]),
        ("", []),
    ],
)
def test_numbered_measures_are_told_one_by_one(text, found):
    assert numbered(text) == found


def test_a_long_trail_costs_no_more_queries(
    item_in, clerk, client_of, django_assert_max_num_queries, send, fresh
):
    short, long = item_in("doing"), item_in("doing", after=[("report", "doing")] * 30)
    browser, counts = client_of(clerk), []
    browser.get("/")  # that somebody is at work is written once a minute
    for item in (short, long):
        with django_assert_max_num_queries(40) as queries:
            browser.get(f"/items/{item.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30
