"""Deadlines are told at their thresholds, once, to whose turn it is, then level by level above them."""

import threading
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from inspections.models import Item
from inspections.parameters import Days
from povertyparty import jobs
from povertyparty.kinds import Fault
from povertyparty.models import Notice
from povertyparty.reminders import remind
from povertyparty.scope import everywhere
from tests.inspections.rectifying import COUNTY, FAR
from tests.inspections.telling import people, told
from villages.access import chosen, take_up
from villages.models import Appointment, Parameter, Role

R = Role
DUE = date(2027, 1, 5)


def run(on):
    with everywhere("test"):
        return remind(on)


def told_now(on):
    """(kind, title, role) of what was new that day."""
    with everywhere("test"):
        seen = set(Notice.objects.values_list("pk", flat=True))
    run(on)
    fresh = [one for one in told() if one.pk not in seen]
    roles = dict(Appointment.objects.values_list("pk", "role"))
    return sorted((one.kind, one.title, str(roles[one.appointment])) for one in fresh)


@pytest.fixture
def line(somebody):
    """The line from the village to the county, one person a post; the stranger of other tests supervises."""
    roles = (R.VILLAGE_FILER, R.TOWNSHIP_OFFICER, R.TOWNSHIP_LEADER, R.COUNTY_OFFICER, R.COUNTY_LEADER)
    somebody(R.TOWNSHIP_OFFICER, FAR), somebody(R.TOWNSHIP_LEADER, FAR)
    return {role: somebody(role) for role in roles}


def reminder(title):
    return [("reminder", title, R.TOWNSHIP_OFFICER), ("reminder", title, R.VILLAGE_FILER)]


WORK = "报告进展，整改到位后申请销号"
# By hand, across the end of the year: the deadline is 2027-01-05.
TABLE = [
    (date(2026, 12, 15), []),  # 21 days before
    (date(2026, 12, 16), reminder(f"整改时限还有20天：请{WORK}")),
    (date(2026, 12, 17), []),
    (date(2026, 12, 26), reminder(f"整改时限还有10天：请{WORK}")),
    (date(2027, 1, 1), []),
    (date(2027, 1, 2), reminder(f"整改时限还有3天：请{WORK}")),
    (date(2027, 1, 5), []),
    (date(2027, 1, 6), reminder(f"整改时限已过1天：请{WORK}")),
    (date(2027, 1, 7), []),
    (date(2027, 1, 8), [("escalation", "整改时限已过3天：请督促", R.TOWNSHIP_LEADER)]),
    (date(2027, 1, 12), [("escalation", "整改时限已过7天：请督促", R.COUNTY_OFFICER)]),
    (date(2027, 1, 20), [("escalation", "整改时限已过15天：请督促", R.COUNTY_LEADER)]),
    (date(2027, 1, 21), []),
    (date(2027, 3, 1), []),
]


@pytest.mark.django_db
def test_thresholds_day_by_day_across_the_end_of_the_year(line, item_in):
    item_in("doing", due_on=DUE)
    assert [(on, told_now(on)) for on, _ in TABLE] == TABLE


@pytest.mark.django_db
def test_every_day_of_a_quarter_tells_as_much_as_the_days_of_the_table(line, item_in):
    item_in("doing", due_on=DUE)
    for n in range(120):
        run(date(2026, 12, 1) + timedelta(n))
    assert len(told()) == sum(len(expected) for _, expected in TABLE)


@pytest.mark.django_db
def test_after_days_of_silence_each_hears_the_latest_threshold_only(line, item_in):
    item = item_in("doing", due_on=DUE)
    run(date(2027, 1, 13))
    assert len(told(item)) == 4  # two in the village and township, and each level above whose day has come
    assert {one.title.partition("：")[0] for one in told(item)} == {"整改时限已过8天"}


@pytest.mark.django_db
def test_old_deadlines_that_came_in_with_a_ledger_are_no_heap_of_notices(line, item_in):
    item_in("doing", due_on=date(2020, 6, 30))
    run(DUE)
    assert not told()


@pytest.mark.django_db
def test_a_threshold_before_the_item_was_assigned_was_never_passed(line, item_in):
    item_in("doing", due_on=DUE, facts={"assigned_on": DUE - timedelta(8)})
    assert told_now(DUE - timedelta(7)) == []
    assert len(told_now(DUE - timedelta(3))) == 2


@pytest.mark.django_db
def test_a_new_deadline_is_told_anew(line, item_in):
    item = item_in("doing", due_on=DUE)
    run(DUE - timedelta(3))
    with everywhere("test data"):
        Item.objects.filter(pk=item.pk).update(due_on=DUE + timedelta(30))
    assert len(told_now(DUE + timedelta(27))) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["closed", "archived", "moved", "voided"])
def test_what_has_ended_has_no_deadline(state, line, item_in):
    item_in(state, due_on=DUE)
    run(DUE + timedelta(1))
    assert not told()


@pytest.mark.django_db
def test_whose_turn_it_is_is_reminded_and_only_those_above_are_told(line, item_in):
    """Under review the township's leader is late; the levels above hear of it, the village does not."""
    item = item_in("applied", due_on=DUE)
    run(DUE + timedelta(3))
    assert people(told(item)) == {line[R.TOWNSHIP_LEADER]}
    run(DUE + timedelta(15))
    assert people(told(item)) == {line[R.TOWNSHIP_LEADER], line[R.COUNTY_OFFICER], line[R.COUNTY_LEADER]}


@pytest.mark.django_db
def test_signing_is_due_so_many_days_after_assigning(line, item_in):
    item = item_in("assigned", due_on=date(2099, 1, 1), facts={"assigned_on": date(2026, 12, 30)})
    assert {title for _, title, _ in told_now(date(2027, 1, 1))} == {"签收期限还有3天：请签收交办"}
    assert {kind for kind, _, _ in told_now(date(2027, 1, 7))} == {"escalation"} or told(item)


@pytest.mark.django_db
def test_looking_back_is_told_when_it_may_begin_and_before_it_ends(line, somebody, item_in):
    somebody(R.SUPERVISOR)  # another than who applied
    item_in("closed", facts={"closed_on": date(2026, 10, 1), "look_back_on": date(2026, 12, 30), "look_back_due": date(2027, 3, 30)})  # fmt: skip
    opened, near = told_now(date(2026, 12, 30)), told_now(date(2027, 3, 20))
    assert {one[1] for one in opened} == {"回头看起始日就是今天：请回头看"}
    assert {one[1] for one in near} == {"回头看时限还有10天：请回头看"}
    assert {one[2] for one in opened + near} == {R.COUNTY_OFFICER, R.SUPERVISOR}


@pytest.mark.django_db
def test_a_periodic_report_is_asked_for_before_it_is_due(line, item_in):
    item_in("lasting", facts={"report_due": DUE})
    assert told_now(DUE - timedelta(10)) == reminder("定期报告时限还有10天：请定期报告")


@pytest.mark.django_db
def test_an_escalation_names_the_item_and_its_unit_and_whose_turn_it_is(line, item_in):
    item = item_in("doing", due_on=DUE, facts={"unit": "前湾村党支部"})
    run(DUE + timedelta(3))
    (one,) = told(item, kind="escalation")
    assert f"{item.code}；责任单位：前湾村党支部" in one.text and "轮到责任单位报告进展" in one.text
    assert one.user == line[R.TOWNSHIP_LEADER]


@pytest.mark.django_db
def test_where_a_level_is_vacant_the_next_one_hears_it_and_why(somebody, item_in):
    somebody(R.VILLAGE_FILER)
    officer = somebody(R.COUNTY_OFFICER)
    item = item_in("doing", due_on=DUE)
    run(DUE + timedelta(3))
    (one,) = told(item, kind="escalation")
    assert one.user == officer and "没有可以办理的乡镇领导" in one.text


@pytest.mark.django_db
def test_a_post_that_a_place_does_not_have_is_not_vacant(line, item_in):
    """Over the county itself there is no township leader: the county office hears of it in its own time."""
    item = item_in("planned", due_on=DUE, place=COUNTY)
    run(DUE + timedelta(3))
    assert people(told(item)) == {line[R.COUNTY_OFFICER]} and not told(item, kind="escalation")


@pytest.mark.django_db
def test_a_department_is_reminded_of_its_own_items_only(line, somebody, item_in):
    users = {}
    for unit in ("县委党校", "县教育局"):
        users[unit] = somebody(R.DEPARTMENT)
        Appointment.objects.filter(user=users[unit]).update(unit=unit)
        take_up(users[unit], chosen(users[unit]))
    item = item_in("doing", due_on=DUE, facts={"unit": "县委党校"})
    run(DUE - timedelta(3))
    assert users["县委党校"] in people(told(item)) and users["县教育局"] not in people(told(item))


@pytest.mark.django_db
def test_a_county_sets_its_own_thresholds(line, item_in, officer):
    with everywhere("test data"):
        for key, value in (("remind_ahead_days", "15、5"), ("escalate_township_days", "2")):
            Parameter.objects.create(
                county_id=COUNTY, key=key, value=value, valid_from=date(2020, 1, 1), by=officer
            )
    item_in("doing", due_on=DUE)
    days = [n for n in range(-20, 4) if told_now(DUE + timedelta(n))]
    assert days == [-15, -5, 1, 2]


@pytest.mark.parametrize(
    "typed,read", [("20、10、3", "20、10、3"), ("3, 10，20", "20、10、3"), ("10 10;3", "10、3"), (7, "7")]
)
def test_days_are_read_as_people_write_them(typed, read):
    assert Days().parse(typed) == read


@pytest.mark.parametrize("typed", ["", "十天", "0", "-3", "400", "1、2、3、4、5、6、7", "3.5"])
def test_what_are_no_days_is_refused(typed):
    with pytest.raises(Fault):
        Days().parse(typed)


# Who runs it, and how often


@pytest.mark.django_db
def test_the_day_is_asked_when_it_runs(line, item_in, monkeypatch):
    item_in("doing", due_on=DUE)
    monkeypatch.setattr(timezone, "localdate", lambda *_: DUE - timedelta(3))
    run(None)
    assert {one.title for one in told()} == {f"整改时限还有3天：请{WORK}"}


@pytest.mark.django_db
def test_the_worker_queues_it_every_day_and_running_it_again_tells_nothing_new(line, item_in):
    item_in("doing", due_on=timezone.localdate() + timedelta(3))
    jobs.queue_daily()
    jobs.run_pending()
    with everywhere("test"):
        done = jobs.Job.objects.get(kind="remind")
    assert (done.state, done.result) == ("done", {"told": 2, "purged": 0})
    jobs.queue_daily()
    jobs.run_pending()
    assert len(told()) == 2


@pytest.mark.django_db
def test_the_command_says_how_many_were_new(line, item_in, capsys):
    item_in("doing", due_on=DUE)
    for expected in (2, 0):
        call_command("remind", on="2027-01-02")
        assert capsys.readouterr().out.strip() == f"新通知 {expected} 条"


@pytest.mark.django_db
def test_as_many_queries_for_many_items_as_for_few(line, item_in, django_assert_max_num_queries):
    for _ in range(5):
        item_in("doing", due_on=DUE)
    with django_assert_max_num_queries(60):
        run(DUE)
    for _ in range(40):
        item_in("doing", due_on=DUE)
    with django_assert_max_num_queries(60):
        run(DUE)
    assert len(told()) == 45 * 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_threshold_once(line, item_in):
    for n in range(30):
        item_in("doing", due_on=DUE + timedelta(n % 3))
    gate, outcomes = threading.Barrier(2), []

    def work():
        try:
            with everywhere("test"):
                gate.wait()
                outcomes.append(remind(DUE + timedelta(1)))
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(isinstance(one, int) for one in outcomes), outcomes
    keys = [one.told for one in told()]
    assert len(keys) == len(set(keys)) == 60
