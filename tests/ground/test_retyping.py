"""One entry, many reports: what the system has from elsewhere is filled in, not asked for, and counted where it was typed."""

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from povertyparty.models import Retyped
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, VILLAGE
from tests.sheets import HOUSEHOLD, household, planned, sheet
from tests.uploading import Office, newest, sent
from villages.models import Cadre, CollectiveIncome, Contact, Household, Pairing, Posting, Role

pytestmark = pytest.mark.django_db
HELPED = (*HOUSEHOLD, "帮扶责任人", "帮扶单位")
CONTACTS = ("乡(镇)", "村", "包联县级领导", "乡镇包村领导", "后盾单位", "第一书记", "队员人数", "五个一齐全")


@pytest.fixture
def helped(household):
    with everywhere("test data"):
        Pairing.objects.create(
            place_id=VILLAGE,
            household=household,
            helper="李四",
            unit="水利局",
            phone="13800138000",
            since="2020-01",
        )
    return household


@pytest.fixture
def office(officer, client_of, django_capture_on_commit_callbacks):
    return Office(client_of(officer), django_capture_on_commit_callbacks)


def kept():
    """{column: cells} of all that was typed again."""
    with everywhere("test"):
        return dict(Retyped.objects.values_list("column", "cells"))


def text(page):
    return re.sub(r"<[^>]*>|\s", "", page.content.decode())


# Filled in


def test_a_record_prints_what_another_ledger_knows_and_says_whence(helped, officer, client_of):
    page = text(client_of(officer).get(f"/ledgers/households/{helped.pk}/"))
    assert "帮扶责任人李四取自《结对帮扶到户表》" in page and "帮扶单位水利局取自" in page


def test_its_own_word_stands_before_that_of_the_other_ledger(helped, officer, client_of):
    with everywhere("test"):
        Household.objects.update(helper="王五")
    page = text(client_of(officer).get(f"/ledgers/households/{helped.pk}/"))
    assert "帮扶责任人王五" in page and "李四取自" not in page
    assert "水利局" not in page.split("改动记录")[0].split("结对帮扶到户表")[0]  # another helper's unit


def test_what_is_masked_stays_masked_where_another_ledger_says_it(helped, officer, client_of):
    client = client_of(officer)
    address = f"/ledgers/households/{helped.pk}/"
    assert "138****8000取自" in text(client.get(address))
    assert "13800138000取自" in text(client.post(f"{address}reveal/helper_phone/", {"reason": "核对信息"}))


def test_a_list_prints_it_and_is_narrowed_and_sorted_by_it(village, household, officer, client_of):
    with everywhere("test data"):
        Cadre.objects.create(place_id=VILLAGE, name="赵书记", post="secretary")
    client = client_of(officer)
    assert "赵书记" in text(client.get("/ledgers/villages/"))
    assert "共1个村" in text(client.get("/ledgers/villages/?f_stated_households=1"))
    assert "共0个村" in text(client.get("/ledgers/villages/?f_stated_households=2"))
    assert "赵书记" in text(client.get("/ledgers/villages/?sort=-party_secretary"))


def test_a_page_looks_it_up_for_its_own_rows_only(village, officer, client_of):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client_of(officer).get("/ledgers/villages/")
    (rows,) = [q["sql"] for q in queries if "villages_posting" in q["sql"] and "UNION" not in q["sql"]]
    assert re.search(r'"id" IN \(SELECT .* LIMIT 1\)', rows)


def test_an_export_is_filled_in_and_comes_back_unchanged(helped, office):
    book = office.client.post("/ledgers/households/export/", {"format": "layout:"}).content
    cells = [
        str(c.value) for line in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows() for c in line
    ]
    assert "李四" in cells and "138****8000" in cells
    upload = office.upload(io_file(book))
    assert (upload.tally["same"], upload.tally["changed"], upload.told["retyped"]) == (1, 0, {})


def io_file(content):
    file = io.BytesIO(content)
    file.name = "户.xlsx"
    return file


def test_a_blank_form_says_what_need_not_be_filled_in(officer, client_of):
    def helps(code):
        book = client_of(officer).get(f"/ledgers/{code}/template.xlsx").content
        rows = [
            [c.value or "" for c in line]
            for line in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()
        ]
        at = next(i for i, row in enumerate(rows) if row[0] == "序号")
        return dict(zip(rows[at], rows[at - 1], strict=True))

    assert helps("collective_incomes")["总收入"].startswith("系统计算，不用填")
    assert helps("contacts")["第一书记"].startswith("系统计算，不用填")
    assert helps("households")["帮扶责任人"].startswith("《结对帮扶到户表》已登记的，不用填")
    assert helps("pairings")["户主姓名"].startswith("《建档立卡贫困户花名册》已登记的，不用填")


# Not asked for


def test_a_form_shows_it_and_does_not_ask(helped, officer, client_of):
    client, address = client_of(officer), f"/ledgers/households/{helped.pk}/edit/"
    page = client.get(address).content.decode()
    assert (
        re.search(r'<input[^>]*name="helper"[^>]*disabled', page) and "取自《结对帮扶到户表》，不用填" in page
    )
    given = {
        "place": VILLAGE,
        "number": helped.number,
        "head": "王小明",
        "status": "0",
        "version": 1,
        "helper": "别人",
    }
    assert client.post(address, given).status_code == 302
    with everywhere("test"):
        assert Household.objects.get().helper == ""


def test_a_form_asks_where_the_record_says_otherwise(helped, officer, client_of):
    with everywhere("test"):
        Household.objects.update(helper="王五")
    client, address = client_of(officer), f"/ledgers/households/{helped.pk}/edit/"
    page = client.get(address).content.decode()
    assert "《结对帮扶到户表》登记为“李四”，请核对" in page
    given = {
        "place": VILLAGE,
        "number": helped.number,
        "head": "王小明",
        "status": "0",
        "version": 1,
        "helper": "李四",
    }
    assert client.post(address, given).status_code == 302
    assert kept() == {"helper": 1}


# Counted


def test_an_official_file_is_kept_to_the_letter_and_a_difference_pointed_out(helped, in_scope, officer):
    with in_scope(officer):
        (row,) = planned(sheet(HELPED, [*household(), "王五", "水利局"])).rows
    assert row.changes["helper"] == "王五"
    assert [one["reason"] for one in row.hints] == ["《结对帮扶到户表》登记为“李四”，请核对"]


def test_cells_that_another_ledger_knew_are_counted_when_the_file_is_committed(helped, office):
    upload = office.upload(sent([*household(), "李四", "水利局"], heads=HELPED))
    assert upload.told["retyped"] == {"helper": 1, "helper_unit": 1} and kept() == {}
    office.commit(upload)
    assert newest().state == "committed" and kept() == {"helper": 1, "helper_unit": 1}


def test_cells_that_the_system_counts_itself_are_counted_too(places, office):
    office.commit(
        office.upload(sent(["近山镇", "前湾村", "张县", "李乡", "水利局", "王一", 3, "否"], heads=CONTACTS))
    )
    assert kept() == {"-first_secretary": 1, "-members": 1, "-complete": 1}


def test_what_lives_in_the_record_above_is_counted_and_a_key_is_not(helped, office):
    heads = ("乡(镇)", "村", "户编号", "户主姓名", "帮扶责任人", "单位及职务", "结对时间", "年走访次数")
    office.commit(
        office.upload(
            sent(
                ["近山镇", "前湾村", helped.number, "王小明", "孙六", "教育局", "2020-02", None], heads=heads
            )
        )
    )
    assert kept() == {"-head": 1}


def test_what_another_system_wrote_out_nobody_typed(helped, office):
    own_heads = ("户编号", "人编号", "姓名", "证件号码", "人数", "与户主关系", "乡(镇)", "行政村")
    heads = (
        *own_heads,
        "脱贫属性",
        "贫困户属性",
        "主要致贫原因",
        "危房户",
        "饮水安全",
        "人均纯收入",
        "文化程度",
        "劳动技能",
    )
    heads += (
        "健康状况",
        "在校生状况",
        "务工状况",
        "务工时间(月)",
        "参加大病医疗",
        "饮水困难",
        "自然村",
        "县(市、区、旗)",
        "民族",
    )
    row = [helped.number, "01", "王小明", None, 3, "户主", "近山镇", "前湾村", *[None] * (len(heads) - 8)]
    upload = office.upload(sent(row, heads=heads, name="人口.xlsx"))
    assert (upload.layout, upload.told["retyped"]) == ("26列", {})
    own = office.upload(sent(row[:8], heads=own_heads, name="自填.xlsx"))
    assert own.told["retyped"] == {"-size": 1}


def test_the_same_file_once_more_was_not_typed_once_more(helped, office):
    for name in ("一.xlsx", "二.xlsx"):
        office.commit(office.upload(sent([*household(), "李四", "水利局"], heads=HELPED, name=name)))
    assert kept() == {"helper": 1, "helper_unit": 1}


# Told


def test_the_page_tells_by_month_ledger_and_column(officer, client_of):
    with everywhere("test data"):
        Retyped.objects.create(
            place_code=VILLAGE, ledger="households", column="helper", cells=1234, on="2020-05-31"
        )
        Retyped.objects.create(place_code=VILLAGE, ledger="gone", column="-old", cells=2, on="2020-06-01")
    page = text(client_of(officer).get("/retyped/?on=2020-06-30"))
    assert "本月2格" in page and "上月1,234格" in page and "近12个月1,236格" in page
    assert "帮扶责任人建档立卡贫困户花名册《结对帮扶到户表》1,234格" in page
    assert client_of(officer).get("/retyped/?on=0001-01-01").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.COUNTY_OFFICER, 200),
        (Role.TOWNSHIP_OFFICER, 403),
        (Role.COUNTY_LEADER, 403),
    ],
)
def test_it_is_for_administrators_and_the_county_officer(role, status, somebody, client_of):
    client = client_of(somebody(role))
    assert client.get("/retyped/").status_code == status
    assert ("/retyped/" in client.get("/").content.decode()) == (status == 200)


def test_a_village_form_is_filled_in_from_six_ledgers(village, household, officer, client_of):
    with everywhere("test data"):
        Contact.objects.create(place_id=VILLAGE, unit="水利局")
        Posting.objects.create(
            place_id=VILLAGE, name="周一", unit="水利局", duty="first_secretary", came_on="2019-01"
        )
        CollectiveIncome.objects.create(place_id=VILLAGE, year=2019, business="12.5")
    page = text(client_of(officer).get(f"/ledgers/villages/{village.pk}/"))
    for said in (
        "帮扶单位水利局取自《村级“五个一”包联表》",
        "第一书记周一取自",
        "村集体经济收入(万元)12.50取自",
        "建档立卡户数1取自",
        "未脱贫户数1取自",
    ):
        assert said in page
    assert COUNTY in VILLAGE
