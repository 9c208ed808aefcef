"""
What the run machinery asks of a model, and what a model gives back.

A model is one kind of scenario (``kind = "crab"``). Its module exports two names:

``Settings``
    A `msgspec.Struct` under `ModelSettings`: the keys of the scenario file, typed and bounded.
``build(settings, inputs)``
    The `Model` of these settings. ``inputs`` maps each file that the scenario names to its bytes.

`KINDS` lists the modules; nothing is imported before a scenario asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import msgspec
from msgspec import Meta
from numpy.typing import NDArray

if TYPE_CHECKING:
    from voltcore import _core

KINDS: dict[str, str] = {
    "crab": "voltcore.sim.crab",
    "basis": "voltcore.sim.basis",
    "crab-week": "voltcore.sim.crab_week",
    "irs": "voltcore.sim.irs",
    "imperial-rv": "voltcore.sim.imperial_rv",
    "jlp-stress": "voltcore.sim.jlp_stress",
    "paths": "voltcore.sim.price_paths",
}

BASE = "base"


@dataclass(frozen=True, slots=True)
class Column:
    """
    One number per path.

    Attributes
    ----------
    name : str
        ``[a-z][a-z0-9_]*``, unique within the model; ``path`` is taken.
    dtype : str
        ``"int64"``, ``"uint64"``, ``"int32"``, ``"uint32"``, ``"uint16"``, ``"float64"`` or
        ``"bool"``. A bool column is an event: the summary gives its probability.
    unit : str
        Unit of the value as shown, that is after division by `scale`: ``"USDC"``, ``"%"``, ``"h"``.
    description : str
        One line for tables and figures.
    source : str
        Where the definition comes from: a contract, a paper, ``"chosen"``.
    scale : int
        Stored value = shown value x scale. Exact amounts stay integers (``1_000_000`` for USDC).
    missing : int or None
        The stored value that means "did not happen"; left out of statistics.
    headline : bool
        Part of the summary on the terminal; the others are in the files and the report only.
    at_risk : bool
        More is better, and the summary gives value at risk and expected shortfall.
    """

    name: str
    dtype: str
    unit: str
    description: str
    source: str = ""
    scale: int = 1
    missing: int | None = None
    headline: bool = True
    at_risk: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """
    How one quantity is distributed over the paths, at each of several times.

    Counts are integers in fixed bins, so that adding shards is exact in any order. With ``m``
    edges there are ``m + 1`` bins: bin 0 holds values below ``edges[0]``, bin ``i`` those in
    ``[edges[i-1], edges[i])``, bin ``m`` those at or above ``edges[m-1]``.
    """

    name: str
    unit: str
    edges: tuple[float, ...]
    times: tuple[str, ...]
    description: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """(times, bins) of the count array."""
        return len(self.times), len(self.edges) + 1


@dataclass(frozen=True, slots=True)
class Series:
    """A line that all paths share, for figures: the real price at the end of each epoch."""

    name: str
    unit: str
    times: tuple[str, ...]
    values: tuple[float, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept step by step for the first paths: one row of values for each traced path."""

    name: str
    dtype: str
    unit: str
    times: tuple[str, ...]
    description: str = ""
    scale: int = 1


@dataclass(slots=True)
class Shard:
    """
    The outcome of a range of paths.

    Attributes
    ----------
    columns : dict of str to ndarray, shape (n_paths,)
        Every column of the model, in its dtype, C-contiguous, in path order.
    bands : dict of str to ndarray of uint64, shape (times, bins)
        Every band of the model.
    traces : dict of str to ndarray, shape (traced, times)
        Every trace of the model for the first ``traced`` paths of this shard.
    """

    columns: dict[str, NDArray[Any]]
    bands: dict[str, NDArray[Any]] = field(default_factory=dict)
    traces: dict[str, NDArray[Any]] = field(default_factory=dict)


class Model(Protocol):
    """A scenario, resolved and ready to run. Immutable; several threads call `simulate`."""

    kind: str
    variants: tuple[str, ...]
    """The same paths under other assumptions, ``"base"`` first."""
    columns: tuple[Column, ...]
    bands: tuple[Band, ...]
    traces: tuple[Trace, ...]
    series: tuple[Series, ...]
    steps_per_path: int

    def paths_of(self, variant: str, paths: int) -> int:
        """Paths run under `variant` when the base runs `paths`; at most `paths`."""
        ...

    def simulate(
        self,
        variant: str,
        first_path: int,
        n_paths: int,
        seed: int,
        traced: int,
        control: _core.Control,
    ) -> Shard | None:
        """
        Run the paths ``first_path .. first_path + n_paths - 1`` on the calling thread.

        The numbers of a path depend on the settings, `variant`, `seed` and its index alone. The
        GIL is released; `control` is polled every few milliseconds and counts finished paths.

        Parameters
        ----------
        variant : str
            One of `variants`.
        first_path, n_paths : int
            The range of paths.
        seed : int
            uint64.
        traced : int
            How many of these paths, from the first, are kept step by step.
        control : _core.Control
            Cancels and counts.

        Returns
        -------
        Shard or None
            None when `control` was cancelled.
        """
        ...


# A file name or relative path in a scenario. It is read when the scenario is loaded.
InputFile = Annotated[str, Meta(min_length=1, max_length=256, extra={"input": True})]


class RunSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[run]``: how much is run. It is part of the plan, not of the digest."""

    paths: Annotated[int, Meta(ge=1, le=2**40, description="price paths")] = 10_000
    seed: Annotated[int, Meta(ge=0, description="key of all random draws")] = 7
    paths_per_shard: Annotated[
        int, Meta(ge=1, le=2**24, description="paths in one file of the run folder")
    ] = 500
    traces: Annotated[int, Meta(ge=0, le=4096, description="paths kept step by step")] = 8


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Keys that every scenario has. A model's ``Settings`` derive from it.

    Every struct below it is frozen, keyword-only and forbids unknown fields, and gives each key's
    bounds in its type, so that a scenario is checked before any work starts::

        class Volt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
            target_leverage: Annotated[
                float,
                Meta(gt=-2, lt=0, description="target leverage of the squared perp",
                     extra={"unit": "1", "basis": "documented", "source": "..."}),
            ] = -0.4

    ``extra`` is what ``voltcore show`` and the report print: ``unit``, ``basis`` ("documented" or
    "chosen") and ``source``. Rules across fields go into ``__post_init__`` as `ScenarioError` with
    a ``field``.
    """

    kind: str
    title: Annotated[str, Meta(max_length=120)] = ""
    run: RunSettings = RunSettings()


class ModelModule(Protocol):
    """What a module listed in `KINDS` exports."""

    Settings: type[ModelSettings]

    def build(self, settings: Any, inputs: Mapping[str, bytes]) -> Model:
        """The model of these settings."""
        ...


def model_module(kind: str) -> ModelModule:
    """The module of a kind in `KINDS`, imported now."""
    from importlib import import_module

    module: ModuleType = import_module(KINDS[kind])
    return module
