"""The zip that claims to be a workbook: everything that can be refused before a cell is parsed, and where its sheets are."""

import posixpath
import struct
import zipfile
from pyexpat import ExpatError, ParserCreate

MAX_ENTRIES = 2000
MAX_DIRECTORY = 1 << 20  # bytes; 2,000 entries need a quarter of it
# A person roster of 240,000 rows and 47 columns unpacks to 640 MB; sheets are streamed, so that costs time, not memory.
MAX_UNPACKED = 1 << 30
# Shared strings and styles are held in memory; that roster has 125 MB of them.
MAX_HELD = 256 << 20
# Sheets of nothing but blank or equal cells pack 35 to 1 at most, bombs 150 to 1,000.
MAX_RATIO, RATIO_FROM = 100, 8 << 20
CHUNK = 256 << 10  # what the processor's cache holds

MAIN = ("spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml")
NOT_EXCEL = "不是 Excel 文件，请上传 .xlsx 或 .csv 文件"
DAMAGED = "文件损坏，请用 Excel 或 WPS 打开后重新保存为 .xlsx 再上传"
ABNORMAL = "文件内容异常，无法读取，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再上传"
TOO_BIG = "文件解压后过大，不能读取，请删除多余内容或拆分后再上传"
MACROS = "文件含有宏，不能上传，请另存为不含宏的 .xlsx"


class Unreadable(Exception):
    """The uploaded file cannot be read; the message says in Chinese what is wrong and what to do."""


class Tab:
    """One tab of the workbook: its name, how it is hidden, what it is and which entry of the zip holds it."""

    def __init__(self, name, state, kind, entry):
        self.name, self.state, self.kind, self.entry = name, state, kind, entry
        self.hidden = state in ("hidden", "veryHidden")
        self.is_table = kind == "worksheet"


class Package:
    def __init__(self, path):
        self.zip = _opened(path)
        self.entries = {entry.filename.lower(): entry for entry in self.zip.infolist()}
        self._refuse_bad_entries()
        self._refuse_bombs()
        self._refuse_other_zips()
        self._refuse_document_types()
        self._refuse_other_formats()
        self._prove("xl/sharedstrings.xml", "xl/styles.xml")
        self.active, self.tabs = self._tabs()

    def chunks(self, name):
        """The entry's bytes; its length and checksum have been proven when the last chunk is out."""
        with self.zip.open(self.entries[name]) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def whole(self, name):
        if name not in self.entries:
            raise Unreadable(NOT_EXCEL)
        return b"".join(self.chunks(name))

    def _refuse_bad_entries(self):
        entries = self.zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Unreadable(f"文件内部条目超过 {MAX_ENTRIES:,} 个，不能读取")
        if len(self.entries) < len(entries) or any(map(_leaves_the_package, self.entries)):
            raise Unreadable(ABNORMAL)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("文件已加密，请取消密码后再上传")
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise Unreadable(ABNORMAL)

    def _refuse_bombs(self):
        entries = self.entries.values()
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED or any(map(_is_bomb, entries)):
            raise Unreadable(TOO_BIG)
        held = [entry for name, entry in self.entries.items() if "/worksheets/" not in name]
        if any(entry.file_size > MAX_HELD for entry in held):
            raise Unreadable(TOO_BIG)

    def _refuse_other_zips(self):
        if "[content_types].xml" not in self.entries:
            raise Unreadable(_foreign_zip(self.entries, self.zip))
        if any(name.endswith((".zip", ".rar", ".7z")) for name in self.entries):
            raise Unreadable("文件内含有压缩包，不能读取，请删除后再上传")

    def _refuse_document_types(self):
        for name, entry in self.entries.items():
            if name.endswith((".xml", ".rels")):
                with self.zip.open(entry) as stream:
                    _refuse_document_type(stream)

    def _refuse_other_formats(self):
        types = [element.get("ContentType", "") for _, element in elements(self.whole("[content_types].xml"))]
        self._refuse_macros(types)
        if not any(kind.endswith(MAIN) for kind in types):
            raise Unreadable(_foreign_document(types))

    def _refuse_macros(self, types):
        if any("macroenabled" in kind.lower() and kind.endswith("main+xml") for kind in types):
            raise Unreadable(MACROS)
        if any("vbaproject" in name or "/macrosheets/" in name for name in self.entries):
            raise Unreadable(MACROS)

    def _prove(self, *names):
        """A zip may understate an entry's size; reading it to the end shows the lie before the fast reader meets it."""
        for name in filter(self.entries.__contains__, names):
            for _ in self.chunks(name):
                pass

    def _tabs(self):
        targets = {
            relation["Id"]: (relation.get("Type", ""), relation.get("Target", ""))
            for kind, relation in elements(self.whole("xl/_rels/workbook.xml.rels"))
            if kind == "Relationship"
        }
        book = elements(self.whole("xl/workbook.xml"))
        active = next((int(view.get("activeTab", 0)) for kind, view in book if kind == "workbookView"), 0)
        return active, [self._tab(sheet, targets) for kind, sheet in book if kind == "sheet"]

    def _tab(self, sheet, targets):
        type, target = targets.get(sheet.get("id"), ("", ""))
        entry, kind = _within_xl(target).lower(), type.rpartition("/")[2]
        if entry not in self.entries:
            raise Unreadable(DAMAGED)
        if kind == "xlMacrosheet":
            raise Unreadable(MACROS)
        return Tab(sheet.get("name", ""), sheet.get("state", "visible"), kind, entry)


def elements(xml):
    """Each element of a small part as (local name, attributes by local name)."""
    found = []
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: found.append((_local(name), _locally(attributes)))
    parser.Parse(xml, True)
    return found


def _local(name):
    return name.rpartition(" ")[2]


def _locally(attributes):
    return {_local(name): value for name, value in attributes.items()}


def _opened(path):
    if _directory_size(path) > MAX_DIRECTORY:
        raise Unreadable(f"文件内部条目超过 {MAX_ENTRIES:,} 个，不能读取")
    return zipfile.ZipFile(path)


def _directory_size(path):
    """What the end of the file says of its directory, read before the directory is: 100,000 entries take a second."""
    with open(path, "rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - 66_000))
        end = stream.read()
    at = end.rfind(b"PK\5\6")
    return struct.unpack_from("<L", end, at + 12)[0] if 0 <= at <= len(end) - 16 else 0


def _leaves_the_package(name):
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _is_bomb(entry):
    return entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _foreign_zip(entries, archive):
    if "mimetype" in entries and archive.read(entries["mimetype"]).endswith(b"opendocument.spreadsheet"):
        return "这是 .ods 表格，请另存为 .xlsx 后再上传"
    if any(name.endswith((".xlsx", ".xls", ".csv", ".et")) for name in entries):
        return "这是压缩包，不是 Excel 文件，请解压后逐个上传"
    return NOT_EXCEL


def _foreign_document(types):
    if any("sheet.binary" in kind for kind in types):
        return "这是二进制工作簿（.xlsb），请另存为 .xlsx 后再上传"
    if any("wordprocessingml.document.main" in kind for kind in types):
        return "这是 Word 文档，不是 Excel 文件，请上传 .xlsx 或 .csv 文件"
    return NOT_EXCEL


def _refuse_document_type(stream):
    """No honest workbook declares a document type; entities are how XML attacks. Only the prolog can hold one."""
    parser, started = ParserCreate(), []
    parser.StartDoctypeDeclHandler = _document_type_met
    parser.StartElementHandler = lambda *element: started.append(element)
    for _ in range(16):
        head = stream.read(4096)
        try:
            parser.Parse(head, False)
        except ExpatError:
            return  # whoever needs the part will say that it is broken
        if started or not head:
            return
    raise Unreadable(ABNORMAL)


def _document_type_met(*_):
    raise Unreadable("文件含有不允许的内容（DOCTYPE），请用 Excel 或 WPS 打开后另存为新的 .xlsx 再上传")


def _within_xl(target):
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(target if target.startswith("xl/") else f"xl/{target}")
