"""到期提醒和超期提级: what the deadlines of records tell people by themselves, once a threshold and never twice.

Every process says which deadlines its records have and at which thresholds they are told (`Process.deadlines`, `ladder`).
A day's run tells each person only the latest threshold that was passed, so that a run after days of silence brings one
notice and not a heap; what was passed longer than `CATCH_UP` days ago is left to lists and lights. The same run takes
away old notices that have nothing more to say.
"""

from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from povertyparty.jobs import job
from povertyparty.models import Comment, RecordStep
from povertyparty.notices import Notice, address, asked, awaited, named, posts, shut_out
from povertyparty.steps import REGISTRY

CATCH_UP = 31
FARTHEST = 366  # days that a threshold may lie before or after its deadline
AT_ONCE = 500


@job("remind", daily=True, repeatable=True)
def remind_daily(job):
    return {"told": remind(), "purged": purge()}


def remind(on=None):
    """How many notices were new. It may be run at any time and by several at once."""
    on = on or timezone.localdate()
    return sum(
        told_of(process, deadline, on) for process in REGISTRY.values() for deadline in process.deadlines
    )


def told_of(process, deadline, on):
    first = on - timedelta(FARTHEST + CATCH_UP + (FARTHEST if deadline.until else 0))
    rows = process.running(deadline, first, on + timedelta(FARTHEST)).order_by("pk").iterator(AT_ONCE)
    told = 0
    while found := list(islice(rows, AT_ONCE)):
        told += Notice.keep([notice for one in found for notice in notices_of(process, deadline, one, on)])
    return told


def notices_of(process, deadline, found, on):
    """What is to be told of one record that day; each appointment is told the latest threshold that concerns it."""
    turn, due = process.turns[process.state(found)], deadline.day(found)
    told = {}
    for rung in passed(process, deadline, found, on):
        if rung.roles and rung.roles not in posts().above(turn.roles, found.lies_in):
            continue
        shut = () if rung.roles else shut_out(process, found, turn.verb)
        held, vacancy = awaited(process, found, rung.roles or turn.roles, shut)
        for one in held:
            told[one.pk] = notice(process, deadline, found, turn, one, rung, vacancy, (due - on).days)
    return told.values()


def passed(process, deadline, found, on):
    """The thresholds that were passed not too long ago, the earliest first."""
    due, begun = deadline.day(found), getattr(found, deadline.begins) if deadline.begins else None
    for rung in sorted(process.ladder(found, deadline), key=lambda one: -one.left):
        day = due - timedelta(rung.left)
        if on - timedelta(CATCH_UP) <= day <= on and (begun is None or day > begun):
            yield rung


def notice(process, deadline, found, turn, appointment, rung, vacancy, left):
    what, how = process.what(turn), f"{deadline.label}{words(left)}"
    told = [named(process, found), f"{deadline.label}：{deadline.day(found)}"]
    if rung.roles or vacancy:
        told.append(f"轮到{turn.who}{what}")
    return Notice.to(
        appointment,
        found,
        process.ledger,
        occasion=f"{process.code}.{deadline.field}.{deadline.day(found)}.{rung.left}",
        kind=Notice.Kind.ESCALATION if rung.roles else Notice.Kind.REMINDER,
        title=f"{how}：请{'督促' if rung.roles else asked(what, vacancy)}",
        text="；".join(filter(None, [*told, vacancy])),
        url=address(process.ledger, found.pk),
    )


def purge(now=None):
    """How many notices went: longer ago than they are kept, no more unread, and what they asked for was done."""
    before = (now or timezone.now()) - timedelta(settings.NOTICES_DAYS)
    same = {"ledger": OuterRef("ledger"), "record": OuterRef("record")}
    moved = RecordStep.objects.filter(**same, at__gt=OuterRef("at")).exclude(before=F("after"))
    asked = Comment.objects.waiting().filter(**same, asked__contains=[OuterRef("appointment")])
    done = (
        Q(kind=Notice.Kind.RESULT)
        | Q(kind=Notice.Kind.COMMENT) & ~Exists(asked)
        | Q(kind__in=Notice.UNDONE) & Exists(moved)
    )
    old = Notice.objects.filter(at__lt=before).exclude(read_at=None, settled_at=None)
    return old.filter(done).delete()[0]


def words(left):
    if left:
        return f"还有{left}天" if left > 0 else f"已过{-left}天"
    return "就是今天"
