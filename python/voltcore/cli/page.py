"""Whether a report page could be written, asked before the work that it is about."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from voltcore.errors import InputRangeError, ResourceError


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
