"""The main job in the browser: files in, a preview that tells everything, a commit that does just that, and the way back."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from povertyparty import jobs
from povertyparty.files import private_copy
from povertyparty.ledger import REGISTRY
from povertyparty.models import Access, Job, StoredFile, Upload
from povertyparty.pages import uploads as pages
from povertyparty.scope import everywhere
from povertyparty.uploads import UploadRefused
from tests.conftest import FAR_VILLAGE, VILLAGE
from tests.sheets import HOUSEHOLD, PERSON, household, identity, person, workbook
from tests.uploading import Office, kept_files, newest, sent, stored_files
from villages.models import Household, Person, Role

pytestmark = pytest.mark.django_db
State = Upload.State


@pytest.fixture
def there(places):
    """Two households in the registry."""
    with everywhere("test data"):
        for serial, head in ((1, "王小明"), (2, "李四")):
            Household.objects.create(place_id=VILLAGE, number=f"659906100200{serial:04}", head=head, size=3)
    return Household.objects


def households():
    with everywhere("test"):
        return list(Household.objects.order_by("number").values("number", "head", "size", "cause", "version"))


def of(user, client_of, settle):
    return Office(client_of(user), settle)


# Files in


def test_the_page_offers_the_blank_form_of_every_ledger(office):
    page = office.client.get("/uploads/new/").content.decode()
    assert page.count("/template.xlsx") == sum(one.right == "view_ledgers" for one in REGISTRY.values())
    assert "建档立卡贫困户花名册" in page


def test_several_files_become_an_upload_each_and_go_to_the_list(office):
    answer = office.client.post(
        "/uploads/new/", {"files": [sent(household()), sent(household(2), name="乙.xlsx")]}
    )
    assert (answer.status_code, answer.url) == (302, "/uploads/")
    with everywhere("test"):
        assert Upload.objects.count() == Job.objects.filter(kind="read upload").count() == 2


def test_a_script_that_sends_one_file_gets_its_address(office):
    answer = office.client.post(
        "/uploads/new/", {"files": sent(household())}, headers={"accept": "application/json"}
    )
    assert json.loads(answer.content) == {"url": f"/uploads/{newest().pk}/"}


def test_a_script_is_told_in_words_what_is_refused(office):
    file = SimpleUploadedFile("图.png", b"\x89PNG\r\n\x1a\n")
    answer = office.client.post("/uploads/new/", {"files": file}, headers={"accept": "application/json"})
    assert (answer.status_code, "只接收" in json.loads(answer.content)["error"]) == (400, True)
    assert newest() is None


def test_a_bad_file_does_not_stop_the_good_one(office):
    files = [SimpleUploadedFile("图.png", b"x"), sent(household())]
    page = office.client.post("/uploads/new/", {"files": files}, follow=True).content.decode()
    assert "“图.png”不能上传" in page
    assert newest().name == "户花名册.xlsx"


def test_no_file_at_all_is_told(office):
    assert "没有选择文件" in office.client.post("/uploads/new/", follow=True).content.decode()


def test_while_it_is_read_the_page_shows_how_far_and_asks_again(office):
    office.client.post("/uploads/new/", {"files": sent(household())})
    upload = newest()
    with everywhere("test"):
        Job.objects.update(state=Job.State.RUNNING, done=1200, total=5000, note="已读 1,200 行")
    page = office.page(upload)
    assert "读取中" in page and "已读 1,200 行" in page and 'value="1200" max="5000"' in page
    assert f'hx-get="/uploads/{upload.pk}/"' in page
    assert 'hx-get="/uploads/"' in office.client.get("/uploads/").content.decode()


def test_a_file_is_read_into_a_preview_and_the_page_rests(office, there):
    upload = office.upload(sent(household(1, size=4), household(2, "李四", cause=None), household(3)))
    page = office.page(upload)
    assert (upload.state, upload.tally) == (
        State.READY,
        {"new": 1, "changed": 1, "same": 1, "refused": 0, "hints": 0},
    )
    assert "提交：新增 1 行、修改 1 行" in page
    assert "hx-get" not in page.partition('<main id="main"')[2].partition("</main>")[0]


# The preview


@pytest.fixture
def faulty(office, there):
    """Three faults of three kinds in two rows, and a good row."""
    rows = [household(1, cause="懒", village="没有村"), household(2), household(5), household(5)]
    return office.upload(sent(*rows))


def test_four_numbers_lead_to_their_rows(office, there):
    upload = office.upload(
        sent(household(1, size=4), household(2, "李四", cause="", status=""), household(3))
    )
    page = office.page(upload)
    for view, heading in (
        ("new", "新增的行"),
        ("changed", "将要修改的行"),
        ("same", "不变的行"),
        ("refused", "没有发现错误"),
    ):
        assert f'href="?show={view}"' in page
        assert heading in office.page(upload, f"?show={view}")


def test_faults_are_told_by_kind_then_row_with_cell_value_and_remedy(office, faulty):
    page = office.page(faulty)
    kinds = [page.index(kind) for kind in ("内容不能识别", "没有对应的登记", "重复的行")]
    assert kinds == sorted(kinds)
    assert "没有名为“没有村”的村" in page and ">B</td>" in page and "请只留一行" in page
    assert "提交：" not in page and "有 3 行有误，整份表暂不能提交" in page


def test_faults_are_paged_and_every_kind_says_how_many_there_are(office, there):
    upload = office.upload(sent(*(household(n, cause="懒") for n in range(1, 71))))
    first, second = office.page(upload), office.page(upload, "?page=2")
    assert "70 处" in first and "70 处" in second
    assert (first.count(">懒</td>"), second.count(">懒</td>")) == (50, 20)


def test_changes_are_shown_as_before_and_after_in_the_words_of_the_form(office, there):
    upload = office.upload(
        sent(household(1, size=5, cause="因残", status="已脱贫(享受政策)", village="后湾村"))
    )
    page = " ".join(office.page(upload, "?show=changed").split())
    assert '<span class="before">3</span> <span aria-hidden="true">→</span>' in page
    assert "主要致贫原因：" in page and "因残" in page
    # A township's file does not lift a household out of poverty: steps do.
    assert "系统中为“未脱贫”，此列只随办理步骤变化，不作更改" in office.page(upload, "?show=hints")
    assert "近山镇 前湾村" in page and "近山镇 后湾村" in page and "659906100201" not in page


@pytest.mark.case("P-001")
def test_sealed_values_are_shown_masked_before_and_after(office, there):
    with everywhere("test"):
        Household.objects.filter(head="王小明").update(head_id=identity(1), phone="13800138000")
    rows = [[*household(1), identity(2), "13900138001"]]
    upload = office.upload(sent(*rows, heads=[*HOUSEHOLD, "户主证件号码", "联系电话"]))
    page = office.page(upload, "?show=changed")
    assert "659*************" in page and "139****8001" in page
    assert not any(number in page for number in (identity(1), identity(2), "13800138000", "13900138001"))


def test_two_sealed_values_alike_under_their_masks_say_that_they_differ(office, there):
    with everywhere("test"):
        Household.objects.filter(head="王小明").update(phone="13800008000")
    upload = office.upload(sent([*household(1), "13811118000"], heads=[*HOUSEHOLD, "联系电话"]))
    assert "内容不同，按规定不显示" in office.page(upload, "?show=changed")


def test_what_was_passed_over_and_dropped_is_listed(office, there):
    rows = [[*household(), "某族"], ["合计", None, None, None, None, None, 3]]
    upload = office.upload(sent(*rows, heads=[*HOUSEHOLD, "民族"]))
    assert "合计（合计行）" in office.page(upload, "?show=passed")
    upload = office.upload(sent([*person(), "某族"], heads=[*PERSON, "民族"]))
    assert "属于不采集的敏感信息，已丢弃" in office.page(upload)


def test_hints_do_not_hinder_and_are_told(office, there):
    heads = [*HOUSEHOLD, "脱贫年度"]
    upload = office.upload(sent([*household(1, status="未脱贫"), 2019], heads=heads))
    assert upload.state == State.READY
    assert "未脱贫却填了脱贫年度" in office.page(upload, "?show=hints")


def test_a_bad_page_number_or_view_is_no_error(office, faulty):
    for query in (
        "?page=0",
        "?page=-1",
        "?page=99999",
        "?page=x",
        "?show=nothing",
        "?size=7",
        "?show=same&page=%00",
    ):
        assert office.client.get(f"/uploads/{faulty.pk}/{query}").status_code == 200


def test_nothing_but_what_the_file_says_twice_over_needs_no_commit(office, there):
    office.commit(office.upload(sent(household(7))))
    again = office.upload(sent(household(7)))
    page = office.page(again)
    assert "与库中数据完全一致，不需要提交" in page and "没有变化" in page and 'form="commit"' not in page


# Words to be given before a commit


@pytest.mark.case("X-031")
def test_unknown_columns_are_ignored_only_after_somebody_said_so(office, there):
    upload = office.upload(sent([*household(3), 12], heads=[*HOUSEHOLD, "饲养羊只"]))
    assert "系统不认识这 1 列" in office.page(upload)
    refused = office.commit(upload)
    assert (refused.status_code, newest().state, len(households())) == (409, State.READY, 2)
    assert office.commit(upload, accepted="1").status_code == 302
    assert len(households()) == 3


def test_an_amount_without_unit_is_read_only_after_somebody_said_so(office, there):
    upload = office.upload(sent([*household(3), 8000], heads=[*HOUSEHOLD, "年人均纯收入"]))
    page = office.page(upload)
    assert "将按“元”读入" in page
    assert (office.commit(upload).status_code, office.commit(upload, accepted="1").status_code) == (409, 302)


# Commit


def test_a_commit_writes_exactly_what_was_shown_and_says_so(office, there, clerk):
    upload = office.upload(sent(household(1, size=5, cause=None), household(3)))
    page = office.client.post(
        f"/uploads/{upload.pk}/commit/", {"digest": upload.digest}, follow=True
    ).content.decode()
    assert "已提交：新增 1 行、修改 1 行" in page and "前可以撤销" in page
    assert [row["size"] for row in households()] == [5, 3, 3]
    assert (newest().committed_by, newest().state) == (clerk, State.COMMITTED)


def test_the_change_log_knows_the_upload_and_the_person(office, there, clerk):
    upload = office.upload(sent(household(1, size=5)))
    office.commit(upload)
    with everywhere("test"):
        event = Household.objects.get(head="王小明").events.order_by("-pgh_id").first()
    assert (event.size, event.pgh_context["upload"], event.pgh_context["user"]) == (5, upload.pk, clerk.pk)


def test_of_a_faulty_upload_nothing_can_be_committed(office, faulty):
    assert office.commit(faulty).status_code == 409
    assert len(households()) == 2


@pytest.mark.case("X-070")
def test_data_changed_since_the_preview_are_planned_again_and_shown(office, there):
    upload = office.upload(sent(household(1, size=5)))
    with everywhere("test"):
        Household.objects.filter(head="王小明").update(size=4, version=2)
    refused = office.commit(upload)
    assert (refused.status_code, "库中数据已变化" in refused.content.decode()) == (409, True)
    assert households()[0]["size"] == 4
    office.work()
    page = office.page(upload, "?show=changed")
    assert "库中数据已变化，请重新核对后再提交" in page and '<span class="before">4</span>' in page
    assert office.commit(newest()).status_code == 302
    assert households()[0]["size"] == 5


def test_a_large_commit_goes_on_in_the_background(office, there, monkeypatch):
    monkeypatch.setattr(pages, "LARGE", 1)
    upload = office.upload(sent(household(1, size=5), household(3)))
    assert office.commit(upload).status_code == 302
    assert "提交" in office.page(upload) and len(households()) == 2
    office.work()
    assert (newest().state, len(households())) == (State.COMMITTED, 3)


def test_a_large_commit_that_is_overtaken_makes_the_new_preview_itself(office, there, monkeypatch):
    monkeypatch.setattr(pages, "LARGE", 0)
    upload = office.upload(sent(household(1, size=5)))
    office.commit(upload)
    with everywhere("test"):
        Household.objects.filter(head="王小明").update(size=4, version=2)
    office.work()
    assert (newest().state, households()[0]["size"]) == (State.READY, 4)
    assert "库中数据已变化" in office.page(upload)


def test_while_a_commit_is_under_way_nothing_else_can_be_done_with_it(office, there, monkeypatch):
    monkeypatch.setattr(pages, "LARGE", 0)
    upload = office.upload(sent(household(1, size=5)))
    office.commit(upload)
    assert [office.commit(upload).status_code, office.do(upload, "discard").status_code] == [409, 409]
    assert office.do(upload, "read").status_code == 409


@pytest.mark.case("X-071")
@pytest.mark.parametrize("digest", ["", "0" * 64, None])
def test_a_digest_that_is_not_the_one_shown_is_refused(office, there, digest):
    upload = office.upload(sent(household(3)))
    given = {} if digest is None else {"digest": digest}
    assert office.client.post(f"/uploads/{upload.pk}/commit/", given).status_code == 409
    assert len(households()) == 2


@pytest.mark.case("X-071")
def test_a_commit_cannot_be_sent_twice(office, there):
    upload = office.upload(sent(household(3)))
    assert [office.commit(upload).status_code, office.commit(upload).status_code] == [302, 409]
    assert len(households()) == 3


@pytest.mark.case("X-068")
def test_the_same_file_again_is_known_and_changes_nothing(office, there, clerk):
    office.commit(office.upload(sent(household(3))))
    with everywhere("test"):
        first = Upload.objects.get()
        again = office.upload(SimpleUploadedFile("另一个名字.xlsx", first.file.content()))
    assert again.tally["same"] == 1
    assert f"已由{clerk}提交过" in office.page(again)
    assert len(households()) == 3


# The way back


def exactly():
    with everywhere("test"):
        return list(Household.objects.order_by("pk").values())


def test_undo_restores_every_field_and_the_version_grows(office, there):
    before = exactly()
    upload = office.upload(
        sent(household(1, size=9, cause="因残", status="返贫", village="后湾村"), household(3))
    )
    office.commit(upload)
    office.do(upload, "undo")
    after = exactly()
    assert [row | {"version": 1} for row in after] == before
    assert [row["version"] for row in after] == [3, 1]
    assert newest().state == State.UNDONE


def test_undo_gives_back_the_origin_of_the_import_before(office, there):
    office.commit(office.upload(sent(household(1, size=4))))
    origin = exactly()[0]["origin_id"]
    upload = office.upload(sent(household(1, size=5)))
    office.commit(upload)
    assert exactly()[0]["origin_id"] != origin
    office.do(upload, "undo")
    assert (exactly()[0]["origin_id"], exactly()[0]["size"]) == (origin, 4)


def test_undo_is_refused_with_a_list_when_somebody_edited_since(office, there, clerk):
    upload = office.upload(sent(household(1, size=9), household(3)))
    office.commit(upload)
    with everywhere("test", clerk.pk):
        Household.objects.filter(head="王小明", number__endswith="0001").update(size=2, version=3)
    refused = office.do(upload, "undo")
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "下列 1 处又被改过" in page and clerk.name in page and '<span class="before">9</span>' in page
    assert (households()[0]["size"], newest().state) == (2, State.COMMITTED)


def test_undo_is_refused_when_a_record_was_deleted_since(office, there):
    upload = office.upload(sent(household(3)))
    office.commit(upload)
    with everywhere("test"):
        Household.objects.filter(number__endswith="0003").delete()
    assert office.do(upload, "undo").status_code == 409


def test_undo_is_refused_while_others_stand_on_it(office, there):
    upload = office.upload(sent(household(3)))
    office.commit(upload)
    with everywhere("test"):
        home = Household.objects.get(number__endswith="0003")
        Person.objects.create(place_id=VILLAGE, household=home, number="01", name="丙")
    refused = office.do(upload, "undo")
    assert (refused.status_code, "已被其他记录引用" in refused.content.decode()) == (409, True)
    assert len(households()) == 3


def test_after_a_day_there_is_no_way_back(office, there):
    upload = office.upload(sent(household(3)))
    office.commit(upload)
    with everywhere("test"):
        Upload.objects.update(committed_at=timezone.now() - timedelta(hours=25))
    assert 'data-bs-target="#undo"' not in office.page(upload)
    assert office.do(upload, "undo").status_code == 409


def test_undone_twice_is_undone_once(office, there):
    upload = office.upload(sent(household(3)))
    office.commit(upload)
    assert [office.do(upload, "undo").status_code, office.do(upload, "undo").status_code] == [302, 409]


def test_what_is_given_up_leaves_no_rows_and_no_file(office, there):
    upload = office.upload(sent(household(3)))
    assert office.do(upload, "discard").status_code == 302
    with everywhere("test"):
        assert (newest().state, newest().rows.count(), stored_files(), kept_files()) == (
            State.DISCARDED,
            0,
            0,
            [],
        )
    assert "已放弃" in office.page(upload)


def test_what_is_given_up_before_it_was_read_stays_given_up(office, there):
    office.client.post("/uploads/new/", {"files": sent(household(3))})
    office.do(newest(), "discard")
    office.work()
    assert (newest().state, newest().tally) == (State.DISCARDED, {})


def test_a_reading_that_broke_off_can_be_started_again(office, there):
    office.client.post("/uploads/new/", {"files": sent(household(3))})
    with everywhere("test"):
        Job.objects.update(state=Job.State.FAILED, error="任务意外中断，数据未改动，请重试")
    page = office.page(newest())
    assert "任务意外中断" in page and "重新读取" in page
    office.do(newest(), "read")
    office.work()
    assert newest().state == State.READY


# Files that wait for each other


@pytest.fixture
def family(office, places):
    """A household and its person, uploaded together before either is in the registry."""
    rows = workbook(PERSON, person(identity=identity()))
    office.upload(sent(household()), SimpleUploadedFile("人口.xlsx", rows))
    with everywhere("test"):
        return list(Upload.objects.order_by("pk"))


def test_an_upload_that_lacks_another_says_for_which_it_waits(office, family):
    page = office.page(family[1])
    assert family[1].state == State.FAULTY
    assert "《建档立卡贫困户花名册》（户花名册.xlsx）</a>先提交" in page
    assert f'<a class="btn btn-primary" href="/uploads/{family[0].pk}/">' in page


def test_after_the_commit_it_is_planned_again_and_ready(office, family):
    office.commit(family[0])
    office.work()
    assert newest().state == State.READY
    assert "《建档立卡贫困户花名册》的数据已更新，本文件已重新核对" in office.page(family[1])
    assert office.commit(newest()).status_code == 302


def test_after_a_commit_in_the_background_too(office, family, monkeypatch):
    monkeypatch.setattr(pages, "LARGE", 0)
    office.commit(family[0])
    office.work()
    assert newest().state == State.READY


def test_a_reading_that_is_no_longer_wanted_has_no_say(office, family, in_scope, clerk):
    with in_scope(clerk):
        stale = Upload.objects.get(pk=family[1].pk)
        Upload.objects.get(pk=stale.pk).plan_again(clerk)
        with pytest.raises(UploadRefused, match="重新读取"), private_copy(stale.file) as path:
            stale.read(path)
    assert (newest().state, newest().job_id == stale.job_id) == (State.WAITING, False)


def test_what_has_nothing_to_do_with_the_commit_is_left_alone(office, family):
    office.commit(family[0])
    office.work()
    other = office.upload(sent(household(1, size=8)))
    with everywhere("test"):
        people = Upload.objects.get(pk=family[1].pk)
    office.commit(people)
    assert newest().job_id == other.job_id


def test_after_an_undo_what_stood_on_it_is_planned_again(office, family):
    office.commit(family[0])
    office.work()
    office.do(family[0], "undo")
    office.work()
    assert newest().state == State.FAULTY


def test_a_reading_under_way_while_its_data_change_is_started_anew(office, family):
    with everywhere("test"):
        running = jobs.queue(
            "read upload", owner=family[1].by, place_code=family[1].place_code, upload=family[1].pk
        )
        Job.objects.filter(pk=running.pk).update(state=Job.State.RUNNING)
        Upload.objects.filter(pk=family[1].pk).update(state=State.WAITING, job=running)
    office.commit(family[0])
    assert newest().job_id != running.pk
    office.work()
    assert newest().state == State.READY


def test_all_ready_uploads_are_committed_together_in_their_order(office, places):
    with everywhere("test"):
        home = Household.objects.create(place_id=VILLAGE, number="6599061002000001", head="王小明", size=3)
    people = SimpleUploadedFile("人口.xlsx", workbook(PERSON, person(identity=identity())))
    office.upload(people, sent(household(1, size=4)))
    page = office.client.get("/uploads/").content.decode()
    shown = [part.split('"')[0] for part in page.split('name="shown" value="')[1:]]
    assert "全部提交（2 份）" in page
    answer = office.client.post("/uploads/commit-all/", {"shown": shown})
    office.work()
    assert "“户花名册.xlsx”已提交；“人口.xlsx”已提交" in office.client.get(answer.url).content.decode()
    with everywhere("test"):
        assert (home.people.count(), Household.objects.get().size) == (1, 4)


def test_of_several_one_refused_does_not_stop_the_rest(office, there):
    office.upload(sent(household(1, size=4)), sent(household(7), name="乙.xlsx"))
    with everywhere("test"):
        pairs = [f"{one.pk}:{one.digest}" for one in Upload.objects.all()]
        Household.objects.filter(head="王小明").update(version=2)
    answer = office.client.post("/uploads/commit-all/", {"shown": pairs})
    office.work()
    text = office.client.get(answer.url).content.decode()
    assert "“户花名册.xlsx”没有提交" in text and "“乙.xlsx”已提交" in text
    assert len(households()) == 3


def test_only_what_the_list_showed_is_committed_together(office, there):
    office.upload(sent(household(7)))
    page = office.client.post(
        "/uploads/commit-all/", {"shown": ["1:x", "x", f"{newest().pk}:other"]}, follow=True
    )
    assert "请逐个核对" in page.content.decode() and len(households()) == 2


# Files out


def body(answer):
    return b"".join(answer) if answer.streaming else answer.content


def test_the_original_comes_back_byte_for_byte_and_is_written_down(office, there, clerk):
    content = workbook(HOUSEHOLD, household(3))
    upload = office.upload(SimpleUploadedFile("户花名册.xlsx", content))
    answer = office.do(upload, "original")
    assert body(answer) == content and "attachment" in answer["Content-Disposition"]
    with everywhere("test"):
        assert Access.objects.values_list("kind", "by", "ledger", "reason").get() == (
            "download",
            clerk.pk,
            "households",
            "下载原表",
        )


@pytest.mark.case("X-066")
def test_the_marked_copy_has_the_very_cells_in_red(office, faulty):
    answer = office.do(faulty, "marked")
    book = openpyxl.load_workbook(io.BytesIO(body(answer)))
    red = {
        cell.coordinate
        for row in book["花名册"].iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == "FFFF9C9D"
    }
    assert red == {"B2", "E2", "C4", "C5"}
    assert [row[5].value for row in book["问题"].iter_rows(min_row=2)][-1] == "与第4行重复"
    assert kept_files() == [path for path in kept_files() if path.parent.parent.parent.name == "files"]


def test_a_large_original_is_marked_in_the_background(office, faulty, monkeypatch):
    monkeypatch.setattr(pages, "MARKED_AT_ONCE", 10)
    waiting = office.do(faulty, "marked")
    office.work()
    page = office.client.get(waiting.url).content.decode()
    assert "户花名册（标注）.xlsx" in page
    book = openpyxl.load_workbook(io.BytesIO(body(office.client.post(f"{waiting.url}file/"))))
    assert book["花名册"]["E2"].fill.fgColor.rgb == "FFFF9C9D"


def test_the_corrected_copy_can_be_sent_back(office, faulty):
    book = openpyxl.load_workbook(io.BytesIO(body(office.do(faulty, "marked"))))
    book["花名册"]["B2"], book["花名册"]["E2"] = "前湾村", "因病"
    book["花名册"].delete_rows(5)
    target = io.BytesIO()
    book.save(target)
    upload = office.upload(SimpleUploadedFile("户花名册（标注）.xlsx", target.getvalue()))
    assert (upload.state, upload.told["notices"]) == (State.READY, [])


def test_a_lost_original_is_told_and_no_crash(office, faulty):
    for path in kept_files():
        path.unlink()
    assert "缺失" in office.client.post(f"/uploads/{faulty.pk}/original/", follow=True).content.decode()
    assert "缺失" in office.client.post(f"/uploads/{faulty.pk}/marked/", follow=True).content.decode()
    office.do(faulty, "read")
    office.work()
    assert "缺失" in office.page(faulty)


# Who may


POSTS = ("commit", "undo", "discard", "read", "original", "marked")


def test_somebody_of_another_place_finds_no_such_upload(office, there, outsider, client_of):
    upload = office.upload(sent(household(3)))
    stranger = client_of(outsider)
    assert stranger.get(f"/uploads/{upload.pk}/").status_code == 404
    assert {
        stranger.post(f"/uploads/{upload.pk}/{verb}/", {"digest": upload.digest}).status_code
        for verb in POSTS
    } == {404}
    assert "户花名册.xlsx" not in stranger.get("/uploads/").content.decode()


def test_whoever_may_not_import_may_not_even_look(office, there, chief, client_of):
    upload = office.upload(sent(household(3)))
    leader = client_of(chief)
    addresses = ("/uploads/", "/uploads/new/", f"/uploads/{upload.pk}/")
    assert {leader.get(address).status_code for address in addresses} == {403}
    assert {leader.post(f"/uploads/{upload.pk}/{verb}/").status_code for verb in POSTS} == {403}


def test_the_county_may_commit_what_a_township_uploaded(
    office, there, officer, client_of, django_capture_on_commit_callbacks
):
    upload = office.upload(sent(household(3)))
    county = of(officer, client_of, django_capture_on_commit_callbacks)
    assert county.commit(upload).status_code == 302
    assert newest().committed_by == officer


def test_a_file_read_again_by_the_county_is_still_planned_in_its_own_place(
    office, there, officer, client_of, django_capture_on_commit_callbacks
):
    row = household(3)
    row[:2] = ["远水乡", "河口村"]
    upload = office.upload(sent(row))
    county = of(officer, client_of, django_capture_on_commit_callbacks)
    county.do(upload, "read")
    county.work()
    assert "不在您的管辖范围" in county.page(upload)


def test_somebody_with_two_appointments_uploads_where_he_acts(
    places, somebody, client_of, folder, django_capture_on_commit_callbacks
):
    user = somebody(Role.VILLAGE_FILER)
    second = user.appointments.create(role=Role.TOWNSHIP_OFFICER, place_id="659906100", from_on="2020-01-01")
    office = of(user, client_of, django_capture_on_commit_callbacks)
    office.client.post(f"/act-as/{second.pk}/")
    upload = office.upload(sent(household(3, village="后湾村")))
    assert (upload.place_code, upload.state) == ("659906100", State.READY)


def test_a_conflict_outside_the_scope_names_no_place_and_no_person(office, there):
    with everywhere("test"):
        Household.objects.create(place_id=FAR_VILLAGE, number="6599061002000077", head="远水哨兵", size=2)
    upload = office.upload(sent(household(77)))
    page = office.commit(upload).content.decode()
    assert "户编号在本县已登记，请联系县级核对" in page
    assert not any(word in page for word in ("远水", "河口", "哨兵", FAR_VILLAGE))
    assert len(households()) == 3


def test_a_job_is_shown_to_nobody_but_its_owner(office, there, officer, client_of):
    office.client.post("/uploads/new/", {"files": sent(household(3))})
    address = f"/jobs/{newest().job_id}/"
    assert office.client.get(address).status_code == 200
    assert client_of(officer).get(address).status_code == 404
    assert client_of(officer).post(f"{address}file/").status_code == 404


def test_a_job_page_renews_itself_while_it_runs_and_says_how_it_ended(office, there):
    office.client.post("/uploads/new/", {"files": sent(household(3))})
    address = f"/jobs/{newest().job_id}/"
    part = office.client.get(address, headers={"hx-request": "true"}).content.decode()
    assert f'hx-get="{address}"' in part and "<html" not in part
    office.work()
    done = office.client.get(address, headers={"hx-request": "true"}).content.decode()
    assert "hx-get" not in done and "已完成" in done


def test_only_a_job_that_made_a_file_gives_one_out(office, there):
    office.upload(sent(household(3)))
    assert office.client.post(f"/jobs/{newest().job_id}/file/").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_lists_cost_the_same_for_few_and_many(office, there, count, django_assert_max_num_queries):
    for number in range(count):
        office.upload(sent(household(3), name=f"{number}.xlsx"))
    with django_assert_max_num_queries(22):
        office.client.get("/uploads/")
    with django_assert_max_num_queries(26):
        office.client.get(f"/uploads/{newest().pk}/")


def test_no_file_outlives_what_it_was_for(office, there):
    office.upload(sent(household(3)))
    assert stored_files() == 1
    with everywhere("test"):
        assert StoredFile.objects.get().name == "户花名册.xlsx"
    assert len(kept_files()) == 1


# When the time of the original is over


@pytest.fixture
def outlived(settings, django_capture_on_commit_callbacks):
    """outlived(): every original has been kept long enough and leaves the disk."""

    def pass_days():
        settings.FILES_DAYS = {StoredFile.Purpose.ORIGINAL: 0}
        with everywhere("test"):
            jobs.queue("keep files", owner=None, place_code="")
        with django_capture_on_commit_callbacks(execute=True):
            jobs.run_pending()
        assert kept_files() == []

    return pass_days


def test_of_an_expired_original_the_page_says_so_and_still_shows_what_was_done(office, there, outlived):
    upload = office.upload(sent(household(3)))
    office.commit(upload)
    outlived()
    page = office.page(upload)
    assert f"原件已于{timezone.localdate()}按保存期限删除" in page and "已提交：新增 1 行" in page
    assert "/original/" not in page and "/read/" not in page
    refused = office.client.post(f"/uploads/{upload.pk}/original/", follow=True)
    assert "按保存期限删除，不能再下载" in refused.content.decode()


def test_undo_and_the_row_a_record_came_from_outlive_the_original(office, there, outlived):
    before = households()
    upload = office.upload(sent(household(3)))
    office.commit(upload)
    outlived()
    with everywhere("test"):
        record = Household.objects.latest("pk").pk
    assert "户花名册.xlsx" in office.client.get(f"/ledgers/households/{record}/").content.decode()
    office.do(upload, "undo")
    assert (newest().state, households()) == (State.UNDONE, before)


def test_an_expired_original_is_known_again_when_it_is_sent_again(office, there, outlived):
    file = sent(household(3))
    office.commit(office.upload(file))
    outlived()
    file.seek(0)
    assert "已由" in office.page(office.upload(file))


def test_a_preview_that_outlives_its_original_is_committed_as_shown_or_not_at_all(office, there, outlived):
    upload, other = office.upload(sent(household(1, size=4))), office.upload(sent(household(1, size=5)))
    outlived()
    office.commit(other)
    office.commit(upload)
    office.work()
    assert "请重新上传这份表" in office.page(upload) and "/read/" not in office.page(upload)
    assert [one["size"] for one in households()] == [5, 3]


def test_what_a_job_made_is_told_when_it_has_gone(office, there, outlived):
    upload = office.upload(sent(household(1, size=0)))
    with everywhere("test"):
        made = StoredFile.objects.get()
        made.purpose = StoredFile.Purpose.ORIGINAL
        made.save()
        job = Job.objects.create(
            kind="mark upload", owner=upload.by, state="done", result={"file": made.pk}, place_code=upload.place_code
        )  # fmt: skip
    outlived()
    page = office.client.get(f"/jobs/{job.pk}/").content.decode()
    assert "按保存期限删除，需要时请重新办理" in page and "/file/" not in page
