"""Import of 10,000 rows: ours from the file to the commit, beside a loop of update_or_create and bulk_create.

All three read the same workbook, write the same columns of the same table with its triggers, constraints and row
policies, each in one transaction as the same person; the table is set back before each.
"""

import tempfile
from decimal import Decimal
from pathlib import Path

from django.core.files import File
from django.db import connection
from openpyxl import load_workbook
from rustpy_xlsxwriter import FastExcel

from bench.timing import Variant, at_least, interleave, told
from bench.world import TABLE
from povertyparty.jobs import run_pending
from povertyparty.ledger import REGISTRY
from povertyparty.models import Upload
from povertyparty.plan import Verdict
from povertyparty.rows import Reader
from povertyparty.scope import acting
from villages.access import chosen, scope_of
from villages.models import Household, Place

ROWS = 10_000
LEDGER = REGISTRY["households"]
COLUMNS = [
    LEDGER.by_name[name]
    for name in [
        "@township",
        "@village",
        "group_name",
        "number",
        "head",
        "head_id",
        "size",
        "labour",
        "kind",
        "cause",
        "other_causes",
        "identified_on",
        "status",
        "exit_year",
        "monitored",
        "farmland",
        "unsafe_house",
        "safe_water",
        "wages",
        "business",
        "transfers",
        "net_income",
        "measures",
        "helper",
        "phone",
    ]
]
CHANGED = ("wages", "net_income", "measures", "helper", "phone")
WRITTEN = [column.name for column in COLUMNS if not column.is_part and column.name != "number"]
FIELDS = "id, place_code, " + ", ".join(
    field.column
    for field in Household._meta.concrete_fields
    if field.name not in {"id", "place", "county", "version", "origin"}
)


def measure(world, quick):
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(world, Path(folder) / "households.xlsx")
        try:
            return compared(bench, world, quick)
        finally:  # what the next run begins with is what this one began with: names would grow from run to run
            bench.set_back()


def compared(bench, world, quick):
    large = world.households > 200_000
    loop = Variant(
        "update_or_create loop", bench.loop, bench.set_back, bench.verify, rounds=1 if large else 3
    )
    bulk = Variant("openpyxl + bulk_create", bench.bulk, bench.set_back, bench.verify)
    ours = Variant("import, every row changed", bench.ours, bench.set_back, bench.verify_changed)
    again = Variant("import, the same file again", bench.ours, bench.ready, bench.verify_same)
    other = Variant(
        "import, no row changed, another file", bench.ours_of_another, bench.ready, bench.verify_same
    )
    loop_again = Variant(
        "update_or_create loop, no row changed", bench.loop, bench.ready, bench.verify, rounds=1
    )
    # Each "no row changed" finds the table as the variant before it left it: holding what the file says.
    interleave(variants := [ours, again, other, bulk, loop, loop_again], 1 if quick else 3)
    goals = [
        at_least(ours, 30, loop),
        at_least(ours, 3, bulk),
        at_least(again, 100, loop),
        at_least(again, 100, loop_again),
    ]
    goals.append(told(other, loop_again))
    verified = (
        f"{bench.rows:,} rows of {len(COLUMNS)} columns, {len(CHANGED)} of them changed in every row; after each variant all columns of"
        " the county's households (without id, version and origin) by checksum, and one event in the change log for each changed row"
    )
    return variants, goals, verified


class Bench:
    def __init__(self, world, path):
        self.world, self.path, self.another = world, path, path.with_name("another.xlsx")
        self.rows = min(ROWS, world.county_size)
        self.scope = scope_of(chosen(world.officer))
        self.write_workbooks()
        self.keep_the_table()
        self.expected = None

    def write_workbooks(self):
        """As an office sends it: written by another program, texts in one table as Excel does, with new figures in every row."""
        headers = [column.header for column in COLUMNS]
        with acting(self.scope):
            rows = Reader(LEDGER, COLUMNS, rights={"see_sensitive"}).cells(
                Household.objects.order_by("id")[: self.rows]
            )
            records = [dict(zip(headers, changed(line), strict=True)) for line in rows]
        for path, name in ((self.path, "花名册"), (self.another, "花名册（另存）")):
            FastExcel(str(path)).sheet(name, records, dedupe_strings=True).save()

    def keep_the_table(self):
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_kept")
            cursor.execute(
                f"CREATE TABLE bench_kept AS SELECT * FROM {TABLE} WHERE county = %s", [self.world.county]
            )
            cursor.execute("CREATE INDEX ON bench_kept (id)")

    # Before and after each variant

    def set_back(self):
        columns = [
            field.column
            for field in Household._meta.concrete_fields
            if not field.generated and not field.primary_key
        ]
        sets = ", ".join(f"{column} = k.{column}" for column in columns)
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                f"UPDATE {TABLE} h SET {sets} FROM bench_kept k WHERE h.id = k.id AND h.* IS DISTINCT FROM k.*"
            )
            for table in (
                "villages_householdevent",
                "povertyparty_uploadedrow",
                "povertyparty_upload",
                "povertyparty_storedfile",
            ):
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute(
                f"VACUUM ANALYZE {TABLE}, villages_householdevent, povertyparty_uploadedrow, povertyparty_upload"
            )
        self.ready()

    def ready(self):
        """The connection and the caches of a server that has been running for a while."""
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM villages_householdevent")
        with acting(self.scope):
            LEDGER.model.objects.count()
            Place.objects.count()

    def verify(self, told=None, events=None):
        """What stands in the table is the same after every variant."""
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT md5(string_agg(h.line, '' ORDER BY h.id)) FROM (SELECT id, md5(ROW({FIELDS})::text) AS line FROM {TABLE} WHERE county = %s) h",
                [self.world.county],
            )
            (found,) = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM villages_householdevent")
            (written,) = cursor.fetchone()
        self.expected = self.expected or found
        assert found == self.expected, "the table differs from what the first variant left"
        assert events is None or written == events, (written, events)

    def verify_changed(self, upload):
        self.verify(events=self.rows)
        self.verify_tally(upload, changed=self.rows)

    def verify_same(self, upload):
        self.verify(events=0)
        self.verify_tally(upload, same=self.rows)

    def verify_tally(self, upload, **wanted):
        assert upload.state == Upload.State.COMMITTED, upload.state
        assert {
            verdict: n for verdict, n in upload.tally.items() if n and verdict in Verdict.values
        } == wanted, upload.tally

    # The variants

    def ours(self):
        return self.imported(self.path)

    def ours_of_another(self):
        return self.imported(self.another)

    def imported(self, path):
        """The way of every upload: received, read and staged by a job, committed as it was shown."""
        with acting(self.scope), path.open("rb") as content:
            upload = Upload.receive(File(content, name=path.name), self.world.officer)
        run_pending()
        with acting(self.scope):
            upload = Upload.objects.get(pk=upload.pk)
            upload.commit(self.world.officer)
        return upload

    def loop(self):
        with acting(self.scope):
            for number, values in read(self.path):
                Household.objects.update_or_create(county=self.world.county, number=number, defaults=values)

    def bulk(self):
        with acting(self.scope):
            records = [Household(number=number, **values) for number, values in read(self.path)]
            Household.objects.bulk_create(
                records,
                batch_size=1000,
                update_conflicts=True,
                unique_fields=["county", "number"],
                update_fields=["place", *WRITTEN],
            )


def changed(line):
    said = dict(zip((column.name for column in COLUMNS), line, strict=True))
    said["wages"] += 1000
    said["net_income"] += Decimal("250.50")
    said["measures"] = f"{said['measures']};光伏分红"
    said["helper"] = f"{said['helper'][0]}{said['helper'][:0:-1]}永"
    said["phone"] = f"{said['phone'][:7]}{9999 - int(said['phone'][7:]):04}"
    return [float(value) if isinstance(value, Decimal) else value for value in said.values()]


def read(path):
    """(number, values by field) of each row, as one writes it in an hour with openpyxl: no checks, every cell as its field wants it."""
    sheet = load_workbook(path, read_only=True).active
    lines = sheet.iter_rows(values_only=True)
    next(lines)
    villages = {(one.code[:9], one.name): one for one in Place.objects.all() if len(one.code) == 12}
    townships = {one.name: one.code for one in Place.objects.all() if len(one.code) == 9}
    statuses = {label: value for value, label in Household.Status.choices}
    for township, village, *cells in lines:
        said = dict(zip((column.name for column in COLUMNS[2:]), cells, strict=True))
        for name in ("farmland", "wages", "business", "transfers", "net_income"):
            said[name] = Decimal(str(said[name]))
        for name in ("monitored", "unsafe_house", "safe_water"):
            said[name] = said[name] == "是"
        said["status"] = statuses[said["status"]]
        said["other_causes"] = said["other_causes"].split(";") if said["other_causes"] else []
        said["identified_on"] = str(said["identified_on"]).replace(".", "-")
        said["place"] = villages[townships[township], village]
        yield said.pop("number"), said
