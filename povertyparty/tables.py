"""Finding the table in a sheet: title and unit rows above, one- or two-level headers, notes and totals below.

A sheet belongs to the ledger whose headers it carries; what is passed over is listed, so nothing vanishes in silence
(domain.md §3.0 rules 1-3, 12, 13).
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import islice, zip_longest

from povertyparty.kinds import legible
from povertyparty.ledger import REGISTRY, Ledger, unit_of, words
from povertyparty.marking import is_problem_sheet

LEVELS = 3  # of headings, one above the other
EXPORTED = "导出时间："  # stands above the table of what the system itself wrote out
ENOUGH = 0.6
TOTALS = re.compile(r"^(合计|总计|小计|共计|累计|全县合计|全乡合计|.{0,8}小计)[:：]?$")
REMARKS = re.compile(
    r"^(填表说明|填报说明|说明|备注|注)[:：]|^(审核人|负责人|制表人|填表人|填报人|单位负责人|主要负责人).{0,4}[:：(（签]"
)


class Unrecognised(Exception):
    """The file is a workbook, but not a ledger that is taken; the message names what is wrong and the remedy."""


@dataclass
class Header:
    """`cells` maps the sheet's column index to (text as printed, ledger column or None), `units` to the 元 or 万元 it says."""

    ledger: Ledger
    row: int
    depth: int
    cells: dict
    share: float
    units: dict = field(default_factory=dict)

    @property
    def unknown(self):
        return [text for text, column in self.cells.values() if column is None]


@dataclass
class Table:
    """The data rows of one sheet under one header. `rows` holds (Excel row number, cells)."""

    sheet: str
    header: Header
    rows: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    merges: list = field(default_factory=list)
    formulas: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    hidden: list = field(default_factory=list)
    above: str = ""

    @property
    def columns(self):
        """{ledger column: sheet column index}, in sheet order."""
        return {column: at for at, (_, column) in self.header.cells.items() if column is not None}

    def leader(self, column, at):
        """The first column of those that repeat together (乡镇 before 村, 问题编号 before 问题来源): where it is given, a
        blank beside it is meant; where it is blank too, both repeat the row above."""
        kin = [
            i
            for one, i in self.columns.items()
            if one.fill and (one.is_part, one.of_parent) == (column.is_part, column.of_parent)
        ]
        return min(kin, default=at)

    @cached_property
    def by_number(self):
        return dict(self.rows)

    @cached_property
    def by_column(self):
        """The cells of each sheet column; beyond the last of a short row there is nothing."""
        return [*zip_longest(*(cells for _, cells in self.rows))]

    def merged(self, at):
        """{row: the corner that speaks for its cell in this column}; one column at a time, for an area may be the whole sheet."""
        return {
            r: (r1, c1)
            for r1, c1, r2, c2 in self.merges
            if c1 <= at <= c2
            for r in range(r1, r2 + 1)
            if (r, at) != (r1, c1)
        }

    def unit_said(self, column, at, note):
        """元 or 万元 as the header says, else the unit line above the table; "" for what is no amount or nobody settled."""
        return self.header.units.get(at) or note if unit_of(column.header) else ""


def tables(book, chosen=None):
    """(tables, notices) of a book; every visible sheet that is a ledger. Raises Unrecognised with what to do."""
    found, notices, best = [], list(book.notices), None
    for sheet in book.sheets:
        if sheet.hidden or not any(any(not blank(v) for v in row) for row in sheet.rows):
            continue
        if is_problem_sheet(
            sheet.name, sheet.rows[0]
        ):  # our own list in a marked copy that comes back corrected
            continue
        header = find_header(sheet, chosen)
        if header and header.share >= ENOUGH:
            found.append(cut(sheet, header))
        else:
            best = max((h for h in (best, header) if h), key=lambda h: h.share, default=None)
            notices.append(f"工作表“{sheet.name}”不是台账，已跳过")
    if not found:
        raise Unrecognised(not_recognised(best, book))
    for table in found:
        refuse(table.header, table.sheet)
    return found, notices


def not_recognised(best, book):
    if best is None and book.sheets and all(sheet.hidden for sheet in book.sheets):
        return "工作表都是隐藏的，请取消隐藏后再上传"
    if best is None:
        return "没有找到表头：请使用系统的空白表，表头放在数据上方"
    return f"没有认出是哪一种台账：最接近《{best.ledger.title}》，但只有{best.share:.0%}的表头相符，请使用系统的空白表"


def refuse(header, sheet):
    """All that is wrong with the headers of one sheet, at once."""
    seen, faults = {}, []
    for at, (text, column) in header.cells.items():
        if column is not None and column in seen:
            faults.append(f"{letter(at)}列“{text}”与{letter(seen[column][0])}列“{seen[column][1]}”重复")
        elif column is not None:
            seen[column] = (at, text)
    missing = [c.header for c in header.ledger.columns if c.required and c not in seen and not c.is_part]
    if missing:
        faults.append(f"缺少必需的列：{'、'.join(missing)}")
    faults += missing_keys(header.ledger, seen)
    if faults:
        raise Unrecognised(f"工作表“{sheet}”（《{header.ledger.title}》）{'；'.join(faults)}")


def missing_keys(ledger, seen):
    names = {column.name for column in seen} | set(ledger.generated)
    for lookup in ledger.lookups:
        by_sheet = any(part in ledger.by_name and ledger.by_name[part].fill for part in lookup.parts)
        if by_sheet or not lookup.parts or names & set(lookup.parts):
            names |= {lookup.field, *lookup.tells}
    if any(set(key).difference(ledger.optional) <= names for key in ledger.keys):
        return []
    return [f"缺少能认出每一行是谁的列：{' 或 '.join(ledger.headings())}"]


def letter(at):
    """The sheet's name of a column: 0 → A, 26 → AA."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text


def blank(value):
    return value is None or (isinstance(value, str) and not value.strip())


def find_header(sheet, chosen=None):
    """The best reading of the first rows as a header, by the share of its cells that a ledger knows."""
    candidates = [*REGISTRY.values()] if chosen is None else [chosen]
    rows = header_candidates(sheet)
    spread, top = merged_headings(sheet, {row + below for row in rows for below in (0, 1)})
    readings = [
        reading
        for first, end in dict.fromkeys((top.get(row, row), row + depth) for row in rows for depth in (1, 2))
        if (names := headings(sheet, first, end, spread))
        for ledger in candidates
        if (reading := read_header(names, first, end - first, ledger))
    ]
    return max(readings, key=lambda h: (round(h.share, 3), known(h), -h.depth, -h.row), default=None)


def merged_headings(sheet, rows):
    """({cell: what the merged area it lies in says}, {row: where headings that reach down to it begin}).

    Without the second the lower row of a two-level header would pass for the whole, and what stands only above it be lost.
    """
    spread, top = {}, {}
    for r1, c1, r2, c2 in sheet.merges:
        for row in rows.intersection(range(r1, min(r2, r1 + LEVELS) + 1)):
            above = sheet.rows[r1] if r1 < len(sheet.rows) else ()
            spread |= {(row, c): above[c1] if c1 < len(above) else None for c in range(c1, c2 + 1)}
            top[row] = min(r1, top.get(row, row))
    return spread, top


def header_candidates(sheet):
    """The first ten rows that have at least three texts; blank rows above the table do not count."""
    rows = (
        r
        for r, cells in enumerate(sheet.rows[:2000])
        if sum(isinstance(v, str) and bool(v.strip()) for v in cells) >= 3
    )
    return [*islice(rows, 10)]


def known(header):
    return sum(column is not None for _, column in header.cells.values())


def headings(sheet, first, end, spread):
    """{column: its headings in these rows, one above the other}; {} where they are too few for a table."""
    if end > len(sheet.rows):
        return {}
    found = {}
    for at in range(max(len(cells) for cells in sheet.rows[first:end])):
        levels = [text_at(sheet, row, at, spread) for row in range(first, end)]
        if names := [name for name in dict.fromkeys(levels) if name]:
            found[at] = names
    return found if len(found) >= 3 else {}


def read_header(names, row, depth, ledger):
    cells = {at: match(levels, ledger) for at, levels in names.items()}
    units = {at: next(filter(None, map(unit_of, reversed(levels))), "") for at, levels in names.items()}
    header = Header(ledger, row, depth, cells, 0.0, units)
    header.share = known(header) / len(cells)
    return header if header.share > 0 and is_marked(header) else None


def is_marked(header):
    """Half of the columns that make the ledger this one, and not another with the same 乡镇, 村, 姓名."""
    marks = header.ledger.marks
    present = {column.name for _, column in header.cells.values() if column} if marks else ()
    return 2 * sum(name in present for name in marks) >= len(marks)


def text_at(sheet, row, at, spread):
    value = sheet.rows[row][at] if at < len(sheet.rows[row]) else None
    value = spread.get((row, at)) if blank(value) else value
    return "" if blank(value) else legible(value).strip()


def match(names, ledger):
    """The column that the lowest level names, else both levels together, else the upper one alone."""
    lowest = names[-1]
    for name in (lowest, "".join(names), names[0]) if len(names) > 1 else (lowest,):
        if column := ledger.named(name):
            return (name if name != lowest else lowest), column
    return "/".join(names), None


def cut(sheet, header):
    """The data rows below the header; blank rows, totals, notes and repeated headers are passed over and listed."""
    table = Table(sheet.name, header)
    first = header.row + header.depth
    headings = {words(text) for text, _ in header.cells.values()}
    for number, cells in enumerate(sheet.rows[first:], start=first + 1):
        given = [v for v in cells if v is not None and (v.__class__ is not str or v.strip())]
        if not given:
            continue
        if why := passed_over(given, headings):
            table.passed.append((number, why))
        else:
            table.rows.append((number, cells))
    table.merges = [area for area in sheet.merges if area[0] >= first]
    table.above = " ".join(str(v) for row in sheet.rows[: header.row] for v in row if not blank(v))
    table.formulas, table.errors, table.hidden = sheet.formulas, sheet.faults, sheet.hidden_rows
    return table


def passed_over(given, headings):
    """Why a row with these cells is no data, or ""."""
    lead, second = joined(given[0]), joined(given[1]) if len(given) > 1 else ""
    if TOTALS.match(lead) or (TOTALS.match(second) and not lead.isdigit()):
        return f"{lead[:20]}（合计行）"
    if REMARKS.match(lead):
        return f"{lead[:20]}（说明或签字行）"
    return "重复的表头" if len(given) >= 3 and are_headings(given, headings) else ""


@lru_cache(maxsize=8192)
def joined(value):
    return re.sub(r"\s", "", legible(value))


def are_headings(given, headings):
    """Four of five. A row of data is told by its numbers and its first cells, and the others are not looked at."""
    texts = [value for value in given if value.__class__ is str]
    strangers = len(given) - len(texts)
    if strangers > len(given) / 5:
        return False
    for value in texts:
        strangers += not is_heading(value, headings)
        if strangers > len(given) / 5:
            return False
    return True


def is_heading(value, headings):
    if value.isascii() and value.isalnum():  # a code: as it is compared already
        return value in headings
    return words(legible(value).strip()) in headings


def factor(column, said):
    """What an amount is multiplied by to come from the unit that the sheet says into the form's."""
    unit = unit_of(column.header)
    if not unit or not said or said == unit:
        return Decimal(1)
    return Decimal(1) / 10_000 if unit == "万元" else Decimal(10_000)


def unit_line(text):
    """元 or 万元 when the lines above the table say `单位:…万元`, and only one of the two."""
    found = re.search(r"(?:金额)?单位[:：]([^填审联]*)", text)
    units = set(re.findall(r"万?元", found[1])) if found else set()
    return units.pop() if len(units) == 1 else ""


__all__ = ["Header", "Table", "Unrecognised", "factor", "letter", "tables", "unit_line"]
