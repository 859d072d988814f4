from itertools import count

from tests.conftest import VILLAGE
from tests.villages.machines import Machine
from villages.models import DEPARTMENTS, JointReview

ALL = dict.fromkeys(DEPARTMENTS, "同意")
FACTS = {
    "submitted": {},
    "signing": {"police": "同意"},
    "collected": ALL,
    "concluded": ALL | {"conclusion": "不符合"},
    "appealed": ALL | {"conclusion": "不符合", "stage": "appealed"},
}
numbers = count(1)


def make(state, **facts):
    given = {"name": f"人选{next(numbers)}", "post": "书记", "on": "2020-06-20"} | FACTS[state] | facts
    return JointReview.objects.create(place_id=VILLAGE, **given)


RULES = """
submitted sign     CO signing
signing   sign     CO signing
collected sign     CO collected
appealed  sign     CO appealed
collected conclude CO concluded
concluded appeal   CO appealed
appealed  recheck  CL concluded
"""
NEEDED = {
    "sign": {"departments": "法院、司法", "opinion": "同意", "signer": "周会签", "signed_on": "2020-06-21"},
    "conclude": {"conclusion": "符合"},
    "appeal": {"appealed_on": "2020-07-01", "reason": "本人对结论有异议"},
    "recheck": {"conclusion": "符合", "reason": "经复核情况不属实"},
}
REVIEWS = Machine("joint_reviews", RULES, make, NEEDED)
