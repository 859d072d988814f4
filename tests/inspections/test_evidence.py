"""Evidence comes with a step or not at all, is shown within its place only, and is told of when it is lost."""

import pytest

from inspections.models import Evidence, Item
from inspections.steps import RECTIFICATION
from povertyparty.files import FileUnsaved, storage
from povertyparty.models import Access, RecordStep, StoredFile
from povertyparty.scope import everywhere
from tests.inspections.rectifying import FAR, NEIGHBOUR, PDF, VILLAGE, needed, upload
from villages.models import Role

pytestmark = pytest.mark.django_db

EXE = b"MZ\x90\x00" + bytes(60) + b"PE\0\0"


@pytest.fixture
def send(client_of):
    def post(user, item, verb, **changed):
        return client_of(user).post(
            f"/items/{item.pk}/{verb}/", needed(verb) | {"version": item.version} | changed
        )

    return post


@pytest.fixture
def kept(item_in, filer, send, fresh):
    """A file given with a report from the village."""
    item = item_in("doing")
    send(filer, item, "report", evidence=[upload("现场照片.pdf")])
    return fresh(item).evidence.all()[0]


def on_disk():
    return [path for path in storage().rglob("*") if path.is_file()]


def counts():
    with everywhere("test"):
        return [model.objects.count() for model in (RecordStep, Evidence, StoredFile)]


def test_an_application_brings_its_files(item_in, clerk, send, fresh):
    item = item_in("doing")
    assert (
        send(clerk, item, "apply", evidence=[upload("一.pdf"), upload("二.pdf", PDF + b"\n")]).status_code
        == 302
    )
    found = fresh(item).evidence.all()
    assert [(one.file.name, one.file.place_code, one.step.verb) for one in found] == [
        ("一.pdf", VILLAGE, "apply"),
        ("二.pdf", VILLAGE, "apply"),
    ]
    assert len(on_disk()) == 2


@pytest.mark.parametrize(
    "name,content,words",
    [
        ("程序.exe", EXE, "只接收"),
        ("照片.jpg", EXE, "可执行程序"),
        ("说明.pdf", b"", "文件为空"),
        ("说明.pdf", PDF.replace(b"/Catalog", b"/JavaScript"), "脚本"),
        ("大.pdf", PDF + bytes(20 * 2**20), "超过 20 MB"),
        ("说明.pdf.", PDF, "末尾"),
    ],
    ids=["program", "program as photo", "empty", "scripted", "too big", "name"],
)
@pytest.mark.case("F-001")
@pytest.mark.case("F-011")
@pytest.mark.case("F-012")
def test_a_refused_file_leaves_nothing_and_undoes_the_step(name, content, words, item_in, clerk, send, fresh):
    item = item_in("doing")
    before = counts()
    page = send(clerk, item, "apply", evidence=[upload(name, content)], note="我写的成效")
    assert page.status_code == 422
    text = page.content.decode()
    assert words in text and "我写的成效</textarea>" in text and "请重新选择" in text
    assert (counts(), on_disk(), fresh(item).state) == (before, [], "doing")


def test_one_bad_file_among_good_ones_undoes_them_all_and_all_bad_ones_are_named(item_in, clerk, send, fresh):
    item = item_in("doing")
    before = counts()
    page = send(clerk, item, "report", evidence=[upload(), upload("程序.exe", EXE), upload("空.pdf", b"")])
    assert (
        page.status_code == 422 and "程序.exe" in page.content.decode() and "空.pdf" in page.content.decode()
    )
    assert (counts(), fresh(item).version) == (before, item.version)


def test_a_disk_that_fails_undoes_the_step_and_is_told(item_in, clerk, send, fresh, tmp_path):
    item = item_in("doing")
    before = counts()
    (tmp_path / "files").write_text("a file where the folder should be")
    page = send(clerk, item, "apply")
    assert page.status_code == 503 and "没有保存成功" in page.content.decode()
    assert (counts(), fresh(item).state) == (before, "doing")


@pytest.mark.case("F-020")
def test_a_full_disk_is_told_before_anything_is_written(item_in, clerk, send, settings, fresh):
    settings.FILES_RESERVE = (1.0, 0)
    item = item_in("doing")
    page = send(clerk, item, "apply")
    assert (
        page.status_code == 422 and "磁盘空间不足" in page.content.decode() and fresh(item).state == "doing"
    )


@pytest.mark.case("F-020")
def test_an_item_takes_a_hundred_files_and_no_more(item_in, clerk, send, fresh):
    item = item_in("doing")
    for _ in range(5):
        assert send(clerk, fresh(item), "report", evidence=[upload() for _ in range(20)]).status_code == 302
    assert "上限" in send(clerk, fresh(item), "report", evidence=[upload()]).content.decode()
    assert fresh(item).evidence.count() == 100 and len(on_disk()) == 1


@pytest.mark.case("F-013")
def test_a_thousand_files_in_one_request_are_refused(item_in, clerk, send, fresh):
    item = item_in("doing")
    assert send(clerk, item, "report", evidence=[upload() for _ in range(1000)]).status_code == 400
    assert fresh(item).version == item.version


@pytest.mark.case("F-021")
@pytest.mark.parametrize(
    "state", ["applied", "reviewed", "verified", "closed", "archived", "lasting", "moved", "voided"]
)
def test_nothing_is_added_to_what_is_under_review_or_closed(state, item_in, clerk, send):
    item = item_in(state)
    before = counts()
    assert {send(clerk, item, verb, evidence=[upload()]).status_code for verb in ("report", "apply")} == {409}
    assert (counts(), on_disk()) == (before, [])


def test_files_with_a_step_that_asks_for_none_are_ignored(item_in, officer, send):
    item = item_in("applied")
    assert send(officer, item, "return", evidence=[upload()]).status_code == 302
    assert on_disk() == []


# Given back


@pytest.mark.case("F-022")
@pytest.mark.parametrize("role", [Role.VILLAGE_FILER, Role.TOWNSHIP_OFFICER, Role.SUPERVISOR])
def test_evidence_is_downloaded_by_those_whose_place_it_is(role, kept, somebody, client_of):
    answer = client_of(somebody(role)).post(f"/evidence/{kept.pk}/")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role,place", [(Role.VILLAGE_FILER, NEIGHBOUR), (Role.TOWNSHIP_OFFICER, FAR)])
def test_evidence_of_another_place_does_not_exist(role, place, kept, somebody, client_of):
    assert client_of(somebody(role, place)).post(f"/evidence/{kept.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_evidence_is_not_for_roles_without_ledgers(role, kept, somebody, client_of):
    assert client_of(somebody(role)).post(f"/evidence/{kept.pk}/").status_code == 403


def test_evidence_is_not_for_strangers(kept, client):
    answer = client.post(f"/evidence/{kept.pk}/")
    assert answer.status_code == 403 and "登录" in answer.content.decode()


def test_who_took_evidence_out_is_written_down(kept, clerk, client_of):
    client_of(clerk).post(f"/evidence/{kept.pk}/")
    with everywhere("test"):
        told = Access.objects.get()
    assert (told.kind, told.by, told.ledger, told.record) == ("download", clerk, "items", kept.item_id)
    assert told.detail["文件"] == "现场照片.pdf" and told.place_code == clerk.place.code


def test_what_did_not_leave_is_not_written_down(kept, clerk, client_of):
    on_disk()[0].unlink()
    client_of(clerk).post(f"/evidence/{kept.pk}/")
    assert client_of(clerk).get(f"/evidence/{kept.pk}/").status_code == 405
    with everywhere("test"):
        assert not Access.objects.exists()


@pytest.mark.case("F-023")
@pytest.mark.case("F-024")
@pytest.mark.parametrize("damage,words", [(lambda blob: blob.unlink(), "缺失"), (lambda blob: blob.write_bytes(b"x"), "不一致")])  # fmt: skip
def test_a_lost_or_altered_file_is_told_on_a_page(damage, words, kept, clerk, client_of):
    damage(on_disk()[0])
    page = client_of(clerk).post(f"/evidence/{kept.pk}/")
    assert (
        page.status_code == 410 and words in page.content.decode() and "现场照片.pdf" in page.content.decode()
    )


def test_evidence_can_neither_be_changed_nor_taken_back(kept, in_scope, clerk):
    for change in (lambda rows: rows.update(item=None), lambda rows: rows.delete()):
        with pytest.raises(Exception, match="permission denied"), in_scope(clerk):
            change(Evidence.objects.all())


def test_a_step_taken_by_code_refuses_files_the_same_way(item_in, clerk, in_scope, tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")
    item = item_in("doing")
    with pytest.raises(FileUnsaved), in_scope(clerk):
        RECTIFICATION.take(Item.objects.get(pk=item.pk), "apply", clerk, **needed("apply"))
