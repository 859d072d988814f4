"""Chosen rows of a list on a desk and on a phone: tick, say once what goes for all, see what came of each."""

from playwright.sync_api import expect


def test_an_officer_reminds_of_several_items_at_once(enter):
    officer = enter("county")
    officer.goto(address(officer))
    remind(officer, 0, 1)


def test_on_a_phone_rows_are_ticked_and_signed_for_too(enter):
    leader = enter("countylead", phone=True)
    leader.goto(address(leader))
    remind(leader, 2, 3)


def address(page):
    return "/".join([*page.url.split("/")[:3], "ledgers/items/?f_state=doing"])


def remind(page, *rows):
    for n in rows:
        page.locator("tbody .pick input").nth(n).check()
    expect(page.get_by_role("status").filter(has_text="已选")).to_contain_text("已选 2 行")
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("heading", name="催办 2 项")).to_be_visible()
    page.get_by_label("催办内容").fill("请于周五前报告进展")
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("main")).to_contain_text("已催办2项")
