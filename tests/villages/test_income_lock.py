"""A locked year of collective income: two people lock it, and no form, file or SQL changes an amount of it."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from povertyparty import desk
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepForbidden
from tests.conftest import NEAR, VILLAGE
from tests.sheets import planned, sheet, workbook
from tests.villages.machines.incomes import FACTS
from villages.models import CollectiveIncome, Role

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["collective_incomes"]
HEADS = ("乡(镇)", "村", "年度", "经营收入", "发包及上交收入", "总支出", "资产总额", "审核人", "备注")
ROW = ("近山镇", "前湾村", 2019, 12, None, None, None, "赵会计", None)
WHY = "该年度已锁定，不作更改；确需更正请县级解锁"


def make(state, year=2019, **facts):
    with everywhere("test"):
        return CollectiveIncome.objects.create(
            place_id=VILLAGE, year=year, **{"business": 12} | FACTS[state] | facts
        )


@pytest.fixture
def locked(places):
    return make("locked")


def now(found):
    with everywhere("test"):
        found.refresh_from_db()
    return found


def row(**changed):
    return [changed.get(head, said) for head, said in zip(HEADS, ROW, strict=True)]


def test_whoever_audits_a_year_does_not_lock_it(clerk, somebody, officer):
    found, second = make("filed"), somebody(Role.TOWNSHIP_OFFICER, NEAR)
    with everywhere("test"):
        PROCESS.take(found, "audit", clerk, auditor="赵会计")
        with pytest.raises(StepForbidden, match="须由他人办理"):
            PROCESS.take(found, "lock", clerk)
        PROCESS.take(found, "lock", second)
        assert (found.state, found.auditor, found.locked) == ("locked", "赵会计", True)
        PROCESS.take(found, "unlock", officer, reason="补报上交收入")
        PROCESS.take(found, "audit", second, auditor="钱会计")
        PROCESS.take(found, "lock", clerk)
        assert [one.verb for one in PROCESS.trail(found)] == ["audit", "lock", "unlock", "audit", "lock"]


def test_a_year_that_goes_on_is_not_locked(clerk):
    found = make("audited", year=timezone.localdate().year)
    with everywhere("test"), pytest.raises(StepBarred, match="还没有结束"):
        PROCESS.take(found, "lock", clerk)


def test_the_desk_counts_the_years_to_be_audited_and_leads_to_their_list(clerk, in_scope, client_of):
    make("filed"), make("filed", year=2018), make("locked", year=2017)
    with in_scope(clerk):
        _, (todo,) = desk.waiting(clerk, 10)
    assert todo["title"] == "审核：已填报的 2 条"
    page = client_of(clerk).get(todo["url"]).content.decode()
    assert "2018" in page and "2019" in page and "2017" not in page


@pytest.mark.parametrize(
    "change",
    [
        "business = 13",
        "spent = 1",
        "assets = 0",
        "year = 2018",
        "place_code = '659906100201'",
        "leases = 5, version = 2",
    ],
)
def test_sql_cannot_change_the_account_of_a_locked_year(change, locked):
    table = CollectiveIncome._meta.db_table
    with everywhere("test"), connection.cursor() as cursor:
        with (
            pytest.raises(IntegrityError, match="已锁定，金额不能更改，请先由县级解锁"),
            transaction.atomic(),
        ):
            cursor.execute(f"UPDATE {table} SET {change}")
        with pytest.raises(IntegrityError, match="已锁定，不能删除"), transaction.atomic():
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"UPDATE {table} SET note = '已公开'")
        cursor.execute(f"UPDATE {table} SET locked = false")
        cursor.execute(f"UPDATE {table} SET {change}")


def test_the_form_is_not_offered_and_one_that_was_open_is_refused_in_words(locked, clerk, officer, client_of):
    for user in (clerk, officer):
        client, page = client_of(user), f"/ledgers/collective_incomes/{locked.pk}/"
        assert f"{page}edit/" not in client.get(page).content.decode()
        answer = client.post(
            f"{page}edit/", {"place": VILLAGE, "year": "2019", "business": "13", "version": "1"}
        )
        assert answer.status_code == 200 and "该年度已锁定，不作更改" in answer.content.decode()
    assert (now(locked).business, locked.version) == (12, 1)


def test_after_the_county_unlocks_it_the_form_is_there_again(locked, clerk, officer, client_of):
    with everywhere("test"):
        PROCESS.take(locked, "unlock", officer, reason="补报上交收入")
    page = f"/ledgers/collective_incomes/{locked.pk}/"
    answer = client_of(clerk).post(
        f"{page}edit/", {"place": VILLAGE, "year": "2019", "business": "13", "version": "2"}
    )
    assert answer.status_code == 302 and now(locked).business == 13


def test_a_file_that_differs_from_a_locked_year_is_pointed_out_and_changes_nothing(locked, officer, in_scope):
    with in_scope(officer):
        made = planned(sheet(HEADS, row(经营收入=15, 发包及上交收入=3, 备注="更正")))
    (told,) = made.rows
    assert told.verdict == "same" and not told.changes and not told.faults
    assert {hint["header"]: hint["reason"] for hint in told.hints} == {
        "经营收入": f"系统中为“12”，{WHY}",
        "发包及上交收入": f"系统中为“空”，{WHY}",
        "备注": f"系统中为“空”，{WHY}",
    }


def test_a_file_that_says_the_same_of_a_locked_year_is_the_same(locked, clerk, in_scope):
    with in_scope(clerk):
        (told,) = planned(sheet(HEADS, row())).rows
    assert told.verdict == "same" and not told.hints


def test_the_whole_import_passes_by_a_locked_year_and_takes_the_rest(locked, tmp_path):
    path = tmp_path / "村级集体经济收入统计表.xlsx"
    path.write_bytes(workbook(HEADS, row(经营收入=15), row(年度=2018, 经营收入=9)))
    out = io.StringIO()
    call_command("import_workbook", path, "--json", stdout=out)
    (told,) = json.loads(out.getvalue())
    assert told["state"] == "committed" and not told["errors"]
    with everywhere("test"):
        assert dict(CollectiveIncome.objects.values_list("year", "business")) == {2018: 9, 2019: 12}


def test_the_auditor_is_said_by_the_step_or_by_the_county(clerk, officer, in_scope):
    make("filed")
    told = {}
    for user in (clerk, officer):
        with in_scope(user):
            (one,) = planned(sheet(HEADS, row())).rows
            told[user] = one.changes
    assert told == {clerk: {}, officer: {"auditor": "赵会计"}}
