"""Picklist values across: which stored value of one side stands for which of the other."""

from collections.abc import Callable, Iterable

from bigin_sync.model.side import Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.catalog import FieldPair, FieldType
from bigin_sync.pairing.fields import FieldMeta, Option


def choice_map(
    pair: FieldPair, *, source: FieldMeta | None, target: FieldMeta | None, target_side: Side
) -> Callable[[str], str | None]:
    """A function from a stored value of the source to the stored value of the target; None where there is none.

    In this order: the pair's own value map, the same stored value, the same value as people see it (in any case). A
    target that is a plain text takes what people see at the source.
    """
    table = _value_map(pair, target_side)
    shown = {option.stored: option.shown for option in source.options} if source else {}
    if target is None or not target.options:
        free_text = target is not None and target.type is not FieldType.PICKLIST
        return lambda value: table.get(value) or (shown.get(value, value) if free_text else value)
    stored = {option.stored for option in target.options}
    folded = _folded(target.options)

    def find(value: str) -> str | None:
        if value in table:
            return table[value]
        if value in stored:
            return value
        return folded.get(shown.get(value, value).casefold()) or folded.get(value.casefold())

    for option in source.options if source else ():
        found = find(option.stored)
        if found is not None:
            table.setdefault(option.stored, found)
    return find


def _value_map(pair: FieldPair, target_side: Side) -> dict[str, str]:
    """The pair's value map in one direction; of several that stand for one, the first is taken on the way back."""
    table: dict[str, str] = {}
    for left, right in pair.value_map:
        source, target = (left, right) if target_side is Side.RIGHT else (right, left)
        table.setdefault(source, target)
    return table


def _folded(options: Iterable[Option]) -> dict[str, str]:
    """What people see, and what is stored, each in lower case -> stored. What people see comes first."""
    found: dict[str, str] = {}
    known = tuple(options)
    for option in known:
        found.setdefault(option.shown.casefold(), option.stored)
    for option in known:
        found.setdefault(option.stored.casefold(), option.stored)
    return found


def choices_carried(value: Value, *, known: Callable[[str], str | None]) -> Value:
    """One or several choices as the other side stores them; None if only one of them is unknown there.

    Several are taken whole or not at all: a part of them would come back as an edit that removes the rest.
    """
    if isinstance(value, str):
        return known(value)
    if not isinstance(value, list):
        return None
    found = [known(choice) for choice in value]
    carried = sorted({choice for choice in found if choice is not None})
    return carried if None not in found else None
