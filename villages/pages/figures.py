"""All figures of a place, and each with its breakdown and the way to its rows."""

from decimal import Decimal

from django.shortcuts import render
from django.urls import reverse

from povertyparty.figures import READINGS, REGISTRY
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.pages.cards import (
    address,
    asked,
    card,
    figure_url,
    is_guarded,
    rows_url,
    unit,
    values_for,
    written,
)
from povertyparty.pages.permit import find, may
from villages.areas import Areas
from villages.models import LEVELS, Place

# In the order of the report; what other packages add follows.
GROUPS = (
    "户和人口",
    "村",
    "五通七有",
    "干部",
    "教育培训",
    "驻村",
    "包联帮扶",
    "集体经济",
    "经费保障",
    "项目",
    "党建阵地",
    "基层减负",
)


@may("view_figures", "GET")
def figures_page(request):
    place, period = asked(request)
    reading = reading_of(request)
    groups = {title: [] for title in GROUPS}
    for figure in REGISTRY.values():
        if not figure.inner:
            groups.setdefault(figure.group, []).append(figure)
    values = values_for(request.user, REGISTRY.values(), period, place, areas=Areas(reading, period.on))
    return render(request, "kit/figures.html", {
        "title": "指标",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "指标", "url": ""}],
        "on_form": on_form(reverse("figures"), period, place, during=True, reading=reading),
        "groups": [{"title": title, "figures": [card(one, values, period, place) for one in wanted]} for title, wanted in groups.items()],
        "note": "每个数都由台账实时算出，点开可以看到每一行。",
    })  # fmt: skip


def on_form(url, period, place, *, during, reading="then"):
    return {
        "url": url,
        "value": period.on,
        "hidden": [("place", place), *([("areas", reading)] if reading != "then" else [])],
        "during": during,
        "since": period.since,
    }


@may("view_figures", "GET")
def figure_page(request, code):
    figure = find(REGISTRY, code)
    place, period = asked(request)
    reading = reading_of(request)
    areas = Areas(reading, period.on)
    values = values_for(request.user, [figure], period, place, areas=areas)
    rows = (
        by_place([figure], period, place, request.user, reading)
        if is_broken_down(request.user, figure, place)
        else []
    )
    opens = may_open(request.user, figure)
    return render(request, "kit/figure.html", {
        "title": figure.label,
        "crumbs": [
            {"label": "工作台", "url": reverse("home")},
            {"label": "指标", "url": f"{reverse('figures')}?{address(period, place)}"},
            {"label": figure.label, "url": ""},
        ],
        "on_form": on_form(reverse("figure", args=[code]), period, place, during=figure.during, reading=reading),
        "figure": {
            "label": figure.label, "unit": unit(figure, values[code]), "on": period.on, "since": period.since if figure.during else None,
            "value": written(values[code]),
            "definition": figure.says(period, place), "coverage": areas.name_of(Place.names.get(code=place)),
        },
        "links": [
            {"label": f"{one.label} {written(values[one.code]) or '—'} {one.unit}", "url": with_reading(figure_url(one, period, place), reading)} for one in figure.made_of
        ],
        "by_place": [{"name": name, "value": values[code], "url": with_reading(figure_url(figure, period, below), reading)} for below, name, values in rows],
        "readings": readings(figure, period, place, reading) if rows else [],
        "place_heading": "村" if len(place) >= 9 else "乡镇",
        "chart": chart(figure, values[code], rows),
        "actions": [{"label": "查看明细", "url": f"{rows_url(figure, period, place)}&areas={reading}", "icon": "list", "primary": True}] if opens else [],
    })  # fmt: skip


def may_open(user, figure):
    return bool(figure.ledger) and user.may("view_ledgers") and user.may(LEDGERS[figure.ledger].right)


def is_broken_down(user, figure, place):
    """Not by kinds and places at once; and by villages, where one number is one person, only for who may read the rows."""
    if figure.split:
        return False
    return len(place) < 9 or not (figure.ledger and is_guarded(LEDGERS[figure.ledger], user))


def chart(figure, value, rows):
    told = list(value.items()) if figure.split else [(name, values[figure.code]) for _, name, values in rows]
    if not told:
        return None
    return {"id": "by-place", "title": f"{figure.label}构成" if figure.split else f"各地{figure.label}", "kind": "bar", "unit": figure.unit,
            "heads": ["类别" if figure.split else "地区", figure.label], "rows": [[name, drawn(number)] for name, number in told]}  # fmt: skip


def drawn(number):
    """Nothing is drawn of what is not told."""
    return float(number) if isinstance(number, Decimal) else None if isinstance(number, str) else number


def reading_of(request):
    return request.GET.get("areas") if request.GET.get("areas") in READINGS else "then"


def readings(figure, period, place, chosen):
    """The ways of reading the table, and which of them it is."""
    url = figure_url(figure, period, place)
    return [
        {"label": label, "url": with_reading(url, one), "current": one == chosen}
        for one, (label, _) in READINGS.items()
    ]


def with_reading(url, reading):
    return url if reading == "then" else f"{url}&areas={reading}"


def by_place(wanted, period, place, user, reading="then"):
    """(code, name, {figure code: value}) for each place just below."""
    length = next((n for n in LEVELS if n > len(place)), None)
    if length is None:
        return []
    areas = Areas(reading, period.on, length)
    values = values_for(user, wanted, period, place, length, areas)
    valued = {below for (_, below), value in values.items() if value}
    return [
        (code, name, {f.code: values.get((f.code, code), f.nothing) for f in wanted})
        for code, name in areas.listed(place, valued)
    ]
