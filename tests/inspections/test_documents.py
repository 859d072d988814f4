"""Documents of rectification, opened in Word's own words: what each says, when there is one, who may have it, who may change it."""

import io
from datetime import date
from urllib.parse import unquote

import docx
import pytest
from docx.oxml.ns import qn

from inspections import documents as papers
from inspections.models import Finding, Item, Level
from povertyparty import documents
from povertyparty.documents import REGISTRY, DocumentTemplate, template_of
from povertyparty.models import Access, RecordStep, StoredFile
from povertyparty.official_page import Page
from povertyparty.pages import lists
from povertyparty.scope import everywhere
from tests.inspections import pressing
from tests.inspections.rectifying import COUNTY, FAR, NEAR, VILLAGE
from villages.models import Role

pytestmark = pytest.mark.django_db

FACTS = {
    "notice": "县组通[2020]5号",
    "unit": "近山镇党委",
    "leader": "张某",
    "person": "李某",
    "goal": "培训前需求调查率100%",
    "symptom": "2019年2期培训未做需求调查",
    "measures": "1.建立需求调查表;2.重排2020年课程",
    "severity": "较重",
    "phone": "13899990001",
}


@pytest.fixture
def item(item_in):
    """item("applied"): an item in that state with all that a document tells of it."""
    return lambda state, facts=None, **way: item_in(
        state, due_on=date(2020, 6, 5), facts=FACTS | (facts or {}), **way
    )


@pytest.fixture
def word(client_of):
    """word(user, "notice", item): the document as python-docx reads it."""

    def fetch(user, code, item):
        answer = client_of(user).post(f"/documents/{code}/{item.pk}/")
        assert answer.status_code == 200
        return docx.Document(io.BytesIO(answer.content))

    return fetch


def said(document):
    return [one.text for one in document.paragraphs if one.text]


def table(document):
    """{head: text beside it} of a form."""
    cells = [list(dict.fromkeys(cell._tc for cell in row.cells)) for row in document.tables[0].rows]
    texts = [["\n".join("".join(r.text for r in p.r_lst) for p in tc.p_lst) for tc in row] for row in cells]
    return {row[n].replace("\n", ""): row[n + 1] for row in texts for n in range(0, len(row), 2)}


def template(*texts):
    made = io.BytesIO(Page("x").text(*texts).content())
    made.name = "本县模板.docx"
    return made


# What they say


def test_the_notice_says_what_was_assigned_to_whom_by_when(item, officer, word):
    found = word(officer, "notice", item("assigned"))
    lines = said(found)
    assert lines[:3] == ["整改通知书", "县组通〔2020〕5号", "近山镇党委："]
    for line in (
        "根据县委巡察情况，下列问题须由你单位整改，现予交办。",
        "培训课程设置不够精准",
        "具体表现：2019年2期培训未做需求调查",
        "涉及地区：近山镇前湾村。严重程度：较重。",
        "培训前需求调查率100%",
        "2020年6月5日前完成。",
        "责任单位：近山镇党委",
        "责任领导：张某",
        "责任人：李某",
        "中共测试县委组织部",
    ):
        assert line in lines, line
    assert not [line for line in lines if "{" in line or line.startswith(("（签收", "牵头单位"))]
    assert found.paragraphs[0].style.name == "公文标题"
    assert found.paragraphs[0].style.element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert [round(one.mm) for one in (found.sections[0].top_margin, found.sections[0].left_margin)] == [
        37,
        28,
    ]


def test_a_notice_is_dated_and_signed_by_the_steps(item, officer, word):
    found = item("signed")
    today = documents.day(date.today())
    lines = said(word(officer, "notice", found))
    with everywhere("test"):
        steps = {one.verb: one.details for one in RecordStep.objects.filter(record=found.pk)}
    assert today in lines
    assert f"（签发：{steps['assign']['signed_by']}）" in lines
    assert f"（签收：{steps['sign']['signatory']}　{today}）" in lines


def test_the_closing_form_gathers_the_opinions_of_the_trail(item, officer, leader, chief, stranger, word):
    found = item("closed", apply=stranger, review=leader, verify=officer, close=chief)
    told = table(word(officer, "closing", found))
    with everywhere("test"):
        steps = {one.verb: one.details for one in RecordStep.objects.filter(record=found.pk)}
    today = documents.day(date.today())
    assert told["事项编号"] == found.code and told["责任人"] == "李某"
    assert told["整改时限"] == "2020年6月5日"
    assert told["整改措施"] == FACTS["measures"]
    assert steps["apply"]["note"] in told["整改成效及申请"]
    assert f"主要负责人：{steps['apply']['signatory']}" in told["整改成效及申请"]
    assert f"签字：乡镇领导　{leader.appointment}　{today}" in told["乡镇（牵头单位）初审意见"]
    assert f"核验方式：{steps['verify']['methods']}" in told["县级核验意见"]
    assert f"核验结论：{steps['verify']['verdict']}" in told["县级核验意见"]
    assert f"签字：县委组织部领导　{chief.appointment}　{today}" in told["审批意见"]


def test_opinions_that_are_still_to_come_are_left_blank(item, officer, word):
    told = table(word(officer, "closing", item("applied")))
    assert told["审批意见"].startswith("\n销号文号：") and told["乡镇（牵头单位）初审意见"].startswith(
        "\n签字："
    )


def test_where_nobody_has_signed_yet_there_is_room_to(item, officer, word):
    told = table(word(officer, "closing", item("applied")))
    for head in ("乡镇（牵头单位）初审意见", "县级核验意见", "审批意见"):
        assert told[head].endswith("年　　月　　日")
    assert not told["整改成效及申请"].endswith("年　　月　　日")


def test_only_the_last_application_counts(item, officer, leader, word):
    found = item("applied", after=[("return", "doing"), ("apply", "applied")], review=leader)
    told = table(word(officer, "closing", found))
    assert told["乡镇（牵头单位）初审意见"].startswith("\n签字：")


HOSTILE = ["{{7*7}}", "<w:p>{% if %}</w:p>", "甲\x00\x0b乙", "长" * 2000, "🌾𠮷", "a&b\n第二行"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stand_in_the_documents_as_they_were_typed(text, item, officer, word):
    with everywhere("test data"):
        found = item("closed")
        Item.objects.filter(pk=found.pk).update(
            symptom=text.replace("\x00", ""), measures=text.replace("\x00", "")
        )
    read = text.replace("\x00", "").replace("\x0b", "")
    assert f"具体表现：{read}" in said(word(officer, "notice", found))
    assert table(word(officer, "closing", found))["整改措施"] == read


def test_the_print_view_tells_the_same(item, officer, client_of):
    found = item("closed")
    with everywhere("test data"):
        Item.objects.filter(pk=found.pk).update(symptom="<script>{{7*7}}")
    page = client_of(officer).get(f"/documents/notice/{found.pk}/print/").content.decode()
    assert "县组通〔2020〕5号" in page and "&lt;script&gt;{{7*7}}" in page and "<script>{{" not in page
    form = client_of(officer).get(f"/documents/closing/{found.pk}/print/").content.decode()
    assert "主要负责人：" in form and FACTS["unit"] in form


# When there is one, and for whom


@pytest.mark.parametrize("state", Item.State.values)
def test_a_document_is_offered_where_it_makes_sense(state, item, officer, client_of):
    found, client = item(state), client_of(officer)
    page = client.get(f"/items/{found.pk}/").content.decode()
    sensible = {
        "notice": state not in ("not_started", "moved", "voided"),
        "closing": state in ("applied", "reviewed", "verified", "closed", "archived"),
    }
    for code, sense in sensible.items():
        assert (f'action="/documents/{code}/{found.pk}/"' in page) == sense
        assert client.post(f"/documents/{code}/{found.pk}/").status_code == (200 if sense else 404)
        assert client.get(f"/documents/{code}/{found.pk}/print/").status_code == (200 if sense else 404)


def test_an_item_that_came_closed_from_a_file_has_no_opinions_to_print(item_in, officer, client_of):
    with everywhere("test data"):
        found = item_in("not_started")
        Item.objects.filter(pk=found.pk).update(state="closed")
    assert client_of(officer).post(f"/documents/closing/{found.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.COUNTY_OFFICER, COUNTY, 200),
        (Role.COUNTY_LEADER, COUNTY, 200),
        (Role.TOWNSHIP_OFFICER, NEAR, 200),
        (Role.VILLAGE_FILER, VILLAGE, 200),
        (Role.TOWNSHIP_OFFICER, FAR, 404),
        (Role.READER, COUNTY, 403),
        (Role.AUDITOR, COUNTY, 403),
        (Role.ADMINISTRATOR, COUNTY, 403),
    ],
)
def test_who_may_have_a_document(role, place, status, item, somebody, client_of):
    found, client = item("closed"), client_of(somebody(role, place))
    assert client.post(f"/documents/notice/{found.pk}/").status_code == status
    assert client.get(f"/documents/closing/{found.pk}/print/").status_code == status


def test_no_document_exists_that_nobody_declared_or_of_a_record_that_is_none(item, officer, client_of):
    found, client = item("closed"), client_of(officer)
    assert client.post(f"/documents/nothing/{found.pk}/").status_code == 404
    assert client.post(f"/documents/items_a/{found.pk}/").status_code == 404, "a list is no record's document"
    assert client.post("/documents/notice/99999999/").status_code == 404
    assert client.get(f"/documents/notice/{found.pk}/").status_code == 405


def test_every_document_taken_out_is_written_down_and_bears_its_chinese_name(item, officer, client_of):
    found = item("assigned")
    answer = client_of(officer).post(f"/documents/notice/{found.pk}/")
    assert f"整改通知书（{found.code}）.docx" in unquote(answer["Content-Disposition"])
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    with everywhere("test"):
        one = Access.objects.get()
    assert (one.kind, one.by, one.ledger, one.record) == ("download", officer, "items", found.pk)
    assert one.reason == "下载《整改通知书》"


def test_a_telephone_number_is_masked_in_the_document_of_a_record(item, officer):
    with everywhere("test"):
        told = REGISTRY["notice"].context(item("assigned"))
    assert told["联系电话"] == "138****0001"


def test_a_document_tells_exactly_what_it_promises(item, slip):
    with everywhere("test"):
        found = item("closed")
        for code in ("notice", "closing"):
            assert REGISTRY[code].context(found).keys() == REGISTRY[code].fills.keys()
        assert papers.slip(slip).keys() == {*REGISTRY["slip"].fills, "事项"}


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_every_built_in_template_is_itself_fit_to_be_uploaded(code):
    made = io.BytesIO(REGISTRY[code].page())
    made.name = "模板.docx"
    documents.check(REGISTRY[code], made)


# Lists


def export(client, code, query="", **given):
    return client.post(f"/ledgers/items/export/{query}", {"format": f"document:{code}", **given})


def rows(answer):
    (found,) = docx.Document(io.BytesIO(answer.content)).tables
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_layout_a_has_the_27_columns_of_the_form_and_the_rows_of_the_list(item, officer, client_of):
    item("closed"), item("doing")
    head, *lines = rows(export(client_of(officer), "items_a"))
    assert head == papers.LAYOUT_A and len(head) == 27
    assert [line[0] for line in lines] == ["1", "2"]
    told = dict(zip(head, lines[0], strict=True))
    assert told["涉及村"] == "前湾村" and told["整改时限"] == "2020-06-05" and told["完成情况"] == "已完成"
    assert told["联系电话"] == "138****0001"


def test_layout_b_has_the_14_columns_of_the_list_of_problems(item, officer, client_of):
    item("closed"), item("doing")
    with everywhere("test"):
        Finding.objects.update(owner="王建国", post="镇党委书记", aspect="责任落实")
    head, *lines = rows(export(client_of(officer), "items_b"))
    assert head == [*papers.LAYOUT_B] and len(head) == 14
    told = [dict(zip(head, line, strict=True)) for line in lines]
    assert [one["是否完成"] for one in told] == ["是", "否"]
    assert (told[0]["姓名/班子"], told[0]["职务"], told[0]["检视方面"]) == ("***", "镇党委书记", "责任落实")


def test_a_ledger_in_word_lies_across_and_repeats_its_header(item, officer, client_of):
    item("closed")
    found = docx.Document(io.BytesIO(export(client_of(officer), "items_a").content))
    section = found.sections[0]
    assert section.page_width > section.page_height
    assert found.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_only_the_rows_of_the_list_are_written(item, officer, client_of):
    item("closed"), item("doing", facts={"unit": "远水乡党委"})
    answer = export(client_of(officer), "items_a", "?f_unit=远水")
    assert [line[14] for line in rows(answer)] == ["责任单位", "远水乡党委"]
    assert any("责任单位：远水" in line for line in said(docx.Document(io.BytesIO(answer.content)))), (
        "the conditions are told"
    )


def test_numbers_are_in_the_clear_only_with_a_right_and_a_reason(item, officer, chief, client_of):
    item("closed")
    answer = export(client_of(officer), "items_a", full="1", reason="核对联系电话")
    assert rows(answer)[1][16] == "13899990001"
    found = docx.Document(io.BytesIO(answer.content))
    assert any(f"导出人：{officer}　" in line for line in said(found)), "who took it out stands on it"
    assert found.core_properties.comments.startswith(f"导出人：{officer}　")
    refused = export(client_of(chief), "items_a", full="1", reason="核对联系电话")
    assert refused.status_code == 302
    assert rows(export(client_of(chief), "items_a"))[1][16] == "138****0001"
    with everywhere("test"):
        kinds = [(one.by_id, one.kind, one.columns) for one in Access.objects.order_by("pk")]
    assert kinds == [(officer.pk, "export", ["联系电话", "姓名/班子"]), (chief.pk, "export", [])]


def test_another_township_is_not_in_the_ledger(item, outsider, client_of):
    item("closed")
    assert len(rows(export(client_of(outsider), "items_a"))) == 1


def test_who_may_not_export_may_not_in_word_either(item, filer, client_of):
    item("closed")
    assert export(client_of(filer), "items_a").status_code == 403


def test_too_many_rows_are_told_and_nothing_is_written_down(item, officer, client_of, monkeypatch):
    item("closed"), item("doing")
    monkeypatch.setattr(lists, "MOST_ROWS", 1)
    client = client_of(officer)
    answer = export(client, "items_a", "?f_unit=近山")
    assert (answer.status_code, answer["Location"][:16]) == (302, "/ledgers/items/?")
    page = client.get(answer["Location"]).content.decode()
    assert "Word 文书最多1项，现在有2项：请先筛选，或导出 Excel" in page
    with everywhere("test"):
        assert not Access.objects.exists()


def test_the_list_offers_both_layouts(officer, item, client_of):
    page = client_of(officer).get("/ledgers/items/").content.decode()
    assert "巡察反馈问题整改台账（Word）" in page and "自查问题清单（Word）" in page
    assert export(client_of(officer), "nothing").status_code == 404


# 督办单


@pytest.fixture
def slip(places):
    with everywhere("test data"):
        about = pressing.item(unit="近山镇党委", due_on=date(2020, 6, 5), code="XC2020-09-1")
        return pressing.paper(
            [about],
            Level.YELLOW,
            "delivered",
            number="〔2020〕黄2号",
            subject="进度滞后",
            requirements="六月底前完成",
            reply_due=date(2020, 5, 8),
            issuer="王某",
            issued_on=date(2020, 5, 1),
        )


def test_a_paper_without_items_has_no_empty_table(slip):
    paper = REGISTRY["slip"]
    with everywhere("test"):
        told = paper.context(slip) | {"事项": []}
    found = docx.Document(io.BytesIO(documents.render(paper, paper.page(), told)))
    assert not found.tables and "进度滞后。" in said(found)


LONG = {
    "问题编号": "XC2020-03-",
    "整改时限": "2020-06-30",
    "联系电话": "138****0001",
    "完成比例(%)": "100",
    "序号": "100",
}


@pytest.mark.parametrize("code", ["items_a", "items_b"])
def test_in_a_ledger_no_date_and_no_number_is_broken(code):
    (found,) = docx.Document(io.BytesIO(REGISTRY[code].page())).tables
    for cell in found.rows[0].cells:
        room = cell.width.pt - 2 * 0.5 * 72 / 25.4  # half a millimetre at either side
        assert room >= len(LONG.get(cell.text, "")) * 9 / 2, cell.text


def test_a_paper_of_supervision_tells_its_items_and_its_deadline(slip):
    paper = REGISTRY["slip"]
    with everywhere("test"):
        told = paper.context(slip)
    found = docx.Document(io.BytesIO(documents.render(paper, paper.page(), told)))
    lines = said(found)
    assert lines[:3] == ["黄色督办单", "〔2020〕黄2号", "近山镇党委："]
    assert (
        "请于2020年5月8日前书面反馈办理情况。" in lines
        and "2020年5月1日" in lines
        and "（签发：王某）" in lines
    )
    assert [[cell.text for cell in row.cells] for row in found.tables[0].rows] == [
        ["序号", "事项编号", "问题", "整改时限", "完成比例"],
        ["1", "XC2020-09-1", "培训课程设置不够精准", "2020年6月5日", "0%"],
    ]


# Templates of the county


@pytest.fixture
def put(client_of):
    """put(user, file, seen): the answer to replacing the template of the notice."""
    return lambda user, file=None, seen=0, **given: client_of(user).post(
        "/documents/notice/replace/", {"seen": seen, **({"file": file} if file else {}), **given}
    )


def test_a_county_has_its_own_template_and_its_villages_use_it(
    item, officer, filer, outsider, put, word, client_of
):
    assert put(officer, template("本县通知：{{ 责任单位 }}")).status_code == 302
    found = item("assigned")
    for user in (officer, filer):
        assert said(word(user, "notice", found)) == ["本县通知：近山镇党委"]
    page = client_of(officer).get("/documents/notice/").content.decode()
    assert "本县模板.docx" in page and "第1版" in page
    mine = client_of(filer).post("/documents/notice/template/")
    assert said(docx.Document(io.BytesIO(mine.content))) == ["本县通知：{{ 责任单位 }}"]


def test_another_county_keeps_the_built_in_one(officer, put):
    put(officer, template("本县通知"))
    with everywhere("test"):
        assert template_of(REGISTRY["notice"], "659907100200") == REGISTRY["notice"].page()
        assert template_of(REGISTRY["notice"], VILLAGE) != REGISTRY["notice"].page()


def test_versions_are_kept_and_any_of_them_comes_back(item, officer, put, word):
    found = item("assigned")
    put(officer, template("第一版"))
    put(officer, template("第二版"), seen=1)
    with everywhere("test"):
        first = DocumentTemplate.objects.get(number=1)
    assert put(officer, seen=2, version=first.pk).status_code == 302
    assert said(word(officer, "notice", found)) == ["第一版"]
    assert put(officer, seen=3, version=0).status_code == 302
    assert said(word(officer, "notice", found))[0] == "整改通知书"
    with everywhere("test"):
        assert [*DocumentTemplate.objects.order_by("number").values_list("number", flat=True)] == [1, 2, 3, 4]
        assert {one.purpose for one in StoredFile.objects.all()} == {StoredFile.Purpose.TEMPLATE}


def test_of_two_who_replace_it_one_wins_and_the_other_is_told(officer, somebody, put):
    put(officer, template("甲"))
    answer = put(somebody(Role.ADMINISTRATOR), template("乙"), seen=0)
    assert answer.status_code == 409
    assert "更换了这份模板，没有再更换" in answer.content.decode()
    with everywhere("test"):
        assert DocumentTemplate.objects.count() == StoredFile.objects.count() == 1


def test_a_refused_template_is_told_and_leaves_nothing(officer, put):
    answer = put(officer, template("{{ 责任人姓名 }}{{ 电话 }}"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "没有更换：“本县模板.docx”不能用作《整改通知书》的模板：不认识的占位符：{{ 责任人姓名 }}、{{ 电话 }}"
        in page
    )
    assert put(officer).status_code == 422
    with everywhere("test"):
        assert not DocumentTemplate.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "role", [one for one in Role if one not in (Role.COUNTY_OFFICER, Role.ADMINISTRATOR)]
)
def test_who_may_not_replace_a_template(role, somebody, put, client_of):
    user = somebody(role)
    assert put(user, template("甲")).status_code == 403
    assert client_of(user).post("/documents/notice/versions/1/").status_code == 403
    assert "更换模板" not in client_of(user).get("/documents/notice/").content.decode()


def test_another_countys_versions_are_not_found(officer, somebody, put, client_of):
    with everywhere("test data"):
        kept = DocumentTemplate.objects.create(
            place_code="659907",
            document="notice",
            number=1,
            by=officer,
            file=StoredFile.keep(template("别县"), place_code="659907", by=officer),
        )
    client = client_of(officer)
    assert client.post(f"/documents/notice/versions/{kept.pk}/").status_code == 404
    assert put(officer, version=kept.pk).status_code == 404
    assert "别县" not in client.get("/documents/notice/").content.decode()


def test_a_template_that_is_lost_is_told_and_not_passed_over(item, officer, put, client_of, tmp_path):
    put(officer, template("甲"))
    for blob in (tmp_path / "files").rglob("*"):
        if blob.is_file():
            blob.unlink()
    client = client_of(officer)
    answer = client.post(f"/documents/notice/{item('assigned').pk}/")
    assert answer.status_code == 302
    assert "没有生成：附件“本县模板.docx”缺失" in client.get(answer["Location"]).content.decode()
    with everywhere("test"):
        assert not Access.objects.exists()
