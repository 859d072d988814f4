"""Search: what people type, over everything that stands; ours beside a scan of the same columns.

The scan is what one writes without an index: LIKE over the names and numbers of every ledger that is searched, as the same
person under the same row policies, the first rows of each ledger. It knows no pinyin; where pinyin is typed it is given the
very characters, which is easier for it. "the page" is the complete response, "while typing" the part that is sent for each
pause in typing.
"""

from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q

from bench.pages import signed_in
from bench.timing import Goal, Variant, interleave, told
from povertyparty import search
from povertyparty.ledger import REGISTRY
from povertyparty.scope import acting
from villages.access import chosen, scope_of
from villages.models import Household

LIMIT = 50  # milliseconds
MOST = 31
TIMES = 21
LEDGERS = [ledger for ledger in REGISTRY.values() if search.searched(ledger)]


def measure(world, quick):
    world.tidy()
    bench = Bench(world)
    clients = {user: signed_in(user) for user in (world.officer, world.chief)}
    variants, goals = [], []
    for user, where in ((world.officer, "a county"), (world.chief, "everywhere")):
        for what, typed, plain in bench.texts:
            ours = Variant(f"{what}, {where}", lambda u=user, t=typed: bench.ours(u, t))
            variants.append(ours)
            goals.append((ours, "ms"))
            if plain:
                scan = Variant(f"scan: {what}, {where}", lambda u=user, t=plain: bench.scan(u, t), rounds=5)
                variants.append(scan)
                goals.append((ours, scan))
        client = clients[user]
        for name, address in (("the page", "/search/"), ("while typing", "/search/suggest/")):
            text = bench.name
            variants.append(Variant(f"{name}, {where}", lambda c=client, a=address, t=text: opened(c, a, t)))
    bench.verify()
    interleave(variants, 2 if quick else TIMES)
    wanted = [below(ours) if than == "ms" else told(ours, than) for ours, than in goals]
    return (
        variants,
        wanted,
        "the keys found for the name by ours and by the scan, in the county and everywhere",
    )


def below(variant):
    return Goal(variant, f"≤ {LIMIT} ms", variant.median * 1000, LIMIT, most=True, unit="ms")


def opened(client, address, text):
    answer = client.get(address, {"q": text})
    assert answer.status_code == 200 and text in answer.content.decode()
    return answer


class Bench:
    def __init__(self, world):
        self.world = world
        with acting(scope_of(chosen(world.officer))):
            self.household = Household.objects.order_by("id")[min(77, world.county_size - 1)]
        self.name = self.household.head
        with connection.cursor() as cursor:
            cursor.execute("SELECT tsvector_to_array(spelled(ARRAY[%s], '{}', '{}'))", [self.name])
            latin = [word for word in cursor.fetchone()[0] if word.isascii()]
        pinyin, initials = (
            max(latin, key=len),
            sorted((w for w in latin if len(w) == len(self.name)), key=len)[-1],
        )
        self.texts = [
            ("a name", self.name, self.name),
            ("two characters of it", self.name[1:], self.name[1:]),
            ("its pinyin", pinyin, self.name),
            ("its initials", initials, self.name),
            ("its first syllable", pinyin[:2], ""),
            ("户编号", self.household.number, self.household.number),
            ("last four of an identity number", self.household.head_id[-4:], ""),
            ("what is nowhere", "无此人名", "无此人名"),
        ]

    def ours(self, user, text):
        with acting(scope_of(chosen(user))):
            return search.found(text, LEDGERS, MOST, sensitive=True)

    def scan(self, user, text, most=MOST):
        with acting(scope_of(chosen(user))):
            return {
                ledger.code: keys
                for ledger in LEDGERS
                if (what := like(ledger, text))
                and (keys := [*ledger.model.objects.filter(what).values_list("pk", flat=True)[:most]])
            }

    def verify(self):
        for user in (self.world.officer, self.world.chief):
            with acting(scope_of(chosen(user))):
                ours = search.found(self.name, LEDGERS, 10**6)
            theirs = self.scan(user, self.name, 10**6)
            assert {code: set(keys) for code, keys in ours.items()} == {
                code: set(keys) for code, keys in theirs.items()
            }


def like(ledger, text):
    what = search.searched(ledger)
    columns = [*what.names, *what.codes]
    return (
        reduce(or_, (Q(**{f"{column.attname}__contains": text}) for column in columns)) if columns else None
    )
