"""Who signs in to try the product, and what they have already done, so that the desks and trails are not empty."""

from collections import Counter
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone

from inspections.fiction.paper import pdf
from inspections.ladder import proposed
from inspections.models import Cause, CauseOfFinding, Item, Measure, Slip
from inspections.steps import CARRYING, RECTIFICATION, SLIPS
from inspections.steps.measures import aims, below, name_of
from povertyparty import comments
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.models import User
from povertyparty.scope import acting, in_range
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
# What they say where the ledger says nothing yet; a number for a day is so many days from today.
SAID = {
    "assign": {"severity": "较重", "cause": "能力素质不过硬", "unit": "乡镇人民政府", "leader": "温守拙", "person": "骆知夏", "goal": "问题整改到位，形成长效机制",
               "due_on": 45, "notice": "晴组督〔2020〕6号", "signed_by": "顾见深"},
    "start": {"due_on": 10},
    "sign": {"signatory": "温守拙"},
    "plan": {"measures": "1.苗青野本月内逐户核对台账，用签字表证明；2.骆知夏下月组织一次培训，用签到册证明"},
    "amend": {"note": "第二项没有写明何时完成，请补充"},
    "report": {"note": "两项措施已落实，第三项正在进行", "percent": 60},
    "ask_extension": {"note": "汛期道路中断，材料运不进来", "new_due_on": 100},
    "extend": {"due_on": 100},
    "apply": {"note": "措施已逐项落实，请予销号", "percent": 100, "signatory": "温守拙", "sincere": "是"},
    "return": {"note": "缺少会议记录，请补充后再报"},
    "review": {"note": "材料齐全，同意上报"},
    "verify": {"methods": "查阅资料、实地走访", "verdict": "好", "note": "材料齐全，现场核验属实"},
    "close": {"document": "晴组督〔2020〕9号", "note": "同意销号"},
    "last": {"institution": "《村级台账月清季核办法（试行）》", "months": 3},
    "move": {"to": "上级部门", "reference": "晴组移〔2020〕1号"},
    "void": {"note": "与另一事项重复登记"},
}  # fmt: skip
WHOLE = (
    "county assign", "townshiplead sign", "village plan", "county approve", "village report", "village ask_extension",
    "countylead extend", "village apply", "townshiplead return", "village apply", "townshiplead review",
    "supervisor verify", "countylead close",
)  # fmt: skip
# Where the item lies, how it is found, and who takes which steps with it.
STORY = (
    ("village", {"state": "not_started"}, WHOLE),
    ("village", {"state": "doing"}, ("village report",)),
    ("village", {"state": "doing"}, ("village apply", "townshiplead return")),
    ("village", {"state": "not_started"}, WHOLE[:1]),
    ("township", {"state": "not_started"}, ("county assign", "townshiplead sign", "township plan")),
    ("township", {"state": "not_started"}, ("county assign", "townshiplead sign", "township plan", "county amend")),
    ("township", {"state": "not_started", "kind": "立行立改"}, ("township start",)),
    ("township", {"state": "doing"}, ("township ask_extension",)),
    ("township", {"state": "doing"}, ("township apply",)),
    ("township", {"state": "doing"}, ("township apply", "townshiplead review")),
    ("township", {"state": "doing"}, ("township apply", "townshiplead review", "county verify")),
    ("township", {"state": "doing"}, ("township report 100",)),
    ("department", {"state": "doing"}, ("department apply",)),
    ("department", {"state": "doing"}, ("department report", "countylead last")),
    ("county", {"state": "doing"}, ("countylead move",)),
    ("county", {"state": "not_started"}, ("county void",)),
)  # fmt: skip

# How far each of three papers has come, and what was said.
PAPERS = (
    ("countylead issue", "township deliver", "township reply"),
    ("countylead issue",),
    (),
)
SAID_OF_PAPERS = {
    "deliver": {"signatory": "骆知夏"},
    "reply": {"reply": "两项措施已落实，第三项本月底前完成，材料附后"},
}


# Who says what of the item that the village reports on, the second in answer to the first; the third waits to be seen to.
COMMENTS = (
    ("supervisor", "第二项措施请补一份签到册", None),
    ("village", "签到册已补，随下次进展一并报送", 0),
    ("township", "完成比例请按实际进度填写", None),
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
        for where, found, steps in STORY:
            item = self.item(where, found, actor(where))
            if item is None:
                continue
            self.touched.append(item.pk)
            for username, verb, *percent in map(str.split, steps):
                step(item.pk, verb, actor(username), dict(zip(("percent",), percent, strict=False)))
            if steps == ("village report",):
                converse(item)
            yield f"{item.code}：{'、'.join(RECTIFICATION.steps[one.split()[1]].label for one in steps)}"
        yield from self.supervise()

    def supervise(self):
        """Papers that the rules propose: two for the township of the stage, each one step further, and a draft elsewhere."""
        county = actor("county")
        with acting(scope_of(county.appointment)):
            items = proposed(timezone.localdate(), self.places["county"])
            here = list(items.within(self.places["township"]).order_by("rung", "pk")[:2])
            elsewhere = items.exclude(in_range("place", self.places["township"])).order_by("pk")[:1]
            papers = [Slip.draft(one.rung, [one]) for one in [*here, *elsewhere]]
        for found, steps in zip(papers, PAPERS, strict=False):
            for username, verb in map(str.split, steps):
                user = actor(username)
                with acting(scope_of(user.appointment)):
                    SLIPS.take(Slip.objects.get(pk=found.pk), verb, user, **SAID_OF_PAPERS.get(verb, {}))
            told = "、".join(SLIPS.steps[one.split()[1]].label for one in steps) or "拟办"
            yield f"{found.get_level_display()}：{told}"

    def item(self, where, found, user):
        """The one that is due first."""
        with acting(scope_of(user.appointment)):
            rows = Item.objects.filter(**found).exclude(pk__in=self.touched).order_by("due_on", "pk")
            return rows.filter(unit=self.unit).first() if where == "department" else rows.first()


def promise(items):
    """How much of the story a village has room for: something to be assigned above all, and things under way."""
    states = Counter(item.state for item in items)
    waiting, doing = states["未启动"], states["正在整改"]
    return min(waiting, 1), min(waiting, 2) + min(doing, 2), len(items)


def actor(username):
    user = User.objects.get(username=username)
    return take_up(user, chosen(user))


def step(pk, verb, user, more):
    """What the browser does, in the same scope and by the same verb."""
    with acting(scope_of(user.appointment)):
        item = Item.objects.get(pk=pk)
        if verb == "approve":
            enrich(item, user)
        if verb == "apply":
            finish(item, user)
        evidence = {"evidence": [proof(item)]} if verb == "apply" else {}
        RECTIFICATION.take(item, verb, user, **said(item, verb) | more | evidence)


def enrich(item, user):
    """What the county adds to measures as they were reported: why it came about, and a figure that is to move."""
    cause = Cause.objects.first()
    CauseOfFinding.objects.get_or_create(
        cause=cause, finding_id=item.finding_id, defaults={"place_id": item.finding.place_id}
    )
    measure = Measure.of(item).first()
    aim = {"figure": name_of(aims(), "households_without_helper"), "read_at": name_of(below(), item.place_id),
           "comparator": "不高于", "target": "0"}  # fmt: skip
    CARRYING.take(measure, "aim", user, **aim)
    CARRYING.take(measure, "trace", user, cause=cause.name)


def finish(item, user):
    for measure in Measure.of(item).open():
        CARRYING.take(measure, "finish", user, result="已落实，台账和签字表可查")


def converse(item):
    told = []
    for username, text, to in COMMENTS:
        user = actor(username)
        with acting(scope_of(user.appointment)):
            reply_to = None if to is None else told[to]
            told.append(
                comments.add(LEDGERS["items"], item, user, text, processes=[RECTIFICATION], reply_to=reply_to)
            )


def said(item, verb):
    """What the ledger knows already stays; days are counted from today."""
    known = RECTIFICATION.suggests(item, verb) if verb == "assign" else {}
    told = SAID.get(verb, {})
    return {
        name: day(value) if name.endswith("due_on") else known.get(name) or value
        for name, value in told.items()
    }


def day(ahead):
    return f"{timezone.localdate() + timedelta(ahead)}"


def proof(item):
    lines = [f"{item.place.name}整改情况说明", f"事项编号：{item.code}", "本页由演示程序生成，内容虚构。"]
    return ContentFile(pdf(lines), name="整改情况说明.pdf")
