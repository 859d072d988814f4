"""自查问题清单, layout B of the rectification ledger (domain.md §3.1): what leaders say of themselves, in and out again."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.ledgers.items import SELF_CHECK
from inspections.models import Finding, Item
from povertyparty.scope import everywhere
from tests.conftest import COUNTY
from tests.uploading import Office, sent

pytestmark = pytest.mark.django_db
HEADS = [
    "序号",
    "姓名/班子",
    "职务",
    "检视方面",
    "检视问题",
    "具体表现",
    "原因剖析",
    "整改措施",
    "整改类型",
    "整改时限",
    "责任人",
    "整改情况",
    "是否完成",
    "备注",
]
ROWS = [
    [1, "钱一", "副部长", "理论学习", "理论学习不够深入", "自学时间少", "思想认识不到位，学用脱节", "1.每周自学", "立行立改", "2020-06-30", "钱一", "已制定计划", "否", ""],
    [2, "孙二", "副部长", "理论学习", "理论学习不够深入", "没有笔记", "R1", "1.每月交流", "限期整改", "2020-09-30", "孙二", "", "否", ""],
    [3, "县委组织部班子", "", "作风建设", "调查研究不够", "下基层少", "作风建设不扎实", "1.每季调研", "长期坚持", "", "李三", "已完成调研12次", "是", "集体"],
]  # fmt: skip


@pytest.fixture
def office(officer, client_of, django_capture_on_commit_callbacks, settings, tmp_path):
    settings.DATA_DIR, settings.FILES_RESERVE = tmp_path, (0, 0)
    return Office(client_of(officer), django_capture_on_commit_callbacks)


@pytest.fixture
def imported(office):
    upload = office.upload(sent(*ROWS, heads=HEADS, name="自查.xlsx"))
    assert (upload.ledger, upload.layout, upload.tally["new"]) == ("items", "自查问题清单", 3), upload.trouble
    office.commit(upload)
    return office


def test_its_columns_are_those_of_the_form():
    assert SELF_CHECK[:14] == HEADS


def test_each_row_becomes_a_finding_and_an_item(imported):
    with everywhere("test"):
        rows = [
            (
                i.finding.owner,
                i.finding.post,
                i.finding.aspect,
                i.finding.source,
                i.finding.stage,
                i.cause,
                i.kind,
                i.state,
            )
            for i in Item.objects.select_related("finding").order_by("pk")
        ]
        assert {i.place_id for i in Item.objects.all()} == {COUNTY}
        assert Finding.objects.count() == 3
        assert Item.objects.order_by("pk").first().analysis == "思想认识不到位，学用脱节"
    self_check = ("政治体检自查", "split")
    assert rows == [
        ("钱一", "副部长", "理论学习", *self_check, "思想认识不到位", "立行立改", "doing"),
        ("孙二", "副部长", "理论学习", *self_check, "思想认识不到位", "限期整改", "not_started"),
        ("县委组织部班子", "", "作风建设", *self_check, "作风建设不扎实", "长期坚持", "closed"),
    ]


def test_no_number_tells_a_name(imported):
    with everywhere("test"):
        assert not [
            one.code for one in Finding.objects.all() if any(name in one.code for name in ("钱", "孙"))
        ]


def exported(office, **given):
    return office.client.post("/ledgers/items/export/", {"format": "layout:自查问题清单", **given}).content


def lines(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def test_it_goes_out_under_the_same_headers_and_masks_whose_it_is(imported):
    book = lines(exported(imported))
    (at,) = [n for n, line in enumerate(book) if line[:14] == HEADS]
    told = [line for line in book if line[4] == "理论学习不够深入"]
    assert len(told) == 2 and {line[1] for line in told} == {"***"}
    assert [line[12] for line in book[at + 1 :]] == ["否", "否", "是"]


@pytest.mark.parametrize("given", [{}, {"full": "1", "reason": "报送上级核对"}])
def test_what_went_out_comes_back_unchanged(given, imported):
    again = imported.upload(SimpleUploadedFile("导出.xlsx", exported(imported, **given)))
    assert again.tally["same"] == 3, again.told


def test_the_same_file_again_is_unchanged(imported):
    rows = [[*row[:-1], row[-1]] for row in ROWS]
    assert imported.upload(sent(*rows, heads=HEADS, name="再报.xlsx")).tally["same"] == 3


def test_whose_it_is_stands_on_no_page_until_it_is_asked_for(imported, chief, client_of):
    with everywhere("test"):
        found = Finding.objects.first()
        item = found.items.get()
    for user_client in (imported.client, client_of(chief)):
        for address in ("/ledgers/items/", "/ledgers/findings/", f"/ledgers/findings/{found.pk}/"):
            page = user_client.get(address).content.decode()
            assert "没有笔记" in page or "理论学习不够深入" in page
            assert "县委组织部班子" not in page and "孙二" not in page
    assert imported.client.get(f"/items/{item.pk}/").status_code == 200
    answer = imported.client.post(f"/ledgers/findings/{found.pk}/reveal/owner/", {"reason": "核对自查清单"})
    assert answer.status_code == 200 and "钱一" in answer.content.decode()
    assert (
        client_of(chief)
        .post(f"/ledgers/findings/{found.pk}/reveal/owner/", {"reason": "核对清单"})
        .status_code
        == 403
    )


def test_another_township_sees_nothing_of_it(imported, outsider, client_of):
    page = client_of(outsider).get("/ledgers/findings/").content.decode()
    assert "理论学习不够深入" not in page


def test_an_empty_form_of_it_can_be_had(office):
    book = office.client.get("/ledgers/items/template.xlsx?layout=自查问题清单")
    assert book.status_code == 200
    assert any([str(cell or "").strip("*") for cell in line[:14]] == HEADS for line in lines(book.content))
