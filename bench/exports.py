"""Excel export of 25 columns, styled as the form asks: ours beside a plain openpyxl view and the bare Rust writer; memory by size."""

import io
import re
import resource
import subprocess
import sys
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

from django.http import QueryDict
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from python_calamine import CalamineWorkbook
from rustpy_xlsxwriter import FastExcel, Format

from bench.timing import Goal, Variant, at_least, at_most, interleave
from bench.world import World
from povertyparty.ledger import REGISTRY
from povertyparty.listing import Listing
from povertyparty.pages.lists import write_export
from povertyparty.rows import Reader
from povertyparty.scope import Scope, acting
from villages.models import Household, Place

LEDGER = REGISTRY["households"]
NAMES = [
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
    "farmland",
    "wages",
    "business",
    "property_income",
    "transfers",
    "business_costs",
    "net_income",
    "measures",
    "helper",
    "helper_unit",
    "phone",
]
COLUMNS = [LEDGER.by_name[name] for name in NAMES]
WANTED = {"format": "list", "rights": [], "reason": "", "query": "", "where": "云岫市"}
ROWS = 100_000
SMALL, LARGE = 10_000, 900_000


def measure(world, quick):
    scope, rows = Scope(world.several, world.chief.pk), min(ROWS, world.households)
    with acting(scope):
        cells = [*Reader(LEDGER, listing_of(world).columns).cells(listing_of(world).rows)]
    files = {}

    def variant(name, write, **options):
        def run():
            with acting(scope):
                files[name] = write()

        return Variant(f"{name}, {rows:,} rows", run, **options)

    ours = variant("export", lambda: exported(world))
    rust = variant("Rust writer alone", lambda: rusty(cells))
    plain = variant("plain openpyxl view", lambda: plainly())
    interleave([ours, rust, plain], 1 if quick else 3)
    verify(files, cells)
    goals = [at_least(ours, 20, plain), at_most(ours, 1.3, rust), *memory(world, ours, quick)]
    told = f"every cell of the {rows:,} × {len(NAMES)} in all three files, read back with calamine, and the fonts, borders, alignments and number formats of the first row in ours and openpyxl's. The Rust writer gets its rows fetched and turned into cells beforehand; the others fetch them"
    return [ours, rust, plain], goals, told


def listing_of(world):
    return Listing(LEDGER, world.chief, QueryDict(""), NAMES)


def exported(world, target=None):
    target = target or io.BytesIO()
    write_export(target, world.chief, LEDGER, listing_of(world), WANTED)
    return target


# The plain view: model objects, one styled cell after another


def plainly():
    book = Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    thin = Side("thin")
    font, border = Font(name="宋体", size=10), Border(thin, thin, thin, thin)
    aligned = {
        "@": Alignment(horizontal="center", vertical="center", wrap_text=True),
        WHOLE: Alignment(horizontal="center", vertical="center", shrink_to_fit=True),
        DECIMAL: Alignment(vertical="center", shrink_to_fit=True),
    }
    sheet.append([column.label for column in shown_first()])
    names = dict(Place.objects.values_list("code", "name"))
    for one in Household.objects.select_related("place").order_by("place_id", "id").iterator():
        cells = []
        for name, value in zip(ORDER, values(one, names), strict=True):
            cell = WriteOnlyCell(sheet, value)
            cell.font, cell.border = font, border
            cell.number_format = FORMATS.get(name, "@")
            cell.alignment = aligned[cell.number_format]
            cells.append(cell)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target


DECIMAL, WHOLE = "#,##0.00", "0"
FORMATS = dict.fromkeys(
    ["farmland", "wages", "business", "property_income", "transfers", "business_costs", "net_income"], DECIMAL
)
FORMATS |= dict.fromkeys(["size", "labour", "exit_year"], WHOLE)
ORDER = ["head", *(name for name in NAMES if name != "head")]


def shown_first():
    return [LEDGER.by_name[name] for name in ORDER]


def values(one, names):
    return [
        one.head, names[one.place_id[:9]], one.place.name, one.group_name, one.number, masked(one.head_id, 3, 2), one.size, one.labour,
        one.get_kind_display(), one.get_cause_display(), ";".join(one.other_causes) or None, month(one.identified_on), one.get_status_display(),
        one.exit_year, one.farmland, one.wages, one.business, one.property_income, one.transfers, one.business_costs, one.net_income,
        one.measures, one.helper, one.helper_unit, masked(one.phone, 3, 4),
    ]  # fmt: skip


def masked(text, head, tail):
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


def month(text):
    return text if len(text) == 10 else text.replace("-", ".")


# The bare writer


def rusty(cells):
    target = io.BytesIO()
    headers = [column.label for column in shown_first()]
    formats = {column.label: look(FORMATS.get(column.name, "@")) for column in shown_first()}
    records = (
        {
            head: float(value) if value.__class__ is Decimal else value
            for head, value in zip(headers, line, strict=True)
        }
        for line in cells
    )
    FastExcel(target).sheet("花名册", records, column_formats=formats).save()
    return target


def look(number_format):
    made = (
        Format()
        .set_font_name("宋体")
        .set_font_size(10)
        .set_border("thin")
        .set_align("vertical_center")
        .set_num_format(number_format)
    )
    made = made.set_text_wrap() if number_format == "@" else made.set_shrink()
    return made if number_format == DECIMAL else made.set_align("center")


# Equal?


def verify(files, cells):
    told = {name: read_back(target) for name, target in files.items()}
    for name, found in told.items():
        assert len(found) == len(cells), (name, len(found), len(cells))
        for line, wanted in zip(found, cells, strict=True):
            assert line == [plain(value) for value in wanted], (name, line, wanted)
    looks = [looks_of(files[name]) for name in ("export", "plain openpyxl view")]
    assert looks[0] == looks[1], looks


def read_back(target):
    """The data rows: what stands below the row that begins with the header of the first column."""
    target.seek(0)
    rows = CalamineWorkbook.from_filelike(target).get_sheet_by_index(0).to_python()
    first = next(at for at, line in enumerate(rows) if line[0] == shown_first()[0].label and line[1]) + 1
    return [[plain(value) for value in line] for line in rows[first:]]


def plain(value):
    if value is None:
        return ""
    return value if isinstance(value, str | date) else round(float(value), 2)


def looks_of(target):
    target.seek(0)
    sheet = load_workbook(target, read_only=True).worksheets[0]
    rows = islice(sheet.iter_rows(), 12)
    first = next(row for row in rows if row[0].value == shown_first()[0].label)
    assert first
    return [
        (
            cell.font.name,
            cell.font.size,
            cell.border.left.style,
            cell.border.bottom.style,
            cell.alignment.horizontal,
            cell.alignment.wrap_text,
            cell.alignment.shrink_to_fit,
            cell.number_format,
        )
        for cell in next(rows)
    ]


# Memory, in a process of its own for each size


def memory(world, ours, quick):
    sizes = [min(size, world.households) for size in (SMALL, LARGE)]
    small, large = (peak(world, size) for size in sizes)
    say = f"memory: at most 20 MB more for {sizes[1]:,} rows than for {sizes[0]:,} ({small:.0f} and {large:.0f} MB)"
    return [Goal(ours, say, large - small, 20, most=True, unit="MB")]


def peak(world, rows):
    command = [sys.executable, "-m", "bench.exports", str(world.households), str(rows)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]) / 1024


class Sink(io.RawIOBase):
    """Takes what is written and keeps nothing, so that only the export's own memory counts."""

    def writable(self):
        return True

    def write(self, content):
        return len(content)


def alone(households, rows):
    """Export that many rows in this process and print the most memory it took, in KB."""
    world = World(households)
    world.stand()
    listing = listing_of(world)
    with acting(Scope("6599", world.chief.pk)):
        listing.rows = listing.rows[:rows]
        write_export(Sink(), world.chief, LEDGER, listing, WANTED)
    print(most_memory())


def most_memory():
    """Linux's ru_maxrss begins at what the process had from which this one was forked; its own peak stands in /proc."""
    if sys.platform == "linux":
        return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    alone(int(sys.argv[1]), int(sys.argv[2]))
