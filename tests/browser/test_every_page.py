"""Every page of every role, at a desk and on a phone: nothing runs off the screen, nothing is foreign, nobody is shut out."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.watching import foreign_words, grave_barriers, overflow

PICTURES = os.environ.get(
    "BROWSER_PICTURES"
)  # a folder: there every page is kept as a picture, to be looked at
LINKS = "a[href^='/'], a[href^='?'], tr[data-href]"
ASIDE = re.compile(r"/template\.xlsx|^/#|/admin/.*(/\?|_popup)")
NARROW = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


def kind(address, every_ledger):
    """Pages of one kind differ in what they show, not in how: any of them will do."""
    path, _, query = re.sub(r"\d+", "N", address).partition("?")
    shown = "".join(re.findall(r"show=\w+", query))
    return (path if every_ledger else re.sub(r"/ledgers/\w+/|/figures/\w+/", "/…/", path)) + shown


def ways_on(page):
    """Where the menu, the links and the rows of this page lead, downloads and other orders of the same rows left out."""
    here = page.url.split("?")[0].removeprefix(page.evaluate("location.origin"))
    found = page.eval_on_selector_all(
        LINKS, "all => all.map(one => one.dataset.href || one.getAttribute('href'))"
    )
    found = [one.partition("#")[0] for one in found if not ASIDE.search(one)]
    return [here + one if one.startswith("?") else one for one in found if one]


def walk(page, name, *, every_ledger=False):
    """(how many pages, {address: what is amiss there}) from the desk on, over one page of every kind.

    With `every_ledger` each ledger and figure is a kind of its own; barriers are still looked for once a kind.
    """
    waiting, met, measured, found = ["/", "/password/"], set(), set(), {}
    while waiting:
        address = waiting.pop(0)
        here, alike = kind(address, every_ledger), kind(address, False)
        if here in met:
            continue
        answer = page.goto(address)
        if wrong := amiss(page, alike not in measured) if answer.ok else [f"answered {answer.status}"]:
            found[address] = wrong
        met.add(here)
        measured.add(alike)
        picture(page, f"{name}-{len(met):02}{re.sub('[/?=&]+', '-', address)}")
        waiting += ways_on(page)
    return len(met), found


def amiss(page, barriers=True):
    """What is wrong with the page before us, in words."""
    found = []
    if (wide := overflow(page)) > 0:
        found.append(f"{wide} px wider than the screen")
    if words := foreign_words(page):
        found.append(f"foreign words: {sorted(words)}")
    if not page.title().removesuffix("抓党建促脱贫案件管理").strip(" ·"):
        found.append("no title of its own")
    return found + (grave_barriers(page) if barriers else [])


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def place(phone):
    return "phone" if phone else "desk"


@NARROW
def test_the_county_officer_meets_no_flaw_in_any_ledger_or_figure(enter, phone):
    met, flaws = walk(enter("county", phone=phone), f"county-{place(phone)}", every_ledger=True)
    assert flaws == {}
    assert met > 60


@NARROW
@pytest.mark.parametrize("username", ["village", "townshiplead", "countylead", "reader", "auditor", "admin"])
def test_no_page_has_a_flaw_or_shuts_anybody_out(enter, username, phone):
    _, flaws = walk(enter(username, phone=phone), f"{username}-{place(phone)}")
    assert flaws == {}


@pytest.mark.parametrize("username", ["township", "department", "supervisor"])
def test_the_pages_of_the_other_roles_have_no_flaw(enter, username):
    _, flaws = walk(enter(username), f"{username}-desk")
    assert flaws == {}


@NARROW
def test_the_pages_before_the_door_have_no_flaw(window, phone):
    page = window(phone=phone)
    page.goto("/login/?next=/figures/")
    picture(page, f"login-{place(phone)}")
    assert amiss(page) == []


OPENED = [
    ("/ledgers/households/", "导出"),
    ("/ledgers/households/", "选列"),
    ("/ledgers/households/", "晴川县"),
    ("/ledgers/households/1/", "查看 ?户主证件号码"),
]


def test_what_a_button_opens_shuts_nobody_out(enter):
    page = enter("county")
    for address, button in OPENED:
        page.goto(address)
        page.get_by_role("main").get_by_role("button", name=re.compile(f"^{button}$")).click()
        expect(page.locator(".modal.show, .dropdown-menu.show")).to_be_visible()
        assert (button, amiss(page)) == (button, [])


@pytest.mark.parametrize("button", ["打开菜单", "筛选"])
def test_what_slides_in_on_a_phone_shuts_nobody_out(enter, button):
    page = enter("county", phone=True)
    page.goto("/ledgers/households/")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".offcanvas-lg.show")).to_be_visible()
    assert amiss(page) == []


PRIMARY = {
    "/ledgers/households/": "新增",
    "/ledgers/households/1/": "修改",
    "/ledgers/households/1/edit/": "保存",
    "/figures/households/": "查看明细",
    "/uploads/": "上传表格",
    "/uploads/new/": "选择文件",
}


def test_the_tab_key_reaches_the_main_action_of_a_page_and_shows_where_it_is(enter):
    page = enter("county")
    for address, name in PRIMARY.items():
        page.goto(address)
        assert (name, tabbed_to(page, name)) == (name, "seen")


def tabbed_to(page, name, presses=60):
    """ "seen", "hidden" (focused, but nothing shows it), or "never"."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if name in focus["text"]:
            return "seen" if focus["seen"] else "hidden"
    return "never"


# A file input is hidden behind its label, so it is the label that must show the focus.
FOCUS = """() => {
    const one = document.activeElement;
    const shown = one.type === "file" ? one.labels[0] : one;
    const style = getComputedStyle(shown);
    return { text: shown.innerText.trim(), seen: parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none" };
}"""


def test_the_first_tab_offers_to_jump_over_the_menu(enter):
    page = enter("county")
    page.goto("/ledgers/households/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
