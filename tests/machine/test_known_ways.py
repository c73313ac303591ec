"""Ways through two orgs on which the machine once went astray, gone again step by step."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from bigin_sync.model.link import Link
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import COMPANY, CONTACT
from bigin_sync.pairing.bigin_crm.activities import TASK
from bigin_sync.pairing.bigin_crm.pipelines import DEAL, PRODUCT
from tests.machine.ledger import Ledger
from tests.machine.orgs import two_orgs
from tests.machine.play import Play, terms_of
from tests.machine.scene import look

PHONE = "+49 30 23125 001"


@pytest.fixture
def play() -> Iterator[Play]:
    """Contacts, settled record by record; the CRM wins."""
    policy = Policy(Strategy.RIGHT, Granularity.RECORD)
    with two_orgs(("contacts",), terms_of(policy)) as orgs:
        yield Play(orgs, Ledger({"contacts": policy}))


def edit(play: Play, ref: Ref, name: str, value: object) -> None:
    """A person chooses a value for a field, and a minute goes by."""
    field = play.orgs.forms[ref.kind].field(name)
    choices: list[object] = [*(play.orgs.users[ref.side] if field.owner else field.values or ())]
    fill(play, ref, name, choices.index(value))
    play.orgs.clock.advance(60)


def fill(play: Play, ref: Ref, name: str, which: int) -> dict[str, object]:
    """A person puts something into a field, one of the values that it can have; what was written."""
    names = [field.name for field in play.orgs.forms[ref.kind].fields]
    return play.edit(ref, [(names.index(name), which)], who=0)


def user(play: Play, side: Side, name: str) -> str:
    """The id of a user."""
    return next(id for id, mail in play.orgs.users[side].items() if mail.startswith(name))


def linked(play: Play) -> dict[Side, Ref]:
    """A contact of Jonas, whom both orgs have as a user, and its copy."""
    play.make(Side.LEFT, play.orgs.forms[CONTACT], {"Owner": user(play, Side.LEFT, "jonas")}, [], who=0)
    play.sync()
    play.orgs.clock.advance(60)
    [link] = look(play.orgs).links.values()
    return {side: link.ref(side) for side in BOTH}


def test_an_owner_for_whom_nobody_stands_over_there_gives_way_to_another_and_takes_part_in_the_conflict(
    play: Play,
) -> None:
    refs = linked(play)
    edit(play, refs[Side.RIGHT], "Owner", user(play, Side.RIGHT, "priya"))
    play.sync()
    assert len(look(play.orgs).entries) == 1, "Priya is no user of Bigin: her name waits for one who stands for her"

    edit(play, refs[Side.LEFT], "Owner", user(play, Side.LEFT, "aisha"))
    edit(play, refs[Side.LEFT], "Phone", PHONE)
    play.sync()
    rows = look(play.orgs).rows
    assert rows[refs[Side.LEFT]].values["Phone"] is None, "both were edited, and the CRM wins the whole record"
    assert rows[refs[Side.RIGHT]].values["Owner"] == user(play, Side.RIGHT, "priya")
    play.come_to_rest()


def test_an_owner_who_can_not_cross_makes_no_conflict_of_an_edit_on_the_other_side(play: Play) -> None:
    refs = linked(play)
    edit(play, refs[Side.RIGHT], "Owner", user(play, Side.RIGHT, "priya"))
    edit(play, refs[Side.LEFT], "Phone", PHONE)
    play.sync()
    assert look(play.orgs).rows[refs[Side.RIGHT]].values["Phone"] == PHONE
    play.come_to_rest()


def test_a_new_owner_and_a_new_phone_contest_a_record_whose_other_owner_works_on_one_side_alone(play: Play) -> None:
    play.set_terms("contacts", Strategy.LEFT, Granularity.RECORD, view=None)
    play.make(Side.RIGHT, play.orgs.forms[CONTACT], {"Owner": user(play, Side.RIGHT, "priya")}, [], who=1)
    play.sync()
    play.orgs.clock.advance(60)
    [link] = look(play.orgs).links.values()
    edit(play, link.ref(Side.LEFT), "Owner", user(play, Side.LEFT, "jonas"))
    edit(play, link.ref(Side.RIGHT), "Phone", PHONE)
    play.sync()
    right = look(play.orgs).rows[link.ref(Side.RIGHT)].values
    assert right["Owner"] == user(play, Side.RIGHT, "jonas")
    assert right["Phone"] is None, "both were edited, and Bigin wins the whole record"
    play.come_to_rest()


def test_two_owners_for_whom_nobody_stands_are_no_question_and_the_next_one_crosses(play: Play) -> None:
    play.set_terms("contacts", Strategy.ASK, Granularity.FIELDS, view=None)
    form = play.orgs.forms[CONTACT]
    for side, name in {Side.LEFT: "tomas", Side.RIGHT: "priya"}.items():
        given = {"Email": "ida@mail.example", "Title": f"Known to {name}", "Owner": user(play, side, name)}
        play.make(side, form, given, [], who=0)
    play.sync()
    assert {one.field for one in look(play.orgs).conflicts} == {"Title"}

    [link] = look(play.orgs).links.values()
    edit(play, link.ref(Side.LEFT), "Owner", user(play, Side.LEFT, "jonas"))
    play.sync()
    owner = look(play.orgs).rows[link.ref(Side.RIGHT)].values["Owner"]
    assert owner == user(play, Side.RIGHT, "jonas")
    play.come_to_rest()


@contextmanager
def furnished(alike: Sequence[bool], policy: Policy, *, more: Sequence[str] = (), pause: int = 1000) -> Iterator[Play]:
    """Both orgs have a record of each kind and were synced twice, with so many seconds around each sync.

    alike: see `Play.furnish`.
    """
    modules = ("contacts", "pipelines", *more)
    with two_orgs(modules, terms_of(policy)) as orgs:
        assert len(alike) == len(orgs.forms), "one for each kind"
        play = Play(orgs, Ledger(dict.fromkeys(modules, policy)))
        play.furnish(alike)
        for _ in range(2):
            orgs.clock.advance(pause)
            play.sync()
        orgs.clock.advance(pause)
        yield play


@pytest.mark.long
def test_a_task_that_a_merge_moved_to_another_deal_is_not_known_there_before_it_is_read() -> None:
    """It waits for the deal that is gone now, and its own Modified_Time did not move: its org does not tell of it."""
    alike = [False, False, True, True, True, True, False, False]
    with furnished(alike, Policy(Strategy.LATEST), more=("activities", "notes")) as play:
        orgs = play.orgs
        live = {ref.kind: ref for ref in play.refs() if ref.side is Side.LEFT}
        task, loser = live[TASK], live[DEAL]
        known_by = look(orgs).rows[loser].values
        winner = play.make(Side.LEFT, orgs.forms[DEAL], {**known_by, "Account_Name": None}, [], who=0)
        assert winner is not None
        play.merge(winner, loser, who=0)
        assert look(orgs).rows[task].values["Deal"] == winner.id
        assert task in play.ledger.quietly_moved
        play.decide_record(0, answer=1)
        play.come_to_rest()
        assert look(orgs).link_of(task) is None


@pytest.fixture
def deal() -> Iterator[tuple[Play, Link, Ref]]:
    """A deal in both orgs, and its company in Bigin."""
    with furnished([True] * 4, Policy(Strategy.LATEST)) as play:
        orgs = play.orgs
        [deal] = [link for link in look(orgs).links.values() if link.kind == DEAL]
        yield play, deal, Ref(Side.LEFT, COMPANY, str(look(orgs).rows[deal.ref(Side.LEFT)].values["Account_Name"]))


def leave(play: Play, deal: Link) -> None:
    """A person takes a deal of the Bigin org out of its company."""
    assert fill(play, deal.ref(Side.LEFT), "Account_Name", 0) == {"Account_Name": None}


def companies(play: Play, deal: Link) -> list[object]:
    """What both records of a deal name."""
    return [look(play.orgs).rows[deal.ref(side)].values["Account_Name"] for side in BOTH]


@pytest.mark.long
def test_a_lookup_that_a_person_empties_after_a_merge_moved_it_looks_like_one_whose_record_was_deleted(
    deal: tuple[Play, Link, Ref],
) -> None:
    """Its org tells the same of both, so its counterpart names the record on: a deletion must not cross."""
    play, link, loser = deal
    winner = play.make(Side.LEFT, play.orgs.forms[COMPANY], {**look(play.orgs).rows[loser].values}, [], who=0)
    assert winner is not None
    play.merge(winner, loser, who=0)
    assert companies(play, link)[0] == winner.id

    play.orgs.clock.advance(1000)
    leave(play, link)
    play.come_to_rest()
    here, there = companies(play, link)
    assert here is None
    assert there is not None


@pytest.mark.long
def test_a_lookup_that_a_person_emptied_crosses_though_its_record_was_deleted_once_that_was_read(
    deal: tuple[Play, Link, Ref],
) -> None:
    play, link, company = deal
    leave(play, link)
    play.plan()
    play.delete(company, who=0)
    play.come_to_rest()
    assert companies(play, link) == [None, None]


@pytest.mark.long
def test_a_lookup_that_was_read_before_its_record_was_deleted_agrees_with_its_counterpart_once_they_meet() -> None:
    """The deals wait for their companies; meanwhile the contact of one is deleted, which its org does not tell."""
    with furnished([False, False, False, True], Policy(Strategy.LEFT), pause=100) as play:
        orgs = play.orgs
        live = {(ref.side, ref.kind): ref for ref in play.refs()}
        [here, there] = [live[side, DEAL] for side in BOTH]
        assert look(orgs).link_of(here) is None
        play.decide_record(0, answer=2)
        play.delete(live[Side.LEFT, CONTACT], who=0)
        play.plan()
        orgs.clock.advance(200)
        play.sync()
        play.come_to_rest()
        scene = look(orgs)
        assert scene.link_of(here) == scene.link_of(there) is not None
        assert [scene.rows[ref].values["Contact_Name"] for ref in (here, there)] == [None, live[Side.RIGHT, CONTACT].id]


@pytest.mark.long
def test_a_name_that_was_refused_beside_what_was_edited_during_a_run_crosses_once_it_is_free() -> None:
    """Nobody can say which values met, so that it was refused may not be taken for staying apart."""
    with furnished([True, True, False, True], Policy(Strategy.SKIP, Granularity.RECORD)) as play:
        orgs = play.orgs
        rows = {ref: row.values for ref, row in look(orgs).rows.items() if ref.kind == PRODUCT}
        vices, squares = (
            {ref.side: ref for ref, values in rows.items() if values["Product_Name"] == called}
            for called in ("Bench vice", "Try square")
        )

        def name() -> object:
            return look(orgs).rows[squares[Side.RIGHT]].values["Product_Name"]

        play.delete(vices[Side.LEFT], who=0)
        edit(play, squares[Side.LEFT], "Product_Name", "Bench vice")
        link = look(orgs).link_of(squares[Side.LEFT])
        assert link is not None
        play.ledger.unsure.add((link.id, "Description"))
        play.sync()
        assert name() == "Try square"
        play.delete(vices[Side.RIGHT], who=0)
        play.come_to_rest()
        assert name() == "Bench vice"
