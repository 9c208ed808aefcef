"""The report page, as the command line writes it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from voltcore.errors import InputRangeError, ResourceError
from voltcore.sim.results import Results
from voltcore.sim.store import Folder


def check_report_target(target: Path | None) -> None:
    """Refuse a page that could not be written, before the run rather than after it."""
    if target is None:
        return
    try:
        found = find_spec("plotly") is not None
    except ImportError:
        found = False
    if not found:
        raise ResourceError(
            "is not installed; the report needs it",
            code="E902",
            field="plotly",
            hint="pip install 'voltcore[app]', or --no-report",
        )
    if target.is_dir():
        raise InputRangeError("is a folder", field="--report", value=str(target))
    if not target.parent.is_dir():
        raise InputRangeError("is in no existing folder", field="--report", value=str(target))


def write_report(results: Results, target: Path) -> None:
    """Write the page, whole or not at all."""
    from importlib import import_module

    text = import_module("voltcore.report").report_html(results)
    with Folder(target.parent) as folder:
        folder.write(target.name, text.encode("utf-8"))
        folder.sync()
