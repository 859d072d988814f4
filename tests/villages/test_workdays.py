"""Working days: the national arrangement with its shifted days, the county's own word before it, Monday to Friday beyond it."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import COUNTY
from villages.models import (
    KNOWN_YEARS,
    Holiday,
    Role,
    last_day_before,
    unpublished,
    workdays_after,
    workdays_between,
    working,
)

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2004, 1, 1), date(2030, 12, 31))
anywhere = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Worked by hand from the notices of the State Council: the day, how many working days, the day they end on.
BY_HAND = [
    # Spring Festival 2020, prolonged: 24 January to 2 February; Sunday the 19th was a working day.
    (date(2020, 1, 17), 1, date(2020, 1, 19)),
    (date(2020, 1, 22), 1, date(2020, 1, 23)),
    (date(2020, 1, 23), 1, date(2020, 2, 3)),
    (date(2020, 1, 21), 3, date(2020, 2, 3)),
    (date(2020, 1, 20), 5, date(2020, 2, 4)),
    # Labour Day 2020: 1 to 5 May; Sunday 26 April and Saturday 9 May were working days.
    (date(2020, 4, 24), 3, date(2020, 4, 28)),
    (date(2020, 4, 30), 3, date(2020, 5, 8)),
    (date(2020, 5, 8), 1, date(2020, 5, 9)),
    # National Day and Mid-Autumn 2020: 1 to 8 October; Sunday 27 September and Saturday 10 October were working days.
    (date(2020, 9, 25), 1, date(2020, 9, 27)),
    (date(2020, 9, 30), 1, date(2020, 10, 9)),
    (date(2020, 9, 30), 3, date(2020, 10, 12)),
    # Spring Festival 2026: 15 to 23 February; Saturdays the 14th and the 28th are working days.
    (date(2026, 2, 13), 2, date(2026, 2, 24)),
    (date(2026, 2, 27), 1, date(2026, 2, 28)),
    # National Day 2026: 1 to 7 October; Sunday 20 September and Saturday 10 October are working days.
    (date(2026, 9, 18), 1, date(2026, 9, 20)),
    (date(2026, 9, 30), 2, date(2026, 10, 9)),
    (date(2026, 9, 30), 3, date(2026, 10, 10)),
    # Nobody has arranged 2027 yet.
    (date(2026, 12, 31), 1, date(2027, 1, 1)),
    (date(2027, 2, 5), 1, date(2027, 2, 8)),
]


def say(officer, day, kind, name="本县安排", county=COUNTY):
    return Holiday.objects.create(county_id=county, day=day, kind=kind, name=name, by=officer)


@pytest.mark.parametrize(("day", "n", "ends"), BY_HAND)
def test_working_days_end_as_the_calendar_on_the_wall_says(day, n, ends):
    assert workdays_after(day, n) == ends


@anywhere
@given(DAYS, st.integers(0, 25))
def test_so_many_working_days_later_lie_so_many_working_days_between(day, n):
    assert workdays_between(day, workdays_after(day, n)) == n


@anywhere
@given(DAYS, st.integers(1, 25))
def test_a_deadline_is_a_working_day_and_never_moves_back(day, n):
    ends = workdays_after(day, n)
    assert working()(ends) and ends > day
    assert ends <= workdays_after(day + timedelta(1), n) and ends < workdays_after(day, n + 1)


@anywhere
@given(DAYS, DAYS, DAYS)
def test_what_lies_between_adds_up_in_either_direction(one, two, three):
    assert workdays_between(one, two) + workdays_between(two, three) == workdays_between(one, three)


@anywhere
@given(DAYS, st.integers(1, 10))
def test_the_last_day_before_a_limit_is_the_last_from_which_the_days_have_passed(limit, n):
    last = last_day_before(limit, n)
    assert workdays_after(last, n) < limit <= workdays_after(last + timedelta(1), n)


def test_the_word_of_the_county_goes_before_the_nation_and_is_its_own(officer):
    corban = date(2020, 7, 31)
    assert workdays_after(date(2020, 7, 30), 1, COUNTY) == corban
    say(officer, corban, Holiday.REST, "古尔邦节")
    say(officer, date(2020, 8, 1), Holiday.WORK, "调休上班")
    assert workdays_after(date(2020, 7, 30), 1, COUNTY) == date(2020, 8, 1)
    assert workdays_after(date(2020, 7, 30), 1) == corban
    assert workdays_after(date(2020, 7, 30), 1, "659907") == corban


def test_the_last_word_on_a_day_counts_and_can_be_taken_back(officer):
    friday = date(2027, 1, 1)
    say(officer, friday, Holiday.WORK)
    say(officer, friday, Holiday.REST, "元旦")
    assert workdays_after(date(2026, 12, 31), 1, COUNTY) == date(2027, 1, 4)
    say(officer, friday, Holiday.AS_USUAL, "登记错了")
    assert workdays_after(date(2026, 12, 31), 1, COUNTY) == friday
    assert Holiday.objects.count() == 3


def test_a_year_that_nobody_has_arranged_says_so():
    assert unpublished(date(KNOWN_YEARS[-1], 12, 31)) == ""
    assert "周一至周五" in unpublished(date(KNOWN_YEARS[-1] + 1, 1, 1))


# The page


def test_the_page_tells_the_nations_days_and_the_countys(officer, client_of):
    say(officer, date(2020, 7, 31), Holiday.REST, "古尔邦节")
    page = client_of(officer).get("/parameters/holidays/?year=2020").content.decode()
    assert "2020-01-19" in page and "春节调休" in page and "古尔邦节" in page and "本县登记" in page
    assert "推算" not in page
    later = client_of(officer).get(f"/parameters/holidays/?year={KNOWN_YEARS[-1] + 1}").content.decode()
    assert "按周一至周五推算" in later and "这一年没有登记" in later


@pytest.mark.parametrize("asked", ["abc", "9999", "-1", "２０２０", "20200"])
def test_a_senseless_year_is_this_year(asked, officer, client_of):
    assert client_of(officer).get("/parameters/holidays/", {"year": asked}).status_code == 200


def test_an_officer_registers_a_day(officer, client_of):
    given = {"day": "2027-10-09", "kind": "上班", "name": "国庆节调休"}
    answer = client_of(officer).post("/parameters/holidays/set/", given, follow=True)
    assert "已登记" in answer.content.decode() and workdays_after(date(2027, 10, 8), 1, COUNTY) == date(
        2027, 10, 9
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"day": "10月9日"}, "日"),
        ({"day": "2100-01-01"}, "年之内"),
        ({"kind": "半天"}, "选"),
        ({"name": ""}, ""),
    ],
)
def test_a_day_that_cannot_be_read_is_refused(given, words, officer, client_of):
    form = {"day": "2027-10-09", "kind": "上班", "name": "国庆节调休"} | given
    page = client_of(officer).post("/parameters/holidays/set/", form)
    assert page.status_code == 200 and words in page.content.decode() and not Holiday.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COUNTY_OFFICER])
def test_nobody_else_registers_days(role, somebody, client_of):
    given = {"day": "2027-10-09", "kind": "上班", "name": "国庆节调休"}
    assert client_of(somebody(role)).post("/parameters/holidays/set/", given).status_code == 403
    assert not Holiday.objects.exists()
