"""Key fields: which modules of both orgs have the field for sync keys, and adding it to those that lack it."""

from collections.abc import Callable, Iterator
from functools import partial

from bigin_sync.admin.checks import Check
from bigin_sync.errors import BiginSyncError, ModuleMissing, RequestRefused
from bigin_sync.jobs.clients import opened_one
from bigin_sync.jobs.kinds import mapping_in_force, metas
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.sync_keys import Standing, standing
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.pairing.sync_key import LENGTH
from bigin_sync.store import modules
from bigin_sync.zoho.client import PRODUCTS
from bigin_sync.zoho.side import SideClient

BY_CALL = "bigin-sync doctor --create-key-fields adds it"


def checks(room: Room, iid: int) -> Iterator[Check]:
    """One check for each org: in which of its modules the field is, and what it means where it is not."""
    for side in BOTH:
        stands = _standing(room, iid, side)
        there = [spec for spec, each in stands if each.field is not None]
        lacking = [spec for spec, each in stands if each.field is None and each.unfit is None]
        unfit = [f"{_plural(spec, side)}, where {each.unfit}" for spec, each in stands if each.unfit is not None]
        told = [f"in {_plurals(there, side)}"] if there else []
        if unfit:
            told.append(f"unusable in {'; '.join(unfit)}")
        if lacking:
            after = f"{room.settings.settle_after:g} seconds"
            what = f"a creation whose answer is lost is looked for by its values, and made again only after {after}"
            told.append(f'the field "{room.pairing.key_label}" is missing in {_plurals(lacking, side)}: there {what}')
        yield Check(
            f"{room.pairing.title(side)} sync keys",
            good=not unfit,
            found="; ".join(told),
            hint=_hint(room, side) if lacking or unfit else "",
        )


def create(room: Room, iid: int) -> Iterator[Check]:
    """Add the field to every module that lacks it, in the orgs that let fields be added through their API.

    What the fields are has to be read right before, so that one which is there already is not added twice.
    """
    for side in (each for each in BOTH if _adds_fields(room, each)):
        try:
            with opened_one(room, iid, side) as client:
                yield from _create(room, iid, side, client)
        except BiginSyncError as error:
            yield Check(f"{room.pairing.title(side)} sync keys", good=False, found=error.what, hint=error.hint)


def _create(room: Room, iid: int, side: Side, client: SideClient) -> Iterator[Check]:
    label = room.pairing.key_label
    for spec, stands in _standing(room, iid, side):
        if stands.field is None and stands.unfit is None:
            module = spec.on(side).module
            refused = _attempt(partial(client.add_key_field, module, label=label, length=LENGTH))
            yield Check(
                f"{room.pairing.title(side)} sync keys",
                good=refused is None,
                found=f"{label} was added to {_plural(spec, side)}"
                if refused is None
                else f"{label} could not be added to {_plural(spec, side)}: {refused}",
                hint="" if refused is None else "Add it by hand, or do without: docs/sync-keys.md",
            )


def _attempt(add: Callable[[], str | None]) -> str | None:
    """Why a module was refused the field; None if it has it now. What concerns all modules is raised."""
    try:
        return add()
    except (RequestRefused, ModuleMissing) as error:
        return error.what


def _standing(room: Room, iid: int, side: Side) -> list[tuple[KindSpec, Standing]]:
    """The kinds of an org whose records could have keys, as the org was when it was last asked."""
    found = []
    with room.db.read() as session:
        for spec in room.pairing.kinds:
            fields = metas(session, iid, spec=spec)
            if not spec.keyed or not all(fields[each] for each in BOTH):
                continue
            revision = modules.revision(session, iid, module=spec.module)
            terms = Terms() if revision is None else Terms.stored(revision.settings)
            mapping = mapping_in_force(room.pairing, spec, terms=terms, fields=fields)
            stands = standing(session, iid, side, pairing=room.pairing, spec=spec, mapping=mapping, fields=fields)
            found.append((spec, stands))
    return found


def _hint(room: Room, side: Side) -> str:
    """How the field is added to an org."""
    by_hand = (
        f"n administrator adds it in {room.pairing.title(side)}: Settings, Modules and Fields, the module, a field of "
        f'the type Single Line named "{room.pairing.key_label}", with "Do not allow duplicate values"'
    )
    return f"{BY_CALL}; or a{by_hand}." if _adds_fields(room, side) else f"A{by_hand}."


def _adds_fields(room: Room, side: Side) -> bool:
    return PRODUCTS[room.pairing.label(side)].adds_fields


def _plural(spec: KindSpec, side: Side) -> str:
    return spec.on(side).plural


def _plurals(specs: list[KindSpec], side: Side) -> str:
    return ", ".join(_plural(spec, side) for spec in specs)
