"""A real product, a real Chromium, and people who sign in; whatever goes wrong in any page fails the test it happened in."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.serving import Product, build_assets
from tests.browser.watching import Watch

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """Where the browser lies. Without one, or without style sheets, the tests are skipped and the summary says why."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("没有浏览器（no browser）：请安装 chromium 后再运行浏览器测试")
    if why := build_assets():
        pytest.skip(why)
    return path


@pytest.fixture(scope="session")
def product(chromium, tmp_path_factory):
    product = Product(tmp_path_factory.mktemp("product"))
    try:
        product.start()
        yield product
    finally:
        product.stop()


# One browser a module and not a session: Playwright's loop must have ended before tests with a database come.
@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)
        yield playwright.chromium.launch(executable_path=chromium, args=FLAGS)


@pytest.fixture
def window(browser, product):
    """window(phone=True): a fresh browser window; at the end of the test nothing may have gone wrong in any."""
    watches = []

    def opened(*, phone=False):
        context = browser.new_context(base_url=product.url, locale="zh-CN", **(PHONE if phone else DESKTOP))
        context.set_default_timeout(15_000)
        watches.append((context, Watch(context)))
        return context.new_page()

    yield opened
    for context, _ in watches:
        context.close()
    assert [fault for _, watch in watches for fault in watch.faults] == []


@pytest.fixture
def enter(window, product):
    """enter("county", phone=True): the desk of one of the demo's people."""

    def sign_in(username, *, phone=False):
        page = window(phone=phone)
        page.goto("/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(product.password)
        page.get_by_role("button", name="登录").click()
        expect(page).to_have_title("工作台 · 抓党建促脱贫案件管理")
        return page

    return sign_in
