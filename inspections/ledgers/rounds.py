"""Rounds of self-inspection, their phases, and the visits paid in them (domain.md §1.1)."""

from inspections.lookups import FollowedLookup, RoundLookup
from inspections.models import FieldVisit, Finding, Round, RoundPhase
from inspections.models.rounds import counted
from inspections.summaries import of_round
from povertyparty.kinds import Choices, Name, Number, Text
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import hidden, place_columns
from villages.lookups import PlaceLookup

ROUNDS = register(
    Ledger(
        code="rounds",
        title="自查轮次",
        model=Round,
        group="检视整改",
        unit="个",
        icon="arrow-repeat",
        keys=(("county", "name"),),
        marks=("name", "kind", "basis", "topics"),
        lookups=(PlaceLookup(deepest="县"), FollowedLookup()),
        needs=("places",),
        order=("-begins", "id"),
        beside=("kit/_panels.html", of_round),
        columns=[
            serial(),
            Column("name", kind=Text(60), required=True, aliases=("轮次", "批次名称")),
            Column("kind", required=True, aliases=("类型",)),
            *place_columns("county", "township"),
            *hidden("basis", "document", "basis_on"),
            *hidden("organiser", "topics"),
            Column("begins", required=True, aliases=("起始日期",)),
            Column("ends", required=True, aliases=("截止日期",)),
            *hidden("sampling", "sample"),
            "recurrence",
            Column("@follows", "上一轮次", Text(60), listed=False),
            Column(
                "-visits",
                "走访次数",
                Number(),
                counted=lambda: counted(FieldVisit.objects.all()),
            ),
            Column(
                "-findings",
                "问题个数",
                Number(),
                counted=lambda: counted(Finding.objects.filter(Finding.COUNTS)),
            ),
            *hidden("note"),
        ],
    )
)

PHASES = register(
    Ledger(
        code="round_phases",
        title="轮次阶段",
        model=RoundPhase,
        group="检视整改",
        unit="个",
        icon="calendar-range",
        note="过了冻结日期，该阶段内的检视问题和调研走访不再增加和更改",
        keys=(("round", "name"),),
        marks=("@round", "name", "begins", "frozen_on"),
        lookups=(PlaceLookup(deepest="县"), RoundLookup()),
        needs=("places", "rounds"),
        order=("begins", "id"),
        columns=[
            serial(),
            Column("@round", "自查轮次", Text(60), aliases=("轮次", "轮次名称"), required=True),
            Column("name", kind=Text(40), required=True, aliases=("阶段",)),
            *place_columns("county", "township"),
            Column("begins", required=True),
            Column("ends", required=True),
            "frozen_on",
            Column("-freezing", "是否冻结", Text(), counted=RoundPhase.freezing),
        ],
    )
)


def visit_is_of_a_township(row):
    if len(row.get("place") or "123456789") < 9:
        yield "@township", "调研地点应为乡镇或村", True


FIELD_VISITS = register(
    Ledger(
        code="field_visits",
        title="调研走访记录",
        model=FieldVisit,
        group="检视整改",
        unit="次",
        icon="signpost-split",
        note="个别谈话只记人数，不记谈话人和谈话内容",
        dated="on",
        keys=(("place", "on", "visitors"),),
        marks=("on", "methods", "visitors", "learned"),
        lookups=(PlaceLookup(deepest="县"), RoundLookup()),
        needs=("places", "rounds"),
        order=("-on", "id"),
        rules=(visit_is_of_a_township,),
        columns=[
            serial(),
            Column("@round", "自查轮次", Text(60), aliases=("轮次",), listed=False),
            Column("on", aliases=("日期", "调研时间"), required=True),
            *place_columns(),
            Column(
                "methods",
                kind=Choices(
                    labels=tuple(FieldVisit.Method),
                    synonyms=(
                        ("座谈", "座谈交流"),
                        ("入户", "走访入户"),
                        ("走访", "走访入户"),
                        ("问卷调查", "问卷"),
                    ),
                    most=len(FieldVisit.Method),
                ),
                aliases=("方式", "调研形式"),
                required=True,
            ),
            Column("visitors", kind=Name(longest=100), aliases=("调研人", "走访人员"), required=True),
            Column("people", aliases=("参加人数", "谈话人次")),
            Column("learned", aliases=("调研情况",), listed=False),
            *hidden("note"),
        ],
    )
)
