"""What the product never holds of anybody, and never says of anybody (domain.md §5.2, §5.3): no column, no address, no export."""

import io

import openpyxl
import pytest
from django.apps import apps
from django.db import connection
from django.urls import get_resolver

from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.ledger import REGISTRY
from povertyparty.quality import REGISTRY as RULES
from povertyparty.scope import everywhere
from tests.conftest import VILLAGE
from tests.guards.test_leaks import patterns
from tests.sheets import PERSON, identity, person
from tests.uploading import Office, newest, sent
from villages.models import CaseStudy

pytestmark = pytest.mark.django_db

# Class A, as forms in circulation head such columns.
CLASS_A = [
    "民族",
    "宗教",
    "信仰",
    "生物特征",
    "人脸",
    "指纹",
    "银行",
    "账号",
    "在押",
    "关押",
    "服刑",
    "政治历史",
    "不放心",
    "重点人员",
    "重点人",
    "出境",
    "出国",
    "护照",
    "轨迹",
    "定位",
    "言论",
    "思想表现",
    "疾病名称",
    "病种",
    "残疾等级",
    "残疾类别",
    "婚姻",
    "婚育",
    "计划生育",
    "孕",
]
ATTITUDES = ["等靠要", "懒", "态度", "思想觉悟", "内生动力", "动力不足", "发展意愿", "不配合", "抵触"]
EXPOSING = ["反面", "曝光", "黑榜", "黑名单", "红黑榜", "排名", "名次", "后进个人", "倒数"]
SECRET = "哨兵族"


def kept_headers():
    """(where, words) of everything that is stored: the fields of our models and the columns of our ledgers."""
    for app in ("povertyparty", "villages", "inspections"):
        for model in apps.get_app_config(app).get_models():
            yield from ((str(model.__name__), str(f.verbose_name)) for f in model._meta.concrete_fields)
    for ledger in REGISTRY.values():
        yield from (
            (ledger.title, name)
            for c in ledger.columns
            if not c.never
            for name in (c.header, *c.declared.aliases)
        )


@pytest.mark.parametrize("word", [*CLASS_A, *ATTITUDES])
def test_no_column_holds_it(word):
    assert [(where, told) for where, told in kept_headers() if word in told] == []


def test_ethnicity_is_dropped_on_import_and_empty_on_export(
    officer, client_of, household, django_capture_on_commit_callbacks
):
    office = Office(client_of(officer), django_capture_on_commit_callbacks)
    row = [*person(number="01", identity=identity(1)), SECRET]
    upload = office.upload(sent(row, heads=[*PERSON, "民族"]))
    assert (
        "民族" in office.page(upload)
        and "已丢弃" in office.page(upload)
        and SECRET not in office.page(upload)
    )
    office.commit(upload)
    assert newest().state == "committed" and SECRET not in everything_stored()
    book = office.client.post("/ledgers/people/export/", {"format": "layout:26列"})
    assert "民族" in said_by(book.content) and SECRET not in said_by(book.content)


def everything_stored():
    """The text of every row of every table of ours."""
    with everywhere("test"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        texts = []
        for name in tables:
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {connection.ops.quote_name(name)} t")
            texts.append(cursor.fetchone()[0] or "")
    return " ".join(texts)


def said_by(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return " ".join(
        str(c.value) for sheet in book for line in sheet.iter_rows() for c in line if c.value is not None
    )


@pytest.mark.parametrize("word", EXPOSING)
def test_no_address_and_no_heading_exposes_anybody(word):
    told = [f"{f.label}{f.definition}" for f in FIGURES.values()]
    told += [f"{r.label}{r.why}{r.remedy}" for r in RULES.values()]
    told += [f"{one.title}{one.note}" for one in REGISTRY.values()]
    assert [text for text in told if word in text] == []


@pytest.mark.parametrize("word", ["rank", "black", "expose", "bad-example", "shame"])
def test_no_address_is_made_for_exposing(word):
    assert [path for path, _, _ in patterns(get_resolver()) if word in path] == []


def test_a_good_example_who_does_not_consent_has_no_name_anywhere(
    officer, client_of, places, django_capture_on_commit_callbacks
):
    office = Office(client_of(officer), django_capture_on_commit_callbacks)
    heads = ("类别", "对象", "乡(镇)", "村", "主要做法", "成效", "推荐单位", "本人同意", "使用范围", "日期")
    rows = [
        ["自强脱贫户", "王哨兵", "近山镇", "前湾村", "养殖", "增收", "教育局", "否", "县内", "2020-03-01"],
        ["自强脱贫户", "李愿意", "近山镇", "前湾村", "养殖", "增收", "教育局", "是", "县内", "2020-03-01"],
    ]
    upload = office.upload(sent(*rows, heads=heads))
    assert "王哨兵" not in office.page(upload)
    office.commit(upload)
    assert "王哨兵" not in everything_stored() and "李愿意" in everything_stored()
    assert office.upload(sent(*rows, heads=heads, name="再报.xlsx")).tally["same"] == 2
    for path in ("/ledgers/case_studies/", "/search/?q=王哨兵"):
        assert "王哨兵" not in office.client.get(path).content.decode().replace('value="王哨兵"', "").replace(
            "“王哨兵”", ""
        )
    book = office.client.post("/ledgers/case_studies/export/", {"format": "layout:"})
    assert "王哨兵" not in said_by(book.content) and "李愿意" in said_by(book.content)


def test_a_form_cannot_name_who_does_not_consent(officer, client_of, places):
    given = {"place": VILLAGE, "kind": "自强脱贫户", "subject": "王哨兵", "consents": "否", "reach": ""}
    page = client_of(officer).post("/ledgers/case_studies/add/", given)
    assert "本人没有同意的，不得登记姓名" in page.content.decode()
    with everywhere("test"):
        assert not CaseStudy.objects.exists()


def test_who_went_out_to_work_is_a_count_and_never_a_target():
    told = [f.label + f.definition for f in FIGURES.values() if "务工" in f.label]
    assert told and not [
        text for text in told if any(word in text for word in ("任务", "指标数", "应外出", "拒绝"))
    ]
