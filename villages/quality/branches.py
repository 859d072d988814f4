"""村党组织、换届、典型案例."""

from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from povertyparty.quality import Severity, register
from villages.models import CaseStudy, Election
from villages.quality.measuring import both, only, serving, there


def secretaries(on):
    return serving(on).filter(post="secretary")


def another_heads(on):
    """Somebody is head of the village who is none of its secretaries."""
    others = serving(on).filter(post="head")
    return others.filter(~there(secretaries(on), place="place", name="name"))


def out_of_order():
    """One of the dates of an election lies before one of an earlier stage."""
    earlier = [
        (Q(**{f"{later}__lt": F(sooner)}) & ~Q(**{sooner: ""}) & ~Q(**{later: ""}))
        for at, sooner in enumerate(Election.STAGES)
        for later in Election.STAGES[at + 1 :]
    ]
    return Q(*earlier, _connector=Q.OR)


def all_members():
    return Coalesce(F("members"), Value(0)) + Coalesce(F("probationary"), Value(0))


register(
    code="branch_secretary_differs",
    label="党组织表的书记与村干部花名册不一致",
    ledger="branches",
    severity=Severity.DOUBT,
    why="党组织表的书记姓名，不是村干部花名册中该村在任的党组织书记。",
    remedy="核对任职文件，改正错的一处。",
    where=lambda on: (
        both("secretary")
        & there(secretaries(on), place="place")
        & ~there(secretaries(on), place="place", name="secretary")
    ),
)
register(
    code="branch_heads_both_but_two_persons",
    label="党组织表登记为一肩挑，书记、主任却是两人",
    ledger="branches",
    severity=Severity.ERROR,
    why="党组织表“是否一肩挑”为是，村干部花名册中书记和村委会主任却是两个姓名。",
    remedy="核对换届结果，改正“是否一肩挑”，或登记原主任离任。",
    where=lambda on: (
        Q(heads_both=True) & there(secretaries(on), place="place") & there(another_heads(on), place="place")
    ),
)
register(
    code="branch_parts_above_members",
    label="女党员、青年党员等多于党员总数",
    ledger="branches",
    severity=Severity.ERROR,
    why="女党员、35岁以下党员、高中以上学历党员、外出流动党员中，有一项多于正式党员与预备党员之和。",
    remedy="核对党员名册，改正填错的数。",
    where=lambda on: (
        Q(members__isnull=False)
        & (
            only(GreaterThan(F("women"), all_members()))
            | only(GreaterThan(F("under_35"), all_members()))
            | only(GreaterThan(F("high_school"), all_members()))
            | only(GreaterThan(F("away"), all_members()))
        )
    ),
)
register(
    code="branch_too_small",
    label="单独成立的支部正式党员不足3人",
    ledger="branches",
    severity=Severity.DOUBT,
    why="组织类型为支部，正式党员少于3人。",
    remedy="核对正式党员数；确实不足的，研究成立联合支部。",
    where=lambda on: Q(kind="支部", members__lt=3),
)
register(
    code="election_out_of_order",
    label="换届各步的日期先后颠倒",
    ledger="elections",
    severity=Severity.ERROR,
    why="换届依次是党组织换届、选民登记公布、候选人联审、村委会选举、交接、备案，填写的日期有后一步早于前一步的。",
    remedy="核对会议记录和公告，改正日期。",
    where=lambda on: out_of_order(),
)
register(
    code="election_heads_both_but_two_persons",
    label="换届结果为一肩挑，书记、主任却是两人",
    ledger="elections",
    severity=Severity.ERROR,
    why="最近一次换届“一肩挑”为是，村干部花名册中书记和村委会主任却是两个姓名。",
    remedy="核对换届结果；花名册没有更新的，登记离任和新任。",
    where=lambda on: (
        Q(heads_both=True)
        & ~there(Election.objects.filter(year__gt=OuterRef("year")), place="place")
        & there(secretaries(on), place="place")
        & there(another_heads(on), place="place")
    ),
)
register(
    code="case_study_without_consent",
    label="个人典型没有本人同意而填了使用范围",
    ledger="case_studies",
    severity=Severity.ERROR,
    why="个人典型案例的“本人同意”不是“是”，却填写了使用范围。",
    remedy="取得本人书面同意后再使用；没有同意的，清空使用范围并停止使用。",
    where=lambda on: Q(kind__in=CaseStudy.PERSONAL) & ~Q(consents=True) & both("reach"),
)
