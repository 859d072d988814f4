"""Numbers of papers run without a gap, whoever issues at the same moment and whatever is rolled back. Real threads, real commits."""

import os

import pytest
from django.utils import timezone

from inspections.models import DraftRefused, Slip
from inspections.steps import SLIPS
from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import StepOvertaken
from tests.inspections.pressing import item
from tests.inspections.test_step_races import at_once
from villages.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("RACE_ROUNDS", "4"))
YEAR, MANY = timezone.localdate().year, 8


class GoneWrong(Exception):
    """Something that undoes a transaction after the number was given."""


def drafts(n, level="3"):
    with everywhere("test"):
        return [Slip.draft(level, [item()]) for _ in range(n)]


def issuing(found, user, in_scope, fails=False):
    def action(gate):
        gate.wait()
        try:
            with in_scope(user):
                taken = SLIPS.take(Slip.objects.get(pk=found.pk), "issue", user)
                if fails:
                    raise GoneWrong
                return taken
        except GoneWrong:
            return None

    return action


def numbers(level="3"):
    with everywhere("test"):
        return sorted(Slip.objects.filter(level=level, issued=True).values_list("number", flat=True))


def run(mark, n):
    return sorted(f"〔{YEAR}〕{mark}{k}号" for k in range(1, n + 1))


def test_whoever_issues_at_once_numbers_neither_skip_nor_repeat(chief, in_scope):
    for n in range(1, ROUNDS + 1):
        outcomes = at_once(*(issuing(one, chief, in_scope) for one in drafts(MANY)))
        assert all(isinstance(one, RecordStep) for one in outcomes)
        assert numbers() == run("黄", n * MANY)


def test_an_issue_that_is_rolled_back_among_others_leaves_no_gap(chief, in_scope):
    papers = drafts(MANY)
    outcomes = at_once(*(issuing(one, chief, in_scope, fails=n % 2) for n, one in enumerate(papers)))
    assert sum(isinstance(one, RecordStep) for one in outcomes) == MANY // 2
    assert numbers() == run("黄", MANY // 2)
    at_once(*(issuing(one, chief, in_scope) for one in papers[1::2]))
    assert numbers() == run("黄", MANY)


def test_each_level_counts_for_itself_even_at_once(chief, in_scope):
    papers = [one for level in "2345" for one in drafts(2, level)]
    at_once(*(issuing(one, chief, in_scope) for one in papers))
    for level, mark in zip("2345", "蓝黄红谈", strict=True):
        assert numbers(level) == run(mark, 2)


def test_one_paper_issued_twice_at_once_gets_one_number(chief, in_scope):
    for n in range(1, ROUNDS + 1):
        (found,) = drafts(1)
        outcomes = at_once(*(issuing(found, chief, in_scope) for _ in range(4)))
        assert sum(isinstance(one, RecordStep) for one in outcomes) == 1
        assert sum(isinstance(one, StepOvertaken) for one in outcomes) == 3
        assert numbers() == run("黄", n)


def test_issuing_and_voiding_at_once_one_wins_and_numbers_stay_whole(chief, officer, in_scope):
    def voiding(found):
        def action(gate):
            with in_scope(officer):
                seen = Slip.objects.get(pk=found.pk)
                gate.wait()
                return SLIPS.take(seen, "void", officer, reason="与另一份重复")

        return action

    for _ in range(ROUNDS):
        (found,) = drafts(1)
        outcomes = at_once(issuing(found, chief, in_scope), voiding(found))
        assert sorted(type(one).__name__ for one in outcomes) == ["RecordStep", "StepOvertaken"]
    (last,) = drafts(1)
    at_once(issuing(last, chief, in_scope))
    with everywhere("test"):
        issued = sorted(Slip.objects.filter(number__startswith="〔").values_list("number", flat=True))
    assert issued == run("黄", len(issued))


def test_of_two_who_draft_about_one_item_at_once_one_is_told(somebody, in_scope):
    with everywhere("test"):
        found = item()

    def drafting(user):
        def action(gate):
            gate.wait()
            try:
                with in_scope(user):
                    return Slip.draft("3", [found])
            except DraftRefused as refusal:
                return refusal

        return action

    outcomes = at_once(*(drafting(somebody(Role.COUNTY_OFFICER)) for _ in range(3)))
    assert sorted(type(one).__name__ for one in outcomes) == ["DraftRefused", "DraftRefused", "Slip"]
