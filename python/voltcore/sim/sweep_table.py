"""
The table ``[sweep]``: which settings are varied, over which values.

A key of the scenario is given a list or a range; every combination is one cell::

    [sweep]
    volt.hedge_band_bps = [100, 500, 2_500]
    funding.variance_premium = { from = 1.0, to = 1.5, steps = 3 }     # or step = 0.25
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from voltcore.errors import LimitError, MissingKeyError, ScenarioError, UnknownKeyError

MAX_CELLS = 4096
MAX_AXES = 8

_RANGE = {"from", "to", "step", "steps"}
_FIXED = ("kind", "title", "run", "sweep")


def sweep_lists(table: Mapping[str, Any], field: str = "sweep") -> dict[str, tuple[Any, ...]]:
    """
    Keys and lists of a table ``[sweep]``, ranges written out.

    Raises
    ------
    ScenarioError
        E202, E203, E205, E206 with the key that is wrong.
    """
    if not isinstance(table, Mapping):
        raise ScenarioError("is not a table", code="E206", field=field, value=table)
    found = dict(_flat(table, "", field))
    for key in found:
        if key.partition(".")[0] in _FIXED:
            raise ScenarioError(
                "is the same in every cell and cannot be swept", code="E206", field=f"{field}.{key}"
            )
        for other in found:
            if other.startswith(f"{key}."):
                raise ScenarioError(
                    f"holds {other}, which is swept too", code="E206", field=f"{field}.{key}"
                )
    if len(found) > MAX_AXES:
        raise LimitError(f"has {len(found)} keys; at most {MAX_AXES} are swept", field=field)
    cells = 1
    for values in found.values():
        cells *= len(values)
    if cells > MAX_CELLS:
        raise LimitError(f"has {cells:,} cells; at most {MAX_CELLS:,} are run", field=field)
    return found


def _flat(table: Mapping[str, Any], path: str, field: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for name, value in table.items():
        key = f"{path}.{name}" if path else str(name)
        if not isinstance(value, Mapping):
            yield key, _listed(value, f"{field}.{key}")
        elif "from" in value or "to" in value:
            yield key, _range(value, f"{field}.{key}")
        else:
            yield from _flat(value, key, field)


def _listed(value: object, field: str) -> tuple[Any, ...]:
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, list | tuple | range) or not value:
        raise ScenarioError(
            "is not a list or a range",
            code="E206",
            field=field,
            value=value,
            hint="[1, 2] or { from = 1, to = 2, steps = 3 }",
        )
    _check_length(len(value), field)
    return tuple(value)


def _check_length(count: int, field: str) -> None:
    if count > MAX_CELLS:
        raise LimitError(f"has {count:,} values; at most {MAX_CELLS:,} are run", field=field)


def _range(table: Mapping[str, Any], field: str) -> tuple[Any, ...]:
    for name in table:
        if name not in _RANGE:
            raise UnknownKeyError(
                "is not a key of a range", field=f"{field}.{name}", hint="from, to, step or steps"
            )
    for name in ("from", "to"):
        if name not in table:
            raise MissingKeyError("is missing", field=f"{field}.{name}")
    low, high = _exact(table["from"], f"{field}.from"), _exact(table["to"], f"{field}.to")
    if ("step" in table) == ("steps" in table):
        raise ScenarioError("needs either step or steps", code="E206", field=field)
    if "steps" in table:
        count = table["steps"]
        if isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MAX_CELLS:
            raise ScenarioError(
                f"is not an integer in [2, {MAX_CELLS}]",
                code="E206",
                field=f"{field}.steps",
                value=count,
            )
        step = (high - low) / (count - 1)
    else:
        step = _exact(table["step"], f"{field}.step")
        whole = (high - low) / step if step else Fraction(-1)
        if whole < 0 or whole.denominator != 1:
            raise ScenarioError(
                "does not lead from `from` to `to` in whole steps",
                code="E206",
                field=f"{field}.step",
                value=table["step"],
            )
        _check_length(int(whole) + 1, field)
        count = int(whole) + 1
    values = [low + step * place for place in range(count)]
    if all(isinstance(table[name], int) for name in ("from", "to")) and all(
        value.denominator == 1 for value in values
    ):
        return tuple(int(value) for value in values)
    return tuple(float(value) for value in values)


def _exact(value: object, field: str) -> Fraction:
    """A number as it was written: 0.1 is a tenth, so that three steps of it end at 0.3."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScenarioError("is not a number", code="E206", field=field, value=value)
    if value - value != 0:
        raise ScenarioError("is not a finite number", code="E206", field=field, value=value)
    return Fraction(repr(value))
