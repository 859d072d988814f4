"""Documents (文书) as offices send and sign them: declared once, laid out in Word, each county with a template of its own if it likes.

A document says which placeholders it fills; its template may use no other. Templates come from people, so two things hold
them: before one is kept its every expression is read, and nothing but placeholders, conditions and a plain loop over rows
passes; and it is rendered in Jinja's sandbox with texts only, in which a brace of the data is no brace of the template.
"""

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from xml.parsers import expat

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from povertyparty.files import StoredFile
from povertyparty.scope import Placed, everywhere
from povertyparty.screening import BROKEN_OFFICE, DOCX, MEGABYTE, FileFault, FileRefused, inspected
from povertyparty.writing import clean

REGISTRY: dict[str, "Document"] = {}
LARGEST_TEMPLATE = 2 * MEGABYTE
MOST_ROWS = 2000  # of a ledger in Word: more is no reading matter, and Excel is there


@dataclass(frozen=True, kw_only=True)
class Document:
    """One kind of document about a record of `ledger`.

    fills    {placeholder: what it says}, for whoever edits the template
    rows     the placeholder of a list: {%tr for 行 in 事项 %} … {{ 行.责任单位 }} … {%tr endfor %}
    columns  {placeholder of its rows: what it says}
    page     makes the built-in template: the bytes of a .docx
    context  the record → {placeholder: text}
    makes_sense  whether there is something to write about the record as it is
    right    what somebody must be allowed to have it (a word of the roles' table)
    """

    code: str
    title: str
    ledger: str
    fills: dict[str, str]
    page: Callable[[], bytes]
    rows: str = ""
    columns: dict = field(default_factory=dict)
    context: Callable | None = None
    makes_sense: Callable = lambda found: True
    right: str = "view_ledgers"

    def __post_init__(self):
        """The built-in page says the same to everybody, so it is laid out once."""
        object.__setattr__(self, "page", cache(self.page))

    @property
    def known(self):
        """Every placeholder, as a refusal tells them."""
        listed = [f"{self.rows}（逐行：{'、'.join(self.columns)}）"] if self.rows else []
        return [*self.fills, *listed]

    def named(self, found):
        return f"{self.title}（{found}）.docx"

    def sample(self):
        rows = {self.rows: [dict.fromkeys(self.columns, "示例")] * 2} if self.rows else {}
        return {name: name for name in self.fills} | rows


@dataclass(frozen=True, kw_only=True)
class LedgerDocument(Document):
    """The rows of a list as a document: another format of its export.

    columns  {placeholder: the name of the ledger's column, or a function of {name: text} of them all}
    """

    right: str = "export_ledgers"
    fills: dict[str, str] = field(default_factory=lambda: LISTED)

    def lines(self, texts):
        """The rows of the template from {column's name: text} of each record."""
        for number, line in enumerate(texts, 1):
            told = line | {"-serial": str(number)}
            yield {
                name: told[source] if isinstance(source, str) else source(told)
                for name, source in self.columns.items()
            }


# What stands above and below the rows of a list.
LISTED = {
    "填报单位": "导出人所在的地区",
    "填报日期": "导出当日，如 2020年3月5日",
    "导出说明": "导出人、导出时间和筛选条件",
    "总数": "共多少行",
}


def register(document):
    if document.code in REGISTRY:
        raise ValueError(f"two documents are called {document.code}")
    if odd := [name for name in (*document.fills, *document.columns) if not name.isidentifier()]:
        raise ValueError(f"{document.code}: no placeholder can be called {', '.join(odd)}")
    REGISTRY[document.code] = document
    return document


def documents_of(ledger, kind=Document):
    """Those about single records of a ledger, or with `LedgerDocument` about its lists."""
    return [one for one in REGISTRY.values() if one.ledger == ledger and type(one) is kind]


# As offices write

BRACKETED_YEAR = re.compile(r"[\[(（【［〔〈<]\s*((?:19|20)\d{2})\s*年?\s*[\])）】］〕〉>]\s*(?=\d+\s*号)")


def day(value):
    """2020年3月5日, without leading zeros; "" for nothing."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return value
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def file_number(text):
    """县组通〔2020〕5号: hexagonal brackets, whichever were typed."""
    return BRACKETED_YEAR.sub(r"〔\1〕", text)


# The template in force


class DocumentTemplate(Placed):
    """What a document looks like in a place and all that lies in it, from now on (append only); without a file, as built in."""

    append_only = True

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    document = models.CharField("文书", max_length=40)
    number = models.PositiveIntegerField("版本")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="模板文件")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更换人")
    at = models.DateTimeField("更换时间", auto_now_add=True)

    class Meta(Placed.Meta):
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "文书模板"
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "document", "number"],
                name="document_template_once",
                violation_error_message="刚才有人更换了这份模板",
            )
        ]

    def __str__(self):
        return f"{REGISTRY[self.document].title}模板第{self.number}版"


class TemplateOvertaken(FileFault):
    """Somebody else replaced the template meanwhile; nothing was changed."""


def versions(document, place_code):
    """All templates that were in force in exactly this place, the newest first."""
    kept = DocumentTemplate.objects.filter(document=document.code, place_code=place_code)
    return kept.select_related("file", "by").order_by("-number")


def in_force(document, place_code):
    """The newest template of the nearest place that holds this one, or None for the built-in one.

    A county's template serves its villages, who see no file of the county: hence everywhere.
    """
    above = [place_code[:n] for n in range(len(place_code) + 1)]
    with everywhere("取在用的文书模板"):
        kept = DocumentTemplate.objects.filter(document=document.code, place_code__in=above)
        newest = kept.select_related("file").order_by("place_code", "number").last()
    return newest if newest and newest.file_id else None


def template_of(document, place_code):
    """The bytes of the template that is in force."""
    found = in_force(document, place_code)
    return found.file.content() if found else document.page()


def replace(document, *, place_code, seen, by, upload=None, file=None):
    """Put another template in force, after the one numbered `seen`: an upload, a file kept before, or the built-in one.

    Raises FileRefused or TemplateOvertaken; then nothing has changed.
    """
    try:
        with transaction.atomic():
            if upload is not None:
                check(document, upload)
                file = StoredFile.keep(
                    upload,
                    place_code=place_code,
                    by=by,
                    purpose=StoredFile.Purpose.TEMPLATE,
                    kinds=(DOCX,),
                    limit=LARGEST_TEMPLATE,
                )
            if newest := versions(document, place_code).first():
                refuse_if_overtaken(newest, seen)
            return DocumentTemplate.objects.create(
                place_code=place_code, document=document.code, number=seen + 1, file=file, by=by
            )
    except IntegrityError:
        refuse_if_overtaken(versions(document, place_code).first(), seen)
        raise


def refuse_if_overtaken(newest, seen):
    if newest.number != seen:
        when = timezone.localtime(newest.at)
        raise TemplateOvertaken(
            f"{newest.by}已于 {when:%Y-%m-%d %H:%M} 更换了这份模板，没有再更换。请看过现在的模板后再办"
        )


# Rendering


def render(document, template, told):
    """The .docx: the template with what is told put in, everything as plain text.

    Who took a list out stands in the properties too, whatever an office leaves out of its template.
    """
    docxtpl, _ = _engine()
    made = docxtpl.DocxTemplate(io.BytesIO(template))
    made.init_docx()
    properties = made.docx.core_properties  # an office's own name and notes stay in its template
    for name in ("author", "comments", "identifier", "language", "subject", "last_modified_by", "keywords"):
        setattr(properties, name, "")
    properties.title = document.title
    made.render(plain(told), environment(), autoescape=True)
    made.docx.core_properties.comments = clean(told.get("导出说明", ""))[:255]
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _engine():
    # A third of a second of every start, which only a document needs.
    import docxtpl  # noqa: PLC0415
    import jinja2.sandbox  # noqa: PLC0415

    return docxtpl, jinja2


def environment():
    """A sandbox with nothing in it: no function, no filter, no test, and an unknown name is an error."""
    _, jinja2 = _engine()
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
    for words in (made.globals, made.filters, made.tests):
        words.clear()
    return made


def plain(value):
    """Texts, and lists and dicts of them, ready for XML; anything that could do something is refused.

    A brace becomes an entity: the engine reads some parts twice and has braces of its own ({_{), and must find none in data.
    """
    if isinstance(value, str):
        _, jinja2 = _engine()
        text = clean(value.replace("\r\n", "\n").replace("\r", "\n"))
        escaped = str(jinja2.utils.markupsafe.escape(text))  # Markup would escape what it puts in
        return jinja2.utils.markupsafe.Markup(escaped.replace("{", "&#123;").replace("}", "&#125;"))
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    raise TypeError(f"a document is made of texts, not of {type(value).__name__}")


# Judging a template before it is kept

LARGEST_PART = MEGABYTE  # of XML; no form that people fill in by hand comes near it
MOST_BRACES = 2000
MOST_LOOPS = 5
HARMLESS_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES", "SEQ", "DATE", "TIME")
FIELD = re.compile(rf"\s*({'|'.join(HARMLESS_FIELDS)})\b[^{{}}]*", re.IGNORECASE)
ACTIVE_LINKS = ("/afchunk", "/oleobject", "/package", "/control", "/frame", "/subdocument", "/attachedtemplate", "/mailmergesource", "/vbaproject")  # fmt: skip
LOOP_WORDS = {"index", "first", "last", "length"}
ALLOWED = "可以用的写法只有：{{ 占位符 }}、{%p if 占位符 %}…{%p endif %}，和表格中的逐行 {%tr for 行 in 名单 %}…{%tr endfor %}"


def check(document, upload):
    """Raises FileRefused, in people's words, unless the upload can serve as the document's template."""
    upload.seek(0)
    content = upload.read(LARGEST_TEMPLATE + 1)
    if len(content) > LARGEST_TEMPLATE:
        raise FileRefused(f"模板超过 {LARGEST_TEMPLATE // MEGABYTE} MB，请删去其中的图片等内容后重新上传")
    name, _, content = inspected(upload.name, content, (DOCX,))
    try:
        check_parts(content)
        check_words(document, content)
        check_trial(document, content)
    except FileRefused as refusal:
        raise FileRefused(f"“{name}”不能用作《{document.title}》的模板：{refusal}") from None
    upload.seek(0)


def check_parts(content):
    """What Word would fetch, run or work out by itself when it opens the file has no place in a template."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.infolist():
            if part.filename.lower().endswith((".xml", ".rels")):
                if part.file_size > LARGEST_PART:
                    raise FileRefused("内容过多，请只保留一份空白的文书，另存后重新上传")
                check_part(parts.read(part))


def check_part(text):
    seen = _Seen()
    try:
        seen.read(text)
    except (expat.ExpatError, LookupError, ValueError):
        raise FileRefused(BROKEN_OFFICE) from None
    if active := next((link for link in seen.links if link.lower().endswith(ACTIVE_LINKS)), None):
        raise FileRefused(f"嵌入或引用了别的文件（{active.rpartition('/')[2]}），请删去后重新上传")
    for code in seen.fields:
        if code.strip() and not FIELD.fullmatch(code):
            raise FileRefused(f"用了域代码“{code.strip()[:40]}”，模板中只能用页码、日期、编号的域")
    if seen.text.count("{{") != seen.text.count("}}") or seen.text.count("{%") != seen.text.count("%}"):
        raise FileRefused("有没有写完的占位符：两边的 {{ 和 }}、{% 和 %} 要成对")
    if seen.text.count("{") > MOST_BRACES:
        raise FileRefused(f"占位符过多，最多{MOST_BRACES // 2}处")


class _Seen:
    """What one XML part links to, works out and says."""

    def __init__(self):
        self.links, self.fields, self.said, self.depth, self.coding = [], [], [], 0, False

    def read(self, text):
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self.begin, self.end
        parser.CharacterDataHandler = self.words
        parser.StartDoctypeDeclHandler = self.document_type
        parser.Parse(text, True)

    @property
    def text(self):
        return "".join(self.said)

    def begin(self, tag, attributes):
        kind = tag.rpartition(":")[2]
        if kind == "Relationship":
            self.links.append(attributes.get("Type", ""))
        elif kind == "fldSimple":
            self.fields.append(next((v for n, v in attributes.items() if n.endswith("instr")), ""))
        elif kind == "fldChar" and any(v == "begin" for v in attributes.values()):
            self.fields.append("")
        self.coding = kind in ("instrText", "delInstrText")

    def end(self, tag):
        self.coding = False

    def words(self, text):
        if not self.coding:
            self.said.append(text)
        elif self.fields:  # a code may come in pieces
            self.fields[-1] += text
        else:
            self.fields.append(text)

    def document_type(self, *_):
        raise FileRefused(BROKEN_OFFICE)


def check_words(document, content):
    """Every expression of every part that is filled in."""
    unknown = []
    for source in sources(content):
        unknown += _Words(document, source).unknown()
    if unknown:
        told = "、".join(f"{{{{ {name} }}}}" for name in dict.fromkeys(unknown))
        raise FileRefused(f"不认识的占位符：{told}。这份文书可以用的占位符：{'、'.join(document.known)}")


def sources(content):
    """The parts as the engine reads them, a paragraph a line."""
    docxtpl, _ = _engine()
    made = docxtpl.DocxTemplate(io.BytesIO(content))
    try:
        made.init_docx()
        texts = [made.get_xml()]
        for uri in (made.HEADER_URI, made.FOOTER_URI):
            texts += [made.get_part_xml(part) for _, part in made.get_headers_footers(uri)]
        for part in made.docx.part.package.iter_parts():
            if part.content_type.endswith(".footnotes+xml"):
                texts.append(part.blob.decode())
        return [re.sub(r"<w:p([ >])", r"\n<w:p\1", made.patch_xml(text)) for text in texts]
    except (KeyError, ValueError, AttributeError, UnicodeDecodeError, SyntaxError):
        raise FileRefused(BROKEN_OFFICE) from None


class _Words:
    """The expressions of one part: names are collected where nobody knows them, anything else that is no placeholder is refused."""

    def __init__(self, document, source):
        self.document, self.source, self.strange, self.loops = document, source, [], 0
        self.nodes = _engine()[1].nodes

    def unknown(self):
        _, jinja2 = _engine()
        try:
            tree = environment().parse(self.source)
        except jinja2.TemplateSyntaxError as fault:
            raise self.refused(fault.lineno) from None
        except RecursionError:
            raise FileRefused(ALLOWED) from None
        self.block(tree.body, {})
        return self.strange

    def refused(self, line):
        lines = self.source.split("\n")[line - 1 : line] if line else []
        near = re.sub(r"<[^>]*>", "", lines[0] if lines else "").strip()
        return FileRefused(f"“{near[:60] or '{% … %}'}”的写法不能用。{ALLOWED}")

    def block(self, nodes, rows):
        """`rows` are the names that stand for a row here."""
        for node in nodes:
            self.statement(node, rows)

    def statement(self, node, rows):
        kinds = self.nodes
        if isinstance(node, kinds.Output):
            for part in node.nodes:
                if not isinstance(part, kinds.TemplateData):
                    self.value(part, rows)
        elif isinstance(node, kinds.If):
            self.condition(node.test, rows)
            self.block([*node.body, *node.elif_, *node.else_], rows)
        elif isinstance(node, kinds.For):
            self.loop(node, rows)
        else:
            raise self.refused(node.lineno)

    def loop(self, node, rows):
        kinds, self.loops = self.nodes, self.loops + 1
        plain_loop = isinstance(node.iter, kinds.Name) and isinstance(node.target, kinds.Name)
        if rows or not plain_loop or node.test or node.recursive or self.loops > MOST_LOOPS:
            raise self.refused(node.lineno)
        if node.iter.name != self.document.rows:
            self.strange.append(node.iter.name)
        self.block(node.body, {node.target.name, "loop"})
        self.block(node.else_, rows)

    def condition(self, node, rows):
        kinds = self.nodes
        if isinstance(node, kinds.Not):
            self.condition(node.node, rows)
        elif isinstance(node, kinds.And | kinds.Or):
            self.condition(node.left, rows)
            self.condition(node.right, rows)
        elif isinstance(node, kinds.Compare) and all(one.op in ("eq", "ne") for one in node.ops):
            for one in (node.expr, *(op.expr for op in node.ops)):
                self.condition(one, rows)
        elif not isinstance(node, kinds.Const) and not self.is_rows(node):
            self.value(node, rows)

    def is_rows(self, node):
        return isinstance(node, self.nodes.Name) and node.name == self.document.rows

    def value(self, node, rows):
        kinds = self.nodes
        if isinstance(node, kinds.Name):
            if node.name not in self.document.fills:
                self.strange.append(node.name)
        elif isinstance(node, kinds.Getattr) and isinstance(node.node, kinds.Name) and node.node.name in rows:
            known = LOOP_WORDS if node.node.name == "loop" else self.document.columns
            if node.attr not in known:
                self.strange.append(f"{node.node.name}.{node.attr}")
        elif isinstance(node, kinds.Getattr) and isinstance(node.node, kinds.Name) and "__" not in node.attr:
            self.strange.append(f"{node.node.name}.{node.attr}")
        else:
            raise self.refused(node.lineno)


def check_trial(document, content):
    """Fill it once with examples, and open what comes out: tags that are well written may still stand in the wrong row."""
    docxtpl, jinja2 = _engine()
    broken = (jinja2.TemplateError, SyntaxError, ValueError, LookupError, AttributeError, TypeError)
    with suppress(*broken):
        made = docxtpl.DocxTemplate(io.BytesIO(render(document, content, document.sample())))
        made.init_docx()
        return
    raise FileRefused("试填没有成功：请检查 {%p … %} 是否独占一段、{%tr … %} 是否独占表格的一行")
