"""Notices go when they are old, no more unread, and what they asked for was done; nothing else goes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from povertyparty import jobs
from povertyparty.models import Comment, Notice, RecordStep
from povertyparty.reminders import CATCH_UP, purge
from povertyparty.scope import everywhere
from tests.conftest import VILLAGE
from tests.inspections.telling import told

pytestmark = pytest.mark.django_db
Kind = Notice.Kind
READ = {"read_at": timezone.now()}


@pytest.fixture
def notice(item_in, clerk):
    """notice("turn", **READ): told of an item now."""
    item, occasions = item_in("doing"), iter(range(100))

    def make(kind, **facts):
        with everywhere("test data"):
            return Notice.objects.create(
                place_code=VILLAGE, user=clerk, appointment=clerk.appointment.pk, ledger="items", record=item.pk,
                occasion=f"step.{next(occasions)}", kind=kind, title="请办理", url="/", **facts,
            )  # fmt: skip

    return make


@pytest.fixture
def move(clerk):
    """move(notice): a step taken now with the record that it tells of."""

    def take(found, after="applied"):
        with everywhere("test data"):
            return RecordStep.objects.create(
                process="items", ledger=found.ledger, record=found.record, place_code=VILLAGE, verb="apply",
                before="doing", after=after, version=90 + RecordStep.objects.count(), by=clerk, office="经办",
            )  # fmt: skip

    return take


def gone(days=181):
    """How many notices went, so many days from now."""
    with everywhere("test"):
        return purge(timezone.now() + timedelta(days))


def test_a_result_that_was_read_goes_and_one_that_was_not_stays(notice):
    notice(Kind.RESULT, **READ)
    kept = notice(Kind.RESULT)
    assert gone() == 1 and told() == [kept]


def test_a_day_too_early_it_stays(notice):
    notice(Kind.RESULT, **READ)
    assert gone(179) == 0


def test_an_installation_says_how_long(notice, settings):
    settings.NOTICES_DAYS = 90
    notice(Kind.RESULT, **READ)
    assert gone(91) == 1


@pytest.mark.parametrize("kind", Notice.UNDONE)
def test_what_asks_for_something_goes_once_the_record_moved_on(kind, notice, move):
    found = notice(kind, **READ)
    assert gone() == 0
    move(found, after="doing")
    assert gone() == 0, "a report moves nothing"
    move(found)
    assert gone() == 1


def test_a_step_before_it_is_no_answer_to_it(notice, move):
    move(notice(Kind.RESULT))
    notice(Kind.TURN, **READ)
    assert gone() == 0


def test_unread_it_goes_only_if_the_next_step_settled_it(notice, move):
    move(notice(Kind.TURN))
    assert gone() == 0
    move(notice(Kind.TURN, settled_at=timezone.now()))
    assert gone() == 1


def test_of_a_comment_it_goes_once_somebody_saw_to_it(notice, move, clerk, officer):
    found = notice(Kind.COMMENT, **READ)
    with everywhere("test data"):
        comment = Comment.objects.create(
            place_code=VILLAGE, ledger="items", record=found.record, text="请补充", by=officer, office="经办",
            asked=[clerk.appointment.pk],
        )  # fmt: skip
    move(found)
    assert gone() == 0
    with everywhere("test"):
        comment.process(clerk)
    assert gone() == 1


def test_all_go_in_one_statement(notice):
    for _ in range(5):
        notice(Kind.RESULT, **READ)
    with CaptureQueriesContext(connection) as queries:
        assert gone() == 5
    assert sum("DELETE" in one["sql"] for one in queries) == 1


def test_the_days_work_does_it(notice):
    notice(Kind.RESULT, at=timezone.now() - timedelta(181), **READ)
    with everywhere("test"):
        jobs.queue("remind", owner=None, place_code="")
    jobs.run_pending()
    assert jobs.WORKS["remind"].daily and not told()


def test_nothing_is_forgotten_that_a_days_run_would_tell_again(settings):
    assert settings.NOTICES_DAYS > CATCH_UP
