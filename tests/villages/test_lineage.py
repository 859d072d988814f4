"""Places that are renamed, moved, merged, split and closed keep their history, and figures can be read as then and as now."""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from povertyparty.figures import REGISTRY, Period, values
from povertyparty.kinds import Fault
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR, FAR_VILLAGE, NEAR, NEIGHBOUR, VILLAGE
from tests.uploading import Office, sent
from villages.areas import Areas
from villages.lookups import PlaceLookup
from villages.models import (
    Appointment,
    Cadre,
    Contact,
    Household,
    Lineage,
    Pairing,
    Place,
    PlaceChange,
    Role,
    Village,
    VillageFund,
    Visit,
)

pytestmark = pytest.mark.django_db
Kind = PlaceChange.Kind
ON, EAST, WEST, MOVED = date(2020, 3, 1), f"{NEAR}210", f"{NEAR}211", f"{FAR}210"
PARTS = {EAST: "湾东村", WEST: "湾西村"}


@pytest.fixture
def changed(officer, in_scope):
    """changed(kind, codes, after): what the county's officer records of 2020-03-01."""

    def record(kind, before, after, on=ON):
        with in_scope(officer):
            places = list(Place.objects.filter(code__in=before))
            return PlaceChange.record(kind, places, after, on=on, document="县政发〔2020〕1号", by=officer)

    return record


@pytest.fixture
def street(places):
    """Three households of 前湾村, and one of 后湾村."""
    with everywhere("test data"):
        for n, place in enumerate((VILLAGE, VILLAGE, VILLAGE, NEIGHBOUR)):
            Household.objects.create(place_id=place, number=f"H{n}", head=f"户主{n}", identified_on="2014")


def read(reading, on, place=NEAR, code="households"):
    """{name of a place: its number} as the page has it."""
    with everywhere("test"):
        areas = Areas(reading, date.fromisoformat(on), {6: 9, 9: 12}[len(place)])
        found = values([REGISTRY[code]], Period(areas.on), place, areas.length, areas)
        valued = {below for (_, below), value in found.items() if value}
        return {name: found.get((code, below), 0) for below, name in areas.listed(place, valued)}


def place(code):
    return Place.names.get(code=code)


def where(model):
    with everywhere("test"):
        return sorted(model.objects.values_list("place", flat=True))


# What is recorded


def test_a_renamed_village_keeps_its_rows_and_its_old_name(street, changed):
    changed(Kind.RENAME, [VILLAGE], {VILLAGE: "新湾村"})
    one = place(VILLAGE)
    assert (one.name, one.former_names, one.valid_to) == ("新湾村", ["前湾村"], None)
    assert read("then", "2019-12-31") == {"前湾村": 3, "后湾村": 1}
    assert read("then", "2020-12-31") == read("now", "2019-12-31") == {"新湾村": 3, "后湾村": 1}


def test_a_moved_village_takes_along_what_is_in_force_and_leaves_its_history(street, changed, filer):
    with everywhere("test data"):
        first = Household.objects.order_by("pk").first()
        for until in ("", "2019-06"):
            Pairing.objects.create(
                place_id=VILLAGE, household=first, helper="张三", since=f"201{len(until)}", until=until
            )
        VillageFund.objects.create(place_id=VILLAGE, year=2019)
        Visit.objects.create(place_id=VILLAGE, on="2019-05-01", visitor="张三", way="座谈交流")
    changed(Kind.MOVE, [VILLAGE], {MOVED: "前湾村"})
    assert where(Household) == [NEIGHBOUR, *[MOVED] * 3] and where(Pairing) == [VILLAGE, MOVED]
    assert where(VillageFund) == where(Visit) == [VILLAGE]
    assert Appointment.objects.get(user=filer).place_id == MOVED
    assert (place(VILLAGE).valid_to, place(MOVED).valid_from, place(MOVED).former_names) == (ON, ON, [])


def test_what_moved_is_in_the_change_log(street, changed, officer, client_of):
    changed(Kind.MOVE, [VILLAGE], {MOVED: "前湾村"})
    with everywhere("test"):
        pk = Household.objects.filter(place=MOVED).first().pk
    page = client_of(officer).get(f"/ledgers/households/{pk}/").content.decode()
    assert "2020-03-01 改隶" in page and officer.name in page and VILLAGE in page


def test_a_moved_village_is_read_in_its_old_township_as_then_and_in_its_new_one_as_now(street, changed):
    with everywhere("test data"):
        Visit.objects.create(place_id=VILLAGE, on="2019-05-01", visitor="张三", way="座谈交流")
    changed(Kind.MOVE, [VILLAGE], {MOVED: "前湾村"})
    assert read("then", "2019-12-31", COUNTY) == {"近山镇": 4, "远水乡": 0}
    assert (
        read("now", "2019-12-31", COUNTY) == read("then", "2020-12-31", COUNTY) == {"近山镇": 1, "远水乡": 3}
    )
    assert read("then", "2019-12-31", FAR) == {"河口村": 0}
    assert read("now", "2019-12-31", FAR, "visited_villages") == {"河口村": 0, "前湾村": 1}
    assert read("now", "2019-12-31", NEAR, "visited_villages") == {"后湾村": 0}


def test_merged_villages_go_on_as_one_and_what_there_is_one_of_each_stays(street, changed):
    with everywhere("test data"):
        for code in (VILLAGE, NEIGHBOUR):
            Village.objects.create(place_id=code)
        Contact.objects.create(place_id=VILLAGE, unit="县教育局")
    changed(Kind.MERGE, [VILLAGE, NEIGHBOUR], {EAST: "两湾村"})
    assert where(Household) == [EAST] * 4 and where(Contact) == [EAST]
    assert where(Village) == [VILLAGE, NEIGHBOUR]
    assert place(EAST).former_names == ["前湾村", "后湾村"]
    assert read("now", "2019-12-31") == {"两湾村": 4}


def test_who_works_in_both_villages_works_in_the_one(places, changed, filer):
    Appointment.objects.create(user=filer, role=Role.VILLAGE_FILER, place_id=NEIGHBOUR, from_on="2020-01-01")
    changed(Kind.MERGE, [VILLAGE, NEIGHBOUR], {EAST: "两湾村"})
    assert sorted(Appointment.objects.filter(user=filer).values_list("place", flat=True)) == [NEIGHBOUR, EAST]


def test_a_village_is_merged_into_one_that_goes_on(street, changed):
    changed(Kind.MERGE, [VILLAGE, NEIGHBOUR], {NEIGHBOUR: "后湾村"})
    assert (place(VILLAGE).valid_to, place(NEIGHBOUR).valid_to) == (ON, None)
    assert where(Household) == [NEIGHBOUR] * 4 and place(NEIGHBOUR).former_names == ["前湾村"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("code", "name"), [(EAST, "两湾村"), (NEIGHBOUR, "后湾村")])
def test_before_a_merger_each_row_is_read_where_the_log_saw_it(code, name, street, changed):
    changed(Kind.MERGE, [VILLAGE, NEIGHBOUR], {code: name})
    assert read("then", "2019-12-31") == {"前湾村": 3, "后湾村": 1}
    assert read("then", "2020-12-31") == {name: 4}


def test_a_split_leaves_the_rows_and_hands_on_the_listing(street, changed, village):
    with everywhere("test data"):
        Village.objects.update(exit_year=2018)
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    assert where(Household) == [VILLAGE] * 3 + [NEIGHBOUR]
    with everywhere("test"):
        told = list(
            Village.objects.filter(place__in=PARTS).values_list("poverty_level", "listed_year", "exit_year")
        )
        poor = [
            values([REGISTRY["poor_villages"]], Period(day))["poor_villages"]
            for day in (date(2019, 12, 31), ON)
        ]
    assert told == [("regional", 2014, 2018)] * 2 and poor == [1, 2]


def test_a_closed_village_leads_nowhere_and_is_named_as_long_as_rows_lie_there(street, changed):
    changed(Kind.CLOSE, [VILLAGE], {})
    assert read("then", "2020-12-31") == {"前湾村（已撤销）": 3, "后湾村": 1}
    assert Lineage.objects.get().after_id is None


# A split from end to end


def test_two_years_across_a_split_compare_as_now_and_are_not_mixed_as_then(
    street, changed, officer, client_of, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.DATA_DIR = tmp_path
    change = changed(Kind.SPLIT, [VILLAGE], PARTS)
    client = client_of(officer)
    page = client.get(f"/place-changes/{change.pk}/").content.decode()
    assert "共 3 条，其中现行 3 条" in page and f"/ledgers/households/?place={VILLAGE}" in page

    office = Office(client, django_capture_on_commit_callbacks)
    roster = [("近山镇", name, f"H{n}", f"户主{n}") for n, name in enumerate(("湾东村", "湾东村", "湾西村"))]
    roster.append(("近山镇", "湾西村", "H9", "户主九"))
    heads = ("乡(镇)", "行政村", "户编号", "户主姓名", "识别时间", "主要致贫原因", "脱贫属性", "家庭人口数")
    upload = office.upload(
        sent(
            *((*row, "2014" if row[2] != "H9" else "2020", "因病", "未脱贫", 3) for row in roster),
            heads=heads,
        )
    )
    assert (upload.tally["new"], upload.tally["changed"], upload.tally["refused"]) == (1, 3, 0)
    office.commit(upload)
    assert "共 0 条" in client.get(f"/place-changes/{change.pk}/").content.decode()

    group = "湾东村、湾西村（原前湾村）"
    assert [read("now", f"{year}-12-31") for year in (2019, 2020)] == [
        {"后湾村": 1, group: 3},
        {"后湾村": 1, group: 4},
    ]
    assert read("then", "2019-12-31") == {"前湾村": 3, "后湾村": 1}
    assert read("then", "2020-12-31") == {"后湾村": 1, "湾东村": 2, "湾西村": 2}
    address = f"/figures/households/?on=2019-12-31&place={NEAR}"
    then, now = (table(client.get(address + asked).content.decode()) for asked in ("", "&areas=now"))
    assert "前湾村" in then and "湾东村" not in then and f"place={VILLAGE}" in then
    assert group in now and f"place={EAST}&amp;areas=now" in now


def table(page):
    return page.rpartition("<tbody>")[2].partition("</tbody>")[0]


@pytest.mark.parametrize(("reading", "code"), [("then", VILLAGE), ("now", EAST)])
def test_the_number_of_a_place_is_that_of_its_rows_however_it_is_read(
    reading, code, street, changed, officer, client_of
):
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    with everywhere("test data"):
        Household.objects.filter(number__in=["H0", "H1"]).update(place_id=EAST)
    asked = f"on=2019-12-31&place={code}&areas={reading}"
    client = client_of(officer)
    assert (
        '<span class="figure-value">3</span>' in client.get(f"/figures/households/?{asked}").content.decode()
    )
    page = client.get(f"/ledgers/households/?figure=households&{asked}").content.decode()
    assert "共 3 户" in page and page.count("<tr data-href") == 3


def test_one_figure_of_a_group_counts_who_is_in_both_parts_once(changed, village):
    """A unit that has people in both parts of a village is one unit."""
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    with everywhere("test data"):
        for n, code in enumerate((VILLAGE, *PARTS)):
            Visit.objects.create(place_id=code, on="2020-05-01", visitor=f"张{n}", way="座谈交流")
            Cadre.objects.create(place_id=code, name=f"王{n}", post="clerk", digital="" if n else "basic")
    assert read("now", "2020-12-31", COUNTY, "visited_townships") == {"近山镇": 1, "远水乡": 0}
    group = "湾东村、湾西村（原前湾村）"
    assert str(read("now", "2020-12-31", code="able_digitally_share")[group]) == "33.3"


def test_groups_grow_when_a_part_is_split_again(street, changed):
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    changed(Kind.SPLIT, [WEST], {f"{NEAR}212": "西一村", f"{NEAR}213": "西二村"}, date(2020, 9, 1))
    assert read("now", "2019-12-31") == {"后湾村": 1, "湾东村、西一村、西二村（原前湾村、湾西村）": 3}


def test_a_part_that_is_split_off_and_merged_back_makes_no_circle(street, changed):
    changed(Kind.SPLIT, [VILLAGE], {VILLAGE: "前湾村", EAST: "湾东村"})
    changed(Kind.MERGE, [VILLAGE, EAST], {VILLAGE: "前湾村"}, date(2020, 9, 1))
    assert read("now", "2019-12-31")["前湾村"] == 3


# What is refused


@pytest.mark.parametrize(
    ("kind", "before", "after", "why"),
    [
        (Kind.RENAME, [VILLAGE], {VILLAGE: "前湾村"}, "没有改变"),
        (Kind.RENAME, [VILLAGE], {MOVED: "前湾村"}, "按“改隶”登记"),
        (Kind.RENAME, [VILLAGE], {NEIGHBOUR: "前湾村"}, "已登记为“后湾村”"),
        (Kind.MOVE, [VILLAGE], {EAST: "前湾村"}, "按“更名”登记"),
        (Kind.MOVE, [VILLAGE], {f"{COUNTY}300200": "前湾村"}, "乡镇没有登记"),
        (Kind.MOVE, [VILLAGE], {"659907100200": "前湾村"}, "不在您的管辖范围"),
        (Kind.MOVE, [VILLAGE], {f"{COUNTY}300": "前湾村"}, "同一级"),
        (Kind.MERGE, [VILLAGE], {EAST: "两湾村"}, "两个以上"),
        (Kind.SPLIT, [VILLAGE], {EAST: "湾东村"}, "两个以上"),
        (Kind.SPLIT, [VILLAGE], {EAST: "湾东村", WEST: "湾东村"}, "不能相同"),
        (Kind.SPLIT, [VILLAGE], {EAST: "湾东村", MOVED: "湾西村"}, "按“改隶”登记"),
        (Kind.CLOSE, [NEAR], {}, "还有未撤销的村"),
        (Kind.RENAME, [NEAR], {f"{COUNTY}101": "近山镇"}, "逐个改隶"),
        (Kind.RENAME, [COUNTY], {COUNTY: "新县"}, "不在您的管辖范围"),
        (Kind.CLOSE, [], {}, "请选定"),
    ],
)
def test_what_makes_no_sense_is_refused_in_chinese(kind, before, after, why, places, changed):
    with pytest.raises(Fault, match=why):
        changed(kind, before, after)
    with everywhere("test"):
        assert not PlaceChange.objects.exists() and not Place.names.exclude(valid_to=None).exists()


def test_a_closed_place_is_not_split_again_and_its_code_is_used_no_more(places, changed):
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    with pytest.raises(Fault, match="已于2020-03-01撤销"):
        changed(Kind.SPLIT, [VILLAGE], {f"{NEAR}212": "甲村", f"{NEAR}213": "乙村"})
    with pytest.raises(Fault, match="不能再用"):
        changed(Kind.MERGE, [*PARTS], {VILLAGE: "前湾村"})
    with pytest.raises(Fault, match="不能早于"):
        changed(Kind.CLOSE, [EAST], {}, date(2020, 2, 1))


def test_what_was_recorded_is_never_changed(places, changed, officer, in_scope):
    changed(Kind.RENAME, [VILLAGE], {VILLAGE: "新湾村"})
    for model, wrong in ((PlaceChange, {"document": "另一文号"}), (Lineage, {"old_name": "别村"})):
        with in_scope(officer), pytest.raises(ProgrammingError), transaction.atomic():
            model.objects.update(**wrong)


# The way back


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Kind.RENAME, [VILLAGE], {VILLAGE: "新湾村"}),
        (Kind.MOVE, [VILLAGE], {MOVED: "前湾村"}),
        (Kind.SPLIT, [VILLAGE], PARTS),
        (Kind.CLOSE, [VILLAGE], {}),
    ],
)
def test_a_voided_change_leaves_all_as_it_was_and_can_be_read(
    kind, before, after, street, village, changed, officer, in_scope, client_of
):
    change = changed(kind, before, after)
    with in_scope(officer):
        PlaceChange.objects.get(pk=change.pk).void("文号登记错误", officer)
    assert (place(VILLAGE).name, place(VILLAGE).valid_to) == ("前湾村", None)
    assert where(Household) == [VILLAGE] * 3 + [NEIGHBOUR] and where(Village) == [VILLAGE]
    for reading in ("then", "now"):
        assert read(reading, "2020-12-31") == {"前湾村": 3, "后湾村": 1}
    page = client_of(officer).get(f"/place-changes/{change.pk}/").content.decode()
    assert "已作废" in page and "文号登记错误" in page
    changed(kind, before, after)  # the code can be used again


@pytest.mark.parametrize("made", ["rows", "later", "again"])
def test_a_change_that_something_followed_is_not_voided(made, street, changed, officer, in_scope):
    change = changed(Kind.SPLIT, [VILLAGE], PARTS)
    with everywhere("test data"):
        if made == "rows":
            Household.objects.filter(number="H0").update(place_id=EAST)
    if made == "later":
        changed(Kind.RENAME, [EAST], {EAST: "东湾村"}, date(2020, 5, 1))
    with in_scope(officer):
        if made == "again":
            PlaceChange.objects.get(pk=change.pk).void("文号登记错误", officer)
        with pytest.raises(Fault, match=r"已经有记录|后来又有变更|已经作废"):
            PlaceChange.objects.get(pk=change.pk).void("再作废一次", officer)


# The pages


def typed(**given):
    return {"before": VILLAGE, "on": "2020-03-01", "document": "县政发〔2020〕1号", **given}


def test_the_officer_records_a_split_and_voids_it_on_the_pages(street, officer, client_of):
    client = client_of(officer)
    parts = "\n".join(f"{code} {name}" for code, name in PARTS.items())
    assert "每行一个" in client.get("/place-changes/add/split/").content.decode()
    made = client.post("/place-changes/add/split/", typed(parts=parts))
    assert made.status_code == 302 and place(VILLAGE).valid_to == ON
    assert "湾东村（659906100210）" in client.get("/place-changes/").content.decode()
    assert (
        "请" in client.post(f"{made.url}void/", {"reason": "错"}).content.decode() and place(VILLAGE).valid_to
    )
    assert client.post(f"{made.url}void/", {"reason": "文号登记错误"}).status_code == 302
    assert place(VILLAGE).valid_to is None


@pytest.mark.parametrize(
    ("kind", "given", "after"),
    [
        ("rename", {"name": "新湾村", "code": ""}, {VILLAGE: "新湾村"}),
        ("move", {"name": "", "code": MOVED}, {MOVED: "前湾村"}),
        ("merge", {"before": [VILLAGE, NEIGHBOUR], "name": "两湾村", "code": EAST}, {EAST: "两湾村"}),
        ("close", {}, {}),
    ],
)
def test_every_kind_has_its_form(kind, given, after, street, officer, client_of):
    answer = client_of(officer).post(f"/place-changes/add/{kind}/", typed(**given))
    assert answer.status_code == 302
    assert {code: place(code).name for code in after} == after


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        ("rename", {"name": "前湾村"}, "没有改变"),
        ("rename", {"name": "新湾村", "on": "2999-01-01"}, "不能晚于今天"),
        ("move", {"code": "12"}, "同一级|不在您的管辖范围"),
        ("move", {"code": "甲"}, "12位数字"),
        ("split", {"parts": f"{EAST} 湾东村\n{EAST} 湾西村"}, "写了两次"),
        ("split", {"parts": f"{EAST}\n{WEST} 湾西村"}, "没有写村名"),
        ("close", {"document": ""}, "必"),
        ("close", {"before": "659907100200"}, "选"),
    ],
)
def test_what_is_wrong_is_said_on_the_form(kind, given, why, places, officer, client_of):
    page = client_of(officer).post(f"/place-changes/add/{kind}/", typed(**given))
    assert page.status_code == 200 and any(word in page.content.decode() for word in why.split("|"))


def test_who_may_see_and_who_may_record(places, somebody, changed, client_of):
    changed(Kind.RENAME, [VILLAGE], {VILLAGE: "新湾村"})
    told = {
        Role.COUNTY_OFFICER: (200, 200),
        Role.COUNTY_LEADER: (200, 403),
        Role.TOWNSHIP_OFFICER: (200, 403),
        Role.AUDITOR: (403, 403),
    }
    for role, expected in told.items():
        client = client_of(somebody(role))
        pages = ("/place-changes/", "/place-changes/add/rename/")
        assert tuple(client.get(page).status_code for page in pages) == expected, role
    assert client_of(somebody(Role.COUNTY_OFFICER)).get("/place-changes/add/void/").status_code == 404


def test_changes_elsewhere_are_not_seen(places, changed, clerk, client_of):
    change = changed(Kind.SPLIT, [FAR_VILLAGE], {MOVED: "口东村", f"{FAR}211": "口西村"})
    client = client_of(clerk)
    assert "河口村" not in client.get("/place-changes/").content.decode()
    assert client.get(f"/place-changes/{change.pk}/").status_code == 404
    page = client.get(f"/figures/households/?place={FAR}&areas=now&on=2019-12-31").content.decode()
    assert "口东村" not in page and "河口村" not in page


def test_a_form_that_names_a_closed_village_is_told_what_it_became(places, changed, officer, in_scope):
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    with in_scope(officer):
        lookup = PlaceLookup()
        cells = ((None, "近山镇", "前湾村", None), (None, None, None, VILLAGE))
        told = lookup.find(cells)
    assert {str(told[one]) for one in cells} == {"“前湾村”已于2020-03-01撤销，现为湾东村、湾西村，请改填"}


def test_a_village_is_found_by_the_name_it_got_back(places, changed, officer, in_scope):
    change = changed(Kind.RENAME, [VILLAGE], {VILLAGE: "新湾村"})
    with in_scope(officer):
        PlaceChange.objects.get(pk=change.pk).void("文号登记错误", officer)
        cells = (None, "近山镇", "前湾村", None)
        assert PlaceLookup().find([cells]) == {cells: VILLAGE}


def test_rows_that_met_others_at_home_are_not_given_back(places, changed, officer, in_scope):
    change = changed(Kind.MOVE, [VILLAGE], {MOVED: "前湾村"})
    with in_scope(officer):
        for code in (VILLAGE, MOVED):
            VillageFund.objects.create(place_id=code, year=2019)
        with pytest.raises(Fault, match="重复"):
            PlaceChange.objects.get(pk=change.pk).void("文号登记错误", officer)
    assert place(VILLAGE).valid_to == ON


def test_a_row_left_in_a_closed_village_can_be_edited_without_moving(household, changed, officer, client_of):
    changed(Kind.SPLIT, [VILLAGE], PARTS)
    page = client_of(officer).get(f"/ledgers/households/{household.pk}/edit/").content.decode()
    assert f'<option value="{VILLAGE}" selected>' in page
