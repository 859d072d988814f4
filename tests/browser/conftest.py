"""A real product, a real Chromium, and people who sign in; whatever goes wrong in any page fails the test it happened in."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.serving import Product, build_assets, can_build, is_built
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


def chromium():
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def why_not():
    """Why no browser test can run on this machine, or ""."""
    if chromium() is None:
        return "没有浏览器（no browser）：请安装 chromium"
    if not can_build() and not is_built():
        return "没有样式和脚本（static/dist），也没有 node 和 node_modules 来生成：请先执行 make assets"
    return ""


def pytest_collection_modifyitems(items):
    why, here = why_not(), Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


def pytest_terminal_summary(terminalreporter):
    if why := why_not():
        terminalreporter.write_line(f"浏览器测试没有运行，{why}", yellow=True)


# One product for this package: it is gone before the next package's tests are timed.
@pytest.fixture(scope="package")
def product(tmp_path_factory):
    if can_build():
        build_assets()
    product = Product(tmp_path_factory.mktemp("product"))
    try:
        product.start()
        yield product
    finally:
        product.stop()


# One browser a module and not a session: Playwright's loop must have ended before tests with a database come.
@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)
        yield playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@pytest.fixture
def window(browser, product):
    """window(phone=True): a fresh browser window; at the end of the test nothing may have gone wrong in any."""
    watches = []

    def opened(*, phone=False, **options):
        size = PHONE if phone else DESKTOP
        # Without motion a dialog is there at once, and its colours are judged as they stand.
        still = {"locale": "zh-CN", "reduced_motion": "reduce"}
        context = browser.new_context(base_url=product.url, **still, **size, **options)
        context.set_default_timeout(15_000)
        watches.append((context, Watch(context)))
        return context.new_page()

    yield opened
    for context, _ in watches:
        context.close()
    assert [fault for _, watch in watches for fault in watch.faults] == []


@pytest.fixture(scope="package")
def seats():
    """{username: cookies} of those who are signed in already: signing in anew for every test is most of its time."""
    return {}


@pytest.fixture
def enter(window, product, seats):
    """enter("county", phone=True): the desk of one of the demo's people."""

    def come_in(username, *, phone=False):
        page = window(phone=phone, storage_state=seats.get(username))
        page.goto("/")
        if page.title().startswith("登录"):
            sign_in(page, username, product.password)
            seats[username] = page.context.storage_state()
        expect(page).to_have_title("工作台 · 抓党建促脱贫案件管理")
        return page

    return come_in


def sign_in(page, username, password):
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("/")
