"""A list is narrowed, sorted and taken out as it is shown; a record is looked into, changed, and remembers who changed it."""

import re

from playwright.sync_api import expect

from tests.browser.papers import counted


def number(text):
    return int(re.sub(r"\D", "", text))


def shown_count(page):
    """共 1,432 户"""
    return number(page.get_by_text(re.compile(r"^共 [\d,]+ ")).first.inner_text())


def column(page, header):
    """The texts of a column of the list."""
    heads = page.locator("thead th").all_inner_texts()
    at = next(n for n, head in enumerate(heads) if head.startswith(header))
    return [row.locator("th, td").nth(at).inner_text() for row in page.locator("tbody tr").all()]


def test_a_list_is_narrowed_sorted_and_exported_exactly_as_it_is_shown(enter, tmp_path):
    page = enter("county")
    page.goto("/ledgers/households/")
    whole = shown_count(page)
    page.get_by_role("complementary", name="筛选").get_by_label("脱贫属性").select_option(label="未脱贫")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("link", name=re.compile("脱贫属性：未脱贫"))).to_be_visible()
    assert 0 < shown_count(page) < whole
    page.get_by_role("link", name="年人均纯收入(元)").click()
    incomes = [number(text) for text in column(page, "年人均纯收入")]
    assert incomes == sorted(incomes) and set(column(page, "脱贫属性")) == {"未脱贫"}
    assert counted(export(page, tmp_path), "序号") == shown_count(page)
    page.get_by_role("link", name="全部清除").click()
    assert shown_count(page) == whole


def export(page, folder):
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="导出").click()
    assert download.value.suggested_filename.startswith("晴川县建档立卡贫困户花名册")
    download.value.save_as(folder / "导出.xlsx")
    return folder / "导出.xlsx"


def test_each_person_chooses_the_columns_they_see(enter):
    page = enter("supervisor")
    page.goto("/ledgers/households/")
    page.get_by_role("button", name="选列").click()
    page.get_by_label("村民小组").check()
    page.get_by_label("家庭人口数", exact=True).uncheck()
    page.get_by_role("button", name="确定").click()
    heads = page.locator("thead th").all_inner_texts()
    assert "村民小组" in heads and "家庭人口数" not in heads
    page.get_by_role("button", name="选列").click()
    page.get_by_role("button", name="恢复默认").click()
    assert "村民小组" not in page.locator("thead th").all_inner_texts()


def test_a_click_on_a_row_opens_the_record_and_a_masked_number_is_shown_to_who_says_why(enter):
    page = enter("county")
    page.goto("/ledgers/households/")
    page.locator("tbody tr").nth(4).locator("td").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("户（")
    assert not re.search(r"\d{17}[\dX]", page.get_by_role("main").inner_text())
    page.get_by_role("button", name=re.compile("查看 ?户主证件号码")).click()
    page.get_by_role("dialog").get_by_label("为什么要看").fill("入户核验前核对")
    page.get_by_role("dialog").get_by_role("button", name="查看").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d{17}[\dX]"))
    page.goto("/log/")
    expect(page.locator("tbody tr").first).to_contain_text("入户核验前核对")


def test_of_two_people_changing_one_record_the_second_sees_both_versions_and_decides(enter):
    hers, his = enter("county"), enter("township")
    his.goto("/ledgers/households/")
    his.locator("tbody tr").nth(7).get_by_role("link").click()
    his.get_by_role("link", name="修改", exact=True).click()
    hers.goto(his.url)
    save_note(hers, "县里写的备注")
    expect(hers.get_by_role("main")).to_contain_text("已保存")
    save_note(his, "乡里写的备注")
    clash = his.get_by_role("region", name="两人改动对照")
    expect(clash.get_by_role("row", name=re.compile("备注"))).to_contain_text("县里写的备注")
    expect(clash.get_by_role("row", name=re.compile("备注"))).to_contain_text("乡里写的备注")
    his.get_by_role("button", name="保存").click()
    trail = his.locator(".trail")
    expect(trail.get_by_role("listitem").first).to_contain_text("骆知夏")
    expect(trail).to_contain_text(re.compile("县里写的备注.*改为.*乡里写的备注"))
    expect(trail).to_contain_text("沈书蕴")


def save_note(page, text):
    page.get_by_label("备注").fill(text)
    page.get_by_role("button", name="保存").click()


def test_a_wrong_entry_is_told_at_its_field_and_nothing_is_saved(enter):
    page = enter("county")
    page.goto("/ledgers/households/1/edit/")
    page.get_by_label("家庭人口数").fill("很多")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("家庭人口数")
    expect(page.get_by_role("alert")).to_contain_text("不是数字")
    expect(page.get_by_label("家庭人口数")).to_have_value("很多")


def test_a_figure_leads_to_exactly_the_rows_it_counts_and_so_does_each_township(enter):
    page = enter("county")
    page.goto("/figures/")
    page.get_by_role("link", name=re.compile("^未脱贫户 ")).click()
    whole = number(page.locator(".figure-value").inner_text())
    parts = page.locator("section tbody tr").all_inner_texts()
    assert (
        sum(number(part.split("\t")[1]) for part in parts if ("\t" in part and "乡" in part) or "镇" in part)
        == whole
    )
    page.get_by_role("link", name="衔月乡").first.click()
    part = number(page.locator(".figure-value").inner_text())
    page.get_by_role("link", name="查看明细").click()
    expect(page.get_by_role("main")).to_contain_text("本表是指标")
    assert shown_count(page) == part < whole


def test_on_a_phone_every_number_of_an_upload_is_on_the_screen_and_says_what_it_counts(enter):
    page = enter("county", phone=True)
    page.goto("/uploads/")
    card = page.locator("#uploads tbody tr").first
    for number in card.locator("td.num").all():
        box = number.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    labels = card.locator("td.num").evaluate_all(
        "all => all.map(one => getComputedStyle(one, '::before').content)"
    )
    assert [label.strip('" ') for label in labels] == ["行数", "新增", "修改", "不变", "有误"]


def test_on_paper_a_list_says_its_conditions_and_its_part_and_nothing_can_be_pressed(enter):
    page = enter("county")
    page.goto("/ledgers/households/")
    page.get_by_role("complementary", name="筛选").get_by_label("脱贫属性").select_option(
        label="已脱贫(享受政策)"
    )
    page.get_by_role("button", name="查询").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("脱贫属性：已脱贫(享受政策)").first).to_be_visible()
    expect(page.get_by_text(re.compile("这里只是列表的第 1 页，共 .*全部的请导出后打印"))).to_be_visible()
    expect(page.get_by_text(re.compile("打印人：.*打印时间："))).to_be_visible()
    for pressed in page.locator("button, select, input, nav:not(.pager), .bar, .side, .crumbs").all():
        expect(pressed).not_to_be_visible()


def test_on_paper_no_short_table_is_torn_and_no_head_stands_alone(enter):
    page = enter("county")
    page.goto("/ledgers/villages/")
    page.locator("tbody th a").first.click()
    page.emulate_media(media="print")
    related = page.locator(".whole")
    assert related.count() > 10
    assert {one.evaluate("it => getComputedStyle(it).breakInside") for one in related.all()} == {"avoid"}
    head = page.locator(".panel > header").first
    assert head.evaluate("it => getComputedStyle(it).breakAfter") == "avoid"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
