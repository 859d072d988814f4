"""Two counties' ledgers as offices keep them: imported whole, in any order, they give the figures they must give.

The workbooks lie beside the project where the tests run; without them the fictional county of tests/guards proves the same.
"""

import io
import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from povertyparty.figures import REGISTRY, Period, values
from povertyparty.scope import everywhere
from villages.models import Place

pytestmark = pytest.mark.django_db
LEDGERS = Path(__file__).resolve().parent.parent.parent / "shared" / "ledgers"
COUNTIES = {"tidy": "659901", "messy": "659902"}
if not LEDGERS.exists():
    pytest.skip("the two counties' workbooks do not lie beside the project", allow_module_level=True)


def workbooks(county):
    return [path for path in sorted((LEDGERS / county).iterdir()) if path.suffix in {".xlsx", ".csv"}]


def imported(paths):
    out = io.StringIO()
    call_command("import_workbook", *paths, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def both(django_db_setup, django_db_blocker):
    """Both counties in one database, every file at once and in no order: two of their townships share a name."""
    with django_db_blocker.unblock(), transaction.atomic():
        files = workbooks("tidy") + workbooks("messy")
        random.Random(5).shuffle(files)
        yield imported(files)
        transaction.set_rollback(True)


def test_every_workbook_is_taken_whole(both):
    assert len(both) == 46
    assert not [
        (one["file"], one["errors"][:3], one["reason"])
        for one in both
        if one["state"] != "committed" or one["errors"]
    ]


@pytest.fixture(params=COUNTIES)
def told(request, both):
    """(code of a county, its period, its answers, what it answers by township)."""
    answers = json.loads((LEDGERS / request.param / "answers.json").read_text(), parse_float=Decimal)
    period = Period(date.fromisoformat(answers.pop("as_of")), date.fromisoformat(answers.pop("period")[0]))
    return COUNTIES[request.param], period, answers, answers.pop("by_township")


def test_the_figures_are_those_of_the_answers(told):
    county, period, answers, _ = told
    with everywhere("test"):
        found = values(REGISTRY.values(), period, county)
    assert {code: found.get(code) for code in answers} == answers


def test_the_figures_break_down_by_township(told):
    county, period, _, by_township = told
    with everywhere("test"):
        parts = values(REGISTRY.values(), period, county, length=9)
        townships = Place.names.filter(code__startswith=county, code__length=9)
        names = dict(townships.values_list("name", "code"))
    assert set(by_township) == set(names)
    for township, answers in by_township.items():
        assert {code: parts[code, names[township]] for code in answers} == answers, township


@pytest.mark.parametrize("county", COUNTIES)
def test_the_same_files_again_are_all_unchanged(both, county):
    for one in imported(workbooks(county)):
        assert one["tally"]["same"] == one["rows"] > 0, one["file"]


def test_class_a_columns_are_named_and_dropped(both):
    people = next(one for one in both if one["file"].startswith("04"))
    assert any("民族" in line and "丢弃" in line for line in people["notices"])
