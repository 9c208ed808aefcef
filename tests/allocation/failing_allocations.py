"""
A pytest plugin: every engine call of the tests is made first with its allocations failing.

Loaded into a pytest of its own, with ``failing_new.cpp`` preloaded. The first calls of each
method of each engine are repeated with the first, the second, ... allocation failing until the call
gets by without one; each failure must raise `ResourceError` and leave the state's bytes as they
were. What was tried is written to the file that ``VOLTCORE_ALLOCATION_REPORT`` names.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voltcore import ResourceError, _core

ENGINES = (
    _core.UniswapV3Pool,
    _core.IrsPool,
    _core.BasketPool,
    _core.JlpPool,
    _core.VolPool,
    _core.MarginVenue,
    _core.Volt,
)
OF_EVERY_ENGINE = {"payload", "from_payload", "clone", "state", "audit"}
CALLS_PER_METHOD = 6
MOST_ALLOCATIONS = 2_000

_allocator = ctypes.CDLL(None)
_allocator.fail_after.argtypes = [ctypes.c_long]
_allocator.failures_so_far.restype = ctypes.c_long

tried: Counter[str] = Counter()
failed: Counter[str] = Counter()
broken: list[str] = []


def _with_failures(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if tried[name] == CALLS_PER_METHOD:
            return method(self, *arguments, **keywords)
        tried[name] += 1
        before = self.payload()
        for count in range(MOST_ALLOCATIONS):
            seen = _allocator.failures_so_far()
            _allocator.fail_after(count)
            try:
                result = method(self, *arguments, **keywords)
            except ResourceError:
                _allocator.fail_after(-1)
                failed[name] += 1
                if self.payload() != before:
                    broken.append(f"{name}: allocation {count + 1} failed and the state changed")
                    raise
                continue
            except MemoryError:
                broken.append(f"{name}: allocation {count + 1} failed as a bare MemoryError")
                raise
            finally:
                _allocator.fail_after(-1)
            if _allocator.failures_so_far() != seen:
                failed[name] += 1  # one that the call could do without
            return result
        broken.append(f"{name}: more than {MOST_ALLOCATIONS} allocations")
        return method(self, *arguments, **keywords)

    return call


def methods_of(engine: type) -> list[str]:
    return [
        name
        for name, value in vars(engine).items()
        if not name.startswith("_") and callable(value) and name not in OF_EVERY_ENGINE
    ]


def pytest_configure() -> None:
    for engine in ENGINES:
        for name in methods_of(engine):
            method = vars(engine)[name]
            setattr(engine, name, _with_failures(f"{engine.__name__}.{name}", method))


def pytest_unconfigure() -> None:
    report = {
        "methods": [f"{e.__name__}.{name}" for e in ENGINES for name in methods_of(e)],
        "tried": tried,
        "failed": failed,
        "broken": broken,
    }
    Path(os.environ["VOLTCORE_ALLOCATION_REPORT"]).write_text(json.dumps(report), encoding="utf-8")
