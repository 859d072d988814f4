"""The complete list page of a county: ours, first and last, beside a ListView of the same HTML."""

import re

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.timing import Goal, Variant, at_least, at_most, interleave

OURS, PLAIN = "/ledgers/households/", "/plain/"
TIMES = 41


def measure(world, quick):
    client = Client(headers={"host": "localhost"})
    client.force_login(world.officer, backend=settings.AUTHENTICATION_BACKENDS[-1])
    last = f"?page={world.county_size // 50}"

    def page(name, address):
        return Variant(name, lambda: opened(client, address))

    first, end = page("list page, first", OURS), page("list page, last", OURS + last)
    plain, plain_end = page("ListView, first", PLAIN), page("ListView, last", PLAIN + last)
    verify(client, last)
    interleave([first, plain, end, plain_end], 3 if quick else TIMES)
    goals = [at_least(first, 5, plain), at_most(end, 1.5, first), queries(client, first)]
    return [first, end, plain, plain_end], goals, "the rows of both pages, first and last, byte for byte after white space"


def opened(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def verify(client, last):
    for where in ("", last):
        ours, plain = (rows(opened(client, address + where)) for address in (OURS, PLAIN))
        assert len(ours) == 50 and ours == plain, next(pair for pair in zip(ours, plain, strict=True) if pair[0] != pair[1])


def rows(html):
    """The rows as text, white space between tags taken out."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1]
    return re.findall(r"<tr.*?</tr>", re.sub(r">\s+<", "><", body), re.DOTALL)


def queries(client, first):
    with CaptureQueriesContext(connection) as ours:
        opened(client, OURS)
    with CaptureQueriesContext(connection) as plain:
        opened(client, PLAIN)
    return Goal(first, "queries, beside the ListView's", len(ours), len(plain), most=True, unit=f"of {len(plain)}")
