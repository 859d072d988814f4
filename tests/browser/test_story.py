"""The whole story of one finding, each step by who may take it: inspected, put right, closed, looked back on, rebounded, closed again."""

import io
import re
from datetime import date, timedelta

import pytest
from docx import Document
from playwright.sync_api import expect

from inspections.fiction.paper import pdf

WHAT = "入户政策宣讲记录不全，群众对产业奖补政策不清楚"
FIRST, SECOND = "逐户补开政策宣讲会并签字留档", "每季度抽查一次宣讲记录"
CODE = "XC2099-01"
DUE = f"{date.today() + timedelta(40)}"


@pytest.fixture
def proof(tmp_path):
    path = tmp_path / "宣讲会签到册.pdf"
    path.write_bytes(pdf(["宣讲会签到册"]))
    return path


class Desk:
    """One person's browser: `take` a step of the page that is open, and be told what came of it."""

    def __init__(self, page):
        self.page, self.main = page, page.get_by_role("main")

    def open(self, address):
        self.page.goto(address)

    def take(self, step, *, files=(), chosen=None, checked=(), **words):
        self.page.get_by_role("button", name=step, exact=True).first.click()
        sheet = self.page.get_by_role("dialog")
        for label, text in words.items():
            sheet.get_by_label(label).fill(text)
        for label, option in (chosen or {}).items():
            sheet.get_by_label(label).select_option(option)
        for label in checked:
            sheet.get_by_label(label).check()
        if files:
            sheet.get_by_label("选文件").set_input_files(files)
        sheet.get_by_role("button", name=step, exact=True).click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def sees(self, text):
        expect(self.main).to_contain_text(text)

    def word(self, label):
        """The document as Word, opened again: all its texts, those of tables too."""
        self.page.get_by_role("button", name="文书").click()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=re.compile(rf"Word\s*，{label}")).click()
        with open(download.value.path(), "rb") as file:
            paper = Document(io.BytesIO(file.read()))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_a_finding_goes_its_whole_way_and_back_again(enter, proof):
    county, chief = Desk(enter("county")), Desk(enter("countylead"))
    lead, filer = Desk(enter("townshiplead")), Desk(enter("village", phone=True))
    supervisor = Desk(enter("supervisor"))
    found = inspect(county, where(filer))
    item = share_out(county, found)
    assign(county, item)
    notice = county.word("整改通知书")
    assert all(text in notice for text in (WHAT, "示例督〔2026〕9号", office_date(DUE)))

    lead.open(item)
    lead.take("签收", 签收人="温守拙")
    filer.open(item)
    filer.take("报措施", 整改措施=f"1.{FIRST}；2.{SECOND}")
    county.open(item)
    county.take("同意措施")
    county.sees("正在整改")
    filer.open(item)
    report(filer, "已补开两场宣讲会", "50")
    filer.take("申请延期", 延至=f"{date.today() + timedelta(60)}", 理由="外出务工人员下月返乡后再补签")
    chief.open(item)
    chief.take("同意延期")
    chief.sees(f"{date.today() + timedelta(60)}")

    filer.open(item)
    finish(filer, FIRST, SECOND)
    apply(filer, proof)
    lead.open(item)
    lead.take("退回", 理由="签到册缺少第二场，请补充")
    filer.open(item)
    filer.sees("签到册缺少第二场")
    apply(filer, proof)
    close(lead, supervisor, chief, item)
    form = chief.word("销号审批表")
    assert all(text in form for text in (WHAT, "材料齐全", "同意销号"))

    supervisor.open(item)
    supervisor.take(
        "重新整改", 理由="回头看发现又有三户不清楚政策", 新的整改时限=f"{date.today() + timedelta(30)}"
    )
    supervisor.sees("正在整改")
    filer.open(item)
    report(filer, "已逐户上门补讲", "100")
    apply(filer, proof)
    close(lead, supervisor, chief, item)
    chief.sees("已销号")
    said = chief.page.locator(".trail > li strong").all_inner_texts()
    assert said == [
        "销号", "核验", "初审", "申请销号", "报告进展", "重新整改", "销号", "核验", "初审", "申请销号", "退回", "申请销号",
        "同意延期", "申请延期", "报告进展", "同意措施", "报措施", "签收", "交办",
    ]  # fmt: skip


def where(desk):
    """The place that somebody works in, as the frame of the page says it."""
    return desk.page.locator(".place").first.text_content().split("·")[0].strip()


def inspect(county, village):
    """A finding written down and registered; its address."""
    county.open("/ledgers/findings/add/")
    form = county.page.get_by_role("main")
    for label, text in {"问题编号": CODE, "反馈问题": WHAT, "发现日期": f"{date.today()}"}.items():
        form.get_by_label(label).fill(text)
    for label, option in {
        "问题来源": "县委巡察",
        "问题类别": "宣传教育引导不扎实",
        "发现方式": "调研走访",
    }.items():
        form.get_by_label(label).select_option(option)
    offered = form.locator("[name=symptoms]:visible")
    assert {one.get_attribute("value").partition(".")[0] for one in offered.all()} == {"P5"}
    form.get_by_label("典型挖掘不多").check()
    places = form.get_by_label("村（地区）")
    places.select_option(places.locator("option", has_text=village).get_attribute("value"))
    form.get_by_role("button", name=re.compile("保存")).click()
    county.take("登记")
    county.sees("已登记")
    return county.page.url


def share_out(county, found):
    county.take(
        "分解任务",
        chosen={"严重程度": "严重"},
        责任单位和地区="村民委员会",
        与相近问题不同的理由="涉及的农户不同，另行整改",
    )
    county.sees("已分解任务")
    county.main.get_by_role("link", name=re.compile(CODE)).first.click()
    return county.page.url


def assign(county, item):
    county.take(
        "交办", chosen={"严重程度": "严重", "原因分析": "能力素质不过硬"}, 责任单位="村民委员会", 责任领导="温守拙", 责任人="苗青野",
        整改目标="政策宣讲户户到", 整改时限=DUE, 交办文号="示例督〔2026〕9号", 签发领导="顾见深",
    )  # fmt: skip
    county.sees("已交办")


def report(desk, note, percent):
    desk.page.get_by_label("做了什么、效果怎样").fill(note)
    desk.page.get_by_role("spinbutton", name="完成比例（%）").fill(percent)
    desk.page.get_by_role("button", name="报送进展").click()
    desk.sees("已报告进展")


def finish(desk, *measures):
    """Each measure is done by one tap."""
    for n, text in enumerate(measures, 1):
        desk.page.get_by_role("button", name=re.compile(rf"完成\s*第{n}条")).click()
        desk.sees(f"已完成：{text}")


def apply(desk, proof):
    desk.take(
        "申请销号", files=proof, chosen={"真实性负责": "是"}, 整改成效="户户知晓政策", 主要负责人签字="温守拙"
    )
    desk.sees("已申请销号")


def close(lead, supervisor, chief, item):
    lead.open(item)
    lead.take("初审", 初审意见="材料齐全")
    supervisor.open(item)
    supervisor.take("核验", checked=["实地走访"], chosen={"核验结论": "好"})
    chief.open(item)
    chief.take("销号", 销号意见="同意销号")
    chief.sees("已销号")


def office_date(iso):
    year, month, day = map(int, iso.split("-"))
    return f"{year}年{month}月{day}日"
