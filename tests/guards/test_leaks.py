"""Walk every URL as somebody of one township: what lies in another never shows, and direct links are 404."""

import pytest
from django.urls import get_resolver

from inspections.models import Item
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.ledger import REGISTRY
from povertyparty.scope import everywhere
from villages.models import Role

pytestmark = pytest.mark.django_db

SENTINEL = "哨兵不可见"


@pytest.fixture(scope="module")
def planted(fiction, fiction_user):
    """A sentinel in every text of every placed record of the second township, and somebody of the first."""
    here, there = fiction.townships[0].code, fiction.townships[1].code
    with everywhere("test data"):
        for ledger in REGISTRY.values():
            name = next(
                n
                for n in ("head", "name", "symptom", "text", "main_industry")
                if n in {f.name for f in ledger.model._meta.fields}
            )
            rows = ledger.model.objects.within(there)
            if ledger.code != "places":
                rows.update(**{name: SENTINEL})
            yielded = {code: rows.first() for code, rows in [(ledger.code, rows)]}
            planted_rows.update(yielded)
    return fiction_user(Role.TOWNSHIP_OFFICER, here), there


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
    ):
        page = client.get(f"/ledgers/{code}/{query}")
        assert page.status_code == 200
        assert SENTINEL not in page.content.decode().replace(f'value="{SENTINEL}"', "").replace(
            f"查找：</span>{SENTINEL}", ""
        ).replace(f"<span>查找：{SENTINEL}</span>", "")
        assert page.content.decode().count("<tr data-href") == 0 or SENTINEL not in query


@pytest.mark.parametrize("code", sorted(set(REGISTRY) - {"places"}))
def test_records_of_another_township_are_not_found(code, planted, client_of):
    client, foreign = client_of(planted[0]), planted_rows[code]
    column = next(c.name for c in REGISTRY[code].stored)
    assert client.get(f"/ledgers/{code}/{foreign.pk}/").status_code == 404
    assert client.get(f"/ledgers/{code}/{foreign.pk}/edit/").status_code == 404
    assert client.post(f"/ledgers/{code}/{foreign.pk}/edit/", {"version": 1}).status_code == 404
    assert (
        client.post(f"/ledgers/{code}/{foreign.pk}/reveal/{column}/", {"reason": "看看看看"}).status_code
        == 404
    )


def test_home_figures_and_exports_stay_in_the_township(planted, client_of):
    user, there = planted
    client = client_of(user)
    for address in (
        "/",
        "/figures/?on=2020-06-30",
        f"/figures/?on=2020-06-30&place={there}",
        *(f"/figures/{code}/?on=2020-06-30&place={there}" for code in FIGURES),
    ):
        assert SENTINEL not in client.get(address).content.decode()
    for code in REGISTRY:
        book = client.post(f"/ledgers/{code}/export/?place={there}", {"format": "list"})
        assert SENTINEL.encode() not in book.content


def test_items_of_another_township_are_not_found(planted, client_of):
    client = client_of(planted[0])
    with everywhere("test data"):
        item = Item.objects.within(planted[1]).first()
    assert client.get(f"/items/{item.pk}/").status_code == 404
    for verb in Item.STEPS:
        assert client.post(f"/items/{item.pk}/{verb}/", {"version": item.version}).status_code == 404


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
