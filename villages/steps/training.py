"""培训班次: what is needed, who is called, the class, the examination, and what became of it (domain.md §2.8)."""

from django.utils import timezone

from povertyparty.kinds import Number
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import TrainingClass
from villages.steps.needs import COUNTY, DOCUMENT, REASON, TOWNSHIP, day, listed, months_after, text

S = TrainingClass.State
HOLDERS = TOWNSHIP | COUNTY
FOLLOWED = (3, 6)  # months after its end

STEPS = {
    "survey": Step(
        "需求摸底",
        by(HOLDERS, S.PLANNED),
        S.SURVEYED,
        (text("wanted", "摸底了解的需求", 400), Need("due", "应训人数", Number(least=1, most=100_000))),
    ),
    "call": Step("报名调训", by(HOLDERS, S.SURVEYED), S.CALLED, (DOCUMENT,)),
    "hold": Step("开班", by(HOLDERS, S.CALLED), S.HELD, (day("starts_on", "开班日期"),)),
    "examine": Step(
        "考核",
        by(HOLDERS, S.HELD),
        S.EXAMINED,
        (day("ends_on", "结束日期"), text("exam", "考核方式", 40, help="前测、后测或实操。")),
    ),
    "close": Step("结业", by(HOLDERS, S.EXAMINED), S.CLOSED),
    "follow": Step(
        "跟踪",
        by(HOLDERS, S.CLOSED),
        S.FOLLOWED,
        (day("followed_on", "跟踪日期"), text("result", "学以致用的情况", 400)),
    ),
    "file": Step("归档", by(HOLDERS, S.CLOSED, S.FOLLOWED), S.FILED),
    "back": Step(
        "退回上一环节",
        by(HOLDERS, S.SURVEYED, S.CALLED, S.HELD, S.EXAMINED, S.CLOSED, S.FOLLOWED),
        S.EXAMINED,
        (REASON,),
        unless={
            ("state", S.SURVEYED): S.PLANNED,
            ("state", S.CALLED): S.SURVEYED,
            ("state", S.HELD): S.CALLED,
            ("state", S.EXAMINED): S.HELD,
            ("state", S.FOLLOWED): S.CLOSED,
        },
        grave=True,
    ),
}  # fmt: skip
WRITTEN = {
    "survey": ("due",),
    "hold": ("starts_on",),
    "examine": ("ends_on", "exam"),
}


class TrainingProcess(Process):
    code = ledger = "training_classes"
    title = "培训班的办理"
    steps = STEPS
    turns = {
        S.EXAMINED: Turn("close", HOLDERS, "办班单位"),
        S.CLOSED: Turn("follow", HOLDERS, "办班单位", f"结束后{FOLLOWED[0]}至{FOLLOWED[1]}个月内跟踪"),
    }
    road = tuple(S)
    begins = {"stage": S.PLANNED}

    def bars(self, found, verb):
        if verb == "close":
            return listed(self.unmeasured(found))
        if verb in {"follow", "file"} and not found.ends_on:
            return "没有结束日期，请先在“修改”中补填"
        first, last = followed_now()
        if verb == "follow" and not first <= found.ends_on <= last:
            return "跟踪应在结束后{}至{}个月内，该班结束于{}".format(*FOLLOWED, found.ends_on)
        if verb == "file" and self.state(found) == S.CLOSED and found.ends_on >= first:
            return f"还没有跟踪；结束满{FOLLOWED[1]}个月仍没有跟踪的，才能直接归档"
        return ""

    def unmeasured(self, found):
        """“可量化、能考核”: hours, attendance, and how it was examined."""
        if not found.length:
            yield "没有填写“天数/学时”，请先在“修改”中补齐"
        if not (found.trained or attended(found).exists()):
            yield "没有出勤，请先在“培训学员”中登记出勤，或填写“实训人数”"
        if not found.exam:
            yield "没有填写“考核方式”，请先在“修改”中补齐"

    def amiss(self, found, verb, details):
        if verb == "examine" and details["ends_on"].isoformat() < found.starts_on:
            return {"ends_on": f"不能早于开班（{found.starts_on}）"}
        if verb == "hold" and found.ends_on and found.ends_on < details["starts_on"].isoformat():
            return {"starts_on": f"不能晚于结束（{found.ends_on}）"}
        if verb == "follow" and details["followed_on"].isoformat() < found.ends_on:
            return {"followed_on": f"不能早于结束（{found.ends_on}）"}
        return {}

    def sets(self, found, verb, after, details):
        counted = self.counted(found) if verb == "close" else {}
        return {"stage": after} | counted | {name: details[name] for name in WRITTEN.get(verb, ())}

    def counted(self, found):
        """What the trainees' own rows say, where the class itself says nothing."""
        trainees, graded = attended(found), found.enrolments.exclude(passed=None)
        facts = {"trained": found.trained or trainees.count()}
        if found.passed is None and graded.exists():
            facts["passed"] = min(graded.filter(passed=True).count(), facts["trained"])
        return facts

    def suggests(self, found, verb):
        return {name: getattr(found, name) for name in WRITTEN.get(verb, ())}

    def todo_for(self, user):
        """The county is asked about its own classes; whoever held a class follows it while it is time."""
        first, last = followed_now()
        rows = super().todo_for(user).exclude(state=S.CLOSED, ends_on__lt=first)
        rows = rows.exclude(state=S.CLOSED, ends_on__gt=last)
        return rows.filter(place=user.place) if user.role in COUNTY else rows


def attended(found):
    return found.enrolments.exclude(attendance="")


def followed_now():
    """The first and the last day on which a class must have ended to be followed now."""
    soonest, latest = FOLLOWED
    today = timezone.localdate()
    return months_after(today, -latest).isoformat(), months_after(today, -soonest).isoformat()


register(TrainingProcess())
