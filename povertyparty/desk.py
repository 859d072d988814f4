"""What waits on somebody's desk: the records whose next step is theirs. The home page and the bell only ask.

A to-do is {title, url, due (date or None), light: {word, colour} or None, place, who}.
"""

from povertyparty.steps import REGISTRY


def asked_of(user):
    """The processes in which this person's role ever has a turn, and whose ledgers it may see."""
    return [one for one in REGISTRY.values() if one.awaited(user) and user.may(one.right)]


def count(user):
    """How many to-dos there are: one query, for it is asked on every page."""
    first, *rest = [one.todo_for(user).order_by().values_list("pk") for one in asked_of(user)] or [None]
    if first is None:
        return 0
    return first.union(*rest, all=True).count() if rest else first.count()


def waiting(user, limit):
    """The first to-dos, those with the oldest deadline before all others."""
    found = [one.tell(row) for one in asked_of(user) for row in one.todo_for(user)[:limit]]
    return sorted(found, key=lambda todo: (todo["due"] is None, todo["due"]))[:limit]
