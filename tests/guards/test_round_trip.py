"""For every ledger and every official layout: export, upload the file unchanged → all rows 不变."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povertyparty.ledger import REGISTRY
from povertyparty.models import StoredFile, Upload
from povertyparty.uploads import WORKBOOKS, recognise
from villages.models import Role

pytestmark = pytest.mark.django_db

LAYOUTS = [
    pytest.param(code, layout, full, id=f"{code}-{layout}-{'full' if full else 'masked'}")
    for code, ledger in sorted(REGISTRY.items())
    for layout in ledger.layouts
    for full in (False, True)[: 1 + any(c.sensitive for c in ledger.columns)]
]


@pytest.fixture(scope="module")
def officer(fiction, fiction_user):
    return fiction_user(Role.COUNTY_OFFICER, fiction.code)


def planned(content, tmp_path, user):
    path = tmp_path / "back.xlsx"
    path.write_bytes(content)
    stored = StoredFile.keep(
        SimpleUploadedFile("back.xlsx", content), place_code=user.place.code, by=user, kinds=WORKBOOKS
    )
    upload = Upload.objects.create(file=stored, by=user, place_code=user.place.code)
    upload.stage(*recognise(path))
    return upload


@pytest.mark.case("X-078")
@pytest.mark.parametrize(("code", "layout", "full"), LAYOUTS)
def test_a_ledger_comes_back_unchanged(code, layout, full, officer, client_of, in_scope, tmp_path):
    asked = {"format": f"layout:{layout}"} | ({"full": "1", "reason": "核对往返"} if full else {})
    book = client_of(officer).post(f"/ledgers/{code}/export/", asked)
    with in_scope(officer):
        total = REGISTRY[code].model.objects.count()
        upload = planned(book.content, tmp_path, officer)
        faults = list(
            upload.rows.exclude(verdict="same").values_list("verdict", "faults", "changes", "before")[:3]
        )
    assert upload.tally == {
        "new": 0,
        "changed": 0,
        "same": total,
        "refused": 0,
        "hints": upload.tally["hints"],
    }, faults
    assert total
