from itertools import count

from tests.conftest import VILLAGE
from tests.villages.machines import Machine
from villages.models import Posting, Village

COME = {"came_on": "2019-01-01", "due_on": "2021-01-01"}
FACTS = {
    "recommended": {"stage": "recommended"},
    "approved": {"stage": "approved"},
    "trained": {"stage": "trained"},
    "declined": {"stage": "declined"},
    "in_post": COME,
    "handing": {"stage": "handing"} | COME,
    "left": {"left_on": "2020-02-01"} | COME,
}
numbers = count(1)


def posting(**facts):
    given = {"name": f"队员{next(numbers)}", "unit": "县教育局", "duty": "first_secretary"} | facts
    return Posting.objects.create(place_id=VILLAGE, **given)


def make(state, **facts):
    return posting(**FACTS[state] | facts)


def poor(**facts):
    """The village is on the list of poor villages."""
    return Village.objects.get_or_create(
        place_id=VILLAGE, defaults={"poverty_level": "regional", "listed_year": 2014} | facts
    )[0]


def ready(found, verb):
    """The village is poor, and a successor has come."""
    poor()
    if not Posting.objects.filter(name="接续").exists():
        posting(name="接续", came_on="2020-01-01")


RULES = """
recommended approve   CO    approved
approved    train     CO    trained
trained     station   CO    in_post
recommended decline   CO    declined
approved    decline   CO    declined
trained     decline   CO    declined
in_post     extend    CO    in_post
in_post     hand_over TC+CO handing
in_post     assess    TC+CO in_post
in_post     rotate    CO    left
in_post     recall    CO    left
in_post     transfer  CO    left
in_post     release   CL    left
handing     assess    TC+CO handing
handing     rotate    CO    left
handing     recall    CO    left
handing     transfer  CO    left
handing     release   CL    left
"""
NEEDED = {
    "train": {"trained_on": "2020-05-20"},
    "station": {"document": "示例〔2020〕5号", "came_on": "2020-06-01", "due_on": "2022-06-01"},
    "decline": {"reason": "工作需要另行选派"},
    "assess": {"year": "2020", "assessment": "优秀"},
    "extend": {"due_on": "2099-12-31", "document": "示例〔2020〕6号"},
    "hand_over": {"successor": "接续", "begun_on": "2021-01-01"},
    "rotate": {"left_on": "2021-02-01"},
    "recall": {"left_on": "2021-02-01", "reason": "不能坚持在岗"},
    "transfer": {"left_on": "2021-02-01", "document": "示例〔2021〕1号"},
    "release": {"left_on": "2021-02-01", "reason": "因病住院不能驻村"},
}
POSTINGS = Machine("postings", RULES, make, NEEDED, ready)
