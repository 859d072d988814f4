"""What waits on somebody's desk: domain apps say what is to be done, the home page and the bell only ask.

A to-do is {title, url, due (date or None), light: {word, colour}, place, who}.
"""

TODOS = []


def todos(provider):
    """Registers `provider(user) → queryset`, and how a row of it is told: `provider.tell(row) → to-do`."""
    TODOS.append(provider)
    return provider


def waiting(user, limit=None):
    """(number of to-dos, the first `limit` of them with the oldest deadline first)."""
    count, found = 0, []
    for provider in TODOS:
        rows = provider.rows(user)
        count += rows.count()
        if limit:
            found += [provider.tell(row) for row in rows[:limit]]
    return count, sorted(found, key=lambda todo: (todo["due"] is None, todo["due"]))[: limit or 0]
