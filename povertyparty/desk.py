"""What waits on somebody's desk: the records whose next step is theirs. The home page and the bell only ask.

A to-do is {title, url, due (date or None), light: {word, colour} or None, place, who}. Beside the steps, comments wait
that one was asked to see to; and the bell says how many notices are unread.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Count, F, Value
from django.utils.text import Truncator

from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.models import Comment, Notice
from povertyparty.notices import address
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


COMMENTS, UNREAD = "", "unread"


class Bell(NamedTuple):
    todos: int
    unread: int


class Waiting(NamedTuple):
    """`steps` is {process: {state: how many records in it}}."""

    steps: dict
    comments: int
    unread: int

    @property
    def lines(self):
        return sum(one.lines(states) for one, states in self.steps.items()) + self.comments


def awaiting(user):
    """What waits for this person, in one query."""
    asked = [one for one in REGISTRY.values() if one.awaited(user) and user.may(one.right)]
    counts = [
        one.todo_for(user).order_by().values_list(Value(one.code), F(one.field)).annotate(Count("pk"))
        for one in asked
    ]
    counts.append(number(Comment.objects.waiting_for(user), COMMENTS))
    counts.append(number(Notice.objects.of(user).unread(), UNREAD))
    steps, beside = {}, {}
    for code, state, count in counts[0].union(*counts[1:], all=True):
        if code in REGISTRY:
            steps.setdefault(REGISTRY[code], {})[state] = count
        else:
            beside[state] = count
    return Waiting(steps, beside.get(COMMENTS, 0), beside.get(UNREAD, 0))


def number(rows, what):
    """How many, as a line among the counts of steps; none where there are none."""
    return rows.order_by().values_list(Value(""), Value(what)).annotate(Count("pk"))


def bell(user):
    """How many lines the whole list has (single records, or as many kinds of them) and how many notices are unread. It
    stands on every page, so it is kept."""
    key, now = user.appointment.pk, time.monotonic()
    until, taken, told = _bells.get(key, (0, 0, None))
    if now >= until or taken != Process.taken:
        return remember(key, awaiting(user))
    return told


def count(user):
    return bell(user).todos


def remember(key, found):
    if len(_bells) > 10_000:
        _bells.clear()
    told = Bell(found.lines, found.unread)
    _bells[key] = time.monotonic() + SECONDS, Process.taken, told
    return told


def forget(user):
    """This person read a notice, or saw to a comment: the bell is asked anew."""
    _bells.pop(user.appointment and user.appointment.pk, None)


def waiting(user, limit):
    """(how many to-dos there are, the first of them: those with the oldest deadline before all others)."""
    waits = awaiting(user)
    found = [todo for one, states in waits.steps.items() for todo in one.tell(user, states, limit)]
    if waits.comments:
        found += [told(one) for one in Comment.objects.waiting_for(user).select_related("by")[:limit]]
    return remember(user.appointment.pk, waits).todos, sorted(
        found, key=lambda todo: (todo["due"] is None, todo["due"])
    )[:limit]


def told(comment):
    ledger = LEDGERS[comment.ledger]
    return {
        "title": f"处理留言：{Truncator(comment.text).chars(40)}",
        "url": f"{address(comment.ledger, comment.record)}#comments",
        "due": None,
        "light": None,
        "place": ledger.title,
        "who": str(comment.by),
    }
