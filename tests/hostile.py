"""Workbooks as nobody should send them, each built in memory, so that the reader and the pages are tried with the same files.

`REFUSED` lists those that must be refused: catalogue id and variant → (builder, words the message must hold).
"""

import io
import random
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")

FIRST_SHEET = "xl/worksheets/sheet1.xml"
# Cell styles: 1 date, 2 date and time, 3 time of day, 4 elapsed hours, 5 per cent.
FORMATS = (0, 14, 22, 20, 46, 10)


def types(main=XLSX, prolog=""):
    return (
        f'{prolog}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>'
    )


def relations(*targets):
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def styles():
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    return f'<styleSheet xmlns="{MAIN}"><cellXfs count="{len(FORMATS)}">{cells}</cellXfs></styleSheet>'


def strings(items):
    return f'<sst xmlns="{MAIN}">{items}</sst>'


def sheet(rows, head="", tail="", prolog=""):
    return f'{prolog}<worksheet xmlns="{MAIN}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'


def row(number, *values, attributes=""):
    cells = "".join(cell(f"{letters(index)}{number}", value) for index, value in enumerate(values))
    return f'<row r="{number}"{attributes}>{cells}</row>'


def cell(place, value):
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def letters(index):
    return (letters(index // 26 - 1) if index >= 26 else "") + chr(65 + index % 26)


def zipped(parts, level=6):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.writelines(_chunks(content))
    return target.getvalue()


def _chunks(content):
    if isinstance(content, str | bytes):
        content = [content]
    return (chunk.encode() if isinstance(chunk, str) else chunk for chunk in content)


def parts(content=None, *, items="", properties="", main=XLSX, **more):
    """The parts of a workbook with one sheet; `content` is its XML."""
    return {
        "[Content_Types].xml": types(main),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
            '<sheets><sheet name="花名册" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": styles(),
        "xl/sharedStrings.xml": strings(items),
        FIRST_SHEET: content or sheet(row(1, "姓名", "人数") + row(2, "张三", 4)),
        **more,
    }


def workbook(rows="", head="", tail="", **more):
    """A workbook of one sheet with these rows, as bytes."""
    return zipped(parts(sheet(rows, head, tail), **more))


def with_parts(**more):
    return zipped({**parts(), **more})


# Other formats -----------------------------------------------------------------------------------------------------


def old_xls():
    return _compound("Workbook")


def wps_et():
    return _compound("Workbook", "ETExtData")


def encrypted():
    return _compound("EncryptionInfo", "EncryptedPackage")


def word_doc():
    return _compound("WordDocument")


def _compound(*streams):
    return (
        OLE
        + bytes(504)
        + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
        + bytes(2000)
    )


def html_table():
    return "\ufeff\r\n<html><table><tr><td>姓名</td></tr></table></html>".encode()


def xml_spreadsheet():
    return b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'


def macros():
    return with_parts(**{"xl/vbaProject.bin": OLE + bytes(100)})


def macros_by_type():
    return zipped(parts(main=XLSM))


def macro_sheet():
    return with_parts(**{"xl/macrosheets/sheet1.xml": sheet("")})


def xlsb():
    return zipped(parts(main=XLSB))


def docx():
    return zipped({"[Content_Types].xml": types(DOCX), "word/document.xml": "<document/>"})


def ods():
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<office/>"})


def pdf():
    return b"%PDF-1.7\n1 0 obj\n"


def picture():
    return b"\x89PNG\r\n\x1a\n" + bytes(100)


def noise():
    return random.Random(1).randbytes(5000)


# Broken or foreign zips ----------------------------------------------------------------------------------------------


def truncated():
    return workbook(row(1, "姓名"))[:-200]


def bad_checksum():
    data = with_parts(stored="x")
    at = data.rfind(b"PK\1\2", 0, data.rfind(FIRST_SHEET.encode()))
    return data[: at + 16] + bytes(4) + data[at + 20 :]


def bad_deflate():
    data = bytearray(with_parts())
    at = data.find(FIRST_SHEET.encode()) + len(FIRST_SHEET) + 40
    data[at : at + 20] = b"\xff" * 20
    return bytes(data)


def no_types():
    return zipped({name: part for name, part in parts().items() if name != "[Content_Types].xml"})


def no_workbook():
    return zipped({name: part for name, part in parts().items() if name != "xl/workbook.xml"})


def zip_of_workbooks():
    return zipped({"一村.xlsx": workbook(), "二村.xlsx": workbook()})


def nested_zip():
    return with_parts(**{"xl/media/inner.zip": zipped({"a": "a"})})


def zip_password():
    data = bytearray(with_parts())
    at = data.find(b"PK\1\2")
    data[at + 8] |= 1
    return bytes(data)


def many_entries(count=100_000):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts().items():
            archive.writestr(name, content)
        for number in range(count):
            archive.writestr(f"xl/media/{number}", b"")
    return target.getvalue()


def same_name_twice():
    return with_parts(**{FIRST_SHEET.upper(): sheet(row(1, "另一张"))})


def climbing_name():
    return with_parts(**{"xl/../../../etc/passwd": "x"})


def climbing_name_backslash():
    return with_parts(**{"..\\..\\x.xml": "<x/>"})


# Bombs -----------------------------------------------------------------------------------------------------------------


def bomb_strings(megabytes=400):
    return with_parts(**{"xl/sharedStrings.xml": _blown_up("<sst><si><t>", "</t></si></sst>", megabytes)})


def bomb_sheet(megabytes=400):
    return with_parts(
        **{FIRST_SHEET: _blown_up("<worksheet><sheetData>", "</sheetData></worksheet>", megabytes)}
    )


def bomb_styles(megabytes=200):
    return with_parts(**{"xl/styles.xml": _blown_up("<styleSheet>", "</styleSheet>", megabytes)})


def bomb_media(megabytes=200):
    return with_parts(**{"xl/media/image1.bmp": _blown_up("BM", "", megabytes)})


def bomb_of_many(count=30, megabytes=40):
    """No part is striking, all together are."""
    grain = random.Random(2).randbytes(20_000)
    content = [grain * 20] * (megabytes * 1024 * 1024 // len(grain * 20))
    return zipped({**parts(), **{f"xl/media/{number}": content for number in range(count)}}, level=1)


def bomb_that_lies(megabytes=400):
    """The directory says 1,000 bytes; 400 MB come out."""
    data = bytearray(bomb_strings(megabytes))
    at = data.rfind(b"PK\1\2", 0, data.rfind(b"xl/sharedStrings.xml"))
    struct.pack_into("<L", data, at + 24, 1000)
    return bytes(data)


def _blown_up(start, end, megabytes):
    filling = b" " * (1 << 20)
    return (start, *[filling] * megabytes, end)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=False))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "{}">]>'


def laughs_in_sheet():
    return zipped(parts(sheet(row(1, "&j;"), prolog=LAUGHS)))


def laughs_in_types():
    return with_parts(**{"[Content_Types].xml": types(prolog=LAUGHS)})


def laughs_in_properties():
    return with_parts(**{"docProps/app.xml": LAUGHS + "<x>&j;</x>"})


def late_document_type():
    """A long comment before it, so that a look at the first bytes misses it."""
    return zipped(parts(sheet(row(1, "&j;"), prolog=f"<!--{'x' * 20_000}-->{LAUGHS}")))


def outside_file(target="file:///etc/passwd"):
    return zipped(parts(sheet(row(1, "&e;"), prolog=OUTSIDE.format(target))))


def outside_address():
    return outside_file("http://127.0.0.1:9/steal")


def sheet_in_utf16():
    return zipped(
        parts(sheet(row(1, "姓名"), prolog='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"))
    )


# Sheets ------------------------------------------------------------------------------------------------------------------


def many_rows(count=300_001):
    rows = (f'<row r="{number}"><c r="A{number}"><v>{number}</v></c></row>' for number in range(1, count + 1))
    return zipped(parts(_streamed(rows)), level=1)


def blank_styled_rows(count=1_048_576):
    """Ten rows of people, then styled rows to the end of the sheet."""
    data = (row(number, "张三", number) for number in range(1, 11))
    blank = (f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(11, count + 1))
    return zipped(parts(_streamed(data, blank)), level=1)


def _streamed(*rows):
    yield f'<worksheet xmlns="{MAIN}"><sheetData>'
    for some in rows:
        yield from some
    yield "</sheetData></worksheet>"


def far_corner():
    """4 KB that make a careless reader reserve 512 GB."""
    return workbook(row(1, "姓名") + row(2, "张三") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def row_beyond_the_sheet():
    return workbook(row(1, "姓名") + '<row r="999999999"><c r="A999999999"><v>1</v></c></row>')


def column_beyond_the_sheet():
    return workbook('<row r="1"><c r="A1"><v>1</v></c><c r="XFE1"><v>1</v></c></row>')


def rows_out_of_order():
    return workbook(row(5, "五") + row(2, "二"))


def same_row_twice():
    return workbook(row(2, "二") + row(2, "又二"))


def row_without_number():
    return workbook('<row><c r="A1"><v>1</v></c></row>')


def cells_without_place():
    return workbook('<row r="1"><c><v>1</v></c><c><v>2</v></c></row>')


def cell_of_another_row():
    return workbook('<row r="5"><c r="A5"><v>5</v></c><c r="B999999"><v>1</v></c></row>')


def missing_string():
    """Points at a shared string that is not there: the fast reader gives up."""
    return workbook('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>')


def overlapping_merges():
    merges = '<mergeCell ref="A1:GR200000"/>' * 1000
    return workbook(row(1, "姓名") + row(2, "张三"), tail=f"<mergeCells>{merges}</mergeCells>")


def heavy_strings(cells=60_000):
    """One text of 32,000 characters in 60,000 cells: 2 GB for a reader that copies it."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, cells + 1))
    return workbook(rows, items=f"<si><t>{'户' * 32_000}</t></si>")


def csv_open_quote():
    return '姓名,备注\r\n张三,"没有写完\r\n李四,无\r\n'.encode()


def csv_many_rows():
    return b"a,b\r\n" * 300_001


OLD, MACRO, BIG, ORDER, STRANGE = "请另存为 .xlsx", "宏", "过大", "行列编号", "文件内容异常，无法读取"

REFUSED = {
    "X-001": (bytes, "文件为空"),
    "X-002": (old_xls, OLD),
    "X-004": (encrypted, "文件已加密，请取消密码后再上传"),
    "X-006": (html_table, "网页"),
    "X-006 xml": (xml_spreadsheet, "XML"),
    "X-007": (wps_et, OLD),
    "X-008": (macros, MACRO),
    "X-009": (macros_by_type, MACRO),
    "X-009 sheet": (macro_sheet, MACRO),
    "X-010 xlsb": (xlsb, ".xlsb"),
    "X-010 ods": (ods, ".ods"),
    "X-010 docx": (docx, "Word"),
    "X-010 doc": (word_doc, "不是 Excel 文件"),
    "X-010 pdf": (pdf, "不是 Excel 文件"),
    "X-010 picture": (picture, "不是 Excel 文件"),
    "X-010 noise": (noise, "不是 Excel 文件"),
    "X-011 truncated": (truncated, "文件损坏"),
    "X-011 checksum": (bad_checksum, "文件损坏"),
    "X-011 deflate": (bad_deflate, "文件损坏"),
    "X-012 types": (no_types, "不是 Excel 文件"),
    "X-012 workbook": (no_workbook, "不是 Excel 文件"),
    "X-012 zip": (zip_of_workbooks, "不是 Excel 文件"),
    "X-004 zip": (zip_password, "文件已加密"),
    "X-013": (bomb_strings, BIG),
    "X-013 lie": (bomb_that_lies, "文件损坏"),
    "X-014 sheet": (bomb_sheet, BIG),
    "X-014 styles": (bomb_styles, BIG),
    "X-014 media": (bomb_media, BIG),
    "X-014 many": (bomb_of_many, BIG),
    "X-015 nested": (nested_zip, "压缩包"),
    "X-015 entries": (many_entries, "条目"),
    "X-015 twice": (same_name_twice, STRANGE),
    "X-015 climbing": (climbing_name, STRANGE),
    "X-015 backslash": (climbing_name_backslash, STRANGE),
    "X-016 sheet": (laughs_in_sheet, "DOCTYPE"),
    "X-016 types": (laughs_in_types, "DOCTYPE"),
    "X-016 properties": (laughs_in_properties, "DOCTYPE"),
    "X-016 late": (late_document_type, "DOCTYPE"),
    "X-016 utf-16": (sheet_in_utf16, STRANGE),
    "X-017 file": (outside_file, "DOCTYPE"),
    "X-017 http": (outside_address, "DOCTYPE"),
    "X-020": (many_rows, "单个工作表最多 300,000 行"),
    "X-020 csv": (csv_many_rows, "单个工作表最多 300,000 行"),
    "X-023 row": (row_beyond_the_sheet, ORDER),
    "X-023 column": (column_beyond_the_sheet, ORDER),
    "X-023 order": (rows_out_of_order, ORDER),
    "X-023 twice": (same_row_twice, ORDER),
    "X-023 no row": (row_without_number, ORDER),
    "X-023 no place": (cells_without_place, ORDER),
    "X-023 other row": (cell_of_another_row, ORDER),
    "X-027 overlap": (overlapping_merges, ORDER),
    "X-013 copies": (heavy_strings, STRANGE),
    "X-023 string": (missing_string, STRANGE),
    "X-005 quote": (csv_open_quote, "引号"),
}
