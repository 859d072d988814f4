"""One pass over the bytes of a sheet: what the fast reader does not tell (formulas, errors, hidden rows, gaps) and what would choke it.

Bytes are searched first; a cell is looked at closely only where a search found something.
"""

import re
from itertools import chain

from povertyparty.reading_package import ABNORMAL, Unreadable

MAX_ROWS = 300_000
MAX_COLUMNS = 200  # as far as column GR
MAX_GAP = 200  # blank rows that end the data
MAX_TRAIL = 20_000  # blank rows after it that the fast reader may still go through: 5 s for a million rows of 25 cells
MAX_MARKS = 1_000_000
MAX_ROW_BYTES = 64 << 20
EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384

# Attributes are bounded, or a tag of a megabyte would keep a search busy for minutes.
SOME = rb"[^<>]{0,999}"
SOME_OR_NONE = rb"(?:\s[^<>]{0,999}?)?"
FAR = rb"r=\"(G[S-Z]|[H-Z][A-Z]|[A-Z]{3,})\d+\""  # from column GS, the 201st, on
FAR_START = rb"<c\s(?:" + SOME + rb"\s)?" + FAR + SOME

FILLED = re.compile(rb"<[vt](?:\s[^<>]*)?>(?:[^<]|<!)")
NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Z]+)(\d+)[\"']")
LAST_ROW = re.compile(rb"<row(\s[^<>]*)")
CELL = re.compile(rb"<c(?=[\s/>])([^<>]*)>")
FAR_HINT = re.compile(FAR)
FAR_CELL = re.compile(FAR_START)
FAR_FILLED = re.compile(FAR_START + rb"(?<!/)>\s*<[fvi]")
FAR_WHOLE = re.compile(FAR_START + rb"(?:(?<=/)>|(?<!/)>(?:[^<]+|<(?!/?c[\s/>]))*</c>)")
VALUE = rb"<v" + SOME_OR_NONE + rb">([^<]*)</v>"
FORMULA_HINT = re.compile(rb"<f[\s/>]")
FORMULA = re.compile(
    rb"<c(\s%b)>\s*<f(%b)(?:/>|>([^<]*)</f>)(?:\s*%b)?" % (SOME, SOME_OR_NONE, VALUE)
)  # attributes of the cell, attributes of the formula, its text, the value
FAULT_HINT = re.compile(rb"t=[\"']e[\"']")
FAULT = re.compile(
    rb"<c(\s%b?\bt=[\"']e[\"']%b)>\s*(?:<f%b(?:/>|>[^<]*</f>)\s*)?%b" % (SOME, SOME, SOME_OR_NONE, VALUE)
)
SHARED = re.compile(rb"\ssi\s*=\s*[\"'](\d+)[\"']")
MERGE = re.compile(rb"<mergeCell\s+ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
HIDDEN_COLUMNS = re.compile(
    rb"<col\s(?=%b\bhidden=[\"'](?:1|true))(?=%b\bmin=[\"'](\d+))%b\bmax=[\"'](\d+)" % (SOME, SOME, SOME)
)
PREFIX = re.compile(rb"<([A-Za-z_][\w.-]{0,99}:)(?:worksheet|sheetData)[\s/>]")

QUOTED = re.compile(rb'"[^"]*"')
DANGER = re.compile(
    rb"(?<![A-Z])(?:HYPERLINK|WEBSERVICE|FILTERXML|IMAGE|CALL|EXEC|REGISTER(?:\.ID)?|RTD|DDE)\s*\("  # reach outside
    rb"|\|"  # DDE: program|topic!item
    rb"|(?<![\w\[\]])\[[^\[\]]+\][^\[\]()]*!"  # another workbook: [1]Sheet!A1
    rb"|&#(?!1[03];)",  # letters written as codes: something is being hidden
    re.IGNORECASE,
)


class Scan:
    """What one pass over a sheet found. Rows and columns count from 0; `height` is the number of rows to be read."""

    def __init__(self, name, chunks):
        self.name, self.height, self.cut, self.far = name, 0, False, False
        self.formulas, self.faults, self.hidden_rows, self.merges, self.hidden_columns = {}, {}, [], [], []
        self._row, self._dangerous_shared = 0, set()
        for place, portion in portions(chunks):
            getattr(self, f"_take_{place}")(portion)
        self._drop_what_lies_below()

    @property
    def overhangs(self):
        """There is more than is read: the fast reader would reserve the whole rectangle, or go through every blank row."""
        return self.cut or self.far or self._row - self.height > MAX_TRAIL

    def _take_head(self, portion):
        self.hidden_columns += [
            (int(first) - 1, int(last) - 1) for first, last in HIDDEN_COLUMNS.findall(portion)
        ]

    def _take_rows(self, portion):
        if self.cut:
            return
        if not FILLED.search(portion):
            if last := LAST_ROW.match(portion, portion.rfind(b"<row")):
                self._row = max(self._row, _number_of_row(last[1]))
            return
        for row in portion.split(b"<row")[1:]:
            self._take_row(row)
            if self.cut:
                break
        self._look_closely(portion)

    def _take_row(self, row):
        attributes, _, cells = row.partition(b">")
        number = _number_of_row(attributes)
        if not self._row < number <= EXCEL_ROWS:
            raise self._disorder()
        self._row = number
        if FILLED.search(cells):
            self._take_filled(number, cells)
        if b"hidden" in attributes and HIDDEN.search(attributes):
            self.hidden_rows.append(number - 1)

    def _take_filled(self, number, cells):
        if self.height and number - self.height > MAX_GAP:
            self.cut = True
            return
        if number > MAX_ROWS:
            raise Unreadable(f"工作表“{self.name}”行数过多：单个工作表最多 {MAX_ROWS:,} 行，请拆分后再上传")
        # Every cell of row 7 ends its reference with 7": two counts settle the usual row, the others are looked at.
        if cells.count(b"<c") != cells.count(b'%d"' % number):
            self._check_cells(number, cells)
        self.height = number

    def _check_cells(self, number, cells):
        for attributes in CELL.findall(cells):
            found = REFERENCE.search(attributes)
            if not found or int(found[2]) != number:
                raise self._disorder()

    def _look_closely(self, portion):
        if FORMULA_HINT.search(portion):
            self._take_formulas(portion)
        if FAULT_HINT.search(portion):
            self.faults |= {
                _place(cell): value[:20].decode(errors="replace") for cell, value in FAULT.findall(portion)
            }
        if FAR_HINT.search(portion):
            self._take_far(portion)
        if len(self.formulas) + len(self.faults) > MAX_MARKS:
            raise Unreadable(f"工作表“{self.name}”公式过多，请复制后选择性粘贴为数值再上传")

    def _take_formulas(self, portion):
        for cell, attributes, text, value in FORMULA.findall(portion):
            shared = SHARED.search(attributes)
            if self._is_dangerous(text, shared and shared[1]):
                kind = "dangerous"
            else:
                # A computed empty text is written as an empty value of a text cell; an empty value alone is no value.
                kind = "cached" if value or b't="str"' in cell else "uncached"
            self.formulas[_place(cell)] = kind

    def _is_dangerous(self, text, shared):
        """A shared formula is written once; the cells after it only name it."""
        if text and DANGER.search(QUOTED.sub(b"", text.replace(b"&quot;", b'"'))):
            self._dangerous_shared.add(shared)
            return True
        return shared is not None and not text and shared in self._dangerous_shared

    def _take_far(self, portion):
        if any(column_index(letters) >= EXCEL_COLUMNS for letters in FAR_CELL.findall(portion)):
            raise self._disorder()
        self.far = self.far or FAR_FILLED.search(portion) is not None

    def _take_tail(self, portion):
        for left, top, right, bottom in MERGE.findall(portion):
            area = (int(top) - 1, column_index(left), int(bottom) - 1, column_index(right))
            if area[0] <= area[2] and area[1] <= area[3]:
                self.merges.append(area)

    def _drop_what_lies_below(self):
        self.formulas = {place: kind for place, kind in self.formulas.items() if self._is_read(*place)}
        self.faults = {place: fault for place, fault in self.faults.items() if self._is_read(*place)}
        self.hidden_rows = [row for row in self.hidden_rows if row < self.height]
        self.merges = [
            (top, left, min(bottom, self.height - 1), min(right, MAX_COLUMNS - 1))
            for top, left, bottom, right in self.merges
            if self._is_read(top, left)
        ]
        # Merged areas never overlap, so more area than the sheet has is an attack on whoever fills them down.
        if sum((b - t + 1) * (r - x + 1) for t, x, b, r in self.merges) > self.height * MAX_COLUMNS:
            raise self._disorder()

    def _is_read(self, row, column):
        return row < self.height and column < MAX_COLUMNS

    def _disorder(self):
        return Unreadable(
            f"工作表“{self.name}”的行列编号缺失、重复或超出范围，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再上传"
        )


def portions(chunks):
    """The sheet as ("head", …), then ("rows", …) cut between rows, then ("tail", …)."""
    place, mark = "head", b"<sheetData"
    for block in _cut_between_rows(_without_prefix(chunks)):
        while place != "tail":
            before, found, after = block.partition(mark)
            yield place, before
            if not found:
                break
            is_empty = place == "head" and after.lstrip()[:2] == b"/>"
            place, mark = ("tail", b"") if place == "rows" or is_empty else ("rows", b"</sheetData>")
            block = after
        else:
            yield place, block


def trimmed(chunks, height):
    """The sheet's bytes without the rows below `height` and without the cells beyond the last column that is read."""
    for place, portion in portions(chunks):
        if place == "head":
            yield portion + b"<sheetData>"
        elif place == "rows":
            rows = portion.split(b"<row")[1:]
            kept = [row for row in rows if _number_of_row(row.partition(b">")[0]) <= height]
            yield b"".join(b"<row" + FAR_WHOLE.sub(b"", row) for row in kept)
            if len(kept) < len(rows):
                break
    yield b"</sheetData></worksheet>"


def column_index(letters):
    index = 0
    for letter in letters[:4]:
        index = index * 26 + letter - 64
    return index - 1


def column_letters(index):
    letters = ""
    while index >= 0:
        letters, index = chr(65 + index % 26) + letters, index // 26 - 1
    return letters


def _cut_between_rows(chunks):
    rest = b""
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"<row")
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > MAX_ROW_BYTES:
            raise Unreadable(ABNORMAL)
    yield rest


def _without_prefix(chunks):
    """Some programs write <x:row> for <row>; without the prefix one set of searches serves all."""
    first = next(chunks, b"")
    if b"\0" in first[:4] or first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(ABNORMAL)  # UTF-16, which no spreadsheet program writes, hides what is searched for
    prefix = PREFIX.search(first)
    yield from chain([first], chunks) if not prefix else _stripped(chain([first], chunks), prefix[1])


def _stripped(chunks, prefix):
    rest = b""
    for chunk in chunks:
        whole, opening, rest = (rest + chunk).rpartition(b"<")
        rest = opening + rest
        yield whole.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    yield rest.replace(b"</" + prefix, b"</")


def _number_of_row(attributes):
    if attributes.startswith(b' r="'):
        return int(attributes[4 : attributes.index(b'"', 4)])
    found = NUMBER.search(attributes)
    return int(found[1]) if found else 0


def _place(attributes):
    letters, number = REFERENCE.search(attributes).groups()
    return int(number) - 1, column_index(letters)
