"""Coming in, going out, and what stays shut."""

from playwright.sync_api import expect


def test_a_wrong_password_is_told_in_chinese_and_nobody_is_let_in(window):
    page = window()
    page.goto("/login/")
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("wrong-password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("main")).to_contain_text("请输入一个正确的用户名和密码")
    page.goto("/")
    expect(page).to_have_title("登录 · 抓党建促脱贫案件管理")


def test_after_five_wrong_passwords_the_door_stays_shut_for_a_while(window):
    page = window()
    for _ in range(5):
        page.goto("/login/")
        page.get_by_label("用户名").fill("guesser")
        page.get_by_label("密码").fill("wrong-password")
        page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="尝试次数过多，请稍后再试")).to_be_visible()
    expect(page.get_by_role("link", name="回登录页")).to_be_visible()


def test_who_signs_out_is_out(enter):
    page = enter("reader")
    page.get_by_role("button", name="虞景行").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_title("登录 · 抓党建促脱贫案件管理")
    page.goto("/figures/")
    expect(page).to_have_title("登录 · 抓党建促脱贫案件管理")
