"""一村一档, 一户一档, 一人一档: everything the signed-in person may see of one record, on one page."""

import pytest

from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR_VILLAGE, NEIGHBOUR, VILLAGE
from villages.models import (
    Cadre,
    Contact,
    Enrolment,
    Household,
    JointReview,
    Mentoring,
    Place,
    Role,
    TrainingClass,
    Unit,
    Visit,
)

pytestmark = pytest.mark.django_db

IDNO, OTHER = "659001199003071233", "659001199003071241"


def page(client, ledger, record):
    answer = client.get(f"/ledgers/{ledger}/{record.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def cadre(places):
    with everywhere("test data"):
        return Cadre.objects.create(place_id=VILLAGE, name="丁一山", post=Cadre.Post.CLERK, id_number=IDNO)


def test_the_page_of_a_village_gathers_all_ledgers_and_leads_to_their_lists(
    household, person, cadre, officer, client_of
):
    with everywhere("test data"):
        Household.objects.create(place_id=NEIGHBOUR, number="H9", head="邻村人")
        place = Place.objects.get(code=VILLAGE)
    text = page(client_of(officer), "places", place)
    assert "王小明" in text and "丁一山" in text and "邻村人" not in text
    assert f"/ledgers/households/?place={VILLAGE}" in text and "建档立卡户" in text


def test_a_village_of_the_register_has_the_same_page(village, household, officer, client_of):
    text = page(client_of(officer), "villages", village)
    assert "一村一档" in text and "王小明" in text


def test_the_page_of_a_household_has_its_people_and_visits(household, person, officer, client_of):
    with everywhere("test data"):
        Visit.objects.create(
            place_id=VILLAGE, household=household, on="2020-05-01", visitor="访客甲", way="入户"
        )
    text = page(client_of(officer), "households", household)
    assert "一户一档" in text and "建档立卡贫困人口花名册" in text and "访客甲" in text


def test_the_page_of_a_person_leads_to_the_household(person, officer, client_of):
    assert f"/ledgers/households/{person.household_id}/" in page(client_of(officer), "people", person)


def test_the_page_of_a_cadre_has_trainings_by_number_and_what_names_them_in_the_village(
    cadre, officer, client_of
):
    with everywhere("test data"):
        training = TrainingClass.objects.create(
            place_id=COUNTY, number="P1", name="班次", starts_on="2020-01-01"
        )
        Enrolment.objects.create(
            place_id=NEIGHBOUR, training=training, name="丁一山", id_number=IDNO, post="文书"
        )
        Enrolment.objects.create(
            place_id=VILLAGE, training=training, name="丁一山", id_number=OTHER, post="另一人"
        )
        Mentoring.objects.create(place_id=VILLAGE, mentor="导师甲", cadre="丁一山")
    text = page(client_of(officer), "cadres", cadre)
    assert "培训学员表（同证件号或同村同名）" in text and "文书" in text and "导师甲" in text
    assert "另一人" not in text  # the same name with another number is somebody else


def test_reviews_are_on_it_only_for_who_may_see_them(cadre, officer, clerk, client_of):
    with everywhere("test data"):
        JointReview.objects.create(place_id=VILLAGE, name="丁一山", post="文书", on="2020-01-01")
    assert "县级联审表" in page(client_of(officer), "cadres", cadre)
    assert "县级联审表" not in page(client_of(clerk), "cadres", cadre)


def test_a_namesake_in_another_village_is_not_gathered(cadre, officer, client_of):
    with everywhere("test data"):
        Mentoring.objects.create(place_id=FAR_VILLAGE, mentor="远处导师", cadre="丁一山")
    assert "远处导师" not in page(client_of(officer), "cadres", cadre)


def test_the_page_of_a_unit_has_the_villages_it_stands_behind(places, somebody, client_of):
    with everywhere("test data"):
        unit = Unit.objects.create(place_id=COUNTY, name="县水利局")
        Contact.objects.create(place_id=VILLAGE, unit="县水利局", county_leader="领导甲")
    assert "领导甲" in page(client_of(somebody(Role.COUNTY_OFFICER)), "units", unit)
