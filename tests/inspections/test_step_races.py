"""Of two steps at once one wins and leaves one row; whatever fails half way leaves nothing. Real threads, real commits."""

import itertools
import os
import threading

import pytest
from django.db import OperationalError, connection, connections

from inspections.models import Evidence, Item
from inspections.steps import RECTIFICATION
from povertyparty.models import RecordStep, StoredFile
from povertyparty.scope import everywhere
from povertyparty.steps import StepOvertaken
from tests.inspections.rectifying import ITEMS, VILLAGE, needed, trail
from villages.models import Role

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("RACE_ROUNDS", "4"))
PAIRS = [
    (state, *pair)
    for state in Item.State.values
    for pair in itertools.combinations_with_replacement([verb for at, verb in ITEMS.cells if at == state], 2)
]


def at_once(*actions):
    """What each action came to, all let go at the same moment, each on a connection of its own."""
    gate, outcomes = threading.Barrier(len(actions)), [None] * len(actions)

    def run(n, action):
        try:
            outcomes[n] = action(gate)
        except StepOvertaken as refusal:
            outcomes[n] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def taking(pk, verb, user, in_scope):
    """Loads the item first, so that all have seen the same version when the gate opens."""

    def action(gate):
        with in_scope(user):
            item = Item.objects.get(pk=pk)
            gate.wait()
            return RECTIFICATION.take(item, verb, user, **needed(verb))

    return action


def rows(model, **conditions):
    with everywhere("test"):
        return list(model.objects.filter(**conditions))


@pytest.mark.case("C-013")
@pytest.mark.case("C-014")
@pytest.mark.parametrize("state,one,other", PAIRS)
def test_of_two_steps_at_once_exactly_one_wins(state, one, other, item_in, somebody, in_scope, fresh):
    people = [named(somebody, state, verb, name) for verb, name in ((one, "甲"), (other, "乙"))]
    for _ in range(ROUNDS):
        item = item_in(state)
        outcomes = at_once(
            *(taking(item.pk, verb, user, in_scope) for verb, user in zip((one, other), people, strict=True))
        )
        (won,) = [one for one in outcomes if isinstance(one, RecordStep)]
        (lost,) = [one for one in outcomes if isinstance(one, StepOvertaken)]
        assert str(lost).startswith(f"{won.by}已于") and RECTIFICATION.steps[won.verb].label in str(lost)
        assert (fresh(item).version, fresh(item).state) == (item.version + 1, won.after)
        assert [step.pk for step in trail(item) if step.version > item.version] == [won.pk]


def named(somebody, state, verb, name):
    user = somebody(sorted(RECTIFICATION.steps[verb].who[state])[0])
    user.name = name
    user.save()
    return user


@pytest.mark.case("C-013")
def test_of_two_browsers_at_once_one_is_told_who_was_faster(item_in, somebody, client_of):
    officer, chief = somebody(Role.COUNTY_OFFICER), somebody(Role.COUNTY_LEADER)
    browsers = {"verify": client_of(officer), "return": client_of(chief)}
    for _ in range(ROUNDS):
        item = item_in("reviewed")

        def sending(verb, item=item):
            def action(gate):
                gate.wait()
                return browsers[verb].post(
                    f"/items/{item.pk}/{verb}/", needed(verb) | {"version": item.version}
                )

            return action

        pages = at_once(sending("verify"), sending("return"))
        assert sorted(page.status_code for page in pages) == [302, 409]
        told = next(page for page in pages if page.status_code == 409).content.decode()
        assert "县委组织部领导已于" in told or "县委组织部经办人已于" in told


@pytest.mark.case("C-007")
def test_one_form_sent_ten_times_at_once_has_one_effect(item_in, clerk, client_of, fresh):
    item = item_in("doing")
    form = {"version": item.version}

    def sending(browser):
        def action(gate):
            gate.wait()
            return browser.post(f"/items/{item.pk}/apply/", needed("apply") | form).status_code

        return action

    assert sorted(at_once(*(sending(client_of(clerk)) for _ in range(10)))) == [302] + [409] * 9
    assert len(trail(item)) == item.version and fresh(item).evidence.count() == 1


@pytest.mark.case("C-014")
def test_an_edit_and_a_step_at_once_never_mix(item_in, clerk, officer, in_scope, fresh):
    def editing(gate):
        with in_scope(officer):
            seen = Item.objects.get(pk=item.pk).version
            gate.wait()
            return Item.objects.filter(pk=item.pk, version=seen).update(goal="改过的目标", version=seen + 1)

    for _ in range(ROUNDS):
        item = item_in("doing")
        taken, edited = at_once(taking(item.pk, "report", clerk, in_scope), editing)
        assert isinstance(taken, RecordStep) != bool(edited)
        assert fresh(item).version == item.version + 1


@pytest.mark.case("D-007")
def test_whichever_statement_fails_step_trail_and_evidence_agree(item_in, clerk, in_scope, fresh):
    item = item_in("doing")
    for nth in itertools.count(1):
        count = itertools.count(1)

        def fail(execute, sql, params, many, context, nth=nth, count=count):
            if next(count) == nth:
                raise OperationalError("gone")
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(fail), in_scope(clerk):
                RECTIFICATION.take(Item.objects.get(pk=item.pk), "apply", clerk, **needed("apply"))
        except OperationalError:
            assert (fresh(item).state, fresh(item).version) == ("doing", item.version)
            assert rows(RecordStep, verb="apply") == rows(Evidence) == rows(StoredFile) == []
        else:
            break
    assert nth > 8 and fresh(item).state == "applied"
    assert len(rows(StoredFile, place_code=VILLAGE)) == len(rows(Evidence, item=item)) == 1
