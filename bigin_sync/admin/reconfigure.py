"""Reconfigure: a disabled module is taken up again, with a strategy for what both sides changed meanwhile.

Both sides are read from where they were left. The strategy settles the records that both sides changed, in the one run
that follows; records that are new on either side are synced whatever it is.
"""

from bigin_sync.admin import life, modules
from bigin_sync.admin.life import Place, Verb
from bigin_sync.admin.modules import ModuleLine
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import strategy_of
from bigin_sync.jobs.work import work
from bigin_sync.store import modules as stored
from bigin_sync.store.modules import ModuleState
from bigin_sync.sync.progress import Progress, Report, Silent


def preview(room: Room, name: str, *, strategy: str, progress: Progress | None = None) -> Report:
    """What taking up the module would write; nothing is written, and it stays disabled.

    strategy: as a person types it. Raises `UnknownModule`, `UnknownStrategy` or `ModuleNotReady`.
    """
    spec, iid = room.pairing.module(name), room.connected()
    meant = strategy_of(strategy, pairing=room.pairing)
    with room.db.read() as session:
        module = stored.get(session, iid, name=spec.name)
    place = Place(ModuleState.AVAILABLE) if module is None else Place(module.state, module.resumes_as)
    life.moved(spec, place, Verb.RECONFIGURE)
    why = "asked what taking it up again would write"
    return work(room, iid, why=why, modules=[spec.name], dry=True, progress=progress or Silent(), catch_up=meant)


def take_up(room: Room, name: str, *, strategy: str) -> ModuleLine:
    """Switch the module on again: its next run settles conflicts with this strategy, those after it with the standing
    one. Raises as `preview` does.
    """
    spec, iid = room.pairing.module(name), room.connected()
    meant = strategy_of(strategy, pairing=room.pairing)
    with room.db.write(iid) as session:
        stored.catch_up(session, iid, name=spec.name, strategy=meant.value)
    try:
        return modules.turn(room, spec.name, Verb.RECONFIGURE)
    except BaseException:
        with room.db.write(iid) as session:
            stored.catch_up(session, iid, name=spec.name, strategy=None)
        raise
