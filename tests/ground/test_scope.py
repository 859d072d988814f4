"""One half-open range, set once for a transaction, and told to the database too."""

import pytest
from django.db import connection

from povertyparty.scope import Scope, acting, after, current, everywhere, noted
from tests.conftest import FAR, NEAR
from villages.models import Household

pytestmark = pytest.mark.django_db


def role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.lo', true)")
        return cursor.fetchone()


@pytest.mark.parametrize(
    ("code", "next_code"), [("659906", "659907"), ("659909", "65990:"), ("659906199", "65990619:"), ("", "~")]
)
def test_the_range_of_a_place_ends_before_the_next_code(code, next_code):
    assert after(code) == next_code
    assert f"{code}999" < next_code


def test_an_inner_scope_gives_the_outer_one_back(household, far_household):
    with acting(Scope(NEAR)):
        with acting(Scope(FAR)):
            assert Household.objects.get() == far_household
        assert Household.objects.get() == household
        assert current().lo == NEAR and role()[1] == NEAR


def test_an_error_inside_gives_the_outer_scope_back(household):
    with acting(Scope(NEAR)):
        with pytest.raises(ZeroDivisionError), acting(Scope(FAR)):
            raise ZeroDivisionError
        assert role()[1] == NEAR


def test_after_the_transaction_the_login_is_itself_again(places):
    with everywhere("test"):
        assert role()[0].endswith("_everywhere")
    assert role()[0].endswith("_app")


def test_a_scope_that_holds_no_place_sees_nothing(household):
    with acting(Scope("none")):
        assert not Household.objects.exists()


def said_of(household):
    return [event.pgh_context for event in household.events.order_by("pgh_id")]


def test_what_the_change_log_says_ends_with_its_block(clerk, household):
    with acting(Scope(NEAR, clerk.pk)):
        with noted(upload=7):
            Household.objects.update(size=4)
        Household.objects.update(size=5)
        assert said_of(household)[1:] == [
            {"user": clerk.pk, "place": NEAR, "upload": 7},
            {"user": clerk.pk, "place": NEAR},
        ]


def test_whoever_acts_inside_is_not_said_to_act_outside(clerk, household):
    with everywhere("外面"):
        with pytest.raises(ZeroDivisionError), acting(Scope(NEAR, clerk.pk)):
            raise ZeroDivisionError
        Household.objects.update(size=4)
        assert said_of(household)[1:] == [{"user": None, "place": "", "reason": "外面"}]


def test_a_role_without_its_range_sees_nothing(household):
    """Even if somebody took the role and forgot to say which range."""
    with everywhere("test"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', replace(current_user, '_everywhere', '_range'), true)")
        for lo, hi in (("", ""), (None, None)):
            cursor.execute("SELECT set_config('app.lo', %s, true), set_config('app.hi', %s, true)", [lo, hi])
            cursor.execute("SELECT count(*) FROM villages_household")
            assert cursor.fetchone() == (0,)


def test_rows_are_counted_by_level(household, far_household):
    with everywhere("test"):
        told = Household.objects.at(9).order_by("place_at").values_list("place_at", flat=True)
        assert list(told) == [NEAR, FAR]
