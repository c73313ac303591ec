"""The next step: what a person would type next, told from how things stand."""

from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH
from bigin_sync.store import conflicts, inbox, modules, orgs
from bigin_sync.store.modules import ModuleState


def next_step(room: Room) -> str:
    """One sentence with the command that leads on from here."""
    with room.db.read() as session:
        iid = orgs.current(session, room.pairing.name)
        present = set() if iid is None else {org.side for org in orgs.listing(session, iid) if org.signed_in}
        for side in BOTH:
            if side not in present:
                label = room.pairing.label(side)
                return f"bigin-sync connect {label} connects {room.pairing.title(side)}."
        assert iid is not None  # noqa: S101 -- said for the type checker: both sides are there
        states = {module.name: module.state for module in modules.listing(session, iid)}
        waiting = [
            count for count in inbox.counts(session, iid) if count.state in {inbox.State.HELD, inbox.State.PROBLEM}
        ]
        undecided = bool(conflicts.listing(session, iid))
    for spec in room.pairing.modules:
        state = states.get(spec.name, ModuleState.AVAILABLE)
        if state is ModuleState.AVAILABLE:
            return (
                f"bigin-sync module configure {spec.name} settles what is synced, "
                f"bigin-sync fields {spec.name} shows it."
            )
        if state is ModuleState.CONFIGURED:
            return (
                f"bigin-sync plan {spec.name} shows what would be written, "
                f"bigin-sync module activate {spec.name} switches it on."
            )
        if state is ModuleState.FIRST_SYNC:
            return "bigin-sync sync runs the first sync."
    if undecided or any(count.state is inbox.State.HELD for count in waiting):
        return "bigin-sync conflicts lists what waits for a decision of yours."
    if waiting:
        return "bigin-sync why RECORD explains a record that could not be written."
    return "bigin-sync sync carries over what has changed since."
