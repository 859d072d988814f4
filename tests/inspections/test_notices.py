"""Whose turn became by a step is told to them once, to nobody else; how one reads it, and what the bell says."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty import desk
from povertyparty.models import Notice
from povertyparty.scope import everywhere
from tests.inspections.rectifying import COUNTY, FAR, ITEMS, NEAR, VILLAGE, needed
from tests.inspections.telling import people, told
from villages import posts
from villages.access import chosen, take_up
from villages.models import Appointment, Role

pytestmark = pytest.mark.django_db
R = Role


@pytest.fixture
def step(in_scope):
    """step(item, verb, user): taken as a browser would, in the user's own scope."""

    def take(item, verb, user, **more):
        with in_scope(user):
            return RECTIFICATION.take(Item.objects.get(pk=item.pk), verb, user, **needed(verb) | more)

    return take


@pytest.fixture
def crew(somebody):
    """One person in every role that has to do with 前湾村, by role; and their likes in 远水乡."""
    roles = (
        R.VILLAGE_FILER,
        R.TOWNSHIP_OFFICER,
        R.TOWNSHIP_LEADER,
        R.COUNTY_OFFICER,
        R.COUNTY_LEADER,
        R.SUPERVISOR,
    )
    found = {role: somebody(role) for role in roles}
    for role in (R.TOWNSHIP_OFFICER, R.TOWNSHIP_LEADER):
        somebody(role, FAR)
    return found


@pytest.fixture
def department(somebody):
    """department("县委党校"): somebody of a county department whose appointment names that unit."""

    def make(unit):
        user = somebody(R.DEPARTMENT)
        Appointment.objects.filter(user=user).update(unit=unit)
        return take_up(user, chosen(user))

    return make


# By a hand table: from which state, which step, by whom, and whom that concerns.
TURNS = [
    ("not_started", "assign", R.COUNTY_OFFICER, "turn", {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER, R.TOWNSHIP_LEADER}, "签收交办"),
    ("signed", "plan", R.VILLAGE_FILER, "turn", {R.COUNTY_OFFICER}, "审核措施"),
    ("planned", "amend", R.COUNTY_OFFICER, "turn", {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER}, "报措施"),
    ("doing", "ask_extension", R.VILLAGE_FILER, "turn", {R.COUNTY_LEADER}, "审批延期"),
    ("deferring", "extend", R.COUNTY_LEADER, "turn", {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER}, "同意延期"),
    ("deferring", "deny", R.COUNTY_LEADER, "turn", {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER}, "不同意延期"),
    ("doing", "apply", R.VILLAGE_FILER, "turn", {R.TOWNSHIP_LEADER}, "初审"),
    ("applied", "return", R.TOWNSHIP_LEADER, "turn", {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER}, "退回"),
    ("reviewed", "verify", R.COUNTY_OFFICER, "turn", {R.COUNTY_LEADER}, "销号"),
    ("closed", "reopen", R.COUNTY_OFFICER, "turn", {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER}, "重新整改"),
]  # fmt: skip


@pytest.mark.parametrize("state,verb,role,kind,concerned,words", TURNS)
def test_whose_turn_it_became_is_told(state, verb, role, kind, concerned, words, crew, item_in, step):
    item = item_in(state)
    step(item, verb, crew[role])
    notices = told(item, kind=kind)
    assert people(notices) == {crew[one] for one in concerned}
    assert all(words in one.title and one.url == f"/items/{item.pk}/" for one in notices)


def test_the_reason_why_nobody_reads_of_another_township(crew, item_in, step, client_of):
    item = item_in("doing")
    step(item, "apply", crew[R.VILLAGE_FILER])
    for appointment in Appointment.objects.filter(place=FAR).select_related("user"):
        assert not told(user=appointment.user)


def test_closing_is_told_to_those_who_took_part(crew, item_in, step):
    item = item_in("verified", apply=crew[R.VILLAGE_FILER], verify=crew[R.COUNTY_OFFICER])
    step(item, "close", crew[R.COUNTY_LEADER])
    notices = told(item)
    assert {one.kind for one in notices} == {"result"} and "已销号" in notices[0].title
    assert {crew[R.VILLAGE_FILER], crew[R.COUNTY_OFFICER]} <= people(notices)
    assert crew[R.COUNTY_LEADER] not in people(notices) and crew[R.TOWNSHIP_LEADER] not in people(notices)


def test_a_report_that_changes_no_state_tells_nobody(crew, item_in, step):
    item = item_in("doing")
    step(item, "report", crew[R.VILLAGE_FILER])
    assert not told(item)


def test_a_department_is_told_of_its_own_items_only(crew, department, item_in, step):
    ours, theirs, any_unit = department("县委党校"), department("县教育局"), department("")
    item = item_in("not_started", facts={"unit": "县委党校"})
    step(item, "assign", crew[R.COUNTY_OFFICER])
    assert {ours, any_unit} <= people(told(item)) and theirs not in people(told(item))


def test_the_same_department_sees_in_its_to_dos_what_it_was_told_of(
    crew, department, item_in, step, in_scope
):
    for unit in ("县委党校", "县教育局", ""):
        user, item = department(unit), item_in("not_started")
        step(item, "assign", crew[R.COUNTY_OFFICER])
        with in_scope(user):
            waits = RECTIFICATION.todo_for(user).filter(pk=item.pk).exists()
        assert waits == (user in people(told(item)))


def test_who_applied_is_not_asked_to_review(somebody, item_in, step):
    applied, other = somebody(R.TOWNSHIP_LEADER), somebody(R.TOWNSHIP_LEADER)
    item = item_in("doing")
    step(item, "apply", applied)
    assert people(told(item)) == {other}


def test_a_vacant_post_is_told_a_level_up_and_it_is_said(somebody, item_in, step):
    filer, officer = somebody(R.VILLAGE_FILER), somebody(R.COUNTY_OFFICER)
    item = item_in("doing")
    step(item, "apply", filer)
    (notice,) = told(item)
    assert notice.user == officer and "没有可以办理的乡镇领导" in notice.text


def test_an_appointment_that_ended_is_a_vacant_post(somebody, item_in, step):
    filer, leader, officer = (
        somebody(R.VILLAGE_FILER),
        somebody(R.TOWNSHIP_LEADER),
        somebody(R.COUNTY_OFFICER),
    )
    Appointment.objects.filter(user=leader).update(to_on=timezone.localdate() - timedelta(1))
    item = item_in("doing")
    step(item, "apply", filer)
    assert people(told(item)) == {officer}


def test_who_can_only_judge_their_own_work_is_as_good_as_vacant(somebody, item_in, step):
    """The only township leader applied herself: the county hears of it."""
    leader, officer = somebody(R.TOWNSHIP_LEADER), somebody(R.COUNTY_OFFICER)
    item = item_in("doing")
    step(item, "apply", leader)
    assert people(told(item)) == {officer}


@pytest.mark.parametrize(
    "roles,code,expected",
    [
        ({R.VILLAGE_FILER}, VILLAGE, [R.TOWNSHIP_LEADER, R.COUNTY_OFFICER, R.COUNTY_LEADER]),
        ({R.VILLAGE_FILER}, COUNTY, [R.COUNTY_OFFICER, R.COUNTY_LEADER]),
        ({R.TOWNSHIP_LEADER, R.DEPARTMENT}, VILLAGE, [R.COUNTY_OFFICER, R.COUNTY_LEADER]),
        ({R.DEPARTMENT}, COUNTY, [R.COUNTY_OFFICER, R.COUNTY_LEADER]),
        ({R.COUNTY_OFFICER, R.SUPERVISOR}, NEAR, [R.COUNTY_LEADER]),
        ({R.COUNTY_LEADER}, NEAR, []),
    ],
)
def test_above_a_post_stand_these(roles, code, expected):
    assert posts.above(frozenset(roles), code) == [frozenset({role}) for role in expected]


def test_the_next_step_settles_what_was_not_read(crew, item_in, step):
    item = item_in("assigned")
    step(item, "sign", crew[R.VILLAGE_FILER])
    (asked,) = told(item, user=crew[R.TOWNSHIP_OFFICER])
    step(item, "plan", crew[R.VILLAGE_FILER])
    (settled,) = told(item, pk=asked.pk)
    assert asked.is_unread and not settled.is_unread and settled.read_at is None


def test_a_refused_step_tells_nobody(crew, item_in, client_of):
    item = item_in("doing")
    client_of(crew[R.VILLAGE_FILER]).post(f"/items/{item.pk}/apply/", {"version": item.version})
    assert not told(item)


def test_every_step_of_every_state_can_be_told(crew, item_in, step):
    """Whoever takes whichever step: nobody hears of what they did themselves, everybody is appointed over the place."""
    for (state, verb), (roles, _) in ITEMS.cells.items():
        if user := next((crew[role] for role in sorted(roles) if role in crew), None):
            facts = {"closed_on": date(2020, 1, 1)} if state == "closed" else None
            item = item_in(state, facts=facts)
            step(item, verb, user)
            assert user not in people(told(item)), (state, verb)


# The database keeps one of each


def test_the_database_refuses_a_notice_told_twice(item_in, clerk):
    item = item_in("doing")
    one = {
        "place_code": VILLAGE, "user": clerk, "appointment": clerk.appointment.pk, "kind": "turn", "ledger": "items",
        "record": item.pk, "occasion": "step.9", "title": "请签收", "url": "/",
    }  # fmt: skip
    with everywhere("test"):
        Notice.objects.create(**one)
        with pytest.raises(IntegrityError, match="notice_once"), transaction.atomic():
            Notice.objects.create(**one)
        assert Notice.keep([Notice(**one)]) == 0


# The inbox


@pytest.fixture
def asked(crew, item_in, step):
    """Two items that the township leader is asked to review, and one that came back to the village."""
    items = [item_in("doing") for _ in range(2)]
    for one in items:
        step(one, "apply", crew[R.VILLAGE_FILER])
    return items


def test_the_inbox_shows_to_dos_and_notices(asked, crew, client_of):
    page = client_of(crew[R.TOWNSHIP_LEADER]).get("/inbox/").content.decode()
    assert page.count("申请销号：请初审") == 2 and "未读 2 条" in page and "2 项" in page
    assert "没有通知" in client_of(crew[R.COUNTY_LEADER]).get("/inbox/").content.decode()


def test_opening_a_notice_reads_it_and_leads_to_the_record(asked, crew, client_of):
    client = client_of(crew[R.TOWNSHIP_LEADER])
    one, other = told(user=crew[R.TOWNSHIP_LEADER])
    answer = client.post(f"/inbox/{one.pk}/")
    assert (answer.status_code, answer.url) == (302, one.url)
    one, other = told(user=crew[R.TOWNSHIP_LEADER])
    assert one.read_at and not other.read_at


def test_looking_at_the_inbox_reads_nothing(asked, crew, client_of):
    client_of(crew[R.TOWNSHIP_LEADER]).get("/inbox/")
    assert all(one.is_unread for one in told(user=crew[R.TOWNSHIP_LEADER]))


def test_all_are_read_at_once_or_all_of_a_kind(asked, crew, client_of):
    client, leader = client_of(crew[R.TOWNSHIP_LEADER]), crew[R.TOWNSHIP_LEADER]
    client.post("/inbox/read-all/", {"kind": "reminder"})
    assert all(one.is_unread for one in told(user=leader))
    client.post("/inbox/read-all/", {"kind": ""})
    assert not any(one.is_unread for one in told(user=leader))


def test_a_notice_is_read_by_its_addressee_only(asked, crew, client_of):
    (first, _) = told(user=crew[R.TOWNSHIP_LEADER])
    for role in (R.TOWNSHIP_OFFICER, R.COUNTY_OFFICER, R.COUNTY_LEADER):
        client = client_of(crew[role])
        assert client.post(f"/inbox/{first.pk}/").status_code == 404
        assert client.post(f"/inbox/{first.pk}/read/").status_code == 404
        assert "申请销号：请初审" not in client.get("/inbox/").content.decode()
    assert told(pk=first.pk)[0].is_unread


def test_the_unread_stand_first_and_a_kind_can_be_chosen(asked, crew, client_of):
    leader = crew[R.TOWNSHIP_LEADER]
    first, last = told(user=leader)
    client = client_of(leader)
    client.post(f"/inbox/{last.pk}/read/")
    page = client.get("/inbox/").content.decode()
    assert page.index(f'action="/inbox/{first.pk}/"') < page.index(f'action="/inbox/{last.pk}/"')
    assert f"/inbox/{first.pk}/" not in client.get("/inbox/?kind=comment").content.decode()
    assert client.get("/inbox/?kind=nonsense&page=99").status_code == 200


def test_the_inbox_is_paged(crew, client_of):
    leader = crew[R.TOWNSHIP_LEADER]
    with everywhere("test data"):
        Notice.objects.bulk_create(
            Notice(
                place_code=VILLAGE, user=leader, appointment=leader.appointment.pk, kind="turn", ledger="items",
                record=n, occasion="step.1", title=f"第{n}条", url="/",
            ) for n in range(45)
        )  # fmt: skip
    client = client_of(leader)
    assert client.get("/inbox/?kind=turn&page=3").content.decode().count('class="unread"') == 5
    assert "kind=turn&amp;page=2" in client.get("/inbox/?kind=turn").content.decode()


def test_the_bell_tells_to_dos_and_unread_notices(asked, crew, client_of, in_scope):
    leader = crew[R.TOWNSHIP_LEADER]
    client = client_of(leader)
    assert "待办 2 项，未读通知 2 条" in client.get("/").content.decode()
    client.post("/inbox/read-all/")
    assert "待办 2 项，未读通知 0 条" in client.get("/").content.decode()


def test_the_bell_rings_at_once_for_what_one_read_oneself(asked, crew, client_of, monkeypatch):
    monkeypatch.setattr(desk, "SECONDS", 60)
    client = client_of(crew[R.TOWNSHIP_LEADER])
    assert "未读通知 2 条" in client.get("/inbox/").content.decode()
    client.post(f"/inbox/{told(user=crew[R.TOWNSHIP_LEADER])[0].pk}/read/")
    assert "未读通知 1 条" in client.get("/inbox/").content.decode()


def test_the_bell_asks_once_however_much_there_is(asked, crew, in_scope):
    for role in (R.TOWNSHIP_LEADER, R.COUNTY_OFFICER, R.SUPERVISOR):
        with in_scope(crew[role]), CaptureQueriesContext(connection) as queries:
            desk.bell(crew[role])
        assert len(queries) == 1


def test_rights_end_with_the_appointment(asked, crew, client_of):
    leader = crew[R.TOWNSHIP_LEADER]
    Appointment.objects.filter(user=leader).update(to_on=timezone.localdate() - timedelta(1))
    Appointment.objects.create(user=leader, role=R.TOWNSHIP_LEADER, place_id=FAR, from_on=date(2020, 1, 1))
    assert "没有通知" in client_of(leader).get("/inbox/").content.decode()


def test_every_button_of_the_inbox_carries_its_token(asked, crew, client_of):
    page = client_of(crew[R.TOWNSHIP_LEADER]).get("/inbox/").content.decode()
    forms = re.findall(r'<form[^>]*action="/inbox/.*?</form>', page, re.DOTALL)
    assert len(forms) == 5 and all("csrfmiddlewaretoken" in form for form in forms)
