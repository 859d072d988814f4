"""What an upload would do, said row by row and before it does it: whom a row means, what changes, what is wrong and where."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.models import Finding, Item
from povertyparty.models import Upload
from povertyparty.plan import Trouble, Verdict, make
from povertyparty.reading import Book
from povertyparty.tables import Unrecognised, tables
from tests.conftest import FAR_VILLAGE, NEIGHBOUR, VILLAGE
from tests.sheets import (
    CADRE,
    HOUSEHOLD,
    ITEM,
    PERSON,
    household,
    identity,
    item,
    person,
    planned,
    reasons,
    sheet,
)
from villages.models import Household, Person

pytestmark = pytest.mark.django_db
SAME, CHANGED, NEW, REFUSED = Verdict.SAME, Verdict.CHANGED, Verdict.NEW, Verdict.REFUSED
VILLAGES = (
    "县(市、区)",
    "乡(镇)",
    "村名",
    "统计区划代码",
    "贫困村级别",
    "建档立卡户数",
    "致贫原因类型",
    "通水",
)


@pytest.fixture(autouse=True)
def at_work(clerk, in_scope):
    """Everything here is planned by the officer of 近山镇, who knows the household that HOUSEHOLD's first row names."""
    with in_scope(clerk):
        Household.objects.create(
            place_id=VILLAGE, number="6599061002000001", head="王小明", size=3, cause="因病", status="0"
        )
        yield


def one(made):
    (row,) = made.rows
    return row


def verdicts(made):
    return [row.verdict for row in made.rows]


def why(*sheets):
    """All that is wrong with a workbook, in words."""
    return [reason for _, _, reason in reasons(planned(*sheets))]


def fault(*sheets):
    """The only fault of a workbook."""
    (found,) = [found for row in planned(*sheets).rows for found in row.faults]
    return found


# Whom a row means, and what changes


@pytest.mark.case("X-065")
def test_a_row_is_new_changed_or_the_same():
    made = planned(sheet(HOUSEHOLD, household(1), household(2), household(3)))
    Household.objects.create(place_id=VILLAGE, number="6599061002000002", head="王小明", size=4)
    again = planned(sheet(HOUSEHOLD, household(1), household(2), household(3)))
    assert (verdicts(made), verdicts(again)) == ([SAME, NEW, NEW], [SAME, CHANGED, NEW])


@pytest.mark.case("X-069")
def test_a_change_tells_what_was_and_what_will_be():
    """A file cannot say how old it is: what it would put back stands before somebody's eyes, value by value."""
    row = one(planned(sheet(HOUSEHOLD, household(cause="因残", size=5))))
    assert row.changes == {"cause": "因残", "size": 5}
    assert row.before == {"cause": "因病", "size": 3, "origin_id": None}
    assert row.version == 1


def test_a_blank_cell_leaves_what_is_there():
    assert one(planned(sheet(HOUSEHOLD, household(cause="-", size=None)))).verdict == SAME


def test_a_record_may_move_to_another_village():
    assert one(planned(sheet(HOUSEHOLD, household(village="后湾村")))).changes == {"place_code": NEIGHBOUR}


def test_a_masked_cell_confirms_what_is_stored_and_changes_nothing():
    Household.objects.update(head_id=identity())
    heads, masked = [*HOUSEHOLD, "户主证件号码"], identity()[:3] + "*" * 13 + identity()[-2:]
    assert one(planned(sheet(heads, [*household(), masked]))).verdict == SAME
    assert "与库中不符" in fault(sheet(heads, [*household(), "999" + masked[3:]]))["reason"]
    assert "须填完整内容" in fault(sheet(heads, [*household(2), masked]))["reason"]


def test_without_an_identity_number_a_person_is_known_by_household_and_number():
    home = Household.objects.get()
    Person.objects.create(place_id=VILLAGE, household=home, number="01", name="王小明", relation="户主")
    assert one(planned(sheet(PERSON, person(name="王大明")))).changes == {"name": "王大明"}


def test_what_lives_in_another_ledger_is_compared_and_never_taken():
    Household.objects.update(phone="13800138000")
    row = one(planned(sheet([*PERSON, "联系电话", "人数"], [*person(), "13900139000", 4])))
    told = {hint["header"]: hint["reason"] for hint in row.hints}
    assert "phone" not in row.changes
    assert told["人数"] == "系统登记为“3”，以登记为准，本格不采用"
    assert told["联系电话"] == "系统登记为“138****8000”，以登记为准，本格不采用"


# The same again


def test_the_same_file_planned_twice_has_the_same_digest():
    rows = [household(number, size=number % 5 + 1) for number in range(1, 30)]
    assert planned(sheet(HOUSEHOLD, *rows)).digest == planned(sheet(HOUSEHOLD, *rows)).digest


@pytest.mark.parametrize("change", ["cell", "order", "data"])
def test_another_digest_means_another_commit(change):
    rows = [household(1, size=4), household(2)]
    before = planned(sheet(HOUSEHOLD, *rows)).digest
    if change == "cell":
        rows[1][3] = "李四"
    elif change == "order":
        rows.reverse()
    else:
        Household.objects.update(version=2)
    assert planned(sheet(HOUSEHOLD, *rows)).digest != before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from(["因病", "因残", None]), st.integers(1, 20)),
        max_size=8,
        unique_by=lambda row: row[0],
    )
)
def test_planning_is_repeatable_for_any_rows(rows):
    lines = [household(number, cause=cause, size=size) for number, cause, size in rows] or [household()]
    first, second = (planned(sheet(HOUSEHOLD, *lines)) for _ in "12")
    assert (first.digest, first.tally) == (second.digest, second.tally)


def test_planning_reads_and_never_writes():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        planned(sheet(HOUSEHOLD, household(), household(2, cause="懒")))
    assert all(query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE")) for query in queries)


def test_many_rows_cost_as_many_queries_as_few():
    def asked(count):
        with CaptureQueriesContext(connection) as queries:
            planned(sheet(PERSON, *(person(1, f"{n:02}", relation="之子") for n in range(count))))
        return len(queries)

    assert asked(2) == asked(60)


# What is wrong, and in which cell


@pytest.mark.case("X-027")
def test_a_village_merged_over_its_rows_fills_down():
    rows = [household(number) for number in (1, 2, 3)]
    rows[1][:2] = rows[2][:2] = [None, None]
    made = planned(sheet(HOUSEHOLD, *rows, merges=[(1, 0, 3, 0), (1, 1, 3, 1)]))
    assert [row.values["place"] for row in made.rows] == [VILLAGE] * 3


@pytest.mark.case("X-027")
def test_any_other_merged_cell_is_refused_by_its_name():
    rows = [household(number) for number in (1, 2)]
    rows[1][4] = None
    found = fault(sheet(HOUSEHOLD, *rows, merges=[(1, 4, 2, 4)]))
    assert (found["kind"], found["at"], found["reason"]) == (
        Trouble.MERGED,
        4,
        "E3是合并单元格，请取消合并后逐行填写",
    )


@pytest.mark.case("X-051")
def test_an_error_value_is_refused_where_it_stands():
    found = fault(sheet(HOUSEHOLD, household(size=None), faults={(1, 6): "#N/A"}))
    assert (found["kind"], found["at"], found["value"]) == (Trouble.FORMULA, 6, "#N/A")


@pytest.mark.case("X-052")
def test_a_formula_is_read_by_its_value_with_a_notice_and_refused_without_one():
    """domain.md §3.0 rule 8: offices compute columns; what Excel had calculated is what they see."""
    made = planned(sheet(HOUSEHOLD, household(size=4), formulas={(1, 6): "cached"}))
    assert (one(made).changes, made.notices) == (
        {"size": 4},
        ["工作表“花名册”有1个公式单元格，按计算结果读入"],
    )
    assert (
        "没有计算结果的公式"
        in fault(sheet(HOUSEHOLD, household(size=None), formulas={(1, 6): "uncached"}))["reason"]
    )


@pytest.mark.case("X-054")
def test_a_formula_that_reaches_outside_is_refused_whatever_its_value():
    assert "外部内容" in fault(sheet(HOUSEHOLD, household(), formulas={(1, 3): "dangerous"}))["reason"]


@pytest.mark.case("X-052")
def test_a_formula_in_a_column_nobody_reads_harms_nobody():
    assert not why(sheet(["序号", *HOUSEHOLD], [1, *household()], formulas={(1, 0): "uncached"}))


@pytest.mark.case("X-059")
@pytest.mark.parametrize(("village", "near"), [("前弯村", "前湾村"), ("前灣村", "前湾村"), ("后湾", None)])
def test_a_village_is_never_guessed_but_the_nearest_is_told(village, near):
    if near:
        found = fault(sheet(HOUSEHOLD, household(village=village)))
        assert (found["at"], found["value"]) == (1, village)
        assert f"没有名为“{village}”的村，是否为“{near}”？" in found["reason"]
    else:
        assert one(planned(sheet(HOUSEHOLD, household(village=village)))).values["place"] == NEIGHBOUR


@pytest.mark.case("X-058")
@pytest.mark.parametrize(
    "village", [" 前湾村 ", "前湾村\u200b", "前湾村村民委员会", "前湾", "\u3000前湾村委会"]
)
def test_a_village_may_be_called_as_offices_call_it(village):
    assert one(planned(sheet(HOUSEHOLD, household(village=village)))).verdict == SAME


@pytest.mark.case("X-060")
def test_a_code_and_a_name_that_disagree_are_refused():
    row = ["测试县", "近山镇", "后湾村", "659906100200", "自治区级", 30, "设施短板型", "是"]
    assert "“前湾村”，与所填“后湾村”不符" in why(sheet(VILLAGES, row))[0]


def test_a_place_outside_the_scope_is_refused_without_a_word_on_what_is_there():
    row = household()
    row[:2] = ["远水乡", "河口村"]
    found = fault(sheet(HOUSEHOLD, row))
    assert (found["at"], found["reason"]) == (0, "乡镇“远水乡”不在您的管辖范围")


@pytest.mark.case("X-061")
def test_a_cause_nobody_knows_is_refused_in_its_cell():
    found = fault(sheet(HOUSEHOLD, household(cause="懒")))
    assert (found["kind"], found["at"], found["value"]) == (Trouble.FORMAT, 4, "懒")


@pytest.mark.case("X-062")
def test_both_rows_that_mean_one_household_are_named():
    assert reasons(planned(sheet(HOUSEHOLD, household(5), household(6), household(5)))) == [
        (2, "户编号", "与第4行重复"),
        (4, "户编号", "与第2行重复"),
    ]


@pytest.mark.case("X-062")
def test_across_sheets_the_sheet_is_named_too():
    made = planned(sheet(HOUSEHOLD, household(5), name="甲"), sheet(HOUSEHOLD, household(5), name="乙"))
    assert [reason for _, _, reason in reasons(made)] == ["与工作表“乙”第2行重复", "与工作表“甲”第2行重复"]


@pytest.mark.case("X-062")
def test_a_row_that_stands_a_thousand_times_is_told_once_each():
    made = planned(sheet(HOUSEHOLD, *[household(5)] * 1000))
    assert {len(row.faults) for row in made.rows} == {1}


@pytest.mark.case("X-063")
def test_one_person_in_two_households_names_both_rows():
    Household.objects.create(place_id=VILLAGE, number="6599061002000002", head="李四")
    told = why(sheet(PERSON, person(1, identity=identity()), person(2, identity=identity(), relation="配偶")))
    assert told == ["与第3行重复", "与第2行重复"]


@pytest.mark.case("X-064")
def test_two_heads_of_one_household_are_refused_by_both_rows():
    told = why(sheet(PERSON, person(1, "01"), person(1, "02", "李四")))
    assert told == ["与第3行同为一户的户主", "与第2行同为一户的户主"]


@pytest.mark.case("X-064")
def test_a_household_without_head_or_with_too_many_people_is_pointed_out():
    """Only pointed out: a roster may bring the newborn alone, the rest of the household being registered."""
    rows = [person(1, f"0{n}", relation="之子") for n in range(1, 5)]
    hints = [hint["reason"] for row in planned(sheet(PERSON, *rows)).rows for hint in row.hints]
    assert hints == ["本户没有户主", "本表中该户有4人，户登记的家庭人口数为3人"]


@pytest.mark.case("X-057")
def test_what_the_database_cannot_store_is_refused_and_kept_legible():
    found = fault(sheet(HOUSEHOLD, household(head="张\0三\ud800")))
    assert ("控制字符" in found["reason"], found["value"]) == (True, "张\ufffd三\ufffd")


@pytest.mark.case("X-050")
@pytest.mark.parametrize(("size", "income"), [(40_000, 1), (3, 10**11)])
def test_a_number_the_database_has_no_room_for_is_refused_as_a_cell(size, income):
    row = sheet([*HOUSEHOLD, "年人均纯收入(元)"], [*household(size=size), income])
    assert "超出了能填的范围" in fault(row)["reason"]


def test_a_missing_name_is_told_only_for_new_rows():
    assert why(sheet(HOUSEHOLD, household(1, head=None))) == []
    assert reasons(planned(sheet(HOUSEHOLD, household(2, head=None)))) == [(2, "户主姓名", "不能为空")]


def test_a_row_that_says_nothing_of_whom_it_means_is_refused():
    row = household()
    row[2] = "无"
    assert "缺少能认出这一行的内容" in why(sheet(HOUSEHOLD, row))[0]


def test_what_is_sensitive_is_masked_in_a_fault_too():
    found = fault(sheet([*HOUSEHOLD, "户主证件号码"], [*household(), "659906196805120001"]))
    assert found["value"] == "659*************01"
    assert "19680512" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize(
    ("column", "content"),
    [(1, "不存在村"), (2, None), (3, "9"), (4, "懒"), (5, "不知道"), (6, "三人")],
)
def test_every_fault_says_in_which_column_it_stands(column, content):
    row = household(2)
    row[column] = content
    assert fault(sheet(HOUSEHOLD, row))["at"] == column


# Beside the rows


@pytest.mark.case("X-031")
def test_columns_that_are_not_taken_are_told_and_why():
    made = planned(sheet([*PERSON, "民族", "饲养羊只"], [*person(), "某族", 12]))
    assert (made.unknown, made.dropped) == (["饲养羊只"], [("民族", "属于不采集的敏感信息，已丢弃")])
    assert "某族" not in json.dumps([row.changes for row in made.rows], default=str)


@pytest.mark.case("X-035")
def test_hidden_rows_are_read_and_counted():
    made = planned(sheet(HOUSEHOLD, household(1), household(2), hidden_rows=[2]))
    assert (len(made.rows), made.notices) == (2, ["工作表“花名册”有1个隐藏行，已一并读入"])


@pytest.mark.parametrize(
    ("above", "header", "asked", "read"),
    [
        ("", "年人均纯收入", [("年人均纯收入", "元")], "8000.00"),
        ("", "年人均纯收入(元)", [], "8000.00"),
        ("单位:户、人、元", "年人均纯收入", [], "8000.00"),
        ("单位:万元", "年人均纯收入", [], "80000000.00"),
        ("", "年人均纯收入（万元）", [], "80000000.00"),
    ],
)
def test_an_amount_without_a_unit_waits_for_somebodys_word(above, header, asked, read):
    made = planned(sheet([above], [*HOUSEHOLD, header], [*household(), 8000]))
    assert (made.units, str(one(made).changes["net_income"])) == (asked, read)


@pytest.mark.case("X-036")
def test_a_sheet_for_each_village_may_leave_the_village_to_its_name():
    short = [HOUSEHOLD[0], *HOUSEHOLD[2:]]
    rows = [[row[0], *row[2:]] for row in (household(1), household(2))]
    made = planned(sheet(short, rows[0], name="前湾村"), sheet(short, rows[1], name="后湾"))
    assert [row.values["place"] for row in made.rows] == [VILLAGE, NEIGHBOUR]


@pytest.mark.case("X-036")
def test_a_sheet_whose_name_is_no_village_is_refused_as_a_whole():
    short, row = HOUSEHOLD[2:], household()[2:]
    assert one(planned(sheet(short, row, name="前湾村"))).values["place"] == VILLAGE
    with pytest.raises(Unrecognised, match=r"缺少必需的列：县\(市、区\)＋乡\(镇\)＋行政村"):
        planned(sheet(short, row, name="Sheet1"))


def test_what_was_looked_for_in_vain_names_the_ledger_it_should_be_in():
    made = planned(sheet(PERSON, person(serial=9)))
    assert made.lacking == ["households"]
    assert reasons(made) == [(2, "户编号", "户编号没有登记，请先导入《建档立卡贫困户花名册》")]


# What the database would refuse


def staged(*sheets):
    """The upload of a workbook, planned and staged."""
    these, notices = tables(Book(list(sheets)))
    upload = Upload.objects.create(name="表.xlsx", place_code="659906100")
    upload.stage(these[0].header.ledger, these, notices)
    return upload


def refused_rows(upload):
    return [
        (row.number, row.faults[0]["at"], row.faults[0]["reason"])
        for row in upload.rows.filter(verdict=REFUSED)
    ]


def test_a_constraint_of_the_database_speaks_in_the_preview_with_row_and_cell():
    upload = staged(sheet(HOUSEHOLD, household(1, size=99), household(2, size=0), household(3)))
    assert refused_rows(upload) == [(2, 6, "家庭人口数应在1至30之间"), (3, 6, "家庭人口数应在1至30之间")]
    assert (upload.state, upload.tally["new"], upload.tally["refused"]) == (Upload.State.FAULTY, 1, 2)


def test_a_constraint_on_two_columns_sees_what_is_stored_in_the_other():
    finding = Finding.objects.create(place_id=VILLAGE, code="WT-1", text="学习不深入")
    Item.objects.create(
        place_id=VILLAGE, finding=finding, code="WT-1-1", found_on="2020-06-01", state="doing"
    )
    upload = staged(sheet(ITEM, item(due="2020-05-01")))
    assert refused_rows(upload) == [(2, 6, "整改时限不能早于发现日期")]


def test_a_number_taken_by_another_person_of_the_household_is_refused_before_the_commit():
    home = Household.objects.get()
    Person.objects.create(place_id=VILLAGE, household=home, number="01", name="王小明", id_number=identity(1))
    upload = staged(sheet(PERSON, person(1, "01", "王大明", identity(2))))
    assert refused_rows(upload) == [(2, 3, "同一户内人编号重复")]


def test_two_new_persons_with_one_number_are_refused_both():
    rows = [person(1, "05", "甲甲", identity(1), "之子"), person(1, "05", "乙乙", identity(2), "之女")]
    assert [number for number, _, _ in refused_rows(staged(sheet(PERSON, *rows)))] == [2, 3]


def test_what_passes_the_preview_passes_the_database(clerk):
    upload = staged(sheet(HOUSEHOLD, household(1, size=4), household(2)))
    upload.commit(clerk)
    assert (upload.state, Household.objects.count()) == (Upload.State.COMMITTED, 2)


def test_an_import_is_the_source_of_what_it_wrote_and_of_nothing_later(clerk):
    upload = staged(sheet(HOUSEHOLD, household(1, size=4)))
    upload.commit(clerk)
    Household.objects.update(size=5)
    imported, edited = Household.objects.get().events.order_by("-pgh_id")[:2][::-1]
    assert (imported.pgh_context["upload"], "upload" in edited.pgh_context) == (upload.pk, False)


# A record above the rows


def test_rows_of_one_finding_must_agree_on_it():
    told = why(sheet(ITEM, item(1), item(2, text="学习很深入")))
    assert told == ["与第2行同一检视问题清单的“学习不深入”不一致"]


def test_a_finding_and_its_items_are_new_together(clerk):
    upload = staged(sheet(ITEM, item(1), item(2), item(1, "WT-2", "作风不实")))
    upload.commit(clerk)
    assert sorted(Item.objects.values_list("finding__code", "code")) == [
        ("WT-1", "WT-1-1"),
        ("WT-1", "WT-1-2"),
        ("WT-2", "WT-2-1"),
    ]


def test_an_item_is_shown_as_changed_when_only_its_finding_is_and_is_not_written(clerk):
    staged(sheet(ITEM, item(1), item(2))).commit(clerk)
    upload = staged(sheet(ITEM, item(1, text="学习很不深入"), item(2, text="学习很不深入", unit="宣传部")))
    upload.commit(clerk)
    versions = Item.objects.order_by("code").values_list("version", flat=True)
    assert (upload.tally["changed"], list(versions), Finding.objects.get().version) == (2, [1, 2], 2)
    upload.undo()
    assert (Finding.objects.get().text, list(versions.all())) == ("学习不深入", [1, 3])


def test_state_moves_only_by_steps_and_a_differing_cell_is_pointed_out(clerk):
    heads, row = [*ITEM, "完成情况"], item(1)
    staged(sheet(heads, [*row, "正在整改"])).commit(clerk)
    found = one(planned(sheet(heads, [*row, "已完成"])))
    assert (found.verdict, found.hints[0]["header"]) == (SAME, "完成情况")


def test_cadres_without_identity_are_told_apart_by_name_and_post():
    rows = [
        ["近山镇", "前湾村", "李四", post, "2019.07", "熟练", "符合"] for post in ("党组织书记", "副书记")
    ]
    assert verdicts(planned(sheet(CADRE, *rows))) == [NEW, NEW]


def test_nothing_of_another_township_is_touched_or_seen(outsider, in_scope):
    with in_scope(outsider):
        Household.objects.create(place_id=FAR_VILLAGE, number="6599061002000077", head="远水哨兵")
    assert one(planned(sheet(HOUSEHOLD, household(77)))).verdict == NEW


@pytest.mark.case("X-067")
def test_the_last_of_many_rows_is_looked_at_like_the_first():
    rows = [household(number) for number in range(1, 5000)]
    rows[-1] = household(4999, cause="懒")
    upload = staged(sheet(HOUSEHOLD, *rows))
    assert (upload.state, upload.tally["refused"], Household.objects.count()) == (Upload.State.FAULTY, 1, 1)
    assert refused_rows(upload)[0][0] == 5000


def test_a_plan_is_made_of_the_tables_alone():
    these, _ = tables(Book([sheet(HOUSEHOLD, household(2))]))
    assert make(these[0].header.ledger, these).tally == {"new": 1, "changed": 0, "same": 0, "refused": 0}
