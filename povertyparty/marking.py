"""The uploaded workbook given back with its bad cells in red and a sheet that lists what is wrong with them.

Parts are edited as the text they are and streamed from zip to zip, so formulas, widths, merged cells and pictures
stay as the uploader made them. For workbooks that `reading` has accepted: its limits are not repeated here.
"""

import csv
import posixpath
import re
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, is_zipfile

from povertyparty.writing import clean, inline, letters, sheet_name

PROBLEM_SHEET = "问题"
PROBLEM_HEADS = ("工作表", "行", "列", "表头", "单元格值", "原因")
PROBLEM_WIDTHS = (18, 8, 8, 20, 28, 60)
MOST_LINKS = 5000
# A red nobody else picks: by it the marks of an earlier round are found again and taken off.
RED = "FFFF9C9D"
CHUNK = 2**20
BYTE_ORDERS = (b"\xff\xfe", b"\xfe\xff")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# No more than the normal style and, as number 1, text; `_Styles` adds whatever else a workbook must have.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
    '<xf numFmtId="49" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
CSV_FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{CONTENT}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": STYLES,
}
CSV_TEXT = 1


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; without a column the row's first cell is marked, without a row it is only listed."""

    sheet: str
    row: int | None
    column: int | None
    header: str
    value: str
    reason: str


def mark(source: Path, target: Path, faults: Iterable[Fault]) -> None:
    with (
        _opened(source, list(faults)) as (archive, listed),
        ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as out,
    ):
        _copy(archive, out, listed)


def is_problem_sheet(name, first_row) -> bool:
    """Whether the sheet is a list that `mark` made, and not a 问题 sheet of the uploader's own."""
    return name.startswith(PROBLEM_SHEET) and tuple(first_row)[: len(PROBLEM_HEADS)] == PROBLEM_HEADS


@contextmanager
def _opened(source, faults):
    """The source as a zip, a CSV being made into a workbook first, and the faults by the sheet's real name."""
    if is_zipfile(source):
        with ZipFile(source) as archive:
            yield archive, faults
        return
    name = sheet_name(next((fault.sheet for fault in faults if fault.sheet), "数据"))
    with tempfile.TemporaryFile() as file:
        _from_csv(source, name, file)
        with ZipFile(file) as archive:
            yield archive, [replace(fault, sheet=name) for fault in faults]


def _from_csv(source, name, file):
    with (
        source.open(encoding=_encoding(source), errors="replace", newline="") as lines,
        ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as out,
    ):
        for part, content in CSV_FRAME.items():
            _put(out, part, [DECLARATION + content.replace("{name}", quoteattr(name))])
        header = next((line for line in lines if "," in line or "\t" in line), "")
        lines.seek(0)
        delimiter = "\t" if header.count("\t") > header.count(",") else ","
        _put(out, "xl/worksheets/sheet1.xml", _csv_sheet(csv.reader(lines, delimiter=delimiter)))


def _encoding(source):
    """As `reading` decides."""
    with source.open("rb") as file:
        if file.read(2) in BYTE_ORDERS:
            return "utf-16"
    try:
        with source.open(encoding="utf-8-sig") as text:
            while text.read(CHUNK):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _csv_sheet(records):
    yield f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetFormatPr defaultColWidth="16" defaultRowHeight="15"/><sheetData>'
    for number, record in enumerate(records, 1):
        yield _row(number, [_text_cell(CSV_TEXT, value) for value in record])
    yield "</sheetData></worksheet>"


def _copy(archive, out, faults):
    package = _Package(archive)
    styles = _Styles(package)
    red = _red_cells(package.sheets, faults)
    edited = package.edited()
    for name, text in edited.items():
        _put(out, name, [text])
    for name in dict.fromkeys(archive.namelist()):
        if name not in edited and name not in package.replaced and not name.endswith("/"):
            cells = red.get(name)
            _put(
                out,
                name,
                _RedSheet(archive, name, cells, styles).chunks() if cells else _chunks(archive, name),
            )
    _put(out, package.list_part, _problem_list(faults, package, styles))
    # Last, because only now it is known which styles the marked cells had.
    _put(out, package.styles, [styles.text()])


def _put(out, name, chunks):
    with out.open(name, "w") as part:
        for chunk in chunks:
            part.write(chunk.encode() if isinstance(chunk, str) else chunk)


def _chunks(archive, name):
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _red_cells(sheets, faults):
    """{part: {row: {column}}}"""
    red = defaultdict(lambda: defaultdict(set))
    for fault in faults:
        if fault.row and fault.sheet in sheets:
            red[sheets[fault.sheet]][fault.row].add(fault.column or 1)
    return red


def _problem_list(faults, package, styles):
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(PROBLEM_WIDTHS, 1)
    )
    yield (
        f'{DECLARATION}<worksheet xmlns="{package.main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{_row(1, [_text_cell(styles.head, text) for text in PROBLEM_HEADS])}"
    )
    for number, fault in enumerate(faults, 2):
        yield _row(number, _fault_cells(fault, styles))
    yield f"</sheetData>{_links(faults, package.sheets)}"
    yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'


def _fault_cells(fault, styles):
    row = f' s="{styles.link}"><v>{fault.row}</v></c>' if fault.row else f' s="{styles.body}"/>'
    column = letters(fault.column) if fault.column else ""
    texts = (column, fault.header, fault.value, fault.reason)
    return [_text_cell(styles.body, fault.sheet), row, *(_text_cell(styles.body, text) for text in texts)]


def _row(number, cells):
    """`cells` are XML from after the reference on."""
    inside = "".join(f'<c r="{letters(column)}{number}"{cell}' for column, cell in enumerate(cells, 1))
    return f'<row r="{number}">{inside}</row>'


def _text_cell(style, text):
    return f' s="{style}" t="inlineStr">{inline(clean(str(text)))}</c>' if text else f' s="{style}"/>'


def _links(faults, sheets):
    """From each listed row number to its cell."""
    links = []
    for number, fault in enumerate(faults[:MOST_LINKS], 2):
        if fault.row and fault.sheet in sheets:
            name = fault.sheet.replace("'", "''")
            place = quoteattr(f"'{name}'!{letters(fault.column or 1)}{fault.row}")
            links.append(f'<hyperlink ref="B{number}" location={place}/>')
    return f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""


class _Package:
    """The parts of a workbook by what they are, and the place that its list of problems gets."""

    def __init__(self, archive):
        self.archive = archive
        self.names = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
        self.book = next(part for kind, _, part in self._related("") if kind.endswith("/officeDocument"))
        self.folder = posixpath.dirname(self.book)
        self.root = ET.fromstring(archive.read(self.book))
        self.main = self.root.tag[1:].partition("}")[0]
        self.sheets = self._sheets()
        self.has_styles = any(kind.endswith("/styles") for kind, _, _ in self._related(self.book))
        self.styles = next(
            (part for kind, _, part in self._related(self.book) if kind.endswith("/styles")),
            posixpath.join(self.folder, "styles.xml"),
        )
        self._place_list()

    def _related(self, part):
        """(type, id, part) for everything that a part, or the package itself, points to inside the file."""
        name = self._actual(_relations_of(part))
        for relation in ET.fromstring(self.archive.read(name)):
            if relation.get("TargetMode") != "External":
                path = posixpath.join("/", posixpath.dirname(part), relation.get("Target").replace("\\", "/"))
                yield relation.get("Type"), relation.get("Id"), self._actual(posixpath.normpath(path))

    def _actual(self, path):
        """The name under which the zip has the part."""
        return self.names.get(path.lstrip("/").lower(), path.lstrip("/"))

    def _sheets(self):
        """{title: part} of the worksheets; chart sheets have no cells."""
        related = {rid: (kind, part) for kind, rid, part in self._related(self.book)}
        sheets = {}
        for sheet in self.root.iter(f"{{{self.main}}}sheet"):
            rid = next(value for key, value in sheet.items() if key.endswith("}id"))
            kind, part = related[rid]
            if kind.endswith("/worksheet"):
                sheets[sheet.get("name")] = part
        return sheets

    def _place_list(self):
        """Our own list of an earlier round is replaced; a 问题 sheet of the uploader's own is left alone."""
        titles = {sheet.get("name") for sheet in self.root.iter(f"{{{self.main}}}sheet")}
        number, title = 1, PROBLEM_SHEET
        while title in titles and not self._is_list(title):
            number += 1
            title = f"{PROBLEM_SHEET}({number})"
        self.list_title, self.list_is_new = title, title not in titles
        self.list_part = self.sheets.pop(title, None) or self._free_part()
        self.replaced = {self.list_part, self._actual(_relations_of(self.list_part)), self.styles}

    def _is_list(self, title):
        return title in self.sheets and is_problem_sheet(title, _first_row(self, self.sheets[title]))

    def _free_part(self):
        number = 1
        while posixpath.join(self.folder, part := f"worksheets/sheet{number}.xml").lower() in self.names:
            number += 1
        return posixpath.join(self.folder, part)

    def text(self, name):
        raw = self.archive.read(name)
        text = raw.decode("utf-16" if raw[:2] in BYTE_ORDERS else "utf-8-sig")
        return DECLARATION + re.sub(r"\A\s*<\?xml.*?\?>\s*", "", text)

    def edited(self):
        """{part: text} of what must change for the list, and for styles where there were none."""
        types, relations, book = "", "", self._actual(_relations_of(self.book))
        added = {"worksheet": self.list_part} if self.list_is_new else {}
        added |= {} if self.has_styles else {"styles": self.styles}
        if not added:
            return {}
        for kind, part in added.items():
            types += f'<{{}}Override PartName="/{part}" ContentType="{CONTENT}.{kind}+xml"/>'
            target = posixpath.relpath(part, self.folder or ".")
            relations += (
                f'<{{}}Relationship Id="{self._id(kind)}" Type="{self._kinds()}/{kind}" Target="{target}"/>'
            )
        manifest = self._actual("[Content_Types].xml")
        edited = {
            manifest: _appended(self.text(manifest), "Types", types),
            book: _appended(self.text(book), "Relationships", relations),
        }
        if self.list_is_new:
            edited[self.book] = self._with_sheet(self.text(self.book))
        return edited

    def _id(self, kind):
        taken = {rid for _, rid, _ in self._related(self.book)}
        name = f"rId{kind.title()}"
        while name in taken:
            name += "1"
        return name

    def _kinds(self):
        """What relation types begin with: strict workbooks have other names than the usual ones."""
        return next(
            kind for kind, _, _ in self._related(self.book) if kind.endswith("/worksheet")
        ).rpartition("/")[0]

    def _with_sheet(self, text):
        number = max(int(sheet.get("sheetId")) for sheet in self.root.iter(f"{{{self.main}}}sheet")) + 1
        # The prefix is declared on the spot, as the workbook may have declared its own anywhere.
        related = f'xmlns:r="{self._kinds()}" r:id="{self._id("worksheet")}"'
        sheet = f'<{{}}sheet name="{self.list_title}" sheetId="{number}" {related}/>'
        return _appended(text, "sheets", sheet)


def _relations_of(part):
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _appended(text, tag, children):
    """`children` put at the end of the one `tag`, with the namespace prefix that it has."""
    end = re.search(rf"</([\w.-]+:)?{tag}\s*>", text)
    return text[: end.start()] + children.replace("{}", end[1] or "") + text[end.start() :]


def _first_row(package, part):
    """The texts in a sheet's first row; shared strings are looked up only as far as they are needed."""
    with package.archive.open(part) as stream:
        row = next((found for _, found in ET.iterparse(stream) if found.tag.endswith("}row")), [])
    cells = [(cell.get("t"), "".join(cell.itertext())) for cell in list(row)[: len(PROBLEM_HEADS)]]
    shared = _shared(package, {int(text) for kind, text in cells if kind == "s"})
    return [shared.get(int(text)) if kind == "s" else text for kind, text in cells]


def _shared(package, wanted):
    found, part = {}, package.names.get(posixpath.join(package.folder, "sharedStrings.xml").lower())
    if not wanted or not part:
        return found
    with package.archive.open(part) as stream:
        items = (element for _, element in ET.iterparse(stream) if element.tag.endswith("}si"))
        for number, item in enumerate(items):
            if number in wanted:
                found[number] = "".join(item.itertext())
            if number >= max(wanted):
                return found
            item.clear()
    return found


class _Styles:
    """The styles part, growing a red twin of every style that a marked cell has."""

    ORDER = (
        *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs"),
        *("cellStyles", "dxfs", "tableStyles", "colors", "extLst"),
    )
    ITEMS = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf"}
    # What a list that is missing or empty must have.
    NEEDED = {
        "fonts": ["<{p}font/>"],
        "fills": [
            f'<{{p}}fill><{{p}}patternFill patternType="{pattern}"/></{{p}}fill>'
            for pattern in ("none", "gray125")
        ],
        "borders": ["<{p}border/>"],
        "cellXfs": ["<{p}xf/>"],
    }
    RED_FILL = f'<{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="{RED}"/></{{p}}patternFill>'
    LINK_FONT = '<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="FF0563C1"/><{p}name val="宋体"/></{p}font>'

    def __init__(self, package):
        made = DECLARATION + STYLES.replace(MAIN, package.main)
        self.source = package.text(package.styles) if package.has_styles else made
        self.prefix = re.search(r"<([\w.-]+:)?styleSheet\b", self.source)[1] or ""
        self.found = {tag: self._items(tag, item) for tag, item in self.ITEMS.items()}
        self.lists = {
            tag: list(items) or [self._tagged(text) for text in self.NEEDED[tag]]
            for tag, items in self.found.items()
        }
        self.twins = {}
        self.red = self._red_fill()
        self._wear_list()

    def _tagged(self, text):
        return text.replace("{p}", self.prefix)

    def _list(self, tag):
        return re.compile(self._tagged(rf"<{{p}}{tag}\b[^>]*?(?:/>|>(.*?)</{{p}}{tag}\s*>)"), re.DOTALL)

    def _items(self, tag, item):
        found = self._list(tag).search(self.source)
        pattern = self._tagged(rf"<{{p}}{item}(?=[\s/>])[^>]*?(?:/>|>.*?</{{p}}{item}\s*>)")
        return re.findall(pattern, found[1] or "", re.DOTALL) if found else []

    def _add(self, tag, text):
        self.lists[tag].append(self._tagged(text))
        return len(self.lists[tag]) - 1

    def _red_fill(self):
        """The number of the red fill; what wore it since an earlier round goes back to no fill."""
        worn = [str(number) for number, fill in enumerate(self.lists["fills"]) if RED in fill.upper()]
        self.lists["cellXfs"] = [
            _with(style, "fillId", "0") if _value(style, "fillId") in worn else style
            for style in self.lists["cellXfs"]
        ]
        return int(worn[0]) if worn else self._add("fills", f"<{{p}}fill>{self.RED_FILL}</{{p}}fill>")

    def _wear_list(self):
        """What the list of problems wears: its headings, its texts, and its row numbers, which are links."""
        font = self._add("fonts", self.LINK_FONT)
        self.head = self._list_style(f'fontId="0" fillId="{self.red}" applyFill="1"', "center")
        self.body = self._list_style('fontId="0" fillId="0" quotePrefix="1"', "left")
        self.link = self._list_style(f'fontId="{font}" fillId="0" applyFont="1"', "center")

    def _list_style(self, looks, align):
        alignment = f'<{{p}}alignment horizontal="{align}" vertical="top" wrapText="1"/>'
        looks = f'numFmtId="0" borderId="0" {looks} applyAlignment="1"'
        return self._add("cellXfs", f"<{{p}}xf {looks}>{alignment}</{{p}}xf>")

    def twin(self, number):
        """The style that looks like this one, but red."""
        if number not in self.twins:
            styles = self.lists["cellXfs"]
            style = styles[number] if number < len(styles) else styles[0]
            self.twins[number] = self._add("cellXfs", _with(_with(style, "fillId", self.red), "applyFill", 1))
        return self.twins[number]

    def text(self):
        text = self.source
        for tag, items in self.lists.items():
            if items != self.found[tag]:
                text = self._with_list(text, tag, f'count="{len(items)}">{"".join(items)}')
        return text

    def _with_list(self, text, tag, inside):
        later = "|".join(self.ORDER[self.ORDER.index(tag) + 1 :])
        place = self._list(tag).search(text) or re.search(
            self._tagged(rf"(?=<{{p}}(?:{later})\b|</{{p}}styleSheet)"), text
        )
        whole = self._tagged(f"<{{p}}{tag} {inside}</{{p}}{tag}>")
        return text[: place.start()] + whole + text[place.end() :]


def _value(element, name):
    found = re.match(rf"<[^>]*?\s{name}\s*=\s*[\"']([^\"']*)", element)
    return found[1] if found else None


def _with(element, name, value):
    """The element with an attribute of its own set."""
    tag, rest = re.match(r"(<[\w:.-]+)(.*)", element, re.DOTALL).groups()
    opening, closing = re.match(r"([^>]*?)(/?>.*)", rest, re.DOTALL).groups()
    opening = re.sub(rf"\s{name}\s*=\s*(?:\"[^\"]*\"|'[^']*')", "", opening)
    return f'{tag} {name}="{value}"{opening}{closing}'


class _RedSheet:
    """A sheet's part as a stream in which the given cells have the red twin of their style."""

    def __init__(self, archive, part, cells, styles):
        self.archive, self.part, self.styles = archive, part, styles
        with archive.open(part) as stream:
            found = re.search(rb"<([\w.-]+:)?worksheet\b", stream.read(CHUNK))
        self.prefix = (found and found[1]) or b""
        self.row = self._pattern(rb"<{0}row\b([^>]*?)(/?)>")
        self.cell = self._pattern(rb"<{0}c\b([^>]*?)(?:/>|>.*?</{0}c\s*>)")
        self.end = self._pattern(rb"</{0}sheetData\s*>|<{0}sheetData\s*/>")
        self.cells = _unmerged(cells, self._merges())
        self.waiting = sorted(self.cells, reverse=True)
        self.columns = []

    def _pattern(self, pattern):
        return re.compile(pattern.replace(b"{0}", self.prefix), re.DOTALL)

    def _tag(self, tag):
        return tag.replace(b"{0}", self.prefix)

    def chunks(self):
        last = 0
        for piece in self._pieces():
            if row := self.row.match(piece):
                last = int(_attribute(row[1], b"r") or last + 1)
                yield from self._new_rows(last)
                yield self._marked(piece, row, last)
            elif end := self.end.match(piece):
                yield from self._last_rows(piece, end)
            else:
                yield self._head(piece)

    def _pieces(self):
        """The part cut before every row and before the end of the rows."""
        start, held = self._pattern(rb"<{0}row[\s/>]"), b""
        with self.archive.open(self.part) as stream:
            # Reading as much again as is held keeps one endless row from being searched over and over.
            while chunk := stream.read(max(CHUNK, len(held))):
                held += chunk
                at = 0
                for row in start.finditer(held, 1):
                    yield held[at : row.start()]
                    at = row.start()
                held = held[at:]
        end = self.end.search(held)
        yield held[: end.start()] if end else held
        yield held[end.start() :] if end else b""

    def _head(self, piece):
        self.columns = self._pattern(rb"<{0}col\s[^>]*>").findall(piece)
        # The used range may grow by a marked empty cell, and is optional.
        return self._pattern(rb"<{0}dimension\b[^>]*?(?:/>|></{0}dimension>)").sub(b"", piece)

    def _new_rows(self, before):
        """Marked rows that the sheet does not have, up to the row `before`."""
        while self.waiting and self.waiting[-1] <= before:
            number = self.waiting.pop()
            if number < before:
                cells = b"".join(self._blank(number, column, None) for column in sorted(self.cells[number]))
                yield self._tag(b'<{0}row r="%d">%b</{0}row>' % (number, cells))

    def _last_rows(self, piece, end):
        empty = end[0].endswith(b"/>")
        yield self._tag(b"<{0}sheetData>") if empty else b""
        yield from self._new_rows(float("inf"))
        yield self._tag(b"</{0}sheetData>") + piece[end.end() :] if empty else piece

    def _marked(self, piece, row, number):
        if number not in self.cells:
            return piece
        attributes = re.sub(rb"\sspans\s*=\s*[\"'][^\"']*[\"']", b"", row[1])
        close = piece.rfind(self._tag(b"</{0}row"))
        body, rest = (
            (piece[row.end() : close], piece[close:]) if close >= 0 else (b"", self._tag(b"</{0}row>"))
        )
        if row[2]:
            body, rest = b"", self._tag(b"</{0}row>") + piece[row.end() :]
        style = (
            _attribute(attributes, b"s")
            if _attribute(attributes, b"customFormat") in (b"1", b"true")
            else None
        )
        return (
            self._tag(b"<{0}row") + attributes + b">" + b"".join(self._row_cells(body, number, style)) + rest
        )

    def _row_cells(self, body, number, style):
        wanted, at, column = sorted(self.cells[number], reverse=True), 0, 0
        for cell in self.cell.finditer(body):
            place = _attribute(cell[1], b"r")
            column = _column(place) if place else column + 1
            yield body[at : cell.start()]
            while wanted and wanted[-1] < column:
                yield self._blank(number, wanted.pop(), style)
            if wanted and wanted[-1] == column:
                wanted.pop()
                yield self._reddened(cell)
            else:
                yield cell[0]
            at = cell.end()
        yield b"".join(self._blank(number, column, style) for column in reversed(wanted)) + body[at:]

    def _reddened(self, cell):
        twin = self.styles.twin(int(_attribute(cell[1], b"s") or 0))
        attributes = re.sub(rb"\ss\s*=\s*[\"'][^\"']*[\"']", b"", cell[1])
        start = len(self.prefix) + 2
        return cell[0][:start] + attributes + b' s="%d"' % twin + cell[0][start + len(cell[1]) :]

    def _blank(self, number, column, style):
        """A cell that was not there: it would have had the look of its row or its column."""
        twin = self.styles.twin(int(style or self._column_style(column)))
        place = f"{letters(column)}{number}".encode()
        return self._tag(b'<{0}c r="%b" s="%d"/>' % (place, twin))

    def _column_style(self, column):
        for look in self.columns:
            if int(_attribute(look, b"min")) <= column <= int(_attribute(look, b"max")):
                return _attribute(look, b"style") or 0
        return 0

    def _merges(self):
        """(first row, first column, last row, last column) of the merged ranges, which stand after the rows."""
        merge = self._pattern(rb"<{0}mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)")
        held = b""
        for chunk in _chunks(self.archive, self.part):
            for left, top, right, bottom in merge.findall(held + chunk):
                yield int(top), _column(left), int(bottom), _column(right)
            held = chunk[-200:]


def _unmerged(cells, merges):
    """A mark inside a merged range goes to the corner that shows."""
    cells = {row: set(columns) for row, columns in cells.items()}
    for top, left, bottom, right in merges:
        rows = range(top, bottom + 1) if bottom - top < len(cells) else sorted(cells)
        for row in rows:
            inside = {
                column for column in cells.get(row, ()) if top <= row <= bottom and left <= column <= right
            }
            if inside:
                cells[row] -= inside
                cells.setdefault(top, set()).add(left)
    return {row: columns for row, columns in cells.items() if columns}


def _attribute(attributes, name):
    found = re.search(rb"(?:\s|\A)%b\s*=\s*[\"']([^\"']*)" % name, attributes)
    return found[1] if found else None


def _column(place):
    number = 0
    for letter in place.rstrip(b"0123456789"):
        number = number * 26 + letter - 64
    return number
