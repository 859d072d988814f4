"""The figures' command and pages: by code, place and day, as JSON, as a table, by township."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q

from povertyparty.figures import REGISTRY, Period, Rate, register, values
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR, FAR_VILLAGE, NEAR, NEIGHBOUR, VILLAGE
from villages.models import (
    TWELVE,
    Cadre,
    CollectiveIncome,
    Contact,
    Enrolment,
    Grant,
    Household,
    Pairing,
    Posting,
    Role,
    TrainingClass,
    Village,
    Visit,
)

pytestmark = pytest.mark.django_db


def told(*options):
    out = io.StringIO()
    call_command("figures", "--place", COUNTY, "--on", "2020-06-30", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_gives_value_unit_and_label_by_code(household, far_household):
    assert told()["households"] == {"value": 2, "unit": "户", "label": "建档立卡户"}
    assert told()["poor_villages_by_cause"]["value"] == {}


def test_the_command_breaks_down_by_township(household, far_household):
    assert told("--by", "township")["households"]["by"] == {"近山镇": 1, "远水乡": 1}


def test_an_unknown_place_is_said_in_chinese(places):
    with pytest.raises(CommandError, match="没有登记的地区"):
        call_command("figures", "--place", "110000", "--on", "2020-06-30")


def test_the_padded_code_is_the_same_place(household):
    out = io.StringIO()
    call_command("figures", "--place", f"{VILLAGE}", "--on", "2020-06-30", "--json", stdout=out)
    assert json.loads(out.getvalue())["households"]["value"] == 1


def test_many_figures_of_one_model_cost_one_query(household, django_assert_num_queries):
    wanted = [
        REGISTRY[code] for code in ("households", "unlifted_households", "reached_or_verifying_households")
    ]
    with everywhere("test"), django_assert_num_queries(1):
        values(wanted, Period(date(2020, 6, 30)))


def test_a_condition_across_a_to_many_relation_is_refused_when_it_is_declared():
    with pytest.raises(ValueError, match="to-many"):
        register(
            code="wrong",
            label="",
            unit="",
            ledger="households",
            group="",
            where=lambda p: Q(people__name="x"),
        )


@pytest.mark.parametrize(
    ("came", "left", "counted"),
    [
        ("2020-01-01", "", 1),
        ("2020-01-01", "2020-06-30", 0),
        ("2020-01-01", "2020-07-01", 1),
        ("2020-07-01", "", 0),
        ("2020-06", "", 1),
        ("2020-01", "2020-06", 0),
    ],
)
def test_who_is_stationed_on_a_day(came, left, counted, village):
    with everywhere("test"):
        Posting.objects.create(
            place_id=VILLAGE, name="张三", unit="县教育局", duty="member", came_on=came, left_on=left
        )
        assert (
            values([REGISTRY["stationed_cadres"]], Period(date(2020, 6, 30)))["stationed_cadres"] == counted
        )


def test_a_figure_page_keeps_to_the_scope_even_when_asked_for_elsewhere(
    household, far_household, clerk, client_of
):
    page = client_of(clerk).get(f"/figures/households/?on=2020-06-30&place={FAR}").content.decode()
    assert "远水乡" not in page and "近山镇" in page


def test_a_figure_by_village_links_on(household, clerk, client_of):
    page = client_of(clerk).get("/figures/households/?on=2020-06-30").content.decode()
    assert f"/figures/households/?on=2020-06-30&amp;place={VILLAGE}" in page


def test_removed_households_do_not_count(household):
    with everywhere("test"):
        Household.objects.update(removed_on="2020-05")
        assert values([REGISTRY["households"]], Period(date(2020, 6, 30)))["households"] == 0


@pytest.mark.case("N-008")
def test_a_bad_date_means_today(household, somebody, client_of):
    assert client_of(somebody(Role.READER, NEAR)).get("/figures/?on=2020-02-30").status_code == 200


def value(code, since=None, on=date(2020, 6, 30)):
    return values([REGISTRY[code]], Period(on, since))[code]


@pytest.mark.parametrize(
    ("visited", "since", "counted"),
    [
        ("2020-03-01", date(2020, 3, 1), 1),
        ("2020-03", date(2020, 3, 1), 1),
        ("2020", date(2020, 1, 1), 1),
        ("2020-02-29", date(2020, 3, 1), 0),
        ("2020-02", date(2020, 2, 15), 0),
        ("2020-07-01", date(2020, 3, 1), 0),
        ("2019-01-01", None, 1),
    ],
)
def test_a_visit_counts_within_the_period(visited, since, counted, places):
    with everywhere("test"):
        Visit.objects.create(place_id=VILLAGE, on=visited, visitor="张三", way="座谈交流")
        assert value("visited_villages", since) == counted


def test_many_visits_to_one_township_are_one_township(places):
    with everywhere("test"):
        for place, way in ((VILLAGE, "座谈交流"), (NEIGHBOUR, "听取汇报"), (FAR_VILLAGE, "入户")):
            Visit.objects.create(place_id=place, on="2020-05-01", visitor="张三", way=way)
        assert (value("visited_townships"), value("visited_villages")) == (1, 2)


@pytest.mark.parametrize(
    ("starts", "ends", "counted"),
    [
        ("2020-01-01", "2020-04-30", 1),
        ("2020-01-01", "2020-04-29", 0),
        ("2020-01", "2020-05", 1),
        ("2020-01-01", "", 0),
    ],
)
def test_a_class_of_four_months_counts_each_person_once(starts, ends, counted, places, clerk, in_scope):
    """A township sees it too, though the class is the county's."""
    with everywhere("test"):
        for number in ("1", "2"):
            training = TrainingClass.objects.create(
                place_id=COUNTY, number=number, name="轮训", programme="能力素质提升工程", starts_on=starts, ends_on=ends
            )  # fmt: skip
            Enrolment.objects.create(place_id=VILLAGE, training=training, name="张三")
    with in_scope(clerk):
        assert value("four_month_trainees") == counted


def test_a_village_has_all_five_only_while_each_household_has_a_helper(village, household):
    with everywhere("test"):
        Contact.objects.create(
            place_id=VILLAGE, county_leader="罗红", township_leader="史英", unit="县文旅局"
        )
        Posting.objects.create(
            place_id=VILLAGE, name="张三", unit="县教育局", duty="member", came_on="2020-01"
        )
        assert value("poor_villages_with_all_five_contacts") == 0
        Pairing.objects.create(
            place_id=VILLAGE, household=household, helper="李四", since="2020-01", until="2020-07"
        )
        assert value("poor_villages_with_all_five_contacts") == 1
        assert value("poor_villages_with_all_five_contacts", on=date(2020, 7, 1)) == 0


def test_money_is_written_in_yi_with_two_decimals_half_up(places):
    with everywhere("test"):
        Grant.objects.create(
            place_id=COUNTY,
            document="一",
            on="2020-03",
            level="中央",
            kind="财政专项扶贫资金",
            amount="12350",
        )
        assert str(value("special_funds_yi")) == "1.24"
        assert value("operating_standard_wan") is None


def test_a_rate_is_rounded_half_up_and_a_dash_of_nothing(places, somebody, client_of):
    """1 of 16 is 6.25 %."""
    reader = client_of(somebody(Role.READER, NEAR))
    with everywhere("test"):
        assert value("able_digitally_share") is None
        assert (
            '<span class="figure-value">—</span>'
            in reader.get("/figures/able_digitally_share/").content.decode()
        )
        for n in range(16):
            Cadre.objects.create(
                place_id=VILLAGE, name=f"张{n}", post=Cadre.Post.CLERK, digital="none" if n else "basic"
            )
        assert str(value("able_digitally_share")) == "6.3"
        parts = values([REGISTRY["able_digitally_share"]], Period(date(2020, 6, 30)), COUNTY, 9)
    assert str(parts["able_digitally_share", NEAR]) == "6.3" and ("able_digitally_share", FAR) not in parts


def test_a_rate_opens_the_two_figures_it_is_made_of(household, clerk, client_of):
    page = client_of(clerk).get("/figures/households_with_helper_share/").content.decode()
    assert "/figures/households_with_helper/" in page and "/figures/households/" in page
    assert "查看明细" not in page


@pytest.mark.parametrize("code", [code for code, figure in REGISTRY.items() if isinstance(figure, Rate)])
def test_a_rate_is_made_of_figures_that_are_there(code):
    assert all(figure.ledger or figure.of for figure in REGISTRY[code].made_of) and REGISTRY[code].says(
        Period(date.max)
    )


@pytest.mark.parametrize(
    ("missing", "short"), [({}, 0), ({"has_clinic": False}, 1), ({"has_clinic": None}, 1)]
)
def test_what_is_not_known_of_the_twelve_is_not_met(missing, short, village):
    with everywhere("test"):
        Village.objects.update(**dict.fromkeys(TWELVE, True) | missing)
        assert value("poor_villages_short_of_twelve") == short == value("poor_villages_lacking_clinic")
        assert value("poor_villages_meeting_all_twelve") == 1 - short


@pytest.mark.parametrize(
    ("roster", "classes", "trained"), [("", 0, 0), ("2020.05已轮训", 0, 1), ("", 1, 1), ("2019", 0, 0)]
)
def test_a_cadre_is_trained_by_a_class_of_the_year_or_by_the_roster(roster, classes, trained, places):
    with everywhere("test"):
        Cadre.objects.create(place_id=VILLAGE, name="张三", post=Cadre.Post.CLERK, trained=roster)
        training = TrainingClass.objects.create(place_id=COUNTY, number="1", name="轮训", starts_on="2020-05")
        for _ in range(classes):
            Enrolment.objects.create(place_id=VILLAGE, training=training, name="张三")
        assert value("cadres_trained_this_year") == trained
        assert value("villages_with_cadres_untrained") == 1 - trained


def test_income_grows_by_what_both_years_know_of(places):
    with everywhere("test"):
        for place, before, after in ((VILLAGE, 10, 25), (NEIGHBOUR, 30, 35), (FAR_VILLAGE, None, 99)):
            for year, total in ((2018, before), (2019, after)):
                if total:
                    CollectiveIncome.objects.create(place_id=place, year=year, business=total)
        assert str(value("collective_income_growth")) == "50.0"
        assert str(value("no_longer_weak_share")) == "100.0"
        assert str(value("collective_income_a_village_wan")) == "53.00"


def test_reviewed_within_the_months_that_count(places):
    with everywhere("test"):
        for n, day in enumerate(("2019-06-30", "2019-06-29", "2020-06", "", "2020-07-01")):
            Cadre.objects.create(place_id=VILLAGE, name=f"张{n}", post=Cadre.Post.CLERK, reviewed_on=day)
        assert value("cadres_reviewed") == 2


def test_by_village_a_count_of_one_is_a_person_so_only_who_may_read_the_rows_sees_it(
    somebody, client_of, places
):
    for role, seen in ((Role.READER, False), (Role.COUNTY_OFFICER, True)):
        client = client_of(somebody(role, COUNTY))
        by_village = client.get(f"/figures/removed_after_review/?place={NEAR}").content.decode()
        assert ("按村" in by_village) is seen and ("查看明细" in by_village) is seen
        assert "按乡镇" in client.get("/figures/removed_after_review/").content.decode()
