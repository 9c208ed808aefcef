"""
The numba peer of the tick benchmarks: 64-bit limbs in registers, the machine's own wide product and
division, a logarithm that decides all prices but those next to a tick.

Written to be as fast as numba can be: no arrays inside, no bounds checks, every function inlined.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest


def numba_kernels() -> Any:
    """(prices(ticks, factors, out), ticks_of(rows, factors, out)); rows are limbs, shape (n, 4)."""
    numba = pytest.importorskip("numba")
    from llvmlite import binding, ir
    from numba.core import types
    from numba.extending import intrinsic

    binding.initialize_native_asmparser()
    u64 = np.uint64
    limb = types.uint64

    @intrinsic
    def high(_context: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
        """The high limb of a product."""

        def code(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            wide, narrow = ir.IntType(128), ir.IntType(64)
            product = builder.mul(*(builder.zext(x, wide) for x in arguments))
            return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), narrow)

        return limb(limb, limb), code

    @intrinsic
    def divide(_context: Any, upper: Any, lower: Any, divisor: Any) -> Any:  # noqa: ARG001
        """floor((upper, lower) / divisor) for upper < divisor: one instruction."""

        def code(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            one = ir.IntType(64)
            kind = ir.FunctionType(ir.LiteralStructType([one, one]), [one, one, one])
            text = "={rax},={rdx},{rax},{rdx},r,~{flags},~{dirflag},~{fpsr}"
            division = ir.InlineAsm(kind, "divq $4", text, False)
            upper_limb, lower_limb, by = arguments
            pair = builder.call(division, [lower_limb, upper_limb, by])
            return builder.extract_value(pair, 0)

        return limb(limb, limb, limb), code

    @numba.njit(inline="always")
    def high_half(a0: Any, a1: Any, b0: Any, b1: Any) -> Any:
        """floor(a * b / 2**128)."""
        carry = high(a0, b0)
        x = a1 * b0
        s = x + carry
        c = high(a1, b0) + u64(s < x)
        y = a0 * b1
        t = s + y
        d = high(a0, b1) + u64(t < s)
        low = a1 * b1
        m = low + c
        top = high(a1, b1) + u64(m < low)
        n = m + d
        return n, top + u64(n < m)

    @numba.njit(inline="always")
    def digit(u2: Any, u1: Any, u0: Any, d1: Any, d0: Any) -> Any:
        """(u2, u1, u0) / (d1, d0) and the rest, d1 >= 2**63, (u2, u1) < (d1, d0)."""
        if u2 >= d1:
            q = ~u64(0)
            r = u1 + d1
            fits = r >= d1
        else:
            q = divide(u2, u1, d1)
            r = u1 - q * d1
            fits = True
        h, p = high(q, d0), q * d0
        while fits and (h > r or (h == r and p > u0)):
            q -= u64(1)
            h -= u64(p < d0)
            p -= d0
            r += d1
            fits = r >= d1
        return q, r - h - u64(u0 < p), u0 - p

    @numba.njit(inline="always")
    def inverse(d0: Any, d1: Any) -> Any:
        """floor((2**256 - 1) / d) for 2**64 <= d < 2**128."""
        ones = ~u64(0)
        shift = u64(0)
        top = d1
        for step in (32, 16, 8, 4, 2, 1):
            if top >> u64(64 - step) == u64(0):
                top <<= u64(step)
                shift += u64(step)
        back = u64(64) - shift
        if shift:
            d1 = (d1 << shift) | (d0 >> back)
            d0 <<= shift
            r1 = ones >> back
            last = ones << shift
        else:
            r1 = u64(0)
            last = ones
        q2, r1, r0 = digit(r1, ones, ones, d1, d0)
        q1, r1, r0 = digit(r1, r0, ones, d1, d0)
        q0, r1, r0 = digit(r1, r0, last, d1, d0)
        return q0, q1, q2

    @numba.njit(inline="always")
    def price(tick: Any, factors: Any) -> Any:
        size = abs(tick)
        if size == 0:
            return u64(0), u64(1) << u64(32), u64(0)
        k = 0
        while not size & 1:
            size >>= 1
            k += 1
        r0, r1 = factors[k, 0], factors[k, 1]
        size >>= 1
        k += 1
        while size:
            if size & 1:
                r0, r1 = high_half(r0, r1, factors[k, 0], factors[k, 1])
            size >>= 1
            k += 1
        r2 = u64(0)
        if tick > 0:
            r0, r1, r2 = inverse(r0, r1)
        half = u64(32)
        w0 = (r0 >> half) | (r1 << half)
        w1 = (r1 >> half) | (r2 << half)
        w2 = r2 >> half
        if r0 & u64(2**32 - 1):
            w0 += u64(1)
            if w0 == u64(0):
                w1 += u64(1)
                w2 += u64(w1 == u64(0))
        return w0, w1, w2

    @numba.njit(nogil=True)
    def prices(ticks: Any, factors: Any, out: Any) -> None:
        for i in range(ticks.shape[0]):
            out[i, 0], out[i, 1], out[i, 2] = price(ticks[i], factors)

    scale = 2.0 / math.log(1.0001)
    offset = 96 * math.log(2.0)
    near = 1e-7  # a hundred times the error of the logarithm in ticks

    @numba.njit(nogil=True)
    def ticks_of(rows: Any, factors: Any, out: Any) -> None:
        for i in range(rows.shape[0]):
            a0, a1, a2 = rows[i, 0], rows[i, 1], rows[i, 2]
            x = (np.float64(a2) * 2.0**64 + np.float64(a1)) * 2.0**64 + np.float64(a0)
            value = (math.log(x) - offset) * scale
            tick = math.floor(value)
            part = value - tick
            if part < near or part > 1.0 - near:
                tick = math.floor(value + 0.5)
                p0, p1, p2 = price(tick, factors)
                if p2 > a2 or (p2 == a2 and (p1 > a1 or (p1 == a1 and p0 > a0))):
                    tick -= 1
            out[i] = tick

    return prices, ticks_of
