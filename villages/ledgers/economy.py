"""集体经济、带头人、合作社、项目、经费、资金 (domain.md §3.9, §3.10, §3.14). Amounts in 万元."""

from povertyparty.kinds import Identifier, Name, Number, Phone, Text, Year, YesNo
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import BORN, NAME, PLACED, hidden, place_columns, stepped
from villages.kinds import Uscc
from villages.lookups import HeadedPlace, PlaceLookup, ProjectLookup
from villages.models import (
    Award,
    CollectiveIncome,
    Cooperative,
    Grant,
    Leader,
    Project,
    ProjectCheck,
    VillageFund,
)

GROUP = "产业资金"
WAN = Number(places=2, least=None, unit="万元")


def adds_up(parts, whole, word):
    """A stated whole that differs from its parts by more than a rounding is pointed out."""

    def rule(row):
        said = row.get(whole)
        given = [row[name] for name in parts if row.get(name) is not None]
        if said is not None and given and abs(sum(given) - said) > 0.05:
            yield whole, f"与{word}之和 {sum(given):.2f} 不符", False

    return rule


COLLECTIVE_INCOMES = register(
    Ledger(
        code="collective_incomes",
        dated="year",
        locked=("locked", "该年度已锁定，不作更改；确需更正请县级解锁"),
        title="村级集体经济收入统计表",
        model=CollectiveIncome,
        group=GROUP,
        unit="条",
        icon="cash-coin",
        note="金额单位:万元",
        order=("-year", "place_id", "id"),
        keys=(("place", "year"),),
        marks=("business", "leases", "investment", "spent"),
        lookups=(PlaceLookup(),),
        needs=("places",),
        rules=(
            adds_up(("business", "leases", "investment", "subsidies", "other"), "total", "五项收入"),
            adds_up(("business", "leases", "investment"), "earned", "三项经营性收入"),
        ),
        columns=[
            serial(),
            *place_columns(),
            Column("year", kind=Year(), aliases=("年份",), required=True),
            *(
                Column(n, group="本年收入", listed=False)
                for n in ("business", "leases", "investment", "subsidies", "other")
            ),
            Column("total", group="本年收入", aliases=("本年收入", "收入合计")),
            Column("earned", aliases=("经营性收入",)),
            *hidden("spent", "gain"),
            Column("-last_year", "上年总收入", WAN, counted=CollectiveIncome.last_year, listed=False),
            Column(
                "-growth",
                "增长率(%)",
                Number(places=2, least=None),
                counted=CollectiveIncome.growth,
                listed=False,
            ),
            Column("-rank", "等次", counted=CollectiveIncome.rank),
            *hidden(
                "source",
                "mode",
                "assets",
                "debts",
                "has_plan",
                "projects",
                "leader",
                "pay_bound",
            ),
            Column("auditor", listed=False, settles="settle_states"),
            *hidden("note"),
        ],
    )
)

LEADERS = register(
    Ledger(
        code="leaders",
        title="致富带头人表",
        model=Leader,
        group=GROUP,
        unit="人",
        icon="person-up",
        brief=("kind", "industry", "households", "is_member"),
        keys=(("place", "name", "born_on"),),
        marks=("kind", "industry", "households", "growth"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            "sex",
            Column("born_on", aliases=BORN, listed=False),
            Column("kind", aliases=("带头人类型",)),
            Column("industry", aliases=("产业", "从事行业")),
            Column("households", aliases=("带动贫困户数",)),
            Column("is_member", aliases=("党员",)),
            *hidden("is_cadre", "growth", "trainings"),
            Column(
                "phone",
                kind=Phone(),
                listed=False,
                aliases=("联系电话", "手机", "手机号码", "联系方式", "手机号"),
            ),
            *hidden("note"),
        ],
    )
)

COOPERATIVES = register(
    Ledger(
        code="cooperatives",
        title="合作社表",
        model=Cooperative,
        group=GROUP,
        unit="家",
        icon="people-fill",
        keys=(("county", "name"),),
        marks=("uscc", "chair", "party_led", "members"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, aliases=("合作社名称",)),
            Column("uscc", kind=Uscc(), listed=False, aliases=("信用代码", "社会信用代码")),
            *hidden("founded_on"),
            Column("chair", kind=Name(), aliases=("负责人", "法定代表人")),
            Column("party_led", aliases=("党员领办",)),
            "members",
            Column("poor_members", aliases=("贫困户社员", "贫困社员数")),
            *hidden("mode"),
            "income",
            *hidden("effect", "note"),
        ],
    )
)

PROJECTS = register(
    Ledger(
        code="projects",
        title="项目库",
        model=Project,
        group=GROUP,
        unit="个",
        icon="bricks",
        note="金额单位:万元",
        order=("-year", "number", "id"),
        keys=(("county", "number"),),
        marks=("number", "name", "cost", "state"),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        rules=(adds_up(("central", "regional", "local", "merged", "own"), "cost", "各项资金"),),
        columns=[
            serial(),
            Column("number", kind=Identifier(what="项目编号"), aliases=("编号", "项目编码"), required=True),
            Column("year", kind=Year(), listed=False),
            Column("name", kind=Name(), aliases=("项目",), required=True),
            Column("kind", aliases=("项目类别", "类型")),
            *hidden("subkind", "nature", "site"),
            *place_columns(),
            *hidden("task", "start_due", "finish_due"),
            Column("cost", aliases=("资金规模", "总投资", "投资规模"), group="资金来源"),
            *(
                Column(n, group="资金来源", listed=False)
                for n in ("central", "regional", "local", "merged", "own")
            ),
            *hidden("households", "persons", "poor_households", "goal", "participation", "mechanism"),
            Column("unit", aliases=("责任部门", "实施单位"), listed=False),
            *hidden("person"),
            *stepped("appraised"),
            *hidden("plan_basis"),
            *stepped("admitted_by"),
            Column("state", aliases=("项目状态", "状态"), settles="settle_states"),
            *stepped("approved_by", "started_on"),
            Column("progress", settles="settle_states"),
            *stepped("paid", "accepted_on", "handed_over"),
            *hidden("running"),
            *stepped("changes", "reworked"),
            *hidden("note"),
        ],
    )
)

PROJECT_CHECKS = register(
    Ledger(
        code="project_checks",
        dated="on",
        title="项目跟踪记录表",
        model=ProjectCheck,
        group=GROUP,
        unit="次",
        icon="binoculars",
        order=("-on", "id"),
        brief=("on", "person", "progress", "problem"),
        keys=(("project", "on", "person"),),
        marks=("@project", "person", "problem", "advice"),
        lookups=(PlaceLookup(deepest="县"), ProjectLookup()),
        needs=("places", "projects"),
        columns=[
            serial(),
            Column("@project", "项目编号", Text(40), aliases=("编号",), required=True),
            Column("-name", "项目名称", Name(), echo="project__name", aliases=("项目",), label="项目"),
            *place_columns(),
            Column("on", aliases=("跟踪日期",), required=True),
            Column("person", kind=Name(), required=True, aliases=("指导人",)),
            *hidden("unit"),
            "progress",
            "problem",
            *hidden("advice", "note"),
        ],
    )
)

VILLAGE_FUNDS = register(
    Ledger(
        code="village_funds",
        dated="year",
        title="村级组织经费保障表",
        model=VillageFund,
        group=GROUP,
        unit="条",
        icon="wallet2",
        note="单位:万元",
        order=("-year", "place_id", "id"),
        keys=(("place", "year"),),
        marks=("operating_due", "operating_paid", "service_due", "service_paid"),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("year", kind=Year(), aliases=("年份",), required=True),
            *hidden("operating_due"),
            "operating_paid",
            *hidden("paid_on", "service_due"),
            "service_paid",
            *hidden("service_spent", "pay_spent"),
            Column("-enough", "是否达标", YesNo(), counted=VillageFund.enough),
            "shortfall",
            *hidden("note"),
        ],
    )
)

GRANTS = register(
    Ledger(
        code="grants",
        dated="on",
        title="扶贫资金下达台账",
        model=Grant,
        group=GROUP,
        unit="笔",
        icon="bank",
        order=("-on", "id"),
        keys=(("county", "document", "level", "kind"),),
        marks=("document", "on", "level", "kind", "amount"),
        lookups=(HeadedPlace(),),
        needs=("places",),
        columns=[
            serial(),
            Column(
                "document",
                kind=Identifier(longest=60, pattern=r"\S+", what="文号"),
                aliases=("下达文号", "资金文号"),
                required=True,
            ),
            Column("on", aliases=("日期", "下达时间"), required=True),
            Column("level", aliases=("层级",), required=True),
            Column("kind", aliases=("类别", "资金类型"), required=True),
            Column("amount", aliases=("金额", "下达金额"), required=True),
            *hidden("note"),
        ],
    )
)

AWARDS = register(
    Ledger(
        code="awards",
        dated="on",
        title="表彰奖励台账",
        model=Award,
        group="干部队伍",
        unit="项",
        icon="trophy",
        order=("-on", "id"),
        keys=(("place", "subject", "title", "on"),),
        marks=("subject", "title", "level", "deed"),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("subject", kind=Name(), required=True, aliases=("对象", "姓名", "单位或个人")),
            Column("title", required=True, aliases=("荣誉名称", "奖项")),
            Column("level", required=True, aliases=("层级",)),
            Column("on", required=True, aliases=("日期", "时间")),
            *hidden("document", "deed", "amount", "note"),
        ],
    )
)
