"""What may be done with a module in which state: one case for every cell of the table."""

import re
from itertools import product

import pytest

from bigin_sync.admin.life import TABLE, No, Place, Verb, moved
from bigin_sync.errors import ModuleNotReady
from bigin_sync.pairing.catalog import ModuleSpec
from bigin_sync.store.modules import ModuleState as State

SPEC = ModuleSpec(name="boats", label="Boats & Berths", kinds=(), needs_view=True, can_disable=True)
CARRIER = ModuleSpec(name="harbour", label="Harbour", kinds=(), needs_view=True, can_disable=False)

MOVES = {
    (State.AVAILABLE, Verb.CONFIGURE): State.CONFIGURED,
    (State.CONFIGURED, Verb.CONFIGURE): State.CONFIGURED,
    (State.CONFIGURED, Verb.EDIT): State.CONFIGURED,
    (State.CONFIGURED, Verb.ACTIVATE): State.FIRST_SYNC,
    (State.FIRST_SYNC, Verb.CONFIGURE): State.FIRST_SYNC,
    (State.FIRST_SYNC, Verb.EDIT): State.FIRST_SYNC,
    (State.FIRST_SYNC, Verb.PAUSE): State.PAUSED,
    (State.FIRST_SYNC, Verb.DISABLE): State.DISABLED,
    (State.ACTIVE, Verb.CONFIGURE): State.ACTIVE,
    (State.ACTIVE, Verb.EDIT): State.ACTIVE,
    (State.ACTIVE, Verb.PAUSE): State.PAUSED,
    (State.ACTIVE, Verb.DISABLE): State.DISABLED,
    (State.PAUSED, Verb.CONFIGURE): State.PAUSED,
    (State.PAUSED, Verb.EDIT): State.PAUSED,
    (State.PAUSED, Verb.RESUME): State.ACTIVE,
    (State.PAUSED, Verb.DISABLE): State.DISABLED,
    (State.DISABLED, Verb.CONFIGURE): State.DISABLED,
    (State.DISABLED, Verb.EDIT): State.DISABLED,
    (State.DISABLED, Verb.RECONFIGURE): State.ACTIVE,
    (State.STOPPED, Verb.CONFIGURE): State.STOPPED,
    (State.STOPPED, Verb.EDIT): State.STOPPED,
    (State.STOPPED, Verb.DISABLE): State.DISABLED,
    (State.STOPPED, Verb.RELEASE): State.ACTIVE,
}
WAYS_ON = {
    State.AVAILABLE: "module configure boats",
    State.CONFIGURED: "module activate boats",
    State.PAUSED: "module resume boats",
    State.DISABLED: "reconfigure boats --on-conflict",
    State.STOPPED: "module release boats",
}


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_every_verb_moves_a_module_or_is_refused_with_a_way_on(state: State, verb: Verb) -> None:
    place = Place(state, State.ACTIVE if state in {State.PAUSED, State.DISABLED, State.STOPPED} else None)
    to = MOVES.get((state, verb))
    if to is not None:
        assert moved(SPEC, place, verb).state is to
        return
    with pytest.raises(ModuleNotReady) as refused:
        moved(SPEC, place, verb)
    assert "Boats & Berths" in refused.value.what
    braked = verb is Verb.RELEASE and state not in {State.AVAILABLE, State.CONFIGURED}
    assert ("bigin-sync modules" if braked else WAYS_ON.get(state, "bigin-sync")) in refused.value.hint


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.DISABLE])
@pytest.mark.parametrize("state", [State.FIRST_SYNC, State.ACTIVE])
def test_a_module_at_rest_goes_back_to_what_it_was(state: State, verb: Verb) -> None:
    rest = moved(SPEC, Place(state), verb)
    back = moved(SPEC, rest, Verb.RESUME if verb is Verb.PAUSE else Verb.RECONFIGURE)
    assert back == Place(state)


def test_a_module_that_is_disabled_while_it_rests_still_knows_what_it_was() -> None:
    paused = moved(SPEC, Place(State.FIRST_SYNC), Verb.PAUSE)
    assert moved(SPEC, paused, Verb.DISABLE) == Place(State.DISABLED, State.FIRST_SYNC)


@pytest.mark.parametrize("state", [State.FIRST_SYNC, State.ACTIVE, State.PAUSED, State.STOPPED])
def test_a_module_that_carries_the_others_is_never_disabled(state: State) -> None:
    with pytest.raises(ModuleNotReady, match="module pause harbour"):
        moved(CARRIER, Place(state, State.ACTIVE), Verb.DISABLE)


def test_the_table_has_every_cell() -> None:
    assert {state: set(row) for state, row in TABLE.items()} == {state: set(Verb) for state in State}


def test_every_refusal_is_three_sentences_with_something_to_type() -> None:
    for cell in (cell for row in TABLE.values() for cell in row.values() if isinstance(cell, No)):
        assert re.fullmatch(r"[A-Z{].*\.", cell.what)
        assert re.fullmatch(r"[A-Z{].*\.", cell.why)
        assert "bigin-sync" in cell.hint
