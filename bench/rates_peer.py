"""
The peer of the rates benchmarks: a swap and a margin requirement of revision R22 in Python's ints.

Written from the protocol's formulas, apart from the library: pools with a spot source whose term
starts at a stored observation, a cached historical APY, no protocol fee.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import isqrt
from typing import Any

WAD, RAY, Q96, Q128 = 10**18, 10**27, 1 << 96, 1 << 128
YEAR = 31_536_000


def mul(x: int, y: int) -> int:
    """60.18, half up; signed away from zero."""
    p = abs(x * y)
    q = p // WAD + (p % WAD * 2 >= WAD)
    return q if (x < 0) == (y < 0) else -q


def div(x: int, y: int) -> int:
    """Toward zero."""
    q = abs(x) * WAD // abs(y)
    return q if (x < 0) == (y < 0) else -q


def toward_zero(x: int, d: int) -> int:
    return x // d if x >= 0 else -(-x // d)


def half_powers() -> list[int]:
    """2**(1/2), 2**(1/4), ... with 64 fractional bits, to the nearest."""
    out, power = [], 2 << 300
    for _ in range(64):
        power = isqrt(power << 300)
        out.append((power + (1 << 235)) >> 236)
    return out


HALF_POWERS = half_powers()


def exp2(x: int) -> int:
    z = (x << 64) // WAD
    r = 1 << 191
    for k in range(63, -1, -1):
        if z >> k & 1:
            r = r * HALF_POWERS[63 - k] >> 64
    return r * WAD >> (191 - (z >> 64))


def exp(x: int) -> int:
    t = toward_zero(x * 1442695040888963407 + WAD // 2, WAD)
    return exp2(t) if t >= 0 else 10**36 // exp2(-t)


@lru_cache(None)
def price_at(tick: int) -> int:
    """sqrt(1.0001**tick) as the contracts round it: floor of Q128 products, then up."""
    r, size, k = Q128, abs(tick), 0
    while size >> k:
        if size >> k & 1:
            r = r * tick_factor(k) >> 128
        k += 1
    if tick > 0:
        r = (2**256 - 1) // r
    return -(-r >> 32)


@lru_cache(None)
def tick_factor(k: int) -> int:
    """2**128 / 1.0001**(2**k / 2), as published."""
    published = (
        "fffcb933bd6fad37aa2d162d1a594001 fff97272373d413259a46990580e213a"
        " fff2e50f5f656932ef12357cf3c7fdcc ffe5caca7e10e4e61c3624eaa0941cd0"
        " ffcb9843d60f6159c9db58835c926644 ff973b41fa98c081472e6896dfb254c0"
        " ff2ea16466c96a3843ec78b326b52861 fe5dee046a99a2a811c461f1969c3053"
        " fcbe86c7900a88aedcffc83b479aa3a4 f987a7253ac413176f2b074cf7815e54"
        " f3392b0822b70005940c7a398e4b70f3 e7159475a2c29b7443b29c7fa6e889d9"
        " d097f3bdfd2022b8845ad8f792aa5825 a9f746462d870fdf8a65dc1f90e061e5"
        " 70d869a156d2a1b890bb3df62baf32f7 31be135f97d08fd981231505542fcfa6"
        " 09aa508b5b7a84e1c677de54f3e99bc9"
    )
    return int(published.split()[k], 16)


def tick_of(price: int) -> int:
    low, high = -69100, 69101
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if price_at(middle) <= price else (low, middle)
    return low


def amount0(a: int, b: int, liquidity: int, up: bool) -> int:
    a, b = min(a, b), max(a, b)
    n = (liquidity << 96) * (b - a)
    return (n + b - 1) // b // a + ((n + b - 1) // b % a > 0) if up else n // b // a


def amount1(a: int, b: int, liquidity: int, up: bool) -> int:
    n = abs(b - a) * liquidity
    return -(-n >> 96) if up else n >> 96


@dataclass
class Trader:
    margin: int
    fixed: int = 0
    variable: int = 0


@dataclass
class Market:
    """One market at one moment, its liquidity given."""

    parameters: Any
    start: int
    end: int
    now: int
    variable_factor: int
    historical_apy: int
    fee_wad: int
    price: int
    tick: int
    liquidity: int
    net: dict[int, int]
    spacing: int
    growth: list[int] = field(default_factory=lambda: [0, 0, 0])
    traders: dict[int, Trader] = field(default_factory=dict)
    fee_protocol: int = 0
    protocol_fees: int = 0

    def __post_init__(self) -> None:
        p, left = self.parameters, (self.end - self.now) * WAD
        year = YEAR * WAD
        self.fee_rate = mul(self.fee_wad, left * WAD // year)
        self.factor_now = (self.now - self.start) * WAD * WAD // year * WAD // (100 * WAD)
        self.factor_end = (self.end - self.start) * WAD * WAD // year * WAD // (100 * WAD)
        self.decay = WAD - exp(mul(left * WAD // p.t_max_wad, -p.gamma_wad))
        tf = exp(mul(div(left, p.t_max_wad), -p.beta_wad))
        years = (self.end - self.start) * WAD * WAD // year
        self.worst = {}
        for upper in (True, False):
            k = div(4 * p.alpha_wad, p.sigma_squared_wad)
            decayed = mul(mul(4 * p.beta_wad, tf), self.historical_apy)
            ll = div(div(decayed, p.sigma_squared_wad), WAD - tf)
            root = isqrt(2 * (2 * ll + k) * WAD)
            critical = mul(root, p.xi_upper_wad) if upper else -mul(root, p.xi_lower_wad)
            scale = div(mul(p.sigma_squared_wad, WAD - tf), 4 * p.beta_wad)
            factor = mul(max(0, mul(scale, k + ll + critical)), years)
            multiplier = p.apy_upper_multiplier_wad if upper else p.apy_lower_multiplier_wad
            self.worst[upper, True], self.worst[upper, False] = factor, mul(factor, multiplier)

    def rebalanced(self, fixed: int, variable: int) -> int:
        if not fixed and not variable:
            return 0
        excess = mul(fixed * WAD, self.factor_now) + mul(variable * WAD, self.variable_factor)
        return toward_zero(fixed * WAD - div(excess, self.factor_end), WAD)

    def core(self, fixed: int, variable: int, is_lm: bool) -> int:
        if fixed >= 0 and variable >= 0:
            return 0
        cash = mul(fixed * WAD, self.factor_end)
        if variable:
            cash += mul(variable * WAD, self.worst[variable < 0, is_lm])
        return max(0, -cash) // WAD

    def requirement(self, fixed: int, variable: int, is_lm: bool) -> int:
        least = 0
        if variable < 0 or (variable > 0 and fixed <= 0):
            side = "left" if variable > 0 else "right"
            end = f"{side}_unwind_{'lm' if is_lm else 'im'}_wad"
            q = WAD * Q96 // self.price
            rate = mul(q, q)
            shift = max(
                mul(rate, getattr(self.parameters, f"dev_mul_{end}")),
                getattr(self.parameters, f"fixed_rate_deviation_min_{end}"),
            )
            shift = mul(shift, self.decay)
            rate = max(0, rate - shift) if variable > 0 else rate + shift
            unwound = mul(abs(variable) * WAD, rate) // WAD
            moved = self.rebalanced(unwound if variable > 0 else -unwound, -variable)
            least = max(
                self.core(fixed + moved, 0, is_lm),
                self.parameters.min_margin_to_incentivise_liquidators,
            )
        return max(self.core(fixed, variable, is_lm), least)

    def step_end(self, up: bool) -> int:
        """The next tick with liquidity in the word, or the word's end."""
        c = self.tick // self.spacing + up
        word = c >> 8 << 8
        reach = range(c, word + 256) if up else range(c, word - 1, -1)
        found = next((b for b in reach if b * self.spacing in self.net), reach[-1])
        return max(-69100, min(69100, found * self.spacing))

    def swap(self, who: int, amount: int, limit: int = 0) -> tuple[int, int, int, int, int]:
        up, left = amount > 0, abs(amount)
        limit = limit or (price_at(69100) - 1 if up else price_at(-69100) + 1)
        fixed = variable = unbalanced = fees = 0
        while left and self.price != limit:
            following = self.step_end(up)
            p, goal, size = self.price, price_at(following), self.liquidity
            target = min(goal, limit) if up else max(goal, limit)
            full = amount1(p, target, size, up)
            if left >= full:
                q = target
            elif up:
                q = p + (left << 96) // size
            else:
                q = p - ((left << 96) + size - 1) // size
            traded = amount1(p, q, size, up)
            other = amount0(p, q, size, not up)
            fees_here = mul(traded * WAD, self.fee_rate) // WAD
            traded = min(traded, left)
            left -= traded
            fees += fees_here
            if self.fee_protocol:
                self.protocol_fees += fees_here // self.fee_protocol
                fees_here -= fees_here // self.fee_protocol
            if size:
                raw = (-other, traded) if up else (other, -traded)
                moved = self.rebalanced(*raw)
                for i, gain in enumerate((moved, raw[1], fees_here)):
                    self.growth[i] += toward_zero(gain * Q128, size)
                fixed, variable, unbalanced = fixed - moved, variable - raw[1], unbalanced - raw[0]
            self.price = q
            if q == goal:
                if following in self.net:
                    self.liquidity += self.net[following] if up else -self.net[following]
                self.tick = following if up else following - 1
            elif q != p:
                self.tick = tick_of(q)
        trader = self.traders[who]
        opposite = trader.variable * variable < 0
        trader.margin -= fees
        trader.fixed += fixed
        trader.variable += variable
        requirement = self.requirement(trader.fixed, trader.variable, False)
        assert opposite or requirement <= trader.margin
        return fixed, variable, fees, unbalanced, requirement
