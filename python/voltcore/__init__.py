"""Exact on-chain arithmetic at Monte Carlo speed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from voltcore import errors
from voltcore._build import build_info
from voltcore.errors import *  # noqa: F403 - the whole tree is public here too

if TYPE_CHECKING:
    from voltcore.sim import Results, Sweep, load_scenario, resume, run, sweep

__version__ = build_info()["version"]

__all__ = [
    "Results",
    "Sweep",
    "__version__",
    "build_info",
    "errors",
    "load_scenario",
    "resume",
    "run",
    "sweep",
    *errors.__all__,
]

# Imported when first used, so that `import voltcore` stays light.
_LAZY = {
    "Results": "voltcore.sim",
    "Sweep": "voltcore.sim",
    "load_scenario": "voltcore.sim",
    "resume": "voltcore.sim",
    "run": "voltcore.sim",
    "sweep": "voltcore.sim",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'voltcore' has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value
