"""Views: the list views a person means, found among those the org has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bigin_sync.errors import UnknownView
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import ChosenView
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import ModuleSpec
from bigin_sync.store import orgs
from bigin_sync.store.db import Session
from bigin_sync.zoho.side import View

NONE = "all"


def known_views(room: Room, session: Session, iid: int, *, spec: ModuleSpec) -> dict[str, list[View]]:
    """The list views of the right side's modules, by API name, as it told them last; without their criteria."""
    modules = [kind.on(Side.RIGHT).module for kind in room.pairing.kinds_of(spec.name)]
    told = {
        module: orgs.metadata(session, iid, side=Side.RIGHT, module=module, what="views") or [] for module in modules
    }
    return {module: [View(**row, criteria=None) for row in rows] for module, rows in told.items()}


@dataclass(frozen=True, slots=True)
class _Fit:
    kind: str
    view: View


def chosen_views(
    room: Room,
    spec: ModuleSpec,
    *,
    typed: Sequence[str],
    known: Mapping[str, Sequence[View]],
    now: Mapping[str, ChosenView],
) -> dict[str, ChosenView]:
    """Kind -> view after a person typed `NAME`, `ID` or `KIND=NAME`; `known`: right side's module -> its views.

    A kind without a view is synced as a whole, as is one whose view shows everything. Raises `UnknownView`.
    """
    chosen = dict(now)
    by_kind = {kind: known.get(room.pairing.kind(kind).on(Side.RIGHT).module, ()) for kind in spec.kinds}
    for text in typed:
        before, equals, after = text.partition("=")
        kinds = [kind for kind in spec.kinds if equals and kind == before.strip().casefold()]
        wanted = (after if kinds else text).strip()
        if wanted.casefold() == NONE:
            for kind in kinds or spec.kinds:
                chosen.pop(kind, None)
            continue
        fit = _found(room, wanted, {kind: by_kind[kind] for kind in kinds or spec.kinds})
        if fit.view.everything:
            chosen.pop(fit.kind, None)
        else:
            chosen[fit.kind] = ChosenView(id=fit.view.id, name=fit.view.name)
    return chosen


def _found(room: Room, wanted: str, views: Mapping[str, Sequence[View]]) -> _Fit:
    title = room.pairing.title(Side.RIGHT)
    fits = [
        _Fit(kind, view)
        for kind, some in views.items()
        for view in some
        if wanted == view.id or wanted.casefold() == view.name.casefold()
    ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UnknownView(
            f"{len(fits)} list views of {title} are named {wanted!r}.",
            why="It has to be clear which records are synced.",
            hint="Name one by its id: " + ", ".join(f"--view {fit.kind}={fit.view.id}" for fit in fits) + ".",
        )
    names = "; ".join(f"{kind}: {', '.join(view.name for view in some)}" for kind, some in views.items() if some)
    raise UnknownView(
        f"{title} has no list view named {wanted!r}.",
        why="The view says which records are synced, so it is never guessed.",
        hint=f"The views are: {names or 'none'}. `all` takes a view back.",
    )
