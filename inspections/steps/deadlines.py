"""The days that people are reminded of while an item is put right, and at which thresholds (domain.md §2.3, §2.4, §7)."""

from inspections.models import Item, Slip
from inspections.parameters import listed_days
from povertyparty.steps import Deadline, Rung
from villages.steps.needs import COUNTY, COUNTY_LEADER, TOWNSHIP_LEADER, parameters

S = Item.State
UNTIL_CLOSED = frozenset({*S} - {*Item.FINISHED})

DUE = Deadline("整改时限", "due_on", UNTIL_CLOSED, begins="assigned_on")
SIGNING = Deadline(
    "签收期限",
    "assigned_on",
    frozenset({S.ASSIGNED}),
    begins="assigned_on",
    until=lambda found: found.sign_due,
)
LOOKING_BACK = Deadline("回头看起始日", "look_back_on", frozenset({S.CLOSED}), begins="closed_on")
LOOKED_BACK = Deadline("回头看时限", "look_back_due", frozenset({S.CLOSED}), begins="look_back_on")
TELLING = Deadline("定期报告时限", "report_due", frozenset({S.LASTING}))
DEADLINES = (DUE, SIGNING, LOOKING_BACK, LOOKED_BACK, TELLING)
REPLYING = Deadline(
    "反馈时限", "reply_due", frozenset({Slip.State.ISSUED, Slip.State.DELIVERED}), begins="issued_on"
)

ESCALATES = {
    "escalate_township_days": TOWNSHIP_LEADER,
    "escalate_county_days": COUNTY,
    "escalate_leader_days": COUNTY_LEADER,
}


def ladder(found, deadline):
    """Before and after the day those whose turn it is; then, level by level, those above them."""
    if deadline is LOOKING_BACK:
        return (Rung(0),)
    told = parameters(found)
    return (
        *(Rung(days) for days in listed_days(told["remind_ahead_days"])),
        *(Rung(-days) for days in listed_days(told["remind_over_days"])),
        *(Rung(-told[key], roles) for key, roles in ESCALATES.items()),
    )
