"""Measures as rows: text and rows both ways, what they are to move, and that nothing is closed while one is open."""

from decimal import Decimal

import pytest
from django.utils import timezone

from inspections.models import (
    Cause,
    CauseOfFinding,
    CauseOfMeasure,
    Finding,
    FindingOfMeasure,
    Item,
    Measure,
)
from inspections.models.measures import MOST, aimless, caused_by, closed_without_moving, numbered, unmet
from inspections.steps import CARRYING, RECTIFICATION
from inspections.steps.measures import aims, below, causes, findings, name_of
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.kinds import Text
from povertyparty.scope import acting, everywhere
from povertyparty.steps import StepBarred, StepForbidden, StepIncomplete
from tests.inspections.rectifying import COUNTY, FAR, NEIGHBOUR, VILLAGE, needed
from villages.access import scope_of
from villages.models import Household, Role

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
UNLIFTED = "unlifted_households"


@pytest.fixture
def take():
    """take(item, "plan", user, measures="…"), in the scope of the user."""

    def act(item, verb, user, **given):
        with acting(scope_of(user.appointment)):
            return RECTIFICATION.take(Item.objects.get(pk=item.pk), verb, user, **needed(verb) | given)

    return act


@pytest.fixture
def carry():
    """carry(measure, "finish", user): a step of a measure, in the scope of the user."""

    def act(measure, verb, user, **given):
        with acting(scope_of(user.appointment)):
            return CARRYING.take(Measure.objects.get(pk=measure.pk), verb, user, **given)

    return act


def rows(item):
    with everywhere("test"):
        return list(Measure.of(item))


def texts(item):
    return [one.text for one in rows(item) if one.state != "dropped"]


def column(item):
    with everywhere("test"):
        return Item.objects.get(pk=item.pk).measures


def aim(place=VILLAGE, figure=UNLIFTED, comparator="不高于", target="0"):
    with everywhere("test"):
        return {"figure": name_of(aims(), figure), "read_at": name_of(below(), place), "comparator": comparator, "target": target}  # fmt: skip


# Text and rows


def test_what_a_village_reports_as_one_text_becomes_rows(item_in, filer, take):
    item = item_in("signed")
    take(item, "plan", filer, measures="1.建立需求调查表；2.重排课程\n（3）每月检查一次")
    assert texts(item) == ["建立需求调查表", "重排课程", "每月检查一次"]
    assert [one.code for one in rows(item)] == [f"{item.code}-{n}" for n in (1, 2, 3)]
    assert column(item) == "1.建立需求调查表；2.重排课程\n（3）每月检查一次"


def test_measures_sent_back_and_reported_again_keep_the_rows_that_say_the_same(item_in, filer, officer, take):
    item = item_in("signed")
    take(item, "plan", filer, measures="1.建立需求调查表；2.重排课程")
    kept = rows(item)[0].pk
    take(item, "amend", officer)
    take(item, "plan", filer, measures="1.每月检查一次；2.建立需求调查表")
    assert texts(item) == ["每月检查一次", "建立需求调查表"]
    assert {one.text: one.pk for one in rows(item)}["建立需求调查表"] == kept
    assert [one.text for one in rows(item) if one.state == "dropped"] == ["重排课程"]


@pytest.mark.parametrize("verb", ["report", "supplement"])
def test_a_text_of_an_imported_ledger_becomes_rows_when_work_goes_on_here(verb, item_in, filer, take):
    item = item_in("doing", facts={"measures": "1.制定方案;2.逐项落实"})
    assert not rows(item)
    take(item, verb, filer)
    assert texts(item)[:2] == ["制定方案", "逐项落实"] and {one.state for one in rows(item)} == {"doing"}


def test_the_ledgers_column_is_written_from_the_rows(item_in, filer, officer, take, carry):
    item = item_in("doing", facts={"measures": "1.制定方案;2.逐项落实"})
    take(item, "supplement", filer, more="1.每月检查一次；2.公示结果")
    assert column(item) == "1.制定方案\n2.逐项落实\n3.每月检查一次\n4.公示结果"
    carry(rows(item)[1], "drop", officer, reason="并入第三条一起做")
    carry(rows(item)[0], "reword", filer, text="制定并公布方案")
    assert column(item) == "1.制定并公布方案\n2.每月检查一次\n3.公示结果"
    assert numbered(column(item)) == texts(item)


HOSTILE = [
    "没有编号的一条措施，写得很长",
    "1.一月底前做完1.5公里路；2.花费3.2万元",
    "1.\n2.\n3.只有第三条写了内容",
    "①建立台账；②<script>alert(1)</script>；③{{ 7*7 }} %s",
    "1.甲做到位；1.甲做到位；2.乙也做到位",
    "=HYPERLINK(\"http://x\")；2.清理公式一样的字",
    "1、2020年6月30日前完成；2、12.5%的户已办",
    "一、先做好第一件；二、再做好第二件",
    "；；；1.前面全是分号；；；2.中间也是；；；",
    "1." + "长" * 1900 + "；2." + "句" * 1900,
    "".join(f"{n}.第{n}条要做的事；" for n in range(1, MOST + 1)),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_comes_back_from_its_rows_as_the_same_rows(text, item_in, filer, take):
    item = item_in("signed")
    take(item, "plan", filer, measures=text)
    said = [one for one in numbered(Text(4000).parse(text))]
    assert said and texts(item) == said
    with everywhere("test"):
        assert sorted(numbered(Measure.written(item))) == sorted(said)
        assert column(item) == Text(4000).parse(text)


def test_more_measures_than_anybody_can_follow_are_not_taken(item_in, filer, take):
    item = item_in("signed")
    with pytest.raises(StepIncomplete, match="一次最多30条"):
        take(item, "plan", filer, measures="".join(f"{n}.第{n}条；" for n in range(1, MOST + 2)))
    assert not rows(item)


def test_an_imported_text_of_countless_numbers_stays_one_row(item_in, filer, take):
    text = "".join(f"{n % 90 + 1}.事；" for n in range(900))
    item = item_in("doing", facts={"measures": text})
    take(item, "report", filer)
    assert texts(item) == [text.strip()]


def test_one_measure_is_one_thing(item_in, filer, take, carry):
    item = item_in("doing", facts={"measures": "制定方案"})
    take(item, "report", filer)
    with pytest.raises(StepIncomplete, match="一条只写一件事"):
        carry(rows(item)[0], "reword", filer, text="1.制定方案；2.公布方案")


# A cause before it is handed over, a measure before work, all measures done before closing


def test_nothing_is_handed_over_before_somebody_said_why(item_in, officer, take, finding):
    item = item_in("not_started")
    with pytest.raises(StepIncomplete, match="原因分析：这个问题还没有标注原因"):
        take(item, "assign", officer, cause="")
    with everywhere("test"):
        cause = Cause.objects.create(place_id=COUNTY, name="没有调查制度", root="能力素质不过硬")
        CauseOfFinding.objects.create(cause=cause, finding=finding, place_id=VILLAGE)
    assert take(item, "assign", officer, cause="").after == "assigned"


def test_the_kind_of_cause_chosen_when_it_is_handed_over_is_kept(item_in, officer, take, fresh):
    item = item_in("not_started")
    take(item, "assign", officer, cause="作风建设不扎实")
    assert fresh(item).cause == "作风建设不扎实"


def test_work_begins_with_at_least_one_measure(item_in, officer, take):
    with pytest.raises(StepBarred, match="没有一条整改措施"):
        take(item_in("planned", facts={"measures": ""}), "approve", officer)


def test_closing_is_not_applied_for_while_a_measure_is_open(item_in, filer, clerk, take, carry):
    item = item_in("doing", facts={"measures": "1.制定方案;2.逐项落实"})
    take(item, "report", filer)
    with pytest.raises(StepBarred, match="还有2条措施没有落实（制定方案；逐项落实）"):
        take(item, "apply", filer)
    first, second = rows(item)
    carry(first, "finish", filer)
    with pytest.raises(StepBarred, match="还有1条措施没有落实"):
        take(item, "apply", filer)
    carry(second, "drop", clerk, reason="并入第一条一起做")
    assert take(item, "apply", filer).after == "applied"


def test_items_whose_measures_are_no_rows_may_be_closed_as_before(item_in, filer, take):
    item = item_in("doing", facts={"measures": "1.制定方案;2.逐项落实"})
    assert take(item, "apply", filer).after == "applied" and not rows(item)


def test_a_village_does_not_give_up_its_own_measures(item_in, filer, take, carry):
    item = item_in("doing", facts={"measures": "制定方案"})
    take(item, "report", filer)
    with pytest.raises(StepForbidden, match="不能放弃"):
        carry(rows(item)[0], "drop", filer, reason="不想再做下去了")


@pytest.mark.parametrize("state", ["applied", "reviewed", "verified", "closed", "archived", "voided"])
def test_what_is_under_review_or_closed_keeps_its_measures(state, item_in, officer, carry):
    item = item_in(state)
    with everywhere("test"):
        measure = Measure.add(item, ["制定方案"])[0]
    for verb, given in (
        ("finish", {}),
        ("drop", {"reason": "不需要再做了"}),
        ("reword", {"text": "改成另一件事"}),
    ):
        with pytest.raises(StepBarred, match=item.code):
            carry(measure, verb, officer, **given)


# The figure that is to move


def households(count):
    for n in range(count):
        Household.objects.create(place_id=VILLAGE, number=f"65990610020000{n:02}", head="张某", size=2, status="0")  # fmt: skip


def lift(count):
    with everywhere("test"):
        picked = Household.objects.filter(place_id=VILLAGE).order_by("pk")[:count]
        Household.objects.filter(pk__in=picked).update(status="1", exit_year=TODAY.year)


def test_a_figure_is_read_when_work_begins_when_it_is_closed_and_when_it_is_looked_back_on(
    item_in, filer, officer, chief, leader, somebody, take, carry
):
    with everywhere("test"):
        households(3)
    item, verifier = item_in("signed"), somebody(Role.SUPERVISOR)
    take(item, "plan", filer, measures="逐户落实帮扶产业，村党支部书记，年底前")
    (measure,) = rows(item)
    carry(measure, "aim", officer, **aim())
    assert rows(item)[0].before is None  # nothing has begun
    take(item, "approve", officer)
    (measure,) = rows(item)
    assert (measure.before, measure.before_on, measure.after) == (3, TODAY, None)
    lift(2)
    carry(measure, "finish", filer, result="两户已脱贫")
    for verb, user in (("apply", filer), ("review", leader), ("verify", verifier)):
        take(item, verb, user)
    assert rows(item)[0].after is None  # only what is closed is read
    take(item, "close", chief)
    (measure,) = rows(item)
    assert (measure.before, measure.after, measure.after_on, measure.later) == (3, 1, TODAY, None)
    assert measure.moved(measure.after) is True
    with everywhere("test"):
        Household.objects.filter(place_id=VILLAGE).update(status="0", exit_year=None)
    take(item, "reopen", verifier)
    (measure,) = rows(item)
    assert (measure.after, measure.later, measure.later_on) == (1, 3, TODAY)
    assert measure.moved(measure.later) is False


def test_a_figure_named_while_work_goes_on_is_read_at_once(item_in, officer, filer, take, carry):
    with everywhere("test"):
        households(2)
    item = item_in("doing", facts={"measures": "逐户落实帮扶产业"})
    take(item, "report", filer)
    carry(rows(item)[0], "aim", officer, **aim())
    assert rows(item)[0].before == 2


def test_a_figure_is_only_of_what_everybody_may_read_and_of_places_one_works_over(item_in, officer, carry):
    item = item_in("doing")
    with everywhere("test"):
        measure = Measure.add(item, ["逐户落实帮扶产业"])[0]
        offered = aims()
    assert not [code for code in offered.values() if FIGURES[code].split]
    assert "removed_after_review" not in offered.values()  # counts of what two roles may read
    with pytest.raises(StepIncomplete, match="看哪里的数：不在可选的范围内"):
        carry(measure, "aim", officer, **aim() | {"read_at": "示例市"})


@pytest.mark.parametrize(
    "comparator,before,target,value,moved",
    [
        ("不高于", 3, 0, 1, True),
        ("不高于", 3, 0, 3, False),
        ("不高于", 3, 0, 4, False),
        ("不高于", 0, 0, 0, True),
        ("不低于", 40, 90, 60, True),
        ("不低于", 40, 90, 40, False),
        ("不低于", 95, 90, 92, True),
        ("不低于", None, 90, 95, True),
        ("不低于", None, 90, 60, None),
        ("不低于", 40, 90, None, None),
    ],
)
def test_whether_a_figure_moved(comparator, before, target, value, moved, item_in):
    item = item_in("closed")
    numbers = {name: None if n is None else Decimal(n) for name, n in (("before", before), ("target", target), ("after", value))}  # fmt: skip
    with everywhere("test"):
        measure = Measure.add(item, ["做"])[0]
        Measure.objects.filter(pk=measure.pk).update(figure=UNLIFTED, comparator=comparator, read_at=VILLAGE, **numbers)  # fmt: skip
        measure.refresh_from_db()
        assert measure.moved(measure.after) is moved
        assert Finding.objects.filter(closed_without_moving()).exists() is (moved is False)


# Where the chain is broken


def test_a_cause_is_met_by_a_measure_that_names_it_or_by_one_of_its_finding_that_names_none(item_in, finding):
    item = item_in("doing")
    with everywhere("test"):
        named, other = (
            Cause.objects.create(place_id=VILLAGE, name=name, root="能力素质不过硬")
            for name in ("甲因", "乙因")
        )
        for cause in (named, other):
            CauseOfFinding.objects.create(cause=cause, finding=finding, place_id=VILLAGE)

        def lacking():
            return {one.name for one in Cause.objects.filter(unmet())}

        assert lacking() == {"甲因", "乙因"}
        measure = Measure.add(item, ["制定方案"])[0]
        assert lacking() == set()
        CauseOfMeasure.objects.create(cause=named, measure=measure, place_id=VILLAGE)
        assert lacking() == {"乙因"}
        Measure.objects.update(state="dropped")
        assert lacking() == {"甲因", "乙因"}


def test_a_measure_without_a_finding_is_told_until_it_answers_one(item_in, finding):
    item = item_in("voided")
    with everywhere("test"):
        of_void = Measure.add(item, ["制定方案"])[0]
        alone = Measure.objects.create(place_id=COUNTY, code="YF-1", text="修订调研制度")
        Measure.add(item_in("doing"), ["逐项落实"])
        assert set(Measure.objects.filter(aimless())) == {of_void, alone}
        FindingOfMeasure.objects.create(finding=finding, measure=alone, place_id=COUNTY)
        assert set(Measure.objects.filter(aimless())) == {of_void}


def test_a_finding_counts_under_each_kind_of_its_causes_once(item_in, finding):
    item_in("doing", facts={"cause": "作风建设不扎实"})
    item_in("doing", facts={"cause": "作风建设不扎实"})
    with everywhere("test"):
        for name in ("甲因", "乙因"):
            cause = Cause.objects.create(place_id=VILLAGE, name=name, root="能力素质不过硬")
            CauseOfFinding.objects.create(cause=cause, finding=finding, place_id=VILLAGE)
        for root, n in (("作风建设不扎实", 1), ("能力素质不过硬", 1), ("担当精神不够强", 0)):
            assert Finding.objects.filter(caused_by(root)).count() == n


# Who sees what


def test_a_cause_is_seen_with_the_findings_it_stands_behind(item_in, filer, outsider, finding):
    item_in("doing")
    with everywhere("test"):
        shared = Cause.objects.create(place_id=COUNTY, name="县里的原因", root="能力素质不过硬")
        Cause.objects.create(place_id=COUNTY, name="别人的原因", root="能力素质不过硬")
        CauseOfFinding.objects.create(cause=shared, finding=finding, place_id=VILLAGE)
        finding.place_id = COUNTY
        finding.save()
        CauseOfFinding.objects.update(place_id=COUNTY)
    with acting(scope_of(filer.appointment)):
        assert [one.name for one in Cause.objects.all()] == ["县里的原因"]
        assert CauseOfFinding.objects.count() == 1 and set(causes()) == {"县里的原因"}
    with acting(scope_of(outsider.appointment)):
        assert not Cause.objects.exists() and not CauseOfFinding.objects.exists() and not findings()


def test_the_database_itself_hides_lines_of_others(item_in, outsider, filer, finding):
    item_in("doing")
    with everywhere("test"):
        cause = Cause.objects.create(place_id=COUNTY, name="县里的原因", root="能力素质不过硬")
        CauseOfFinding.objects.create(cause=cause, finding=finding, place_id=COUNTY)
        Finding.objects.update(place_id=COUNTY)
    for user, seen in ((outsider, 0), (filer, 1)):
        with acting(scope_of(user.appointment)):
            for model in (Cause, CauseOfFinding):
                told = model.objects.raw(f"SELECT * FROM {model._meta.db_table}")
                assert len(list(told)) == seen, (model, user)


@pytest.mark.parametrize("place,seen", [(VILLAGE, True), (NEIGHBOUR, False), (FAR, False)])
def test_measures_lie_where_their_item_lies(place, seen, item_in, somebody):
    item = item_in("doing")
    with everywhere("test"):
        Measure.add(item, ["制定方案"])
    role = Role.TOWNSHIP_OFFICER if place == FAR else Role.VILLAGE_FILER
    with acting(scope_of(somebody(role, place).appointment)):
        assert Measure.objects.exists() is seen
