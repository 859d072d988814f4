"""The steps by which an item is put right: who may, what is needed, what it sets and keeps (domain.md §2.3)."""

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from inspections.models import Evidence, Item
from povertyparty.kinds import Choice, Choices, Day, Number, Text
from povertyparty.models import StoredFile
from povertyparty.screening import FileRefused
from povertyparty.steps import Files, Need, Process, Step, StepIncomplete, Turn, register
from villages.models import Role

State = Item.State
FILERS = frozenset({Role.VILLAGE_FILER, Role.TOWNSHIP_OFFICER, Role.DEPARTMENT})
TOWNSHIP = frozenset({Role.TOWNSHIP_LEADER})
OFFICE = frozenset({Role.COUNTY_OFFICER})
VERIFIERS = OFFICE | {Role.SUPERVISOR}
LEADERS = frozenset({Role.COUNTY_LEADER})
POOR = ("一般", "差")
MOST_FILES = 100  # of one item; a step brings at most 20

NOTE, PERCENT = Text(longest=2000), Number(most=100)
REASON = Need("note", "理由", NOTE, least=5)

STEPS = {
    "start": Step("启动整改", {State.NOT_STARTED: FILERS | OFFICE}, State.DOING),
    "report": Step(
        "报告进展",
        {State.DOING: FILERS, State.MOSTLY: FILERS},
        needs=(
            Need("note", "做了什么、效果怎样", NOTE),
            Need("percent", "完成比例（%）", PERCENT),
            Need("evidence", "照片和文件", Files(), required=False),
        ),
        unless={("percent", 100): State.MOSTLY},
    ),
    "apply": Step(
        "申请销号",
        {State.DOING: FILERS | TOWNSHIP, State.MOSTLY: FILERS | TOWNSHIP},
        State.APPLIED,
        needs=(
            Need("note", "整改成效", NOTE),
            Need("percent", "完成比例（%）", PERCENT, required=False),
            Need(
                "evidence",
                "佐证材料",
                Files(),
                help="至少 1 份，每份不超过 20 MB；请勿上传证件、病历等个人材料。",
            ),
        ),
    ),
    "return": Step(
        "退回",
        {State.APPLIED: VERIFIERS | LEADERS | TOWNSHIP, State.VERIFIED: VERIFIERS | LEADERS},
        State.DOING,
        needs=(REASON,),
        grave=True,
    ),
    "verify": Step(
        "核验",
        {State.APPLIED: VERIFIERS},
        State.VERIFIED,
        needs=(
            Need("methods", "核验方式", Choices(labels=tuple(Item.Method), most=len(Item.Method))),
            Need("verdict", "核验结论", Choice(labels=tuple(Item.Verdict))),
            Need(
                "note",
                "核验情况",
                NOTE,
                required=False,
                help="结论为“一般”或“差”的，请写明理由，事项随即退回整改。",
            ),
        ),
        not_by=("apply",),
        unless={("verdict", poor): State.DOING for poor in POOR},
    ),
    "close": Step(
        "销号",
        {State.VERIFIED: LEADERS},
        State.CLOSED,
        needs=(Need("note", "销号意见", NOTE, required=False),),
        not_by=("apply", "verify"),
    ),
    "reopen": Step(
        "重新整改",
        {State.CLOSED: VERIFIERS | LEADERS},
        State.DOING,
        needs=(REASON, Need("due_on", "新的整改时限", Day())),
        grave=True,
    ),
}


TURNS = {
    State.NOT_STARTED: Turn("start", FILERS, "责任单位"),
    State.DOING: Turn("report", FILERS, "责任单位", "报告进展，整改到位后申请销号"),
    State.MOSTLY: Turn("apply", FILERS | TOWNSHIP, "责任单位"),
    State.APPLIED: Turn("verify", VERIFIERS, "县委组织部经办人或督查"),
    State.VERIFIED: Turn("close", LEADERS, "县委组织部领导"),
}

ROAD = (State.NOT_STARTED, State.DOING, State.APPLIED, State.VERIFIED, State.CLOSED)
BY_ROADS = {
    State.MOSTLY: (State.NOT_STARTED, State.MOSTLY, *ROAD[2:]),
    State.LASTING: (*ROAD[:2], State.LASTING),
    State.MOVED: (State.NOT_STARTED, State.MOVED),
}


def told(found, on):
    light = found.light(on)
    return {
        "title": found.symptom or found.finding.text,
        "url": reverse("item", args=[found.pk]),
        "due": found.due_on,
        "light": {"word": light.word, "colour": light.colour},
        "place": found.place.name,
        "who": found.get_state_display(),
    }


class Rectification(Process):
    """From a fed-back item to its closing, and again where it did not hold."""

    code = ledger = "items"
    title = "整改"
    steps, turns, work = STEPS, TURNS, Item.WORK
    road = ROAD

    def road_of(self, state):
        """What is mostly done is still being done; some roads end elsewhere."""
        return BY_ROADS.get(state, self.road)

    def steps_taken(self, found):
        return found.trail.select_related("by").order_by("pk")

    def trail(self, found):
        return list(found.trail.all())

    def todo_for(self, user):
        """What this person's role must do now, the oldest deadline first; judging one's own work is not among it."""
        rows = Item.objects.filter(state__in=self.awaited(user)).not_judged_by(user).of_unit(user)
        rows = rows.select_related("place", "finding").prefetch_related("trail")
        return rows.order_by(F("due_on").asc(nulls_last=True), "pk")

    def tell(self, user, counts, limit):
        """Each for itself: every item has a deadline of its own."""
        return [told(found, timezone.localdate()) for found in self.todo_for(user)[:limit]]

    def lines(self, counts):
        return sum(counts.values())

    def suggests(self, found, verb):
        """Who applies for closing says that all is done; whoever means less changes the number."""
        return {"percent": 100} if verb == "apply" else {}

    def amiss(self, found, verb, details):
        today, faults = timezone.localdate(), {}
        if details.get("verdict") in POOR and len(details["note"] or "") < REASON.least:
            faults["note"] = f"结论为“{details['verdict']}”，请写明理由（至少{REASON.least}个字）"
        if verb == "reopen" and details["due_on"] < max(today, found.found_on or today):
            faults["due_on"] = "不能早于今天和发现日期"
        if (uploads := details.get("evidence")) and found.evidence.count() + len(uploads) > MOST_FILES:
            faults["evidence"] = f"本事项的材料已接近{MOST_FILES}份的上限，请合并后再报送"
        return faults

    def sets(self, found, verb, after, details):
        said = {
            name: details[name] for name in ("percent", "verdict", "due_on") if details.get(name) is not None
        }
        if verb in {"report", "apply"}:
            said["progress"] = details["note"]
        if verb == "apply":
            return said | {"applied_on": timezone.localdate(), "verdict": ""}
        if verb == "close":
            return said | {"closed_on": timezone.localdate(), "percent": 100}
        if verb == "reopen":
            return said | {"closed_on": None, "applied_on": None, "verdict": "", "percent": 0}
        return (
            {"verdict": "", "applied_on": None} | said
            if found.state in Item.UNDER_REVIEW and after in self.work
            else said
        )

    def leave_trail(self, found, details, *, verb, before, after, version, user):
        uploads = details.pop("evidence", None) or ()
        told = {name: value for name, value in details.items() if value is not None}
        taken = found.trail.create(
            place_id=found.place_id,
            verb=verb,
            before=before,
            after=after,
            version=version,
            by=user,
            role=user.role,
            **told,
        )
        self.keep_evidence(found, taken, uploads)
        return taken

    def keep_evidence(self, found, taken, uploads):
        """All files or none: what is refused undoes the step with everything that was kept for it."""
        refused = []
        for upload in uploads:
            try:
                stored = StoredFile.keep(upload, place_code=found.place_id, by=taken.by)
            except FileRefused as refusal:
                refused.append(str(refusal))
            else:
                Evidence.objects.create(place_id=found.place_id, item=found, step=taken, file=stored)
        if refused:
            raise StepIncomplete(self.steps[taken.verb], {"evidence": "；".join(refused)})


RECTIFICATION = register(Rectification())
