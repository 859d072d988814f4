"""村党组织、阵地、村规民约、换届、活动、典型 (domain.md §3.5, §3.14)."""

from povertyparty.kinds import Name, Number, Year, YesNo
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import PLACED, hidden, place_columns
from villages.lookups import PlaceLookup
from villages.models import Activity, Branch, CaseStudy, Election, Venue, VillageRule

GROUP = "党建阵地"
PRESENT = YesNo(yes="有", no="无")

BRANCHES = register(
    Ledger(
        code="branches",
        title="村党组织基本情况表",
        model=Branch,
        group=GROUP,
        unit="个",
        icon="flag",
        brief=("kind", "secretary", "members", "stars"),
        keys=(("place", "name"),),
        marks=("name", "kind", "committee", "members"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, aliases=("党组织", "支部名称", "党支部名称")),
            Column("kind", aliases=("党组织类型",)),
            *hidden("founded_on"),
            Column("secretary", kind=Name(), aliases=("书记", "党组织书记", "支部书记")),
            Column("heads_both", aliases=("一肩挑",)),
            *hidden("committee", "groups"),
            "members",
            *hidden(
                "probationary",
                "women",
                "under_35",
                "high_school",
                "away",
                "applicants",
                "recruited",
                "able",
                "paired",
            ),
            *hidden("meetings", "party_days"),
            Column("stars", aliases=("星级", "评星定级")),
            Column("is_weak", aliases=("软弱涣散",)),
            *hidden("reorganised", "venue_area"),
            "standard",
            Column("remote_teaching", kind=PRESENT, listed=False),
            *hidden("leader", "unit", "note"),
        ],
    )
)

VENUES = register(
    Ledger(
        code="venues",
        title="阵地建设表",
        model=Venue,
        group=GROUP,
        unit="处",
        icon="building",
        note="单位:万元",
        keys=(("place", "group_name", "kind"),),
        optional=("group_name",),
        marks=("kind", "serves", "delights", "gathers"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("group_name", aliases=("村民小组", "小组")),
            Column("kind", aliases=("类型",), required=True),
            Column("built_year", kind=Year()),
            *hidden("area"),
            "meets_standard",
            "serves",
            "delights",
            "gathers",
            *hidden("cost", "project", "problem", "note"),
        ],
    )
)

VILLAGE_RULES = register(
    Ledger(
        code="village_rules",
        title="村规民约表",
        model=VillageRule,
        group=GROUP,
        unit="个",
        icon="journal-text",
        keys=(("place", "edition"),),
        marks=("edition", "voted_on", "agreed", "on_diligence"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("edition", aliases=("版次",), required=True),
            "voted_on",
            *hidden("present", "agreed"),
            "filed",
            Column("on_diligence", kind=PRESENT),
            Column("on_customs", kind=PRESENT),
            Column("on_rewards", kind=PRESENT),
            *hidden("published", "note"),
        ],
    )
)

ELECTIONS = register(
    Ledger(
        code="elections",
        dated="year",
        title="换届进度表",
        model=Election,
        group=GROUP,
        unit="个村",
        icon="check2-square",
        brief=("year", "-progress"),
        keys=(("place", "year"),),
        marks=("branch_on", "voters_on", "committee_on", "turnout"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("year", kind=Year(), aliases=("年度", "换届年份"), required=True),
            Column("branch_on", settles="settle_states"),
            *hidden("voters_on", "reviewed_on", settles="settle_states"),
            Column("committee_on", settles="settle_states"),
            *hidden("turnout", "votes", settles="settle_states"),
            Column("heads_both", settles="settle_states", aliases=("是否一肩挑",)),
            Column("handed_over_on", settles="settle_states"),
            Column("filed_on", settles="settle_states"),
            Column("-progress", "进度(%)", Number(), counted=Election.progress, aliases=("进度",)),
            *hidden("note"),
            *hidden(
                "surveyed_on",
                "planned_on",
                "board_on",
                "trained_on",
                "looked_back_on",
                settles="settle_states",
            ),
        ],
    )
)

ACTIVITIES = register(
    Ledger(
        code="activities",
        dated="held_on",
        title="夜校与宣讲活动台账",
        model=Activity,
        group=GROUP,
        unit="场",
        icon="megaphone",
        order=("-held_on", "id"),
        keys=(("place", "held_on", "topic"),),
        marks=("held_on", "topic", "speaker", "attended"),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("held_on", aliases=("活动日期", "时间"), required=True),
            Column("kind", aliases=("类别", "活动类型"), required=True),
            Column("topic", aliases=("活动主题", "宣讲主题"), required=True),
            Column("subject", aliases=("内容",)),
            *hidden("mode", "unit"),
            Column("speaker", kind=Name(), aliases=("主讲", "宣讲人"), listed=False),
            Column("attended", aliases=("参加人数",)),
            *hidden("members", "where", "note"),
        ],
    )
)


def keep_names_of_who_consents(rows):
    """The name of a person who has not consented is not taken: a mark of it stands in its place (domain.md §5.3).

    The mark is the same whenever the same file comes again, and tells nobody the name.
    """
    for row in rows:
        subject, kind = row.values.get("subject"), row.values.get("kind")
        if subject and kind in CaseStudy.PERSONAL and row.values.get("consents") is not True:
            row.values["subject"] = CaseStudy.unnamed(subject)


CASE_STUDIES = register(
    Ledger(
        code="case_studies",
        dated="on",
        title="典型案例表",
        model=CaseStudy,
        group=GROUP,
        unit="个",
        icon="award",
        note="本人没有同意的，系统不登记姓名",
        keys=(("place", "kind", "subject"),),
        marks=("subject", "practice", "consents", "reach"),
        prepare=keep_names_of_who_consents,
        **PLACED,
        columns=[
            serial(),
            Column("kind", aliases=("典型类别", "类型"), required=True),
            Column("subject", kind=Name(), aliases=("典型对象", "姓名"), required=True),
            *place_columns(),
            *hidden("practice", "result", "nominated_by"),
            "consents",
            "reach",
            "on",
        ],
    )
)
