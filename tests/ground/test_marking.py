"""The uploader gets their own workbook back: red where it is wrong, a list of the problems, everything else as it was."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Border, Font, PatternFill, Side

from povertyparty.marking import PROBLEM_HEADS, PROBLEM_SHEET, RED, Fault, is_problem_sheet, mark
from povertyparty.reading import read
from povertyparty.writing import Form, Head, write

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "花名册"

pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")


def fault(row, column=None, reason="不在可选值中", sheet=SHEET, value="懒"):
    return Fault(sheet, row, column, "主要致贫原因", value, reason)


@pytest.fixture
def marked(tmp_path):
    """marked(workbook or path, fault, …): the marked copy's path."""
    made = iter(range(100))

    def do(source, *faults):
        path = source
        if not isinstance(source, Path):
            path = tmp_path / f"source{next(made)}.xlsx"
            source.save(path)
        target = tmp_path / f"marked{next(made)}.xlsx"
        mark(path, target, faults)
        return target

    return do


@pytest.fixture
def workbook():
    """Three rows under a header, as somebody made them who likes colours."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    for row in [
        ("户主", "原因", "收入"),
        ("王小明", "懒", 1200),
        ("李小红", "因病", "=C2*2"),
        ("张小山", None, 3),
    ]:
        sheet.append(row)
    thin = Side("thin")
    sheet["B2"].border = Border(thin, thin, thin, thin)
    sheet["B2"].font = Font(name="黑体", bold=True)
    sheet["C2"].number_format = "#,##0.00"
    return book


def red_cells(path, sheet=SHEET):
    rows = openpyxl.load_workbook(path)[sheet].iter_rows()
    return {cell.coordinate for row in rows for cell in row if cell.fill.fgColor.rgb == RED}


def listed(path, title=PROBLEM_SHEET):
    return list(openpyxl.load_workbook(path)[title].values)


def parts_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def handmade(path, sheet, *, styles=None, prefix="", main=MAIN, folder="xl", absolute=False):
    """A workbook as a program with habits of its own would write it."""
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    base = f"/{folder}/" if absolute else ""
    links = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="{base}worksheets/sheet1.xml"/>'
    if styles:
        links += f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="{base}styles.xml"/>'
    tab = f'<{prefix}sheet name="{SHEET}" sheetId="1" xmlns:q="{OFFICE}" q:id="rId1"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{folder}/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/{folder}/worksheets/sheet1.xml" ContentType="{CONTENT}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
        f'Type="{OFFICE}/officeDocument" Target="{folder}/workbook.xml"/></Relationships>',
        f"{folder}/workbook.xml": f'<{prefix}workbook {name}="{main}"><{prefix}sheets>{tab}</{prefix}sheets></{prefix}workbook>',
        f"{folder}/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        f"{folder}/worksheets/sheet1.xml": f'<{prefix}worksheet {name}="{main}">{sheet}</{prefix}worksheet>',
    }
    if styles:
        parts[f"{folder}/styles.xml"] = f'<{prefix}styleSheet {name}="{main}">{styles}</{prefix}styleSheet>'
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


def sheet_text(path):
    return parts_of(path)["xl/worksheets/sheet1.xml"].decode()


@pytest.mark.case("X-066")
def test_bad_cells_are_red_and_good_ones_are_not(workbook, marked):
    assert red_cells(marked(workbook, fault(2, 2), fault(3, 3))) == {"B2", "C3"}


@pytest.mark.case("X-066")
def test_every_problem_is_listed_with_its_place(workbook, marked):
    path = marked(workbook, fault(2, 2), fault(None, None, "缺少“户编号”列", value=""))
    assert listed(path) == [
        PROBLEM_HEADS,
        (SHEET, 2, "B", "主要致贫原因", "懒", "不在可选值中"),
        (SHEET, None, None, "主要致贫原因", None, "缺少“户编号”列"),
    ]


def test_a_listed_problem_leads_to_its_cell(workbook, marked):
    cell = openpyxl.load_workbook(marked(workbook, fault(2, 2)))[PROBLEM_SHEET]["B2"]
    assert cell.hyperlink.location == f"'{SHEET}'!B2"


def test_a_red_cell_keeps_its_looks_and_its_value(workbook, marked):
    sheet = openpyxl.load_workbook(marked(workbook, fault(2, 2), fault(2, 3)))[SHEET]
    assert (sheet["B2"].value, sheet["B2"].font.name, sheet["B2"].border.left.style) == ("懒", "黑体", "thin")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (1200, "#,##0.00")


def test_nothing_else_of_the_workbook_changes(workbook, marked, tmp_path):
    sheet = workbook.active
    sheet.merge_cells("A6:C6")
    sheet.column_dimensions["A"].width = 33
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4))
    sheet.add_chart(chart, "E2")
    workbook.create_sheet("另一张")["A1"] = "=1+1"
    workbook.save(tmp_path / "source.xlsx")
    before, after = (
        parts_of(tmp_path / "source.xlsx"),
        parts_of(marked(tmp_path / "source.xlsx", fault(3, 3))),
    )
    changed = {name for name in before if before[name] != after[name]}
    registers = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/styles.xml", *registers}
    assert after.keys() - before.keys() == {"xl/worksheets/sheet3.xml"}


def test_of_the_sheet_only_the_red_cells_change(workbook, marked, tmp_path):
    workbook.active.merge_cells("A6:C6")
    workbook.save(tmp_path / "source.xlsx")
    before, after = (
        sheet_text(tmp_path / "source.xlsx"),
        sheet_text(marked(tmp_path / "source.xlsx", fault(3, 3))),
    )
    assert re.sub(r'<c r="C3" s="\d+"', '<c r="C3"', after) == re.sub("<dimension.*?>", "", before)


def test_a_missing_cell_is_made_in_its_place(workbook, marked):
    path = marked(workbook, fault(4, 2), fault(4, 9))
    assert red_cells(path) == {"B4", "I4"}
    assert [cell.split('"')[0] for cell in sheet_text(path).split('<row r="4">')[1].split('<c r="')[1:5]] == [
        *("A4", "B4", "C4", "I4")
    ]


def test_a_missing_row_is_made_in_its_place(tmp_path, marked):
    rows = '<row r="2"><c r="A2"><v>1</v></c></row><row r="5"/>'
    path = marked(handmade(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>"), *map(fault, (1, 4, 5, 9)))
    assert [part.split('"')[0] for part in sheet_text(path).split('<row r="')[1:]] == [
        "1",
        "2",
        "4",
        "5",
        "9",
    ]
    assert red_cells(path) == {"A1", "A4", "A5", "A9"}


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData />"])
def test_an_empty_sheet_can_be_marked(tmp_path, marked, empty):
    assert red_cells(marked(handmade(tmp_path / "a.xlsx", empty), fault(3, 2))) == {"B3"}


def test_a_problem_of_a_whole_row_marks_its_first_cell(workbook, marked):
    assert red_cells(marked(workbook, fault(3))) == {"A3"}


def test_a_problem_of_an_unknown_sheet_is_only_listed(workbook, marked):
    path = marked(workbook, fault(3, 1, sheet="没有"))
    assert red_cells(path) == set() and len(listed(path)) == 2


def test_a_mark_inside_a_merged_range_goes_to_the_corner_that_shows(workbook, marked):
    workbook.active.merge_cells("A2:A4")
    assert red_cells(marked(workbook, fault(4, 1), fault(3, 2))) == {"A2", "B3"}


@pytest.mark.parametrize("name", ["A & B", "甲 乙", "it's", '"引号"', "<表>", "&amp;"])
def test_sheets_are_found_by_any_name(workbook, marked, name):
    workbook.active.title = name
    workbook.create_sheet("后一张", 0)
    path = marked(workbook, fault(2, 1, sheet=name))
    assert red_cells(path, name) == {"A2"} and red_cells(path, "后一张") == set()


@pytest.mark.case("T-022")
@pytest.mark.case("X-074")
def test_the_list_holds_no_formula(workbook, marked):
    path = marked(workbook, fault(2, 2, "=1+1", value="=cmd|'/C calc'!A0"))
    cells = [cell for row in openpyxl.load_workbook(path)[PROBLEM_SHEET].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert cells[10].value == "=cmd|'/C calc'!A0" and cells[10].quotePrefix


def test_the_marked_copy_can_be_read_and_its_list_be_told_apart(workbook, marked):
    book = read(marked(workbook, fault(2, 2)))
    assert [is_problem_sheet(sheet.name, sheet.rows[0]) for sheet in book.sheets] == [False, True]
    assert book.sheets[0].rows[1][:2] == ["王小明", "懒"]


def test_marking_again_replaces_the_list_and_takes_old_marks_off(workbook, marked):
    path = marked(marked(workbook, fault(2, 2), fault(3, 3)), fault(3, 3, "仍不对"))
    assert red_cells(path) == {"C3"}
    assert openpyxl.load_workbook(path).sheetnames == [SHEET, PROBLEM_SHEET]
    assert [row[5] for row in listed(path)] == ["原因", "仍不对"]


def test_marking_again_works_after_another_program_has_saved_the_copy(workbook, marked):
    repaired = openpyxl.load_workbook(marked(workbook, fault(2, 2), fault(3, 3)))
    repaired.move_sheet(PROBLEM_SHEET, -1)
    path = marked(repaired, fault(3, 3, "仍不对"))
    assert openpyxl.load_workbook(path).sheetnames == [PROBLEM_SHEET, SHEET]
    assert red_cells(path) == {"C3"} and len(listed(path)) == 2


def test_a_problem_sheet_of_the_uploaders_own_is_left_alone(workbook, marked):
    workbook.create_sheet(PROBLEM_SHEET).append(("序号", "问题内容"))
    once = marked(workbook, fault(2, 1, sheet=PROBLEM_SHEET))
    twice = marked(once, fault(2, 2))
    assert openpyxl.load_workbook(twice).sheetnames == [SHEET, PROBLEM_SHEET, "问题(2)"]
    assert listed(twice)[0] == ("序号", "问题内容") and red_cells(once, PROBLEM_SHEET) == {"A2"}
    assert is_problem_sheet("问题(2)", listed(twice, "问题(2)")[0])


ODD_ROWS = (
    '<{0}row spans="1:2"><{0}c s="1"><{0}v>1</{0}v></{0}c>\n<{0}c t="inlineStr"><{0}is><{0}t>a&gt;b</{0}t></{0}is></{0}c></{0}row>'
    "<{0}row r='3' s='1' customFormat='1' ><{0}c r='B3' s='1'/></{0}row >\n"
)
ODD_STYLES = (
    '<{0}fonts count="1"><{0}font/></{0}fonts><{0}fills count="2"><{0}fill><{0}patternFill/></{0}fill><{0}fill><{0}patternFill patternType="gray125"/></{0}fill></{0}fills>'
    "<{0}borders><{0}border/></{0}borders><{0}cellStyleXfs><{0}xf/></{0}cellStyleXfs>"
    '<{0}cellXfs><{0}xf/><{0}xf numFmtId="49" fillId="0"><{0}alignment wrapText="1"/></{0}xf></{0}cellXfs>'
)


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("absolute", [False, True])
def test_workbooks_of_other_programs_are_marked_too(tmp_path, marked, prefix, absolute):
    sheet = f"<{prefix}sheetData>{ODD_ROWS}</{prefix}sheetData>".replace("{0}", prefix)
    styles = ODD_STYLES.replace("{0}", prefix)
    source = handmade(tmp_path / "a.xlsx", sheet, styles=styles, prefix=prefix, absolute=absolute)
    path = marked(source, fault(1, 1), fault(1, 2), fault(3, 1), fault(3, 2), fault(2, 1))
    assert red_cells(path) == {"A1", "B1", "A2", "A3", "B3"}
    cells = openpyxl.load_workbook(path)[SHEET]
    assert [cells[place].number_format for place in ("A1", "B1", "A3", "B3")] == ["@", "General", "@", "@"]
    assert cells["B1"].value == "a>b" and cells["A1"].alignment.wrap_text


def test_a_strict_workbook_stays_strict(tmp_path, marked):
    parts = parts_of(marked(handmade(tmp_path / "a.xlsx", "<sheetData/>", main=STRICT), fault(1, 1)))
    for part in ("worksheets/sheet1.xml", "worksheets/sheet2.xml", "styles.xml"):
        assert STRICT.encode() in parts[f"xl/{part}"] and MAIN.encode() not in parts[f"xl/{part}"]


@pytest.mark.parametrize(
    "styles",
    [
        None,
        "<cellXfs><xf/></cellXfs>",
        '<fills count="0"/><cellXfs count="0"/>',
        '<numFmts><numFmt numFmtId="164" formatCode="0"/></numFmts><dxfs/>',
    ],
)
def test_workbooks_with_poor_styles_get_what_they_need(tmp_path, marked, styles):
    source = handmade(tmp_path / "a.xlsx", "<sheetData><row><c><v>1</v></c></row></sheetData>", styles=styles)
    assert red_cells(marked(source, fault(1, 1))) == {"A1"}


def test_a_new_cell_looks_like_its_column(tmp_path, marked):
    sheet = '<cols><col min="2" max="3" style="1"/></cols><sheetData><row r="1"/></sheetData>'
    source = handmade(tmp_path / "a.xlsx", sheet, styles=ODD_STYLES.replace("{0}", ""))
    sheet = openpyxl.load_workbook(marked(source, fault(1, 3), fault(2, 5)))[SHEET]
    assert [sheet["C1"].number_format, sheet["E2"].number_format] == ["@", "General"]


def test_a_sheet_may_be_cut_anywhere_by_the_stream(tmp_path, marked, monkeypatch):
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 30))
    merges = '<mergeCells><mergeCell ref="A5:A6"/></mergeCells>'
    source = handmade(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>{merges}")
    copies = []
    for size in (130, 131, 137, 1 << 20):
        monkeypatch.setattr("povertyparty.marking.CHUNK", size)
        copies.append(sheet_text(marked(source, fault(6, 1), fault(29, 2))))
    assert len(set(copies)) == 1 and 'r="A5" s=' in copies[0] and 'r="B29" s=' in copies[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_comes_back_as_a_marked_workbook(tmp_path, marked, encoding):
    source = tmp_path / "a.csv"
    source.write_text('户主,电话\r\n\r\n王小明,=1+1\r\n"李\n小红",0991', encoding=encoding, newline="")
    path = marked(source, fault(3, 2, sheet="CSV"), fault(9, 1, sheet="CSV"))
    book = openpyxl.load_workbook(path)
    assert [row[:2] for row in book["CSV"].values][:4] == [
        ("户主", "电话"), (None, None), ("王小明", "=1+1"), ("李\n小红", "0991")
    ]  # fmt: skip
    assert red_cells(path, "CSV") == {"B3", "A9"} and book["CSV"]["B3"].data_type == "s"
    assert [sheet.name for sheet in read(source).sheets] == ["CSV"]


def test_a_table_with_tabs_comes_back_in_columns(tmp_path, marked):
    source = tmp_path / "a.csv"
    source.write_text("户主\t电话\n王小明\t1,2\n", encoding="utf-16")
    assert list(openpyxl.load_workbook(marked(source))["数据"].values)[1] == ("王小明", "1,2")


def test_our_own_forms_can_be_marked(tmp_path, marked):
    form = Form(SHEET, [Head("户编号"), Head("收入", group="家庭收入", kind="decimal")], ["单位:元"])
    with (tmp_path / "a.xlsx").open("wb") as target:
        write(target, form, [("6599061002000001", 3), ("6599061002000002", None)])
    path = marked(tmp_path / "a.xlsx", fault(6, 2))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert red_cells(path) == {"B6"}
    assert (sheet["B6"].number_format, sheet["B6"].border.left.style) == ("#,##0.00", "thin")


def test_fills_of_the_uploaders_own_stay(workbook, marked):
    workbook.active["A1"].fill = PatternFill("solid", fgColor="FFFF0000")
    sheet = openpyxl.load_workbook(marked(marked(workbook, fault(2, 2)), fault(2, 2)))[SHEET]
    assert sheet["A1"].fill.fgColor.rgb == "FFFF0000"


MEMORY = """
import json, sys
from pathlib import Path
from povertyparty.marking import Fault, mark

peaks = []
for name in sys.argv[1:]:
    mark(Path(name), Path(name + ".marked"), [Fault("表", row, 2, "", "", "") for row in range(3, 9000, 3)])
    # VmHWM, for ru_maxrss begins with what the process that forked us held.
    peaks.append(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024)
print(json.dumps(peaks))
"""


def test_a_large_workbook_is_marked_in_little_memory(tmp_path):
    form = Form("表", [Head(f"列{number}") for number in range(20)])
    for rows, name in ((1000, "small.xlsx"), (60_000, "large.xlsx")):
        with (tmp_path / name).open("wb") as target:
            write(target, form, ([f"{row}·{column}" for column in range(20)] for row in range(rows)))
    command = [sys.executable, "-c", MEMORY, tmp_path / "small.xlsx", tmp_path / "large.xlsx"]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    small, large = json.loads(ran.stdout)
    assert large - small < 20
