"""What a person decides about a module."""

import pytest

from bigin_sync.errors import UnknownSetting, UnknownStrategy
from bigin_sync.jobs.terms import Terms, meanings
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM


def changed(**changes: str) -> Terms:
    return Terms().changed(changes, pairing=BIGIN_CRM)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("latest", Strategy.LATEST),
        ("crm", Strategy.RIGHT),
        ("bigin", Strategy.LEFT),
        ("skip", Strategy.SKIP),
        ("ask", Strategy.ASK),
        ("CRM", Strategy.RIGHT),
    ],
)
def test_a_strategy_is_typed_by_its_name_or_by_the_side_that_wins(typed: str, meant: Strategy) -> None:
    assert changed(strategy=typed).policy().strategy is meant


@pytest.mark.parametrize("typed", ["left", "right", "newest", ""])
def test_an_unknown_strategy_is_refused_with_those_there_are(typed: str) -> None:
    with pytest.raises(UnknownStrategy, match="latest, crm, bigin, skip or ask"):
        changed(strategy=typed)


def test_every_setting_changes_what_it_names_and_nothing_else() -> None:
    terms = changed(granularity="record", tie="bigin", blanks="no", max_creates="none", max_updates="7")
    assert terms.policy() == Policy(Strategy.LATEST, Granularity.RECORD, Side.LEFT, blanks=False)
    assert (terms.brakes().creates, terms.brakes().updates) == (None, 7)
    assert terms.brakes().blanks == Terms().brakes().blanks


@pytest.mark.parametrize(
    ("name", "value"),
    [("granularity", "cells"), ("tie", "both"), ("blanks", "maybe"), ("max_creates", "-1"), ("max_updates", "x")],
)
def test_a_value_that_does_not_fit_is_refused_with_those_that_do(name: str, value: str) -> None:
    with pytest.raises(UnknownSetting, match=meanings(BIGIN_CRM)[name]):
        changed(**{name: value})


def test_a_misspelt_setting_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownSetting, match="granularity"):
        changed(granualrity="fields")


def test_a_revision_gives_back_the_terms_that_were_stored() -> None:
    terms = changed(strategy="ask", max_blanks="none")
    assert Terms.stored(terms.to_json()) == terms


def test_settings_are_shown_as_they_would_be_typed() -> None:
    shown = changed(strategy="crm", blanks="no", max_creates="none").settings(BIGIN_CRM)
    assert Terms().changed(shown, pairing=BIGIN_CRM).settings(BIGIN_CRM) == shown
    assert set(shown) == set(meanings(BIGIN_CRM))


@pytest.mark.parametrize(
    ("typed", "said"),
    [("none", "none"), ("workflow", "workflow"), ("blueprint, Workflow", "workflow,blueprint")],
)
def test_automations_are_none_unless_they_are_named(typed: str, said: str) -> None:
    assert Terms().settings(BIGIN_CRM)["trigger"] == "none"
    assert changed(trigger=typed).settings(BIGIN_CRM)["trigger"] == said


def test_an_automation_that_no_product_knows_is_refused() -> None:
    with pytest.raises(UnknownSetting, match="trigger can't be 'mail'"):
        changed(trigger="mail")
