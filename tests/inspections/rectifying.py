"""What tests of rectification share: the test county's places, what each step needs, and the way to each state."""

from datetime import date

from inspections.models import Measure
from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from tests.villages.machines.items import ITEMS, PDF, upload

__all__ = [
    "COUNTY",
    "FAR",
    "ITEMS",
    "NEAR",
    "NEIGHBOUR",
    "OTHERS_ONLY",
    "PDF",
    "VILLAGE",
    "WAYS",
    "carried_out",
    "needed",
    "trail",
    "upload",
    "walk",
]

COUNTY, NEAR, FAR = "659906", "659906100", "659906200"
VILLAGE, NEIGHBOUR = "659906100200", "659906100201"

# Whose work is judged by others: by the step, those earlier steps of the round that shut out whoever took them.
OTHERS_ONLY = {
    "approve": {"plan"},
    "amend": {"plan"},
    "review": {"apply"},
    "return": {"apply"},
    "verify": {"apply", "review"},
    "close": {"apply", "review", "verify"},
    "hold": {"apply"},
}

# The steps an item passes on its way to each state, and the state each leads to.
ASSIGNED = [("assign", "assigned")]
PLANNED = [*ASSIGNED, ("sign", "signed"), ("plan", "planned")]
DOING = [*PLANNED, ("approve", "doing")]
APPLIED = [*DOING, ("apply", "applied")]
VERIFIED = [*APPLIED, ("review", "reviewed"), ("verify", "verified")]
CLOSED = [*VERIFIED, ("close", "closed")]
WAYS = {
    "not_started": [],
    "assigned": ASSIGNED,
    "signed": PLANNED[:-1],
    "planned": PLANNED,
    "doing": DOING,
    "mostly": [*DOING, ("report", "mostly")],
    "deferring": [*DOING, ("ask_extension", "deferring")],
    "applied": APPLIED,
    "reviewed": VERIFIED[:-1],
    "verified": VERIFIED,
    "closed": CLOSED,
    "archived": [*CLOSED, ("hold", "archived")],
    "lasting": [*DOING, ("last", "lasting")],
    "moved": [("move", "moved")],
    "voided": [("void", "voided")],
}


def needed(verb):
    """What the step needs, as a browser would send it."""
    return ITEMS.needed.get(verb, {}) | ({"evidence": [upload()]} if verb == "apply" else {})


def walk(item, steps, by):
    """Trail rows as they would have been left: `by` says who took each verb."""
    before = "not_started"
    for version, (verb, after) in enumerate(steps, 2):
        user = by(verb)
        RecordStep.objects.create(
            process="items", ledger="items", record=item.pk, place_code=item.place_id, verb=verb, before=before, after=after,
            version=version, by=user, office=str(user.appointment), details=said(verb),
        )  # fmt: skip
        before = after


def carried_out(item):
    """All measures of the item are done."""
    with everywhere("test"):
        Measure.objects.filter(item=item.pk).update(state="done", done_on=date(2020, 6, 1))


def said(verb):
    return {name: value for name, value in ITEMS.needed.get(verb, {}).items() if name != "evidence"}


def trail(item):
    """The steps taken with the item, oldest first."""
    with everywhere("test"):
        return list(RecordStep.objects.filter(ledger="items", record=item.pk).select_related("by"))
