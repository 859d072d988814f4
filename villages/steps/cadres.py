"""村“两委”职务: proposed, reviewed, noticed, held, left; one entry of leaving is also the one in 干部调整 (domain.md §2.6)."""

from django.utils import timezone

from povertyparty.kinds import Day, Name
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Adjustment, Cadre, JointReview
from villages.models import labels as words
from villages.models.cadres import Review
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    DOCUMENT,
    REASON,
    TOWNSHIP,
    choice,
    day,
    partial,
    private,
    still_on_notice,
    text,
)

S, Stage = Cadre.State, Cadre.Stage
PROPOSED = (S.NOMINATED, S.REVIEWING, S.CLEARED, S.NOTICE)
SERVING = (S.SERVING, S.ACTING, S.EXTENDED)
DEATH, GRAVE = "去世", ("罢免", "清理")
TAKES_UP = (
    choice("way", "任职方式", words("选举", "任命")),
    day("since", "任职日期"),
    text("document", "文号", 60, required=False),
)
LEAVES = (
    private(choice("kind", "离任类型", [*Adjustment.Kind, (DEATH, DEATH)])),
    private(choice("category", "原因类别", Adjustment.Reason, required=False, help="去世的不填。")),
    day("left_on", "离任日期"),
    DOCUMENT,
    Need("successor", "接任人", Name(), required=False),
)

STEPS = {
    "submit": Step("提请县级联审", by(TOWNSHIP, S.NOMINATED), S.REVIEWING),
    "conclude": Step(
        "县级联审办结",
        by(COUNTY, S.REVIEWING),
        S.CLEARED,
        (private(choice("conclusion", "联审结论", Review)), day("reviewed_on", "联审日期")),
        unless={("conclusion", "不符合"): S.DROPPED, ("conclusion", "暂缓"): S.REVIEWING},
    ),
    "notice": Step("公示", by(TOWNSHIP, S.CLEARED), S.NOTICE, (day("notice_on", "公示开始日期"),)),
    "appoint": Step("任职", by(COUNTY, S.NOTICE), S.SERVING, TAKES_UP),
    "act": Step("代理", by(COUNTY, S.NOTICE), S.ACTING, (day("since", "代理起始日期"), DOCUMENT)),
    "confirm": Step("正式任职", by(COUNTY, S.ACTING, S.EXTENDED), S.SERVING, TAKES_UP),
    "extend": Step("延期换届", by(COUNTY, S.SERVING), S.EXTENDED, (Need("until", "延期至", Day()), DOCUMENT)),
    "withdraw": Step("不再提名", by(COUNTY, *PROPOSED), S.DROPPED, (private(REASON),), grave=True),
    "leave": Step("离任", by(COUNTY, *SERVING), S.LEFT, LEAVES, grave=True),
    "dismiss": Step("离任（领导决定）", by(COUNTY_LEADER, *SERVING), S.LEFT, LEAVES, grave=True),
    "correct": Step(
        "更正",
        by(COUNTY, S.LEFT, S.DROPPED),
        S.SERVING,
        (private(REASON),),
        unless={("stage", Stage.DROPPED): S.NOMINATED},
    ),
}
WAYS = {
    S.ACTING: (*PROPOSED, S.ACTING, S.SERVING),
    S.EXTENDED: (S.SERVING, S.EXTENDED, S.LEFT),
}


class CadreProcess(Process):
    code = ledger = "cadres"
    title = "任职的办理"
    steps = STEPS
    turns = {
        S.NOMINATED: Turn("submit", TOWNSHIP, "乡镇经办人"),
        S.REVIEWING: Turn("conclude", COUNTY, "县委组织部经办人"),
        S.CLEARED: Turn("notice", TOWNSHIP, "乡镇经办人"),
        S.NOTICE: Turn("appoint", COUNTY, "县委组织部经办人", "公示期满后办理任职"),
    }
    road = (*PROPOSED, S.SERVING, S.LEFT)
    begins = {"stage": Stage.NOMINATED}

    def road_of(self, state):
        return WAYS.get(state) or super().road_of(state)

    def bars(self, found, verb):
        if verb in ("appoint", "confirm") and (noticed := self.last(found, "notice")):
            return still_on_notice(found, noticed)
        return ""

    def amiss(self, found, verb, details):
        if verb == "conclude":
            return self.unlike_the_review(found, details["conclusion"])
        if verb in ("appoint", "confirm") and (noticed := self.last(found, "notice")):
            why = still_on_notice(found, noticed, details["since"])
            return {"since": why} if why and not self.bars(found, verb) else {}
        if verb == "extend" and details["until"] <= timezone.localdate():
            return {"until": "应晚于今天"}
        if verb in ("leave", "dismiss"):
            return dict(self.not_to_leave(found, verb, **details))
        return {}

    def unlike_the_review(self, found, conclusion):
        held = JointReview.concluded(found)
        if held and held.conclusion != conclusion:
            return {"conclusion": "与县级联审表中该人最近一次的结论不一致，请先核对"}
        return {}

    def not_to_leave(self, found, verb, kind, category, left_on, **_):
        if found.since and left_on < partial(found.since):
            yield "left_on", "不能早于任现职时间"
        if kind != DEATH and not category:
            yield "category", "不能为空"
        if verb == "leave" and kind in GRAVE and not self.reviews(found).filter(conclusion="不符合").exists():
            yield "kind", "须先有县级联审的结论，或由县委组织部领导办理"

    def reviews(self, found):
        return JointReview.objects.filter(place=found.place_id, name=found.name)

    def sets(self, found, verb, after, details):
        facts = {"stage": after if after in {*Stage} else ""}
        if verb == "conclude":
            facts |= {"review": details["conclusion"], "reviewed_on": details["reviewed_on"].isoformat()}
        if "since" in details:
            facts["since"] = details["since"].isoformat()
        if found.left_on or after == S.LEFT:
            facts["left_on"] = details["left_on"].isoformat() if after == S.LEFT else ""
        return facts

    def suggests(self, found, verb):
        if verb != "conclude":
            return {}
        held = JointReview.concluded(found)
        return {"conclusion": held.conclusion, "reviewed_on": held.on} if held else {}

    def causes(self, found, taken, details):
        if taken.after == S.LEFT and details["kind"] != DEATH:
            Adjustment.objects.get_or_create(
                place_id=found.place_id,
                name=found.name,
                on=found.left_on,
                kind=details["kind"],
                defaults={
                    "post": found.post,
                    "reason": details["category"],
                    "document": details["document"],
                    "successor": details["successor"] or "",
                },
            )
        if taken.before == S.LEFT and (left := self.steps_taken(found).filter(after=S.LEFT).last()):
            Adjustment.objects.filter(
                place=found.place_id, name=found.name, on=left.details["left_on"], kind=left.details["kind"]
            ).delete()


register(CadreProcess())
