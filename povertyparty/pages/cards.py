"""Figures as cards, each leading to its own page."""

from urllib.parse import urlencode

from django.urls import reverse

from povertyparty import figures

BAD = {"items_overdue", "villages_short_of_reserves"}


def cards(wanted, period, place):
    values = figures.values(wanted, period, place)
    return [card(figure, values, period, place) for figure in wanted]


def card(figure, values, period, place):
    value = values[figure.code]
    return {
        "label": figure.label,
        "value": written(value),
        "change": "、".join(f"{k} {v:,}" for k, v in value.items()) if figure.split else "",
        "unit": unit(figure, value),
        "url": figure_url(figure, period, place),
        "tone": "bad" if figure.code in BAD and value else "",
    }


def written(value):
    """As it is read: a figure that is split by kinds is the sum of its kinds; what nothing is known of is a dash."""
    if isinstance(value, dict):
        value = sum(value.values())
    return None if value is None else f"{value:,}"


def unit(figure, value):
    return "" if value is None else figure.unit


def figure_url(figure, period, place):
    return f"{reverse('figure', args=[figure.code])}?{address(period, place)}"


def rows_url(figure, period, place):
    return f"{reverse('ledger', args=[figure.ledger])}?{urlencode({'figure': figure.code})}&{address(period, place)}"


def address(period, place):
    since = {"from": period.since} if period.since else {}
    return urlencode({"on": period.on, **since, "place": place})
