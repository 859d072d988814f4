"""结对、走访、帮扶: who answers for which household, against the households and each other."""

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.lookups import GreaterThan

from povertyparty.quality import Severity, register
from villages.figures.conditions import registered, unlifted
from villages.models import Pairing, Parameter, Posting, say
from villages.quality.measuring import both, days_before, matching, only, past, shared, there


def alive(on):
    return registered(on, "household__")


def holding(on):
    """Pairings in force for registered households."""
    return Pairing.objects.in_force(on).filter(alive(on))


def in_force(on):
    day = on.isoformat()
    return Q(since__lte=day) & (Q(until="") | Q(until__gt=day))


def first_paired():
    """Of a visit: when the visitor first became a helper of the household."""
    rows = matching(Pairing.objects.all(), {"household": "household", "helper": "visitor"})
    return Subquery(rows.order_by("since").values("since")[:1])


register(
    code="helper_with_too_many_households",
    label=say("一名责任人结对超过{helper_households_most}户"),
    ledger="pairings",
    severity=Severity.DOUBT,
    why=say(
        "同一单位、同一姓名的责任人，现有结对多于{helper_households_most}户；同单位有同名人员的，也会列在这里。"
    ),
    remedy="核对是否同一人；是的，由派出单位调整分工，并更换责任人。",
    where=lambda on: (
        in_force(on)
        & alive(on)
        & shared(
            holding(on),
            "county",
            "helper",
            "unit",
            over="household",
            most=Parameter.here("helper_households_most", on),
        )
    ),
)
register(
    code="pairing_for_removed_household",
    label="已移出的户仍有结对",
    ledger="pairings",
    severity=Severity.ERROR,
    why="该户已移出建档立卡，结对却没有解除时间。",
    remedy="解除结对；误移出的，恢复该户。",
    where=lambda on: in_force(on) & ~alive(on),
)
register(
    code="pairing_without_successor",
    label="未脱贫户的结对已解除而没有接续",
    ledger="pairings",
    severity=Severity.DOUBT,
    why="该户未脱贫（或返贫），这份结对已经解除，现在没有其他责任人接续（不脱贫不脱钩）。",
    remedy="登记接续的责任人；解除时间填错的，改正或清空。",
    where=lambda on: (
        alive(on)
        & unlifted(on, "household__")
        & both("until")
        & Q(until__lte=on.isoformat())
        & ~there(Pairing.objects.in_force(on), household="household")
        & ~there(Pairing.objects.filter(until__gt=OuterRef("until")), household="household")
    ),
)
register(
    code="pairing_twice_in_force",
    label="同一责任人对同一户重复结对",
    ledger="pairings",
    severity=Severity.ERROR,
    why="同一责任人对同一户有两份以上结对同时有效，只是结对时间不同。",
    remedy="保留实际的一份，其余解除结对。",
    where=lambda on: (
        in_force(on)
        & there(
            Pairing.objects.in_force(on).exclude(pk=OuterRef("pk")), household="household", helper="helper"
        )
    ),
)
register(
    code="visit_before_pairing",
    label="走访日期早于结对时间",
    ledger="visits",
    severity=Severity.DOUBT,
    why="走访人是该户的责任人，走访日期却早于这位责任人与该户的结对时间。",
    remedy="核对走访日期和结对时间；确在结对之前走访的，不用改。",
    where=lambda on: Q(household__isnull=False) & only(GreaterThan(first_paired(), F("on"))),
)
register(
    code="visit_matter_unsettled",
    label=say("走访中的协调事项超过{matter_days}天没有办结"),
    ledger="visits",
    severity=Severity.REMINDER,
    why=say("走访记录有需协调事项，走访已过{matter_days}天，办结日期是空的。"),
    remedy="请办理单位办结并填写办结日期；暂时办不了的，在备注中写明安排。",
    where=lambda on: both("to_arrange") & Q(done_on="") & past("on", days_before(on, "matter_days")),
)
register(
    code="visit_in_future",
    label="走访日期在统计日之后",
    ledger="visits",
    severity=Severity.ERROR,
    why="走访日期晚于统计日。",
    remedy="核对日期，改正年、月、日。",
    where=lambda on: Q(on__gt=on.isoformat()),
)
register(
    code="visit_elsewhere_than_household",
    label="走访记录与所访户登记在不同的村",
    ledger="visits",
    severity=Severity.ERROR,
    why="走访记录的村与所访户登记的村不同。",
    remedy="核对户编号和村，改正填错的一项。",
    where=lambda on: Q(household__isnull=False) & ~Q(place=F("household__place")),
)
register(
    code="visit_settled_without_matter",
    label="有办结日期而没有写明事项",
    ledger="visits",
    severity=Severity.REMINDER,
    why="走访记录填了办结日期，发现问题和需协调事项都是空的。",
    remedy="补写办结的事项；没有事项的，清空办结日期。",
    where=lambda on: both("done_on") & Q(problem="", to_arrange=""),
)
register(
    code="mentor_not_in_post",
    label="帮带的驻村干部不在本村岗位",
    ledger="mentorings",
    severity=Severity.DOUBT,
    why="结对帮带没有结束，帮带的驻村干部却不在本村现有的驻村干部中。",
    remedy="核对姓名；已离村的，填写结束时间，并安排接续的帮带人。",
    where=lambda on: (
        (Q(until="") | Q(until__gt=on.isoformat()))
        & ~there(Posting.objects.in_post(on), place="place", name="mentor")
    ),
)
register(
    code="help_for_removed_household",
    label="已移出的户仍有进行中的帮扶措施",
    ledger="helps",
    severity=Severity.DOUBT,
    why="该户已移出建档立卡，帮扶措施却没有结束时间。",
    remedy="填写措施的结束时间；误移出的，恢复该户。",
    where=lambda on: Q(until="") & ~alive(on),
)
