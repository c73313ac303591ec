"""Every command explains itself, with examples."""

from importlib.metadata import version

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bigin_sync.cli.main import build


def commands() -> list[str]:
    """Every command there is, groups included."""
    found = [""]
    known = getattr(get_command(build()), "commands", {})
    for name, command in known.items():
        found.append(name)
        found += [f"{name} {inner}" for inner in getattr(command, "commands", {})]
    return found


@pytest.mark.parametrize("words", commands())
def test_every_command_says_what_it_does_in_a_sentence(words: str) -> None:
    told = CliRunner().invoke(build(), [*words.split(), "--help"])
    assert told.exit_code == 0
    sentences = [line.strip() for line in told.output.splitlines() if line.strip() and "Usage" not in line]
    assert sentences[0][0].isupper()
    assert not sentences[0].startswith("╭")


@pytest.mark.parametrize(
    "words",
    [
        "connect",
        "module configure",
        "module activate",
        "plan",
        "sync",
        "daemon",
        "status",
        "history",
        "conflicts resolve",
        "why",
    ],
)
def test_the_commands_people_need_most_show_examples(words: str) -> None:
    told = CliRunner().invoke(build(), [*words.split(), "--help"])
    assert "For example:" in told.output
    assert f"bigin-sync {words}" in told.output.split("For example:")[1]


@pytest.mark.parametrize("words", commands())
def test_every_example_stands_on_a_line_of_its_own(words: str) -> None:
    told = CliRunner().invoke(build(), [*words.split(), "--help"], env={"COLUMNS": "200"})
    lines = [line.split("--help")[0] for line in told.output.split("For example:")[-1].splitlines()]
    assert [line for line in lines if line.count("bigin-sync ") > 1 and not line.startswith("│")] == []


def test_no_command_is_lost() -> None:
    words = (
        "demo emulator replay connect modules fields plan sync daemon status history why doctor module owners conflicts"
    )
    assert set(words.split()) <= set(commands())


def test_the_version_is_told_to_whoever_asks() -> None:
    told = CliRunner().invoke(build(), ["--version"])
    assert (told.exit_code, told.output.strip()) == (0, version("bigin-sync"))
