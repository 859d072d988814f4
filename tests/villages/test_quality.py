"""The quality rules find every error that a test plants, and nothing besides; who sees them, and how they are opened."""

from datetime import date

import pytest

from povertyparty.quality import REGISTRY, counts
from povertyparty.scope import everywhere
from tests.villages.planting import PLANTS

pytestmark = pytest.mark.django_db

ON = date(2020, 6, 30)
RULES = [rule for rule in REGISTRY.values() if not rule.gap]
# What cannot be wrong alone: {rule: others that the same error breaks}.
ALSO = {}


def test_every_rule_has_its_planted_error_and_there_are_at_least_forty():
    assert set(PLANTS) == set(REGISTRY) and len(RULES) >= 40


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_the_quality_rules_find_every_error_that_a_test_plants(code, places):
    rule = REGISTRY[code]
    with everywhere("test"):
        bad, good = PLANTS[code]()
        bad = bad if isinstance(bad, list) else [bad]
        assert rule.model.objects.filter(pk=good.pk).exists() and good not in bad
        assert set(rule.rows(ON)) == set(bad) and rule.rows(ON).count() == len(bad)
        found = {code: n for code, n in counts(RULES, ON).items() if n}
        assert found == ({} if rule.gap else {code: len(bad)}) | {other: 1 for other in ALSO.get(code, ())}
        assert counts([rule], ON) == {code: len(bad)}
