"""The grid of a sweep: every combination of the listed values, each a checked scenario."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from voltcore.errors import MissingKeyError, ScenarioError
from voltcore.sim._settings import value_at
from voltcore.sim.scenario import Scenario, load_scenario
from voltcore.sim.sweep_table import sweep_lists


@dataclass(frozen=True, slots=True)
class Axis:
    """
    A setting that a sweep varies.

    Attributes
    ----------
    key : str
        Dotted key of the scenario.
    values : tuple
        As the settings hold them, in the order given.
    unit, description : str
        Of the setting.
    """

    key: str
    values: tuple[Any, ...]
    unit: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One combination: its place, its values by key, and the scenario with them."""

    index: int
    values: Mapping[str, Any]
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination, the last axis varying fastest."""

    base: Scenario
    axes: tuple[Axis, ...]
    cells: tuple[GridCell, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)


def make_grid(scenario: Scenario, over: Mapping[str, Any] | None = None) -> Grid:
    """
    All cells of a sweep, each checked as any scenario is, before any work.

    Parameters
    ----------
    scenario : Scenario
        With a table ``[sweep]``, unless `over` is given.
    over : mapping of str to sequence or range, optional
        Replaces the table ``[sweep]``.

    Raises
    ------
    ScenarioError
        E202 to E206 of the table, or of the first cell that is refused.
    """
    lists = scenario.sweep if over is None else sweep_lists(over)
    if not lists:
        raise MissingKeyError(
            "is missing: nothing is swept", field="sweep", hint="list values under [sweep]"
        )
    cells = []
    seen: dict[str, tuple[Any, ...]] = {}
    for index, values in enumerate(itertools.product(*lists.values())):
        resolved = load_scenario(scenario, dict(zip(lists, values, strict=True)))
        if resolved.digest in seen:
            raise ScenarioError(
                f"gives the same run twice: {_brief(seen[resolved.digest])} and {_brief(values)}",
                code="E206",
                field="sweep",
            )
        seen[resolved.digest] = values
        settings = msgspec.to_builtins(resolved.settings)
        held = {key: value_at(settings, key.split(".")) for key in lists}
        cells.append(GridCell(index, held, resolved))
    return Grid(scenario, _axes(lists, cells), tuple(cells))


def _axes(lists: Mapping[str, tuple[Any, ...]], cells: list[GridCell]) -> tuple[Axis, ...]:
    rows = {row.key: row for row in cells[0].scenario.rows()}
    axes = []
    stride = len(cells)
    for key, values in lists.items():
        # As the settings hold them: an integer given for a number is that number.
        stride //= len(values)
        held = tuple(cells[place * stride].values[key] for place in range(len(values)))
        row = rows.get(key)
        axes.append(Axis(key, held, row.unit if row else "", row.description if row else ""))
    return tuple(axes)


def _brief(values: tuple[Any, ...]) -> str:
    text = ", ".join(map(str, values))
    return text if len(text) <= 60 else text[:59] + "…"
