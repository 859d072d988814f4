"""The main job: tables of the townships go in, the preview says what they would do, and only then it is done, or taken back."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inspections.fiction import County
from povertyparty.ledger import REGISTRY
from tests.browser.papers import Paper, rows_of

WAITING = re.compile("读取中|排队中|提交中")
READING_TAKES = 90_000
FIRST, SECOND, THIRD, FOURTH = 4, 5, 6, 7  # rows of a tidy form
NEWCOMER = "6599071002009999"
# What the county's workbooks are of: every ledger but the places, which were there first, and the findings, which come with their items.
LEDGERS = {ledger.title for code, ledger in REGISTRY.items() if code not in {"places", "findings"}}


@pytest.fixture(scope="session")
def county():
    """The demo's county, person by person."""
    return County(1, on=timezone.localdate())


@pytest.fixture(scope="session")
def tidy(county, tmp_path_factory):
    """The county's workbooks by their numbers."""
    return {path.name[:2]: path for path in county.write(tmp_path_factory.mktemp("tidy"))}


@pytest.fixture
def households(tidy):
    return Paper(tidy["03"])


def send(page, *paths):
    """Drop files on the upload page, and wait until each has been read."""
    page.goto("/uploads/new/")
    page.get_by_label("选择文件").set_input_files(paths)
    page.wait_for_url(re.compile(r"/uploads/(\d+/)?$"), timeout=READING_TAKES)
    expect(page.get_by_role("main").get_by_text(WAITING)).to_have_count(0, timeout=READING_TAKES)


def numbers(page):
    """{"新增": "1", …} as the preview shows them."""
    cards = page.locator(".figures > *").all()
    return {card.locator(".label").inner_text(): card.locator(".value").inner_text() for card in cards}


def spoil(paper):
    """One income changed, one household new; a wrong identity number and a village that does not exist."""
    number = paper.says(SECOND, "户主证件号码")
    paper.write(FIRST, "年人均纯收入(元)", 15_432)
    paper.write(SECOND, "户主证件号码", number[:-1] + ("1" if number[-1] != "1" else "2"))
    paper.write(THIRD, "行政村", "无此村")
    paper.add_like(FOURTH, 户编号=NEWCOMER, 户主姓名="新来户", 户主证件号码=None)


def test_messy_tables_go_in_together_are_told_apart_and_bring_nothing_new(enter, county, tmp_path):
    page = enter("county")
    send(page, *county.write(tmp_path, style="messy")[1:])
    rows = [
        row.get_by_role("cell").all_inner_texts() for row in page.locator("tbody tr").all()[: len(LEDGERS)]
    ]
    assert {ledger for ledger, *_ in rows} == LEDGERS
    told = [(ledger, new.split()[0], refused.split()[0]) for ledger, _, _, new, _, _, refused, *_ in rows]
    assert [line for line in told if line[1:] != ("0", "0")] == []


def test_a_faulty_table_is_shown_fault_by_fault_and_comes_back_marked(enter, county, households, tmp_path):
    spoil(households)
    page = enter("county")
    send(page, households.save(tmp_path / "贫困户（有误）.xlsx"))
    main, shown = page.get_by_role("main"), numbers(page)
    assert (shown["新增"], shown["修改"], shown["有误"]) == ("1", "1", "2")
    assert shown["不变"] == f"{len(county.households) - 3:,}"
    expect(main).to_contain_text("没有名为“无此村”的村")
    expect(main).to_contain_text("校验位不符")
    expect(main.get_by_role("button", name=re.compile("^提交"))).to_have_count(0)
    assert problems(page, tmp_path) == {SECOND, THIRD}
    main.locator(".figures").get_by_role("link", name=re.compile("修改")).click()
    expect(main).to_contain_text("改为 15,432.00")
    main.get_by_role("button", name="放弃").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃").click()
    expect(main).to_contain_text("没有写入任何数据")


def problems(page, folder):
    """The rows that the sheet 问题 of the marked copy names."""
    with page.expect_download() as download:
        page.get_by_role("button", name="下载标注后的原表").click()
    download.value.save_as(folder / "标注.xlsx")
    header, *lines = rows_of(folder / "标注.xlsx", "问题")
    return {int(line[header.index("行")]) for line in lines}


def test_the_repaired_table_is_committed_its_household_is_listed_and_all_is_taken_back(
    enter, households, tmp_path
):
    households.write(FIRST, "年人均纯收入(元)", 15_432)
    households.add_like(FOURTH, 户编号=NEWCOMER, 户主姓名="新来户", 户主证件号码=None)
    page = enter("county")
    send(page, households.save(tmp_path / "贫困户（已改正）.xlsx"))
    here, main = page.url, page.get_by_role("main")
    page.get_by_role("button", name="提交：新增 1 行、修改 1 行").click()
    expect(main).to_contain_text("已提交：新增 1 行、修改 1 行")
    look_for(page, NEWCOMER)
    expect(page.get_by_role("link", name="新来户")).to_be_visible()
    page.goto(here)
    page.get_by_role("button", name="撤销").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(main).to_contain_text("已撤销，数据已恢复成导入前的内容")
    look_for(page, NEWCOMER)
    expect(main).to_contain_text("没有符合条件的记录")


def look_for(page, text):
    page.goto("/ledgers/households/")
    page.get_by_label("姓名、编号查找").fill(text)
    page.get_by_role("button", name="查询").click()


def test_a_file_that_is_no_table_is_refused_before_it_is_sent(enter, tmp_path):
    letter = tmp_path / "说明.docx"
    letter.write_bytes(b"PK")
    page = enter("county")
    page.goto("/uploads/new/")
    page.get_by_label("选择文件").set_input_files(letter)
    expect(page.get_by_role("row", name=re.compile("说明.docx"))).to_contain_text("只收 .xlsx")
