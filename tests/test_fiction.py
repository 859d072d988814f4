"""The invented county is true in itself: what it says of itself, its files say too."""

import csv
import os
import re
import stat
import subprocess
import sys
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from python_calamine import load_workbook

from inspections.fiction import County
from inspections.fiction.cast import CAST, actor
from inspections.fiction.paper import pdf
from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty.figures import REGISTRY, Period, values
from povertyparty.kinds import IdNumber
from povertyparty.models import RecordStep, User
from povertyparty.scope import acting, everywhere
from povertyparty.screening import EVIDENCE, inspected
from villages.access import scope_of

SMALL = {"townships": 3, "villages_each": 4, "households_each": 9, "findings": 20}


@pytest.fixture(scope="module")
def county():
    return County(seed=7, **SMALL)


@pytest.fixture(scope="module")
def tidy(county, tmp_path_factory):
    return county.write(tmp_path_factory.mktemp("tidy"))


@pytest.fixture(scope="module")
def messy(county, tmp_path_factory):
    return county.write(tmp_path_factory.mktemp("messy"), "messy", "47列")


def table(paths, number, header_row=3):
    """The rows of all sheets as dictionaries, down to the totals; merged cells repeat what stands above."""
    book = load_workbook(next(path for path in paths if path.name.startswith(number)))
    for name in book.sheet_names:
        lines = book.get_sheet_by_name(name).to_python()
        headers, above = [re.sub(r"\s", "", str(cell)) for cell in lines[header_row - 1]], {}
        for line in lines[header_row:]:
            if line[0] == "合计":
                break
            row = dict(zip(headers, line, strict=False))
            above = row | {key: above[key] for key in FILLED & above.keys() if not row[key]}
            yield above


FILLED = {"乡(镇)", "村", "问题编号"}


def text_of(paths):
    """Every cell of every workbook as the reader sees it; the clock in the files is not in it."""
    books = (load_workbook(path) for path in paths if path.suffix == ".xlsx")
    return [[book.get_sheet_by_name(name).to_python() for name in book.sheet_names] for book in books]


def test_a_seed_gives_the_same_files_again(county, tidy, tmp_path):
    assert text_of(County(seed=7, **SMALL).write(tmp_path)) == text_of(tidy)


def test_another_seed_gives_another_county(county):
    assert County(seed=8, **SMALL).answers() != county.answers()


def test_the_county_does_not_depend_on_the_hash_seed(county):
    code = "import django; django.setup(); from inspections.fiction import County; print(County(7, **%r).answers())"
    run = [sys.executable, "-c", code % SMALL]
    said = {
        subprocess.check_output(run, env=os.environ | {"PYTHONHASHSEED": seed}, text=True) for seed in "12"
    }
    assert said == {f"{county.answers()}\n"}


def test_identity_numbers_are_valid_fit_the_person_and_are_borne_once(county):
    people = [*county.persons, *county.cadres]
    for one in people:
        number = IdNumber().parse(one.id_number)
        assert number[:14] == f"659907{one.born_on:%Y%m%d}"
        assert int(number[16]) % 2 == (one.sex == "男")
    assert len({one.id_number for one in people}) == len(people)
    assert county.persons[0].id_number.endswith("X")


def test_the_income_of_every_household_adds_up(county):
    for household in county.households:
        parts = household.income
        gross = parts["wages"] + parts["business"] + parts["property"] + parts["transfers"]
        assert gross - parts["costs"] == parts["net"] * household.size
        assert min(parts.values()) >= 0


def test_every_household_has_one_head_and_the_head_comes_first(county):
    for household in county.households:
        relations = [person.relation for person in household.persons]
        assert relations[0] == "户主"
        assert relations.count("户主") == 1
        assert relations.count("配偶") <= 1


def test_two_townships_have_a_village_of_the_same_name(county):
    (name, times), *_ = Counter(village.name for village in county.villages).most_common(1)
    assert (name, times) == ("晚晴湾村", 2)


def test_nothing_was_found_in_the_future_and_deadlines_lie_on_both_sides(county):
    assert all(item.found_on <= county.on and item.found_on < item.due_on for item in county.items)
    assert {item.due_on < county.on for item in county.items} == {True, False}


def test_the_written_rosters_hold_as_many_as_the_answers_say(county, tidy):
    answers = county.answers()
    households = list(table(tidy, "03"))
    unlifted = [row for row in households if row["脱贫属性"] in ("未脱贫", "返贫")]
    assert len(list(table(tidy, "04"))) == answers["persons"]
    assert sum(row["家庭人口数"] for row in unlifted) == answers["unlifted_persons"]
    by_township = Counter(row["乡(镇)"] for row in households)
    assert by_township == {name: told["households"] for name, told in answers["by_township"].items()}


def test_the_written_postings_give_the_stationed_cadres(county, tidy):
    poor = {
        (row["乡(镇)"], row["村名"])
        for row in table(tidy, "02")
        if row["贫困村级别"] in ("国家级", "自治区级")
    }
    day = county.on.isoformat()
    stationed = [
        row
        for row in table(tidy, "07")
        if (row["乡(镇)"], row["村"]) in poor and row["到村时间"] <= day and not "" < row["实际离村"] <= day
    ]
    assert len(stationed) == county.answers()["stationed_cadres"]
    assert len({row["派出单位"] for row in stationed}) == county.answers()["stationed_units"]


def test_the_written_items_give_what_is_overdue_on_any_day(county, tidy):
    rows = list(table(tidy, "16"))
    assert len({row["问题编号"] for row in rows}) == county.answers()["findings"]
    for day in (county.on, date(2020, 8, 15)):
        open_rows = [row for row in rows if row["完成情况"] not in ("已完成", "长期坚持", "已移交")]
        overdue = sum(row["整改时限"] < day.isoformat() for row in open_rows)
        assert overdue == county.answers(day)["items_overdue"]


def test_the_messy_files_hold_the_same_rows(county, messy):
    answers = county.answers()
    assert len(list(table(messy, "03", header_row=4))) == answers["households"]
    assert len(list(table(messy, "04"))) == answers["persons"]
    assert sum(row["完成情况"] == "已完成" for row in table(messy, "16")) == answers["items_closed"]


def test_messy_households_come_township_by_township_under_two_levels_of_headers(county, messy):
    book = load_workbook(messy[2])
    assert book.sheet_names == [township.name for township in county.townships]
    upper, lower = book.get_sheet_by_index(0).to_python()[2:4]
    assert "家庭收入(元)" in upper
    assert "工资性收入(元)" in lower
    assert "电 话" in upper


def test_messy_cells_are_spelled_as_people_spell_them(messy):
    said = "\n".join(
        str(cell) for book in text_of(messy) for sheet in book for line in sheet for cell in line
    )
    for spelling in (
        "６５９９０７",
        r"\d{17}x",
        "√",
        "×",
        "[•・‧]",
        r"\d年\d+月\d+日",
        r"\d{4}/\d\d/\d\d",
        "审核人",
    ):
        assert re.search(spelling, said), spelling


def test_two_messy_files_are_csv_of_the_chinese_kind(county, messy):
    path, _ = (path for path in messy if path.suffix == ".csv")
    rows = list(csv.DictReader(StringIO(path.read_bytes().decode("gb18030"))))
    assert sum(row["状态"] in ("在库", "培养") for row in rows) == county.answers()["reserves"]


def test_what_must_not_be_collected_is_neutral_in_the_national_layout(messy):
    for row in table(messy, "04"):
        assert {row[header] for header in ("民族", "是否会讲普通话", "是否国外务工", "残疾类别")} == {
            "不采集"
        }


def test_the_evidence_of_the_demo_is_a_pdf_that_we_take():
    name, kind, _ = inspected("整改情况说明.pdf", pdf(["第一行", "第二行"]), EVIDENCE)
    assert (name, kind.code) == ("整改情况说明.pdf", "pdf")


@pytest.mark.django_db
def test_the_demo_fills_an_empty_database_once_and_its_figures_are_right(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    first, second = StringIO(), StringIO()
    call_command("demo", stdout=first)
    call_command("demo", stdout=second)
    accounts = tmp_path / "demo" / "accounts.txt"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    assert accounts.read_text() in first.getvalue()
    assert accounts.read_text() in second.getvalue()
    assert "导入" not in second.getvalue()
    password = re.search(r"密码都是：(\S+)", accounts.read_text())[1]
    assert User.objects.get(username="township").check_password(password)
    assert_figures_are_right()
    assert_steps_are_no_import()
    assert_whoever_takes_steps_finds_one_to_take()


def assert_figures_are_right():
    """Of everything that the demo's own steps did not move since."""
    on = timezone.localdate()
    answers = County(1, on=on).answers()
    with everywhere("test"):
        found = values(REGISTRY.values(), Period(on), "659907")
        assert RecordStep.objects.values("by").distinct().count() >= 6
    moved = {"items", "items_closed", "items_overdue"}
    known = found.keys() & answers.keys() - moved
    assert {code: found[code] for code in known} == {code: answers[code] for code in known}


def assert_steps_are_no_import():
    """The change log says of the steps taken who took them, and not that they came with the files before."""
    log = Item.events.rel.related_model
    with everywhere("test"):
        told = log.objects.filter(pgh_label="update").values_list("pgh_context__upload", "pgh_context__user")
        assert {upload for upload, _ in told} == {None}
        assert {user for _, user in told} == set(RecordStep.objects.values_list("by", flat=True))


def assert_whoever_takes_steps_finds_one_to_take():
    for user in map(actor, (username for username, *_ in CAST)):
        with acting(scope_of(user.appointment)):
            assert RECTIFICATION.todo_for(user).exists() == bool(RECTIFICATION.awaited(user)), user
