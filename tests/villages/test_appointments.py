"""Work that is done later is done by the very appointment it was ordered by, or not at all."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from povertyparty import jobs
from povertyparty.jobs import Job, run_pending
from povertyparty.models import StoredFile
from povertyparty.pages import lists
from povertyparty.scope import acting, current, everywhere
from tests.conftest import COUNTY, FAR, NEAR
from tests.sheets import HOUSEHOLD, household, workbook
from villages.access import scope_of
from villages.models import Appointment, Household, Role

pytestmark = pytest.mark.django_db


@jobs.job("test-where")
def tell_where(job):
    return [current().lo, current().user, current().appointment]


@jobs.job("test-order-in-turn")
def order_in_turn(job):
    jobs.queue("test-where", owner=job.owner, place_code=job.place_code)


@pytest.fixture
def second(clerk):
    """The officer of 近山镇 works in 远水乡 too."""
    return clerk.appointments.create(role=Role.TOWNSHIP_OFFICER, place_id=FAR, from_on="2020-01-01")


def ordered(appointment, place=None):
    with acting(scope_of(appointment)):
        return jobs.queue("test-where", owner=appointment.user, place_code=place or appointment.place_id)


def done(job):
    run_pending()
    with everywhere("test"):
        return Job.objects.get(pk=job.pk)


def test_of_two_appointments_each_job_has_its_own(clerk, second):
    one, other = ordered(clerk.appointment), ordered(second)
    assert done(one).result == [NEAR, clerk.pk, clerk.appointment.pk]
    assert done(other).result == [FAR, clerk.pk, second.pk]


def test_the_county_works_on_what_is_a_townships_in_that_township(officer):
    assert done(ordered(officer.appointment, NEAR)).result == [NEAR, officer.pk, officer.appointment.pk]


ENDINGS = {
    "ended": lambda held: held.update(to_on=timezone.localdate() - timedelta(days=1)),
    "moved": lambda held: held.update(place_id="659906100201"),
    "deleted": lambda held: held.delete(),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_appointment_that_ended_meanwhile_is_told_and_no_other_stands_in(second, ending):
    job = ordered(second)
    ENDINGS[ending](Appointment.objects.filter(pk=second.pk))
    told = done(job)
    assert (told.state, told.result) == (Job.State.FAILED, None)
    assert "任用已经结束或变更" in told.error and "请以现在的任用重新发起" in told.error


def test_not_even_another_role_in_the_same_place_stands_in(clerk):
    other = clerk.appointments.create(role=Role.READER, place_id=NEAR)
    job = ordered(other)
    other.delete()
    assert done(job).state == Job.State.FAILED


def test_a_job_whose_owner_is_gone_does_not_run_for_everybody(clerk):
    job = ordered(clerk.appointment)
    with everywhere("test"):
        clerk.delete()
    assert done(job).state == Job.State.FAILED


def test_what_a_job_orders_in_turn_keeps_the_appointment(second):
    with acting(scope_of(second)):
        jobs.queue("test-order-in-turn", owner=second.user, place_code=FAR)
    run_pending()
    with everywhere("test"):
        assert Job.objects.get(kind="test-where").result == [FAR, second.user_id, second.pk]


def test_a_large_export_has_the_rows_of_the_place_acted_in(
    second, clerk, client_of, household, far_household, settings, tmp_path, monkeypatch
):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(lists, "AT_ONCE", 0)
    client = client_of(clerk)
    client.post(f"/act-as/{second.pk}/")
    client.post("/ledgers/households/export/", {"format": "list"})
    run_pending()
    with everywhere("test"):
        stored = StoredFile.objects.get()
    cells = str([*openpyxl.load_workbook(io.BytesIO(stored.content())).active.values])
    assert stored.place_code == FAR
    assert far_household.head in cells and household.head not in cells


# From the command line


@pytest.fixture
def book(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    path = tmp_path / "户.xlsx"
    path.write_bytes(workbook(HOUSEHOLD, household(7)))
    return path


def imported(book, user, *more):
    call_command("import_workbook", book, *more, user=user.username, stdout=io.StringIO())
    with everywhere("test"):
        return Household.objects.filter(number__endswith="0007").exists()


def test_the_command_asks_by_which_of_several_appointments(book, clerk, second):
    with pytest.raises(CommandError, match=r"请用 --at 指明.*近山镇 乡镇经办人（659906100000）；远水乡"):
        imported(book, clerk)
    assert imported(book, clerk, "--at", f"{NEAR}000")


def test_the_command_imports_nothing_by_an_appointment_that_may_not(book, chief, clerk):
    for user, at in ((chief, COUNTY), (clerk, FAR)):
        with pytest.raises(CommandError, match="任用"):
            imported(book, user, "--at", at)
