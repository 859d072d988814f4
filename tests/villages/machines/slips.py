from datetime import date, timedelta

from inspections.models import Slip
from tests.villages.machines import Machine, items

TODAY = date.today()
AFTER = ("issued", "delivered", "replied", "assessed", "archived", "escalated")


def make(state, **facts):
    """A yellow paper about one item of a village."""
    found = Slip.draft("3", [item_of_a_unit()])
    if state in AFTER:
        facts = {
            "number": found.number_now(TODAY.year),
            "issued_on": TODAY,
            "reply_due": TODAY + timedelta(7),
        } | facts
    Slip.objects.filter(pk=found.pk).update(state=state, **facts)
    return Slip.objects.get(pk=found.pk)


def item_of_a_unit(unit="前湾村党支部", **facts):
    found = items.make("doing")
    type(found).objects.filter(pk=found.pk).update(unit=unit, **facts)
    found.refresh_from_db()
    return found


def ready(found, verb):
    """What is escalated was not replied to in time, or not done."""
    if verb == "escalate":
        past = {"issued_on": TODAY - timedelta(30), "reply_due": TODAY - timedelta(20)}
        facts = {"result": Slip.UNMET} if found.state == "assessed" else past
        Slip.objects.filter(pk=found.pk).update(**facts)
        found.refresh_from_db()


RULES = """
draft     word     CO          draft
draft     issue    CL          issued
draft     void     CO          voided
issued    deliver  VC+TC+TL+DP delivered
issued    escalate CO          escalated
issued    void     CL          voided
delivered reply    VC+TC+TL+DP replied
delivered escalate CO          escalated
delivered void     CL          voided
replied   assess   CO+SU       assessed
replied   return   CO+SU       delivered
replied   void     CL          voided
assessed  return   CO+SU       delivered
assessed  archive  CO          archived
assessed  escalate CO          escalated
assessed  void     CL          voided
"""
NEEDED = {
    "word": {"unit": "前湾村党支部", "subject": "关于培训需求调查的督办", "requirements": "请逐项书面反馈"},
    "issue": {"issuer": "郑部长"},
    "deliver": {"signatory": "周主任"},
    "reply": {"reply": "已补开会议，材料附后"},
    "assess": {"result": "整改到位", "note": "现场核对属实"},
    "return": {"reason": "没有逐项说明完成时间"},
    "archive": {"outcome": "归档"},
    "escalate": {"reason": "逾期未反馈，没有正当理由"},
    "void": {"reason": "与另一份重复拟办"},
}
SLIPS = Machine("slips", RULES, make, NEEDED, ready)
