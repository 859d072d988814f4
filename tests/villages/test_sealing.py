"""Telephones and identity numbers are sealed wherever they are kept; those of the villages once lay open."""

import io
import json
from importlib import import_module

import openpyxl
import pytest
from django.db import connection

from povertyparty.models import Upload, UploadedRow
from povertyparty.scope import everywhere
from povertyparty.sealed import seal_text
from tests.conftest import VILLAGE
from villages.models import Village

PHONE, OTHER = "13812345678", "13987654321"
SECRETARY = {"poverty_level": "regional", "phone": PHONE}


@pytest.fixture
def secretary(places):
    """The village with the telephone of its secretary."""
    with everywhere("test data"):
        return Village.objects.create(place_id=VILLAGE, **SECRETARY)


def page(client, village, more=""):
    return client.get(f"/ledgers/villages/{village.pk}/{more}").content.decode()


@pytest.mark.django_db
@pytest.mark.case("P-009")
def test_the_database_never_sees_the_telephone_of_a_village(secretary):
    with everywhere("test"), connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM villages_village UNION ALL SELECT phone FROM villages_villageevent")
        assert cursor.fetchall() == [(seal_text(PHONE),)] * 2


@pytest.mark.django_db
@pytest.mark.case("P-001")
def test_its_pages_show_it_masked_and_a_reason_reveals_it(secretary, officer, client_of):
    client = client_of(officer)
    shown = page(client, secretary) + page(client, secretary, "edit/")
    assert "138****5678" in shown and PHONE not in shown
    told = client.post(f"/ledgers/villages/{secretary.pk}/reveal/phone/", {"reason": "联系入户走访"})
    assert PHONE in told.content.decode()


@pytest.mark.django_db
def test_an_export_carries_it_masked_unless_a_reason_is_given(secretary, officer, client_of):
    def cells(**given):
        answer = client_of(officer).post("/ledgers/villages/export/", {"format": "layout:", **given})
        rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        return {cell for row in rows for cell in row}

    masked, full = cells(), cells(full="1", reason="报送县扶贫办")
    assert "138****5678" in masked and PHONE not in masked
    assert PHONE in full


@pytest.fixture
def uploaded(secretary):
    """What an import that changed the telephone left behind, and one that was refused."""
    with everywhere("test data"):
        upload = Upload.objects.create(name="村.xlsx", place_code=VILLAGE)
        row = {"upload": upload, "place_code": VILLAGE, "ledger": "villages", "sheet": "村", "number": 3}
        fault = {"kind": "format", "at": 4, "header": "联系电话", "value": "1381234567", "reason": "应为11位"}
        UploadedRow.objects.create(**row, verdict="refused", faults=[{"header": "村名", "value": "x"}, fault])
        return UploadedRow.objects.create(
            **row,
            verdict="changed",
            changes={"phone": seal_text(PHONE), "note": "新"},
            before={"phone": seal_text(OTHER), "origin_id": None},
        )


def everything():
    """All that the database holds of the village, as text."""
    told = []
    with everywhere("test"), connection.cursor() as cursor:
        for table in ("villages_village", "villages_villageevent", "povertyparty_uploadedrow"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            told += [json.loads(text) for (text,) in cursor.fetchall()]
    return told


def as_owner(step):
    with connection.as_owner(), connection.schema_editor() as editor:
        step(None, editor)


@pytest.mark.django_db(transaction=True)
def test_what_lay_open_before_is_sealed_in_the_register_its_history_and_in_uploads(uploaded):
    migration = import_module("villages.migrations.0004_village_phone_sealed")
    sealed = everything()
    as_owner(migration.unseal)
    assert json.dumps(everything()).count(PHONE) == 3 and OTHER in json.dumps(everything())
    as_owner(migration.seal)
    now = everything()
    refused = next(one for one in now if one.get("faults"))
    assert [fault["value"] for fault in refused["faults"]] == ["x", "***"]
    assert [one for one in now if not one.get("faults")] == [one for one in sealed if not one.get("faults")]
