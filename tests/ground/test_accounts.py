"""Who is idle is signed out, comes back to where they were, and loses nothing they typed without being told."""

import json
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from povertyparty.scope import everywhere
from tests.uploading import sent
from villages.models import Household

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true", "hx-current-url": "http://testserver/uploads/?page=2"}


@pytest.fixture
def signed_in(clerk, client_of):
    """A township officer's browser."""
    return client_of(clerk)


@pytest.fixture
def idle(signed_in):
    """The same browser half an hour later."""
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    return signed_in


def left():
    """How long the session would still last without a click."""
    return Session.objects.get().expire_date - timezone.now()


def minutes_pass(client, minutes):
    """So long ago was the last click."""
    session = client.session
    session["seen"] = int(time.time()) - 60 * minutes
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=30 - minutes))


def test_half_an_hour_without_a_click_ends_the_session(signed_in):
    minutes_pass(signed_in, 31)
    answer = signed_in.get("/ledgers/households/?page=2")
    assert (answer.status_code, answer.url) == (302, "/login/?next=/ledgers/households/%3Fpage%3D2")


def test_every_page_asked_for_begins_the_half_hour_anew(signed_in):
    minutes_pass(signed_in, 20)
    signed_in.get("/")
    assert left() > timedelta(minutes=29)


def test_a_page_that_renews_itself_keeps_nobody_signed_in(signed_in):
    minutes_pass(signed_in, 20)
    signed_in.get("/uploads/", headers=HTMX)
    assert left() < timedelta(minutes=10)


def test_clicks_within_a_minute_write_nothing(signed_in):
    signed_in.get("/")
    ends = Session.objects.get().expire_date
    signed_in.get("/")
    assert Session.objects.get().expire_date == ends


def test_a_session_ends_with_the_browser(signed_in):
    signed_in.get("/")
    assert not signed_in.cookies["sessionid"]["expires"] and not signed_in.cookies["sessionid"]["max-age"]


def test_what_was_typed_too_late_is_not_written_and_given_back(idle, household):
    address = f"/ledgers/households/{household.pk}/edit/"
    given = {"head": "王小明（更正）", "version": "1", "csrfmiddlewaretoken": "机密"}
    page = idle.post(address, given, headers={"referer": f"http://testserver{address}?from=list"})
    text = page.content.decode()
    assert (
        page.status_code == 403
        and "没有提交" in text
        and "王小明（更正）</textarea>" in text
        and "机密" not in text
    )
    assert f'href="/login/?next={address.replace("/", "%2F")}%3Ffrom%3Dlist"' in text
    with everywhere("test"):
        assert Household.objects.get().head == "王小明"


def test_after_signing_in_again_one_is_back_on_the_page(idle, clerk):
    clerk.set_password("Right-2026-x")
    clerk.save()
    answer = idle.post(
        "/login/?next=/uploads/",
        {"username": clerk.username, "password": "Right-2026-x", "next": "/uploads/"},
    )
    assert answer.url == "/uploads/"


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_nobody_is_led_to_another_site(referer, idle):
    page = idle.post("/uploads/new/", headers={"referer": referer})
    assert 'href="/login/?next=%2F"' in page.content.decode()


def test_passwords_are_never_given_back(idle):
    page = idle.post("/password/", {"old_password": "Left-2026-x", "new_password1": "Right-2026-x"})
    assert "2026-x" not in page.content.decode()


def test_files_are_named_that_must_be_chosen_again(idle):
    assert "户花名册.xlsx" in idle.post("/uploads/new/", {"files": sent()}).content.decode()


def test_a_script_that_sends_files_is_told_in_words(idle):
    answer = idle.post("/uploads/new/", {"files": sent()}, headers={"accept": "application/json"})
    assert "重新登录" in json.loads(answer.content)["error"]


def test_a_page_that_renews_itself_leads_to_the_sign_in(idle):
    answer = idle.get("/uploads/", headers=HTMX)
    assert answer["HX-Redirect"] == "/login/?next=%2Fuploads%2F%3Fpage%3D2"
