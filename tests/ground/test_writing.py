"""Official forms leave the house complete, printable and safe: texts are texts, digits are digits, memory is constant."""

import io
import json
import subprocess
import sys
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Border, Side
from python_calamine import CalamineWorkbook

from povertyparty.writing import CUT, LONGEST_TEXT, Form, Head, TooLarge, clean, letters, write

TRIGGERS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\ufeff=1", "  =1", "＝1+1", "=cmd|'/C calc'!A0"]
ROSTER = Form(
    title="测试县2020年贫困户花名册",
    heads=(
        Head("户编号", width=20),
        Head("户主姓名"),
        Head("工资性收入(元)", group="家庭收入", kind="decimal"),
        Head("转移性收入(元)", group="家庭收入", kind="decimal"),
        Head("家庭人口数", kind="int"),
        Head("识别日期", kind="date"),
    ),
    notes=("填报单位(盖章):测试县委组织部 填报日期:2020年6月30日 单位:户、人、元", "筛选条件:未脱贫"),
    footer="导出人:A&B",
)
FAMILY = ("6599061002000001", "王小明", Decimal("24000.50"), Decimal(0), 4, date(2014, 12, 1))


def saved(form, rows=()):
    target = io.BytesIO()
    write(target, form, rows)
    return target


def sheet_of(form, rows=()):
    return openpyxl.load_workbook(saved(form, rows)).worksheets[0]


def cells_of(*values, kind="text"):
    """The cells that the values become, one below the other in a form of one column."""
    sheet = sheet_of(Form("表", [Head("列", kind=kind)]), [(value,) for value in values])
    return [sheet.cell(row, 1) for row in range(3, 3 + len(values))]


def test_the_form_has_its_title_lines_and_two_storeys_of_headers():
    sheet = sheet_of(ROSTER, [FAMILY])
    rows = list(sheet.values)
    assert [row[0] for row in rows[:3]] == [ROSTER.title, *ROSTER.notes]
    assert rows[3] == ("户编号", "户主姓名", "家庭收入", None, "家庭人口数", "识别日期")
    assert rows[4] == (None, None, "工资性收入(元)", "转移性收入(元)", None, None)
    assert rows[5] == (*FAMILY[:2], 24000.5, 0, 4, datetime(2014, 12, 1))
    assert {"A1:F1", "A2:F2", "C4:D4", "A4:A5"} <= {str(merged) for merged in sheet.merged_cells.ranges}


def test_the_form_prints_as_offices_print():
    sheet = sheet_of(ROSTER, [FAMILY])
    assert sheet["A1"].font.name == "方正小标宋简体" and sheet["A4"].font.name == "黑体"
    assert sheet.freeze_panes == "A6" and sheet.print_title_rows == "$4:$5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.left.text == "导出人:A&&B"
    assert sheet.oddFooter.right.text == "第&P页 共&N页" and not sheet.oddFooter.center.text
    assert sheet_of(Form("表", [Head("列")])).oddFooter.center.text == "第&P页 共&N页"


def test_a_wide_form_is_printed_on_a3():
    wide = Form("表", [Head(f"列{number}") for number in range(27)])
    assert sheet_of(wide).page_setup.paperSize == 8


def test_columns_have_their_formats_borders_and_widths():
    sheet = sheet_of(ROSTER, [FAMILY])
    assert [cell.number_format for cell in sheet[6]] == ["@", "@", "#,##0.00", "#,##0.00", "0", "yyyy-mm-dd"]
    assert all(cell.border.left.style == "thin" for cell in sheet[6])


def test_a_column_is_as_wide_as_what_stands_in_it_and_no_number_is_broken():
    heads = [
        Head("序号", kind="int"),
        Head("村干部报酬支出(万元)", kind="decimal"),
        Head("证件号码"),
        Head("备注"),
    ]
    row = (1, Decimal("1234567.5"), "659901196805120018", None)
    sheet = sheet_of(Form("表", heads), [row] * 3)
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert widths == [5, len("1,234,567.50") + 2, 18 + 2, 5]


def test_a_row_is_as_high_as_its_longest_text():
    rows = [("短",), ("字" * 200,), ("一\n二\n三",), (None,)]
    sheet = sheet_of(Form("表", [Head("整改措施")]), rows)
    width = sheet.column_dimensions["A"].width
    lines = [1, -(-400 // (width - 1)), 3, 1]
    usual = sheet.sheet_format.defaultRowHeight
    assert [sheet.row_dimensions[row].height or usual for row in range(3, 7)] == [
        14 * one + 6 for one in lines
    ]
    assert sheet["A4"].alignment.horizontal == "left" and sheet["A4"].alignment.wrap_text


def test_a_text_is_broken_and_a_number_set_smaller_where_it_is_longer_than_all_above():
    sheet = sheet_of(ROSTER, [FAMILY] * 500 + [(*FAMILY[:2], Decimal(10**9), *FAMILY[3:])])
    looks = [(bool(cell.alignment.wrap_text), bool(cell.alignment.shrink_to_fit)) for cell in sheet[506]]
    assert looks == [(True, False)] * 2 + [(False, True)] * 4


def test_what_stands_in_one_line_is_centred_and_amounts_are_below_each_other():
    sheet = sheet_of(ROSTER, [FAMILY])
    assert [cell.alignment.horizontal for cell in sheet[6]] == [
        "center",
        "center",
        None,
        None,
        "center",
        "center",
    ]


def test_a_form_of_many_columns_is_still_read_on_a3():
    heads = [Head(f"第{number}项") for number in range(32)]
    rows = [("已制定方案，正按措施逐项落实，月底前完成", "XC2020-03-007", "是", date(2020, 6, 30)) * 8]
    sheet = sheet_of(Form("表", heads), rows)
    widths = [sheet.column_dimensions[letters(number)].width for number in range(1, 33)]
    assert sum(widths) * 0.6 <= 216, "A3 across holds 216 half characters in full size"
    assert all(width > len("XC2020-03-007") for width in widths[1::4])
    assert all(width > len("2020-06-30") for width in widths[3::4])
    assert sheet.row_dimensions[3].height >= 14 * 4, "the text runs over several lines"


def test_the_blank_form_keeps_the_widths_that_are_typed_into():
    form = Form("表", [Head("姓名", width=10), Head("家庭住址", width=30)], template=True)
    assert [sheet_of(form).column_dimensions[letter].width for letter in "AB"] == [10, 30]


def test_the_page_number_is_not_cut_off():
    margins = sheet_of(ROSTER).page_margins
    assert margins.bottom - margins.footer >= 0.25, "in inches: room for the line"


def test_the_filter_reaches_to_the_last_row_and_no_size_is_promised():
    target = saved(ROSTER, [FAMILY] * 7)
    book = openpyxl.load_workbook(target)
    assert book.active.auto_filter.ref == "A5:F12"
    parts = zipfile.ZipFile(target)
    assert b"<dimension" not in parts.read("xl/worksheets/sheet1.xml")
    assert b"$F$12<" in parts.read("xl/workbook.xml")


def test_a_form_without_rows_is_whole():
    sheet = sheet_of(ROSTER)
    assert sheet.max_row == 5 and sheet.auto_filter.ref == "A5:F5"


def test_every_reader_reads_the_same():
    target = saved(ROSTER, [FAMILY] * 3)
    streamed = list(openpyxl.load_workbook(target, read_only=True).worksheets[0].values)
    target.seek(0)
    other = CalamineWorkbook.from_filelike(target).get_sheet_by_index(0).to_python()
    assert streamed[7] == (*FAMILY[:2], 24000.5, 0, 4, datetime(2014, 12, 1))
    assert other[7] == [*FAMILY[:2], 24000.5, 0, 4, date(2014, 12, 1)]


@pytest.mark.case("X-053")
@pytest.mark.case("X-074")
@pytest.mark.case("T-022")
@pytest.mark.parametrize("kind", ["text", "int", "decimal", "date"])
def test_what_looks_like_a_formula_is_a_text_and_stays_one_when_edited(kind):
    for cell, text in zip(cells_of(*TRIGGERS, kind=kind), TRIGGERS, strict=True):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.case("X-074")
@pytest.mark.case("T-022")
@pytest.mark.parametrize("template", [False, True])
def test_no_part_of_a_form_becomes_a_formula(template):
    evil = "=1+1"
    head = Head(evil, group=evil, help=evil, choices=(evil, "a,b"))
    target = saved(Form(evil, [head, head], [evil], evil, template, {"用户": evil}), [(evil, evil)])
    with zipfile.ZipFile(target) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 1 + template
    assert not any(b"<f>" in sheet for sheet in sheets)


@pytest.mark.case("X-074")
@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(), min_size=1, max_size=20))
def test_any_text_comes_back_as_it_went(texts):
    target = saved(Form("表", [Head("列")]), [(text,) for text in [*texts, "末行"]])
    target.seek(0)
    rows = CalamineWorkbook.from_filelike(target).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[2:]] == [*map(clean, texts), "末行"]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers() | st.decimals(allow_nan=False) | st.floats() | st.dates(), min_size=1, max_size=20)
)
def test_any_number_or_date_makes_a_readable_workbook(values):
    values = [*values, 1]
    for cell, value in zip(cells_of(*values, kind="decimal"), values, strict=True):
        if cell.data_type == "n" and isinstance(value, int | float):
            assert cell.value == pytest.approx(value)


@pytest.mark.case("X-075")
def test_identifiers_keep_every_digit():
    numbers = ["659901196805120018", "65990119680512001X", "0991", "13800000001", "6599061002000001"]
    for cell, number in zip(cells_of(*numbers), numbers, strict=True):
        assert (cell.value, cell.data_type, cell.number_format) == (number, "s", "@")


@pytest.mark.case("X-075")
@pytest.mark.parametrize("number", [659901196805120018, Decimal("659901196805120018.25"), -(10**15)])
def test_a_number_too_long_for_excel_goes_out_as_text(number):
    (cell,) = cells_of(number, kind="decimal")
    assert (cell.value, cell.data_type) == (str(number), "s")


def test_fifteen_digits_are_still_a_number():
    assert [cell.value for cell in cells_of(999_999_999_999_999, -999_999_999_999_999)] == [
        10**15 - 1,
        1 - 10**15,
    ]


def test_excel_draws_no_green_corner_on_identity_numbers():
    with zipfile.ZipFile(saved(ROSTER, [FAMILY])) as parts:
        assert b'sqref="A6:F6" numberStoredAsText="1"' in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.case("X-076")
@pytest.mark.parametrize("letter", ["户", "a ", "𠮷", "=", "\n"])
def test_an_overlong_text_is_cut_and_says_so(letter):
    (cell,) = cells_of(letter * 40_000)
    assert cell.value.endswith(CUT) and cell.value.startswith(letter * 10)
    assert LONGEST_TEXT - 2 <= len(cell.value.encode("utf-16-le")) // 2 <= LONGEST_TEXT


@pytest.mark.case("X-076")
def test_what_excel_cannot_hold_is_left_out():
    texts = cells_of("a\x00b\x0bc\x7fd\ud800e\ufffe", "\x01", "一\n二\t三", "<&>\"'")
    assert [cell.value for cell in texts] == ["abcde", None, "一\n二\t三", "<&>\"'"]


@pytest.mark.case("X-076")
@pytest.mark.parametrize(
    ("number", "text"),
    [
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (Decimal("NaN"), "NaN"),
        (Decimal("Infinity"), "Infinity"),
    ],
)
def test_what_is_no_number_is_text(number, text):
    (cell,) = cells_of(number, kind="decimal")
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.case("X-076")
def test_a_moment_is_written_in_local_time():
    with timezone.override("Asia/Shanghai"):
        cells = cells_of(
            datetime(2020, 6, 30, 16, 5, 9, tzinfo=UTC), datetime(2020, 6, 30, 8, 0), kind="date"
        )
    assert [cell.value for cell in cells] == ["2020-07-01 00:05:09", "2020-06-30 08:00:00"]


@pytest.mark.case("X-076")
def test_an_empty_cell_keeps_its_border():
    for cell in cells_of(None, ""):
        assert cell.value is None and cell.border.top.style == "thin"


def test_text_in_a_column_of_numbers_or_dates_is_still_written():
    assert [cell.value for cell in cells_of("约3000", 1, kind="int")] == ["约3000", 1]
    assert [cell.value for cell in cells_of("1975.03", date(1899, 5, 1), kind="date")] == [
        "1975.03",
        "1899-05-01",
    ]


def test_a_broken_number_among_whole_ones_is_not_rounded_to_the_eye():
    assert [cell.number_format for cell in cells_of(3, Decimal("2.5"), kind="int")] == ["0", "General"]


def test_a_number_in_a_text_column_is_a_number():
    assert [(cell.value, cell.number_format) for cell in cells_of(2020, 1.5)] == [
        (2020, "0"),
        (1.5, "General"),
    ]


def test_texts_that_read_as_an_escape_are_escaped_once():
    target = saved(Form("表", [Head("列")]), [("_x0041_",), ("a\rb",)])
    target.seek(0)
    assert CalamineWorkbook.from_filelike(target).get_sheet_by_index(0).to_python()[2:] == [
        ["_x0041_"],
        ["a\rb"],
    ]


@pytest.mark.parametrize("title", ["", "a/b:c*?[d]\\", "'x'", "长" * 60, "𠮷" * 40])
def test_any_title_makes_a_sheet_name(title):
    assert 0 < len(sheet_of(Form(title, [Head("列")])).title.encode("utf-16-le")) <= 62


@pytest.mark.case("X-072")
def test_the_blank_form_carries_help_and_the_version_it_is_of():
    heads = [Head("户编号", help="16位,行政村代码加4位序号"), Head("备注")]
    target = saved(
        Form("花名册", heads, ["单位:户"], template=True, properties={"模板版本": "2020-1", "n": 3})
    )
    book = openpyxl.load_workbook(target)
    assert [row[0] for row in book.active.values] == ["花名册", "单位:户", heads[0].help, "户编号"]
    assert book.active["A3"].font.color.rgb == "FF7F7F7F" and book.active.freeze_panes == "A5"
    assert {prop.name: prop.value for prop in book.custom_doc_props.props} == {"模板版本": "2020-1", "n": "3"}


@pytest.mark.case("X-072")
def test_the_blank_form_offers_the_choices_on_two_thousand_rows():
    long = tuple(f"可选值{number}" * 5 for number in range(40))
    heads = [
        Head("是否", choices=("是", "否")),
        Head("原因", choices=long),
        Head("措施", choices=("务工,养殖", "=1")),
    ]
    book = openpyxl.load_workbook(saved(Form("表", heads, template=True)))
    rules = {str(rule.sqref): rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation}
    assert rules == {"A3:A2002": '"是,否"', "B3:B2002": "'选项'!$A$1:$A$40", "C3:C2002": "'选项'!$B$1:$B$2"}
    assert book["选项"].sheet_state == "hidden"
    assert tuple(cell.value for cell in book["选项"]["A"]) == long


def test_digits_typed_anywhere_in_the_blank_form_stay_text():
    sheet = sheet_of(Form("表", [Head("证件号码"), Head("人数", kind="int")], template=True))
    assert [sheet.column_dimensions[letter].number_format for letter in "AB"] == ["@", "0"]


def test_equal_input_gives_equal_bytes():
    first = saved(ROSTER, [FAMILY]).getvalue()
    time.sleep(1.1)
    assert saved(ROSTER, [FAMILY]).getvalue() == first


def test_a_form_can_be_sent_while_it_is_written():
    class Pipe(io.RawIOBase):
        sent = b""

        def writable(self):
            return True

        def write(self, data):
            self.sent += bytes(data)
            return len(data)

    pipe = Pipe()
    assert write(pipe, ROSTER, iter([FAMILY] * 3)) == 3
    assert openpyxl.load_workbook(io.BytesIO(pipe.sent)).active.max_row == 8


def test_no_entry_is_of_the_kind_that_excel_repairs():
    with zipfile.ZipFile(saved(ROSTER, [FAMILY])) as parts:
        assert all(entry.extract_version < zipfile.ZIP64_VERSION for entry in parts.infolist())


@pytest.mark.parametrize("row", [FAMILY[:-1], (*FAMILY, "")])
def test_a_row_that_does_not_fit_the_form_is_refused(row):
    with pytest.raises(ValueError, match="columns"):
        saved(ROSTER, [row])


def test_more_rows_than_a_sheet_has_are_refused():
    with pytest.raises(TooLarge, match="分批导出"):
        saved(Form("表", [Head("列")]), ((None,) for _ in range(1_048_575)))


MEMORY = """
import io, json, sys
from povertyparty.writing import Form, Head, write

def rows(count):
    for i in range(count):
        yield (f"65990119680{i:07d}", "王小明", i % 9, i / 4, None) * 5

heads = [Head(f"列{i}", kind=kind) for i, kind in enumerate(["text", "text", "int", "decimal", "date"] * 5)]
peaks = []
for count in map(int, sys.argv[1:]):
    with open("/dev/null", "wb") as target:
        write(target, Form("表", heads), rows(count))
    # VmHWM, for ru_maxrss begins with what the process that forked us held.
    peaks.append(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024)
print(json.dumps(peaks))
"""


@pytest.mark.case("X-077")
def test_memory_does_not_grow_with_the_rows():
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY, "10000", "200000"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    small, large = json.loads(ran.stdout)
    assert large - small < 20 and large < 300


def plain_view(rows, thin):
    """What a view would do with openpyxl alone."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.border = thin
        sheet.append(cells)
    book.save(io.BytesIO())


@pytest.mark.case("X-077")
def test_writing_is_ten_times_as_fast_as_openpyxl():
    side = Side("thin")
    families = ((f"659906100{i:07d}", f"户主{i}", Decimal(i) / 4, i, i % 9, FAMILY[5]) for i in range(5000))
    rows = [family * 4 for family in families]
    form = Form("表", ROSTER.heads * 4)
    ours, theirs = (
        min(timed(lambda: saved(form, rows)) for _ in range(2)),
        timed(lambda: plain_view(rows, Border(side, side, side, side))),
    )
    assert theirs / ours >= 10


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
