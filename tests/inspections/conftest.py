"""Items of the test county in any state, with the trail that leads there."""

from datetime import date

import pytest

from inspections.models import Finding, Item
from povertyparty.scope import everywhere
from tests.inspections.rectifying import VILLAGE, WAYS, walk
from villages.models import Role


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.DATA_DIR, settings.FILES_RESERVE = tmp_path, (0, 0)


@pytest.fixture
def finding(places):
    with everywhere("test data"):
        return Finding.objects.create(
            place_id=VILLAGE,
            code="XC2020-01",
            source="县委巡察",
            category="P2",
            text="培训课程设置不够精准",
            stage="split",
        )


@pytest.fixture
def stranger(somebody):
    """Whoever took the steps that a test does not care about."""
    return somebody(Role.SUPERVISOR)


@pytest.fixture
def leader(somebody):
    """A township leader of 近山镇."""
    return somebody(Role.TOWNSHIP_LEADER)


@pytest.fixture
def item_in(finding, stranger):
    """item_in("applied", apply=user): an item in that state; steps on the way were a stranger's unless somebody is named.

    `after` are steps that it passed since, `facts` what else the item holds.
    """
    made = iter(range(1, 10_000))

    def make(state, *, place=VILLAGE, due_on=date(2099, 6, 30), after=(), percent=None, facts=None, **by):
        steps = [*WAYS[state], *after]
        reported = {"measures": "建立需求调查表，重排课程"} if steps and steps[-1][1] == "planned" else {}
        with everywhere("test data"):
            item = Item.objects.create(
                finding=finding,
                code=f"XC2020-01-{next(made)}",
                place_id=place,
                state=steps[-1][1] if after else state,
                due_on=due_on,
                percent=percent,
                version=len(steps) + 1,
                **reported | (facts or {}),
            )
            walk(item, steps, lambda verb: by.get(verb, stranger))
        return item

    return make


@pytest.fixture
def fresh():
    """fresh(item): the item as it is in the database now."""

    def load(item):
        with everywhere("test"):
            return Item.objects.prefetch_related("evidence__file", "evidence__step").get(pk=item.pk)

    return load
