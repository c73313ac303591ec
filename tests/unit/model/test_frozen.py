"""Values that are plain dataclasses when the program runs."""

import dataclasses

import pytest

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side


def test_they_compare_and_hash_by_their_fields_as_frozen_ones_do() -> None:
    one, same = Ref(Side.LEFT, Kind("contact"), "1"), Ref(Side.LEFT, Kind("contact"), "1")
    other = dataclasses.replace(one, id="2")
    assert one == same
    assert one != other
    assert {one, same, other} == {same, other}


def test_they_have_slots() -> None:
    assert not hasattr(Ref(Side.LEFT, Kind("contact"), "1"), "__dict__")


def test_no_other_sort_of_dataclass_is_to_be_had() -> None:
    with pytest.raises(TypeError):
        dataclass(order=True, frozen=True, slots=True)
