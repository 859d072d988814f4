"""Figures as cards, each leading to its own page."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from povertyparty import figures
from povertyparty.figures import Period
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.ledger import Ledger
from povertyparty.listing import day
from povertyparty.scope import current

FEW = 3
BAD = {"items_overdue", "villages_short_of_reserves"}


def cards(wanted, period, place, user):
    values = values_for(user, wanted, period, place)
    return [card(figure, values, period, place) for figure in wanted]


def values_for(user, wanted, period, place, length=None, areas=None):
    """As this person may read them: a count of rows that are not theirs to see is not told where it is so small that it
    points at persons (domain.md §5.2)."""
    values = figures.values(wanted, period, place, length, areas)
    guarded = {f.code for f in wanted if f.ledger and is_guarded(LEDGERS[f.ledger], user)}
    for key, value in values.items():
        code = key[0] if length else key
        if code in guarded and isinstance(value, int) and 0 < value < FEW:
            values[key] = f"少于{FEW}"
    return values


def is_guarded(ledger, user):
    """Its rows are for some roles only, and not for this person."""
    return ledger.right != Ledger.right and not user.may(ledger.right)


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
    return value if value is None or isinstance(value, str) else f"{value:,}"


def unit(figure, value):
    return "" if value is None else figure.unit


def figure_url(figure, period, place):
    return f"{reverse('figure', args=[figure.code])}?{address(period, place)}"


def rows_url(figure, period, place):
    return f"{reverse('ledger', args=[figure.ledger])}?{urlencode({'figure': figure.code})}&{address(period, place)}"


def asked(request):
    """(place code within the scope, period) of such an address."""
    place, top = request.GET.get("place", ""), current().lo
    period = Period(day(request.GET.get("on")) or timezone.localdate(), day(request.GET.get("from")))
    return (place if place.isdigit() and place.startswith(top) else top), period


def address(period, place):
    since = {"from": period.since} if period.since else {}
    return urlencode({"on": period.on, **since, "place": place})
