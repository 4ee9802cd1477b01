from itertools import product

import pytest

from yunhu.telephony.sip.transaction_table import TABLES, Event, Refusal, State, Step, step

STATES = {
    "INVITE client": {State.CALLING, State.PROCEEDING, State.ACCEPTED, State.COMPLETED},
    "client": {State.TRYING, State.PROCEEDING, State.COMPLETED},
    "INVITE server": {State.PROCEEDING, State.ACCEPTED, State.COMPLETED, State.CONFIRMED},
    "server": {State.TRYING, State.PROCEEDING, State.COMPLETED},
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_given_a_machine_when_every_pair_is_asked_then_each_is_a_step_or_an_explicit_refusal(
    name: str,
) -> None:
    assert set(TABLES[name]) == set(product(STATES[name], Event))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_given_a_machine_when_its_steps_are_walked_then_it_stays_in_its_states_and_can_always_end(
    name: str,
) -> None:
    for state in STATES[name]:
        targets = {
            found.state for event in Event if isinstance(found := step(TABLES[name], state, event), Step)
        }
        assert targets <= STATES[name] | {State.TERMINATED}
        assert targets - {state}


@pytest.mark.parametrize("event", list(Event))
def test_given_a_terminated_transaction_when_anything_happens_then_it_is_refused(event: Event) -> None:
    assert all(isinstance(step(table, State.TERMINATED, event), Refusal) for table in TABLES.values())
