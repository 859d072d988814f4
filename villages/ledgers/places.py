"""行政区划 and 贫困村基本情况 (domain.md §3.4)."""

from povertyparty.kinds import Choice, Day, Name, Year
from povertyparty.ledger import Column, Ledger, register, serial
from povertyparty.plan import Trouble
from povertyparty.scope import current
from villages import known
from villages.columns import phone, place_columns
from villages.lookups import PlaceCode, PlaceLookup
from villages.models import (
    LEVELS,
    TWELVE,
    Place,
    Village,
    exit_year_on,
    level_of,
    padded,
    parent_of,
)
from villages.synonyms import (
    POVERTY_LEVEL,
)


def only_ones_own(rows):
    """The state's list names the places above and beside one's own too: such a row may confirm what is registered."""
    beyond = [row for row in rows if not current().holds(row.values.get("code", current().lo))]
    codes = {row.values["code"] for row in beyond}
    known = dict(Place.names.filter(code__in=codes).values_list("code", "name"))
    for row in beyond:
        code, said = row.values["code"], row.values.get("name")
        if code not in known:
            reason = "不在您的管辖范围，也没有登记：请删去本行，或请管辖该地的单位先登记"
            row.refuse(Trouble.REFERENCE, PLACES.by_name["code"], padded(code), reason)
        elif said not in (None, known[code]):
            reason = f"不在您的管辖范围，已登记为“{known[code]}”：请照此改正，或删去本行"
            row.refuse(Trouble.REFERENCE, PLACES.by_name["name"], said, reason)


# What the page of a place begins with.
STANDING = (
    "households",
    "persons",
    "unlifted_households",
    "unlifted_persons",
    "reserves",
    "items",
    "items_closed",
    "items_overdue",
)
PLACES = register(
    Ledger(
        code="places",
        dossier="地区档案",
        gathers="code",
        figures=STANDING,
        prepare=only_ones_own,
        marks=("code", "name", "-level"),
        title="行政区划代码表",
        model=Place,
        group="基础台账",
        unit="个",
        icon="diagram-3",
        order=("code",),
        span=Place.in_force,
        keys=(("code",),),
        columns=[
            serial(),
            Column(
                "code",
                "统计区划代码",
                PlaceCode(),
                aliases=("区划代码", "行政区划代码", "代码", "统计用区划代码"),
                required=True,
            ),
            Column(
                "name",
                "名称",
                Name(longest=60),
                aliases=("区划名称", "单位名称", "行政区划名称"),
                required=True,
            ),
            Column(
                "-level",
                "级别",
                Choice(
                    labels=tuple((v, v) for v in LEVELS.values()),
                    synonyms=(
                        ("地区", "市"),
                        ("地级", "市"),
                        ("县级", "县"),
                        ("区县", "县"),
                        ("县市区", "县"),
                        ("乡", "乡镇"),
                        ("镇", "乡镇"),
                        ("街道", "乡镇"),
                        ("乡级", "乡镇"),
                        ("行政村", "村"),
                        ("社区", "村"),
                        ("村级", "村"),
                    ),
                ),
                aliases=("层级", "区划级别"),
                echo="code",
                derive=level_of,
            ),
            Column(
                "-parent",
                "上级代码",
                PlaceCode(),
                aliases=("上级区划代码", "父级代码", "上级"),
                echo="code",
                derive=parent_of,
            ),
            # Set by what is recorded as a change of places, never from a sheet.
            *(
                Column(f"-{name}", label, Day(), echo=name, beyond=True, listed=False)
                for name, label in (("valid_from", "启用日期"), ("valid_to", "撤销日期"))
            ),
        ],
    )
)

VILLAGES = register(
    Ledger(
        code="villages",
        dossier="一村一档",
        gathers="place_id",
        figures=STANDING,
        marks=("poverty_level", "stated_households", "has_water", "cause"),
        title="贫困村基本情况表",
        model=Village,
        group="基础台账",
        unit="个村",
        icon="houses",
        note="单位:户、人、亩、万元",
        order=("place_id", "id"),
        span=lambda day: Place.in_force(day, "place__"),
        keys=(("place",),),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns("county", "township", "village", "code", village="村名"),
            Column(
                "poverty_level",
                synonyms=POVERTY_LEVEL,
                then=Village.level_on,
                settles="settle_states",
            ),
            Column("listed_year", kind=Year(), listed=False, settles="settle_states"),
            Column(
                "exit_year",
                kind=Year(),
                aliases=("出列年度", "脱贫年度", "退出年份"),
                then=exit_year_on,
                settles="settle_states",
            ),
            *(Column(n, listed=False) for n in ("groups", "hamlets")),
            *(Column(n, listed=False) for n in ("all_households", "all_persons", "labour")),
            Column("stated_households", known=known.HOUSEHOLDS),
            Column("stated_persons", known=known.PERSONS, listed=False),
            Column("stated_unlifted_households", known=known.UNLIFTED_HOUSEHOLDS),
            Column("stated_unlifted_persons", known=known.UNLIFTED_PERSONS, listed=False),
            Column("stated_rate", known=known.RATE),
            Column("stated_monitored", known=known.MONITORED, listed=False),
            *(
                Column(n, listed=False)
                for n in (
                    "farmland",
                    "grassland",
                    "main_industry",
                    "speciality",
                    "net_income",
                )
            ),
            Column("collective_income", known=known.LAST_INCOME),
            *(Column(n, group="五通" if i < 5 else "七有", listed=False) for i, n in enumerate(TWELVE)),
            *(Column(n, listed=False) for n in ("to_township", "to_county")),
            Column("cause", aliases=("致贫原因类型", "村级致贫类型")),
            Column("helping_unit", known=known.UNIT, listed=False, aliases=("后盾单位", "包联单位")),
            Column("first_secretary", kind=Name(), known=known.FIRST_SECRETARY),
            Column(
                "party_secretary",
                kind=Name(),
                known=known.PARTY_SECRETARY,
                aliases=("村党组织书记", "支部书记", "党支部书记"),
            ),
            phone(),
            Column("note", listed=False),
            *(
                Column(n, listed=False, settles="settle_states")
                for n in ("exit_document", "stage", "collective")
            ),
        ],
    )
)
