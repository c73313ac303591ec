"""Doing what a scenario asks of the sync itself: the life of its modules, its connection, and what it shows."""

from bigin_sync.admin import disconnect, modules, reconfigure
from bigin_sync.admin.life import Verb
from bigin_sync.replay.acting import previewed
from bigin_sync.replay.orders import Activate, Connect, Reconfigure
from bigin_sync.replay.shapes import Reshape
from bigin_sync.replay.stage import Stage, sign_in
from bigin_sync.replay.state import Settings
from bigin_sync.replay.words import Tally
from bigin_sync.replay.worlds import reshape as furnish_anew
from bigin_sync.store.modules import ModuleState


def settings(stage: Stage, told: Settings) -> None:
    """A module is set up, or set up differently from now on."""
    modules.configure(stage.room, told.module, view=told.views(), mapping=told.map, changes=told.changes())


def module_edit(stage: Stage, told: Settings) -> None:
    """The terms of a module are edited: what was left out under the old ones is looked at again."""
    modules.edit(stage.room, told.module, view=told.views(), mapping=told.map, changes=told.changes())


def activate(stage: Stage, told: Activate) -> None:
    """A module is switched on, as it was set up or else as it is proposed."""
    states = {line.name: line.state for line in modules.overview(stage.room)}
    if states.get(told.module) == ModuleState.AVAILABLE.value:
        modules.configure(stage.room, told.module)
    modules.activate(stage.room, told.module, since=told.since)


def pause(stage: Stage, module: str) -> None:
    """A module rests until it is resumed."""
    modules.turn(stage.room, module, Verb.PAUSE)


def resume(stage: Stage, module: str) -> None:
    """A module that rests goes on."""
    modules.turn(stage.room, module, Verb.RESUME)


def disable(stage: Stage, module: str) -> None:
    """A module is switched off."""
    modules.turn(stage.room, module, Verb.DISABLE)


def release(stage: Stage, module: str) -> None:
    """A module that a brake has stopped may run once past it."""
    modules.turn(stage.room, module, Verb.RELEASE)


def shown_before(stage: Stage, told: Reconfigure) -> tuple[dict[str, Tally], str | None]:
    """What taking a module up again would do."""
    return previewed(stage, reconfigure.preview(stage.room, told.module, strategy=told.strategy))


def reconfigured(stage: Stage, told: Reconfigure) -> None:
    """A disabled module is taken up again."""
    reconfigure.take_up(stage.room, told.module, strategy=told.strategy)


def disconnected(stage: Stage, _both: str) -> None:
    """Both orgs are let go."""
    disconnect.disconnect(stage.room)


def connected(stage: Stage, told: Connect) -> None:
    """Somebody signs in to an org."""
    sign_in(stage.room, told.in_, by=told.by)


def reshape(stage: Stage, told: Reshape) -> None:
    """An administrator of a product changes its org."""
    furnish_anew(stage.places[told.in_], told)
