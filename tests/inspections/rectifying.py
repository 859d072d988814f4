"""What tests of rectification share: the test county's places, what each step needs, and the way to each state."""

from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import TakenStep

COUNTY, NEAR, FAR = "659906", "659906100", "659906200"
VILLAGE, NEIGHBOUR = "659906100200", "659906100201"
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
NEEDED = {
    "start": {},
    "report": {"note": "已召开村民代表会议，完成需求调查", "percent": "60"},
    "apply": {"note": "各项措施已全部落实到位"},
    "return": {"note": "台账与现场不符，请补充"},
    "verify": {"methods": "实地走访", "verdict": "好"},
    "close": {},
    "reopen": {"note": "回头看发现问题反弹", "due_on": "2099-01-31"},
}
# The steps an item passes on its way to each state, and the state each leads to.
WAYS = {
    "not_started": [],
    "doing": [("start", "doing")],
    "mostly": [("start", "doing"), ("report", "mostly")],
    "applied": [("start", "doing"), ("apply", "applied")],
    "verified": [("start", "doing"), ("apply", "applied"), ("verify", "verified")],
    "closed": [("start", "doing"), ("apply", "applied"), ("verify", "verified"), ("close", "closed")],
    "lasting": [("start", "doing")],
    "moved": [],
}


def upload(name="整改佐证.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def needed(verb):
    """What the step needs, as a browser would send it."""
    return NEEDED[verb] | ({"evidence": [upload()]} if verb == "apply" else {})


def walk(item, steps, by):
    """Trail rows as they would have been left: `by` says who took each verb."""
    before = "not_started"
    for version, (verb, after) in enumerate(steps, 2):
        user = by(verb)
        TakenStep.objects.create(
            item=item, place_id=item.place_id, verb=verb, before=before, after=after, version=version, by=user, role=user.role
        )  # fmt: skip
        before = after
