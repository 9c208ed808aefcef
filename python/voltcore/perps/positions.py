"""Positions of one market as a structure of arrays, and the market they are looked at in."""

from __future__ import annotations

from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore._arrays import as_exact, same_length
from voltcore.errors import InputTypeError
from voltcore.perps.jlp_pool import JlpPool
from voltcore.perps.rates import hourly_accrue

__all__ = ["Positions", "ScanParams"]

_DTYPES = {
    "size_usd": np.uint64,
    "collateral_usd": np.uint64,
    "entry": np.uint64,
    "snapshot": np.uint64,
    "side": np.uint8,
}


class Positions:
    """
    Columns of equal length, 33 bytes a position, read in place.

    Arrays of the exact dtype, C-contiguous and aligned, are not copied: a memory map of 10**8 rows
    costs no memory of its own. Anything else is copied.

    Parameters
    ----------
    size_usd, collateral_usd : array_like of uint64, shape (n,)
        USD e6.
    entry : array_like of uint64, shape (n,)
        Entry price, the unit of the mark.
    snapshot : array_like of uint64, shape (n,)
        Cumulative borrow rate at the last settlement, 1e9.
    side : array_like of uint8, shape (n,)
        0 long, 1 short.

    Raises
    ------
    ArrayError
        E120 for a dtype that cannot be read exactly, E121 for a shape, E122 for lengths that
        differ, E123 for a size beyond 2**33.
    """

    __slots__ = ("collateral_usd", "entry", "side", "size_usd", "snapshot")

    def __init__(
        self, size_usd: Any, collateral_usd: Any, entry: Any, snapshot: Any, side: Any
    ) -> None:
        self.size_usd: NDArray[np.uint64] = as_exact(size_usd, np.uint64, "size_usd")
        self.collateral_usd: NDArray[np.uint64] = as_exact(
            collateral_usd, np.uint64, "collateral_usd"
        )
        self.entry: NDArray[np.uint64] = as_exact(entry, np.uint64, "entry")
        self.snapshot: NDArray[np.uint64] = as_exact(snapshot, np.uint64, "snapshot")
        self.side: NDArray[np.uint8] = as_exact(side, np.uint8, "side")
        same_length(**{name: getattr(self, name) for name in _DTYPES})

    @classmethod
    def from_table(cls, table: Any) -> Self:
        """
        Positions from an arrow table, a polars or pandas frame, or a dict of arrays.

        Parameters
        ----------
        table : object with ``table[name]`` for each column
            Columns ``size_usd``, ``collateral_usd``, ``entry``, ``snapshot``, ``side``.

        Raises
        ------
        InputTypeError
            E101 for a column that is missing.
        ArrayError
            As the constructor.
        """
        columns: dict[str, Any] = {}
        for name in _DTYPES:
            try:
                column = table[name]
            except (KeyError, TypeError, IndexError, ValueError) as error:
                raise InputTypeError(
                    f"has no column {name} ({type(error).__name__})", field="table"
                ) from None
            except Exception as error:  # noqa: BLE001 - each library has its own missing-column error
                raise InputTypeError(
                    f"has no column {name} ({type(error).__name__})", field="table"
                ) from None
            columns[name] = column.to_numpy() if hasattr(column, "to_numpy") else column
        return cls(**columns)

    @classmethod
    def from_pool(cls, pool: JlpPool, custody: str, collateral_custody: str | None = None) -> Self:
        """
        The open positions of a pool on one market.

        Parameters
        ----------
        pool : JlpPool
        custody : str
            The traded token.
        collateral_custody : str, optional
            The traded one by default, which holds the longs; a stable holds its shorts.
        """
        state = pool.state()
        names = [config["name"] for config in state["configs"]]
        market = (names.index(custody), names.index(collateral_custody or custody))
        rows = [p for p in state["positions"] if (p["custody"], p["collateral_custody"]) == market]
        return cls(
            size_usd=[p["size_usd"] for p in rows],
            collateral_usd=[p["collateral_usd"] for p in rows],
            entry=[p["price"] for p in rows],
            snapshot=[p["snapshot"] for p in rows],
            side=[p["side"] for p in rows],
        )

    def __len__(self) -> int:
        return len(self.size_usd)

    def __repr__(self) -> str:
        return f"<Positions {len(self):,}>"

    def columns(self) -> tuple[NDArray[Any], ...]:
        """The five arrays in the order of the constructor."""
        return (self.size_usd, self.collateral_usd, self.entry, self.snapshot, self.side)


class ScanParams(msgspec.Struct, frozen=True, kw_only=True):
    """
    The market that positions are looked at in, but for its price.

    Attributes
    ----------
    close_bps : int
        Base fee of a close.
    impact_scalar : int
        0: no price impact.
    max_leverage_bps : int
        200x is 2_000_000.
    cumulative : int
        Cumulative borrow rate at `last_update`, 1e9.
    last_update : int
        Unix seconds.
    hourly_rate : int
        Borrow rate since then, 1e9 an hour.
    """

    close_bps: int = 6
    impact_scalar: int = 0
    max_leverage_bps: int = 2_000_000
    cumulative: int = 0
    last_update: int = 0
    hourly_rate: int = 0

    @classmethod
    def from_pool(cls, pool: JlpPool, custody: str, collateral_custody: str | None = None) -> Self:
        """The params of one market of a pool, as `Positions.from_pool` splits them."""
        state = pool.state()
        names = [config["name"] for config in state["configs"]]
        traded = state["configs"][names.index(custody)]
        paying = collateral_custody or custody
        held = state["custodies"][names.index(paying)]
        return cls(
            close_bps=traded["decrease_bps"],
            impact_scalar=traded["trade_impact_fee_scalar"],
            max_leverage_bps=traded["max_leverage_bps"],
            cumulative=held["cumulative"],
            last_update=held["last_update"],
            hourly_rate=pool.hourly_rate(paying) if held["owned"] else 0,
        )

    def market(self, mark: int, now: int) -> tuple[int, int, int, int, int]:
        """What the core reads: mark, cumulative at `now`, and the rest."""
        cumulative = hourly_accrue(
            self.cumulative, last=self.last_update, now=now, hourly_rate_e9=self.hourly_rate
        )
        return (mark, cumulative, self.close_bps, self.impact_scalar, self.max_leverage_bps)
