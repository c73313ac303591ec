"""Find-and-merge: several records become one, as people do in the web pages of both products."""

from collections.abc import Sequence

from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.records import Writer
from bigin_sync.emulator.recycle_bin import Gone
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.table import Row, Values
from bigin_sync.emulator.users import User
from bigin_sync.emulator.wire import NEWEST, name_of


def merge(org: Org, module: ModuleDef, winner_id: str, *, loser_ids: Sequence[str], by: User) -> Row:
    """Keeps one record, fills its empty fields from the others, hands everything that hung on them over to it.

    The others are gone for good: they cannot be restored, and are listed as permanently deleted. Raises `ApiError`.
    """
    table = org.tables[module.api_name]
    winner = table.get(winner_id)
    losers = [row for one in dict.fromkeys(loser_ids) if (row := table.get(one)) is not None and one != winner_id]
    if winner is None or not losers or len(losers) != len(loser_ids):
        raise ApiError("INVALID_DATA", "the id given seems to be invalid", details={"api_name": "id"})
    filled: Values = {}
    for loser in losers:
        _hand_over(org, module, loser, winner=winner)
        for name, value in loser.values.items():
            if name in module.fields and name not in winner.values:
                filled.setdefault(name, value)
        _bury(org, module, loser, by=by)
    writer = Writer(org=org, module=module, user=by, now=org.now(), version=NEWEST)
    writer.write(winner, filled, action="merged")
    return winner


def _hand_over(org: Org, module: ModuleDef, loser: Row, *, winner: Row) -> None:
    for other in org.modules.values():
        table = org.tables[other.api_name]
        for field in other.fields.values():
            if field.lookup not in {module.api_name, "se_module"}:
                continue
            for row_id in table.find(field.api_name, loser.id):
                row = table.rows[row_id]
                if field.lookup == "se_module" and row.values.get("$se_module") != module.api_name:
                    continue
                table.set_quietly(row, field.api_name, winner.id)
    org.links.move(module.api_name, loser.id, winner.id, others=org.modules)


def _bury(org: Org, module: ModuleDef, loser: Row, *, by: User) -> None:
    name = name_of(org, module.api_name, loser)
    org.tables[module.api_name].take(loser.id)
    org.bin.drop(
        Gone(
            id=loser.id,
            module=module.api_name,
            name=None if name is None else str(name),
            deleted=org.now(),
            deleted_by=by.id,
            created_by=loser.created_by,
            row=None,
        )
    )
