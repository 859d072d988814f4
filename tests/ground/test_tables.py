"""Where the table is in a sheet, which ledger it is, and what is said when it is none."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povertyparty.ledger import REGISTRY
from povertyparty.reading import Book
from povertyparty.tables import Unrecognised, tables
from tests import sheets
from tests.sheets import HOUSEHOLD, found, household, sheet

TITLE = ["测试县建档立卡贫困户花名册"]
UNIT = ["填报单位(盖章):近山镇  填报人:张三  单位:户、人、元"]
ONE = household()
VARIANTS = {"(": "（", ")": "）"}


def header_of(*rows, **marks):
    (table,), _ = found(*rows, **marks)
    return table.header


def names(header):
    return [column.name for _, column in header.cells.values() if column]


def refusal(*rows, **marks):
    with pytest.raises(Unrecognised) as refused:
        found(*rows, **marks)
    return str(refused.value)


@pytest.mark.case("X-025")
def test_a_title_and_a_unit_line_above_the_header_are_passed_over():
    header = header_of(TITLE, UNIT, HOUSEHOLD, ONE, merges=[(0, 0, 0, 6), (1, 0, 1, 6)])
    assert (header.ledger.code, header.row, header.depth) == ("households", 2, 1)


@pytest.mark.case("X-024")
def test_a_table_far_down_is_found():
    (table,), _ = found(*[[]] * 999, HOUSEHOLD, ONE)
    assert [number for number, _ in table.rows] == [1001]


TWO_LEVELS = (
    [*HOUSEHOLD[:4], "家庭收入(元)", None, "备注"],
    [None, None, None, None, "工资性收入", "转移性收入", None],
    ["近山镇", "前湾村", "6599061002000001", "王小明", 24000, 2600, ""],
)
TWO_LEVELS_MERGED = [(0, c, 1, c) for c in (0, 1, 2, 3, 6)] + [(0, 4, 0, 5)]


@pytest.mark.case("X-026")
def test_a_merged_header_of_two_levels_is_read_as_one():
    header = header_of(*TWO_LEVELS, merges=TWO_LEVELS_MERGED)
    assert names(header)[3:] == ["head", "wages", "transfers", "note"]
    assert (header.row, header.depth) == (0, 2)


@pytest.mark.case("X-026")
def test_the_unit_above_a_group_holds_for_every_column_below_it():
    header = header_of(*TWO_LEVELS, merges=TWO_LEVELS_MERGED)
    assert (header.units[4], header.units[5], header.units[6]) == ("元", "元", "")


@pytest.mark.case("X-031")
def test_a_column_that_stands_only_in_the_upper_header_row_is_not_lost():
    top, below, data = (list(row) for row in TWO_LEVELS)
    header = header_of([*top, "饲养羊只"], below, data, merges=TWO_LEVELS_MERGED)
    assert header.unknown == ["饲养羊只"]


def decorated(text, marks):
    """The header as somebody's keyboard made it: invisible characters inside, brackets and digits of full width."""
    wide = "".join(VARIANTS.get(sign, sign) for sign in text)
    return wide[:1] + marks + wide[1:]


@pytest.mark.case("X-028")
@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=" \u00a0\u3000\u200b\ufeff\n\r\t\u2060", max_size=4), st.sampled_from(HOUSEHOLD))
def test_a_header_is_known_however_it_is_spaced(marks, text):
    ledger = REGISTRY["households"]
    assert ledger.named(decorated(text, marks)) is ledger.named(text) is not None
    assert ledger.named(unicodedata.normalize("NFKC", text) + marks) is ledger.named(text)


@pytest.mark.case("X-029")
def test_a_header_that_stands_twice_is_refused_with_both_columns():
    told = refusal([*HOUSEHOLD, "户主"], [*ONE, "李四"])
    assert "H列“户主”与D列“户主姓名”重复" in told


@pytest.mark.case("X-030")
def test_all_missing_columns_are_named_at_once():
    told = refusal(
        ["乡(镇)", "行政村", "主要致贫原因", "脱贫属性", "备注"], ["近山镇", "前湾村", "因病", "未脱贫", ""]
    )
    assert "户编号" in told and "户主姓名" in told


@pytest.mark.case("X-032")
def test_columns_may_come_in_any_order():
    assert set(names(header_of(HOUSEHOLD[::-1], ONE[::-1]))) == set(names(header_of(HOUSEHOLD, ONE)))


@pytest.mark.case("X-033")
@pytest.mark.parametrize(
    "word", ["身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证号(18位)", "身 份 证 号"]
)
def test_a_header_may_be_any_of_its_usual_words(word):
    header = header_of([*sheets.PERSON[:5], word, "与户主关系"], sheets.person(identity=sheets.identity()))
    assert "id_number" in names(header)


@pytest.mark.case("X-034")
def test_a_hidden_sheet_is_not_read_even_if_the_data_are_in_it():
    book = Book([sheet(HOUSEHOLD, ONE, name="数据", hidden=True), sheet(["目录"], ["见数据表"], name="封面")])
    with pytest.raises(Unrecognised, match="没有找到表头"):
        tables(book)


@pytest.mark.case("X-034")
def test_if_every_sheet_is_hidden_that_is_said():
    assert "取消隐藏" in refusal(HOUSEHOLD, ONE, hidden=True)


@pytest.mark.case("X-036")
def test_all_sheets_of_one_ledger_are_read_and_others_named():
    book = Book(
        [
            sheet(HOUSEHOLD, ONE, name="近山"),
            sheet(["通知"], ["请按时报"], name="通知"),
            sheet(HOUSEHOLD, ONE, name="远水"),
        ]
    )
    these, notices = tables(book)
    assert [table.sheet for table in these] == ["近山", "远水"]
    assert notices == ["工作表“通知”不是台账，已跳过"]


@pytest.mark.case("X-072")
def test_a_table_that_is_nearly_a_ledger_is_told_which():
    told = refusal(["乡(镇)", "行政村", "户编号", "户主姓名", *"甲乙丙丁戊己"], ["近山镇"] * 10)
    assert "最接近《建档立卡贫困户花名册》" in told


@pytest.mark.parametrize(
    "line", ["合计", "总  计", "近山镇小计", "填表说明:1.由乡镇汇总", "审核人:李四", "注：以上为年底数"]
)
def test_totals_notes_and_signatures_are_listed_and_not_read(line):
    (table,), _ = found(HOUSEHOLD, ONE, [line, None, None, 12])
    assert len(table.rows) == 1
    assert [number for number, _ in table.passed] == [3]


def test_a_header_repeated_on_every_page_is_passed_over():
    (table,), _ = found(HOUSEHOLD, ONE, HOUSEHOLD, household(2))
    assert ([number for number, _ in table.rows], table.passed) == ([2, 4], [(3, "重复的表头")])


def test_our_own_list_of_problems_in_a_marked_copy_is_no_table():
    problems = sheet(
        ["工作表", "行", "列", "表头", "单元格值", "原因"],
        ["花名册", 2, "C", "户编号", "", "不能为空"],
        name="问题",
    )
    these, notices = tables(Book([problems, sheet(HOUSEHOLD, ONE)]))
    assert (len(these), notices) == (1, [])


@pytest.mark.case("X-057")
def test_control_characters_in_a_header_become_something_that_can_be_kept():
    assert header_of([*HOUSEHOLD, "饲养\0羊\ud800只"], ONE).unknown == ["饲养\ufffd羊\ufffd只"]


@pytest.mark.case("X-027")
def test_a_merged_area_as_large_as_the_sheet_costs_nothing():
    rows = [household(number) for number in range(1, 4000)]
    start = time.process_time()
    (table,), _ = found(HOUSEHOLD, *rows, merges=[(1, 0, 299_999, 199)])
    assert table.merged(3)[9] == (1, 0)
    assert time.process_time() - start < 3
