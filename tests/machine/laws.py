"""Laws: what has to be true after every run, whatever people did before it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.vector import Order
from bigin_sync.store.inbox import State
from bigin_sync.store.journal import Entry as JournalEntry
from bigin_sync.store.journal import State as JournalState
from tests.machine.ledger import Ledger
from tests.machine.meeting import Meeting, Values, said
from tests.machine.scene import Scene


def check_run(
    before: Scene,
    after: Scene,
    ledger: Ledger,
    *,
    ran: Collection[Kind],
    written: Sequence[JournalEntry],
    meanwhile: Mapping[Ref, Values],
) -> None:
    """Every law, for one run; `before` and `after` are the moments around it, `written` is its journal.

    ran: the kinds it took care of; of all others nothing has changed. meanwhile: what people wrote into which records
    while it ran; of those the moment before does not tell enough.
    """
    records_are_linked_once(after)
    nothing_is_doubled(before, after, ledger, but=meanwhile)
    nobody_is_forgotten(after, ledger, ran=ran, but=meanwhile)
    the_others_rest(before, after, ran=ran, but=meanwhile)
    vectors_keep_their_laws(before, after, ledger, but=meanwhile)
    no_cursor_goes_back(before, after)
    nothing_rings_over_there(before, after, ledger, but=meanwhile)
    joins_are_carried_and_never_undone(before, after)
    kept = {
        (Ref(line.line.target, line.line.kind, _id(line)), name, said(value))
        for line in written
        if line.state is JournalState.DONE and line.line.target is not None
        for name, value in line.line.payload.get("before", {}).items()
    }
    for link in after.links.values():
        if link.kind not in ran or not after.whole(link):
            continue
        meeting = Meeting(before, after, ledger, link, kept)
        if meanwhile.keys().isdisjoint(link.ref(side) for side in BOTH):
            meeting.check()
        else:
            meeting.check_meanwhile(meanwhile)


def records_are_linked_once(after: Scene) -> None:
    """No record has two links."""
    for side in BOTH:
        linked = [link.ref(side) for link in after.links.values()]
        assert len(linked) == len(set(linked)), f"a record of {side} is linked twice"


def nothing_is_doubled(before: Scene, after: Scene, ledger: Ledger, *, but: Collection[Ref]) -> None:
    """Every record that no person made is the counterpart of one that a person made, and had none that it could be."""
    for ref in (*after.rows, *after.binned):
        if ref in ledger.made:
            continue
        link = after.link_of(ref)
        assert link is not None, f"{ref} was made by the sync, and stands alone"
        source = link.ref(ref.side.other)
        assert source in ledger.made, f"{ref} was made of {source}, which no person made"
        if link.id in before.links or source in ledger.alone or source in but:
            continue
        assert source in before.rows, f"{ref} was made of {source}, which was deleted before"
        key = after.key(source, before.rows[source])
        twins = [
            other
            for other, row in before.rows.items()
            if key is not None
            and (other.side, other.kind) == (ref.side, ref.kind)
            and after.key(other, row) == key
            and unmet(before, after, other)
            and other not in (*ledger.alone, *ledger.quietly_back, *ledger.quietly_moved, *but)
        ]
        assert not twins, f"{ref} was made of {source}, though {twins} could be the same: {key}"


def unmet(before: Scene, after: Scene, ref: Ref) -> bool:
    """Whether a record had no counterpart before a run, and none of those that were there became its own."""
    link = after.link_of(ref)
    return before.link_of(ref) is None and (link is None or link.ref(ref.side.other) not in before.rows)


def nobody_is_forgotten(after: Scene, ledger: Ledger, *, ran: Collection[Kind], but: Collection[Ref]) -> None:
    """A live record is linked, or the inbox says why not; nothing is left for later unless people were busy."""
    for ref in (ref for ref in after.rows if ref.kind in ran):
        entry = after.entries.get(ref)
        if after.link_of(ref) is None and ref not in (*ledger.quietly_back, *but):
            assert entry is not None, f"{ref} is neither linked nor in the inbox"
        if entry is not None and not (but and entry.state is State.NEW):
            assert entry.state is not State.NEW, f"{ref} is left for another run: {entry}"
            assert entry.why, f"{ref} is set aside without a reason: {entry}"


def the_others_rest(before: Scene, after: Scene, *, ran: Collection[Kind], but: Collection[Ref]) -> None:
    """What is paused or disabled is neither read nor written."""
    for ref, row in before.rows.items():
        if ref.kind not in ran and ref not in but:
            assert after.rows[ref] == row, f"{ref} was written, though its module is at rest"
    for place, since in before.read_until.items():
        assert place[1] in ran or after.read_until[place] == since, f"{place} was read, though its module is at rest"


def vectors_keep_their_laws(before: Scene, after: Scene, ledger: Ledger, *, but: Collection[Ref]) -> None:
    """Counters never fall, no copy knows more of a side than that side's own, and equal means in sync.

    What a person edits during a run, or what a merge has put into a record that was not read since, may be seen right
    before a write, and is taken up by the next run.
    """
    for link in after.links.values():
        was = before.links.get(link.id)
        for side in BOTH:
            own, other = link.copy(side).vector, link.copy(side.other).vector
            assert own.of(side) >= other.of(side), f"{link}: {side.other} knows of edits that {side} does not"
            if was is not None:
                order = was.copy(side).vector.compared(own)
                assert order in (Order.EQUAL, Order.BEFORE), f"{link}: the vector of {side} went back from {was}"
        edited = any(link.ref(side) in but for side in BOTH) or ledger.in_doubt(link.id)
        assert edited or known_alike(after, link), f"{link} is in sync, but its vectors differ"


def known_alike(scene: Scene, link: Link) -> bool:
    """Whether the vectors of a link are equal, if it is whole and nothing of it is set aside."""
    settled = scene.whole(link) and not link.parted and not scene.aside(link)
    return not settled or link.left.vector == link.right.vector


def nothing_rings_over_there(before: Scene, after: Scene, ledger: Ledger, *, but: Collection[Ref]) -> None:
    """A reminder, a repetition and an invitation stay as people left them; a copy that was just made has none."""
    for ref, row in after.rows.items():
        if ref in but or (ref not in before.rows and ref in ledger.made):
            continue
        was = before.rows[ref].loud if ref in before.rows else {}
        assert row.loud == was, f"{ref} rings otherwise than people had it: {was} -> {row.loud}"


def joins_are_carried_and_never_undone(before: Scene, after: Scene) -> None:
    """A run takes no product away from a deal, and joins only what is joined on the other side."""
    for side in BOTH:
        gone = before.joined[side] - after.joined[side]
        assert not gone, f"{gone} were joined, and are not any more"
        for pair in after.joined[side] - before.joined[side]:
            source = after.over_there(pair)
            assert source in before.joined[side.other], f"{pair} were joined, though {source} are not"


def no_cursor_goes_back(before: Scene, after: Scene) -> None:
    """What was read is not read again."""
    for place, since in before.read_until.items():
        if since:
            now = after.read_until[place] or since
            assert datetime.fromisoformat(now) >= datetime.fromisoformat(since), f"{place}: {since} -> {now}"


def _id(line: JournalEntry) -> str:
    return (line.line.left_id if line.line.target is Side.LEFT else line.line.right_id) or ""


def at_rest(scene: Scene, ledger: Ledger) -> None:
    """Who was deleted is known to be gone, who came back is known to be back; what people have joined is joined."""
    for side in BOTH:
        for pair in scene.joined[side]:
            other = scene.over_there(pair)
            if other is not None and all(ref in scene.rows for ref in other) and not ledger.took_apart(pair, other):
                assert other in scene.joined[side.other], f"{pair} are joined, and {other} are not"
    for link in scene.links.values():
        assert known_alike(scene, link), f"{link} is in sync, but its vectors differ"
        for side in BOTH:
            gone = link.ref(side) not in scene.rows
            assert link.copy(side).gone == gone, f"{link}: {side} is {'gone' if gone else 'there'}, but not known to be"
