"""What held on a day: households and villages by the year of lifting, contacts and posts by their span, records by the log."""

from datetime import date

import pytest

from povertyparty.figures import REGISTRY, Period, values
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, NEIGHBOUR, VILLAGE
from tests.uploading import Office, sent
from villages.models import (
    Cadre,
    Contact,
    Grant,
    Household,
    Reserve,
    TrainingClass,
    Unit,
    Village,
    VillageFund,
)

pytestmark = pytest.mark.django_db
CONTACT = ("乡(镇)", "村", "包联县级领导", "乡镇包村领导", "后盾单位")


def value(code, day):
    with everywhere("test"):
        return values([REGISTRY[code]], Period(date.fromisoformat(day)))[code]


@pytest.fixture
def lifted(household):
    """Identified in 2014, lifted in 2019."""
    with everywhere("test data"):
        Household.objects.update(identified_on="2014-03", status="1", exit_year=2019)
    return household


@pytest.mark.parametrize(
    ("day", "registered", "unlifted"),
    [("2013-12-31", 0, 0), ("2018-12-31", 1, 1), ("2019-01-01", 1, 0), ("2020-06-30", 1, 0)],
)
def test_a_household_is_unlifted_until_the_year_of_its_lifting(day, registered, unlifted, lifted):
    assert (value("households", day), value("unlifted_households", day)) == (registered, unlifted)


def test_a_household_that_fell_back_was_unlifted_before_it_was_lifted(lifted):
    with everywhere("test data"):
        Household.objects.update(status="3")
    told = [
        (value("relapsed_households", day), value("unlifted_households", day))
        for day in ("2018-01-01", "2020-01-01")
    ]
    assert told == [(0, 1), (1, 1)]


def test_a_household_removed_later_was_there_before(lifted):
    with everywhere("test data"):
        Household.objects.update(removed_on="2020-03")
    assert [value("households", day) for day in ("2020-02-29", "2020-03-01")] == [1, 0]


@pytest.mark.parametrize(
    ("day", "poor", "exited"),
    [("2013-06-30", 0, 0), ("2014-06-30", 1, 0), ("2017-12-31", 1, 0), ("2018-06-30", 1, 1)],
)
def test_a_village_is_poor_from_its_listing_and_exited_from_its_exit(day, poor, exited, village):
    with everywhere("test data"):
        Village.objects.update(exit_year=2018)
    assert (value("poor_villages", day), value("poor_villages_exited", day)) == (poor, exited)
    assert value("poor_villages_not_exited", day) == poor - exited


def test_posts_and_the_pool_are_those_of_the_day(places):
    with everywhere("test data"):
        Cadre.objects.create(
            place_id=VILLAGE, name="王小明", post="head", since="2018-03", left_on="2020-06-30"
        )
        Reserve.objects.create(
            place_id=VILLAGE,
            name="李建国",
            entered_on="2019-01",
            left_on="2020-05-01",
            state=Reserve.State.USED,
        )
    days = ("2018-01-01", "2019-06-30", "2020-06-30")
    assert [value("village_cadres", day) for day in days] == [0, 1, 0]
    assert [value("reserves", day) for day in days] == [0, 1, 0]


def test_the_list_of_a_day_shows_and_asks_for_the_status_of_that_day(lifted, officer, client_of):
    client = client_of(officer)
    page = client.get("/ledgers/households/?f_in_force=2018-06-30&f_status=0").content.decode()
    row = page.partition("<tr data-href")[2].partition("</tr>")[0]
    assert "未脱贫" in row and "2019" not in row
    assert "脱贫属性、脱贫年度为2018-06-30的情况，其余各列为现在登记的内容" in page
    assert (
        "王小明" not in client.get("/ledgers/households/?f_in_force=2018-06-30&f_status=1").content.decode()
    )
    assert "其余各列为现在" not in client.get("/ledgers/households/").content.decode()


def test_the_rows_behind_a_figure_of_a_day_show_the_status_of_that_day(lifted, officer, client_of):
    page = (
        client_of(officer)
        .get("/ledgers/households/?figure=unlifted_households&on=2018-06-30")
        .content.decode()
    )
    row = page.partition("<tr data-href")[2].partition("</tr>")[0]
    assert "王小明" in row and "未脱贫" in row


def test_the_list_of_villages_shows_what_each_was_on_the_day(village, officer, client_of):
    client = client_of(officer)
    for day, level in (("2013-06-30", "非贫困村"), ("2014-06-30", "自治区级")):
        page = client.get(f"/ledgers/villages/?f_in_force={day}").content.decode()
        assert level in page.partition("<tr data-href")[2].partition("</tr>")[0], day


def test_funds_are_asked_for_by_year(places, officer, client_of):
    with everywhere("test data"):
        for year in (2019, 2020):
            VillageFund.objects.create(place_id=VILLAGE, year=year, operating_paid=year)
            Grant.objects.create(place_id=COUNTY, document=f"文{year}", on=f"{year}-03", level="中央", kind="财政专项扶贫资金", amount=10_000)  # fmt: skip
    client = client_of(officer)
    assert "共 1 " in client.get("/ledgers/village_funds/?f_year=2019").content.decode()
    page = client.get("/ledgers/grants/?f_of_year=2019").content.decode()
    assert "文2019" in page and "文2020" not in page
    assert [str(value("funds_paid_wan", f"{year}-12-31")) for year in (2019, 2020)] == ["2019.00", "2020.00"]


# 村级“五个一”包联


@pytest.fixture
def contacts(places):
    with everywhere("test data"):
        Contact.objects.create(place_id=VILLAGE, unit="县教育局", since="2018-01", until="2020-03")
        return Contact.objects.create(place_id=VILLAGE, unit="县水利局", since="2020-03")


def test_a_village_has_one_contact_in_force_and_those_before_it(contacts, officer, client_of):
    with everywhere("test"):
        told = {
            day: Contact.objects.in_force(date.fromisoformat(day)).get().unit
            for day in ("2020-02-29", "2020-03-01")
        }
    assert told == {"2020-02-29": "县教育局", "2020-03-01": "县水利局"}
    page = client_of(officer).post("/ledgers/contacts/add/", {"place": VILLAGE, "unit": "县财政局"})
    assert page.status_code == 200 and "请先填写它的结束时间" in page.content.decode()


def test_one_is_ended_and_the_next_begun_by_the_forms(contacts, officer, client_of):
    client = client_of(officer)
    typed = {"place": VILLAGE, "unit": "县水利局", "since": "2020-03", "until": "2020.06", "version": "1"}
    assert client.post(f"/ledgers/contacts/{contacts.pk}/edit/", typed).status_code == 302
    assert (
        client.post(
            "/ledgers/contacts/add/", {"place": VILLAGE, "unit": "县财政局", "since": "2020-06"}
        ).status_code
        == 302
    )
    page = client.get("/ledgers/contacts/?f_in_force=2020-05-01").content.decode()
    assert "县水利局" in page and "县财政局" not in page and "县教育局" not in page


def test_it_ends_after_it_began(contacts, officer, client_of):
    typed = {"place": VILLAGE, "unit": "县水利局", "since": "2020-03", "until": "2020-01", "version": "1"}
    page = client_of(officer).post(f"/ledgers/contacts/{contacts.pk}/edit/", typed)
    assert "不能早于开始时间" in page.content.decode()


def test_an_official_form_speaks_of_the_one_in_force(
    contacts, officer, client_of, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.DATA_DIR = tmp_path
    office, row = (
        Office(client_of(officer), django_capture_on_commit_callbacks),
        ("近山镇", "前湾村", "罗红", "史英", "县水利局"),
    )
    for verdict in ("changed", "same"):
        upload = office.upload(sent(row, heads=CONTACT, name="包联.xlsx"))
        assert upload.tally[verdict] == 1, upload.tally
        office.commit(upload)
    with everywhere("test"):
        assert Contact.objects.in_force().get().county_leader == "罗红" and Contact.objects.count() == 2


def test_the_official_layout_stays_and_the_dates_are_in_one_beside_it():
    layouts = LEDGERS["contacts"].layouts
    assert "包联结束时间" not in layouts[""] and layouts["附加列"] == [
        *layouts[""],
        "包联开始时间",
        "包联结束时间",
    ]


def test_a_unit_stands_behind_the_villages_of_its_contacts_in_force(contacts, officer, client_of):
    with everywhere("test data"):
        units = [Unit.objects.create(place_id=COUNTY, name=name) for name in ("县教育局", "县水利局")]
        Contact.objects.create(place_id=NEIGHBOUR, unit="县水利局")
        behind = dict(Unit.objects.annotate(n=Unit.villages()).values_list("name", "n"))
    assert behind == {"县教育局": 0, "县水利局": 2}
    pages = [client_of(officer).get(f"/ledgers/units/{one.pk}/").content.decode() for one in units]
    assert ["村级“五个一”包联表" in page for page in pages] == [False, True]


# As it was recorded


def test_a_record_is_shown_as_it_was_recorded_on_a_day(household, officer, client_of):
    with everywhere("test"):
        Household.objects.update(head="李建国")
    client = client_of(officer)
    page = client.get(f"/ledgers/households/{household.pk}/?on=2999-01-01").content.decode()
    assert "当日登记内容" in page and "看现在登记的内容" in page
    early = client.get(f"/ledgers/households/{household.pk}/?on=2019-01-01").content.decode()
    assert "到这一天系统中还没有这条记录" in early
    assert "当日登记内容" not in client.get(f"/ledgers/households/{household.pk}/?on=昨天").content.decode()


def test_what_no_column_places_is_shown_too(places, officer, client_of):
    with everywhere("test data"):
        one = TrainingClass.objects.create(place_id=COUNTY, number="P1", name="轮训", starts_on="2020-01-01")
    page = client_of(officer).get(f"/ledgers/training_classes/{one.pk}/?on=2999-01-01")
    assert page.status_code == 200 and "当日登记内容" in page.content.decode()


def test_what_was_sealed_stays_masked(household, officer, client_of):
    with everywhere("test data"):
        Household.objects.update(head_id="659906196805123010")
    page = client_of(officer).get(f"/ledgers/households/{household.pk}/?on=2999-01-01").content.decode()
    assert "659906196805123010" not in page and "659*************10" in page
