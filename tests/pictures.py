"""The picture of the README: what `bigin-sync demo` shows, as it is shown.

    python -m tests.pictures

Writes docs/demo.svg anew. The template names no font of the web, so that nothing is loaded when it is looked at.
"""

import io
import logging
from pathlib import Path

import structlog
from rich.console import Console
from rich.terminal_theme import MONOKAI

from bigin_sync.cli.progress import watching
from bigin_sync.replay.demo import tell

PICTURE = Path(__file__).parents[1] / "docs" / "demo.svg"
WIDTH = 100

TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
<rect fill="#292929" x="1" y="1" width="{terminal_width}" height="{terminal_height}" rx="8" />
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Let the demo tell its story to a screen that remembers it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    console = Console(file=io.StringIO(), width=WIDTH, record=True, force_terminal=False, highlight=False)
    tell(console, stopping=None, port=None, watching=watching)
    told = console.export_svg(title="", theme=MONOKAI, code_format=TEMPLATE, unique_id="demo", clear=False)
    PICTURE.write_text("\n".join(line.rstrip() for line in told.splitlines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
