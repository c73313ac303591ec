"""Setting up a module: what is asked of the orgs for it, and what is not asked twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from bigin_sync.admin import fields, modules, runs
from bigin_sync.emulator.metadata import ViewDef
from bigin_sync.emulator.stock import add_view
from bigin_sync.errors import InvalidMapping
from tests.contract.admin.stage import PATHS, Stage


@contextmanager
def asked(stage: Stage) -> Iterator[Counter[str]]:
    """What is asked of either org meanwhile, as `LABEL PATH MODULE` and how often."""
    heard: Counter[str] = Counter()
    transports = stage.room.transports
    assert isinstance(transports, dict)
    before = dict(transports)

    def listening(label: str, inner: httpx.BaseTransport) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            path = request.url.path.removeprefix(PATHS[label])
            heard[f"{label} {path} {request.url.params.get('module', '')}".strip()] += 1
            return inner.handle_request(request)

        return httpx.MockTransport(answer)

    transports.update({label: listening(label, inner) for label, inner in before.items() if inner is not None})
    try:
        yield heard
    finally:
        transports.update(before)


def connected(stage: Stage) -> None:
    for label in PATHS:
        stage.connect(label)


def level(stage: Stage) -> None:
    """Administrators make the same new field in both orgs."""
    for label in PATHS:
        make(stage, label, "Level")


def make(stage: Stage, label: str, name: str) -> None:
    """An administrator makes a field."""
    org = stage.world.org(label)
    title = org.modules["Contacts"].fields["Title"]
    org.modules["Contacts"].fields[name] = replace(title, api_name=name, label=name, custom=True)
    org.changed_shape()


def mapped(stage: Stage) -> set[str]:
    """What Bigin calls the fields of contacts that are synced."""
    contact = next(kind for kind in fields.mapping(stage.room, "contacts") if kind.kind == "contact")
    return {pair.left for pair in contact.pairs}


def test_connecting_asks_for_the_fields_of_each_module_once(stage: Stage) -> None:
    with asked(stage) as heard:
        connected(stage)
    times = {what: often for what, often in heard.items() if "/settings/fields" in what}
    assert len(times) == 2 * len(stage.room.pairing.kinds)
    assert set(times.values()) == {1}


def test_a_module_that_is_set_up_right_after_connecting_asks_nobody_again(stage: Stage) -> None:
    connected(stage)
    with asked(stage) as heard:
        modules.configure(stage.room, "contacts", view="From the web")
        modules.activate(stage.room, "contacts")
    assert heard == {}
    assert "Title" in mapped(stage)


def test_a_field_that_was_made_since_is_found_before_a_mapping_is_refused(stage: Stage) -> None:
    connected(stage)
    make(stage, "bigin", "Level")
    make(stage, "crm", "Grade")
    modules.configure(stage.room, "contacts", mapping={"contact": {"add": [{"bigin": "Level", "crm": "Grade"}]}})
    assert "Level" in mapped(stage)


def test_a_field_that_is_in_neither_org_is_refused_once_both_were_asked(stage: Stage) -> None:
    connected(stage)
    with asked(stage) as heard, pytest.raises(InvalidMapping, match="Level"):
        modules.configure(stage.room, "contacts", mapping={"contact": {"add": [{"bigin": "Level", "crm": "Grade"}]}})
    assert heard["bigin /settings/fields Contacts"] == heard["crm /settings/fields Contacts"] == 1


def test_a_list_view_that_was_made_since_is_found_before_its_name_is_refused(stage: Stage) -> None:
    connected(stage)
    crm = stage.world.crm
    add_view(crm, crm.modules["Contacts"], ViewDef(name="Regulars", fields=("Last_Name",)))
    assert modules.configure(stage.room, "contacts", view="Regulars").views["contact"] == "Regulars"


def test_a_module_that_is_set_up_later_than_that_is_proposed_with_the_fields_of_today(stage: Stage) -> None:
    connected(stage)
    level(stage)
    stage.world.clock.advance(61)
    modules.configure(stage.room, "contacts")
    assert "Level" in mapped(stage)


def test_only_the_org_that_was_asked_long_ago_makes_both_be_asked(stage: Stage) -> None:
    stage.connect("bigin")
    stage.world.clock.advance(61)
    stage.connect("crm")
    level(stage)
    modules.configure(stage.room, "contacts")
    assert "Level" in mapped(stage)


def test_editing_a_module_asks_anew_however_young_the_answers_are_and_only_about_its_own_kinds(stage: Stage) -> None:
    stage.ready()
    level(stage)
    with asked(stage) as heard:
        modules.edit(stage.room, "contacts", mapping={})
    assert "Level" in mapped(stage)
    about = {what.split()[-1] for what in heard if "/settings/" in what}
    assert about == {"Contacts", "Accounts"}


def test_what_a_module_asks_for_itself_makes_nothing_younger_that_the_next_run_should_read(stage: Stage) -> None:
    stage.ready()
    runs.sync(stage.room)
    stage.world.clock.advance(23 * 3600)
    modules.edit(stage.room, "contacts")
    stage.world.clock.advance(2 * 3600)
    with asked(stage) as heard:
        runs.sync(stage.room)
    assert heard["crm /settings/fields Deals"] == heard["crm /settings/fields Contacts"] == 1
