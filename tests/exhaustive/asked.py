"""Asked: fields that were changed on both sides and wait for a person, and what the person decides."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bigin_sync.model.action import Contested, Verdict
from bigin_sync.model.link import Link
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.inbox import State
from bigin_sync.sync.merge import Merged
from bigin_sync.sync.settled import After
from tests.exhaustive.tiny import Broken, Question, World, key_of


def asked(world: World, merged: Merged, after: After) -> World:
    """As landing does: a person is asked about what is held, anew if values have changed, and about nothing else."""
    questions = {place: one for place, one in world.questions.items() if place[1] not in after.decided}
    for one in merged.contested:
        _heeded(world.questions.get((after.link.id, one.field)), one)
        if one.field in merged.held:
            questions[after.link.id, one.field] = Question(str(one.left), str(one.right))
    return replace(world, questions=questions)


def _heeded(question: Question | None, contested: Contested) -> None:
    """What a person decides is done while the values are there that were shown, and only then."""
    if question is not None and question.winner is not None:
        shown = (question.left, question.right) == (contested.left, contested.right)
        if shown and contested.winner is not question.winner:
            raise Broken(f"{contested} is not what was decided: {question}")
        if not shown and not contested.held:
            raise Broken(f"{contested} is not what was asked, and yet decided: {question}")


def verdicts(world: World, link: Link) -> Mapping[str, Verdict]:
    """What was decided about a link and not carried out yet."""
    return {
        name: Verdict(one.winner, one.left, one.right)
        for (link_id, name), one in world.questions.items()
        if link_id == link.id and one.winner is not None
    }


def said(world: World, link: Link) -> Mapping[str, Side]:
    """Who is to win a field of a link, as far as a person has said so."""
    return {name: verdict.winner for name, verdict in verdicts(world, link).items()}


def decisions(world: World) -> Iterator[tuple[str, World]]:
    """Everything that a person can decide next; what is left of the link is planned again."""
    for (link_id, name), one in world.questions.items():
        for side in BOTH:
            if one.winner is not side:
                decided = {**world.questions, (link_id, name): replace(one, winner=side)}
                link = next(each for each in world.links if each.id == link_id)
                yield f"decide {name} for {side}", renewed(replace(world, questions=decided), link)


def renewed(world: World, link: Link) -> World:
    """What is left in the inbox of a link is planned again."""
    for side in BOTH:
        key = key_of(link.ref(side))
        if (entry := world.inbox.get(key)) is not None:
            world = world.with_entry(key, replace(entry, state=State.NEW))
    return world


def unasked(world: World, link: Link) -> World:
    """A person is asked nothing any more about a link of which one side has taken its edits back."""
    return replace(world, questions={place: one for place, one in world.questions.items() if place[0] != link.id})
