"""Two villages of one name: people say once for the whole file which is meant, and it is remembered (domain.md §3.0 rule 7)."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from povertyparty.models import Upload
from povertyparty.scope import everywhere
from tests.conftest import VILLAGE
from tests.sheets import HOUSEHOLD, household, workbook
from tests.uploading import Office, newest, sent
from villages.models import Household, Place

pytestmark = pytest.mark.django_db
TWIN = "659906200201"
HEADS = [head for head in HOUSEHOLD if head != "乡(镇)"]


@pytest.fixture
def office(officer, client_of, django_capture_on_commit_callbacks):
    """A county officer, in whose county two villages are called 前湾村."""
    Place.names.create(code=TWIN, name="前湾村")
    return Office(client_of(officer), django_capture_on_commit_callbacks)


def rows(*serials):
    at = HOUSEHOLD.index("乡(镇)")
    return [[cell for i, cell in enumerate(household(n)) if i != at] for n in serials]


def answer(office, upload, code):
    office.client.post(f"/uploads/{upload.pk}/answer/", {"digest": upload.digest, "asked-0": code})
    office.work()
    return newest()


def villages():
    with everywhere("test"):
        return set(Household.objects.values_list("place_id", flat=True))


def test_the_page_asks_once_however_many_rows(office):
    upload = office.upload(sent(*rows(1, 2, 3), heads=HEADS))
    page = office.page(upload)
    assert upload.state == Upload.State.FAULTY and upload.tally["refused"] == 3
    assert page.count('name="asked-0"') == 1 and 'name="asked-1"' not in page
    assert f"测试县远水乡前湾村（{TWIN}）" in page and f"测试县近山镇前湾村（{VILLAGE}）" in page
    assert "请先在下面选定是哪一个" in page and "上传改正后的表格" not in page


def test_the_chosen_village_is_taken_for_every_row(office):
    upload = answer(office, office.upload(sent(*rows(1, 2), heads=HEADS)), TWIN)
    assert upload.state == Upload.State.READY
    office.commit(upload)
    assert villages() == {TWIN}


def test_the_choice_is_remembered_and_can_be_changed(office):
    office.commit(answer(office, office.upload(sent(*rows(1), heads=HEADS)), TWIN))
    later = office.upload(sent(*rows(4), heads=HEADS, name="再报.xlsx"))
    assert later.state == Upload.State.READY
    assert "改选并重新核对" in office.page(later)
    office.commit(answer(office, later, VILLAGE))
    assert villages() == {TWIN, VILLAGE}


def test_the_same_file_with_another_choice_is_another_import(office):
    file = rows(1)
    office.commit(answer(office, office.upload(sent(*file, heads=HEADS)), TWIN))
    again = office.upload(sent(*file, heads=HEADS))
    assert again.tally["same"] == 1
    assert answer(office, again, VILLAGE).tally["same"] == 0


def test_only_a_place_that_was_offered_can_be_chosen(office):
    upload = office.upload(sent(*rows(1), heads=HEADS))
    again = answer(office, upload, "659906200200")
    assert again.state == Upload.State.FAULTY and again.answers == {}


def test_an_answer_to_what_is_no_longer_shown_is_told(office):
    upload = office.upload(sent(*rows(1), heads=HEADS))
    said = office.client.post(f"/uploads/{upload.pk}/answer/", {"digest": "0", "asked-0": TWIN})
    assert said.status_code == 409 and "请再选一次" in said.content.decode()
    assert newest().answers == {}


def test_a_sheet_named_after_the_village_asks_too(office):
    heads = [head for head in HEADS if head != "行政村"]
    at = HEADS.index("行政村")
    (row,) = rows(1)
    file = workbook(heads, row[:at] + row[at + 1 :], name="前湾村")
    upload = office.upload(SimpleUploadedFile("前湾村.xlsx", file))
    assert 'name="asked-0"' in office.page(upload)
    assert answer(office, upload, TWIN).state == Upload.State.READY


def test_where_the_township_tells_nothing_is_asked(office):
    upload = office.upload(sent(household(1)))
    assert upload.state == Upload.State.READY and upload.told["asked"] == []


def test_the_command_line_asks_in_words_and_takes_the_answer(office, tmp_path):
    file = tmp_path / "户.xlsx"
    file.write_bytes(workbook(HEADS, *rows(1)))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_workbook", file, stdout=out)
    assert "“前湾村”是哪一个？请用 --place 指明" in out.getvalue() and TWIN in out.getvalue()
    out = io.StringIO()
    call_command("import_workbook", file, "--place", f"前湾村={TWIN}", "--json", stdout=out)
    assert json.loads(out.getvalue())[0]["state"] == "committed" and villages() == {TWIN}


def test_the_command_line_says_how_a_place_is_given(office, tmp_path):
    with pytest.raises(CommandError, match="名称=区划代码"):
        call_command("import_workbook", tmp_path, "--place", "前湾村")
