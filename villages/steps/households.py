"""户: into the register, out of it by verification and notice, and watched afterwards (domain.md §2.1, H1-H11)."""

from django.utils import timezone

from povertyparty.kinds import Choices, Year, parted
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Household
from villages.models import labels as words
from villages.steps.needs import (
    COUNTY,
    DEPARTMENT,
    DOCUMENT,
    REASON,
    TOWNSHIP,
    TOWNSHIP_LEADER,
    VILLAGE,
    choice,
    day,
    disordered,
    listed,
    parameters,
    still_on_notice,
    sure,
    text,
)

S, Stage, Status = Household.State, Household.Stage, Household.Status
ITEMS = words("收入", "吃穿", "义务教育", "基本医疗", "住房安全", "饮水安全")
REMOVALS = words("清退", "自然减少", "分户", "合户")
RISKS = words("村级排查", "部门筛查", "农户自主申报")
OUT_OF_POVERTY = (S.LIFTED, S.EASED, S.SETTLED)
KEPT = (
    S.REGISTERED,
    S.REACHED,
    S.VERIFYING,
    S.LACKING,
    S.NOTICE,
    S.ENDORSED,
    *OUT_OF_POVERTY,
    S.MONITORED,
    S.RELAPSED,
)

STEPS = {
    "screen": Step(
        "乡镇审核",
        by(TOWNSHIP, S.APPLIED),
        S.SCREENED,
        (day("met_on", "村民代表评议日期"), day("village_notice", "村公示日期"), day("township_notice", "乡镇公示日期")),
    ),
    "admit": Step(
        "批准纳入", by(COUNTY, S.SCREENED), S.REGISTERED, (day("announced_on", "县公告日期"), DOCUMENT)
    ),
    "decline": Step(
        "不予纳入", by(TOWNSHIP, S.APPLIED) | by(COUNTY, S.SCREENED), S.REMOVED, (REASON,), grave=True
    ),
    "reach": Step(
        "达标登记",
        by(VILLAGE | TOWNSHIP, S.REGISTERED, S.LACKING, S.RELAPSED),
        S.REACHED,
        (sure("fed", "不愁吃、不愁穿"),),
    ),
    "dispatch": Step(
        "派核验组",
        by(TOWNSHIP, S.REACHED),
        S.VERIFYING,
        (text("verifiers", "核验组成员", help="至少两人，用顿号分开；不能是该户的帮扶责任人。"),),
    ),
    "fail": Step(
        "核验不通过",
        by(TOWNSHIP, S.VERIFYING),
        S.LACKING,
        (Need("items", "未达标的项目", Choices(labels=tuple(ITEMS), most=len(ITEMS))), REASON),
        grave=True,
    ),
    "pass": Step(
        "核验通过",
        by(TOWNSHIP, S.VERIFYING),
        S.NOTICE,
        (
            day("met_on", "村“两委”民主评议日期"),
            day("checked_on", "村“两委”和驻村工作队核实日期"),
            sure("agreed", "拟退出户签字认可（或监护人代签）"),
            day("notice_on", "公示开始日期"),
        ),
    ),
    "object": Step(
        "异议成立，重新核验", by(TOWNSHIP, S.NOTICE, S.ENDORSED), S.VERIFYING, (REASON,), grave=True
    ),
    "endorse": Step(
        "乡镇审核退出", by(TOWNSHIP_LEADER, S.NOTICE), S.ENDORSED, (sure("unopposed", "公示期满，没有未处理的异议"),)
    ),
    "exit": Step(
        "批准退出",
        by(COUNTY, S.ENDORSED),
        S.LIFTED,
        (Need("exit_year", "脱贫年度", Year()), DOCUMENT, day("announced_on", "公告日期")),
    ),
    "risk": Step(
        "纳入监测",
        by(VILLAGE | TOWNSHIP | DEPARTMENT, *OUT_OF_POVERTY),
        S.MONITORED,
        (
            choice("kind", "监测类型", Household.Monitoring),
            choice("source", "发现途径", RISKS),
            REASON,
        ),
    ),
    "ease": Step(
        "消除风险",
        by(COUNTY, S.MONITORED),
        S.EASED,
        (day("met_on", "村评议日期"), day("reviewed_on", "乡镇审核日期")),
    ),
    "relapse": Step(
        "认定返贫",
        by(COUNTY, S.LIFTED, S.EASED, S.MONITORED),
        S.RELAPSED,
        (day("met_on", "村民代表评议日期"), day("township_notice", "乡镇公示日期"), day("announced_on", "县公告日期"), REASON),
        grave=True,
    ),
    "settle": Step("稳定退出政策", by(COUNTY, S.LIFTED, S.EASED), S.SETTLED, (DOCUMENT,)),
    "ask_removal": Step(
        "申请移出",
        by(TOWNSHIP, *KEPT),
        needs=(choice("kind", "移出类别", REMOVALS), REASON),
    ),
    "remove": Step(
        "批准移出",
        by(COUNTY, *KEPT),
        S.REMOVED,
        (
            choice("kind", "移出类别", REMOVALS),
            DOCUMENT,
            text("successors", "承接户编号", required=False, help="分户、合户的，填新户的户编号，用顿号分开。"),
        ),
        grave=True,
    ),
    "restore": Step(
        "恢复在册",
        by(COUNTY, S.REMOVED),
        S.REGISTERED,
        (REASON,),
        unless={
            ("stage", Stage.APPLIED): S.APPLIED,
            ("stage", Stage.SCREENED): S.SCREENED,
            ("status", Status.LIFTED): S.LIFTED,
            ("status", Status.SETTLED): S.SETTLED,
            ("status", Status.RELAPSED): S.RELAPSED,
        },
    ),
}  # fmt: skip
AFTER = {
    "screen": Stage.SCREENED,
    "reach": Stage.REACHED,
    "dispatch": Stage.VERIFYING,
    "fail": Stage.LACKING,
    "pass": Stage.NOTICE,
    "object": Stage.VERIFYING,
    "endorse": Stage.ENDORSED,
    "ease": Stage.EASED,
}
UNCHANGED = {"ask_removal", "decline", "restore"}


class HouseholdProcess(Process):
    code = ledger = "households"
    title = "户的办理"
    steps = STEPS
    turns = {
        S.APPLIED: Turn("screen", TOWNSHIP, "乡镇经办人"),
        S.SCREENED: Turn("admit", COUNTY, "县委组织部经办人"),
        S.REACHED: Turn("dispatch", TOWNSHIP, "乡镇经办人"),
        S.VERIFYING: Turn("pass", TOWNSHIP, "乡镇经办人", "登记核验结果"),
        S.LACKING: Turn("reach", VILLAGE, "村", "补齐短板后重新达标登记"),
        S.NOTICE: Turn("endorse", TOWNSHIP_LEADER, "乡镇领导", "公示期满后审核退出"),
        S.ENDORSED: Turn("exit", COUNTY, "县委组织部经办人"),
    }
    road = (S.REGISTERED, S.REACHED, S.VERIFYING, S.NOTICE, S.ENDORSED, S.LIFTED, S.SETTLED)
    begins = {"stage": Stage.APPLIED}

    def bars(self, found, verb):
        if verb == "reach":
            return listed(self.short_of(found, "poverty_line"))
        if verb == "endorse":
            return still_on_notice(found, self.last(found, "pass"))
        if verb == "ease":
            return listed([*self.short_of(found, "monitoring_line"), *self.not_eased(found)])
        if verb == "settle":
            return self.not_followed(found)
        if verb == "remove" and not self.last(found, "ask_removal"):
            return "须先由乡镇申请移出"
        return ""

    def short_of(self, found, line):
        """“一超过、两不愁、三保障” and safe water, as the roster has them today."""
        least = parameters(found)[line]
        if found.net_income is None or found.net_income <= least:
            yield f"年人均纯收入须超过{least}元，登记的是{'空白' if found.net_income is None else found.net_income}"
        for name, good in (
            ("schooling_assured", True),
            ("medical_assured", True),
            ("unsafe_house", False),
            ("safe_water", True),
        ):
            if getattr(found, name) is not good:
                label = found._meta.get_field(name).verbose_name
                yield f"“{label}”须为“{'是' if good else '否'}”，请先核实并更新户的资料"  # fmt: skip

    def not_eased(self, found):
        if not found.helps.exists():
            yield "还没有登记帮扶措施，请先在“帮扶措施”中登记"
        if found.labour == 0:
            yield "没有劳动力的户不作风险消除，继续兜底保障"

    def not_followed(self, found):
        """Followed for twelve months since the exit was approved; where only the year is known, since its end."""
        exit, today = self.last(found, "exit"), timezone.localdate()
        if exit:
            since = exit.day
        elif found.exit_year:
            since = today.replace(year=found.exit_year, month=12, day=31)
        else:
            return "没有登记脱贫年度，请先补齐"
        months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
        return "" if months >= 12 else f"跟踪扶持须满12个月，现在是{max(months, 0)}个月"

    def amiss(self, found, verb, details):
        if verb == "screen":
            return disordered(details, "met_on", "village_notice", "township_notice")
        if verb == "pass":
            return disordered(details, "met_on", "checked_on", "notice_on")
        if verb == "relapse":
            return disordered(details, "met_on", "township_notice", "announced_on")
        if verb == "ease":
            return disordered(details, "met_on", "reviewed_on")
        if verb == "dispatch":
            return self.not_a_group(found, details["verifiers"])
        if verb == "exit" and not 2013 < details["exit_year"] <= timezone.localdate().year:
            return {"exit_year": "应在2014年以后，不晚于今年"}
        if verb == "remove" and details["kind"] in ("分户", "合户") and not details.get("successors"):
            return {"successors": "分户、合户的须填承接的户编号"}
        return {}

    def not_a_group(self, found, said):
        names = {*parted("、".join(said.split()))}
        helpers = {found.helper, *found.pairings.filter(until="").values_list("helper", flat=True)}
        if len(names) < 2:
            return {"verifiers": "至少两人"}
        if own := names & helpers:
            return {"verifiers": f"{'、'.join(sorted(own))}是该户的帮扶责任人，须由他人核验"}
        return {}

    def sets(self, found, verb, after, details):
        facts = {} if verb in UNCHANGED else {"stage": AFTER.get(verb, "")}
        if verb == "exit":
            facts |= {"status": Status.LIFTED, "exit_year": details["exit_year"]}
        if verb == "risk":
            facts |= {"monitored": True, "monitoring": details["kind"]}
        if verb in {"ease", "relapse", "remove"}:
            facts |= {"monitored": False, "monitoring": ""}
        if verb == "relapse":
            facts |= {"status": Status.RELAPSED}
        if verb == "settle":
            facts |= {"status": Status.SETTLED}
        if verb in {"decline", "remove"}:
            facts |= {"removed_on": timezone.localdate().isoformat()}
        return facts | ({"removed_on": ""} if verb == "restore" else {})

    def suggests(self, found, verb):
        return {"exit_year": timezone.localdate().year} if verb == "exit" else {}


register(HouseholdProcess())
