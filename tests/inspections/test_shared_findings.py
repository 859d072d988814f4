"""A finding that several villages share is read by each of them, and changed only where it lies."""

import pytest
from django.db import connection

from inspections.models import Finding, Item
from povertyparty.scope import everywhere
from tests.conftest import FAR_VILLAGE, NEAR, VILLAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(places):
    """A finding of the whole township, with an item in 前湾村."""
    with everywhere("test data"):
        finding = Finding.objects.create(place_id=NEAR, code="XC-1", text="全镇都没有调查培训需求")
        Item.objects.create(
            place_id=VILLAGE, finding=finding, code="XC-1-1", symptom="前湾村没有调查", state="assigned"
        )
        return finding


def test_a_village_with_an_item_reads_the_finding_above_it(shared, filer, client_of):
    client = client_of(filer)
    assert shared.text in client.get(f"/ledgers/findings/{shared.pk}/").content.decode()
    assert "前湾村没有调查" in client.get("/").content.decode()
    with everywhere("test"):
        item = Item.objects.get().pk
    assert shared.text in client.get(f"/items/{item}/").content.decode()
    assert client.get(f"/ledgers/items/{item}/").status_code == 200


def test_it_is_not_changed_from_below(shared, filer, client_of, in_scope):
    client = client_of(filer)
    assert (
        f"/ledgers/findings/{shared.pk}/edit/"
        not in client.get(f"/ledgers/findings/{shared.pk}/").content.decode()
    )
    assert client.get(f"/ledgers/findings/{shared.pk}/edit/").status_code == 403
    with in_scope(filer), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_finding SET text = 'x'")
        assert cursor.rowcount == 0


def test_a_township_without_an_item_does_not_see_it(shared, outsider, client_of, in_scope):
    assert client_of(outsider).get(f"/ledgers/findings/{shared.pk}/").status_code == 404
    with in_scope(outsider), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inspections_finding")
        assert cursor.fetchone() == (0,)


def test_another_villages_item_stays_unseen_behind_it(shared, filer, in_scope):
    with everywhere("test data"):
        Item.objects.create(place_id=FAR_VILLAGE, finding=shared, code="XC-1-2", symptom="河口村没有调查")
    with in_scope(filer):
        assert Finding.objects.get().items.count() == 1
