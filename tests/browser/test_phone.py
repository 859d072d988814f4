"""On a phone in a village: lists are cards, a touch opens a record, and whatever is to be touched is as large as a finger."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.watching import overflow

FINGER = 44
ACROSS = "all => all.map(one => one.scrollWidth - one.clientWidth).filter(wide => wide > 0)"


def ledgers(page):
    """Where the menu leads to lists."""
    found = page.eval_on_selector_all("#menu a", "all => all.map(one => one.getAttribute('href'))")
    return [address for address in found if re.fullmatch(r"/ledgers/\w+/", address)]


@pytest.mark.parametrize("username", ["village", "township"])
def test_no_list_is_wider_than_the_screen(enter, username):
    page = enter(username, phone=True)
    wide = {}
    for address in ledgers(page):
        page.goto(address)
        if found := overflow(page) or page.eval_on_selector_all(".list-body .table-scroll", ACROSS):
            wide[address] = found
    assert wide == {}


def test_a_card_says_name_state_and_few_values_with_their_labels(enter):
    page = enter("village", phone=True)
    page.goto("/ledgers/items/")
    shown = page.locator("tbody tr").first.locator("td:visible:not(.pick)")
    assert [cell.get_attribute("data-label") for cell in shown.all()] == [
        None,  # 亮灯 and 完成情况 say themselves what they are
        "具体表现",
        "整改时限",
        "责任单位",
        "完成比例(%)",
        None,
    ]
    assert page.locator("thead").get_by_role("link", name="整改时限").is_visible()


def test_a_touch_anywhere_on_a_card_opens_its_record(enter):
    page = enter("township", phone=True)
    page.goto("/ledgers/households/")
    touch_the_end(page.locator("tbody tr").nth(2))


def test_without_scripts_too(enter, window, seats):
    enter("township", phone=True)
    page = window(phone=True, java_script_enabled=False, storage_state=seats["township"])
    page.goto("/ledgers/households/")
    touch_the_end(page.locator("tbody tr").nth(2))


def touch_the_end(card):
    """In the corner that is farthest from the name."""
    address, box = card.get_attribute("data-href"), card.bounding_box()
    card.tap(position={"x": box["width"] - 6, "y": box["height"] - 6})
    expect(card.page).to_have_url(re.compile(f"{address}$"))


def test_a_touch_beside_the_name_chooses_the_row_and_opens_nothing(enter):
    page = enter("township", phone=True)
    page.goto("/ledgers/households/")
    card = page.locator("tbody tr").nth(2)
    card.tap(position={"x": 10, "y": card.bounding_box()["height"] - 10})
    expect(card.get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="已选")).to_contain_text("已选 1 行")
    expect(page).to_have_url(re.compile("/ledgers/households/$"))


@pytest.mark.parametrize("address", ["/", "/inbox/", "/ledgers/items/", "/ledgers/households/1/edit/"])
def test_buttons_and_fields_are_as_large_as_a_finger(enter, address):
    page = enter("township", phone=True)
    page.goto(address)
    small = {}
    for one in page.locator("header .btn:visible, main .btn:visible, main .form-control:visible").all():
        if (height := one.bounding_box()["height"]) < FINGER:
            small[one.inner_text() or one.get_attribute("name")] = height
    assert small == {}
