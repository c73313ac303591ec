"""The next step: what a person would type next, told from how things stand."""

from bigin_sync.jobs import remembered
from bigin_sync.jobs.assemble import RUNS
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH
from bigin_sync.store import conflicts, inbox, lockouts, modules, orgs
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
        for side in lockouts.listing(session, iid):
            label, title = room.pairing.label(side), room.pairing.title(side)
            return f"bigin-sync connect {label} lets the sync into {title} again, which refuses it access."
        states = {module.name: module.state for module in modules.listing(session, iid)}
        waiting = [
            count for count in inbox.counts(session, iid) if count.state in {inbox.State.HELD, inbox.State.PROBLEM}
        ]
        undecided = bool(conflicts.listing(session, iid))
    if not RUNS.isdisjoint(states.values()) and remembered.setback(room, iid) is not None:
        return f"bigin-sync plan shows what this database would write, {remembered.GO_ON} goes on with it."
    for spec in room.pairing.modules:
        said = _of_module(spec.name, states.get(spec.name, ModuleState.AVAILABLE))
        if said and (states.get(spec.name) is ModuleState.STOPPED or not spec.can_disable):
            return said
    if undecided or any(count.state is inbox.State.HELD for count in waiting):
        return "bigin-sync conflicts lists what waits for a decision of yours."
    if waiting:
        return "bigin-sync problems lists the records that could not be written, and what to do."
    to_do = (_of_module(spec.name, states.get(spec.name, ModuleState.AVAILABLE)) for spec in room.pairing.modules)
    return next(filter(None, to_do), "bigin-sync sync carries over what has changed since.")


def _of_module(name: str, state: ModuleState) -> str:
    """What takes a module further; empty when it runs, or rests because somebody wanted it to."""
    return {
        ModuleState.AVAILABLE: f"bigin-sync module configure {name} settles what is synced, "
        f"bigin-sync fields {name} shows it.",
        ModuleState.CONFIGURED: f"bigin-sync plan {name} shows what would be written, "
        f"bigin-sync module activate {name} switches it on.",
        ModuleState.STOPPED: f"bigin-sync plan {name} shows what {name} was stopped from, "
        f"bigin-sync module release {name} lets it go on.",
        ModuleState.FIRST_SYNC: "bigin-sync sync runs the first sync.",
    }.get(state, "")
