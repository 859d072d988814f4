"""换届: a village's election, one stage after the other (domain.md §2.6)."""

from datetime import timedelta
from itertools import takewhile

from django.db.models import Exists, OuterRef, Q

from povertyparty.kinds import Percent, YesNo
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Cadre, Election, JointReview
from villages.steps.needs import COUNTY, REASON, SUPERVISION, TOWNSHIP, day, partial, text

S = Election.State
DATES = {state: name for name, state in Election.ROAD.items()}
LISTED_BEFORE = 20  # days the list of voters is out before the election
HANDED_OVER_WITHIN = 10  # days after it
HALF = 50  # percent


class Back(Step):
    def lands(self, found, before, details):
        """What happened before the stage that is taken back."""
        return last_before(found, before)


def last_before(found, state):
    """The stage that an election was in before this one."""
    earlier = takewhile(lambda one: one != state, DATES)
    return next((one for one in reversed([*earlier]) if getattr(found, DATES[one])), S.BEGUN)


def reach(label, who, state, target, *more):
    """The step that says on which day a stage was reached."""
    return Step(label, by(who, state), target, (day(DATES[target], "日期"), *more))


STEPS = {
    "survey": reach("完成摸底与离任审计", TOWNSHIP, S.BEGUN, S.SURVEYED),
    "plan": reach("审定方案", TOWNSHIP, S.SURVEYED, S.PLANNED),
    "elect_branch": reach("党组织换届", TOWNSHIP, S.PLANNED, S.BRANCH),
    "form_board": reach("产生选举委员会", TOWNSHIP, S.BRANCH, S.BOARD),
    "list_voters": reach("公布选民名单", TOWNSHIP, S.BOARD, S.VOTERS),
    "review": reach("候选人联审公示", TOWNSHIP, S.VOTERS, S.REVIEWED),
    "elect": reach(
        "村委会选举",
        TOWNSHIP,
        S.REVIEWED,
        S.ELECTED,
        Need("turnout", "参选率(%)", Percent(places=2)),
        Need("votes", "得票率(%)", Percent(places=2)),
        Need("heads_both", "是否一肩挑", YesNo()),
    ),
    "hand_over": reach(
        "工作移交",
        TOWNSHIP,
        S.ELECTED,
        S.HANDED_OVER,
        text("reason", "未按时移交的原因", 500, required=False, help=f"超过{HANDED_OVER_WITHIN}日的必填。"),
    ),
    "file": reach("结果备案", COUNTY, S.HANDED_OVER, S.FILED),
    "train": reach("新班子培训", TOWNSHIP, S.FILED, S.TRAINED),
    "look_back": reach("回头看", COUNTY | SUPERVISION, S.TRAINED, S.LOOKED_BACK),
    "correct": Back("更正：退回上一环节", by(COUNTY, *DATES), needs=(REASON,), grave=True),
}
AWAITED = ("survey", "plan", "elect_branch", "form_board", "list_voters", "review", "elect", "hand_over")


class ElectionProcess(Process):
    code = ledger = "elections"
    title = "换届的办理"
    steps = STEPS
    turns = {state: Turn(verb, TOWNSHIP, "乡镇经办人") for verb in AWAITED for state in STEPS[verb].who} | {
        S.HANDED_OVER: Turn("file", COUNTY, "县委组织部经办人")
    }
    road = (S.BEGUN, *DATES)

    def bars(self, found, verb):
        if verb in ("review", "elect") and self.unsettled(found).exists():
            return "本村有联审事项尚未办结，请与县委组织部联系，办结后再办理"
        return ""

    def unsettled(self, found):
        """Reviews of that year without a final word, or of somebody still proposed against it. Never told whose."""
        proposed = Cadre.objects.filter(
            stage__in=Cadre.PROPOSED, place=OuterRef("place"), name=OuterRef("name")
        )
        return JointReview.objects.filter(
            Q(on="") | Q(on__startswith=str(found.year)),
            ~Q(state=JointReview.State.CONCLUDED)
            | Q(conclusion="暂缓")
            | Q(Exists(proposed), conclusion="不符合"),
            place=found.place_id,
        )

    def amiss(self, found, verb, details):
        if verb == "correct":
            return {}
        name, before = DATES[STEPS[verb].target], self.date(found, self.state(found))
        if before and details[name] < before:
            return {name: f"不能早于上一环节（{before}）"}
        told = {"elect": self.not_elected, "hand_over": self.handed_over_late}.get(verb)
        return dict(told(found, details)) if told else {}

    def not_elected(self, found, details):
        listed_on = self.date(found, S.VOTERS)
        if listed_on and details["committee_on"] < (earliest := listed_on + timedelta(LISTED_BEFORE)):
            yield "committee_on", f"选民名单须在选举日{LISTED_BEFORE}日前公布，选举日最早{earliest}"
        for rate, what in (("turnout", "参加投票的选民"), ("votes", "当选人得票")):
            if details[rate] <= HALF:
                yield rate, f"{what}须过半数，选举才有效；未过半数的，重新组织选举后再登记"

    def handed_over_late(self, found, details):
        latest = self.date(found, S.ELECTED) + timedelta(HANDED_OVER_WITHIN)
        if details["handed_over_on"] > latest and len(details["reason"] or "") < REASON.least:
            yield (
                "reason",
                f"应在{HANDED_OVER_WITHIN}日内移交，最迟{latest}，请写明原因（至少{REASON.least}个字）",
            )

    def date(self, found, state):
        said = getattr(found, DATES[state]) if state in DATES else ""
        return partial(said) if said else None

    def sets(self, found, verb, after, details):
        if verb == "correct":
            blank = {"turnout": None, "votes": None, "heads_both": None} if found.state == S.ELECTED else {}
            return {DATES[found.state]: ""} | blank
        facts = {name: details[name] for name in ("turnout", "votes", "heads_both") if name in details}
        return facts | {DATES[after]: details[DATES[after]].isoformat()}


register(ElectionProcess())
