"""What a file is, told by its content: which kinds we take, what is looked at in each, and what is cut out before it is kept.

A refusal says in words what to do instead.
"""

import io
import logging
import os
import re
import socket
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

from django.conf import settings

log = logging.getLogger("povertyparty.screening")

MEGABYTE = 2**20
DEFAULTS = {
    "FILES_KEEP_EXIF": False,  # photos of households tell where they live
    "CLAMD_SOCKET": None,  # path of a clamd socket: every upload then passes the virus scanner first
}


class FileFault(Exception):
    """Something is wrong with a file; the message is for people."""


class FileRefused(FileFault):
    """We do not take this file, and the message says what to do instead."""


def _setting(name):
    return getattr(settings, name, DEFAULTS[name])


# --- names

LONGEST_NAME = 240  # bytes: most file systems stop at 255, and browsers add " (1)"
ACTIVE_SUFFIX = re.compile(
    r"\.(exe|com|bat|cmd|scr|pif|msi|jse?|vb[se]|ws[fh]|hta|lnk|ps1|jar|dll|reg|cpl|apk|sh|svg|x?html?|xml|xsl|mht|mhtml"
    r"|swf|php|jsp|aspx?|do[ct]m|xl[st]m|xlsb) *(?=\.|$)",
    re.IGNORECASE,
)


def clean_name(raw):
    """The last part of whatever path came, without characters that show as something else than they are."""
    name = unicodedata.normalize("NFC", raw or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(
        sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co")
    ).lstrip()
    if name != name.rstrip(" .\u3000") or ":" in name:
        raise FileRefused(f"文件名“{name}”末尾有空格、句点或含有冒号，请改名后重新上传")
    stem, suffix = os.path.splitext(name)
    if active := ACTIVE_SUFFIX.search(stem):
        raise FileRefused(f"文件名“{name}”中间带有 {active[0]}，请改名后重新上传")
    while len((stem + suffix).encode()) > LONGEST_NAME and stem:
        stem = stem[:-1]
    return stem + suffix


# --- kinds of files, told by their content

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STRANGERS = (
    (OLD_OFFICE, "是旧版或加了密码的 Office 文件，请取消密码并另存为 .docx 或 .xlsx"),
    (b"MZ", "是可执行程序，不能上传"),
    (b"\x7fELF", "是可执行程序，不能上传"),
    (b"#!", "是脚本程序，不能上传"),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", "是快捷方式，请上传它指向的文件"),
    (b"Rar!", "是压缩包，请解压后逐个上传"),
    (b"7z\xbc\xaf", "是压缩包，请解压后逐个上传"),
    (b"PK\x03\x04", "是压缩包或不完整的 Office 文件，请解压后上传，或重新另存"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of file we take: its endings, how it is served, and what is looked at (and cut out) when it comes in."""

    code: str
    label: str
    suffixes: tuple
    media: str
    inspect: Callable[[bytes], bytes]


def inspected(raw_name, content, kinds):
    """(name, kind, content to keep). The content decides what a file is, and the ending must say the same."""
    name = clean_name(raw_name)
    if not content:
        raise FileRefused(f"“{name}”文件为空，请检查后重新上传")
    named = next((kind for kind in kinds if name.lower().endswith(kind.suffixes)), None)
    if named is None or name.lower() in named.suffixes:
        allowed = "、".join(kind.label for kind in kinds)
        raise FileRefused(f"“{name}”不能上传：只接收 {allowed}，旧版 .doc、.xls 请先另存为新格式")
    found = _kind_of(content)
    if found != named.code:
        raise FileRefused(f"“{name}”{_what_it_is(found, content)}")
    try:
        kept = named.inspect(content)
    except FileRefused as refusal:
        raise FileRefused(f"“{name}”{refusal}") from None
    _scan_for_viruses(name, content)
    return name, named, kept


def _kind_of(content):
    for code, signature in (("pdf", b"%PDF-"), ("jpg", b"\xff\xd8\xff"), ("png", b"\x89PNG\r\n\x1a\n")):
        if content.startswith(signature):
            return code
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    if not content.startswith((OLD_OFFICE, b"MZ", b"<")) and b"\0" not in content and _is_text(content):
        return "csv"
    return None


def _is_text(content):
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            content.decode(encoding)
            return True
    return False


def _what_it_is(found, content):
    if found and found != "csv":
        label = KINDS[found].label
        return f"的内容是 {label}，与扩展名不符：请把扩展名改为 {KINDS[found].suffixes[0]} 后重新上传"
    said = next((text for signature, text in STRANGERS if content.startswith(signature)), None)
    return said or "的内容与扩展名不符：请用原来的软件打开，另存后重新上传"


def _scan_for_viruses(name, content):
    address = _setting("CLAMD_SOCKET")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX) as clamd:
            clamd.settimeout(30)
            clamd.connect(str(address))
            clamd.sendall(b"zINSTREAM\0" + len(content).to_bytes(4, "big") + content + bytes(4))
            verdict = clamd.recv(1024)
    except OSError as error:
        raise FileRefused(f"病毒检查没有完成，“{name}”暂时不能上传：请稍后重试") from error
    if not verdict.rstrip(b"\0\n").endswith(b"OK"):
        log.critical("virus scanner refused an upload: %s", verdict[:200])
        raise FileRefused(f"“{name}”没有通过病毒检查，不能上传")


# --- PDF

PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n.*?endstream", re.DOTALL)
PDF_STREAM_BEGIN = re.compile(rb"(?<!end)stream\r?\n")
PDF_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# /JS is two letters, which packed picture data hits by chance; the long names cannot be.
PDF_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?)(?![A-Za-z])")
PDF_SCRIPT = re.compile(rb"/JS(?![A-Za-z])")
PDF_UNPACKED = 8 * MEGABYTE


def _inspect_pdf(content):
    outside = _pdf_names(PDF_STREAM.sub(b"", content))
    if re.search(rb"/Encrypt(?![A-Za-z])", outside):
        raise FileRefused("加了密码，无法检查也无法查看：请去除密码后重新上传")
    packed = [_pdf_names(text) for text in _pdf_object_streams(content)]
    active = any(PDF_ACTIVE.search(text) for text in (_pdf_names(content), *packed))
    if active or any(PDF_SCRIPT.search(text) for text in (outside, *packed)):
        raise FileRefused("带有脚本、外部程序或内嵌文件：请用“打印为 PDF”另存一份后重新上传")
    return content


def _pdf_names(text):
    """`/J#61vaScript` is `/JavaScript` to a reader, so it is to us."""
    return PDF_NAME_ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), text)


def _pdf_object_streams(content):
    """Objects may lie packed, where a plain search does not see them."""
    for begin in PDF_STREAM_BEGIN.finditer(content):
        if b"/ObjStm" not in _pdf_names(
            content[max(0, begin.start() - 600) : begin.start()].rpartition(b"obj")[2]
        ):
            continue
        unpacker = zlib.decompressobj()
        try:
            yield unpacker.decompress(memoryview(content)[begin.end() :], PDF_UNPACKED)
        except zlib.error:
            raise FileRefused("内部结构无法检查：请用“打印为 PDF”另存一份后重新上传") from None
        if unpacker.unconsumed_tail and not unpacker.eof:
            raise FileRefused("内部结构过大，无法检查：请用“打印为 PDF”另存一份后重新上传")


# --- pictures: their headers are read here, because decoding a picture is what a picture bomb wants

MOST_PIXELS = 120_000_000  # the largest phone cameras make 108 million
BROKEN_PICTURE = "图片已损坏，请重新导出或拍照后上传"
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_SCAN, JPEG_END, JPEG_EXIF, JPEG_COMMENT = 0xDA, 0xD9, 0xE1, 0xFE
JPEG_APP = range(0xE0, 0xF0)
JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
PNG_METADATA = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")


def _number(content, start, length, order="big"):
    return int.from_bytes(content[start : start + length], order)


def _check_pixels(width, height):
    if not width or not height:
        raise FileRefused(BROKEN_PICTURE)
    if width * height > MOST_PIXELS:
        raise FileRefused(f"图片尺寸过大（{width}×{height}），请缩小后重新上传")


def _inspect_jpeg(content):
    """Only what shows the picture is kept: place, maker, comments and anything after its end are cut off."""
    kept, turned, sized = [b"\xff\xd8"], 1, False
    for marker, segment in _jpeg_segments(content):
        if marker in JPEG_SIZES:
            _check_pixels(_number(segment, 7, 2), _number(segment, 5, 2))
            sized = True
        if marker == JPEG_EXIF and turned == 1:
            turned = _exif_orientation(segment)
        if _shows_the_picture(marker, segment):
            kept.append(segment)
    if not sized:
        raise FileRefused(BROKEN_PICTURE)
    if _setting("FILES_KEEP_EXIF"):
        return content
    if turned != 1:
        kept.insert(1, _exif_with_orientation(turned))
    return b"".join(kept)


def _jpeg_segments(content):
    """(marker, bytes) of each segment; the last is everything from the first scan to the end of the picture."""
    at = 2
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        marker, end = _number(content, at + 1, 1), at + 2 + _number(content, at + 2, 2)
        if content[at : at + 1] != b"\xff" or end > len(content) or end < at + 4:
            raise FileRefused(BROKEN_PICTURE)
        if marker == JPEG_SCAN:
            yield marker, content[at : _jpeg_end(content, at)]
            return
        yield marker, content[at:end]
        at = end


def _jpeg_end(content, at):
    while True:
        found = JPEG_MARKER.search(content, at + 2 + _number(content, at + 2, 2))
        if not found:
            raise FileRefused(BROKEN_PICTURE)
        at = found.start()
        if content[at + 1] == JPEG_END:
            return at + 2


def _shows_the_picture(marker, segment):
    if marker == 0xE2:
        return segment[4:15] == b"ICC_PROFILE"
    return marker in (0xE0, 0xEE) or (marker not in JPEG_APP and marker != JPEG_COMMENT)


def _exif_orientation(segment):
    tiff = segment[10:]
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if segment[4:8] != b"Exif" or order is None:
        return 1
    start = _number(tiff, 4, 4, order)
    for entry in range(min(_number(tiff, start, 2, order), 200)):
        at = start + 2 + 12 * entry
        if _number(tiff, at, 2, order) == 0x0112:
            value = _number(tiff, at + 8, 2, order)
            return value if 1 <= value <= 8 else 1
    return 1


def _exif_with_orientation(value):
    """A photo taken upright would lie on its side without this one number."""
    tiff = (
        b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + bytes([value]) + bytes(6)
    )
    return b"\xff\xe1" + (len(tiff) + 8).to_bytes(2, "big") + b"Exif\0\0" + tiff


def _inspect_png(content):
    if content[12:16] != b"IHDR":
        raise FileRefused(BROKEN_PICTURE)
    _check_pixels(_number(content, 16, 4), _number(content, 20, 4))
    kept, at, name = [content[:8]], 8, b""
    while name != b"IEND":
        end, name = at + 12 + _number(content, at, 4), content[at + 4 : at + 8]
        if end > len(content):
            raise FileRefused(BROKEN_PICTURE)
        if name not in PNG_METADATA:
            kept.append(content[at:end])
        at = end
    return content if _setting("FILES_KEEP_EXIF") else b"".join(kept)


# --- Word and Excel: a zip of parts

MOST_PARTS = 2000
MOST_UNPACKED = 300 * MEGABYTE
MOST_RATIO = 200
HARMLESS_UNPACKED = 10 * MEGABYTE  # a small workbook of blanks packs very well
LARGEST_INDEX = MEGABYTE
BROKEN_OFFICE = "文件已损坏，请用 Office 或 WPS 打开另存后重新上传"
MACRO_PARTS = re.compile(r"vbaproject|(^|/)macrosheets/|(^|/)activex/")
MACRO_TYPES = re.compile(r"macroenabled|vbaproject")
# Everything else (http:, \\server, file://server, mhtml:…) would be fetched when the document is opened.
ON_THIS_MACHINE = re.compile(r"(?!//)(?![a-z][a-z0-9+.-]+:)|file:/{0,3}[a-z]:/|file:/(?!/)|file:///(?!/)")


def _office_kind(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            tops = {name.partition("/")[0].lower() for name in parts.namelist() if "/" in name}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    found = [code for code, top in (("docx", "word"), ("xlsx", "xl")) if top in tops]
    return found[0] if len(found) == 1 else None


def _inspect_office(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check_parts(parts.infolist(), len(content))
            _check_types(parts)
            _check_references(parts)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, ValueError, EOFError, RuntimeError):
        raise FileRefused(BROKEN_OFFICE) from None
    return content


def _check_parts(parts, packed):
    names = [part.filename.lower() for part in parts]
    unpacked = sum(part.file_size for part in parts)
    most_unpacked = min(MOST_UNPACKED, max(HARMLESS_UNPACKED, packed * MOST_RATIO))
    if len(parts) > MOST_PARTS or unpacked > most_unpacked:
        raise FileRefused("解压后过大，无法检查：请删去多余内容后重新上传")
    if len(set(names)) != len(names) or any(part.flag_bits & 1 for part in parts):
        raise FileRefused(BROKEN_OFFICE)
    if any(MACRO_PARTS.search(name) for name in names):
        raise FileRefused("带有宏或控件：请另存为不含宏的 .docx 或 .xlsx 后重新上传")


def _check_types(parts):
    types = (
        element.get("ContentType", "").lower() for element in _xml_attributes(parts, "[Content_Types].xml")
    )
    if any(MACRO_TYPES.search(kind) for kind in types):
        raise FileRefused("带有宏或控件：请另存为不含宏的 .docx 或 .xlsx 后重新上传")


def _check_references(parts):
    for name in parts.namelist():
        if not name.lower().endswith(".rels"):
            continue
        for link in _xml_attributes(parts, name):
            if link.get("TargetMode", "").lower() == "external" and not link.get("Type", "").endswith(
                "/hyperlink"
            ):
                _check_target(link.get("Target", ""))


def _check_target(target):
    if not ON_THIS_MACHINE.match(target.strip().replace("\\", "/").lower()):
        raise FileRefused("引用了网络上的模板或内容：请断开这些链接并另存后重新上传")


def _xml_attributes(parts, name):
    """The attributes of every element of a small part. A document type has no business there, so it ends the reading."""
    with parts.open(name) as part:
        text = part.read(LARGEST_INDEX + 1)
    if len(text) > LARGEST_INDEX:
        raise FileRefused(BROKEN_OFFICE)
    found, parser = [], expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append(attributes)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.Parse(text, True)
    return found


def _refuse_document_type(*_):
    raise FileRefused(BROKEN_OFFICE)


def _as_it_is(content):
    return content


OPENXML = "application/vnd.openxmlformats-officedocument."
PDF = Kind("pdf", "PDF", (".pdf",), "application/pdf", _inspect_pdf)
JPEG = Kind("jpg", "JPG 图片", (".jpg", ".jpeg"), "image/jpeg", _inspect_jpeg)
PNG = Kind("png", "PNG 图片", (".png",), "image/png", _inspect_png)
DOCX = Kind("docx", "Word 文档（.docx）", (".docx",), OPENXML + "wordprocessingml.document", _inspect_office)
XLSX = Kind("xlsx", "Excel 工作簿（.xlsx）", (".xlsx",), OPENXML + "spreadsheetml.sheet", _inspect_office)
CSV = Kind("csv", "CSV 文本", (".csv",), "text/csv", _as_it_is)
KINDS = {kind.code: kind for kind in (PDF, JPEG, PNG, DOCX, XLSX, CSV)}
EVIDENCE = (PDF, JPEG, PNG, DOCX, XLSX)
WORKBOOKS = (XLSX, CSV)
