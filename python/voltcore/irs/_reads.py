"""What an `IrsPool` holds: reading changes nothing."""

from __future__ import annotations

from typing import Any

from voltcore import _core
from voltcore._engine import Engine
from voltcore.irs.rates import rate_at_sqrt_price
from voltcore.irs.receipts import GrowthInside, ModuleTrader, Position

__all__ = ["PoolReads"]

_DAY = 86_400


class PoolReads(Engine):
    """The reading half of `IrsPool`."""

    __slots__ = ()

    _kind = "irs_pool"
    _core_type = _core.IrsPool
    _core: _core.IrsPool

    def config(self) -> dict[str, Any]:
        """What is fixed at deployment: revision, owner, periphery, term, spacing, module."""
        return self._core.config()

    def vamm(self) -> dict[str, Any]:
        """Price, tick, liquidity, growth, fees and flags of the vAMM."""
        return self._core.vamm()

    def margin_engine(self) -> dict[str, Any]:
        """Settings, APY cache, tokens held and flags of the margin engine."""
        return self._core.margin_engine()

    def module_state(self) -> dict[str, Any]:
        """Yield tokens of the fully-collateralised module and the reserve behind them."""
        return self._core.module_state()

    def rate_oracle(self) -> dict[str, Any]:
        """Report, buffer indices and the newest observation of the rate oracle."""
        return self._core.rate_oracle()

    @property
    def now(self) -> int:
        """The clock: the time of the last operation, seconds."""
        return self._core.now()

    def tick(self, tick: int) -> dict[str, Any]:
        """The record of a tick; zeros for one without liquidity."""
        return self._core.tick(tick)

    def initialized_ticks(self) -> list[int]:
        """All ticks with liquidity, ascending."""
        return self._core.initialized_ticks()

    def bitmap_word(self, index: int) -> int:
        """The 256 bits of a bitmap word."""
        return self._core.bitmap_word(index)

    def position(self, owner: int, tick_lower: int, tick_upper: int) -> Position:
        """
        A position as it is stored, zeros for an unknown one.

        `get_position` refreshes it first, as the contract does.
        """
        return Position.of(self._core.position(owner, tick_lower, tick_upper))

    def position_keys(self) -> list[tuple[int, int, int]]:
        """(owner, tick_lower, tick_upper) of every stored position, ascending."""
        return self._core.position_keys()

    def balance_of(self, account: int) -> int:
        """Underlying tokens of an account."""
        return self._core.balance_of(account)

    def yield_balance_of(self, account: int) -> int:
        """Yield tokens of an account at the present index; `MODULE` is the module's own."""
        return self._core.yield_balance_of(account)

    def module_trader(self, account: int) -> ModuleTrader:
        """A trader of the fully-collateralised module; zeros for an unknown one."""
        return ModuleTrader(**self._core.module_trader(account))

    def is_approved(self, owner: int, integration: int) -> bool:
        """Whether `integration` may act for `owner`."""
        return self._core.is_approved(owner, integration)

    def compute_growth_inside(self, tick_lower: int, tick_upper: int) -> GrowthInside:
        """Growth per unit of liquidity inside a range, Q128."""
        return GrowthInside(*self._core.compute_growth_inside(tick_lower, tick_upper))

    def variable_factor_no_cache(self, now: int) -> int:
        """Growth of the index over the term so far, wad; nothing is stored."""
        return self._core.variable_factor_no_cache(now)

    def rate_from_to(self, now: int, start: int, end: int) -> int:
        """Growth of the index between two times, wad."""
        return self._core.rate_between(now, start, end)[0]

    def apy_from_to(self, now: int, start: int, end: int) -> int:
        """The same as a yearly rate, wad."""
        return self._core.rate_between(now, start, end)[1]

    @property
    def fixed_rate(self) -> float | None:
        """The market's fixed rate in percent, to be shown; None before `initialize_vamm`."""
        price = self.vamm()["sqrt_price_x96"]
        return rate_at_sqrt_price(price) if price else None

    def __repr__(self) -> str:
        config, rate = self.config(), self.fixed_rate
        shown = "not initialised" if rate is None else f"fixed rate {rate:.4f} %"
        days = (config["term"]["end_wad"] // 10**18 - self.now) / _DAY
        return (
            f"<IrsPool {_revision(config)}, {shown}, {days:.1f} days to maturity,"
            f" {len(self.position_keys())} positions>"
        )

    def describe(self) -> str:
        """The pool in a few lines, to be read."""
        config, vamm, engine = self.config(), self.vamm(), self.margin_engine()
        oracle, rate = self.rate_oracle(), self.fixed_rate
        start, end = (config["term"][name] // 10**18 for name in ("start_wad", "end_wad"))
        lines = {
            "revision": _revision(config),
            "term": f"{(end - start) / _DAY:.1f} days, {(end - self.now) / _DAY:.1f} left",
            "fixed rate": "not initialised" if rate is None else f"{rate:.4f} %",
            "tick": f"{vamm['tick']}, spacing {config['tick_spacing']}",
            "liquidity": f"{vamm['liquidity']} at the tick,"
            f" {len(self.initialized_ticks())} initialised ticks",
            "fee": f"{vamm['fee_wad'] / 1e16:g} % of notional a year"
            + (
                f", one part in {vamm['fee_protocol']} to the protocol"
                if vamm["fee_protocol"]
                else ""
            ),
            "positions": str(len(self.position_keys())),
            "engine": f"{engine['underlying_balance']} tokens,"
            f" {vamm['protocol_fees']} of them protocol fees",
            "index": f"{oracle['rate_ray'] / 1e27:.9f}, {oracle['cardinality']} observations",
            "historical APY": f"{engine['cached_apy_wad'] / 1e16:.4f} % (cached)",
            "paused": "yes" if vamm["paused"] or engine["paused"] else "no",
        }
        width = max(map(len, lines))
        return "\n".join(f"{name:<{width}}  {text}" for name, text in lines.items())


def _revision(config: dict[str, Any]) -> str:
    return ("R22", "R23")[config["revision"]]
