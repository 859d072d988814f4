"""交接的办理: who leaves confirms, who comes confirms, a third watches; three different people at the keyboard."""

from datetime import date

from inspections.handing import answered_for, pack
from inspections.models import Handover
from povertyparty.kinds import Name
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.steps.needs import COUNTY, COUNTY_LEADER, REASON, TOWNSHIP, TOWNSHIP_LEADER, VILLAGE, partial
from villages.steps.postings import POSTINGS, Legacy

S = Handover.State
HANDING = VILLAGE | TOWNSHIP | TOWNSHIP_LEADER | COUNTY
WITNESSES = TOWNSHIP_LEADER | COUNTY | COUNTY_LEADER


def signature(label):
    return Need("signed_by", label, Name(), help="写本人姓名，与登记的一致。")


class HandoverProcess(Process):
    code = ledger = "handovers"
    title = "交接的办理"
    steps = {
        "give": Step("移交人确认", by(HANDING, S.DRAFT), S.GIVEN, (signature("移交人签名"),)),
        "receive": Step(
            "接收人确认", by(HANDING, S.GIVEN), S.RECEIVED, (signature("接收人签名"),), not_by=("give",)
        ),
        "return": Step(
            "退回重新移交", by(HANDING, S.GIVEN), S.DRAFT, (REASON,), not_by=("give",), grave=True
        ),
        "witness": Step(
            "监交确认",
            by(WITNESSES, S.RECEIVED),
            S.CLOSED,
            (Need("signed_by", "监交人签名", Name()),),
            not_by=("give", "receive"),
        ),
    }
    turns = {
        S.DRAFT: Turn("give", HANDING, "移交人"),
        S.GIVEN: Turn("receive", HANDING, "接收人"),
        S.RECEIVED: Turn("witness", WITNESSES, "监交人"),
    }
    road = (S.DRAFT, S.GIVEN, S.RECEIVED, S.CLOSED)
    work = frozenset({S.DRAFT})

    def amiss(self, found, verb, details):
        named = {"give": found.giver, "receive": found.receiver}.get(verb)
        if named and details["signed_by"] != named:
            return {"signed_by": f"登记的是“{named}”；人名有误的，请退回后修改登记"}
        if verb == "witness" and details["signed_by"] in (found.giver, found.receiver):
            return {"signed_by": "监交人不能是移交人或接收人"}
        return {}

    def sets(self, found, verb, after, details):
        if verb == "give":
            return {"locked": True, "pack": pack(found.place_id)}
        return {"locked": False, "pack": None} if verb == "return" else {}


HANDING_OVER = register(HandoverProcess())


class Pack(Legacy):
    """Whoever answers for open items leaves once their pack has been given, received and witnessed."""

    def begin(self, found, successor, on):
        if answered_for(found) and not self.given_by(found).exclude(state=S.CLOSED).exists():
            said = {"office": found.get_duty_display(), "receiver": successor}
            Handover.objects.get_or_create(place_id=found.place_id, giver=found.name, on=on, defaults=said)

    def lacking(self, found):
        items, given = answered_for(found), self.given_by(found)
        if not items or given.filter(state=S.CLOSED).exists():
            return ""
        said = f"名下有{len(items)}项未办结的整改事项（{items[0].code}{'等' if items[1:] else ''}），"
        begun = given.order_by("-on", "-pk").first()
        if begun is None:
            return f"{said}还没有交接清单：请先“开始压茬交接”，或在《{LEDGERS[HANDING_OVER.ledger].title}》登记交给谁"
        who = HANDING_OVER.turns[begun.state].who
        return f"{said}交给{begun.receiver}的交接清单{begun.get_state_display()}：请先由{who}确认"

    def given_by(self, found):
        """The hand-overs of this person in this term."""
        since = partial(found.came_on) if found.came_on else date.min
        return Handover.objects.filter(place=found.place_id, giver=found.name, on__gte=since)


POSTINGS.legacy = Pack()
