"""Words agree: headers with the official forms, template variables with what views give, templates with their use."""

import re
from pathlib import Path

import django.contrib.admin
import pytest
from django.template import engines
from django.utils.translation import trans_real

from inspections.models import Handover, Item, Slip
from povertyparty.documents import REGISTRY as DOCUMENTS
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.ledger import REGISTRY
from villages.frame import VERSION
from villages.models import PARAMETERS, Cadre, Household, Role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
UNKNOWN = "［unknown variable］"
# Templates that Django, axes and the admin ask for by name.
BY_NAME = {
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "429.html",
    "500.html",
    "admin/base_site.html",
    "admin/color_theme_toggle.html",
}
BY_NAME |= {f"registration/{name}.html" for name in ("login", "password_change_form", "password_change_done")}

# The forms as domain.md §3 gives them; what our ledgers print beyond them is listed after the bar.
FORMS = {
    "villages": "序号 县(市、区) 乡(镇) 村名 统计区划代码 贫困村级别 列入年度 退出年度 村民小组数 自然村数 总户数 总人口 劳动力 建档立卡户数 建档立卡人口 未脱贫户数 未脱贫人口 贫困发生率(%) 监测户数 耕地面积(亩) 草场面积(亩) 主导产业 一村一品 农民人均纯收入(元) 村集体经济收入(万元) 通水 通电 通路 通广播电视 通宽带 有两委班子 有产业 有集体收入 有阵地 有幼儿园 有便民服务中心 有卫生室 距乡镇(公里) 距县城(公里) 主要致贫原因类型 帮扶单位 第一书记 党组织书记 联系电话 备注 | 退出文号 退出阶段 消薄进度",
    "households": "序号 县(市、区) 乡(镇) 行政村 村民小组 户编号 户主姓名 户主证件号码 家庭人口数 劳动力人数 贫困户属性 主要致贫原因 其他致贫原因 识别时间 脱贫属性 脱贫年度 是否监测对象 监测类型 耕地面积(亩) 危房户 是否解决安全饮用水 义务教育有保障 基本医疗有保障 工资性收入(元) 生产经营性收入(元) 财产性收入(元) 转移性收入(元) 生产经营性支出(元) 年人均纯收入(元) 主要帮扶措施 帮扶责任人 帮扶单位 帮扶人电话 联系电话 备注 | 核验阶段",
    "cadres": "序号 乡(镇) 村 姓名 性别 出生年月 学历 政治面貌 入党时间 现任职务 是否一肩挑 任现职时间 累计任职年限 来源 身份证号码 联系电话 主要分工 带富类型 数字化办公水平 年度轮训情况 县级联审结论 联审日期 上年度考核 月报酬(元) 调整情况 备注 | 任职状态",
    "postings": "序号 乡(镇) 村 姓名 性别 出生年月 学历 政治面貌 派出单位 单位层级 原职务职级 驻村职务 派驻文号 到村时间 计划期满 实际离村 农村工作经历(年) 党组织关系是否转入 是否脱产 联系电话 本月在村天数 年累计请假天数 包联户数 五项职责完成情况 年度考核 轮换/召回情况 备注 | 派驻状态",
    "reserves": "序号 乡(镇) 村 姓名 性别 出生年月 学历 政治面貌 来源 现从事工作 培养方向 培养联系人 入库时间 联审结论 培养措施 岗位锻炼情况 培训次数 数字化办公水平 成熟度 状态 使用/出库时间 使用职务/出库原因 联系电话 备注",
    "items": "序号 问题编号 问题来源 问题类别 反馈问题 具体表现 涉及乡镇 涉及村 整改目标 整改措施 整改类型 整改时限 责任领导 牵头单位 责任单位 责任人 联系电话 整改进展情况 完成比例(%) 完成情况 建章立制 佐证材料 申请销号日期 核验结论 销号日期 督办情况 备注 | 整改事项编号 原因分析 发现日期",
}


@pytest.mark.parametrize("code", sorted(FORMS))
def test_a_ledger_prints_the_official_headers_in_the_official_order(code):
    official, _, more = FORMS[code].partition("|")
    printed = [header for header in REGISTRY[code].layouts[""] if header not in more.split()]
    assert printed == official.split()


def test_the_national_layouts_have_their_26_30_and_47_columns():
    layouts = REGISTRY["people"].layouts
    assert {name: len(headers) for name, headers in layouts.items() if name} == {
        "26列": 27,
        "30列": 32,
        "47列": 47,
    }


def test_every_template_is_used():
    text = "\n".join(
        path.read_text(encoding="utf8")
        for path in ROOT.rglob("*")
        if path.suffix in {".py", ".html"}
        and path.parts[len(ROOT.parts)] in {"povertyparty", "villages", "inspections", "templates"}
    )
    names = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")}
    theirs = Path(django.contrib.admin.__file__).parent / "templates"
    names = {name for name in names if not (theirs / name).exists()}
    assert not {name for name in names - BY_NAME if f'"{name}"' not in text and f"'{name}'" not in text}


@pytest.fixture(scope="module")
def officer(fiction, fiction_user):
    return fiction_user(Role.COUNTY_OFFICER, fiction.code)


@pytest.fixture
def strict(monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UNKNOWN)


def addresses(in_scope, officer):
    with in_scope(officer):
        household, item, cadre, slip, handover = (
            Household.objects.first().pk,
            Item.objects.first().pk,
            Cadre.objects.first().pk,
            Slip.objects.first().pk,
            Handover.objects.first().pk,
        )
    yield from (
        "/",
        "/figures/?on=2020-06-30",
        "/commitments/",
        "/place-changes/",
        *(f"/place-changes/add/{kind}/" for kind in ("rename", "move", "merge", "split", "close")),
        "/parameters/",
        "/parameters/holidays/",
        "/parameters/holidays/?year=2099",
        "/parameters/holidays/set/",
        "/slips/proposed/",
        "/quality/?on=2020-06-30",
        "/retyped/",
        "/uploads/",
        "/uploads/new/",
        "/log/",
        "/documents/",
        *(f"/documents/{code}/" for code, one in DOCUMENTS.items() if one.ledger in REGISTRY),
        "/inbox/",
        "/inbox/mail/",
        "/password/",
    )
    yield from (f"/ledgers/{code}/" for code in REGISTRY)
    yield from (f"/ledgers/{code}/add/" for code in REGISTRY)
    yield from (f"/figures/{code}/?on=2020-06-30" for code in FIGURES)
    yield from (f"/parameters/{key}/{tail}" for key in PARAMETERS for tail in ("", "set/"))
    yield from (
        f"/ledgers/households/{household}/",
        f"/ledgers/households/{household}/edit/",
        f"/ledgers/cadres/{cadre}/",
        f"/ledgers/cadres/{cadre}/?on=2020-06-30",
        f"/ledgers/cadres/{cadre}/?on=2999-01-01",
        f"/items/{item}/",
        f"/ledgers/slips/{slip}/",
        f"/handovers/{handover}/",
    )
    yield from (
        "/search/",
        "/search/?q=王",
        "/search/?q=没有这个",
        "/search/suggest/?q=王",
        "/ledgers/households/?q=没有",
        "/ledgers/households/?figure=unlifted_households&on=2020-06-30",
        "/ledgers/households/?rule=household_not_visited&on=2020-06-30",
    )


def test_no_page_asks_for_a_variable_that_nobody_gives(officer, client_of, in_scope, strict):
    client = client_of(officer)
    asked = {}
    for address in addresses(in_scope, officer):
        page = client.get(address)
        assert page.status_code == 200, address
        if UNKNOWN in page.content.decode():
            asked[address] = re.findall(
                rf".{{60}}{UNKNOWN}.{{30}}", page.content.decode().replace("\n", " ")
            )[:3]
    assert not asked


def test_no_english_is_left_over_from_the_libraries(officer, client_of, in_scope):
    leftovers = re.compile(
        r">[^<]*(---------|\bSearch\b|\bUnknown\b|\bNone\b|\bTrue\b|\bFalse\b|\bThis field\b|\bSelect\b)[^<]*<"
    )
    client = client_of(officer)
    for address in addresses(in_scope, officer):
        assert not leftovers.search(client.get(address).content.decode()), address


def test_the_framework_too_says_您():
    said = trans_real.translation("zh-hans")._catalog
    assert not [text for text in map(said.get, said.keys()) if "你" in text]


@pytest.mark.parametrize("code", FIGURES)
def test_a_figure_is_named_in_chinese_only(code, officer, client_of):
    text = re.sub("<[^>]*>", "", client_of(officer).get(f"/figures/{code}/").content.decode())
    assert str(FIGURES[code].label) in text and code not in text


def test_the_page_says_the_version_that_the_changelog_tells_of():
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest[1] == VERSION
