"""红黄绿灰: the light of an item told in Python and in a query, by hand and at random (domain.md §2.4)."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.lights import COLOURS, Limits, Standing, light
from inspections.models import Item
from inspections.parameters import limits
from povertyparty.scope import everywhere
from tests.inspections.rectifying import COUNTY, VILLAGE
from villages.models import Parameter, Place

pytestmark = pytest.mark.django_db

ON = date(2020, 6, 30)
NEXT, NEXT_VILLAGE = "659907", "659907100200"


def day(text):
    return text and date.fromisoformat(f"2020-{text}")


# Worked by hand from expected% = 100 × clamp((day − assigned) / (deadline − assigned), 0, 1), gap = expected% − reported%,
# on 2020-06-30. Red: day > deadline, gap > 30, returned ≥ 2. Yellow: deadline − day ≤ 7, 10 ≤ gap ≤ 30, returned = 1,
# 30 days without a report. An item was heard of last when somebody reported, else when it was assigned, else when found.
# Days between: 06-20→06-30 10, 06-10→06-30 20, 05-31→06-30 30, 06-01→06-30 29, 03-22→06-30 100.
CASES = """
# state      assigned due    heard  percent returned  expected: why
doing        06-20    07-30  06-20  0        0        yellow  # 10/40 = 25 %, gap 25
doing        06-20    07-30  06-20  15       0        yellow  # 25 − 15 = 10, the least that is behind
doing        06-20    07-30  06-20  16       0        green   # 25 − 16 = 9
doing        06-20    07-30  06-20  25       0        green   # just as much as the time makes: gap 0
doing        06-20    07-30  06-20  90       0        green   # ahead: gap −65
doing        06-10    07-20  06-20  20       0        yellow  # 20/40 = 50 %, gap exactly 30: not above it
doing        06-10    07-20  06-20  19       0        red     # 50 − 19 = 31
doing        06-10    07-20  06-20  40       0        yellow  # 50 − 40 = 10
doing        06-10    07-20  06-20  41       0        green   # 50 − 41 = 9
doing        06-20    07-20  06-20  3        0        red     # 10/30 = 33.33 %, gap 30.33: above 30, though it rounds to 30
doing        06-20    07-20  06-20  4        0        yellow  # 33.33 − 4 = 29.33
doing        06-20    07-20  06-20  23       0        yellow  # 33.33 − 23 = 10.33
doing        06-20    07-20  06-20  24       0        green   # 33.33 − 24 = 9.33
doing        06-20    06-29  06-20  100      0        red     # the deadline was yesterday, however much is reported
doing        06-20    06-30  06-20  100      0        yellow  # due today: 0 days left, not yet past; 100 − 100 = 0
doing        06-20    06-30  06-20  70       0        yellow  # due today: 100 − 70 = 30, not above 30
doing        06-20    06-30  06-20  69       0        red     # due today: 100 − 69 = 31
doing        06-20    07-07  06-20  60       0        yellow  # 7 days left; 10/17 = 58.8 %, gap −1.2
doing        06-20    07-08  06-20  60       0        green   # 8 days left; 10/18 = 55.6 %, gap −4.4
doing        06-30    06-30  06-30  0        0        red     # assigned and due today: all is expected, gap 100
doing        06-30    06-30  06-30  100      0        yellow  # assigned and due today: gap 0, but 0 days left
doing        07-10    07-30  06-30  0        0        green   # assigned in ten days: nothing is expected yet, 30 days left
doing        07-10    07-05  06-30  0        0        yellow  # due before it was assigned, in 5 days: nothing expected before it
doing        06-20    07-30  06-20  25       1        yellow  # returned once, else green
doing        06-20    07-30  06-20  25       2        red     # returned twice
doing        06-20    07-30  06-20  25       5        red     # and more
doing        03-22    09-28  05-31  60       0        yellow  # 100/190 = 52.6 %, gap −7.4; silent for 30 days
doing        03-22    09-28  06-01  60       0        green   # silent for 29 days
doing        03-22    09-28  -      60       0        yellow  # nobody reported since it was assigned 100 days ago
doing        06-20    -      06-20  0        0        green   # no deadline: nothing is expected of any day
doing        06-20    -      05-31  0        0        yellow  # no deadline, but silent for 30 days
doing        06-20    -      06-20  0        2        red     # no deadline, but returned twice
doing        -        07-30  -      0        0        green   # nobody knows when it was assigned or heard of: gap 0, 30 days left
doing        -        07-05  -      0        0        yellow  # the same, 5 days left
doing        -        06-29  -      -        0        red     # the same, a day late
doing        06-20    07-30  06-20  -        0        yellow  # nothing reported is 0 %: gap 25
not_started  -        -      -      -        0        green   # nothing is known at all
mostly       06-10    07-20  06-20  100      0        green   # 50 − 100
applied      06-10    06-20  06-20  100      0        red     # under review past its deadline
lasting      06-10    06-20  03-22  0        3        grey    # nothing is awaited: neither late nor returned counts
closed       06-10    06-20  06-20  100      0        grey
archived     06-10    06-20  06-20  100      2        grey
moved        06-10    06-20  -      -        0        grey
voided       06-10    06-20  -      0        2        grey
"""
BY_HAND = [line.split("#")[0].split() for line in CASES.splitlines() if line and not line.startswith("#")]


def told(state, assigned, due, heard, percent, returned):
    return {
        "state": state,
        "assigned_on": day(assigned.strip("-")) or None,
        "due_on": day(due.strip("-")) or None,
        "heard_on": day(heard.strip("-")) or None,
        "percent": int(percent) if percent != "-" else None,
        "returned": int(returned),
    }


@pytest.fixture
def kept(finding):
    """kept([facts, …]): items of these facts, in their order."""

    def make(rows, place=VILLAGE):
        return Item.objects.bulk_create(
            Item(finding=finding, place_id=place, code=f"L{place}-{n}", **facts)
            for n, facts in enumerate(rows)
        )

    return make


def colours(items, on=ON):
    """What a query tells of each."""
    found = Item.objects.lit(on).filter(pk__in=[one.pk for one in items]).in_bulk()
    return [found[one.pk].colour_then for one in items]


def test_at_least_thirty_cases_were_worked_by_hand():
    assert len(BY_HAND) >= 40 and {case[-1] for case in BY_HAND} == COLOURS.keys()


@pytest.mark.parametrize("case", BY_HAND, ids="-".join)
def test_python_tells_what_was_worked_by_hand(case, kept):
    *facts, colour = case
    with everywhere("test"):
        (item,) = kept([told(*facts)])
        assert item.light(ON).colour == colour


def test_a_query_tells_what_was_worked_by_hand(kept):
    with everywhere("test"):
        items = kept([told(*facts) for *facts, _ in BY_HAND])
        assert colours(items) == [case[-1] for case in BY_HAND]


def near(*days):
    """None, days about these, or any within two years."""
    about = st.sampled_from(days).flatmap(lambda n: st.integers(n - 1, n + 1))
    return st.none() | (about | st.integers(-400, 400)).map(lambda n: ON + timedelta(n))


STANDINGS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["doing", "doing", "mostly", "deferring", "reviewed", *Item.FINISHED]),
        "assigned_on": near(-40, -20, -10, 0),
        "found_on": near(-60, -30),
        "due_on": near(-1, 0, 7, 20, 40),
        "heard_on": near(-30, -10),
        "percent": st.none() | st.integers(0, 100),
        "returned": st.integers(0, 3),
    }
)
LIMITS = st.builds(
    lambda near, silent, behind, more: Limits(near, silent, behind, behind + more),
    st.integers(1, 30),
    st.integers(1, 60),
    st.integers(1, 50),
    st.integers(0, 50),
)


def sensible(facts):
    """The database refuses a deadline before the day it was found."""
    if facts["due_on"] and facts["found_on"] and facts["due_on"] < facts["found_on"]:
        facts["found_on"] = facts["due_on"]
    return facts


@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.lists(STANDINGS.map(sensible), min_size=40, max_size=60), LIMITS)
def test_python_and_a_query_agree_on_any_standing_and_limits(kept, rows, limits):
    with everywhere("test"):
        items = kept(rows)
        found = Item.objects.filter(pk__in=[one.pk for one in items]).annotate(
            colour_then=Item.colour(ON, limits)
        )
        told = dict(found.values_list("pk", "colour_then"))
        assert [told[one.pk] for one in items] == [light(one.standing, ON, limits).colour for one in items]
        found.delete()


def test_every_gap_from_nothing_to_all_is_told_alike(kept):
    """Each percent of each day of a term: all edges of the table lie among them."""
    on, begun = ON, ON - timedelta(13)
    rows = [
        {
            "state": "doing",
            "assigned_on": begun,
            "heard_on": on,
            "due_on": begun + timedelta(term),
            "percent": percent,
        }
        for term in (13, 14, 20, 21, 26, 39, 52, 130)
        for percent in range(101)
    ]
    with everywhere("test"):
        items = kept(rows)
        assert colours(items) == [one.light(on).colour for one in items]


def test_each_county_of_a_prefecture_has_its_own_limits(kept, officer):
    with everywhere("test"):
        for code, name in {NEXT: "邻县", NEXT[:6] + "100": "邻乡", NEXT_VILLAGE: "邻村"}.items():
            Place.objects.create(code=code, name=name)
        # 25 % expected of 16 reported is 9 behind; 30 days left; heard of ten days ago.
        facts = told("doing", "06-20", "07-30", "06-20", "16", "0")
        here, there = *kept([facts]), *kept([facts], NEXT_VILLAGE)
        for county, key, value, on in (
            (NEXT, "behind_points", "9", "2020-06-01"),
            (NEXT, "near_days", "40", "2020-07-01"),
            (COUNTY, "near_days", "29", "2020-06-30"),
        ):
            Parameter.objects.create(county_id=county, key=key, value=value, valid_from=on, by=officer)
        assert colours([here, there]) == ["green", "yellow"]
        assert [one.light(ON).colour for one in (here, there)] == ["green", "yellow"]
        # The last word on a day counts, and a word for tomorrow does not count today.
        Parameter.objects.create(
            county_id=NEXT, key="behind_points", value="10", valid_from="2020-06-01", by=officer
        )
        assert colours([here, there]) == ["green", "green"]
        assert limits(NEXT, ON).near == 7


def test_a_query_and_the_standing_read_the_same_facts(kept):
    with everywhere("test"):
        (item,) = kept([{"state": "doing", "found_on": ON - timedelta(30), "due_on": ON + timedelta(100)}])
        assert item.standing == Standing(
            due_on=item.due_on, assigned_on=item.found_on, heard_on=item.found_on, percent=0
        )
        assert colours([item]) == [item.light(ON).colour] == ["yellow"]


# The list


@pytest.fixture
def shown(kept, client_of, officer):
    """One item of each colour today, and shown("?…"): their codes as the list has them."""
    today = timezone.localdate()
    begun = {"assigned_on": today, "heard_on": today}
    with everywhere("test"):
        kept(
            [
                {"state": "doing", "due_on": today + timedelta(60), **begun},
                {"state": "closed"},
                {"state": "doing", "due_on": today - timedelta(1), **begun},
                {"state": "doing", "due_on": today + timedelta(1), **begun},
            ]
        )
    names = {f"L{VILLAGE}-{n}": colour for n, colour in enumerate(("green", "grey", "red", "yellow"))}

    def get(query=""):
        page = client_of(officer).get(f"/ledgers/items/{query}").content.decode()
        return [names[code] for code in re.findall(rf"L{VILLAGE}-\d", page[page.index("<tbody") :])]

    return get


def test_a_list_shows_the_light_in_words_beside_its_colour(shown, client_of, officer):
    page = client_of(officer).get("/ledgers/items/").content.decode()
    for colour, word in COLOURS.items():
        assert f'<span class="light light-{colour}">{word}</span>' in page


@pytest.mark.parametrize("colour", COLOURS)
def test_a_list_is_narrowed_by_the_light(colour, shown):
    assert shown(f"?f_counted_light={colour}") == [colour]


def test_a_list_is_sorted_by_urgency_and_not_by_the_alphabet(shown):
    assert shown("?sort=-light") == ["red", "yellow", "green", "grey"]
    assert shown("?sort=--light") == ["grey", "green", "yellow", "red"]


@pytest.mark.parametrize("colour", ["red", "yellow"])
def test_a_figure_counts_by_the_light_and_opens_its_rows(colour, shown):
    assert shown(f"?figure=items_{colour}") == [colour]
