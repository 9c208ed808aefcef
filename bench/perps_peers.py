"""
Peers of the perps batches: the same integer rules in numba and numpy.

Numba has no 128-bit integers, so its exact rules split products into halves; the filtered scan asks
them only where a double cannot decide, as voltcore does.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

U = np.uint64
BPS, RATE = U(10_000), U(1_000_000_000)


@numba.njit(inline="always")
def divide_wide(a: Any, b: Any, d: Any) -> Any:
    """floor(a * b / d) for a quotient below 2**64: 128-bit product, then division bit by bit."""
    mask = U(0xFFFFFFFF)
    half = U(32)
    a0, a1, b0, b1 = a & mask, a >> half, b & mask, b >> half
    low = a0 * b0
    mid = a1 * b0 + (low >> half)
    mid2 = a0 * b1 + (mid & mask)
    high = a1 * b1 + (mid >> half) + (mid2 >> half)
    low = (mid2 << half) | (low & mask)
    if high == U(0):
        return low // d
    estimate = np.float64(a) * np.float64(b) / np.float64(d)
    if estimate < 1125899906842624.0 and d < U(1) << U(62):
        q = U(estimate)
        rest = np.int64(a * b - q * d)
        while rest < 0:
            q -= U(1)
            rest += np.int64(d)
        while rest >= np.int64(d):
            q += U(1)
            rest -= np.int64(d)
        return q
    quotient = U(0)
    rest_wide = high % d
    for bit in range(64):
        carry = rest_wide >> U(63)
        rest_wide = (rest_wide << U(1)) | ((low >> U(63 - bit)) & U(1))
        quotient <<= U(1)
        if carry or rest_wide >= d:
            rest_wide -= d
            quotient |= U(1)
    return quotient


@numba.njit(inline="always")
def is_liquidatable(s: Any, c: Any, e: Any, q: Any, side: Any, mark: Any, cum: Any) -> Any:
    move = mark - e if mark > e else e - mark
    pnl = np.int64(divide_wide(s, move, e))
    if (mark > e) == (side == 1):
        pnl = -pnl
    close = np.int64((s * U(6) + BPS - U(1)) // BPS)
    interest = divide_wide(s, cum - q, RATE)
    borrow = np.int64(interest) + (1 if interest * RATE != s * (cum - q) else 0)
    return (np.int64(c) + pnl - close - borrow) * 200 < np.int64(s)


@numba.njit(nogil=True)
def scan_exact(size: Any, coll: Any, entry: Any, snap: Any, side: Any, mark: Any, cum: Any,
               out: Any) -> None:  # fmt: skip
    for i in range(size.shape[0]):
        out[i] = is_liquidatable(size[i], coll[i], entry[i], snap[i], side[i], mark, cum)


@numba.njit(nogil=True, fastmath={"contract", "nsz"}, error_model="numpy")
def scan_filtered(size: Any, coll: Any, entry: Any, snap: Any, side: Any, mark: Any, cum: Any,
                  out: Any) -> None:  # fmt: skip
    m = np.float64(mark)
    for start in range(0, size.shape[0], 2048):
        stop = min(start + 2048, size.shape[0])
        open_rows = 0
        for i in range(start, stop):
            s = np.float64(np.int64(size[i]))
            c = np.float64(np.int64(coll[i]))
            e = np.float64(np.int64(entry[i]))
            k = np.float64(np.int64(cum - snap[i])) * 1e-9 + 0.0056
            d = (m - e) * (1.0 - 2.0 * np.float64(side[i]))
            total = (c - s * k) * e + s * d
            margin = ((c + s * k) * e + s * (m + e)) * 4e-15 + 4.0 * e
            flag = np.uint8(total < 0.0) + np.uint8(2) * np.uint8(abs(total) <= margin)
            out[i] = flag
            open_rows += flag >> 1
        if open_rows:
            for i in range(start, stop):
                if out[i] > 1:
                    out[i] = is_liquidatable(
                        size[i], coll[i], entry[i], snap[i], side[i], mark, cum
                    )


def scan_numpy(book: tuple[NDArray[Any], ...], mark: int, cum: int) -> NDArray[np.bool_]:
    """Float64: fast to write, and not exact."""
    size, coll, entry, snap = (column.astype(np.float64) for column in book[:4])
    sign = np.where(book[4] == 0, 1.0, -1.0)
    pnl = sign * size * (mark - entry) / entry
    remaining: NDArray[np.float64] = coll + pnl - size * 6e-4 - size * (cum - snap) * 1e-9
    return remaining < size * 0.005


@numba.njit(nogil=True)
def accrue(owned: Any, locked: Any, cumulative: Any, seconds: Any) -> None:
    """Two slopes, 0.1, 2 and 30 % at a kink of 80 %; interest stays in the pool, floor."""
    kink = U(800_000_000)
    for i in range(owned.shape[0]):
        held, used_up, total = owned[i], locked[i], cumulative[i]
        for t in range(seconds.shape[0]):
            used = divide_wide(used_up, RATE, held)
            if used < kink:
                rate = U(1_000) + used * U(20_000) // kink
            else:
                rate = U(21_000) + (used - kink) * U(300_000) // (RATE - kink)
            step = rate * U(seconds[t]) // U(3_600)
            interest = divide_wide(used_up, step, RATE)
            used_up += interest
            held += interest
            total += step
        owned[i], locked[i], cumulative[i] = held, used_up, total
