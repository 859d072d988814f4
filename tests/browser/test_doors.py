"""Coming in, going out, and what stays shut."""

import re

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


def test_a_record_of_another_township_is_not_there(enter):
    page = enter("village")
    assert page.goto("/ledgers/households/1/").status == 404
    expect(page.get_by_role("heading", name="找不到这个页面")).to_be_visible()
    page.get_by_role("link", name="回工作台").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()


def test_a_leader_who_only_reads_sees_every_figure_and_nobody_s_name(enter):
    page = enter("reader")
    page.get_by_role("link", name="全部指标").click()
    page.get_by_role("link", name="未脱贫人口").click()
    expect(page.get_by_role("heading", name="未脱贫人口", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="查看明细")).to_have_count(0)
    assert page.goto("/ledgers/people/").status == 403
    expect(page.get_by_role("heading", name="您没有办理这件事的权限")).to_be_visible()


def test_the_auditor_reads_who_looked_and_took_out_and_no_ledger(enter):
    page = enter("auditor")
    page.get_by_role("main").get_by_role("link", name="查看与导出记录").click()
    expect(page.get_by_role("heading", name="查看与导出记录")).to_be_visible()
    assert page.goto("/ledgers/households/").status == 403


def test_the_administrator_makes_an_account_with_an_appointment_and_sees_no_ledger(enter, product):
    page = enter("admin")
    page.get_by_role("main").get_by_role("link", name="用户与任用").click()
    page.get_by_role("link", name=re.compile("^增加 ?用户$")).click()
    page.get_by_label("用户名").fill("20201234")
    page.get_by_label("姓名").fill("新来的")
    page.get_by_label("密码:", exact=True).fill(product.password)
    page.get_by_label("密码确认").fill(product.password)
    page.get_by_text("添加另一个").click()
    page.get_by_label("角色").first.select_option(label="领导只读")
    page.get_by_label("地区").first.fill("659907")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("成功添加了")).to_be_visible()
    assert page.goto("/ledgers/households/").status == 403


def test_the_back_office_is_shut_to_everybody_else(enter):
    page = enter("county")
    assert page.goto("/admin/").status == 403
    expect(page.get_by_role("heading", name="您没有办理这件事的权限")).to_be_visible()
