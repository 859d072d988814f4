"""县级联审: nine words and a conclusion, and another's word on appeal (domain.md §2.6)."""

import pytest

from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepForbidden, StepIncomplete
from tests.villages.machines.reviews import ALL, NEEDED, make
from villages.models import DEPARTMENTS

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["joint_reviews"]


@pytest.fixture(autouse=True)
def whole_county(places):
    with everywhere("test"):
        yield


def test_the_last_department_completes_the_review(officer):
    found = make("submitted")
    given = NEEDED["sign"]
    PROCESS.take(found, "sign", officer, **given | {"departments": "公安", "opinion": "不同意"})
    assert (found.state, found.police) == ("signing", "不同意")
    rest = "、".join(label for name, label in DEPARTMENTS.items() if name != "police")
    PROCESS.take(found, "sign", officer, **given | {"departments": rest})
    assert found.state == "collected"


def test_an_objection_bars_the_good_conclusion(officer, chief):
    found = make("collected", **ALL | {"court": "不同意"})
    with pytest.raises(StepIncomplete, match="法院"):
        PROCESS.take(found, "conclude", officer, conclusion="符合")
    appealed = make("appealed", **ALL | {"court": "不同意"})
    with pytest.raises(StepIncomplete, match="法院"):
        PROCESS.take(appealed, "recheck", chief, **NEEDED["recheck"])
    PROCESS.take(appealed, "sign", officer, **NEEDED["sign"])
    PROCESS.take(appealed, "recheck", chief, **NEEDED["recheck"])
    assert (appealed.state, appealed.conclusion, appealed.stage) == ("concluded", "符合", "")


def test_there_is_one_appeal_and_none_against_a_good_conclusion(officer, chief):
    with pytest.raises(StepBarred, match="不需要"):
        PROCESS.take(make("concluded", conclusion="符合"), "appeal", officer, **NEEDED["appeal"])
    found = make("appealed")
    PROCESS.take(found, "recheck", chief, **NEEDED["recheck"] | {"conclusion": "不符合"})
    with pytest.raises(StepBarred, match="最终"):
        PROCESS.take(found, "appeal", officer, **NEEDED["appeal"])


def test_who_concluded_does_not_judge_the_appeal(chief):
    found = make("appealed")
    RecordStep.objects.create(
        process="joint_reviews", ledger="joint_reviews", record=found.pk, place_code=found.place_id,
        verb="conclude", version=1, by=chief, office="县委组织部经办人",
    )  # fmt: skip
    with pytest.raises(StepForbidden, match="他人"):
        PROCESS.take(found, "recheck", chief, **NEEDED["recheck"])
