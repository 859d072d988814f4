"""What pages tell of papers: on a paper's page its items and files, on an item's page its papers."""

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from inspections.models import Item, Level, Slip
from inspections.summaries import told_file

LISTED = 50


def told_slip(found, user):
    """The context of inspections/_slip.html: only the items that lie in the scope are told."""
    on, items = timezone.localdate(), Item.objects.filter(bases__slip=found)
    rows = items.select_related("place", "finding").order_by("place_id", "pk")[:LISTED]
    return {
        "late": found.is_late(on),
        "due": found.reply_due,
        "due_note": found.due_note,
        "items": [
            {
                "url": reverse("item", args=[one.pk]),
                "code": one.code,
                "text": Truncator(one.symptom or one.finding.text).chars(40),
                "place": one.place.name,
                "state": one.get_state_display(),
                "due": one.due_on,
                "light": one.light(on),
            }
            for one in rows
        ],
        "files": [
            told_file(one, one.step, "反馈")
            for one in found.evidence.select_related("file", "step__by").order_by("-pk")
        ],
    }


def slips_of(item, user):
    """The papers about an item, newest first; a draft is the county's own business."""
    held = Slip.objects.filter(bases__item=item)
    if not user.may("draft_slips"):
        held = held.exclude(state=Slip.State.DRAFT)
    on = timezone.localdate()
    return [
        {
            "url": reverse("record", args=["slips", one.pk]),
            "number": one.number,
            "level": {"word": one.called, "colour": one.colour},
            "subject": one.subject,
            "state": one.get_state_display(),
            "due": one.reply_due,
            "late": one.is_late(on),
        }
        for one in held.order_by("-pk")
    ]


def drafting(item, user):
    """From the page of an item: {url, item, levels} for who may draft a paper about it, else None."""
    if not user.may("draft_slips") or item.state in Item.FINISHED or not item.unit:
        return None
    return {"url": reverse("slip_draft"), "item": item.pk, "levels": Level.choices}
