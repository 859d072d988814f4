"""Walk every URL as somebody of one township: what lies in another never shows, and direct links are 404."""

import io
import zipfile

import pytest
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.urls import get_resolver

from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty.documents import REGISTRY as DOCUMENTS
from povertyparty.figures import READINGS
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.ledger import REGISTRY, PartialDateField
from povertyparty.quality import REGISTRY as RULES
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY as PROCESSES
from villages.models import Role

pytestmark = pytest.mark.django_db

SENTINEL = "哨兵不可见"


@pytest.fixture(scope="module")
def planted(fiction, fiction_user):
    """A sentinel in every placed record of the second township, and somebody of the first."""
    here, there = fiction.townships[0].code, fiction.townships[1].code
    with everywhere("test data"):
        for code, ledger in REGISTRY.items():
            rows, name = ledger.model.objects.within(there), telling(ledger)
            if not rows:
                copy(ledger, there)
            if code != "places":
                rows.update(**{name: Concat(Value(SENTINEL), Cast("pk", CharField()))})
            planted_rows[code] = rows.first()
    return fiction_user(Role.TOWNSHIP_OFFICER, here), there


def telling(ledger):
    """A field with room for a text of its own, rather one that people look for."""
    names = sorted(texts(ledger), key=lambda name: ledger.by_name[name].field.max_length < 40)
    return next((one for one in ("head", "name", "symptom", "text", "practice") if one in names), names[0])


def texts(ledger):
    fields = {c.name: c.field for c in ledger.stored if not (c.sealed or c.field.choices)}
    dates = PartialDateField
    return [name for name, one in fields.items() if isinstance(one, CharField) and not isinstance(one, dates)]


def copy(ledger, there):
    """What the county keeps for all of them, a township keeps too."""
    one = ledger.model.objects.first()
    one.pk, one.place_id = None, there
    for name in {*texts(ledger)} & {*ledger.keys[0], telling(ledger)}:
        setattr(one, name, SENTINEL)
    one.save(force_insert=True)


planted_rows = {}


def patterns(resolver=None, prefix=""):
    for one in (resolver or get_resolver()).url_patterns:
        path = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            if not path.startswith("admin"):
                yield from patterns(one, path)
        else:
            yield path, one.name, one.callback


def test_every_address_says_who_may_open_it():
    free = {"login", "logout", "password_change", "password_change_done"}
    assert not [path for path, name, view in patterns() if name not in free and not getattr(view, "may", "")]


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_lists_never_show_another_township(code, planted, client_of):
    user, there = planted
    client = client_of(user)
    for query in (
        "",
        f"?place={there}",
        f"?q={SENTINEL}",
        "?size=200&page=1",
        *(f"?figure={f}&on=2020-06-30" for f in FIGURES if FIGURES[f].ledger == code),
        *(f"?rule={r}&on=2020-06-30&place={there}" for r in RULES if RULES[r].ledger == code),
    ):
        page = client.get(f"/ledgers/{code}/{query}")
        assert page.status_code == (200 if user.may(REGISTRY[code].right) else 403)
        assert SENTINEL not in page.content.decode().replace(f'value="{SENTINEL}"', "").replace(
            f"查找：</span>{SENTINEL}", ""
        ).replace(f"<span>查找：{SENTINEL}</span>", "")
        assert page.content.decode().count("<tr data-href") == 0 or SENTINEL not in query


@pytest.mark.parametrize("code", sorted(set(REGISTRY) - {"places"}))
def test_records_of_another_township_are_not_found(code, planted, client_of):
    user, _ = planted
    client, foreign = client_of(user), f"/ledgers/{code}/{planted_rows[code].pk}/"
    refused = 404 if user.may(REGISTRY[code].right) else 403
    column = next(c.name for c in REGISTRY[code].stored)
    assert client.get(foreign).status_code == refused
    assert client.get(f"{foreign}edit/").status_code == refused
    assert client.post(f"{foreign}edit/", {"version": 1}).status_code == refused
    assert client.post(f"{foreign}reveal/{column}/", {"reason": "看看看看"}).status_code == refused


def test_home_figures_and_exports_stay_in_the_township(planted, client_of):
    user, there = planted
    client = client_of(user)
    for address in (
        "/",
        "/figures/?on=2020-06-30",
        f"/figures/?on=2020-06-30&place={there}",
        f"/quality/?on=2020-06-30&place={there}",
        *(f"/figures/{code}/?on=2020-06-30&place={there}" for code in FIGURES),
        *(
            f"/figures/{code}/?on=2019-06-30&place={there}&areas={how}"
            for code in FIGURES
            for how in READINGS
        ),
    ):
        assert SENTINEL not in client.get(address).content.decode()
    for code in REGISTRY:
        book = client.post(f"/ledgers/{code}/export/?place={there}", {"format": "list"})
        assert SENTINEL.encode() not in book.content


def test_no_document_tells_of_another_township(planted, client_of):
    client = client_of(planted[0])
    for code, one in DOCUMENTS.items():
        if one.ledger not in REGISTRY:
            continue
        if one.context:
            address = f"/documents/{code}/{planted_rows[one.ledger].pk}/"
            assert client.post(address).status_code == client.get(f"{address}print/").status_code == 404
        else:
            book = client.post(
                f"/ledgers/{one.ledger}/export/?place={planted[1]}", {"format": f"document:{code}"}
            )
            assert book["Content-Disposition"].startswith("attachment")
            with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
                assert SENTINEL not in parts.read("word/document.xml").decode()


def test_items_of_another_township_are_not_found(planted, client_of):
    client = client_of(planted[0])
    with everywhere("test data"):
        item = Item.objects.within(planted[1]).first()
    assert client.get(f"/items/{item.pk}/").status_code == 404
    for verb in RECTIFICATION.steps:
        assert client.post(f"/items/{item.pk}/{verb}/", {"version": item.version}).status_code == 404


def test_no_step_is_taken_with_records_of_another_township(planted, client_of):
    client = client_of(planted[0])
    for process in PROCESSES.values():
        foreign = planted_rows[process.ledger]
        for verb in process.steps if process.code != "items" else ():
            address = f"/ledgers/{process.ledger}/{foreign.pk}/steps/{process.code}/{verb}/"
            assert client.post(address, {"version": foreign.version}).status_code in (403, 404), address


@pytest.mark.parametrize("address", ["/search/", "/search/suggest/"])
def test_search_never_finds_another_township(address, planted, client_of):
    client = client_of(planted[0])
    for text in (SENTINEL, "sbbkj", "shaobing", planted[1], "哨兵"):
        page = client.get(address, {"q": text}).content.decode()
        assert SENTINEL not in page.replace(f"“{SENTINEL}”", "").replace(f'value="{SENTINEL}"', "")


def test_the_page_of_a_place_above_ones_own_gathers_only_ones_own(planted, client_of):
    with everywhere("test data"):
        foreign = REGISTRY["places"].model.objects.get(code=planted[1])
    page = client_of(planted[0]).get(f"/ledgers/places/{foreign.pk}/")
    assert page.status_code == 404
