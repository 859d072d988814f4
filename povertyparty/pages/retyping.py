"""重复填报: how many cells a month said once more what the system has already, which they were, and what to do about it."""

from collections import Counter
from datetime import date
from itertools import islice

from django.shortcuts import render
from django.urls import path, reverse

from povertyparty.ledger import REGISTRY
from povertyparty.pages.cards import asked
from povertyparty.pages.permit import may
from povertyparty.retyping import Retyped

EARLIEST = date(2000, 1, 1)
MONTHS = 12
SHOWN = 6  # months side by side
MOST = 20  # columns


@may("view_retyping", "GET")
def retyping_page(request):
    place, period = asked(request)
    months = [*islice(months_before(max(period.on, EARLIEST)), MONTHS)][::-1]
    cells = Retyped.by_month(months[0], period.on, place)
    by_month, by_column = Counter(), Counter()
    for (month, *column), n in cells.items():
        by_month[month] += n
        by_column[tuple(column)] += n
    return render(request, "kit/retyping.html", {
        "title": "重复填报",
        "subtitle": "一个事实只填一次，目标是0格",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "重复填报", "url": ""}],
        "on_form": {"url": reverse("retyping"), "value": period.on, "hidden": [("place", place)]},
        "figures": [
            {"label": "本月", "value": f"{by_month[months[-1]]:,}", "unit": "格", "tone": "warn" if by_month[months[-1]] else "ok"},
            {"label": "上月", "value": f"{by_month[months[-2]]:,}", "unit": "格"},
            {"label": f"近{MONTHS}个月", "value": f"{by_month.total():,}", "unit": "格"},
        ],
        "chart": {
            "id": "by-month", "title": "每月重复填报的格数", "kind": "bar", "unit": "格", "heads": ["月份", "格数"],
            "rows": [[name_of(month), by_month[month]] for month in months],
        },
        "months": [name_of(month) for month in months[-SHOWN:]],
        "ledgers": [*by_ledger(cells, months[-SHOWN:])],
        "columns": [told(ledger, column, n, request.user) for (ledger, column), n in by_column.most_common(MOST)],
        "span": MONTHS,
    })  # fmt: skip


def months_before(day):
    """The first days of this month and of those before it, the newest first."""
    month = day.replace(day=1)
    while True:
        yield month
        month = month.replace(year=month.year - (month.month == 1), month=month.month - 1 or 12)


def name_of(month):
    return f"{month:%Y-%m}"


def by_ledger(cells, months):
    """The ledgers with what was typed again in each of these months, the most first."""
    counts = {}
    for (month, ledger, _), n in cells.items():
        if month in months:
            counts.setdefault(ledger, Counter())[month] += n
    for ledger, by_month in sorted(counts.items(), key=lambda one: -one[1].total()):
        yield {
            "title": title_of(ledger),
            "cells": [by_month[month] for month in months],
            "total": by_month.total(),
        }


def title_of(ledger):
    return REGISTRY[ledger].title if ledger in REGISTRY else ledger


def told(ledger, name, cells, user):
    """One column; a ledger or column of old may have gone since."""
    found = REGISTRY.get(ledger)
    column = found.by_name.get(name) if found else None
    return {
        "ledger": title_of(ledger),
        "column": column.header if column else name.lstrip("-"),
        "source": column.source if column else "",
        "cells": cells,
        "url": reverse("ledger", args=[ledger])
        if found and user.may("view_ledgers") and user.may(found.right)
        else "",
    }


urlpatterns = [path("retyped/", retyping_page, name="retyping")]
