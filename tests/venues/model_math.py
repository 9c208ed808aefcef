"""The arithmetic of a margin venue in plain Python integers, I80F48 bits unless said."""

from __future__ import annotations

from fractions import Fraction

ONE = 1 << 48
YEAR = 31_536_000
QUOTE = 15
WHOLE = 2**64 - 1


class RefusedError(Exception):
    """A refusal by its on-chain name; "time" for a clock that runs backwards."""


def bits(decimal: str) -> int:
    return round(Fraction(decimal) * ONE)


def fit(value: int) -> int:
    if not -(2**127) <= value < 2**127:
        raise RefusedError("MathError")
    return value


def mul(a: int, b: int) -> int:
    return fit((a * b) >> 48)


def div(a: int, b: int) -> int:
    if b == 0:
        raise RefusedError("MathError")
    quotient = (abs(a) << 48) // abs(b)
    return fit(quotient if (a < 0) == (b < 0) else -quotient)


def unsigned(value: int) -> int:
    if not 0 <= value < 2**64:
        raise RefusedError("MathError")
    return value


def lots(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise RefusedError("MathError")
    return value


def weights(leverage: int) -> tuple[int, int]:
    return div(leverage - ONE, leverage), div(leverage + ONE, leverage)


def rate(util: int, optimal: int, at_optimal: int, most: int) -> int:
    if util > optimal:
        return fit(at_optimal + mul(div(most - at_optimal, ONE - optimal), util - optimal))
    return mul(div(at_optimal, optimal), util)


def utilization(deposits: int, borrows: int) -> int:
    return 0 if deposits == 0 else div(borrows, deposits)


def indices(
    curve: tuple[int, int, int], deposits: int, borrows: int, di: int, bi: int, seconds: int
) -> tuple[int, int]:
    util = utilization(mul(deposits, di), mul(borrows, bi))
    owed = fit(rate(util, *curve) * seconds)
    earned = mul(owed, util)
    if owed <= 0 or earned <= 0:
        return di, bi
    return fit(di + div(mul(di, earned), YEAR * ONE)), fit(bi + div(mul(bi, owed), YEAR * ONE))


def credit(deposits: int, borrows: int, di: int, bi: int, native: int) -> tuple[int, int]:
    if native and borrows:
        owed = mul(borrows, bi)
        if native < owed:
            return deposits, borrows - div(native, bi)
        borrows, native = 0, native - owed
    return fit(deposits + div(native, di)) if native else deposits, borrows


def debit(deposits: int, borrows: int, di: int, bi: int, native: int) -> tuple[int, int]:
    if native and deposits:
        held = mul(deposits, di)
        if native < held:
            return deposits - div(native, di), borrows
        deposits, native = 0, native - held
    return deposits, fit(borrows + div(native, bi)) if native else borrows
