"""What the reader makes of honest workbooks, and that no hostile one harms the process that asked."""

import datetime
import os
import socket
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from povertyparty import reading
from tests import hostile
from tests.hostile import row, workbook

ROOT = Path(__file__).parents[2]
SECONDS = {"X-016": 1, "X-017": 1, "X-020": 3, "X-023": 2}
PEAK = """
import resource, sys
from povertyparty import reading
try:
    reading.read(sys.argv[1])
except reading.Unreadable:
    pass
# VmHWM, for ru_maxrss begins with what the process that forked us held.
own = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024)
"""


@pytest.fixture
def read(tmp_path):
    def read(content, name="上传.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        return reading.read(path)

    return read


@pytest.fixture
def only_sheet(read):
    return lambda content: read(content).sheets[0]


@pytest.fixture
def first_cells(only_sheet):
    """The values of the cells written into row 1."""
    return lambda cells, **more: only_sheet(workbook(f'<row r="1">{cells}</row>', **more)).rows[0]


@pytest.fixture
def ledgers():
    folder = ROOT.parent / "shared" / "ledgers"
    if not folder.is_dir():
        pytest.skip("the example counties' workbooks are not beside the project")
    return folder


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def address(server):
    return f"http://127.0.0.1:{server.getsockname()[1]}/"


def nobody_called(server):
    with pytest.raises(BlockingIOError):
        server.accept()
    return True


def seconds_spent():
    """Processor time of this process and its ended children, which a busy machine does not stretch."""
    return sum(os.times()[:4])


def peak_megabytes(path):
    """The most that the reading process or its child held, seen from a process that has done nothing else."""
    told = subprocess.run(
        [sys.executable, "-c", PEAK, path], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return int(told.stdout)


# What is refused ---------------------------------------------------------------------------------------------------


def refused_cases():
    for name, (build, words) in hostile.REFUSED.items():
        case = name.split()[0]
        yield pytest.param(build, words, SECONDS.get(case, 10), id=name, marks=pytest.mark.case(case))


@pytest.mark.parametrize(("build", "words", "seconds"), list(refused_cases()))
def test_hostile_file_is_refused_soon_and_says_why(read, build, words, seconds):
    content = build()
    start = seconds_spent()
    with pytest.raises(reading.Unreadable, match=words):
        read(content)
    assert seconds_spent() - start < seconds


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(hostile.bomb_strings, marks=pytest.mark.case("X-013")),
        pytest.param(hostile.bomb_that_lies, marks=pytest.mark.case("X-013")),
        pytest.param(hostile.bomb_sheet, marks=pytest.mark.case("X-014")),
        pytest.param(hostile.bomb_styles, marks=pytest.mark.case("X-014")),
        pytest.param(hostile.bomb_media, marks=pytest.mark.case("X-014")),
        pytest.param(hostile.many_entries, marks=pytest.mark.case("X-015")),
    ],
)
def test_bomb_takes_no_memory(tmp_path, build):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(build())
    assert peak_megabytes(path) < 200


def test_dying_child_leaves_the_parent_small(tmp_path):
    path = tmp_path / "heavy.xlsx"
    path.write_bytes(hostile.heavy_strings())
    assert peak_megabytes(path) < 1700  # the child, up to its limit


@pytest.mark.case("X-017")
def test_outside_entity_is_never_fetched(read, listener):
    with pytest.raises(reading.Unreadable, match="DOCTYPE") as refusal:
        read(hostile.outside_file(address(listener)))
    assert "root:" not in str(refusal.value)
    assert nobody_called(listener)


@pytest.mark.case("X-003")
@pytest.mark.parametrize("name", ["名册.xls", "名册.xlsx", "名册.csv", "名册"])
def test_old_workbook_is_known_by_content_not_by_name(read, name):
    with pytest.raises(reading.Unreadable, match="请另存为"):
        read(hostile.old_xls(), name)


def test_messages_can_carry_nothing_but_values(tmp_path):
    stream = (tmp_path / "message").open("w+b")
    stream.write(b"cposix\nsystem\n(S'true'\ntR.")
    stream.seek(0)
    with pytest.raises(reading.Unreadable, match="文件内容异常"):
        reading._next_message(stream)


# What is read --------------------------------------------------------------------------------------------------------


@pytest.mark.case("X-073")
@pytest.mark.parametrize(
    "name", ["户" * 80, "\u202excel.xslx", "😀.xlsx", "..\\..\\x.xlsx", "-c.xlsx", "a b'\".csv"]
)
def test_file_name_does_not_matter(read, name):
    assert read(workbook(row(1, "姓名")), name).sheets[0].rows == [["姓名"]]


@pytest.mark.case("X-005")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["表.csv", "表.xlsx"])
def test_text_table_is_read_in_every_usual_encoding(read, encoding, name):
    content = '姓名,电话,备注\r\n张三,013800138000,\r\n,,\r\n"李,四",,"两\n行"\r\n'.encode(encoding)
    assert read(content, name).sheets[0].rows == [
        ["姓名", "电话", "备注"],
        ["张三", "013800138000", None],
        [],
        ["李,四", None, "两\n行"],
    ]


@pytest.mark.case("X-005")
def test_excels_unicode_text_is_split_at_tabs(read):
    assert read("姓名\t备注\r\n张三\t一,二\r\n".encode("utf-16")).sheets[0].rows[1] == ["张三", "一,二"]


def test_tab_before_a_number_against_rounding_is_no_separator(read):
    content = "身份证号,电话\r\n\t659901199001011234,\t13800138000\r\n".encode()
    assert read(content).sheets[0].rows[1] == ["\t659901199001011234", "\t13800138000"]


def test_text_table_ends_at_two_hundred_blank_rows_and_says_so(read):
    book = read(("a,b\r\n" + ",\r\n" * 200 + "c,d\r\n").encode())
    assert book.sheets[0].rows == [["a", "b"]]
    assert "第 1 行以下" in book.notices[0]


def test_workbook_named_csv_is_read(read):
    assert read(workbook(row(1, "姓名")), "表.csv").sheets[0].name == "花名册"


@pytest.mark.case("X-021")
def test_all_rows_are_read_though_the_dimension_is_too_small(only_sheet):
    rows = "".join(row(number, "张三", number) for number in range(1, 102))
    assert len(only_sheet(workbook(rows, head='<dimension ref="A1:A1"/>')).rows) == 101


@pytest.mark.case("X-022")
def test_dimension_of_the_whole_sheet_costs_nothing(only_sheet):
    start = seconds_spent()
    sheet = only_sheet(workbook(row(1, "姓名", "人数"), head='<dimension ref="A1:XFD1048576"/>'))
    assert sheet.rows == [["姓名", "人数"]]
    assert seconds_spent() - start < 2


@pytest.mark.case("X-022")
def test_columns_beyond_two_hundred_are_not_looked_at(read):
    book = read(workbook(row(1, *range(201)) + row(2, *range(199))))
    assert [len(values) for values in book.sheets[0].rows] == [200, 200]
    assert book.sheets[0].rows[0][199] == 199
    assert "前 200 列" in book.notices[0]


def test_styled_cells_to_the_last_column_are_no_content(read):
    book = read(workbook('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'))
    assert (book.sheets[0].rows, book.notices) == ([[1]], [])


@pytest.mark.case("X-023")
def test_one_cell_in_the_far_corner_is_left_out_and_told(read):
    book = read(hostile.far_corner())
    assert book.sheets[0].rows == [["姓名"], ["张三"]]
    assert "第 2 行以下" in book.notices[0]


@pytest.mark.case("X-019")
def test_a_million_styled_blank_rows_are_passed_over(read):
    content = hostile.blank_styled_rows()
    start = seconds_spent()
    book = read(content)
    assert seconds_spent() - start < 2
    assert (len(book.sheets[0].rows), book.notices) == (10, [])


@pytest.mark.case("X-024")
def test_data_after_a_long_gap_is_found_at_its_row(only_sheet):
    sheet = only_sheet(workbook(row(1000, "姓名") + row(1001, "张三")))
    assert len(sheet.rows) == 1001
    assert [sheet.rows[index] for index in (0, 999, 1000)] == [[None], ["姓名"], ["张三"]]


@pytest.mark.parametrize(("gap", "height"), [(200, 1), (199, 201)])
def test_two_hundred_blank_rows_end_the_data(only_sheet, gap, height):
    assert len(only_sheet(workbook(row(1, "甲") + row(gap + 2, "乙"))).rows) == height


@pytest.mark.case("X-027")
def test_merged_areas_are_told_as_far_as_there_is_data(only_sheet):
    merges = (
        '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:A99"/><mergeCell ref="C50:D51"/></mergeCells>'
    )
    sheet = only_sheet(workbook(row(1, "标题") + row(2, "一村", 1) + row(3, "", 2), tail=merges))
    assert sheet.merges == [(0, 0, 0, 1), (1, 0, 2, 0)]


@pytest.mark.case("X-018")
def test_links_objects_and_pivots_are_ignored_and_never_fetched(read, listener):
    link = f'<Relationships><Relationship Id="rId1" TargetMode="External" Target="{address(listener)}"/></Relationships>'
    book = read(
        hostile.with_parts(
            **{
                "xl/externalLinks/externalLink1.xml": "<externalLink/>",
                "xl/externalLinks/_rels/externalLink1.xml.rels": link,
                "xl/worksheets/_rels/sheet1.xml.rels": link,
                "xl/embeddings/oleObject1.bin": hostile.OLE,
                "xl/media/image1.png": hostile.picture(),
                "xl/pivotCache/pivotCacheDefinition1.xml": "<pivotCacheDefinition/>",
                "customXml/item1.xml": "<x/>",
            }
        )
    )
    assert book.sheets[0].rows[1] == ["张三", 4]
    assert nobody_called(listener)


# Sheets of a book ------------------------------------------------------------------------------------------------------


@pytest.fixture
def book_of(tmp_path):
    """Reads a workbook with sheets of these states, and a chart tab where the state is "chart"."""

    def book_of(*states, active=0):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, state in enumerate(states, 1):
            if state == "chart":
                book.create_chartsheet(f"图{number}")
            else:
                sheet = book.create_sheet(f"表{number}")
                sheet.append(["姓名"])
                sheet.sheet_state = state
        book.active = active
        book.save(tmp_path / "book.xlsx")
        return reading.read(tmp_path / "book.xlsx")

    return book_of


@pytest.mark.case("X-034")
@pytest.mark.case("X-035")
def test_hidden_sheets_are_flagged_and_named(book_of):
    book = book_of("visible", "hidden", "veryHidden")
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("表1", False),
        ("表2", True),
        ("表3", True),
    ]
    assert "表2、表3" in book.notices[0]


@pytest.mark.case("X-036")
def test_all_sheets_come_back_in_order(book_of):
    assert [sheet.name for sheet in book_of("visible", "visible").sheets] == ["表1", "表2"]


@pytest.mark.case("X-037")
def test_active_chart_tab_is_told(book_of):
    book = book_of("visible", "chart", active=1)
    assert [sheet.name for sheet in book.sheets] == ["表1"]
    assert any("图2" in notice for notice in book.notices)
    assert "活动工作表不是数据表" in book.notices


@pytest.mark.case("X-035")
def test_hidden_rows_and_columns_are_told(read):
    columns = '<cols><col min="2" max="3" width="0" hidden="1" customWidth="1"/><col min="6" max="16384" hidden="1"/></cols>'
    rows = (
        row(1, 1, 2, 3, 4)
        + row(2, 1, 2, 3, 4, attributes=' hidden="1"')
        + row(9, attributes=' hidden="true"')
    )
    book = read(workbook(rows, head=columns))
    assert book.sheets[0].hidden_rows == [1]
    assert "B:C" in book.notices[0]
    assert "F" not in book.notices[0]


def test_prefixed_elements_are_read_and_searched(only_sheet):
    content = (
        f'<x:worksheet xmlns:x="{hostile.MAIN}"><x:sheetData><x:row r="1" hidden="1"><x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v>'
        f'</x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>'
    )
    sheet = only_sheet(hostile.zipped(hostile.parts(content)))
    assert (sheet.rows, sheet.formulas, sheet.hidden_rows) == ([[2]], {(0, 0): "cached"}, [0])
    assert sheet.merges == [(0, 0, 0, 1)]


def test_empty_sheet_has_no_rows(only_sheet):
    content = f'<worksheet xmlns="{hostile.MAIN}"><sheetData/><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
    sheet = only_sheet(hostile.zipped(hostile.parts(content)))
    assert (sheet.rows, sheet.merges) == ([], [])


# Values ------------------------------------------------------------------------------------------------------------------


@pytest.mark.case("X-038")
@pytest.mark.case("X-042")
@pytest.mark.parametrize("written", ["659901199001011234", "6.59901199001011E+17", "6222020200112230"])
def test_number_that_lost_digits_stays_a_float(first_cells, written):
    assert type(first_cells(f'<c r="A1"><v>{written}</v></c>')[0]) is float


@pytest.mark.case("X-039")
@pytest.mark.case("X-043")
@pytest.mark.parametrize(
    ("written", "value"), [("659901900101123", 659901900101123), ("13800138000.0", 13800138000), ("-3", -3)]
)
def test_whole_number_of_up_to_fifteen_digits_is_an_int(first_cells, written, value):
    found = first_cells(f'<c r="A1"><v>{written}</v></c>')[0]
    assert (found, type(found)) == (value, int)


@pytest.mark.case("X-050")
def test_fractions_and_percentages_come_as_stored(first_cells):
    cells = '<c r="A1"><v>2.5</v></c><c r="B1"><v>0.30000000000000004</v></c><c r="C1" s="5"><v>0.25</v></c>'
    assert first_cells(cells) == [2.5, 0.1 + 0.2, 0.25]


@pytest.mark.case("X-076")
def test_infinity_is_text_that_no_number_column_takes(first_cells):
    assert first_cells('<c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c>') == ["inf", "nan"]


@pytest.mark.case("X-044")
def test_date_cells_are_dates_and_a_serial_without_format_is_a_number(first_cells):
    cells = '<c r="A1" s="1"><v>43529</v></c><c r="B1" s="2"><v>43529.5</v></c><c r="C1"><v>43529</v></c>'
    date = datetime.date(2019, 3, 5)
    assert first_cells(cells) == [date, datetime.datetime(2019, 3, 5, 12), 43529]


@pytest.mark.case("X-048")
def test_time_of_day_and_impossible_dates_are_no_dates(first_cells):
    cells = '<c r="A1" s="3"><v>0.5</v></c><c r="B1" s="4"><v>1.5</v></c><c r="C1" s="1"><v>-5</v></c><c r="D1" s="1"><v>2958466</v></c>'
    assert not [value for value in first_cells(cells) if isinstance(value, datetime.date)]


@pytest.mark.case("X-045")
def test_dates_count_from_1904_where_the_book_says_so(first_cells):
    found = first_cells('<c r="A1" s="1"><v>42067</v></c>', properties='<workbookPr date1904="1"/>')
    assert found == [datetime.date(2019, 3, 5)]


@pytest.mark.case("X-051")
def test_booleans_stay_and_error_cells_are_named(only_sheet):
    cells = '<c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c><c r="C1" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    sheet = only_sheet(workbook(f'<row r="1">{cells}</row>'))
    assert sheet.rows[0] == [True, None, None]
    assert sheet.faults == {(0, 1): "#N/A", (0, 2): "#DIV/0!"}


@pytest.mark.case("X-052")
def test_formulas_are_known_with_and_without_a_value(only_sheet):
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v/></c>'
        '<c r="D1" t="str"><f>IF(A1,"","|")</f><v></v></c><c r="E1"><v>1</v></c>'
    )
    sheet = only_sheet(workbook(f'<row r="1">{cells}</row>'))
    assert sheet.rows[0] == [2, None, None, None, 1]
    assert sheet.formulas == {(0, 0): "cached", (0, 1): "uncached", (0, 2): "uncached", (0, 3): "cached"}


@pytest.mark.case("X-054")
@pytest.mark.parametrize(
    "formula",
    [
        'HYPERLINK("http://x","点我")',
        "_xlfn.WEBSERVICE(A1)",
        "hyperlink(A1)",
        "cmd|'/C calc'!A0",
        "[1]Sheet1!A1",
        "'C:\\[台账.xlsx]表1'!A1",
        "HYPER&#76;INK(A1)",
    ],
)
def test_formula_that_reaches_outside_is_dangerous(only_sheet, formula):
    sheet = only_sheet(workbook(f'<row r="1"><c r="A1" t="str"><f>{formula}</f><v>值</v></c></row>'))
    assert sheet.formulas == {(0, 0): "dangerous"}


@pytest.mark.parametrize(
    "formula", ['IF(A1="|","[1]x!","HYPERLINK(")', "SUM(表1[[#This Row],[人数]])", "RECALL(A1)"]
)
def test_formula_that_only_looks_so_is_not_dangerous(only_sheet, formula):
    sheet = only_sheet(workbook(f'<row r="1"><c r="B1"><f>{formula}</f><v>1</v></c></row>'))
    assert sheet.formulas == {(0, 1): "cached"}


@pytest.mark.case("X-054")
def test_shared_dangerous_formula_is_dangerous_in_every_cell(only_sheet):
    first = '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">HYPERLINK(B1)</f><v>1</v></c></row>'
    sheet = only_sheet(workbook(first + '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'))
    assert sheet.formulas == {(0, 0): "dangerous", (1, 0): "dangerous"}


@pytest.mark.case("X-053")
def test_text_that_looks_like_a_formula_is_text(only_sheet):
    sheet = only_sheet(workbook(row(1, "=1+1", "+86", "-", "@x", "\t=1")))
    assert sheet.rows[0] == ["=1+1", "+86", "-", "@x", "\t=1"]
    assert sheet.formulas == {}


@pytest.mark.case("X-055")
def test_rich_text_is_plain_and_phonetic_runs_are_left_out(first_cells):
    rich = '<r><t>张</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh>'
    cells = f'<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is>{rich}</is></c>'
    assert first_cells(cells, items=f"<si>{rich}</si>") == ["张 三", "张 三"]


@pytest.mark.case("X-055")
def test_escapes_are_handled_once(first_cells):
    cells = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
    found = first_cells(cells, items="<si><t>一_x000D_\n二_x0041_</t></si><si><t>_x005F_x0041_</t></si>")
    assert found == ["一\r\n二A", "_x0041_"]


@pytest.mark.case("X-057")
def test_control_characters_are_kept_to_be_refused(only_sheet):
    assert only_sheet(workbook(row(1, "a_x0000_b", "a&#1;b"))).rows[0] == ["a\0b", "a\1b"]


@pytest.mark.case("X-056")
@pytest.mark.case("X-058")
def test_text_comes_whole_and_untrimmed(only_sheet):
    long, padded = "村" * 32_767, " \u200b一村\u3000\n"
    assert only_sheet(workbook(row(1, long, padded))).rows[0] == [long, padded]


# The whole ---------------------------------------------------------------------------------------------------------------


def test_progress_hears_of_every_batch(tmp_path):
    path, heard = tmp_path / "表.xlsx", []
    path.write_bytes(workbook("".join(row(number, "张三") for number in range(1, 2502))))
    reading.read(path, progress=heard.append)
    assert heard == [1000, 2000, 2501]


def test_usual_workbook_takes_little_memory(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(workbook("".join(row(number, *["6599"] * 24, number) for number in range(1, 10_001))))
    assert peak_megabytes(path) < 300


@pytest.mark.parametrize(
    "name", ["messy/16整改台账.xlsx", "tidy/02贫困村基本情况表.xlsx", "messy/02贫困村基本情况表.xlsx"]
)
def test_real_ledger_reads_as_openpyxl_reads_it(ledgers, name):
    book = openpyxl.load_workbook(ledgers / name, read_only=True, data_only=True)
    for sheet in reading.read(ledgers / name).sheets:
        book[sheet.name].reset_dimensions()
        expected = [_plain(values) for values in book[sheet.name].iter_rows(values_only=True)]
        assert [_plain(values) for values in sheet.rows] == expected


def _plain(values):
    """Without the padding, and a midnight as its date."""
    plain = [value.date() if isinstance(value, datetime.datetime) else value for value in values]
    while plain and plain[-1] is None:
        plain.pop()
    return plain
