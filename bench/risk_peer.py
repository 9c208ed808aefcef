"""
The peer of the rates risk run: one path of takers in Python's ints with pandas, as a risk team
would write it from the protocol's formulas (`rates_peer`); its results are the library's.

Takers only, R22, a daily step, and leverages that are not liquidated on the paths it is run on.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rates_peer import RAY, WAD, YEAR, Market, Trader, exp2, mul

DAY = 86_400
KEEPER_STOPS = DAY
Z_95 = 1.6448536269514722
BOOTSTRAP = 64 << 24


def log2(x: int) -> int:
    n = (x // WAD).bit_length() - 1
    y, out, delta = x >> n, n * WAD, WAD // 2
    while delta and y != WAD:
        y = y * y // WAD
        if y >= 2 * WAD:
            out += delta
            y >>= 1
        delta >>= 1
    return out


def growth_wad(before: int, after: int) -> int:
    """The return between two values of the index, ray, as the contracts round it."""
    return ((after * RAY + before // 2) // before - RAY + 5 * 10**8) // 10**9


def yearly(rate: int, seconds: int) -> int:
    years = seconds * WAD * WAD // (YEAR * WAD)
    return exp2(mul(log2(WAD + rate), WAD * WAD // years)) - WAD


def philox(seed: int, path: int, part: int, blocks: int) -> NDArray[np.uint64]:
    """Philox4x32-10: the words of the first blocks of a stream, one after the other."""
    low = np.uint64(2**32 - 1)
    counter = [
        np.arange(blocks, dtype=np.uint64),
        np.full(blocks, part, np.uint64),
        np.full(blocks, path & (2**32 - 1), np.uint64),
        np.full(blocks, path >> 32, np.uint64),
    ]
    keys = [seed & (2**32 - 1), seed >> 32]
    for _ in range(10):
        a = counter[0] * np.uint64(0xD2511F53)
        b = counter[2] * np.uint64(0xCD9E8D57)
        shift = np.uint64(32)
        counter = [
            (b >> shift) ^ counter[1] ^ np.uint64(keys[0]),
            b & low,
            (a >> shift) ^ counter[3] ^ np.uint64(keys[1]),
            a & low,
        ]
        keys = [(keys[0] + 0x9E3779B9) % 2**32, (keys[1] + 0xBB67AE85) % 2**32]
    return np.stack(counter, axis=1).ravel()


def starts_of(
    seed: int, path: int, part: int, length: int, block: int, replicates: int
) -> NDArray[np.int64]:
    """Where the blocks of each replicate begin."""
    each = -(-length // block)
    words = philox(seed, path, part, -(-each * replicates // 4))[: each * replicates]
    return ((words * np.uint64(length)) >> np.uint64(32)).astype(np.int64).reshape(replicates, each)


def lower_bound(series: pd.Series, starts: NDArray[np.int64], block: int) -> float:
    """Mean less 1.645 deviations of the replicate means, circular block bootstrap."""
    values, length = series.to_numpy(), len(series)
    means = pd.Series(
        [
            values[((row[:, None] + np.arange(block)) % length).ravel()[:length]].mean()
            for row in starts
        ]
    )
    return float(means.mean() - Z_95 * means.std())


def lower_bound_at_once(
    values: NDArray[np.float64], starts: NDArray[np.int64], block: int
) -> float:
    """The same without a loop: every element of every replicate is picked."""
    length = len(values)
    places = (starts[:, :, None] + np.arange(block)) % length
    means = values[places.reshape(len(starts), -1)[:, :length]].mean(axis=1)
    return float(means.mean() - Z_95 * means.std(ddof=1))


def lower_bound_by_sums(
    values: NDArray[np.float64], starts: NDArray[np.int64], block: int
) -> float:
    """The same by running sums, as the library does it: a block is one subtraction."""
    length, each = len(values), starts.shape[1]
    sums = np.concatenate(([0.0], np.cumsum(np.concatenate((values, values)))))
    last = length - (each - 1) * block
    whole, rest = starts[:, :-1], starts[:, -1]
    totals = (sums[whole + block] - sums[whole]).sum(axis=1) + sums[rest + last] - sums[rest]
    means = totals / length
    return float(means.mean() - Z_95 * means.std(ddof=1))


class RiskPeer:
    """What every path starts from, taken from the pool of a model, and the index before it."""

    def __init__(self, model: Any, history: dict[int, int]) -> None:
        pool = model.pool
        self.settings, self.seats = model.settings, model.seats
        self.start = pool.now
        self.end = self.start + self.settings.pool.term_days * DAY
        self.vamm = pool.vamm()
        self.net = {tick: pool.tick(tick)["liquidity_net"] for tick in pool.initialized_ticks()}
        taker = (3, -60, 60)
        self.records = {
            key[0]: pool.position(*key) for key in (taker, *(seat.position for seat in self.seats))
        }
        self.history = history

    def run(
        self,
        seed: int,
        path: int,
        rates: NDArray[np.float64],
        index: list[int],
        parameters: Any,
    ) -> dict[str, dict[str, float]]:
        """Results of each seat from the rates and the index of each day."""
        settings, vamm = self.settings, self.vamm
        values = dict(self.history)
        traders = {
            who: Trader(r.margin, r.fixed_token_balance, r.variable_token_balance)
            for who, r in self.records.items()
        }
        price, tick, liquidity, growth = (
            vamm["sqrt_price_x96"],
            vamm["tick"],
            vamm["liquidity"],
            [0, 0, 0],
        )
        rows: list[dict[str, Any]] = []
        first = index[0]
        for day in range(1, settings.pool.term_days):
            now = self.start + day * DAY
            values[now] = index[day]
            window = settings.pool.lookback_days * DAY
            market = Market(
                parameters,
                self.start,
                self.end,
                now,
                growth_wad(first, index[day]),
                yearly(growth_wad(values[now - window], index[day]), window),
                vamm["fee_wad"],
                price,
                tick,
                liquidity,
                self.net,
                settings.pool.tick_spacing,
                growth,
                traders,
            )
            if now < self.end - KEEPER_STOPS:
                percent = 100.0 * rates[day]
                low, high = settings.pool.low_rate_percent, settings.pool.high_rate_percent
                target = int(2.0**96 / math.sqrt(min(max(percent, low), high)))
                if target != price:
                    market.swap(3, 2**120 if target > price else -(2**120), target)
            price, tick, liquidity = market.price, market.tick, market.liquidity
            for seat in self.seats:
                trader = traders[seat.position[0]]
                needed = market.requirement(trader.fixed, trader.variable, True)
                assert needed <= trader.margin, "the peer does not liquidate"
                cash = mul(trader.fixed * WAD, market.factor_now) + mul(
                    trader.variable * WAD, market.variable_factor
                )
                accrued = abs(cash) // WAD * (1 if cash >= 0 else -1)
                rows.append(
                    {
                        "seat": seat.name,
                        "liquidation": (float(seat.margin) - float(needed)) / float(seat.margin),
                        "equity": float(trader.margin + accrued) / float(seat.margin),
                    }
                )
        frame = pd.DataFrame(rows)
        return {
            seat.name: self.settled(seed, path, place, seat, frame, traders, first, index[-1])
            for place, seat in enumerate(self.seats)
        }

    def settled(
        self,
        seed: int,
        path: int,
        place: int,
        seat: Any,
        frame: pd.DataFrame,
        traders: dict[int, Trader],
        first: int,
        last: int,
    ) -> dict[str, float]:
        """Settlement at maturity, LVaR and IVaR."""
        trader = traders[seat.position[0]]
        fixed_factor = (self.end - self.start) * WAD * WAD // (YEAR * WAD) // 100
        cash = mul(trader.fixed * WAD, fixed_factor) + mul(
            trader.variable * WAD, growth_wad(first, last)
        )
        margin = trader.margin + abs(cash) // WAD * (1 if cash >= 0 else -1)
        mine = frame[frame["seat"] == seat.name]
        risk = self.settings.value_at_risk
        liquidation = mine["liquidation"].reset_index(drop=True)
        equity = pd.concat(
            [mine["equity"], pd.Series([float(margin) / float(seat.margin)])], ignore_index=True
        )
        found = {"pnl": margin - seat.margin}
        for part, (name, series) in enumerate((("lvar_95", liquidation), ("ivar_95", equity))):
            starts = starts_of(
                seed,
                path,
                BOOTSTRAP + 2 * place + part,
                len(series),
                risk.block_days,
                risk.replicates,
            )
            found[name] = 100.0 * lower_bound(series, starts, risk.block_days)
        return found
