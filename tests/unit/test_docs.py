"""The documents keep up with the program."""

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from bigin_sync.cli.main import build
from bigin_sync.jobs.terms import BRAKES, Terms, meanings
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.settings import variables

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)[^)]*\)|!\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_setting_of_the_environment_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [link or picture for link, picture in LINK.findall(page.read_text(encoding="utf-8"))]
    assert [to for to in targets if "://" not in to and not (page.parent / to).exists()] == []


def test_the_map_shows_every_room() -> None:
    shown = (ROOT / "docs/map.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in (ROOT / "bigin_sync").glob("*/__init__.py")]
    assert [room for room in rooms if f"| `{room}/`" not in shown] == []


def test_every_make_target_a_page_speaks_of_exists() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    spoken = {
        name
        for page in PAGES
        for name in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {name for name in spoken if f"make {name} " not in listed} == set()
    assert {"run", "test"} <= spoken


def commands() -> list[str]:
    """Every command that does something, as it is typed."""
    known = getattr(get_command(build()), "commands", {})
    inner = {name: getattr(command, "commands", {}) for name, command in known.items()}
    return [f"bigin-sync {' '.join(words)}" for name in known for words in ([name, each] for each in inner[name])] + [
        f"bigin-sync {name}" for name in known if not inner[name]
    ]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`{command}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", sorted(meanings(BIGIN_CRM)))
def test_every_setting_of_a_module_is_documented(setting: str) -> None:
    page = "docs/brakes.md" if setting in BRAKES else "docs/modules.md"
    rows = [line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert any(f"`{setting}`" in row for row in rows)


@pytest.mark.parametrize("setting", BRAKES)
def test_the_default_of_every_brake_is_documented(setting: str) -> None:
    page = (ROOT / "docs/brakes.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.split("|")] for line in page.splitlines() if f"`{setting}`" in line]
    told = {name: value for row in cells for name, value in zip(row[2].split(", "), row[3].split(", "), strict=True)}
    assert told[f"`{setting}`"] == Terms().settings(BIGIN_CRM)[setting]


def test_every_page_of_the_documents_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in readme] == []


TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_the_guarantees_name_exists() -> None:
    named = TEST.findall((ROOT / "docs/guarantees.md").read_text(encoding="utf-8"))
    assert len(named) > 10
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") or not name, f"{file}::{name}"
