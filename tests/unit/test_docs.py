"""The documents keep up with the program."""

import re
import subprocess
from pathlib import Path

import pytest

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
