"""Who may enter where: appointments, roles, and the one transaction that holds the scope."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from povertyparty.models import User
from povertyparty.scope import ScopeError, everywhere
from tests.conftest import COUNTY, FAR, NEAR
from villages.models import Appointment, Household, Role

pytestmark = pytest.mark.django_db


@pytest.mark.case("A-041")
def test_a_query_without_a_scope_raises(household):
    with pytest.raises(ScopeError, match="no scope is set"):
        Household.objects.count()


@pytest.mark.case("A-042")
def test_the_database_itself_refuses_without_a_scope(household):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM villages_household")


@pytest.mark.case("A-040")
def test_raw_sql_that_forgot_the_filter_sees_only_the_scope(household, far_household, clerk, in_scope):
    with in_scope(clerk), connection.cursor() as cursor:
        cursor.execute("SELECT head FROM villages_household")
        assert cursor.fetchall() == [(household.head,)]


def test_raw_sql_cannot_write_into_another_township(household, far_household, clerk, in_scope):
    with in_scope(clerk), connection.cursor() as cursor:
        cursor.execute("UPDATE villages_household SET head = 'x'")
        assert cursor.rowcount == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("UPDATE villages_household SET place_code = %s", [far_household.place_id])


def test_the_way_out_is_logged_with_its_reason(places, caplog):
    with caplog.at_level("INFO", logger="povertyparty.scope"), everywhere("因为测试"):
        pass
    assert "因为测试" in caplog.text


def test_rights_end_with_the_appointment(clerk, client_of):
    client = client_of(clerk)
    assert client.get("/").status_code == 200
    Appointment.objects.filter(user=clerk).update(to_on=timezone.localdate() - timedelta(days=1))
    assert client.post("/logout/").status_code == 302


@pytest.mark.case("A-054")
def test_a_moved_officer_sees_the_new_township_at_once(clerk, client_of, household, far_household):
    client = client_of(clerk)
    assert household.head in client.get("/ledgers/households/").content.decode()
    Appointment.objects.filter(user=clerk).update(place=FAR)
    page = client.get("/ledgers/households/").content.decode()
    assert far_household.head in page and household.head not in page


def test_somebody_with_two_appointments_chooses_in_which_to_act(clerk, client_of, household, far_household):
    second = Appointment.objects.create(user=clerk, role=Role.TOWNSHIP_OFFICER, place_id=FAR)
    client = client_of(clerk)
    client.post(f"/act-as/{second.pk}/")
    assert far_household.head in client.get("/ledgers/households/").content.decode()


def test_nobody_acts_in_the_appointment_of_another(clerk, outsider, client_of):
    other = Appointment.objects.get(user=outsider)
    assert client_of(clerk).post(f"/act-as/{other.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_roles_without_the_ledgers_open_no_ledger(role, somebody, client_of, household):
    client = client_of(somebody(role, COUNTY))
    assert client.get("/ledgers/households/").status_code == 403
    assert client.get(f"/ledgers/households/{household.pk}/").status_code == 403
    assert client.get("/").status_code == 200


def test_a_read_only_leader_sees_figures_but_no_persons(somebody, client_of, household):
    client = client_of(somebody(Role.READER, COUNTY))
    page = client.get("/figures/households/?on=2020-06-30").content.decode()
    assert "1" in page and household.head not in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_administrators_enter_the_back_office(role, somebody, client_of):
    assert client_of(somebody(role, NEAR)).get("/admin/povertyparty/user/").status_code == 302


def test_an_administrator_manages_users_and_sees_no_ledger(somebody, client_of):
    client = client_of(somebody(Role.ADMINISTRATOR, COUNTY))
    assert client.get("/admin/povertyparty/user/").status_code == 200
    assert client.get("/admin/povertyparty/user/add/").status_code == 200
    assert client.get("/admin/villages/appointment/").status_code == 200
    assert client.get("/ledgers/people/").status_code == 403


@pytest.mark.case("A-058")
def test_an_issued_password_must_be_changed_first(clerk, client_of):
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)
    answer = client_of(clerk).get("/ledgers/households/")
    assert (answer.status_code, answer.url) == (302, "/password/")


def test_strangers_are_sent_to_the_door(client, household):
    for address in (
        "/",
        "/ledgers/households/",
        f"/ledgers/households/{household.pk}/",
        "/figures/",
        "/uploads/",
        "/log/",
    ):
        answer = client.get(address)
        assert answer.status_code == 302 and answer.url.startswith("/login/")


@pytest.mark.case("A-059")
def test_a_fresh_database_has_no_account(db):
    assert not User.objects.exists()


@pytest.mark.case("A-045")
def test_five_wrong_passwords_lock_the_door_in_chinese(clerk, client):
    clerk.set_password("Right-2026-x")
    clerk.save()
    for _ in range(5):
        answer = client.post("/login/", {"username": clerk.username, "password": "wrong"})
    assert answer.status_code == 429 and "登录" in answer.content.decode()
    assert client.post("/login/", {"username": clerk.username, "password": "Right-2026-x"}).status_code == 429


@pytest.mark.case("A-065")
def test_every_answer_carries_the_strict_headers(clerk, client_of):
    answer = client_of(clerk).get("/")
    assert (
        "default-src 'self'" in answer["Content-Security-Policy"]
        and "unsafe" not in answer["Content-Security-Policy"]
    )
    assert answer["X-Frame-Options"] == "DENY" and answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
