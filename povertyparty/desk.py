"""What waits on somebody's desk: the records whose next step is theirs. The home page and the bell only ask.

A to-do is {title, url, due (date or None), light: {word, colour} or None, place, who}.
"""

import time
from collections.abc import Callable

from django.db.models import Count, F, Value

from povertyparty.steps import REGISTRY, Process

# In which the bell may be behind what others do; what anybody does in this process it tells at once.
SECONDS = 20
_bells: dict[int, tuple] = {}
# What a person may begin without its being their turn, function by function: user → lines {title, url}. The bell counts none.
SUGGESTIONS: list[Callable] = []


def suggest(tells):
    SUGGESTIONS.append(tells)
    return tells


def suggested(user):
    return [line for tells in SUGGESTIONS for line in tells(user)]


def awaiting(user):
    """{process: {state: how many records in it wait for this person}}, in one query."""
    asked = [one for one in REGISTRY.values() if one.awaited(user) and user.may(one.right)]
    counts = [
        one.todo_for(user).order_by().values_list(Value(one.code), F(one.field)).annotate(Count("pk"))
        for one in asked
    ]
    found = {}
    for code, state, count in counts[0].union(*counts[1:], all=True) if counts else ():
        found.setdefault(REGISTRY[code], {})[state] = count
    return found


def count(user):
    """How many lines the whole list has: single records, or as many kinds of them. It stands on every page, so it is kept."""
    key, now = user.appointment.pk, time.monotonic()
    until, taken, told = _bells.get(key, (0, 0, 0))
    if now >= until or taken != Process.taken:
        return remember(key, sum(one.lines(states) for one, states in awaiting(user).items()))
    return told


def remember(key, told):
    if len(_bells) > 10_000:
        _bells.clear()
    _bells[key] = time.monotonic() + SECONDS, Process.taken, told
    return told


def waiting(user, limit):
    """(how many to-dos there are, the first of them: those with the oldest deadline before all others)."""
    found, count = [], 0
    for one, states in awaiting(user).items():
        found += one.tell(user, states, limit)
        count += one.lines(states)
    return remember(user.appointment.pk, count), sorted(
        found, key=lambda todo: (todo["due"] is None, todo["due"])
    )[:limit]
