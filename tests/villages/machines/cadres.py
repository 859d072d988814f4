from itertools import count

from tests.conftest import VILLAGE
from tests.villages.machines import Machine, asked
from villages.models import Cadre

FACTS = {
    "serving": {"since": "2018-03"},
    "left": {"since": "2018-03", "left_on": "2020-06-30"},
}
numbers = count(1)


def make(state, **facts):
    given = {"name": f"干部{next(numbers)}", "post": "head"} | FACTS.get(state, {"stage": state}) | facts
    return Cadre.objects.create(place_id=VILLAGE, **given)


def ready(found, verb):
    if verb in ("appoint", "confirm"):
        asked(found, "notice", notice_on="2020-05-01")


RULES = """
nominated submit   TC reviewing
reviewing conclude CO cleared
cleared   notice   TC notice
notice    appoint  CO serving
notice    act      CO acting
acting    confirm  CO serving
serving   extend   CO extended
extended  confirm  CO serving
nominated withdraw CO dropped
reviewing withdraw CO dropped
cleared   withdraw CO dropped
notice    withdraw CO dropped
serving   leave    CO left
acting    leave    CO left
extended  leave    CO left
serving   dismiss  CL left
acting    dismiss  CL left
extended  dismiss  CL left
left      correct  CO serving
dropped   correct  CO nominated
"""
LEAVING = {
    "kind": "免职",
    "category": "年龄原因",
    "left_on": "2020-06-30",
    "document": "示例〔2020〕8号",
    "successor": "赵接任",
}
NEEDED = {
    "conclude": {"conclusion": "符合", "reviewed_on": "2020-04-20"},
    "notice": {"notice_on": "2020-05-01"},
    "appoint": {"way": "选举", "since": "2020-06-01"},
    "act": {"since": "2020-06-01", "document": "示例〔2020〕7号"},
    "confirm": {"way": "任命", "since": "2020-06-01", "document": "示例〔2020〕7号"},
    "extend": {"until": "2099-12-31", "document": "示例〔2020〕7号"},
    "withdraw": {"reason": "本人不再参选"},
    "leave": LEAVING,
    "dismiss": LEAVING,
    "correct": {"reason": "离任登记有误"},
}
CADRES = Machine("cadres", RULES, make, NEEDED, ready)
