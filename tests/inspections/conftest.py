"""Items of the test county in any state, with the trail that leads there."""

from datetime import date

import pytest
from conftest import VILLAGE
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import Finding, Item, TakenStep
from povertyparty.scope import everywhere
from villages.models import Role

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
GIVEN = {
    "start": {},
    "report": {"note": "已召开村民代表会议，完成需求调查", "percent": "60"},
    "apply": {"note": "各项措施已全部落实到位"},
    "return": {"note": "台账与现场不符，请补充"},
    "verify": {"methods": "实地走访", "verdict": "好"},
    "close": {},
    "reopen": {"note": "回头看发现问题反弹", "due_on": "2099-01-31"},
}
# The states an item passes on its way to each state, each with the step that led there.
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


def given(verb):
    """What the step needs, as a browser would send it."""
    return GIVEN[verb] | ({"evidence": [upload()]} if verb == "apply" else {})


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.DATA_DIR, settings.FILES_RESERVE = tmp_path, (0, 0)


@pytest.fixture
def finding(places):
    with everywhere("test data"):
        return Finding.objects.create(
            place_id=VILLAGE, code="XC2020-01", source="县委巡察", category="P2", text="培训课程设置不够精准"
        )


@pytest.fixture
def item_in(finding, somebody):
    """item_in("applied", by={"apply": user}): an item and its trail; whoever is not named is somebody else."""
    made, others = iter(range(1, 10_000)), []

    def make(state, *, by=(), **fields):
        others.append(others[0] if others else somebody(Role.SUPERVISOR))
        with everywhere("test data"):
            way = WAYS[state]
            values = {"place_id": VILLAGE, "due_on": date(2099, 6, 30), "version": len(way) + 1} | fields
            item = Item.objects.create(finding=finding, code=f"XC2020-01-{next(made)}", state=state, **values)
            before = "not_started"
            for version, (verb, after) in enumerate(way, 2):
                user = dict(by).get(verb, others[0])
                walk(item, verb, before, after, version, user)
                before = after
            return item

    return make


def walk(item, verb, before, after, version, user):
    return TakenStep.objects.create(
        item=item, place_id=item.place_id, verb=verb, before=before, after=after, version=version, by=user, role=user.role
    )


@pytest.fixture
def fresh():
    """fresh(item): as it is in the database now."""

    def load(item):
        with everywhere("test"):
            return Item.objects.prefetch_related("trail", "evidence").get(pk=item.pk)

    return load
