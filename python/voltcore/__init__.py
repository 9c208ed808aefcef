"""Exact on-chain arithmetic at Monte Carlo speed."""

from __future__ import annotations

from voltcore import errors
from voltcore._build import build_info
from voltcore.errors import *  # noqa: F403 - the whole tree is public here too

__version__ = build_info()["version"]

__all__ = ["__version__", "build_info", "errors", *errors.__all__]
