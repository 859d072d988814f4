"""原因—问题—措施—结果 as pages: the table, the lists of what is missing, the chain of one finding, measures tapped on a phone."""

import re
from datetime import date
from html import unescape

import pytest

from inspections.models import Cause, CauseOfFinding, Finding, Item, Measure
from povertyparty.scope import everywhere
from tests.guards.test_round_trip import planned
from tests.inspections.rectifying import COUNTY, NEAR, VILLAGE
from villages.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def measured(item_in):
    """An item under way with two measures that were begun."""
    item = item_in("doing")
    with everywhere("test"):
        for one in Measure.add(item, ["制定方案", "逐项落实"]):
            Measure.objects.filter(pk=one.pk).update(state="doing")
    return item


@pytest.fixture
def tagged(finding):
    with everywhere("test"):
        cause = Cause.objects.create(
            place_id=VILLAGE, name="没有调查制度", root="能力素质不过硬", depth="根本原因"
        )
        CauseOfFinding.objects.create(cause=cause, finding=finding, place_id=VILLAGE)
    return cause


def text_of(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode())))


def measure(item, number=1):
    with everywhere("test"):
        return Measure.objects.get(item=item, number=number)


# The table and the lists behind it


def test_the_table_counts_findings_by_category_and_cause_and_opens_exactly_them(
    measured, tagged, officer, client_of
):
    client = client_of(officer)
    page = client.get("/chain/")
    assert "主体责任落实不到位 1 0 0 1 0 0" in text_of(page).replace("  ", " ")
    (link,) = set(re.findall(r'href="(/ledgers/findings/[^"]*f_category=P2)"', page.content.decode()))
    assert "XC2020-01" in text_of(client.get(unescape(link))) and "共 1 个" in text_of(
        client.get(unescape(link))
    )
    assert client.post(unescape(link).replace("findings/?", "findings/export/?"), {"format": "list"}).content[:2] == b"PK"  # fmt: skip


def test_each_break_in_the_chain_opens_its_list(item_in, tagged, officer, client_of):
    item = item_in("closed")
    with everywhere("test"):
        Measure.add(item, ["做了没有用的事"])
        Measure.objects.update(
            state="done", done_on=date(2020, 6, 1), figure="households", comparator="不低于", target=9, read_at=VILLAGE, before=3, after=3
        )  # fmt: skip
        Measure.objects.create(place_id=COUNTY, code="YF-1", text="修订调研制度")
        Cause.objects.create(place_id=COUNTY, name="没人管的原因", root="作风建设不扎实")
    client = client_of(officer)
    links = re.findall(r'href="(/ledgers/\w+/\?rule=[^"]*)"', client.get("/chain/").content.decode())
    assert len(links) == 3
    lists = " ".join(text_of(client.get(unescape(one))) for one in links)
    assert (
        "没人管的原因" in lists and "YF-1" in lists and "XC2020-01" in lists and "没有调查制度" not in lists
    )


def test_a_reader_sees_the_table_and_no_way_to_rows(measured, tagged, somebody, client_of):
    page = client_of(somebody(Role.READER)).get("/chain/")
    assert page.status_code == 200 and not re.search(r'href="/ledgers/', page.content.decode())


def test_another_township_counts_nothing_and_finds_nothing(measured, tagged, finding, outsider, client_of):
    client = client_of(outsider)
    assert "没有登记检视问题" in text_of(client.get("/chain/"))
    assert "没有登记检视问题" in text_of(client.get(f"/chain/?place={NEAR}"))
    for address in (f"/chain/{finding.pk}/",):
        assert client.get(address).status_code == 404
    assert client.post(f"/chain/{finding.pk}/causes/", {"name": "别人写的", "root": "作风建设不扎实"}).status_code == 404  # fmt: skip
    assert client.post(f"/chain/{finding.pk}/causes/{tagged.pk}/remove/").status_code == 404
    assert client.post(f"/measures/{measure(measured).pk}/finish/", {"version": 1}).status_code == 404


def test_the_table_costs_the_same_however_many_findings_there_are(
    measured, tagged, officer, client_of, django_assert_max_num_queries
):
    client = client_of(officer)
    client.get("/chain/")
    with everywhere("test"):
        for n in range(60):
            Finding.objects.create(
                place_id=VILLAGE, code=f"DL-{n}", category="P1", text="党建促脱贫的研究不多"
            )
    with django_assert_max_num_queries(25):
        client.get("/chain/")


# The chain of one finding


def test_the_chain_of_a_finding_tells_cause_measure_and_result(measured, tagged, finding, filer, client_of):
    page = text_of(client_of(filer).get(f"/chain/{finding.pk}/"))
    for word in ("没有调查制度", "根本原因", "培训课程设置不够精准", "制定方案", "进行", measured.code):
        assert word in page


def test_a_cause_is_said_in_a_few_words_and_shared_by_the_next_finding(finding, officer, client_of):
    client = client_of(officer)
    given = {"name": "没有调查制度", "root": "能力素质不过硬", "word": "业务素质不过硬", "depth": "根本原因"}
    assert client.post(f"/chain/{finding.pk}/causes/", given).status_code == 302
    with everywhere("test"):
        other = Finding.objects.create(place_id=COUNTY, code="XC2020-02", text="夜校课程没有调查")
    assert client.post(f"/chain/{other.pk}/causes/", {"cause": "没有调查制度"}).status_code == 302
    with everywhere("test"):
        (cause,) = Cause.objects.all()
        assert (cause.word, cause.depth, cause.place_id) == ("业务素质不过硬", "根本原因", VILLAGE)
        assert cause.behind.count() == 2


@pytest.mark.parametrize(
    "given,words",
    [
        ({}, "选一个已登记的原因，或写明新的原因"),
        ({"name": "没有调查制度"}, "选一个已登记的原因，或写明新的原因"),
        ({"name": "没有调查制度", "root": "群众思想落后"}, "不在可选值中"),
        ({"cause": "没有登记过的"}, "不在可选的范围内"),
        ({"name": "长" * 201, "root": "能力素质不过硬"}, "超过200个字"),
        ({"name": "有\x00问题", "root": "能力素质不过硬"}, "控制字符"),
    ],
)
def test_a_cause_half_said_is_refused_and_nothing_is_written(given, words, finding, officer, client_of):
    page = client_of(officer).post(f"/chain/{finding.pk}/causes/", given)
    assert page.status_code == 422 and words in text_of(page)
    with everywhere("test"):
        assert not Cause.objects.exists()


def test_a_cause_that_the_county_has_and_a_village_does_not_see_is_told(finding, filer, client_of):
    with everywhere("test"):
        Cause.objects.create(place_id=COUNTY, name="没有调查制度", root="能力素质不过硬")
    page = client_of(filer).post(
        f"/chain/{finding.pk}/causes/", {"name": "没有调查制度", "root": "能力素质不过硬"}
    )
    assert page.status_code == 422 and "由县委组织部标注" in text_of(page)


def test_taking_a_cause_away_takes_only_the_line(tagged, finding, officer, client_of):
    assert client_of(officer).post(f"/chain/{finding.pk}/causes/{tagged.pk}/remove/").status_code == 302
    with everywhere("test"):
        assert Cause.objects.filter(pk=tagged.pk).exists() and not CauseOfFinding.objects.exists()


def test_who_may_only_see_ledgers_says_no_cause(tagged, finding, somebody, client_of):
    client = client_of(somebody(Role.SUPERVISOR))
    assert "标注原因" not in client.get(f"/chain/{finding.pk}/").content.decode().replace("没有标注原因", "")
    assert client.post(f"/chain/{finding.pk}/causes/", {"cause": tagged.name}).status_code == 403
    assert client.post(f"/chain/{finding.pk}/causes/{tagged.pk}/remove/").status_code == 403


# On the page of the item


def test_a_measure_is_done_with_one_tap_where_the_item_is_worked_on(measured, filer, client_of):
    client, one = client_of(filer), measure(measured)
    page = client.get(f"/items/{measured.pk}/").content.decode()
    assert f'action="/measures/{one.pk}/finish/"' in page
    answer = client.post(f"/measures/{one.pk}/finish/", {"version": one.version})
    assert answer.status_code == 302 and answer.url == f"/items/{measured.pk}/#measures"
    one = measure(measured)
    assert (one.state, one.result) == ("done", "") and one.done_on
    assert f'action="/measures/{one.pk}/finish/"' not in client.get(f"/items/{measured.pk}/").content.decode()


def test_of_two_who_tap_one_is_told(measured, filer, clerk, client_of):
    one = measure(measured)
    client_of(filer).post(f"/measures/{one.pk}/finish/", {"version": one.version, "result": "已完成"})
    page = client_of(clerk).post(f"/measures/{one.pk}/finish/", {"version": one.version})
    assert page.status_code == 409 and "完成" in text_of(page)
    assert measure(measured).result == "已完成"


def test_applying_too_early_says_which_measures_are_left(measured, filer, client_of):
    page = client_of(filer).get(f"/items/{measured.pk}/")
    assert page.status_code == 200 and text_of(page).count("进行") >= 2


def test_what_a_measure_moved_stands_side_by_side(measured, filer, client_of):
    with everywhere("test"):
        Measure.objects.filter(number=1).update(
            figure="households_without_helper", comparator="不高于", target=0, read_at=VILLAGE,
            before=3, before_on=date(2020, 3, 1), after=1, after_on=date(2020, 6, 1),
        )  # fmt: skip
    page = text_of(client_of(filer).get(f"/items/{measured.pk}/"))
    assert "没有帮扶责任人的户 （前湾村）" in page or "没有帮扶责任人的户（前湾村）" in page
    assert re.search(r"整改前 3 2020-03-01.*销号时 1 2020-06-01 向好.*回头看 未读", page)


def test_the_page_of_an_item_costs_the_same_with_many_measures(
    measured, filer, client_of, django_assert_max_num_queries
):
    client = client_of(filer)
    client.get(f"/items/{measured.pk}/")
    with everywhere("test"):
        Measure.add(Item.objects.get(pk=measured.pk), [f"第{n}件事" for n in range(25)])
    with django_assert_max_num_queries(40):
        client.get(f"/items/{measured.pk}/")


def test_what_is_written_in_a_measure_is_text_and_nothing_else(measured, tagged, filer, client_of):
    nasty = "<script>alert(1)</script>{{ 7*7 }}"
    with everywhere("test"):
        Measure.objects.update(text=nasty, result=nasty)
        Cause.objects.update(name=nasty)
    page = client_of(filer).get(f"/items/{measured.pk}/").content.decode()
    assert "<script>alert" not in page and "{{ 7*7 }}" in unescape(page)


def test_the_county_adds_a_figure_on_the_page_of_the_measure(measured, officer, client_of):
    one, client = measure(measured), client_of(officer)
    page = client.get(f"/ledgers/measures/{one.pk}/").content.decode()
    assert "没有帮扶责任人的户" in page and "近山镇前湾村" in page
    given = {"figure": "包联帮扶：没有帮扶责任人的户（户）", "read_at": "近山镇前湾村", "comparator": "不高于", "target": "0"}  # fmt: skip
    assert client.post(f"/ledgers/measures/{one.pk}/steps/measures/aim/", given | {"version": one.version}).status_code == 302  # fmt: skip
    assert (measure(measured).figure, measure(measured).before) == ("households_without_helper", 0)
    assert "households_without_helper" not in client.get(f"/ledgers/measures/{one.pk}/").content.decode()


def test_a_stale_ledger_does_not_change_measures_that_are_rows(
    item_in, filer, officer, client_of, in_scope, tmp_path
):
    """What a file says otherwise is pointed out; the ledger as it stands comes back unchanged."""
    item = item_in("doing", facts={"measures": "1.制定方案;2.逐项落实"})
    client = client_of(officer)
    old = client.post("/ledgers/items/export/", {"format": "layout:"}).content
    client_of(filer).post(f"/items/{item.pk}/supplement/", {"more": "每月检查一次", "version": item.version})
    new = client.post("/ledgers/items/export/", {"format": "layout:"}).content
    for content, hints in ((old, 1), (new, 0)):
        with in_scope(officer):
            upload = planned(content, tmp_path, officer)
            told = [row.hints for row in upload.rows.all()]
        assert (upload.tally["same"], upload.tally["changed"], upload.tally["hints"]) == (1, 0, hints), told
    with everywhere("test"):
        assert Item.objects.get().measures == "1.制定方案\n2.逐项落实\n3.每月检查一次"
