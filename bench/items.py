"""Lists of 100,000 items to be put right, one step with many of them, and the Excel of those chosen.

The lists stand beside a ListView as those of households do (pages.py): it asks for the light in its query by the same words,
and narrows and sorts by it as one would. The step is 催办, which every open item takes: the form sent for a page of rows, and
what the job does for as many as one may choose; beside a loop that takes the same step with one record a transaction.
"""

from django.db import connection

from bench.pages import FRAME, opened, queries, signed_in, verify
from bench.rectification import Rectification
from bench.timing import Variant, at_least, at_most, interleave, told
from inspections.models import Item
from povertyparty import bulk
from povertyparty.models import Notice, RecordStep
from povertyparty.scope import acting
from povertyparty.steps import REGISTRY
from villages.access import chosen, scope_of, take_up

ITEMS, QUICK = 100_000, 2_000
OURS, PLAIN, STEP, EXPORT = "/ledgers/items/", "/plain/items/", "/ledgers/items/steps/items/remind/", "/ledgers/items/export/"  # fmt: skip
RED, DOING = "?f_counted_light=red", "?f_state=doing&sort=due_on"
NOTE = "请抓紧办理，并报告进展。"
TIMES, FEWER = 41, 5


def measure(world, quick):
    count = QUICK if quick else ITEMS
    work = Rectification(world, count)
    work.stand()
    office, field = signed_in(work.officer), signed_in(work.filer)
    last = f"?page={count // 50}"
    lists, goals = [], []
    for client, whose, places in (
        (office, "county", {"first": "", "last": last, "red lights": RED, "being done, by deadline": DOING}),
        (field, "township", {"first": "", "red lights": RED}),
    ):
        for what, where in places.items():
            verify(client, OURS + where, PLAIN + where, 50)
            ours, plain = beside(client, f"{whose}: {what}", where)
            lists += [ours, plain]
            goals.append((ours, plain, where, client))
    frame = Variant("the frame alone, county", lambda: opened(office, FRAME))
    steps = Steps(work.officer, office, 50 if quick else bulk.MOST)
    steps.verify()
    export = Variant("Excel of 50 chosen rows", steps.export)
    interleave([*lists, frame, export], 3 if quick else TIMES)
    interleave(steps.variants, 1 if quick else FEWER)
    wanted = [
        goal
        for ours, plain, where, client in goals
        for goal in (at_least(ours, 5, plain), queries(client, ours, OURS + where, PLAIN + where))
    ]
    page, loop, many, many_loop = steps.variants
    wanted += [at_most(lists[2], 1.5, lists[0]), told(page, loop), told(many, many_loop)]
    return (
        [*lists, frame, export, *steps.variants],
        wanted,
        "the rows of each page, byte for byte after white space; what 催办 leaves of each item (the step, its version and words,"
        " and whom notices tell)",
    )


def beside(client, name, where):
    return (
        Variant(name, lambda: opened(client, OURS + where)),
        Variant(f"ListView, {name}", lambda: opened(client, PLAIN + where)),
    )


class Steps:
    """催办 with the items that are being done, the oldest deadline first; `after` each run everything is as it was."""

    def __init__(self, user, client, most):
        self.user, self.client, self.process = user, client, REGISTRY["items"]
        self.appointment = chosen(user)
        take_up(user, self.appointment)
        with self.acting():
            rows = Item.objects.filter(state=Item.State.DOING).order_by("due_on", "pk")
            self.many = dict(rows.values_list("pk", "version")[:most])
            self.last = [
                model.objects.order_by("pk").values_list("pk", flat=True).last() or 0
                for model in (RecordStep, Notice)
            ]
        self.few = dict([*self.many.items()][:50])
        few, many = f"催办, {len(self.few)} rows", f"催办, {len(self.many)} rows"
        self.variants = [
            Variant(f"{few}: the form sent", self.sent, after=self.undo),
            Variant(f"{few}: a loop, one a transaction", lambda: self.loop(self.few), after=self.undo),
            Variant(f"{many}: the job", lambda: self.each(self.many), after=self.undo),
            Variant(
                f"{many}: a loop, one a transaction", lambda: self.loop(self.many), after=self.undo, rounds=3
            ),
        ]

    def acting(self):
        return acting(scope_of(self.appointment))

    def rows(self):
        return [f"{pk}.{version}" for pk, version in self.few.items()]

    def sent(self):
        answer = self.client.post(STEP, {"go": "1", "note": NOTE, "chosen": self.rows()})
        assert f"已催办{len(self.few)}项。" in answer.content.decode()

    def each(self, items):
        with self.acting():
            lines = bulk.take_each(self.process, "remind", items, self.user, {"note": NOTE})
        assert all(line.done for line in lines)

    def loop(self, items):
        for pk, version in items.items():
            with self.acting():
                self.process.take(Item.objects.get(pk=pk), "remind", self.user, version=version, note=NOTE)

    def export(self):
        answer = self.client.post(EXPORT, {"format": "list", "chosen": self.rows()})
        assert answer.content[:2] == b"PK"

    def verify(self):
        left = []
        for run in (self.sent, lambda: self.loop(self.few)):
            run()
            left.append(self.left())
            self.undo()
        assert left[0] == left[1] and len(left[0][0]) == len(self.few)

    def left(self):
        with self.acting():
            steps = RecordStep.objects.filter(pk__gt=self.last[0]).order_by("record")
            notices = Notice.objects.filter(pk__gt=self.last[1]).order_by("record", "appointment")
            return (
                [
                    *steps.values_list(
                        "record", "verb", "before", "after", "version", "details", "by", "office"
                    )
                ],
                [*notices.values_list("record", "appointment", "text")],
                [*Item.objects.filter(pk__in=self.few).order_by("pk").values_list("pk", "version", "state")],
            )

    def undo(self, _=None):
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for model, last in zip((Notice, RecordStep), reversed(self.last), strict=True):
                cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id > %s", [last])
            cursor.execute("UPDATE inspections_item SET version = 1 WHERE version > 1")
            cursor.execute("RESET session_replication_role")
