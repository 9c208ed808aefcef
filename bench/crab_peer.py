"""
A simplified crab vault in numba and in Python ints: the peer of `bench_sim_crab.py`.

One path is 52 weeks of 7 daily steps. The vault holds collateral and owes a squared debt whose
size in money is ``q * m``; ``m`` is the price times a factor that shrinks by 0.15 % a day (the
funding it earns). Each day: price, factor, debt, and a buy-back of half the debt with a penalty of
10 % when collateral is below 150 % of it. Each week: hedging cost of 0.3 % of the imbalance, a fee,
and a return to 200 %. Every product of two 64-bit integers is divided exactly (128 bits between).

A step is lighter than one of the real crab: no venue account, no exact funding, no trades.
"""

from __future__ import annotations

import math
import platform
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

WEEKS = 52
DAYS = 7
STEPS = WEEKS * DAYS
WAD = 10**18
UNIT = 10**9
START_PRICE = 2_000 * 10**8
START_EQUITY = 100 * UNIT
DAILY_FACTOR = WAD - 15 * 10**14
SEED = 42
MASK = 2**32 - 1


def daily_moves() -> NDArray[np.uint64]:
    """4096 equally likely daily price ratios in 2^-32, at 80 % volatility a year."""
    normal = NormalDist()
    sigma = 0.8 * math.sqrt(1 / 365)
    ratios = (
        math.exp(sigma * normal.inv_cdf((i + 0.5) / 4096) - sigma**2 / 2) for i in range(4096)
    )
    return np.array([round(ratio * 2**32) for ratio in ratios], dtype=np.uint64)


def words(path: int, block: int) -> tuple[int, int, int, int]:
    """Philox4x32-10 with counter (block, path low, path high, 0) and the seed as key."""
    a, b, c, d = block, path & MASK, path >> 32, 0
    key_0, key_1 = SEED & MASK, SEED >> 32
    for _ in range(10):
        x, y = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (y >> 32) ^ b ^ key_0, y & MASK, (x >> 32) ^ d ^ key_1, x & MASK
        key_0, key_1 = (key_0 + 0x9E3779B9) & MASK, (key_1 + 0xBB67AE85) & MASK
    return a, b, c, d


def python_path(path: int, moves: list[int]) -> tuple[int, int, int]:
    """Final equity, final price and number of buy-backs of one path in Python ints."""
    price, factor, equity, bought = START_PRICE, WAD, START_EQUITY, 0
    unit_debt = price * factor // WAD // 1_000
    collateral, owed = 2 * equity, equity * UNIT // unit_debt
    for step in range(STEPS):
        if equity == 0:
            break
        price = price * moves[words(path, step // 4)[step % 4] >> 20] >> 32
        factor = factor * DAILY_FACTOR // WAD
        unit_debt = price * factor // WAD // 1_000
        if 2 * collateral < 3 * (owed * unit_debt // UNIT):
            half = owed // 2
            paid = half * unit_debt // UNIT
            collateral -= min(paid + paid // 10, collateral)
            owed -= half
            bought += 1
        if step % DAYS == DAYS - 1:
            debt = owed * unit_debt // UNIT
            equity = max(collateral - debt, 0)
            equity = max(equity - abs(equity - debt) * 30 // 10_000, 0)
            equity -= equity * 385 // 1_000_000
            collateral = 2 * equity
            owed = equity * UNIT // unit_debt if unit_debt else 0
    return equity, price, bought


def numba_paths() -> Any:
    """
    Compiled ``paths(n, moves)``: the three results of `python_path` as uint64 columns.

    128-bit products are LLVM's; on x86-64 the division is one ``div`` instruction, as numba's users
    have to write it themselves to be fast.
    """
    import llvmlite.binding
    import numba
    from llvmlite import ir
    from numba.core.types import uint64
    from numba.extending import intrinsic

    single = platform.machine() in ("x86_64", "AMD64")
    if single:
        llvmlite.binding.initialize_native_asmparser()
    word = ir.IntType(64)
    wide = ir.IntType(128)

    @intrinsic  # type: ignore[untyped-decorator]
    def high(_context: Any, _a: Any, _b: Any) -> Any:
        """Upper half of a * b."""

        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            left, right = (builder.zext(argument, wide) for argument in arguments)
            product = builder.mul(left, right)
            return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), word)

        return uint64(uint64, uint64), generate

    @intrinsic  # type: ignore[untyped-decorator]
    def divide(_context: Any, _upper: Any, _lower: Any, _divisor: Any) -> Any:
        """(upper * 2^64 + lower) // divisor for upper < divisor."""

        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            upper, lower, divisor = arguments
            if not single:
                upper, lower, divisor = (builder.zext(argument, wide) for argument in arguments)
                shifted = builder.shl(upper, ir.Constant(wide, 64))
                quotient = builder.udiv(builder.or_(shifted, lower), divisor)
                return builder.trunc(quotient, word)
            kind = ir.FunctionType(ir.LiteralStructType([word, word]), [word, word, word])
            constraints = "={rax},={rdx},0,1,r,~{flags},~{dirflag},~{fpsr}"
            machine = ir.InlineAsm(kind, "divq $4", constraints, False)
            return builder.extract_value(builder.call(machine, [lower, upper, divisor]), 0)

        return uint64(uint64, uint64, uint64), generate

    @numba.njit(inline="always")  # type: ignore[untyped-decorator]
    def mul_div(a: Any, b: Any, divisor: Any) -> Any:
        return divide(high(a, b), a * b, divisor)

    u = np.uint64
    low_half, wad, unit = u(MASK), u(WAD), u(UNIT)

    @numba.njit(nogil=True)  # type: ignore[untyped-decorator]
    def paths(n: int, moves: NDArray[np.uint64]) -> Any:
        equities = np.empty(n, np.uint64)
        prices = np.empty(n, np.uint64)
        counts = np.empty(n, np.uint64)
        drawn = np.zeros(4, np.uint64)
        for path in range(n):
            price, factor, equity, bought = u(START_PRICE), wad, u(START_EQUITY), u(0)
            unit_debt = mul_div(price, factor, wad) // u(1_000)
            collateral, owed = u(2) * equity, mul_div(equity, unit, unit_debt)
            left, block = 0, u(0)
            for _week in range(WEEKS):
                if equity == u(0):
                    break
                for _day in range(DAYS):
                    if left == 0:
                        a, b, c, d = block, u(path) & low_half, u(path) >> u(32), u(0)
                        key_0, key_1 = u(SEED) & low_half, u(SEED) >> u(32)
                        for _round in range(10):
                            x, y = a * u(0xD2511F53), c * u(0xCD9E8D57)
                            a, b = (y >> u(32)) ^ b ^ key_0, y & low_half
                            c, d = (x >> u(32)) ^ d ^ key_1, x & low_half
                            key_0 = (key_0 + u(0x9E3779B9)) & low_half
                            key_1 = (key_1 + u(0xBB67AE85)) & low_half
                        drawn[0], drawn[1], drawn[2], drawn[3] = a, b, c, d
                        left, block = 4, block + u(1)
                    move = moves[drawn[4 - left] >> u(20)]
                    price = (high(price, move) << u(32)) | ((price * move) >> u(32))
                    left -= 1
                    factor = mul_div(factor, u(DAILY_FACTOR), wad)
                    unit_debt = mul_div(price, factor, wad) // u(1_000)
                    debt = mul_div(owed, unit_debt, unit)
                    if u(2) * collateral < u(3) * debt:
                        half = owed // u(2)
                        paid = mul_div(half, unit_debt, unit)
                        paid += paid // u(10)
                        collateral -= min(paid, collateral)
                        owed -= half
                        bought += u(1)
                debt = mul_div(owed, unit_debt, unit)
                equity = collateral - debt if collateral > debt else u(0)
                apart = equity - debt if equity > debt else debt - equity
                cost = apart * u(30) // u(10_000)
                equity = equity - cost if equity > cost else u(0)
                equity -= equity * u(385) // u(1_000_000)
                collateral = u(2) * equity
                owed = mul_div(equity, unit, unit_debt) if unit_debt else u(0)
            equities[path], prices[path], counts[path] = equity, price, bought
        return equities, prices, counts

    return paths
