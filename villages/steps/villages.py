"""村: listed as poor, out of the list by checks and notice, and looked at again afterwards (domain.md §2.2)."""

from datetime import date

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.figures import Period, values
from povertyparty.kinds import Day, Fault, Year
from povertyparty.models import RecordStep
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import PARAMETERS, TWELVE, Cadre, CollectiveIncome, ExitCheck, Lineage, Village
from villages.models import labels as words
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    DOCUMENT,
    REASON,
    SUPERVISION,
    TOWNSHIP,
    TOWNSHIP_LEADER,
    VILLAGE,
    choice,
    day,
    last_closed_year,
    listed,
    parameters,
    still_on_notice,
    sure,
    text,
)

S, Stage, Level = Village.State, Village.Stage, Village.Level
LEVELS = {label: value for value, label in Level.choices if value != Level.NONE}
POSTS = {Cadre.Post.SECRETARY: "党组织书记", Cadre.Post.HEAD: "村委会主任"}
FIVE, SEVEN = list(TWELVE)[:5], list(TWELVE)[5:]


class Due(Day):
    """A day that is still to come."""

    def parse(self, raw):
        due = super().parse(raw)
        if due <= timezone.localdate():
            raise Fault("应在今天以后")
        return due


STEPS = {
    "list": Step(
        "列入贫困村",
        by(COUNTY, S.UNLISTED),
        S.LISTED,
        (
            choice("level", "贫困村级别", words(*LEVELS)),
            Need("listed_year", "列入年度", Year()),
            DOCUMENT,
        ),
    ),
    "inherit": Step("承继列入", by(COUNTY, S.UNLISTED), S.LISTED, (DOCUMENT,)),
    "unlist": Step("移出贫困村名单", by(COUNTY, S.LISTED), S.UNLISTED, (REASON, DOCUMENT), grave=True),
    "assess": Step("对标自评", by(VILLAGE, S.LISTED), S.ASSESSED, (day("assessed_on", "自评日期"),)),
    "screen": Step(
        "乡镇初审",
        by(TOWNSHIP | TOWNSHIP_LEADER, S.ASSESSED),
        S.SCREENED,
        (day("screened_on", "初审日期"),),
    ),
    "check": Step(
        "县级核查通过",
        by(COUNTY, S.SCREENED),
        S.CHECKED,
        (day("checked_on", "核查日期"), text("checkers", "核查组成员", help="县委组织部和各行业部门参加的人员。")),
    ),
    "publish": Step("公示", by(COUNTY, S.CHECKED), S.NOTICE, (day("notice_on", "公示开始日期"),)),
    "exit": Step(
        "批准退出",
        by(COUNTY_LEADER, S.NOTICE),
        S.EXITED,
        (
            sure("unopposed", "公示期满，没有未处理的异议"),
            Need("exit_year", "退出年度", Year()),
            DOCUMENT,
        ),
    ),
    "send_back": Step(
        "退回",
        by(TOWNSHIP | TOWNSHIP_LEADER, S.ASSESSED)
        | by(COUNTY, S.SCREENED, S.CHECKED, S.MENDED)
        | by(COUNTY | COUNTY_LEADER, S.NOTICE),
        S.LISTED,
        (REASON,),
        unless={("stage", Stage.MENDED): S.LACKING},
        grave=True,
    ),
    "look_back": Step(
        "回头看合格",
        by(SUPERVISION | COUNTY, S.EXITED),
        needs=(day("looked_on", "回头看日期"), text("findings", "回头看情况")),
    ),
    "fall_short": Step(
        "限期补短板",
        by(SUPERVISION | COUNTY, S.EXITED),
        S.LACKING,
        (REASON, Need("due_on", "补齐时限", Due())),
        grave=True,
    ),
    "mend": Step(
        "报告已补齐", by(TOWNSHIP, S.LACKING), S.MENDED, (text("done", "补齐情况", least=5),)
    ),
    "confirm": Step("确认已补齐", by(COUNTY, S.MENDED), S.EXITED, (day("confirmed_on", "确认日期"),)),
}  # fmt: skip
AFRESH = {"exit_year": None, "exit_document": ""}


class VillageProcess(Process):
    code = ledger = "villages"
    title = "贫困村退出"
    steps = STEPS
    turns = {
        S.ASSESSED: Turn("screen", TOWNSHIP | TOWNSHIP_LEADER, "乡镇"),
        S.SCREENED: Turn("check", COUNTY, "县委组织部经办人", "逐项核查"),
        S.CHECKED: Turn("publish", COUNTY, "县委组织部经办人"),
        S.NOTICE: Turn("exit", COUNTY_LEADER, "县委组织部领导", "公示期满后批准退出"),
        S.LACKING: Turn("mend", TOWNSHIP, "乡镇经办人", "补齐短板后报告"),
        S.MENDED: Turn("confirm", COUNTY, "县委组织部经办人"),
    }
    rest = frozenset({S.UNLISTED})
    road = (S.LISTED, S.ASSESSED, S.SCREENED, S.CHECKED, S.NOTICE, S.EXITED)
    begins = {"poverty_level": Level.NONE, "stage": ""}

    def road_of(self, state):
        if state == S.UNLISTED:
            return (state,)
        return (*self.road, S.LACKING, S.MENDED) if state in (S.LACKING, S.MENDED) else self.road

    def bars(self, found, verb):
        if verb in {"list", "inherit"}:
            return self.not_to_be_listed(found, verb)
        if verb in {"check", "confirm"}:
            return listed(self.short_of(found))
        if verb == "exit":
            return still_on_notice(found, self.last(found, "publish"))
        return ""

    def not_to_be_listed(self, found, verb):
        """What was split off a listed village inherits its listing, and nothing else does."""
        parent = self.parent(found)
        if verb == "list" and parent:
            return f"该村由{parent}拆分而来，原村已列入贫困村，请办理“承继列入”"
        if verb == "inherit" and not parent:
            return "没有登记由已列入的贫困村拆分而来，请先在区划变更中登记，或办理“列入贫困村”"
        return ""

    def parent(self, found):
        """The listed village that this one was split off, or None."""
        split = Lineage.in_force().filter(change__kind="split", after=found.place_id)
        parents = Village.objects.filter(place__in=split.values("before")).exclude(poverty_level=Level.NONE)
        return parents.select_related("place").order_by("pk").first()

    def short_of(self, found):
        """Every criterion that the village does not meet, with its number and the remedy."""
        yield self.too_poor(found)
        yield from self.not_checked(found)
        yield self.no_income(found)
        yield self.not_manned(found)

    def too_poor(self, found):
        asked = [FIGURES["unlifted_persons"], FIGURES["villagers"]]
        told = values(asked, Period(timezone.localdate()), found.place_id)
        unlifted, villagers, most = *(told[one.code] or 0 for one in asked), parameters(found)["exit_rate"]
        if not villagers:
            return "没有登记总人口，不能计算贫困发生率，请先补齐村的资料"
        if unlifted * 100 > most * villagers:
            told = f"{unlifted * 100 / villagers:.2f}%（未脱贫{unlifted}人，总人口{villagers}人）"
            return f"贫困发生率{told}，须不超过{PARAMETERS['exit_rate'].show(most)}%，请先核实未脱贫户"
        return ""

    def not_checked(self, found):
        check = ExitCheck.objects.filter(place=found.place_id).order_by("-checked_on", "-pk").first()
        if check is None:
            yield "没有“五通七有”核查记录，请先在“五通七有核查表”中登记"
            return
        for title, items in (("五通", FIVE), ("七有", SEVEN)):
            if short := [TWELVE[name] + why for name in items if (why := self.not_met(check, name))]:
                yield f"{title}{len(items) - len(short)}/{len(items)}（{check.checked_on}核查：{'、'.join(short)}），请整改后登记新的核查"

    def not_met(self, check, name):
        told = getattr(check, name)
        if told == "豁免":
            return "" if check.why_not else "豁免没有写明理由"
        return "" if told == "达标" else told or "没有核查结果"

    def no_income(self, found):
        year = last_closed_year()
        held = CollectiveIncome.objects.filter(place=found.place_id, year=year).first()
        if held is None:
            return f"{year}年集体经济收入没有登记，请先在“村级集体经济收入统计表”中登记"
        return "" if held.total > 0 else f"{year}年集体经济收入为{held.total}万元，须大于0，请先核实该年收入"

    def not_manned(self, found):
        """One person may head both: then the secretary is the head too."""
        serving = Cadre.objects.filter(
            Cadre.serving_on(timezone.localdate()), place=found.place_id, post__in=POSTS
        )
        held = dict(serving.order_by(F("heads_both").asc(nulls_first=True)).values_list("post", "heads_both"))
        vacant = [label for post, label in POSTS.items() if post not in held and True not in held.values()]
        return f"{'、'.join(vacant)}空缺，请先配齐并更新村“两委”干部花名册" if vacant else ""

    def amiss(self, found, verb, details):
        this_year = timezone.localdate().year
        if verb == "list" and not 1986 <= details["listed_year"] <= this_year:
            return {"listed_year": "应在1986年以后，不晚于今年"}
        if verb == "exit" and not (found.listed_year or 2014) <= details["exit_year"] <= this_year:
            return {"exit_year": f"应在{found.listed_year or 2014}年以后，不晚于今年"}
        return {}

    def sets(self, found, verb, after, details):
        facts = {"stage": after if after in Stage.values else ""}
        if verb == "list":
            facts |= AFRESH | {
                "poverty_level": LEVELS[details["level"]],
                "listed_year": details["listed_year"],
            }
        if verb == "inherit":
            parent = self.parent(found)
            facts |= AFRESH | {"poverty_level": parent.poverty_level, "listed_year": parent.listed_year}
        if verb == "unlist":
            facts |= AFRESH | {"poverty_level": Level.NONE, "listed_year": None}
        if verb == "exit":
            facts |= {"exit_year": details["exit_year"], "exit_document": details["document"]}
        return facts

    def suggests(self, found, verb):
        return {"exit_year": timezone.localdate().year} if verb == "exit" else {}

    def tell(self, user, counts, limit):
        """What fell short stands each for itself, with the day by which it is to be made good."""
        grouped = {state: count for state, count in counts.items() if state != S.LACKING}
        short = self.todo_for(user).filter(state=S.LACKING) if S.LACKING in counts else Village.objects.none()
        falls = RecordStep.objects.filter(process=self.code, verb="fall_short", record=OuterRef("pk"))
        due = Subquery(falls.order_by("-pk").values("details__due_on")[:1])
        dated = short.annotate(due=due).select_related("place").order_by("due", "pk")
        return super().tell(user, grouped, limit) + [self.told(found) for found in dated[:limit]]

    def told(self, found):
        return {
            "title": f"{found}：{self.what(self.turns[S.LACKING])}",
            "url": f"{reverse('record', args=[self.ledger, found.pk])}#{self.code}",
            "due": date.fromisoformat(found.due) if found.due else None,
            "light": None,
            "place": str(found.place),
            "who": self.states[S.LACKING],
        }

    def lines(self, counts):
        return sum(count if state == S.LACKING else 1 for state, count in counts.items())


register(VillageProcess())
