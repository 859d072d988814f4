"""The steps of a measure: begun, done or given up; and what it is to move, read before and after (domain.md §2.3 R5, R9)."""

from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from inspections.models import Cause, CauseOfMeasure, Finding, FindingOfMeasure, Measure
from inspections.models.measures import numbered
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.figures import Period, values
from povertyparty.kinds import Choice, Fault, Number, Text
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.ledger import Ledger
from povertyparty.scope import current
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Place, full_name
from villages.steps.needs import (
    COUNTY,
    DEPARTMENT,
    REASON,
    TOWNSHIP,
    TOWNSHIP_LEADER,
    VILLAGE,
    choice,
)

S = Measure.State
MOST_OFFERED = 500
FILERS = VILLAGE | TOWNSHIP | DEPARTMENT
RESULT = Need("result", "落实结果", Text(longest=2000), required=False)
TEXT = Need("text", "措施内容", Text(longest=2000), least=5)


class Offered(Choice):
    """One of what there is when it is asked: `offer` gives {what people call it: what it is}, and the trail keeps the name."""

    def __init__(self, offer):
        object.__setattr__(self, "offer", offer)

    labels = property(lambda self: tuple((name, name) for name in self.offer()))

    def parse(self, raw):
        if (name := str(raw).strip()) not in self.offer():
            raise Fault("不在可选的范围内，请从列出的里面选")
        return name


def aims():
    """The figures that a measure may move: one number each, of rows that everybody in the place may read."""
    open_to_all = (one for one in FIGURES.values() if not one.split and not one.inner and is_open(one))
    return {called(one): one.code for one in open_to_all}


def called(figure):
    return f"{figure.group}：{figure.label}（{figure.unit}）"


def is_open(figure):
    ledgers = [LEDGERS[one.ledger] for one in (*figure.made_of, figure) if one.ledger]
    return all(one.right == Ledger.right for one in ledgers)


def causes():
    return {name: pk for pk, name in Cause.objects.order_by("root", "pk").values_list("pk", "name")}


def findings():
    """Those told last: a measure answers what is being put right."""
    rows = Finding.objects.order_by("-pk").values_list("pk", "code", "text")[:MOST_OFFERED]
    return {f"{code} {text[:30]}": pk for pk, code, text in rows}


def below():
    """The places that a figure can be read for."""
    names = dict(Place.objects.filter(valid_to=None).order_by("code").values_list("code", "name"))
    return {full_name(code, names): code for code in names}


def name_of(offer, value):
    return next((name for name, one in offer.items() if one == value), "")


STEPS = {
    "begin": Step("开始", by(FILERS | COUNTY, S.PLANNED), S.DOING),
    "finish": Step("完成", by(FILERS | COUNTY, S.PLANNED, S.DOING), S.DONE, (RESULT,)),
    "drop": Step(
        "放弃",
        by(TOWNSHIP | TOWNSHIP_LEADER | DEPARTMENT | COUNTY, S.PLANNED, S.DOING),
        S.DROPPED,
        (REASON,),
        grave=True,
    ),
    "resume": Step("恢复", by(FILERS | COUNTY, S.DONE, S.DROPPED), S.DOING, (REASON,)),
    "reword": Step("改写", by(FILERS | COUNTY, S.PLANNED, S.DOING), needs=(TEXT,)),
    # What the county adds to a measure that a village reported in one sentence
    "aim": Step(
        "定指标",
        by(COUNTY, S.PLANNED, S.DOING),
        needs=(
            Need("figure", "对应指标", Offered(aims)),
            Need("read_at", "看哪里的数", Offered(below)),
            choice("comparator", "目标方向", Measure.Comparator),
            Need("target", "目标值", Number(places=2, most=1_000_000_000)),
        ),
    ),
    "trace": Step(
        "对原因",
        by(COUNTY, S.PLANNED, S.DOING, S.DONE),
        needs=(Need("cause", "针对的原因", Offered(causes)),),
    ),
    "answer": Step(
        "对问题",
        by(COUNTY, S.PLANNED, S.DOING, S.DONE),
        needs=(Need("finding", "同时针对的问题", Offered(findings)),),
    ),
}

TURNS = {
    S.PLANNED: Turn("begin", FILERS, "责任单位", "开始落实"),
    S.DOING: Turn("finish", FILERS, "责任单位", "落实到位后记完成"),
}


class Carrying(Process):
    """From what is intended to what was done."""

    code = ledger = "measures"
    title = "措施的落实"
    steps, turns = STEPS, TURNS
    road = (S.PLANNED, S.DOING, S.DONE)
    rest = frozenset({S.DONE, S.DROPPED})

    def todo_for(self, user):
        """Nothing of their own: measures are worked on where their item is."""
        return Measure.objects.none()

    def bars(self, found, verb):
        item = found.item
        if item is None or verb in {"aim", "trace", "answer"}:
            return ""
        if item.state in item.UNDER_REVIEW:
            return (
                f"事项{item.code}正在审核（{item.get_state_display()}），措施不能改动；要改动的，先退回整改"
            )
        if item.state in item.FINISHED and item.state != item.State.LASTING:
            return f"事项{item.code}{item.get_state_display()}，措施不再改动"
        if verb in {"begin", "finish"} and item.state in item.BEFORE:
            return f"事项{item.code}的措施还没有审核同意"
        return ""

    def amiss(self, found, verb, details):
        if verb == "reword" and len(numbered(details["text"])) > 1:
            return {"text": "一条措施里有另起的编号：一条只写一件事，其余的用“补充措施”登记"}
        if verb == "trace" and found.against.filter(cause=causes()[details["cause"]]).exists():
            return {"cause": "这条措施已对着这个原因"}
        if verb == "answer" and self.answers(found, findings()[details["finding"]]):
            return {"finding": "这条措施已对着这个问题"}
        return {}

    def answers(self, found, finding):
        own = found.item and found.item.finding_id == finding
        return own or found.answers.filter(finding=finding).exists()

    def sets(self, found, verb, after, details):
        today = timezone.localdate()
        if verb == "begin":
            return reading(found, "before")
        if verb == "finish":
            unread = found.state == S.PLANNED  # done before anybody said it had begun
            return {"done_on": today, "result": details["result"] or "", **(reading(found, "before") if unread else {})}  # fmt: skip
        if verb == "resume":
            return {"done_on": None}
        if verb == "drop":
            return {"result": details["reason"]}
        if verb == "reword":
            return {"text": details["text"]}
        if verb == "aim":
            return self.aimed(found, details)
        return {}

    def aimed(self, found, details):
        """Another aim begins anew: what was read for the one before says nothing of it. It stays in the trail."""
        figure, place = aims()[details["figure"]], below()[details["read_at"]]
        aim = {
            "figure": figure,
            "read_at": place,
            "comparator": details["comparator"],
            "target": details["target"],
        }
        nothing = {f"{when}{of}": None for when in ("before", "after", "later") for of in ("", "_on")}
        begun = found.state == S.DOING
        return aim | nothing | (read_now(figure, place, "before") if begun else {})

    def suggests(self, found, verb):
        if verb == "reword":
            return {"text": found.text}
        if verb == "aim":
            place = found.read_at or found.place_id
            return {"figure": name_of(aims(), found.figure), "read_at": name_of(below(), place), "comparator": found.comparator,
                    "target": "" if found.target is None else f"{found.target.normalize():f}"}  # fmt: skip
        return {}

    def causes(self, found, taken, details):
        if taken.verb in {"reword", "drop", "resume"} and found.item:
            rewrite(found.item)
        if taken.verb == "trace":
            CauseOfMeasure.objects.create(
                cause_id=causes()[details["cause"]], measure=found, place_id=found.place_id
            )
        if taken.verb == "answer":
            FindingOfMeasure.objects.create(
                finding_id=findings()[details["finding"]], measure=found, place_id=found.place_id
            )


# What a measure is to move


def read_now(figure, place, when):
    """What the figure says today of the place, as the field keeps it; nothing where it is no number any more."""
    found = FIGURES.get(figure)
    if found is None or found.split or not place.startswith(current().lo):
        return {}
    value = values([found], Period(timezone.localdate()), place)[figure]
    return {when: None if value is None else Decimal(value), f"{when}_on": timezone.localdate()}


def reading(measure, when):
    """The fields of one reading of the measure's figure, none where it names none."""
    return read_now(measure.figure, measure.read_at, when) if measure.figure else {}


def keep_readings(item, when, **cleared):
    """Read what the measures of the item are to move, now that it is closed or looked back on."""
    for measure in Measure.of(item).aimed():
        facts = reading(measure, when) | cleared
        Measure.objects.filter(pk=measure.pk).update(version=measure.version + 1, **facts)


def rewrite(item):
    """The official column says what the rows say."""
    rows = type(item)._base_manager.filter(pk=item.pk)
    rows.update(measures=Measure.written(item), version=F("version") + 1)


# What the steps of an item do with its measures


def report(item, text):
    """The rows of a text just reported: those that say the same stay, the others are given up or new."""
    said = numbered(text)
    order, new = {text: n for n, text in enumerate(said, 1)}, list(said)
    for one in Measure.of(item):
        if one.text in new:
            new.remove(one.text)
        elif one.is_open:
            dropped = {"state": S.DROPPED, "result": "重新报措施时没有再列"}
            Measure.objects.filter(pk=one.pk).update(version=F("version") + 1, **dropped)
    Measure.add(item, new)
    for one in Measure.of(item):
        if order.get(one.text, one.number) != one.number:
            Measure.objects.filter(pk=one.pk).update(number=order[one.text])


def begin(item, user):
    """Work may go on: every measure of the item is begun, and what it is to move is read before anything is done."""
    for measure in Measure.itemise(item):
        if measure.state == S.PLANNED:
            CARRYING.take(measure, "begin", user)


def supplement(item, text, user):
    """More of them while work is under way. Where there were no rows yet, the item's text names the new ones already."""
    if Measure.of(item).exists():
        Measure.add(item, numbered(text))
    begin(item, user)


CARRYING = register(Carrying())
