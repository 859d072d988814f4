"""Every page of every role, at a desk and on a phone: nothing runs off the screen, nothing is foreign, nothing shuts anybody out."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from watching import foreign_words, grave_barriers, overflow

PICTURES = os.environ.get("BROWSER_PICTURES")  # a folder: there every page is kept as a picture, to be looked at
OFFICE = ("county", "township", "village")
READERS = ("townshiplead", "countylead", "department", "supervisor", "reader", "auditor")
NARROW = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


def hrefs(page, selector):
    return [link.get_attribute("href") for link in page.locator(selector).all()]


def first(page, selector, name="href"):
    found = page.locator(selector)
    return [found.first.get_attribute(name)] if found.count() else []


def pages_of(page):
    """The address of every kind of page that this person's menu, lists and records lead to."""
    page.goto("/")
    found = ["/", *(href for href in hrefs(page, ".side nav a") if href != "/" and "/admin/" not in href)]
    for address in list(found):
        page.goto(address)
        found += first(page, "main tbody tr[data-href]", "data-href")
        found += hrefs(page, "main .doing a") + first(page, "main .figures a")
    for address in [one for one in found if one.rstrip("/").rpartition("/")[2].isdigit()]:
        page.goto(address)
        found += first(page, "main .doing a[href$='/edit/']")
    return list(dict.fromkeys([*found, "/password/"]))


def amiss(page, *, barriers=True):
    """What is wrong with the page before us, in words."""
    found = []
    if (wide := overflow(page)) > 0:
        found.append(f"{wide} px wider than the screen")
    if words := foreign_words(page):
        found.append(f"foreign words: {sorted(words)}")
    if not page.title().removesuffix("抓党建促脱贫案件管理").strip(" ·"):
        found.append("no title of its own")
    return found + (grave_barriers(page) if barriers else [])


def walk(page, addresses, name, **wanted):
    """{address: what is amiss}, for every address that was not simply well."""
    found = {}
    for number, address in enumerate(addresses):
        answer = page.goto(address)
        if answer.status != 200:
            found[address] = [f"answered {answer.status}"]
        elif wrong := amiss(page, **wanted):
            found[address] = wrong
        picture(page, f"{name}-{number:02}{address.split('?')[0].replace('/', '-').rstrip('-')}")
    return found


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@NARROW
@pytest.mark.parametrize("username", OFFICE)
def test_those_who_keep_the_ledgers_meet_no_flaw_on_any_page(enter, username, phone):
    page = enter(username, phone=phone)
    addresses = pages_of(page)
    assert len(addresses) > 25
    assert walk(page, addresses, f"{username}-{'phone' if phone else 'desk'}") == {}


@NARROW
@pytest.mark.parametrize("username", READERS)
def test_those_who_look_and_judge_meet_no_flaw_on_any_page(enter, username, phone):
    page = enter(username, phone=phone)
    assert walk(page, pages_of(page), f"{username}-{'phone' if phone else 'desk'}", barriers=not phone) == {}


@NARROW
def test_the_back_office_of_the_administrator_has_no_flaw(enter, phone):
    page = enter("admin", phone=phone)
    page.goto("/admin/")
    places = ["/", "/admin/", *hrefs(page, "#content-main th a"), *hrefs(page, "#content-main .addlink")]
    page.goto("/admin/povertyparty/user/")
    places += first(page, "#result_list th a")
    assert walk(page, dict.fromkeys(places), f"admin-{'phone' if phone else 'desk'}") == {}


@NARROW
def test_the_pages_before_the_door_have_no_flaw(window, phone):
    page = window(phone=phone)
    for address in ("/login/", "/login/?next=/figures/"):
        page.goto(address)
        assert amiss(page) == []
    picture(page, f"login-{'phone' if phone else 'desk'}")
