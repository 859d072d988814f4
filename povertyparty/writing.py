"""Official Excel forms out: openpyxl makes the small frame once, the rows are streamed into it as XML.

Any number of rows takes the same memory, a text is never a formula, and no digit of an identifier is lost.
"""

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from types import NoneType
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone

LAST_ROW = 1_048_576
# Zip64 would lift this, but Excel offers to "repair" a workbook that has it, even a small one.
MOST_BYTES = 2**31 - 2**20
LOT = 1000  # rows that are made at a time
MEASURED = 200  # that the widths go by: a longer text below is broken, a longer number set smaller
LONGEST_TEXT = 32_767  # characters of UTF-16, as Excel counts
CUT = "…(截断)"
DIGITS = 15  # that Excel keeps; a longer whole number is an identifier and goes out as text
EPOCH = date(1899, 12, 30).toordinal()
FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was
TEMPLATE_ROWS = 2000
OPTIONS_SHEET = "选项"
SHEET_PART = "xl/worksheets/sheet1.xml"

# Columns are as wide as what stands in them, in half characters. What has too many of them for an A3 sheet in legible print
# is set closer, text in more lines: (from where on a text is broken, on how many lines, lines of a header).
CLOSER = (30, 4, 2), (24, 4, 2), (20, 5, 2), (16, 6, 3), (12, 8, 3), (8, 10, 4)
NARROWEST, WIDEST = 5, 44
A4_WIDTH, LEGIBLE = 180, 300  # the most for A4 across, and for A3
UNBROKEN = re.compile(r"[!-~]+")
# Of what stands in the cells. At 11 points two half characters of a width would not hold one Chinese character.
SIZE, LINE_POINTS, ROOM_POINTS, TALLEST = 10, 14, 6, 409

NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ODD = re.compile(r"[&<>\r]|_x[0-9A-Fa-f]{4}_")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
# What Excel, or a reader's own CSV export, would take for a formula when the cell is edited.
TRIGGER = re.compile(r"[\s\ufeff\u200b]*[=+\-@＝＋－＠]|[\t\r]")
REMEMBERED, NUMBERS = {str, int, date, NoneType}, {int, float, Decimal}
NOT_PLAIN, NOT_WHOLE = re.compile(r"[^0-9.\n-]"), re.compile(r"[^0-9-]")


class TooLarge(Exception):
    """More than one worksheet can hold; the message is for people."""

    def __init__(self):
        super().__init__("导出内容超过一个工作表的上限（1048576 行或 2GB），请缩小范围后分批导出。")


@dataclass(frozen=True)
class Head:
    """A column of the form; neighbours with the same `group` share a merged heading above theirs.

    `width` holds for a blank form; a filled one goes by what stands in it.
    """

    text: str
    group: str = ""
    width: int = 12
    kind: str = "text"  # text, int, decimal or date
    places: int = 2
    choices: tuple[str, ...] = ()
    help: str = ""
    long: bool = False  # runs over several lines, and begins at the left

    def measured(self, values):
        """(the longest line, the longest that must not be broken) of what stands below."""
        places = self.places if self.kind == "decimal" else 0
        wide = [_longest_line(value, places) for value in values]
        return max(wide), max(map(_unbroken, values, wide))

    def fitted(self, measures, long, lines, header_lines):
        longest, unbroken = measures
        broken = min(longest, max(long, math.ceil(longest / lines)))
        header = math.ceil(_wide(self.text) / (2 * header_lines)) * 2 + 1
        width = max(min(max(broken, unbroken), WIDEST) + 2, header, NARROWEST)
        return replace(self, width=width, long=longest > width)


@dataclass(frozen=True)
class Form:
    """A form: title, lines under it (unit and date, filters, watermark), columns, and what stands in the page footer.

    A `template` is the blank form: help above the headers, drop-down lists, and text columns that keep typed digits.
    """

    title: str
    heads: Sequence[Head]
    notes: Sequence[str] = ()
    footer: str = ""
    template: bool = False
    properties: Mapping[str, object] = field(default_factory=dict)

    def fitted(self, rows):
        """With columns as wide as the rows want them, as close as the paper wants them."""
        if not rows or len(rows[0]) != len(self.heads):
            return self
        measures = [*map(Head.measured, self.heads, zip(*rows, strict=False))]
        for closer in CLOSER:
            heads = [head.fitted(one, *closer) for head, one in zip(self.heads, measures, strict=True)]
            form = replace(self, heads=heads)
            if form.width <= LEGIBLE:
                break
        return form

    @property
    def width(self):
        return sum(head.width for head in self.heads)


def write(target: BinaryIO, form: Form, rows: Iterable[Sequence] = ()) -> int:
    """Returns how many rows were written; equal input gives equal bytes. `target` need not be seekable."""
    rows = iter(() if form.template else rows)
    first = [*islice(rows, LOT)]
    frame = _Frame(form.fitted(first[:MEASURED]))
    body = _Body(frame)
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in frame.parts.items():
            _put(archive, name, [content])
        _put(archive, SHEET_PART, body.chunks(chain(first, rows)))
        _put(archive, "xl/workbook.xml", [frame.workbook(body.last)])
    return body.last - frame.first + 1


def _put(archive, name, chunks):
    """Packed in a thread beside: zlib lets go of the interpreter, and the next rows are made meanwhile."""
    # Opened by name the entry is dated 1980, so the file does not change with the clock.
    with archive.open(name, "w") as part, ThreadPoolExecutor(1) as packer:
        written = None
        for chunk in chunks:
            if written:
                written.result()
            written = packer.submit(part.write, chunk)
        written.result()


def clean(text: str) -> str:
    """The text as a cell can hold it: no control characters, no halves of characters, not too long."""
    text = NEVER.sub("", text)
    if len(text) * 2 > LONGEST_TEXT and len(units := text.encode("utf-16-le")) > LONGEST_TEXT * 2:
        return units[: (LONGEST_TEXT - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT
    return text


def escape(text: str) -> str:
    """For an element's text; what looks like Excel's own _x000D_ escape is kept as the letters it is."""
    return ODD.sub(lambda found: ESCAPES.get(found[0]) or f"_x005F{found[0]}", text)


def inline(text: str) -> str:
    """The inside of an inline string cell."""
    preserve = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<is><t{preserve}>{escape(text)}</t></is>"


def letters(column: int) -> str:
    """1 is A, 27 is AA."""
    name = ""
    while column:
        column, last = divmod(column - 1, 26)
        name = chr(65 + last) + name
    return name


class Looks(NamedTuple):
    """The style numbers that cells of one column take, by what is in them."""

    text: int
    quoted: int  # as text, and editing keeps it text
    whole: int
    broken: int
    day: int


class _Cells(dict):
    """A column's cells as XML (from after the row number on). What repeats is remembered by value."""

    MOST, LONGEST = 4096, 200  # 25 columns keep about 20 MB at worst

    def __init__(self, looks):
        super().__init__()
        self.looks = looks
        self.plain_text = f'" s="{looks.text}" t="inlineStr"><is><t>'
        self.empty = f'" s="{looks.text}"/>'.encode()
        self.whole, self.broken = (f'" s="{style}"><v>'.encode() for style in (looks.whole, looks.broken))

    def of(self, values):
        """(what is around each cell of the column in one lot of rows, what goes in): the lot as a whole decides."""
        types = set(map(type, values))
        if types == {str} and (texts := plain_texts(values)):
            return f"{self.plain_text}%b</t></is></c>".encode(), texts
        if types <= REMEMBERED:
            return b"%b", [self[value] for value in values]
        if types <= NUMBERS and (joined := plain_numbers(values)):
            dots = joined.count(".")
            if self.whole == self.broken or dots in (0, len(values)):
                return (self.broken if dots else self.whole) + b"%b</v></c>", joined.encode().split(b"\n")
        return b"%b", [self._xml(value) for value in values]

    def __missing__(self, value):
        xml = self._xml(value)
        if len(xml) <= self.LONGEST:
            if len(self) >= self.MOST:
                self.clear()
            self[value] = xml
        return xml

    def _xml(self, value):
        if isinstance(value, str):
            return self._text(value).encode()
        if isinstance(value, int | float | Decimal):
            return self._number(value)
        return self.empty if value is None else self._moment(value).encode()

    def _text(self, value):
        # Letters, digits and Chinese characters need no care, and are nearly everything there is.
        if value.isalnum() and len(value) * 2 < LONGEST_TEXT:
            return f"{self.plain_text}{value}</t></is></c>"
        text = clean(value)
        style = self.looks.quoted if TRIGGER.match(text) else self.looks.text
        return f'" s="{style}" t="inlineStr">{inline(text)}</c>' if text else f'" s="{style}"/>'

    def _number(self, value):
        text = str(value)
        if isinstance(value, bool):
            return self._text("是" if value else "否").encode()
        if not isinstance(value, int) and not math.isfinite(value):
            return self._text(text).encode()
        if not isinstance(value, float) and abs(value) >= 10**DIGITS:
            return self._text(f"{value:f}" if isinstance(value, Decimal) else text).encode()
        return b"%b%b</v></c>" % (self.broken if NOT_WHOLE.search(text) else self.whole, text.encode())

    def _moment(self, value):
        if isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return self._text(f"{local:%Y-%m-%d %H:%M:%S}")
        if isinstance(value, date) and value >= FIRST_DAY:
            return f'" s="{self.looks.day}"><v>{value.toordinal() - EPOCH}</v></c>'
        return self._text(str(value))


def plain_texts(values):
    """The texts in UTF-8 if all are of letters, digits, Chinese characters and the stars of a mask, as nearly everything is."""
    joined = "".join(values)
    if not joined.replace("*", "").isalnum() or "" in values or len(max(values, key=len)) * 2 >= LONGEST_TEXT:
        return []
    return "\n".join(values).encode().split(b"\n")


def plain_numbers(values):
    """The numbers as they are written, a line for each; "" where one of them needs a closer look."""
    texts = [*map(str, values)]
    joined = "\n".join(texts)
    return "" if len(max(texts, key=len)) > DIGITS or NOT_PLAIN.search(joined) else joined


class _Body:
    """The sheet's part, made as it is read; `last` is the number of the last row so far."""

    def __init__(self, frame):
        self.frame = frame
        self.last = frame.first - 1

    def chunks(self, rows):
        yield self.frame.top
        room = MOST_BYTES
        for chunk in self._lots(iter(rows)):
            room -= len(chunk)
            if room < 0:
                raise TooLarge
            yield chunk
        yield self.frame.bottom(self.last)

    def _lots(self, rows):
        columns = [_Cells(looks) for looks in self.frame.looks]
        while lot := [*islice(rows, LOT)]:
            self._check(lot, len(columns))
            values = [*zip(*lot, strict=True)]
            arounds, told = zip(*map(_Cells.of, columns, values), strict=True)
            heights = map(_height, _lines_of_rows(values, self.frame.form.heads))
            row, numbered = _row_of(arounds), enumerate(zip(heights, *told, strict=True), self.last + 1)
            yield b"".join([row.replace(b"#", b"%d" % number) % line for number, line in numbered])
            self.last += len(lot)

    def _check(self, lot, width):
        if self.last + len(lot) > LAST_ROW:
            raise TooLarge
        for number, row in enumerate(lot, self.last + 1):
            if len(row) != width:
                raise ValueError(f"row {number} has {len(row)} cells, the form has {width} columns")


def _row_of(arounds):
    """The XML of a row: "#" where its number goes, "%b" where its height does and each cell's content."""
    cells = (f'<c r="{letters(at)}#'.encode() + around for at, around in enumerate(arounds, 1))
    return b'<row r="#"%%b>%b</row>' % b"".join(cells)


def _lines_of_rows(columns, heads):
    """How many lines each of the rows takes. Only a text that may be longer than its column is looked at."""
    lines = [1] * len(columns[0])
    for values, head in zip(columns, heads, strict=True):
        try:
            texts, joined = values, "".join(values)
        except TypeError:
            texts = [value for value in values if value.__class__ is str] or [""]
            joined = "".join(texts)
        if len(max(texts, key=len)) * (2 - joined.isascii()) < head.width and "\n" not in joined:
            continue
        taken = {text: _line_count(text, head.width) for text in {*texts}}
        lines = [*map(max, lines, [taken.get(value, 1) for value in values])]
    return lines


@lru_cache(maxsize=64)
def _height(lines):
    """In points, where it is not that of one line: not every office program works it out by itself when it opens a file."""
    return b' ht="%d"' % min(lines * LINE_POINTS + ROOM_POINTS, TALLEST) if lines > 1 else b""


def _openpyxl():
    # A twelfth of a second of every start, which only a download needs.
    import openpyxl  # noqa: PLC0415
    import openpyxl.packaging.custom  # noqa: PLC0415

    return openpyxl


class _Frame:
    """Everything of the workbook but its rows, laid out by openpyxl and cut where the rows go."""

    NOTE, LABEL, SMALL, BODY = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"

    def __init__(self, form):
        self.form = form
        self.xl = _openpyxl()
        self.width, self.wide = form.width, form.width > A4_WIDTH
        self.end = letters(len(form.heads))
        self.book = self.xl.Workbook()
        self.sheet = self.book.active
        self.sheet.title = sheet_name(form.title)
        self._head_lines()
        self.looks = [self._looks(index, head) for index, head in enumerate(form.heads)]
        self._columns()
        self._view()
        self._page()
        self._properties()
        self._cut()

    def _head_lines(self):
        lines = [self._title, *(self._note(text) for text in self.form.notes if text)]
        if self.form.template and any(head.help for head in self.form.heads):
            lines.append(self._helps)
        for number, line in enumerate(lines, 1):
            line(number)
        self.header = len(lines) + 1
        self._headers(self.header, self.header + any(head.group for head in self.form.heads))

    def _title(self, row):
        # What is made smaller to fit the paper must have been the larger before.
        self._across(
            row, self.form.title, size=28 if self.wide else 20, font="方正小标宋简体", align="center"
        )

    def _note(self, text):
        return lambda row: self._across(row, text, size=11, font=self.NOTE, align="left")

    def _across(self, row, text, *, size, font, align):
        cell = self._write(row, 1, text, self._font(font, size), align)
        if len(self.form.heads) > 1:
            self.sheet.merge_cells(f"A{row}:{self.end}{row}")
        self._raise(row, size, _line_count(text, self.width * SIZE / size))
        return cell

    def _helps(self, row):
        font = self._font(self.SMALL, 9, color="FF7F7F7F")
        for column, head in enumerate(self.form.heads, 1):
            if head.help:
                self._write(row, column, head.help, font, "left")
        self._raise(row, 9, max(_line_count(head.help, head.width * SIZE / 9) for head in self.form.heads))

    def _headers(self, top, bottom):
        self.bottom_header, self.first = bottom, bottom + 1
        column = 1
        for group, heads in _runs(self.form.heads):
            for offset, head in enumerate(heads):
                self._header(top if not group else bottom, column + offset, head.text)
                if not group and top < bottom:
                    self.sheet.merge_cells(
                        start_row=top,
                        end_row=bottom,
                        start_column=column + offset,
                        end_column=column + offset,
                    )
            if group:
                self._group(top, column, column + len(heads) - 1, group)
            column += len(heads)
        for row, lines in self._header_lines(top, bottom).items():
            self._raise(row, SIZE, lines)

    def _header_lines(self, top, bottom):
        """{row: lines}; what reaches over both storeys shares its lines between them."""
        grouped = [head for head in self.form.heads if head.group]
        lone = [head for head in self.form.heads if not head.group]
        below, alone = (
            max((_line_count(head.text, head.width) for head in heads), default=1)
            for heads in (grouped, lone)
        )
        return {top: alone} if top == bottom else {top: 1, bottom: max(below, alone - 1)}

    def _header(self, row, column, text):
        cell = self._write(row, column, text, self._font(self.LABEL, SIZE), "center")
        cell.border = self._border()
        cell.fill = self.xl.styles.PatternFill("solid", fgColor="FFF2F2F2")

    def _group(self, row, first, last, text):
        self._header(row, first, text)
        if first < last:
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)

    def _write(self, row, column, text, font, align):
        cell = self.sheet.cell(row, column)
        cell.value = text = clean(text)
        cell.data_type = "s"  # whatever it begins with
        cell.quotePrefix = bool(TRIGGER.match(text))
        cell.font = font
        cell.alignment = self.xl.styles.Alignment(horizontal=align, vertical="center", wrap_text=True)
        return cell

    def _font(self, name, size, color=None):
        return self.xl.styles.Font(name=name, size=size, color=color)

    def _border(self):
        thin = self.xl.styles.Side("thin")
        return self.xl.styles.Border(thin, thin, thin, thin)

    def _raise(self, row, size, lines):
        self.sheet.row_dimensions[row].height = min(round(lines * size * 1.5 + 6), 400)

    def _looks(self, index, head):
        """Styles are numbered by cells that wear them, in the row that the real rows will replace."""
        own, whole, broken, day = _formats(head)
        words = "left" if head.long else "center"
        worn = (own, False), (own, True), (whole, False), (broken, False), (day, False)
        return Looks(*(self._style(index * len(worn) + i, *look, words) for i, look in enumerate(worn, 1)))

    def _style(self, column, number_format, quoted, words):
        cell = self.sheet.cell(self.first, column)
        align = {"@": words, "yyyy-mm-dd": "center", "0": "center"}.get(number_format)
        self._dress(cell, number_format, align)
        cell.border = self._border()
        cell.quotePrefix = quoted
        return cell.style_id

    def _dress(self, cell, number_format, align):
        cell.number_format = number_format
        cell.font = self._font(self.BODY, SIZE)
        text = number_format == "@"
        cell.alignment = self.xl.styles.Alignment(
            horizontal=align, vertical="center", wrap_text=text, shrink_to_fit=not text
        )

    def _columns(self):
        for column, head in enumerate(self.form.heads, 1):
            letter = letters(column)
            self.sheet.column_dimensions[letter].width = head.width
            if self.form.template:
                # The whole column, so that an identity number typed far below the list still keeps its digits.
                self._dress(self.sheet.column_dimensions[letter], _formats(head)[0], None)
                self._choices(letter, head.choices)

    def _choices(self, letter, choices):
        if not choices:
            return
        rule = self.xl.worksheet.datavalidation.DataValidation(
            type="list", formula1=self._choice_list(choices), allow_blank=True, showErrorMessage=True
        )
        rule.errorTitle, rule.error = "不在可选值中", "请从下拉列表中选择。"
        rule.add(f"{letter}{self.first}:{letter}{self.first + TEMPLATE_ROWS - 1}")
        self.sheet.add_data_validation(rule)

    def _choice_list(self, choices):
        """Excel takes 255 characters in the rule itself; longer lists stand on a hidden sheet."""
        plain = ",".join(choices)
        if len(plain) <= 255 and plain.count(",") == len(choices) - 1 and '"' not in plain:
            return f'"{plain}"'
        if len(self.book.worksheets) == 1:
            self.book.create_sheet(OPTIONS_SHEET).sheet_state = "hidden"
        sheet = self.book.worksheets[1]
        column = 1 if sheet["A1"].value is None else sheet.max_column + 1
        for row, choice in enumerate(choices, 1):
            sheet.cell(row, column).value = clean(choice)
            sheet.cell(row, column).data_type = "s"
        letter = letters(column)
        return f"'{sheet.title}'!${letter}$1:${letter}${len(choices)}"

    def _view(self):
        self.sheet.freeze_panes = f"A{self.first}"
        self.sheet.sheet_format.defaultRowHeight = LINE_POINTS + ROOM_POINTS
        self.sheet.sheet_format.customHeight = True
        if not self.form.template:
            self.sheet.auto_filter.ref = f"A{self.bottom_header}:{self.end}{LAST_ROW}"

    def _page(self):
        sheet = self.sheet
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 8 if self.wide else 9  # A3, A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = self.xl.worksheet.properties.PageSetupProperties(fitToPage=True)
        sheet.page_margins = self.xl.worksheet.page.PageMargins(
            left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3
        )
        sheet.print_options.horizontalCentered = True
        sheet.print_title_rows = f"{self.header}:{self.bottom_header}"
        # In a footer "&" begins a code; the three parts share 255 characters, and a long one runs into the next.
        footer = clean(self.form.footer).strip()[:100].replace("&", "&&")
        sheet.oddFooter.left.text = footer or None
        (sheet.oddFooter.right if footer else sheet.oddFooter.center).text = "第&P页 共&N页"

    def _properties(self):
        self.book.properties.creator = ""
        self.book.properties.title = clean(self.form.title)
        for name, value in self.form.properties.items():
            self.book.custom_doc_props.append(
                self.xl.packaging.custom.StringProperty(name=clean(name), value=clean(str(value)))
            )

    def _cut(self):
        saved = io.BytesIO()
        self.book.save(saved)
        with ZipFile(saved) as archive:
            parts = {name: archive.read(name) for name in sorted(archive.namelist())}
        core = "docProps/core.xml"
        parts[core] = re.sub(rb"<dcterms:(created|modified).*?</dcterms:\1>", b"", parts[core])
        sheet = re.sub(rb"<dimension[^>]*>", b"", parts.pop(SHEET_PART))
        self.top, self._bottom = re.split(rb'<row r="%d".*?</row>' % self.first, sheet, flags=re.DOTALL)
        self._workbook = parts.pop("xl/workbook.xml")
        self.parts = parts

    def bottom(self, last):
        ref = f"A{self.bottom_header}:{self.end}".encode()
        filled = self._bottom.replace(b'"%b%d"' % (ref, LAST_ROW), b'"%b%d"' % (ref, last))
        end = max(last, self.first + TEMPLATE_ROWS - 1 if self.form.template else self.first)
        # No green corners on identity numbers.
        ignored = f'<ignoredErrors><ignoredError sqref="A{self.first}:{self.end}{end}" numberStoredAsText="1"/></ignoredErrors>'
        return filled.replace(b"</worksheet>", ignored.encode() + b"</worksheet>")

    def workbook(self, last):
        return self._workbook.replace(b"$%d<" % LAST_ROW, b"$%d<" % last)


def _formats(head):
    """Number formats of a column: its own, for whole numbers, for other numbers, for days."""
    own = {
        "text": "@",
        "int": "0",
        "decimal": "#,##0." + "0" * head.places if head.places else "#,##0",
        "date": "yyyy-mm-dd",
    }[head.kind]
    decimal = head.kind == "decimal"
    return own, own if decimal else "0", own if decimal else "General", "yyyy-mm-dd"


def _runs(heads):
    """Neighbouring heads of one group, as (group, heads); a head without a group stands alone."""
    runs = []
    for head in heads:
        if head.group and runs and runs[-1][0] == head.group:
            runs[-1][1].append(head)
        else:
            runs.append((head.group, [head]))
    return runs


def sheet_name(title):
    name = re.sub(r"[\\*?:/\[\]\s]+", " ", clean(title)).strip("' ")
    return name.encode("utf-16-le")[:62].decode("utf-16-le", "ignore").strip("' ") or "台账"


def _wide(text):
    """In half characters: a Chinese one, three bytes long, is two wide."""
    return (len(text) + len(text.encode("utf-8", "surrogatepass"))) // 2


def _longest_line(value, places):
    """How wide a cell stands when nothing is broken; `places` are those that its format gives a number."""
    if isinstance(value, str):
        return max(map(_wide, value.split("\n")))
    if places and isinstance(value, Decimal | float):
        return len(f"{value:,.{places}f}")
    if places and isinstance(value, int):
        return len(f"{value:,}.") + places
    return 0 if value is None else _wide(str(value))


def _unbroken(value, wide):
    """How wide the longest number, day, code or word in it is: that must stand in one line."""
    return max(map(len, UNBROKEN.findall(value)), default=0) if isinstance(value, str) else wide


def _line_count(text, width):
    """How many lines a text takes in a column of that width."""
    if "\n" in text:
        return sum(_line_count(line, width) for line in text.split("\n"))
    return -(-_wide(text) // max(width - 1, 1)) or 1
