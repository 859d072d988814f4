"""The page of an official document as GB/T 9704-2012 wants it, built with python-docx: paper, margins, lines, fonts, page numbers.

Everything hangs on named styles (公文标题, 公文正文, …), so that whoever edits such a page in Word changes a style and not
a hundred paragraphs. Fonts are named, none is embedded: they lie on the machines of the offices.
"""

import io
from dataclasses import dataclass

SONG, HEI, KAI, FANG, TITLE = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
SIZE_2, SIZE_3, SIZE_4, SIZE_5, SMALL_5 = 22, 16, 14, 10.5, 9  # 二号, 三号, 四号, 五号, 小五, in points
LINE = 29  # 固定值29磅
TWIPS = 20  # to the point
# 天头 37, 订口 28, right 26, bottom 35 mm. The bottom gives way by 0.1 mm: 22 lines of 29 points are that much more than 225 mm.
MARGINS = {"top": 2098, "left": 1587, "right": 1474, "bottom": 1979}
LEDGER_MARGINS = {
    "top": 1134,
    "left": 850,
    "right": 850,
    "bottom": 1134,
}  # 20 and 15 mm: a ledger wants the width
A4, A3 = (11906, 16838), (16838, 23811)
CELL_MARGIN, SMALL_MARGIN = 57, 28  # 1 and 0.5 mm between a line and what stands beside it
ROW_MARGIN = 34  # and 0.6 mm above and below
# A seal lies over signature and date, both centred on one axis; the longest date ends 4 characters before the margin.
SEAL_AXIS = 28 - 2 * (4 + 3.25)


@dataclass(frozen=True)
class Style:
    font: str
    size: float
    line: float = LINE
    align: str = "both"
    first: int = 0  # characters that the first line is indented by
    left: float = 0  # characters that lines begin after the margin
    right: int = 0  # characters that lines end before the margin
    bold: bool = False
    keep: bool = False  # never the last on a page
    grid: bool = True  # as far apart as the 22 lines of the page


STYLES = {
    "公文标题": Style(TITLE, SIZE_2, line=35, align="center", keep=True),
    "公文文号": Style(FANG, SIZE_3, align="center"),
    "公文主送": Style(FANG, SIZE_3, align="left", keep=True),
    "公文正文": Style(FANG, SIZE_3, first=2),
    "公文一级标题": Style(HEI, SIZE_3, first=2, align="left", keep=True),
    "公文二级标题": Style(KAI, SIZE_3, first=2, align="left", keep=True),
    "公文署名": Style(FANG, SIZE_3, align="center", left=SEAL_AXIS),
    "公文附注": Style(FANG, SIZE_3, align="left", left=2),
    "公文表格": Style(FANG, SIZE_5, line=16, align="left", grid=False),
    "公文表格居中": Style(FANG, SIZE_5, line=16, align="center", grid=False),
    "公文表格签字": Style(FANG, SIZE_5, line=16, align="right", right=1, grid=False),
    "公文表头": Style(HEI, SIZE_5, line=16, align="center", grid=False),
    "公文小表格": Style(FANG, SMALL_5, line=12, align="left", grid=False),
    "公文小表格居中": Style(FANG, SMALL_5, line=12, align="center", grid=False),
    "公文小表头": Style(HEI, SMALL_5, line=12, align="center", grid=False),
    "公文表注": Style(FANG, SIZE_5, line=18, align="left", grid=False, keep=True),
    "公文页码单": Style(SONG, SIZE_4, line=18, align="right", right=1, grid=False),
    "公文页码双": Style(SONG, SIZE_4, line=18, align="left", left=1, grid=False),
}


@dataclass(frozen=True)
class Cell:
    """`span` columns wide; a head is set in bold face and centred. Several texts are several paragraphs, `signed` is the last.

    `tall` is the least height in lines: room for an opinion that is written by hand.
    """

    text: str | tuple[str, ...] = ""
    span: int = 1
    head: bool = False
    middle: bool = False
    signed: str = ""
    tall: int = 0

    def paragraphs(self, small):
        """(style, text) from the top."""
        kind = "公文小表" if small else "公文表"
        style = kind + ("头" if self.head else "格居中" if self.middle else "格")
        texts = self.text if isinstance(self.text, tuple) else (self.text,)
        return [*((style, text) for text in texts), *([("公文表格签字", self.signed)] if self.signed else [])]


def _docx():
    # A fifth of a second of every start, which only a document needs.
    import docx  # noqa: PLC0415
    import docx.enum.style  # noqa: PLC0415
    import docx.enum.table  # noqa: PLC0415

    return docx


class Page:
    """A document as it grows from the top. Texts may hold placeholders, whole paragraphs the words between them (`only`)."""

    def __init__(self, name, *, ledger=False, paper=A4):
        self.docx = _docx()
        self.document = self.docx.Document()
        self.paper, self.ledger = paper, ledger
        self.margins = LEDGER_MARGINS if ledger else MARGINS
        self._properties(name)
        self._defaults()
        for style, look in STYLES.items():
            self._style(style, look)
        self._section()
        self._numbers()

    # What stands on it

    def line(self, style, text=""):
        self.document.add_paragraph(text, style)
        return self

    def title(self, text):
        return self.line("公文标题", text).line("公文正文")

    def text(self, *texts):
        for text in texts:
            self.line("公文正文", text)
        return self

    def heading(self, text):
        return self.line("公文一级标题", text)

    def only(self, name, *lines):
        """(style, text) lines that appear only where there is something to say under this name."""
        self.begin(name)
        for style, text in lines:
            self.line(style, text)
        return self.end()

    def begin(self, name):
        """What follows, up to `end`, appears only where there is something to say under this name."""
        return self.line("公文正文", f"{{%p if {name} %}}")

    def end(self):
        return self.line("公文正文", "{%p endif %}")

    def signed(self, office, on, note=""):
        """Room for the seal over office and date, on the page of the last words; the note in brackets below."""
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.line("公文正文").line("公文署名", office).line("公文署名", on)
        for paragraph in self.document.paragraphs[-3:-1]:
            paragraph.paragraph_format.keep_with_next = True
        return self.line("公文附注", note) if note else self

    def table(self, widths, rows, *, repeated=0, small=False):
        """`widths` are shares of the line; the first `repeated` rows stand again on every page."""
        whole, room = sum(widths), self._room()
        twips = [round(room * one / whole) for one in widths]
        table = self.document.add_table(0, len(widths), "Table Grid")
        table.autofit, table.alignment = False, self.docx.enum.table.WD_TABLE_ALIGNMENT.CENTER
        margins = self._element("w:tblCellMar")
        beside = SMALL_MARGIN if small else CELL_MARGIN
        for side, margin in {
            "top": ROW_MARGIN,
            "left": beside,
            "bottom": ROW_MARGIN,
            "right": beside,
        }.items():
            margins.append(self._element(f"w:{side}", w=margin, type="dxa"))
        table._tblPr.insert_element_before(margins, "w:tblLook")
        for column, width in zip(table.columns, twips, strict=True):
            column.width = self._length(width)
        for number, row in enumerate(rows):
            self._row(table, row, twips, repeated=number < repeated, small=small)
        return self

    def content(self):
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    # How it is made

    def _row(self, table, cells, twips, *, repeated, small):
        added, at = table.add_row(), 0
        properties = added._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(["w:tblHeader"] if repeated else [])):
            properties.append(self._element(name))
        if tall := max(cell.tall for cell in cells):
            lines = tall * STYLES["公文表格"].line * TWIPS
            properties.append(self._element("w:trHeight", val=lines, hRule="atLeast"))
        for cell in cells:
            spanned = added.cells[at]
            if cell.span > 1:
                spanned = spanned.merge(added.cells[at + cell.span - 1])
            spanned.width = self._length(sum(twips[at : at + cell.span]))
            spanned.vertical_alignment = self.docx.enum.table.WD_ALIGN_VERTICAL.CENTER
            self._fill(spanned, cell, small)
            at += cell.span

    def _fill(self, into, cell, small):
        for number, (style, text) in enumerate(cell.paragraphs(small)):
            paragraph = into.paragraphs[0] if not number else into.add_paragraph()
            paragraph.style = self.document.styles[style]
            paragraph.add_run(text)

    def _element(self, name, **attributes):
        element = self.docx.oxml.OxmlElement(name)
        for attribute, value in attributes.items():
            element.set(self._name(f"w:{attribute}"), str(value))
        return element

    def _name(self, name):
        return self.docx.oxml.ns.qn(name)

    def _length(self, twips):
        return self.docx.shared.Twips(twips)

    def _room(self):
        width = max(self.paper) if self.ledger else min(self.paper)
        return width - self.margins["left"] - self.margins["right"]

    def _properties(self, name):
        told = self.document.core_properties
        told.title, told.author, told.comments, told.keywords = name, "", "", ""
        package = self.document.part.package
        for key, link in [*package.rels.items()]:
            if link.reltype.endswith("/thumbnail"):  # a picture of python-docx's own first page
                package.rels.pop(key)

    def _defaults(self):
        """No theme may put its own fonts before ours; the language decides about punctuation."""
        defaults = self.document.styles.element.find(f".//{self._name('w:rPrDefault')}/{self._name('w:rPr')}")
        for child in list(defaults):
            if child.tag in (self._name("w:rFonts"), self._name("w:lang")):
                defaults.remove(child)
        defaults.insert(0, self._fonts(FANG))
        defaults.append(self._element("w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
        self._style("Normal", Style(FANG, SIZE_3))

    def _fonts(self, font):
        return self._element("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font)

    def _style(self, name, look):
        styles = self.document.styles
        style = (
            styles["Normal"]
            if name == "Normal"
            else styles.add_style(name, self.docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        )
        style.quick_style = True
        properties = style.element.get_or_add_rPr()
        for old in properties.findall(self._name("w:rFonts")):
            properties.remove(old)
        properties.insert(0, self._fonts(look.font))
        style.font.size, style.font.bold = self.docx.shared.Pt(look.size), look.bold or None
        layout = style.paragraph_format
        layout.space_before = layout.space_after = self.docx.shared.Pt(0)
        layout.line_spacing = self.docx.shared.Pt(look.line)
        layout.keep_with_next = look.keep or None
        paragraph = style.element.get_or_add_pPr()
        if not look.grid:
            paragraph.insert_element_before(self._element("w:snapToGrid", val=0), "w:spacing")
        indents = {
            name: value
            for side, characters in {"firstLine": look.first, "left": look.left, "right": look.right}.items()
            if characters
            for name, value in {
                f"{side}Chars": round(characters * 100),
                side: round(characters * look.size * TWIPS),
            }.items()
        }
        if indents:
            paragraph._insert_ind(self._element("w:ind", **indents))
        layout.alignment = {
            "both": self.docx.enum.text.WD_ALIGN_PARAGRAPH.JUSTIFY,
            "left": self.docx.enum.text.WD_ALIGN_PARAGRAPH.LEFT,
            "right": self.docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT,
            "center": self.docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER,
        }[look.align]

    def _section(self):
        section = self.document.sections[0]
        width, height = self.paper if not self.ledger else self.paper[::-1]
        section.page_width, section.page_height = self._length(width), self._length(height)
        if self.ledger:
            section.orientation = self.docx.enum.section.WD_ORIENT.LANDSCAPE
        section.top_margin, section.bottom_margin = map(
            self._length, (self.margins["top"], self.margins["bottom"])
        )
        section.left_margin, section.right_margin = map(
            self._length, (self.margins["left"], self.margins["right"])
        )
        # The dash of the page number lies 7 mm below the type area.
        section.footer_distance = self.docx.shared.Mm(10 if self.ledger else 25)
        for grid in section._sectPr.findall(self._name("w:docGrid")):
            section._sectPr.remove(grid)
        if not self.ledger:
            # "lines" alone: linesAndChars stretches characters where a font is not the one that was meant.
            section._sectPr.append(self._element("w:docGrid", type="lines", linePitch=LINE * TWIPS))

    def _numbers(self):
        """— 1 —, on odd pages at the right, on even ones at the left."""
        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        for footer, style in ((section.footer, "公文页码单"), (section.even_page_footer, "公文页码双")):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.style = self.document.styles[style]
            paragraph.add_run("— ")
            for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), (None, "1"), ("end", "")):
                run = paragraph.add_run(text if kind is None else "")
                if kind:
                    run._r.append(self._element("w:fldChar", fldCharType=kind))
                elif kind == "":
                    code = self._element("w:instrText")
                    code.text = text
                    code.set(self._name("xml:space"), "preserve")
                    run._r.append(code)
            paragraph.add_run(" —")
