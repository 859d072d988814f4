"""交接清单: what is open, awaited, lacking, promised and begun in a place, as whoever takes it over must know it.

A pack is plain data, so that it can be kept: [{"title", "unit", "count", "rows": [{"what", "when", "note", "path"}]}].
Of households it gives the number alone: the snapshot outlives what the register keeps of them.
"""

from datetime import timedelta

from django.db.models import Count, F, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from inspections.models import Item
from povertyparty import quality
from povertyparty.kinds import parted
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.ledger import Ledger
from povertyparty.models import Upload
from povertyparty.scope import here
from povertyparty.steps import REGISTRY as PROCESSES
from villages.models import Pairing, Role, Visit

MOST = 200  # rows of one part; the number says how many there are
SOON = 30  # days within which a deadline belongs to what was promised
HELD_IN = {12: Role.VILLAGE_FILER, 9: Role.TOWNSHIP_OFFICER, 6: Role.COUNTY_OFFICER}
OPEN_TO_ALL = Ledger.right


def pack(place):
    """Of a place, as it is now."""
    today = timezone.localdate()
    return [
        items(place, today),
        awaited(place),
        gaps(place, today),
        visits(place),
        last_seen(place, today),
        promises(place),
        deadlines(place, today),
        drafts(place),
    ]


def answered_for(posting):
    """The open items of the village that somebody stationed there answers for: of a first secretary all, of others those that name them."""
    rows = Item.objects.within(posting.place_id).open().order_by("due_on", "pk")
    if posting.duty in posting.FIRST_SECRETARIES:
        return list(rows)
    return [one for one in rows if posting.name in parted(one.person)]


def part(title, unit, count, rows):
    return {"title": title, "unit": unit, "count": count, "rows": [*rows]}


def row(what, when="", note="", path=""):
    return {"what": f"{what}", "when": f"{when or ''}", "note": note, "path": path}


def listed(title, unit, rows, tell):
    return part(title, unit, rows.count(), map(tell, rows[:MOST]))


def items(place, today):
    rows = Item.objects.within(place).open().select_related("finding")
    return listed(
        "未办结的整改事项",
        "项",
        rows.order_by(F("due_on").asc(nulls_last=True), "pk"),
        lambda one: item(one, today),
    )


def item(one, today):
    said = Truncator(one.symptom or one.finding.text).chars(40)
    light = f"，{one.light(today).word}" if one.state not in Item.FINISHED else ""
    return row(
        f"{one.code} {said}", one.due_on, f"{one.get_state_display()}{light}", reverse("item", args=[one.pk])
    )


def awaited(place):
    """What the desk of whoever works there has to do, by kinds."""
    role = HELD_IN.get(len(place), Role.COUNTY_OFFICER)
    asked = [
        (one, state, turn)
        for one in PROCESSES.values()
        if one.right == OPEN_TO_ALL
        for state, turn in one.turns.items()
        if role in turn.roles
    ]
    counts = [
        one.model.objects.within(place)
        .filter(**{one.field: state})
        .order_by()
        .values_list(Value(one.code), Value(f"{state}"))
        .annotate(Count("pk"))
        for one, state, _ in asked
    ]
    found = {(code, state): n for code, state, n in counts[0].union(*counts[1:], all=True)} if counts else {}
    rows = [
        row(f"{one.what(turn)}：{one.states[state]}的{LEDGERS[one.ledger].title}", "", f"{n}{LEDGERS[one.ledger].unit}", f"{reverse('ledger', args=[one.ledger])}?{one.asked_for}={state}&place={place}")
        for one, state, turn in asked
        if (n := found.get((one.code, f"{state}")))
    ]  # fmt: skip
    return part("待办", "类", len(rows), rows)


def gaps(place, today):
    """What is still missing in the registers."""
    rules = [one for one in quality.REGISTRY.values() if one.gap and LEDGERS[one.ledger].right == OPEN_TO_ALL]
    counts = quality.counts(rules, today, place)
    rows = [
        row(one.label, "", f"{counts[one.code]}{LEDGERS[one.ledger].unit}，{one.remedy}", f"{reverse('ledger', args=[one.ledger])}?rule={one.code}&on={today}&place={place}")
        for one in rules
        if counts[one.code]
    ]  # fmt: skip
    return part("还缺的登记", "类", len(rows), rows)


def visits(place):
    rows = Visit.objects.within(place).select_related("household").order_by("-on", "-pk")
    return part("最近的走访联系", "次", min(rows.count(), 10), (visit(one) for one in rows[:10]))


def visit(one):
    whom = one.household.number if one.household else "村里"
    return row(f"{one.get_way_display()} {whom}", one.on, one.visitor)


def last_seen(place, today):
    """When each household with a helper was last visited; of helpers nothing is said."""
    rows = Pairing.objects.within(place).in_force(today).select_related("household")
    rows = rows.annotate(last=Pairing.last_visit()).order_by("household__number", "pk")
    return listed(
        "结对户最近走访日期", "户", rows, lambda one: row(one.household.number, one.last or "没有走访记录")
    )


def promises(place):
    """What somebody promised on a visit to arrange, and nobody has said to be done."""
    rows = Visit.objects.within(place).filter(~Q(to_arrange=""), done_on="").order_by("on", "pk")
    return listed(
        "走访时答应协调、没有办结的事", "件", rows, lambda one: row(one.to_arrange, one.on, one.arranged_by)
    )


def deadlines(place, today):
    until = today + timedelta(SOON)
    due = Q(due_on__lte=until) & ~Q(state__in=list(Item.FINISHED)) | Q(
        state=Item.State.LASTING, report_due__lte=until
    )
    rows = Item.objects.within(place).filter(due).select_related("finding").order_by("due_on", "pk")
    return listed(f"{SOON}天内到期和已经超期的", "项", rows, lambda one: item(one, today))


def drafts(place):
    """Files that were uploaded here and neither committed nor given up."""
    rows = Upload.objects.within(place or here()).filter(state__in=Upload.OPEN).order_by("-at")
    return listed(
        "没有提交的导入", "份", rows,
        lambda one: row(one.name, timezone.localtime(one.at).date(), one.get_state_display(), reverse("upload_detail", args=[one.pk])),
    )  # fmt: skip
