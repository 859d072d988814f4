"""The child process of `reading`: under limits it decides by content what the file is, reads it, and tells its parent message by message."""

import codecs
import csv
import gc
import io
import mmap
import pickle
import re
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite
from pyexpat import ExpatError

from python_calamine import CalamineWorkbook

from povertyparty.reading_package import CHUNK, DAMAGED, NOT_EXCEL, TOO_BIG, Package, Unreadable
from povertyparty.reading_sheet import MAX_COLUMNS, MAX_GAP, MAX_ROWS, Scan, column_letters, trimmed

# The fast reader needs 1.3 GB for a roster of 240,000 rows and 47 columns, 40 MB for one of 10,000 and 25.
MEMORY = 1536 << 20
SECONDS = 60
MAX_TOLD = 512 << 20
BATCH = 1000

EMPTY = "文件为空，请检查后重新上传"
OLD = "这是旧版表格文件（.xls 或 WPS 的 .et），请另存为 .xlsx 后再上传"
WEB_PAGE = "这是网页或 XML 格式的表格（系统导出的常是这样），请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
WEB = re.compile(
    r"\s*(?:<(?:!doctype|\?xml|html|head|meta|body|style|table|div)\b|<!--|mime-version:)", re.IGNORECASE
)
OTHER = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
OLE = b"\xd0\xcf\x11\xe0"
OLD_RECORDS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")  # Excel 2 to 5
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ExpatError, UnicodeError)


def main(path):
    _limit()
    gc.disable()  # nothing here makes cycles, and the process ends soon
    teller = _Teller(sys.stdout.buffer)
    try:
        for message in contents(path):
            teller.tell(message)
        teller.tell(("end",))
    except Unreadable as refusal:
        teller.tell(("refused", str(refusal)))
    except BROKEN:
        teller.tell(("refused", DAMAGED))
    except BaseException as fault:  # a panic of the fast reader is no Exception
        teller.tell(("failed", type(fault).__name__))


def _limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would leave personal data on the disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


class _Teller:
    def __init__(self, stream):
        self.stream, self.told = stream, 0

    def tell(self, message):
        data = pickle.dumps(message, 5)
        self.told += len(data)
        if self.told > MAX_TOLD:
            raise Unreadable(TOO_BIG)
        self.stream.write(data)
        self.stream.flush()


def contents(path):
    with open(path, "rb") as stream:
        head = stream.read(4096)
    if not head:
        raise Unreadable(EMPTY)
    if head.startswith(ZIP):
        return workbook(path)
    _refuse_other_contents(head, path)
    return text_table(path)


def _refuse_other_contents(head, path):
    if head.startswith(OLE):
        raise Unreadable(_compound(path))
    if head.startswith(OLD_RECORDS):
        raise Unreadable(OLD)
    if WEB.match(head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")):
        raise Unreadable(WEB_PAGE)
    if head.startswith(OTHER):
        raise Unreadable(NOT_EXCEL)


def _compound(path):
    """What an OLE file holds, by the names of its streams."""
    with open(path, "rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        held = [
            name
            for name in ("EncryptedPackage", "Workbook", "Book")
            if data.find(name.encode("utf-16-le")) >= 0
        ]
    if "EncryptedPackage" in held:
        return "文件已加密，请取消密码后再上传"
    return OLD if held else NOT_EXCEL


def workbook(path):
    package = Package(path)
    yield from _notices(package)
    tables = [tab for tab in package.tabs if tab.is_table]
    scans = [Scan(tab.name, package.chunks(tab.entry)) for tab in tables]
    book = _fast_reader(path, package, {tab.entry: scan for tab, scan in zip(tables, scans, strict=True)})
    for tab, scan in zip(tables, scans, strict=True):
        yield ("sheet", tab.name, tab.hidden)
        yield from _sheet(book.get_sheet_by_name(tab.name), scan)


def _notices(package):
    if hidden := [tab.name for tab in package.tabs if tab.hidden]:
        yield ("notice", f"有隐藏的工作表：{'、'.join(hidden)}")
    if charts := [tab.name for tab in package.tabs if not tab.is_table]:
        yield ("notice", f"图表等非数据工作表已跳过：{'、'.join(charts)}")
    if not any(tab.is_table for tab in package.tabs[package.active : package.active + 1]):
        yield ("notice", "活动工作表不是数据表")


def _fast_reader(path, package, scans):
    """Opened on the file itself, or on a copy without what lies outside the part that is read."""
    overhanging = {entry: scan for entry, scan in scans.items() if scan.overhangs}
    if overhanging:
        return CalamineWorkbook.from_filelike(_copy(package, overhanging))
    return CalamineWorkbook.from_path(path)


def _copy(package, overhanging):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for name, entry in package.entries.items():
            if name.endswith((".xml", ".rels")):
                with copy.open(entry.filename, "w", force_zip64=True) as part:
                    part.writelines(_kept_chunks(package.chunks(name), overhanging.get(name)))
    target.seek(0)
    return target


def _kept_chunks(chunks, scan):
    return trimmed(chunks, scan.height) if scan else chunks


def _sheet(sheet, scan):
    for text in _sheet_notices(scan, min(sheet.total_width, MAX_COLUMNS)):
        yield ("notice", f"工作表“{scan.name}”{text}")
    rows = islice(sheet.iter_rows(), scan.height)
    while batch := list(islice(rows, BATCH)):
        yield ("rows", _plain_rows(batch))
    yield ("marks", scan.merges, scan.formulas, scan.faults, scan.hidden_rows)


def _sheet_notices(scan, width):
    if scan.cut:
        yield f"第 {scan.height} 行以下有超过 {MAX_GAP} 行空行，空行以后的内容没有读取"
    if scan.far:
        yield f"只读取前 {MAX_COLUMNS} 列，以后各列的内容没有读取"
    hidden = sorted((first, min(last, width - 1)) for first, last in scan.hidden_columns if first < width)
    if hidden:
        spans = [f"{column_letters(first)}:{column_letters(last)}" for first, last in hidden]
        yield f"有隐藏的列：{'、'.join(spans)}"


def _plain_rows(rows):
    seen = {}  # the same text is pickled, and held by the parent, once a batch
    return [
        [
            seen.setdefault(value, value) if type(value) is str and value else PLAIN[type(value)](value)
            for value in row[:MAX_COLUMNS]
        ]
        for row in rows
    ]


def _plain_number(value):
    """Whole numbers of up to 15 digits are exact; a longer one has lost its last digits and stays a float to be refused."""
    if value.is_integer() and -1e15 < value < 1e15:
        return int(value)
    return value if isfinite(value) else str(value)


def _plain_moment(value):
    return value.date() if value.time() == time() else value


PLAIN = {
    str: lambda value: value or None,
    float: _plain_number,
    int: int,
    bool: bool,
    date: lambda value: value,
    datetime: _plain_moment,
    time: str,
    timedelta: str,
}


def text_table(path):
    with open(path, encoding=_encoding(path), newline="") as stream:
        sample = stream.read(65536)
        stream.seek(0)
        lines = csv.reader(stream, delimiter=_delimiter(sample), strict=True)
        try:
            yield from _text_sheet(_TextRows(lines))
        except csv.Error:
            raise Unreadable(f"文件第 {lines.line_num} 行的引号不配对或内容过长，请修改后再上传") from None


def _delimiter(sample):
    """As the header has it: Excel's "Unicode text" has tabs; below, a tab may guard a number against rounding."""
    header = next((line for line in sample.splitlines() if "," in line or "\t" in line), "")
    return "\t" if header.count("\t") > header.count(",") else ","


def _text_sheet(rows):
    yield ("sheet", "CSV", False)
    kept = iter(rows)
    while batch := list(islice(kept, BATCH)):
        yield ("rows", batch)
    if rows.cut:
        yield ("notice", f"文件第 {rows.height} 行以下有超过 {MAX_GAP} 行空行，空行以后的内容没有读取")
    if not rows.height:
        raise Unreadable(EMPTY)


class _TextRows:
    """The rows of a text table up to the gap that ends the data, as `Scan` sees it in a workbook."""

    def __init__(self, lines):
        self.lines, self.height, self.cut = lines, 0, False

    def __iter__(self):
        for number, line in enumerate(self.lines, 1):
            if not any(line):
                continue
            if self.height and number - self.height > MAX_GAP:
                self.cut = True
                return
            if number > MAX_ROWS:
                raise Unreadable(f"行数过多：单个工作表最多 {MAX_ROWS:,} 行，请拆分后再上传")
            yield from ([] for _ in range(self.height + 1, number))
            yield [cell or None for cell in line[:MAX_COLUMNS]]
            self.height = number


def _encoding(path):
    with open(path, "rb") as stream:
        start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _is_written_in(encoding, path):
            return encoding
    raise Unreadable(NOT_EXCEL)


def _is_written_in(encoding, path):
    decoder = codecs.getincrementaldecoder(encoding)()
    with open(path, "rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                if b"\0" in chunk:
                    raise Unreadable(NOT_EXCEL)
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True
