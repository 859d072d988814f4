"""交接的办理: who leaves confirms, who comes confirms, a third watches; three different people at the keyboard."""

from inspections.handing import pack
from inspections.models import Handover
from povertyparty.kinds import Name
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.steps.needs import COUNTY, COUNTY_LEADER, REASON, TOWNSHIP, TOWNSHIP_LEADER, VILLAGE

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
