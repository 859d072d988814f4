"""One world for all tests: a county with two townships and three villages, and somebody in every role."""

import io
import re
from datetime import date

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from inspections.fiction import County
from povertyparty import desk
from povertyparty.models import User
from povertyparty.scope import acting, everywhere
from villages.access import chosen, scope_of, take_up
from villages.models import Appointment, Household, Person, Place, Role, Village


def pytest_configure():
    """Pages are tested without a collectstatic before them; the build's own test sees to the manifest."""
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


COUNTY, NEAR, FAR = "659906", "659906100", "659906200"
VILLAGE, NEIGHBOUR, FAR_VILLAGE = "659906100200", "659906100201", "659906200200"
NAMES = {
    "6599": "示例市",
    COUNTY: "测试县",
    NEAR: "近山镇",
    FAR: "远水乡",
    VILLAGE: "前湾村",
    NEIGHBOUR: "后湾村",
    FAR_VILLAGE: "河口村",
}
WHERE = {
    Role.VILLAGE_FILER: VILLAGE,
    Role.TOWNSHIP_OFFICER: NEAR,
    Role.TOWNSHIP_LEADER: NEAR,
}
READS = re.compile(r"^[\s(]*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|DECLARE|FETCH|CLOSE|WITH)", re.IGNORECASE)


@pytest.fixture
def places(db):
    """The divisions of the county, by code."""
    with everywhere("test data"):
        for code, name in NAMES.items():
            Place.objects.create(code=code, name=name)
    return NAMES


@pytest.fixture
def somebody(places):
    """somebody(Role.TOWNSHIP_OFFICER, FAR): a user appointed there, ready to act."""
    made = iter(range(1000))

    def make(role, place=None):
        user = User.objects.create(username=f"{role}{next(made)}", name=role.label)
        Appointment.objects.create(
            user=user, role=role, place_id=place or WHERE.get(role, COUNTY), from_on=date(2020, 1, 1)
        )
        return take_up(user, chosen(user))

    return make


@pytest.fixture
def filer(somebody):
    return somebody(Role.VILLAGE_FILER)


@pytest.fixture
def clerk(somebody):
    """A township officer of 近山镇."""
    return somebody(Role.TOWNSHIP_OFFICER)


@pytest.fixture
def outsider(somebody):
    """A township officer of 远水乡, who has no business in 近山镇."""
    return somebody(Role.TOWNSHIP_OFFICER, FAR)


@pytest.fixture
def officer(somebody):
    return somebody(Role.COUNTY_OFFICER)


@pytest.fixture
def chief(somebody):
    """A county leader."""
    return somebody(Role.COUNTY_LEADER)


@pytest.fixture
def client_of():
    """client_of(user): a browser signed in as the user."""

    def sign_in(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def in_scope():
    """in_scope(user): the context in which this user's requests run."""
    return lambda user: acting(scope_of(user.appointment))


@pytest.fixture
def household(places):
    with everywhere("test data"):
        return Household.objects.create(place_id=VILLAGE, number="6599061002000001", head="王小明", size=3)


@pytest.fixture
def far_household(places):
    """The sentinel: whoever sees 远水哨兵 sees too much."""
    with everywhere("test data"):
        return Household.objects.create(
            place_id=FAR_VILLAGE, number="6599062002000001", head="远水哨兵", size=2
        )


@pytest.fixture
def person(household):
    with everywhere("test data"):
        return Person.objects.create(
            place_id=VILLAGE, household=household, number="01", name="王小明", relation="户主"
        )


@pytest.fixture
def village(places):
    with everywhere("test data"):
        return Village.objects.create(
            place_id=VILLAGE, poverty_level=Village.Level.REGIONAL, listed_year=2014
        )


@pytest.fixture(autouse=True)
def the_bell_is_asked_anew(monkeypatch):
    monkeypatch.setattr(desk, "SECONDS", 0)


@pytest.fixture(autouse=True)
def reading_never_writes(monkeypatch):
    """A GET that sends anything but a read to the database is a bug, wherever it is found."""
    get = Client.get

    def refuse(execute, sql, params, many, context):
        text = sql.as_string(connection.connection) if hasattr(sql, "as_string") else str(sql)
        if not READS.match(text) and not SESSION.search(text):
            raise AssertionError(f"a GET wrote: {text[:200]}")
        return execute(sql, params, many, context)

    def watched(self, *args, **kwargs):
        with connection.execute_wrapper(refuse):
            return get(self, *args, **kwargs)

    monkeypatch.setattr(Client, "get", watched)


# Sliding sessions and sign-in are the framework's own writes.
SESSION = re.compile(r"django_session", re.IGNORECASE)


@pytest.fixture(scope="module")
def fiction(django_db_setup, django_db_blocker, tmp_path_factory):
    """A small fictional county, imported through the very path users have, for all tests of a module that only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        county = County(seed=7, townships=2, villages_each=3, households_each=6)
        folder = tmp_path_factory.mktemp("county")
        county.write(folder)
        call_command("import_workbook", *sorted(folder.iterdir()), stdout=io.StringIO())
        yield county
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def fiction_user(fiction):
    """fiction_user(role, place): somebody in the fictional county."""
    made = iter(range(1000))

    def make(role, place):
        user = User.objects.create(username=f"f_{role}{next(made)}", name=role.label)
        Appointment.objects.create(user=user, role=role, place_id=place, from_on=date(2020, 1, 1))
        return take_up(user, chosen(user))

    return make
