"""The complete list page of a county: ours, first and last, beside a ListView of the same HTML.

The ListView is what one writes without thinking of speed, and nothing worse: one query with its join for the page, a
paginator that counts, the names of the townships asked at once, a template loop. It inherits the product's own layout and
renders every part of it each time; nothing is remembered between requests. Session, user, appointment, scope, row
policies and to-do count are the same for both, so they narrow the ratio; "the frame alone" is a page of nothing else.
"""

import re

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.timing import Goal, Variant, at_least, at_most, interleave

OURS, PLAIN, FRAME, LONG = "/ledgers/households/", "/plain/households/", "/plain/frame/", "?size=200"
TIMES = 41


def measure(world, quick):
    world.tidy()  # as it is a minute after an import
    client = signed_in(world.officer)
    last = f"?page={world.county_size // 50}"

    def page(name, address):
        return Variant(name, lambda: opened(client, address))

    first, end, long = (
        page("list page, first", OURS),
        page("list page, last", OURS + last),
        page("list page of 200 rows", OURS + LONG),
    )
    plain, plain_end, plain_long = (
        page("ListView, first", PLAIN), page("ListView, last", PLAIN + last), page("ListView of 200 rows", PLAIN + LONG)
    )  # fmt: skip
    for where, count in (("", 50), (last, 50), (LONG, 200)):
        verify(client, OURS + where, PLAIN + where, count)
    frame = page("the frame alone", FRAME)
    variants = [first, plain, end, plain_end, long, plain_long, frame]
    interleave(variants, 3 if quick else TIMES)
    goals = [
        at_least(first, 5, plain),
        queries(client, first, OURS, PLAIN),
        at_most(end, 1.5, first),
        at_least(end, 5, plain_end),
        at_least(long, 5, plain_long),
    ]
    return variants, goals, "the rows of each page, byte for byte after white space"


def signed_in(user):
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def opened(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def verify(client, address, beside, count):
    ours, plain = rows(opened(client, address)), rows(opened(client, beside))
    assert len(ours) == count and ours == plain, next(
        (pair for pair in zip(ours, plain, strict=False) if pair[0] != pair[1]), (len(ours), len(plain))
    )


def rows(html):
    """The rows as text, white space between tags taken out."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1]
    return re.findall(r"<tr.*?</tr>", re.sub(r">\s+<", "><", body), re.DOTALL)


def queries(client, variant, address, beside):
    opened(client, FRAME)  # the bell is kept for some seconds: neither page is to ask for the other
    with CaptureQueriesContext(connection) as ours:
        opened(client, address)
    with CaptureQueriesContext(connection) as plain:
        opened(client, beside)
    return Goal(
        variant, "queries, beside the ListView's", len(ours), len(plain), most=True, unit=f"of {len(plain)}"
    )
