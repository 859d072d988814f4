"""Every process: each state × step × role is as the rules say (tests/villages/machines), and nothing else is possible."""

import pytest

from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepForbidden, StepOvertaken
from tests.villages.machines import MACHINES
from villages.models import Role

pytestmark = pytest.mark.django_db
BY_CODE = {one.code: one for one in MACHINES}
STATES = [(one.code, state) for one in MACHINES for state in REGISTRY[one.code].states]


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.DATA_DIR, settings.FILES_RESERVE = tmp_path, (0, 0)


def test_every_process_has_its_rules():
    assert BY_CODE.keys() == REGISTRY.keys()


@pytest.mark.parametrize("code", BY_CODE)
def test_the_table_of_steps_is_the_table_of_rules(code):
    table = {
        (state, verb): set(who)
        for verb, step in REGISTRY[code].steps.items()
        for state, who in step.who.items()
    }
    assert table == {cell: roles for cell, (roles, _) in BY_CODE[code].cells.items()}


@pytest.mark.parametrize("code", BY_CODE)
def test_every_state_is_come_to_or_begun_in_and_every_turn_can_be_taken(code):
    process, cells = REGISTRY[code], BY_CODE[code].cells
    for state, turn in process.turns.items():
        assert turn.roles <= cells[state, turn.verb][0], state


@pytest.mark.case("A-069")
@pytest.mark.parametrize("code,state", STATES)
def test_each_role_takes_from_each_state_exactly_the_steps_of_the_rules(code, state, somebody):
    process, machine = REGISTRY[code], BY_CODE[code]
    users = [somebody(role) for role in Role]
    with everywhere("test"):
        idle = machine.make(state)
        assert process.state(idle) == state
        for verb in process.steps:
            roles, target = machine.cells.get((state, verb), ((), ""))
            for user in users:
                if user.role in roles:
                    found = machine.make(state)
                    machine.ready(found, verb)
                    taken = process.take(found, verb, user, **machine.needed.get(verb, {}))
                    assert (process.state(found), taken.before, taken.after) == (target, state, target), (
                        verb,
                        user,
                    )
                    assert (found.version, taken.version, taken.by) == (2, 2, user)
                else:
                    with pytest.raises((StepForbidden, StepOvertaken)):
                        process.take(idle, verb, user, **machine.needed.get(verb, {}))
            assert set(process.open_steps(idle, users[0])) == {
                v for v in process.steps if users[0].role in machine.cells.get((state, v), ((), ""))[0]
            }
        idle.refresh_from_db()
        assert (process.state(idle), idle.version) == (state, 1)
        assert not RecordStep.objects.filter(ledger=process.ledger, record=idle.pk).exists()
