"""
The JLP pool once more, from its written rules, in Python integers and nothing else: its books,
prices, LP tokens and swaps. `jlp_trades_model` has the rest.

It knows nothing of the package: two implementations that agree on every number of the books after
every operation are unlikely to be wrong in the same way. Its operations take what those of
`voltcore.perps.JlpPool` take, so that one call does for both. A refusal is `Refused` with the
protocol's name. Prices and USD have 6 decimals, rates 9.
"""

from __future__ import annotations

import copy
from typing import Any

BPS, DBPS, RATE, ONE = 10_000, 100_000, 10**9, 10**6
U64 = 2**64 - 1
ZEROS = [
    "owned",
    "locked",
    "fees_reserves",
    "trader_collateral",
    "balance",
    "guaranteed_usd",
    "global_long_sizes",
    "global_short_sizes",
    "global_short_average_prices",
    "cumulative",
    "last_update",
    "flow_update",
    "protocol_paid",
]


class Refused(Exception):
    """An operation that the rules do not allow; its text is the protocol's name for it."""


def need(holds: bool, name: str) -> None:
    if not holds:
        raise Refused(name)


def fits(value: int) -> int:
    """An amount or a sum of USD is a u64."""
    need(0 <= value <= U64, "MathOverflow")
    return value


def ceil(a: int, b: int) -> int:
    return -(-a // b)


Key = tuple[int, str, str, str]
"""Owner, traded custody, collateral custody, side."""


class JlpBooks:
    """One pool without its trades; `settings` and `configs` as the package's state shows them."""

    def __init__(
        self, settings: dict[str, Any], configs: list[dict[str, Any]], roles: dict[str, Any]
    ) -> None:
        self.settings, self.roles, self.clock = settings, roles, 0
        self.configs = {config["name"]: copy.deepcopy(config) for config in configs}
        self.custodies = {name: dict.fromkeys(ZEROS, 0) for name in self.configs}
        self.flows = {name: [0] * 60 for name in self.configs}
        self.prices: dict[str, tuple[int, int]] = {}
        self.positions: dict[Key, dict[str, int]] = {}
        self.lp: dict[int, int] = {}
        self.requests: dict[int, dict[str, Any]] = {}

    # What is looked up.

    def starts(self, caller: int, now: int) -> None:
        need(caller != 0, "Unauthorized")
        self.at(now)

    def at(self, now: int) -> None:
        need(now >= self.clock, "E705")

    def price(self, name: str) -> int:
        need(name in self.prices, "InvalidOraclePrice")
        return self.prices[name][0]

    def credit(self, name: str) -> int:
        stable = self.configs[name]["is_stable"]
        return min(ONE, self.price(name)) if stable else self.price(name)

    def debit(self, name: str) -> int:
        stable = self.configs[name]["is_stable"]
        return max(ONE, self.price(name)) if stable else self.price(name)

    def usd(self, name: str, price: int, amount: int) -> int:
        return fits(amount * price // 10 ** self.configs[name]["decimals"])

    def tokens(self, name: str, price: int, usd: int, up: bool = False) -> int:
        whole = usd * 10 ** self.configs[name]["decimals"]
        return fits(ceil(whole, price) if up else whole // price)

    def flag(self, name: str, flag: str) -> None:
        need(self.configs[name]["permissions"][flag], "InstructionNotAllowed")

    def hourly_rate(self, name: str) -> int:
        c, config = self.custodies[name], self.configs[name]
        if c["owned"] == 0 or c["locked"] == 0:
            used = 0
            if config["hourly_funding_dbps"] or c["owned"] == 0:
                return 0
        else:
            if config["hourly_funding_dbps"]:
                full = config["hourly_funding_dbps"] * RATE // DBPS
                return ceil(c["locked"] * full, c["owned"])
            used = c["locked"] * RATE // c["owned"]
        jump = config["jump"]
        low, kink_rate, top = (jump[f"{at}_rate_bps"] for at in ("min", "target", "max"))
        kink = jump["target_utilization"]
        if kink == 0:
            return 0
        if used <= kink:
            yearly = ceil((kink_rate - low) * used, kink) + low
        else:
            yearly = ceil(max(0, top - kink_rate) * (used - kink), RATE - kink) + kink_rate
        return yearly * RATE // BPS // 8_760

    def custody_aum(self, name: str) -> int:
        c = self.custodies[name]
        if self.configs[name]["is_stable"]:
            return self.usd(name, self.debit(name), c["owned"])
        price = self.price(name)
        held = c["guaranteed_usd"] + self.usd(name, price, max(0, c["owned"] - c["locked"]))
        average, sizes = c["global_short_average_prices"], c["global_short_sizes"]
        if average == 0:
            return held
        gap = sizes * abs(average - price) // average
        return max(0, held - gap) if average > price else held + gap

    def aum(self) -> int:
        return fits(sum(self.custody_aum(name) for name in self.custodies))

    def current_usd(self, name: str) -> int:
        """What weights and fees of swaps, mints and burns are taken on."""
        c, price = self.custodies[name], self.price(name)
        if self.configs[name]["is_stable"]:
            return self.usd(name, price, c["owned"])
        free = max(0, c["owned"] - c["locked"])
        return self.usd(name, price, free) + c["guaranteed_usd"]

    def leg_bps(
        self, name: str, aum: int, delta: int, up: bool, rates: tuple[int, int, int]
    ) -> int:
        base, tax, multiplier = rates
        target = aum * self.configs[name]["target_bps"] // BPS
        if target == 0:
            return 0
        now = self.current_usd(name)
        then = now + multiplier * delta if up else max(0, now - multiplier * delta)
        before, after = abs(now - target), abs(then - target)
        if after < before:
            return max(0, base - tax * before // target)
        return base + tax * min((before + after) // 2, target) // target

    def check_weight(self, name: str, aum: int, delta: int, up: bool) -> None:
        buffer = self.settings["weight_buffer_bps"]
        if buffer == 0:
            return
        target, now = self.configs[name]["target_bps"], self.current_usd(name)
        then, whole = (now + delta, aum + delta) if up else (now - delta, aum - delta)
        weight = max(0, then) * BPS // whole if whole > 0 else 0
        before = now * BPS // aum if aum else 0
        if weight * BPS > target * (BPS + buffer):
            need(weight <= before, "ExceedTokenWeightage")
        elif weight * BPS < target * (BPS - buffer):
            need(weight >= before, "ExceedTokenWeightage")

    # What several operations do.

    def touched(self, name: str, now: int) -> dict[str, int]:
        """A copy of a custody with its interest up to now; the operation puts it back."""
        c = dict(self.custodies[name])
        c["cumulative"] += ceil(self.hourly_rate(name) * (now - c["last_update"]), 3_600)
        c["last_update"] = now
        return c

    # Operations.

    def set_price(self, caller: int, custody: str, price: int, now: int) -> None:
        need(caller != 0 and caller == self.roles["oracle"], "Unauthorized")
        self.at(now)
        need(price > 0, "InvalidOraclePrice")
        self.prices[custody] = (price, now)
        self.clock = now

    def set_permissions(self, caller: int, custody: str, permissions: Any, now: int) -> None:
        need(caller == self.roles["admin"], "Unauthorized")
        self.at(now)
        for flag in self.configs[custody]["permissions"]:
            self.configs[custody]["permissions"][flag] = getattr(permissions, flag)
        self.clock = now

    def mint(self, caller: int, custody: str, amount: int, now: int, *, min_lp: int = 0) -> None:
        self.starts(caller, now)
        self.flag(custody, "add_liquidity")
        need(amount > 0, "InvalidArgument")
        c, credit, supply = self.touched(custody, now), self.credit(custody), sum(self.lp.values())
        given, aum = self.usd(custody, credit, amount), self.aum()
        need(aum + given <= self.settings["max_aum_usd"], "PoolAmountLimit")
        if supply:
            self.check_weight(custody, aum, given, True)
        fee = amount * self.leg_bps(custody, aum, given, True, self.own_rates()) // BPS
        worth = self.usd(custody, credit, amount - fee)
        need(supply == 0 or aum > 0, "MathOverflow")
        units = fits(worth * supply // aum) if supply else worth
        need(units > 0 and units >= min_lp, "InsufficientAmountReturned")
        c["owned"] = fits(c["owned"] + amount - fee)
        c["fees_reserves"] = fits(c["fees_reserves"] + fee)
        c["balance"] = fits(c["balance"] + amount)
        fits(supply + units)
        self.lp[caller] = self.lp.get(caller, 0) + units
        self.custodies[custody], self.clock = c, now

    def own_rates(self) -> tuple[int, int, int]:
        """Of mints and burns."""
        given = self.settings
        return given["add_remove_bps"], given["tax_bps"], given["swap_multiplier"]

    def burn(self, caller: int, custody: str, lp: int, now: int, *, min_amount: int = 0) -> None:
        self.starts(caller, now)
        self.flag(custody, "remove_liquidity")
        need(0 < lp <= self.lp.get(caller, 0), "InvalidArgument")
        c, aum = self.touched(custody, now), self.aum()
        worth = fits(aum * lp // sum(self.lp.values()))
        gross = self.tokens(custody, self.debit(custody), worth)
        fee = gross * self.leg_bps(custody, aum, worth, False, self.own_rates()) // BPS
        self.check_weight(custody, aum, worth, False)
        need(max(0, c["owned"] - c["locked"]) >= gross, "CustodyAmountLimit")
        need(gross - fee > 0 and gross - fee >= min_amount, "InsufficientAmountReturned")
        c["owned"] -= gross
        c["fees_reserves"] += fee
        c["balance"] -= gross - fee
        self.lp[caller] -= lp
        if self.lp[caller] == 0:
            del self.lp[caller]
        self.custodies[custody], self.clock = c, now

    def swap(
        self, caller: int, custody_in: str, custody_out: str, amount: int, now: int, *,
        min_amount: int = 0,
    ) -> None:  # fmt: skip
        self.starts(caller, now)
        need(custody_in != custody_out, "InvalidArgument")
        need(amount > 0, "InvalidArgument")
        self.flag(custody_in, "swap")
        self.flag(custody_out, "swap")
        given, taken = self.touched(custody_in, now), self.touched(custody_out, now)
        price_in, price_out, aum = self.price(custody_in), self.price(custody_out), self.aum()
        delta = self.usd(custody_in, price_in, amount)
        stable = self.configs[custody_in]["is_stable"] and self.configs[custody_out]["is_stable"]
        words = ("swap_bps", "swap_tax_bps", "swap_multiplier")
        names = [f"stable_{word}" for word in words] if stable else [words[0], "tax_bps", words[2]]
        rates = tuple(self.settings[name] for name in names)
        bps = max(
            self.leg_bps(custody_in, aum, delta, True, rates),
            self.leg_bps(custody_out, aum, delta, False, rates),
        )
        ratio = price_in * RATE // price_out
        places = self.configs[custody_out]["decimals"] - self.configs[custody_in]["decimals"] - 9
        gross = fits(amount * ratio * 10 ** max(0, places) // 10 ** max(0, -places))
        fee = gross * bps // BPS
        self.check_weight(custody_in, aum, delta, True)
        self.check_weight(custody_out, aum, delta, False)
        need(max(0, taken["owned"] - taken["locked"]) >= gross, "CustodyAmountLimit")
        need(gross - fee > 0 and gross - fee >= min_amount, "InsufficientAmountReturned")
        given["owned"] = fits(given["owned"] + amount)
        given["balance"] = fits(given["balance"] + amount)
        taken["owned"] -= gross
        taken["fees_reserves"] += fee
        taken["balance"] -= gross - fee
        self.custodies[custody_in], self.custodies[custody_out], self.clock = given, taken, now

    def distribute_fees(self, caller: int, custody: str, now: int) -> None:
        need(caller != 0 and caller in (self.roles["keeper"], self.roles["admin"]), "Unauthorized")
        self.at(now)
        c = self.touched(custody, now)
        away = c["fees_reserves"] * self.settings["protocol_share_bps"] // BPS
        c["owned"] = fits(c["owned"] + c["fees_reserves"] - away)
        c["protocol_paid"] += away
        c["balance"] -= away
        c["fees_reserves"] = 0
        self.custodies[custody], self.clock = c, now

    def books(self) -> dict[str, Any]:
        """All there is to compare."""
        return {
            "custodies": self.custodies,
            "flows": self.flows,
            "positions": self.positions,
            "lp": self.lp,
            "requests": set(self.requests),
            "clock": self.clock,
        }
