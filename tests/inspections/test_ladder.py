"""Which paper the rules propose for which item, worked by hand; and that the query's light is the light of the page."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.ladder import groups, is_behind, is_near, is_red, proposed
from inspections.lights import Limits, reds, yellows
from inspections.models import Item, Slip
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR, FAR_VILLAGE, NEIGHBOUR
from tests.conftest import NEAR as NEAR_TOWN
from tests.inspections.pressing import ON, item, paper
from villages.models import Holiday, Parameter

pytestmark = pytest.mark.django_db
BLUE, YELLOW, RED, TALK = "2", "3", "4", "5"
# Of forty days twenty have passed: half of the work should be done. Nothing is near, nobody is silent.
HALF = {"assigned_on": date(2020, 6, 10), "due_on": date(2020, 7, 20)}
CALM = HALF | {"percent": 50}
NEAR = {"assigned_on": date(2020, 6, 23), "due_on": date(2020, 7, 7), "percent": 50}
PAST = CALM | {"due_on": date(2020, 6, 29), "percent": 100}
SLOW = HALF | {"percent": 40}
LONG = {"due_on": date(2020, 12, 31), "percent": 0}

BY_LIGHT = [
    ("doing", CALM, None),
    ("doing", {}, None),
    # near
    ("doing", NEAR | {"due_on": date(2020, 7, 8)}, None),
    ("doing", NEAR, BLUE),
    ("mostly", NEAR | {"due_on": ON, "percent": 95}, BLUE),
    # behind, by percent
    ("doing", HALF | {"percent": 41}, None),
    ("doing", HALF | {"percent": 40}, YELLOW),
    ("doing", HALF | {"percent": 20}, YELLOW),
    ("doing", HALF | {"percent": 19}, RED),
    # returned
    ("doing", CALM | {"returned": 1}, YELLOW),
    ("doing", CALM | {"returned": 2}, RED),
    # silent: 30 days without a report
    ("doing", CALM | {"heard_on": date(2020, 6, 1)}, None),
    ("doing", CALM | {"heard_on": date(2020, 5, 31)}, YELLOW),
    # overdue from the day after
    ("doing", PAST, RED),
    ("signed", PAST, RED),
    # near and behind: the graver one
    ("doing", NEAR | {"percent": 0}, RED),
    ("doing", NEAR | {"percent": 30}, YELLOW),
    # what waits for others than the unit
    *(
        (state, PAST, None)
        for state in ("not_started", "planned", "deferring", "applied", "reviewed", "verified")
    ),
    # what has ended
    *((state, PAST, None) for state in ("closed", "archived", "lasting", "moved", "voided")),
    # nobody to send it to
    ("doing", PAST | {"unit": ""}, None),
    # signing: from 24 June, over the Dragon Boat holiday, the third working day is the 30th
    ("assigned", LONG | {"assigned_on": date(2020, 6, 24)}, None),
    ("assigned", LONG | {"assigned_on": date(2020, 6, 23)}, BLUE),
    ("signed", LONG | {"assigned_on": date(2020, 6, 23)}, None),
]
RECENT, LONG_AGO = date(2020, 6, 20), date(2020, 6, 1)
MET, UNMET = {"result": "整改到位"}, {"result": "整改不到位"}
BY_PAPERS = [
    # under way
    (NEAR, [(BLUE, "draft", {})], None),
    (NEAR, [(BLUE, "issued", {})], None),
    (NEAR, [(RED, "delivered", {})], None),
    (PAST, [(BLUE, "delivered", {})], RED),
    (PAST, [(YELLOW, "replied", {})], RED),
    (PAST, [(RED, "draft", {})], None),
    (PAST, [(TALK, "assessed", {})], None),
    # voided: as if it had never been
    (PAST, [(RED, "voided", {})], RED),
    (NEAR, [(BLUE, "voided", {"issued_on": ON})], BLUE),
    # blue once for a deadline
    (NEAR, [(BLUE, "archived", MET | {"issued_on": ON, "assessed_on": LONG_AGO})], None),
    (NEAR, [(BLUE, "archived", {"issued_on": LONG_AGO})], BLUE),
    (NEAR, [(BLUE, "archived", UNMET | {"issued_on": ON, "assessed_on": ON})], YELLOW),
    # two yellow ones, then a talk
    (SLOW, [(YELLOW, "archived", {})], YELLOW),
    (SLOW, [(YELLOW, "archived", {}), (YELLOW, "archived", {})], TALK),
    (SLOW, [(YELLOW, "archived", {}), (YELLOW, "voided", {})], YELLOW),
    (PAST, [(YELLOW, "archived", {}), (YELLOW, "archived", {})], RED),
    # after a red one, a talk; not soon after what was done
    (PAST, [(RED, "archived", UNMET | {"assessed_on": ON})], TALK),
    (PAST, [(RED, "archived", MET | {"assessed_on": date(2020, 6, 16)})], None),
    (PAST, [(RED, "archived", MET | {"assessed_on": date(2020, 6, 15)})], TALK),
    (PAST, [(RED, "escalated", {}), (TALK, "draft", {})], None),
    # another round begins anew
    (PAST | {"round": 2}, [(RED, "archived", {"round": 1})], RED),
    (PAST | {"round": 2}, [(RED, "archived", {"round": 2})], TALK),
]


def rung(found):
    return proposed(ON, COUNTY).filter(pk=found.pk).values_list("rung", flat=True).first()


@pytest.mark.parametrize(("state", "facts", "level"), BY_LIGHT)
def test_the_rung_follows_from_where_the_item_stands(state, facts, level, places):
    with everywhere("test"):
        assert rung(item(state, **facts)) == level


@pytest.mark.parametrize(("facts", "papers", "level"), BY_PAPERS)
def test_the_rung_follows_from_the_papers_before(facts, papers, level, places):
    with everywhere("test"):
        found = item(**facts)
        for at, state, more in papers:
            paper([found], at, state, **more)
        assert rung(found) == level


def test_the_county_says_how_near_is_near_and_when_one_talks(officer):
    with everywhere("test"):
        near, slow = item(**NEAR), item(**SLOW)
        paper([slow], YELLOW, "archived")
        for key, value in (("near_days", "5"), ("yellows_to_talk", "1")):
            Parameter.objects.create(
                county_id=COUNTY, key=key, value=value, valid_from=date(2020, 1, 1), by=officer
            )
        assert (rung(near), rung(slow)) == (None, TALK)


def test_a_holiday_of_the_county_gives_more_time_to_sign(officer):
    with everywhere("test"):
        found = item("assigned", **LONG | {"assigned_on": date(2020, 6, 23)})
        Holiday.objects.create(
            county_id=COUNTY, day=date(2020, 6, 29), kind=Holiday.REST, name="本县放假", by=officer
        )
        assert rung(found) is None


def test_items_of_one_unit_in_one_township_make_one_paper(places):
    with everywhere("test"):
        for facts in (
            {},
            {"place": NEIGHBOUR},
            {"place": FAR_VILLAGE},
            {"unit": "县委党校"},
            SLOW,
        ):
            item(**PAST | facts)
        told = [(*paper, len(items)) for paper, items in groups(proposed(ON, COUNTY))]
    assert sorted(told) == [
        (YELLOW, NEAR_TOWN, "前湾村党支部", 1),
        (RED, NEAR_TOWN, "前湾村党支部", 2),
        (RED, NEAR_TOWN, "县委党校", 1),
        (RED, FAR, "前湾村党支部", 1),
    ]
    assert [one[0] for one in told] == [RED, RED, RED, YELLOW]


SOME_DAY = st.none() | st.dates(ON - timedelta(90), ON + timedelta(60))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    due_on=SOME_DAY,
    assigned_on=SOME_DAY,
    found_on=SOME_DAY,
    heard_on=SOME_DAY,
    percent=st.none() | st.integers(0, 100),
    returned=st.integers(0, 3),
)
def test_the_light_of_the_query_is_the_light_of_the_page(places, due_on, found_on, **facts):
    found_on = min(found_on, due_on) if found_on and due_on else found_on
    with everywhere("test"):
        found = item(due_on=due_on, found_on=found_on, **facts)
        rows, told = Item.objects.filter(pk=found.pk), Limits()
        red = rows.filter(is_red(ON, told)).exists()
        yellow = (
            rows.filter(is_behind(ON, told)).exists()
            or rows.filter(is_near(ON, timedelta(told.near))).exists()
        )
        assert found.light(ON).colour == ("red" if red else "yellow" if yellow else "green")


def test_proposing_takes_one_query(places, django_assert_num_queries):
    with everywhere("test"):
        for _ in range(3):
            paper([item(**PAST)], BLUE, "archived")
        rows = proposed(ON, COUNTY)
        with django_assert_num_queries(1):
            assert len(rows) == 3
        assert not Slip.objects.filter(state="draft").exists()


def reckoned(found, papers):
    """The rung of one item by the words of domain.md §2.4, from the papers about it, one by one."""
    standing, told = found.standing, Limits()
    about = [one for number, one in papers if number == found.round and one.state != "voided"]
    red = bool([*reds(standing, ON, told)])
    near = found.due_on is not None and 0 <= (found.due_on - ON).days <= told.near
    behind = len([*yellows(standing, ON, told)]) > near
    ended = [one.level for one in about if one.state in ("archived", "escalated")]
    blued = any(
        one.level >= BLUE and one.issued_on and one.issued_on >= found.due_on - timedelta(told.near)
        for one in about
        if near
    )
    unmet = any(one.level == BLUE and one.result == "整改不到位" for one in about)
    unsigned = found.state == "assigned" and found.assigned_on and found.assigned_on <= date(2020, 6, 23)
    level = (
        (TALK if RED in ended else RED) if red
        else TALK if behind and ended.count(YELLOW) >= 2
        else YELLOW if behind or (near and unmet)
        else BLUE if (near and not blued) or (unsigned and not about)
        else None
    )  # fmt: skip
    done = any(
        one.result == "整改到位" and one.assessed_on and one.assessed_on > date(2020, 6, 15) for one in about
    )
    open_ = [
        one.level for one in about if one.state in ("draft", "issued", "delivered", "replied", "assessed")
    ]
    return None if level is None or done or max(open_, default="") >= level else level


def test_the_rungs_of_many_items_at_once_are_those_reckoned_one_by_one(places):
    chance, papers = Random(1), {}
    with everywhere("test"):
        for facts in chance.choices(
            [CALM, NEAR, PAST, SLOW, NEAR | {"percent": 80}, LONG | {"assigned_on": date(2020, 6, 23)}], k=150
        ):
            found = item(chance.choice(["assigned", "doing"]), **facts, round=chance.choice([1, 1, 2]))
            papers[found.pk] = []
            for _ in range(chance.choice([0, 1, 1, 2, 3])):
                number, state = chance.choice([1, 1, 2]), chance.choice([*Slip.State])
                days = {
                    "issued_on": chance.choice([RECENT, LONG_AGO, ON]),
                    "assessed_on": chance.choice([None, RECENT, LONG_AGO]),
                }
                said = chance.choice([MET, UNMET, {}])
                one = paper(
                    [found], chance.choice([BLUE, YELLOW, RED, TALK]), state, round=number, **days, **said
                )
                papers[found.pk].append((number, one))
        told = dict(proposed(ON, COUNTY).values_list("pk", "rung"))
        items = {found.pk: found for found in Item.objects.filter(pk__in=papers)}
    one_by_one = {pk: reckoned(found, papers[pk]) for pk, found in items.items()}
    assert told == {pk: level for pk, level in one_by_one.items() if level}
    assert set(told.values()) == {BLUE, YELLOW, RED, TALK}
