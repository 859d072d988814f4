"""五通七有核查、致贫类型评估、村发展规划、帮扶单位 (domain.md §1.2, §2.2, §3.14)."""

from povertyparty.kinds import Name, Year
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import PLACED, hidden, place_columns
from villages.kinds import Uscc
from villages.lookups import PlaceLookup
from villages.models import TWELVE, Assessment, ExitCheck, Unit, VillagePlan

GROUP = "基础台账"

EXIT_CHECKS = register(
    Ledger(
        code="exit_checks",
        dated="checked_on",
        title="五通七有核查表",
        model=ExitCheck,
        group=GROUP,
        unit="次",
        icon="clipboard-check",
        order=("-checked_on", "place_id", "id"),
        keys=(("place", "checked_on"),),
        marks=("checked_on", "checker", "why_not", "has_water"),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("checked_on", aliases=("核查时间", "日期"), required=True),
            Column("checker", kind=Name()),
            *(Column(n, group="五通" if i < 5 else "七有", listed=False) for i, n in enumerate(TWELVE)),
            Column("-failed", "不达标项数", counted=ExitCheck.failed, label="不达标项"),
            "why_not",
            Column("due_on", aliases=("完成时限",), listed=False),
            *hidden("unit"),
        ],
    )
)

ASSESSMENTS = register(
    Ledger(
        code="assessments",
        dated="year",
        title="村级致贫类型评估表",
        model=Assessment,
        group=GROUP,
        unit="条",
        icon="clipboard-data",
        order=("-year", "place_id", "id"),
        keys=(("place", "year"),),
        marks=("cause", "second_cause", "evidence", "assessor"),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("year", kind=Year(), aliases=("评估年度",), required=True),
            Column("cause", aliases=("主要致贫类型", "致贫类型"), required=True),
            Column("second_cause", aliases=("次要致贫类型",)),
            *hidden("evidence", "resources"),
            Column("assessor", kind=Name(), listed=False),
            "met_on",
            *hidden("note"),
        ],
    )
)

VILLAGE_PLANS = register(
    Ledger(
        code="village_plans",
        title="村发展规划表",
        model=VillagePlan,
        group=GROUP,
        unit="个",
        icon="map",
        keys=(("place", "title"),),
        marks=("title", "goal", "voted_on", "income_goal"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("title", kind=Name(), required=True, aliases=("规划",)),
            Column("from_year", kind=Year()),
            Column("to_year", kind=Year()),
            "industry",
            *hidden("goal", "income_goal", "voted_on", "approved_by"),
            *hidden("county_owner", "township_owner", "village_owner", "unit_owner"),
            "state",
            *hidden("note"),
        ],
    )
)

UNITS = register(
    Ledger(
        code="units",
        dossier="帮扶单位档案",
        named_in=("unit", "lead_unit", "helping_unit", "helper_unit"),
        title="帮扶单位名录",
        model=Unit,
        group="包联帮扶",
        unit="家",
        icon="building-check",
        keys=(("county", "name"),),
        marks=("name", "level", "leader", "person"),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        order=("place_id", "id"),
        columns=[
            serial(),
            *place_columns("township"),
            Column("name", kind=Name(), required=True, aliases=("单位",)),
            Column("uscc", kind=Uscc(), listed=False, aliases=("信用代码",)),
            "level",
            Column("leader", kind=Name()),
            Column("person", kind=Name(), aliases=("单位联系人",)),
            Column("-villages", "包联村数", counted=Unit.villages),
            *hidden("note"),
        ],
    )
)
