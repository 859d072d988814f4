"""原因—问题—措施—结果: why it was found wrong, what is done, and what came of it; over all findings, and of one."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from inspections.models import Cause, CauseOfFinding, CauseOfMeasure, Finding, FindingOfMeasure, Item, Measure
from inspections.models.measures import ROOTS, caused_by, uncaused
from inspections.parameters import cause_words
from inspections.steps.measures import Offered, causes
from povertyparty import quality
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.kinds import Choice, Text
from povertyparty.pages.cards import asked, rows_url
from povertyparty.pages.permit import may
from povertyparty.pages.steps import asked as field
from povertyparty.scope import current
from povertyparty.steps import Need, Step, StepIncomplete
from villages.frame import beside
from villages.models import Place
from villages.pages.figures import on_form

UNSAID = "没有标注原因"
# What each column of the table counts: the figure whose rows it opens, and the condition on findings.
COLUMNS = {
    **{root: (f"findings_by_cause_{n}", partial(caused_by, root)) for n, root in enumerate(ROOTS, 1)},
    UNSAID: ("findings_without_cause", uncaused),
}
GAPS = ("cause_without_measure", "measure_without_finding", "finding_closed_without_moving")

beside("检视整改", "原因与措施", "chain", "diagram-3", "view_figures")


# Over all findings


@may("view_figures", "GET")
def chain(request):
    place, period = asked(request)
    opens = request.user.may("view_ledgers")
    return render(request, "inspections/chain.html", {
        "title": "原因—问题—措施—结果",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "原因—问题—措施—结果", "url": ""}],
        "on_form": on_form(reverse("chain"), period, place, during=False),
        "heads": [*COLUMNS],
        "lines": matrix(period, place, opens),
        "gaps": gaps(period, place, opens),
    })  # fmt: skip


def matrix(period, place, opens):
    """Each category of findings by each kind of cause. A finding with causes of two kinds is counted under both."""
    counts = {f"n{n}": Count("pk", filter=where()) for n, (_, where) in enumerate(COLUMNS.values())}
    standing = Finding.objects.standing().within(place)
    rows = standing.order_by().values("category").annotate(all=Count("pk"), **counts)
    found = {row["category"]: row for row in rows}
    return [
        line(category, label, found[category], period, place, opens)
        for category, label in [*Finding.Category.choices, ("", "没有分类")]
        if category in found
    ]


def line(category, label, row, period, place, opens):
    def url(figure):
        # A list cannot be asked for what is empty.
        return (
            f"{rows_url(FIGURES[figure], period, place)}&f_category={category}" if opens and category else ""
        )

    cells = [
        {"label": head, "n": row[f"n{n}"], "url": url(figure) if row[f"n{n}"] else ""}
        for n, (head, (figure, _)) in enumerate(COLUMNS.items())
    ]
    return {"label": label, "all": row["all"], "cells": cells}


def gaps(period, place, opens):
    rules = [quality.REGISTRY[code] for code in GAPS]
    counts = quality.counts(rules, period.on, place)
    return [
        {
            "label": rule.label,
            "why": rule.why,
            "remedy": rule.remedy,
            "count": counts[rule.code],
            "url": f"{reverse('ledger', args=[rule.ledger])}?rule={rule.code}&on={period.on}&place={place}"
            if opens and counts[rule.code]
            else "",
        }
        for rule in rules
    ]


# Of one finding

TAG = Step(
    "标注原因",
    {},
    needs=(
        Need("cause", "已登记的原因", Offered(causes), required=False, help="别的问题也有的原因，从这里选。"),
        Need("name", "新的原因", Text(200), required=False, help="写工作上的原因，不写群众的原因。"),
        Need("root", "成因类别", Choice(labels=tuple(Item.Cause)), required=False),
        Need("word", "具体成因", Offered(cause_words), required=False),
        Need("depth", "原因层次", Choice(labels=tuple(Cause.Depth)), required=False),
    ),
)


@may("view_ledgers", "GET")
def chain_of(request, pk):
    return show(request, get_object_or_404(Finding.objects.select_related("place"), pk=pk))


def show(request, finding, given=None, faults=None, status=200):
    given, faults = given or {}, faults or {}
    edits = may_tag(request.user, finding)
    return render(request, "inspections/chain_of.html", {
        "title": "原因—问题—措施—结果",
        "subtitle": finding.code,
        "crumbs": [
            {"label": "工作台", "url": reverse("home")},
            {"label": "原因—问题—措施—结果", "url": reverse("chain")},
            {"label": finding.code, "url": ""},
        ],
        "links": links(finding),
        "tag": [field(need, given.get(need.name, ""), faults.get(need.name)) for need in TAG.needs] if edits else [],
        "tag_url": reverse("tag_cause", args=[finding.pk]),
        "actions": [{"label": "问题记录", "url": reverse("record", args=["findings", finding.pk])}],
    }, status=status)  # fmt: skip


def may_tag(user, finding):
    return user.may("edit_ledgers") and current().holds(finding.place_id)


def links(finding):
    """templates/inspections/_chain.html: causes numbered, so that measures can say which of them they are taken against."""
    why = list(
        Cause.objects.filter(pk__in=CauseOfFinding.objects.filter(finding=finding).values("cause"))
        .order_by("root", "pk")
    )  # fmt: skip
    also = FindingOfMeasure.objects.filter(finding=finding).values("measure")
    items = list(Item.objects.filter(finding=finding).select_related("place").order_by("code"))
    own = Measure.objects.filter(item__in=[one.pk for one in items])
    done = own | Measure.objects.filter(pk__in=also)
    done = list(done.select_related("item").order_by("item_id", "number", "pk"))
    against = {}
    for cause, measure in CauseOfMeasure.objects.filter(measure__in=done).values_list("cause", "measure"):
        against.setdefault(measure, set()).add(cause)
    numbers = {one.pk: n for n, one in enumerate(why, 1)}
    places = names_of(done)
    return {
        "finding": {"text": finding.text, "code": finding.code, "kind": finding.get_category_display() or "未分类"},
        "causes": [cause_told(one, numbers[one.pk], finding) for one in why],
        "said": sorted({one.cause for one in items if one.cause} - {one.root for one in why}),
        "items": [{"code": one.code, "url": reverse("item", args=[one.pk]), "state": one.get_state_display(), "place": one.place.name} for one in items],
        "measures": [
            measure_told(one, [numbers[c] for c in sorted(against.get(one.pk, ())) if c in numbers], places) for one in done
        ],
    }  # fmt: skip


def cause_told(cause, number, finding):
    return {
        "number": number,
        "name": cause.name,
        "kind": "·".join(filter(None, (cause.root, cause.word, cause.depth))),
        "url": reverse("record", args=["causes", cause.pk]),
        "remove_url": reverse("untag_cause", args=[finding.pk, cause.pk]),
    }


TONES = {"planned": "mute", "doing": "info", "done": "ok", "dropped": "mute"}


def measure_told(measure, against, places):
    return {
        "text": measure.text,
        "code": measure.code,
        "url": reverse("record", args=["measures", measure.pk]),
        "state": {"label": measure.get_state_display(), "tone": TONES[measure.state]},
        "who": "·".join(filter(None, (measure.nature, measure.who))),
        "against": against,
        "result": measure.result,
        "done_on": measure.done_on,
        "figure": readings(measure, places),
    }


def names_of(measures):
    return dict(Place.names.filter(code__in={one.read_at for one in measures}).values_list("code", "name"))


def readings(measure, places):
    """What the figure was to reach and what it read, side by side; None where the measure names none."""
    if not measure.figure:
        return None
    figure = FIGURES.get(measure.figure)
    read = [
        {
            "when": when,
            "value": shown(value),
            "on": on,
            "moved": measure.moved(value) if when != "整改前" else None,
        }
        for when, value, on in (
            ("整改前", measure.before, measure.before_on),
            ("销号时", measure.after, measure.after_on),
            ("回头看", measure.later, measure.later_on),
        )
    ]
    return {
        "label": str(figure.label) if figure else measure.figure,
        "place": places.get(measure.read_at, ""),
        "aim": f"{measure.comparator} {shown(measure.target)} {figure.unit if figure else ''}".strip(),
        "read": read,
    }


def shown(value):
    return "" if value is None else f"{value.normalize():,f}"


@may("edit_ledgers", "POST")
def tag_cause(request, pk):
    """Say why: by a cause that is known, or by a new one."""
    finding = get_object_or_404(Finding.objects.all(), pk=pk)
    if not may_tag(request.user, finding):
        raise PermissionDenied
    given = {need.name: request.POST.get(need.name, "") for need in TAG.needs}
    try:
        cause = cause_of(finding, TAG.read(given))
    except StepIncomplete as refusal:
        return show(request, finding, given, refusal.faults, 422)
    CauseOfFinding.objects.get_or_create(
        cause=cause, finding=finding, defaults={"place_id": finding.place_id}
    )
    messages.success(request, f"已标注原因：{cause.name}")
    return redirect("chain_of", pk)


def cause_of(finding, said):
    if said["cause"]:
        return Cause.objects.get(pk=causes()[said["cause"]])
    lacking = [need.name for need in TAG.needs if need.name in {"name", "root"} and not said[need.name]]
    if lacking:
        raise StepIncomplete(TAG, dict.fromkeys(lacking, "选一个已登记的原因，或写明新的原因和它的类别"))
    if known := Cause.objects.filter(name=said["name"]).first():
        return known
    try:
        with transaction.atomic():
            facts = {name: said[name] or "" for name in ("name", "root", "word", "depth")}
            return Cause.objects.create(place_id=finding.place_id, **facts)
    except IntegrityError:
        why = "本县别处已登记同样的原因，您看不到它：请由县委组织部标注，或换一种写法"
        raise StepIncomplete(TAG, {"name": why}) from None


@may("edit_ledgers", "POST")
def untag_cause(request, pk, cause):
    """The line is taken away; the cause stays, with the other findings it stands behind."""
    finding = get_object_or_404(Finding.objects.all(), pk=pk)
    if not may_tag(request.user, finding):
        raise PermissionDenied
    line = get_object_or_404(CauseOfFinding.objects.all(), finding=finding, cause=cause)
    line.delete()
    messages.success(request, "已去掉这个问题的这一条原因，原因本身仍在台账里。")
    return redirect("chain_of", pk)


urlpatterns = [
    path("chain/", chain, name="chain"),
    path("chain/<int:pk>/", chain_of, name="chain_of"),
    path("chain/<int:pk>/causes/", tag_cause, name="tag_cause"),
    path("chain/<int:pk>/causes/<int:cause>/remove/", untag_cause, name="untag_cause"),
]
