"""Who signs in to try the product, and what they have already done, so that the desks and trails are not empty."""

from collections import Counter

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone

from inspections.fiction.paper import pdf
from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty.models import User
from povertyparty.scope import acting
from villages.access import chosen, scope_of, take_up
from villages.models import Appointment, Role

# username, what they are called, role, at which kind of place
CAST = (
    ("village", "苗青野", Role.VILLAGE_FILER, "village"),
    ("township", "骆知夏", Role.TOWNSHIP_OFFICER, "township"),
    ("townshiplead", "温守拙", Role.TOWNSHIP_LEADER, "township"),
    ("county", "沈书蕴", Role.COUNTY_OFFICER, "county"),
    ("countylead", "顾见深", Role.COUNTY_LEADER, "county"),
    ("department", "裴立川", Role.DEPARTMENT, "county"),
    ("supervisor", "岑若谷", Role.SUPERVISOR, "county"),
    ("reader", "虞景行", Role.READER, "county"),
    ("auditor", "季静姝", Role.AUDITOR, "county"),
    ("admin", "连承泽", Role.ADMINISTRATOR, "county"),
)
DONE = "措施已逐项落实，请予销号"
LOOKED = {"methods": "查阅资料、实地走访", "verdict": "好", "note": "材料齐全，现场核验属实"}
# Where the item lies, in which state it is found, and who takes which steps with it.
STORY = (
    ("village", "not_started", [("village", "start", {})]),
    ("village", "doing", [("village", "report", {"note": "两项措施已落实，第三项正在进行", "percent": 60})]),
    (
        "village",
        "doing",
        [
            ("village", "apply", {"note": DONE}),
            ("townshiplead", "return", {"note": "缺少会议记录，请补充后再报"}),
        ],
    ),
    ("township", "doing", [("township", "report", {"note": "措施均已落实，待乡镇审核", "percent": 100})]),
    ("township", "doing", [("township", "apply", {"note": DONE})]),
    ("township", "doing", [("township", "apply", {"note": DONE}), ("county", "verify", LOOKED)]),
    (
        "department",
        "doing",
        [
            ("department", "apply", {"note": DONE}),
            ("supervisor", "verify", LOOKED | {"verdict": "较好"}),
            ("countylead", "close", {"note": "同意销号"}),
        ],
    ),
    ("department", "doing", [("department", "apply", {"note": DONE})]),
)


class Stage:
    """Where the play takes place: the village and the department that have most to do, so that their desks show something."""

    def __init__(self, county):
        unfinished = [item for item in county.items if item.state in ("未启动", "正在整改")]
        village = max(
            county.villages, key=lambda village: promise([i for i in unfinished if i.village is village])
        )
        self.unit = Counter(item.unit for item in unfinished if item.state == "正在整改").most_common(1)[0][0]
        self.places = {"village": village.code, "township": village.township.code, "county": county.code}
        self.names = {"village": village.name, "township": village.township.name, "county": county.name}
        self.units = {"department": self.unit, "supervisor": "县委督查室"}
        self.touched = []

    def enter(self, password):
        """One account for each role; everywhere outside the demo people are appointed one by one."""
        sealed, today = make_password(password), timezone.localdate()
        for username, name, role, where in CAST:
            user = User.objects.create(username=username, name=name, password=sealed)
            unit = self.units.get(username, "")
            Appointment.objects.create(
                user=user, role=role, place_id=self.places[where], unit=unit, from_on=today
            )

    def play(self):
        """Take the steps of the story; yields a line on each item. Where there is no such item, that part is left out."""
        for where, state, steps in STORY:
            item = self.item(where, state, actor(steps[0][0]))
            if item is None:
                continue
            self.touched.append(item.pk)
            for username, verb, details in steps:
                step(item.pk, verb, actor(username), details)
            yield f"{item.code}：{'、'.join(RECTIFICATION.steps[verb].label for _, verb, _ in steps)}"

    def item(self, where, state, user):
        """The one that is due first."""
        with acting(scope_of(user.appointment)):
            rows = Item.objects.filter(state=state).exclude(pk__in=self.touched).order_by("due_on", "pk")
            return rows.filter(unit=self.unit).first() if where == "department" else rows.first()


def promise(items):
    """How much of the story a village has room for: something to start, and two things under way."""
    states = Counter(item.state for item in items)
    return min(states["未启动"], 1) + min(states["正在整改"], 2), len(items)


def actor(username):
    user = User.objects.get(username=username)
    return take_up(user, chosen(user))


def step(pk, verb, user, details):
    """What the browser does, in the same scope and by the same verb."""
    with acting(scope_of(user.appointment)):
        item = Item.objects.get(pk=pk)
        evidence = {"evidence": [proof(item)]} if verb == "apply" else {}
        RECTIFICATION.take(item, verb, user, **details, **evidence)


def proof(item):
    lines = [f"{item.place.name}整改情况说明", f"事项编号：{item.code}", "本页由演示程序生成，内容虚构。"]
    return ContentFile(pdf(lines), name="整改情况说明.pdf")
