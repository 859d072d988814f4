"""One item from a village's phone to the county leader's 销号, each step by who may take it and by nobody else."""

import zlib
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from inspections.fiction.paper import pdf

DID = "台账已补齐，村民小组长逐户签字"


def chunk(kind, data):
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


@pytest.fixture
def photo(tmp_path):
    """A picture as a phone sends it: one grey pixel."""
    header = (1).to_bytes(4) * 2 + bytes([8, 0, 0, 0, 0])
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    path = tmp_path / "现场.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


@pytest.fixture
def proof(tmp_path):
    path = tmp_path / "整改情况说明.pdf"
    path.write_bytes(pdf(["整改情况说明"]))
    return path


def test_a_filer_reports_from_the_phone_and_the_item_goes_its_way_to_closing(enter, photo, proof):
    filer = enter("village", phone=True)
    todo(filer, "正在整改").click()
    report(filer, photo)
    finish(filer)
    apply(filer, proof)
    address = filer.url
    expect(main(filer)).not_to_contain_text("核验结论")
    assert steps(filer) == set()

    leader = enter("townshiplead")
    leader.goto(address)
    take(leader, "退回", 理由="会议记录缺少签到，请补充")
    expect(main(leader)).to_contain_text("已退回")

    filer.reload()
    expect(main(filer)).to_contain_text("会议记录缺少签到")
    apply(filer, proof)

    leader.reload()
    take(leader, "初审", 初审意见="材料齐全")
    expect(main(leader)).to_contain_text("下一步由县委组织部经办人或督查核验")

    officer = enter("county")
    officer.goto(address)
    officer.get_by_role("button", name="核验").click()
    officer.get_by_role("dialog").get_by_label("实地走访").check()
    officer.get_by_role("dialog").get_by_label("核验结论").select_option("好")
    officer.get_by_role("dialog").get_by_role("button", name="核验").click()
    expect(main(officer)).to_contain_text("下一步由县委组织部领导销号")
    assert "销号" not in steps(officer)

    chief = enter("countylead")
    chief.goto(address)
    take(chief, "销号", 销号意见="同意")
    expect(main(chief)).to_contain_text("已销号")
    expect(chief.locator(".trail")).to_contain_text(DID)
    assert verbs(chief)[:7] == ["销号", "核验", "初审", "申请销号", "退回", "申请销号", "报告进展"]


def test_an_officer_assigns_an_item_from_her_desk(enter):
    officer = enter("county")
    todo(officer, "待交办").click()
    officer.get_by_role("button", name="交办", exact=True).click()
    sheet = officer.get_by_role("dialog")
    expect(sheet.get_by_label("整改目标")).not_to_have_value("")
    sheet.get_by_label("严重程度").select_option("严重")
    expect(sheet.get_by_label("原因分析")).not_to_have_value("")
    due = date.today() + timedelta(60)
    for label, text in {"整改时限": f"{due}", "交办文号": "示例〔2020〕7号", "签发领导": "顾见深"}.items():
        sheet.get_by_label(label).fill(text)
    sheet.get_by_role("button", name="交办", exact=True).click()
    expect(main(officer)).to_contain_text("已交办。下一步由责任单位签收交办")
    expect(main(officer)).to_contain_text("还有 60 天")


def test_a_filer_reports_with_a_photo_in_fewer_than_five_taps(enter, photo):
    filer, taps = enter("village", phone=True), []
    assert filer.viewport_size["width"] == 390

    def tap(what):
        taps.append(what)
        what.tap()

    tap(todo(filer, "正在整改"))
    tap(filer.get_by_label("做了什么、效果怎样"))
    filer.keyboard.type(DID)
    with filer.expect_file_chooser() as chooser:
        tap(filer.locator("label", has_text="拍照"))
    chooser.value.set_files(photo)
    expect(filer.get_by_text("现场.png")).to_be_visible()
    tap(filer.get_by_role("button", name="报送进展"))
    expect(main(filer)).to_contain_text("已报告进展")
    assert len(taps) < 5
    expect(filer.locator(".trail > li").first).to_contain_text(DID)
    expect(filer.locator(".trail > li").first).to_contain_text("附 1 份材料")
    with filer.expect_download() as kept:
        filer.get_by_role("button", name="现场.png").first.click()
    assert kept.value.path().read_bytes() == photo.read_bytes()


def todo(page, state):
    """The first thing on the desk in that state."""
    return page.get_by_role("listitem").filter(has_text=state).get_by_role("link").first


def verbs(page):
    """The steps in the trail, newest first."""
    return page.locator(".trail > li strong").all_inner_texts()


def main(page):
    return page.get_by_role("main")


def steps(page):
    """The steps that the head of the page offers, beside printing, documents and the ledger."""
    names = page.locator(".doing [data-bs-target^='#step-']").all_inner_texts()
    return {name.strip() for name in names}


def report(page, photo):
    page.get_by_label("做了什么、效果怎样").fill(DID)
    page.get_by_role("spinbutton", name="完成比例（%）").fill("95")
    page.get_by_label("拍照").set_input_files(photo)
    expect(page.get_by_text("现场.png")).to_be_visible()
    page.get_by_role("button", name="报送进展").click()
    expect(main(page)).to_contain_text("已报告进展")


def finish(page):
    """Every measure is done: one tap each."""
    buttons = page.locator("#measures").get_by_role("button", name="完成")
    while left := buttons.count():
        buttons.first.click()
        expect(buttons).to_have_count(left - 1)


def apply(page, proof):
    page.get_by_role("button", name="申请销号").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("整改成效").fill(DID)
    sheet.get_by_label("主要负责人签字").fill("温守拙")
    sheet.get_by_label("真实性负责").select_option("是")
    sheet.get_by_label("选文件").set_input_files(proof)
    sheet.get_by_role("button", name="申请销号").click()
    expect(main(page)).to_contain_text("已申请销号")


def take(page, step, **words):
    page.get_by_role("button", name=step, exact=True).click()
    sheet = page.get_by_role("dialog")
    for label, text in words.items():
        sheet.get_by_label(label).fill(text)
    sheet.get_by_role("button", name=step, exact=True).click()
