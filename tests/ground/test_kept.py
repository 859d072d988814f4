"""Parts of a page that are remembered: the same as rendered anew, never somebody else's, never with somebody's token."""

import re

import pytest
from django.template import engines

from povertyparty.templatetags import kept
from tests.conftest import FAR
from villages.models import Role

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(kept, "_parts", {})


def render(text, **context):
    return engines["django"].from_string("{% load kept %}" + text).render(context)


def without_tokens(page):
    return TOKEN.sub("", page.content.decode())


def test_a_part_is_rendered_once_for_each_key():
    part = '{% kept "kit/_tone.html" key %}'
    first, same, other = (
        render(part, key=key, tone={"label": label}) for key, label in ((1, "对"), (1, "错"), (2, "错"))
    )
    assert "对" in first and first == same and "错" in other


def test_the_second_page_is_the_first_one_again(officer, client_of, household):
    client = client_of(officer)
    assert without_tokens(client.get("/ledgers/households/")) == without_tokens(
        client.get("/ledgers/households/")
    )


def test_every_page_has_tokens_of_its_own(officer, client_of):
    client = client_of(officer)
    first, second = (
        set(TOKEN.findall(client.get("/ledgers/households/").content.decode())) for _ in range(2)
    )
    assert len(first) == len(second) == 1 and first != second
    assert kept.TOKEN not in client.get("/ledgers/households/").content.decode()


def test_nobody_sees_the_bar_or_the_menu_of_another(somebody, client_of):
    near, far, auditor = (
        somebody(Role.TOWNSHIP_OFFICER),
        somebody(Role.TOWNSHIP_OFFICER, FAR),
        somebody(Role.AUDITOR),
    )
    pages = {user: client_of(user).get("/").content.decode() for user in (near, far, auditor)}
    assert "近山镇" in pages[near] and "近山镇" not in pages[far]
    assert "/ledgers/households/" in pages[near] and "/ledgers/households/" not in pages[auditor]


def test_a_filter_that_is_set_shows_what_is_asked(officer, client_of):
    client = client_of(officer)
    client.get("/ledgers/households/")
    assert 'value="因病" selected' in client.get("/ledgers/households/?f_cause=因病").content.decode()
    assert 'value="因病" selected' not in client.get("/ledgers/households/").content.decode()


def test_the_heads_say_how_the_list_is_sorted(officer, client_of, household):
    client = client_of(officer)
    ways = [
        re.findall(r'aria-sort="(\w+)"', client.get(f"/ledgers/households/{asked}").content.decode())
        for asked in ("", "?sort=head", "?sort=-head", "")
    ]
    assert ways == [[], ["ascending"], ["descending"], []]


def test_what_is_very_long_is_not_remembered():
    render('{% kept "kit/_tone.html" 1 %}', tone={"label": "长" * kept.LONGEST})
    assert not kept._parts


def test_the_menu_marks_where_one_is(officer, client_of):
    client = client_of(officer)
    for code in ("households", "villages"):
        page = client.get(f"/ledgers/{code}/").content.decode()
        assert re.search(rf'href="/ledgers/{code}/" aria-current="page"', page)


def test_a_developer_sees_changes_at_once(settings):
    settings.DEBUG = True
    part = '{% kept "kit/_tone.html" 1 %}'
    assert "对" in render(part, tone={"label": "对"}) and "错" in render(part, tone={"label": "错"})
