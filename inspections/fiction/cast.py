"""Who signs in to try the product, and what they have already done, so that the desks and trails are not empty."""

from collections import Counter

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone

from inspections.fiction.names import COUNTY_NAME
from inspections.fiction.paper import pdf
from inspections.models import Item
from povertyparty.models import StoredFile, User
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
UNITS = {"department": f"{COUNTY_NAME}教育局", "supervisor": "县委督查室"}

DONE = "措施已逐项落实，请予销号"
# Where the item lies, in which state it is found, and who takes which steps with it.
STORY = (
    ("village", "not_started", [("village", "start", {"note": "已召开会议，明确了分工和时限"})]),
    ("village", "doing", [("village", "report", {"note": "两项措施已落实，第三项正在进行", "percent": 60})]),
    (
        "village",
        "doing",
        [
            ("village", "apply", {"note": DONE}),
            ("townshiplead", "return", {"note": "缺少会议记录，请补充后再报"}),
        ],
    ),
    ("township", "doing", [("township", "apply", {"note": DONE})]),
    (
        "township",
        "doing",
        [
            ("township", "apply", {"note": DONE}),
            ("county", "verify", {"note": "材料齐全，现场核验属实", "verdict": "好"}),
        ],
    ),
    (
        "county",
        "mostly",
        [
            ("department", "apply", {"note": DONE}),
            ("supervisor", "verify", {"note": "抽查两户，情况属实", "verdict": "较好"}),
            ("countylead", "close", {}),
        ],
    ),
    ("county", "mostly", [("department", "apply", {"note": DONE})]),
)


def lively_village(county):
    """The village in which most is still to be done: there the village's own desk has something to show."""
    counts = Counter(item.village for item in county.items if item.state in ("未启动", "正在整改"))
    return max(county.villages, key=lambda village: counts[village])


def enter(village, password):
    """One account for each role; everywhere outside the demo people are appointed one by one."""
    places = {"village": village.code, "township": village.township.code, "county": village.township.code[:6]}
    sealed = make_password(password)
    for username, name, role, where in CAST:
        runs_the_system = role == Role.ADMINISTRATOR
        user = User.objects.create(
            username=username,
            name=name,
            password=sealed,
            is_staff=runs_the_system,
            is_superuser=runs_the_system,
        )
        Appointment.objects.create(
            user=user,
            role=role,
            place_id=places[where],
            unit=UNITS.get(username, ""),
            from_on=timezone.localdate(),
        )
    return places


def play(places):
    """Take the steps of the story; yields a line on each item. Where the county has no such item, that part is left out."""
    touched = []
    for where, state, steps in STORY:
        with acting(scope_of(actor(steps[0][0]).appointment)):
            item = item_in(places[where], state, touched)
        if item is None:
            continue
        touched.append(item.pk)
        for username, verb, details in steps:
            step(item.pk, actor(username), verb, dict(details))
        yield f"{item.code}：{'、'.join(Item.STEPS[verb].label for _, verb, _ in steps)}"


def actor(username):
    user = User.objects.get(username=username)
    return take_up(user, chosen(user))


def item_in(place, state, touched):
    """The one that is due first."""
    return (
        Item.objects.within(place)
        .filter(state=state)
        .exclude(pk__in=touched)
        .order_by("due_on", "pk")
        .first()
    )


def step(pk, user, verb, details):
    """What the browser does, in the same scope and by the same verb."""
    with acting(scope_of(user.appointment)):
        item = Item.objects.get(pk=pk)
        if "evidence" in Item.STEPS[verb].needs:
            details["evidence"] = [evidence(item, user)]
        item.take(verb, user, **details)


def evidence(item, user):
    lines = [f"{item.place.name}整改情况说明", f"事项编号：{item.code}", "本页由演示程序生成，内容虚构。"]
    return StoredFile.keep(
        ContentFile(pdf(lines), name="整改情况说明.pdf"), place_code=item.place_id, by=user
    )
