"""What several commands take: their types, and how a text becomes a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, Token

from voltcore.errors import escape_text

RUNS = Path("voltcore-runs")

ScenarioName = Annotated[
    str, Parameter(help="Name of a shipped scenario (`voltcore list`) or a TOML file.")
]


def _whole(_: type, tokens: Sequence[Token]) -> int:
    """An integer as written; 1.5 is not rounded and 1e3 is not an integer."""
    text = tokens[0].value.strip()
    if not re.fullmatch(r"[+-]?[0-9](_?[0-9]){0,77}", text):
        raise ValueError(f"{escape_text(text)[:40]!r} is not an integer")
    return int(text)


def _flag(text: str) -> Parameter:
    return Parameter(negative=(), show_default=False, help=text)


Threads = Annotated[
    int | None,
    Parameter(converter=_whole, help="Threads; all cores by default. Never changes a result."),
]
Paths = Annotated[int | None, Parameter(converter=_whole, help="Price paths of the base.")]
Seed = Annotated[int | None, Parameter(converter=_whole, help="Key of all random draws.")]
Quiet = Annotated[bool, _flag("No progress bar and no tables.")]
Json = Annotated[bool, _flag("One JSON object on stdout, nothing else.")]
Resume = Annotated[bool, _flag("Continue what --out holds.")]
Overrides = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        negative=(),
        show_default=False,
        help="Replace a setting: --set volt.target_leverage=-0.4. May be repeated.",
    ),
]
ReportPath = Annotated[Path, Parameter(help="Where to write the page.")]
NoReport = Annotated[bool, _flag("Write no page.")]
