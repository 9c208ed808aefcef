"""
The VolPerp pool once more, from its written rules, in Python integers and nothing else.

It knows nothing of the package: two implementations that agree on every number of the books after
every operation are unlikely to be wrong in the same way. A refusal is `Refused` with the protocol's
name. Amounts are 10**-6 USD, volatilities have 4 decimals, rates 9.
"""

from __future__ import annotations

from typing import Any

BPS, DBPS, RATE, YEAR = 10_000, 100_000, 10**9, 31_536_000
WINDOWS = ("1d", "1w", "2w", "30d", "60d", "90d")
SIDES = ("long", "short")
ZEROS = [
    "owned",
    "base",
    "locked",
    "insurance",
    "fee_reserves",
    "longed",
    "shorted",
    "guaranteed_usd",
    "impairment_losses",
    "user_losses",
    "cumulative",
    "last_updated",
    "last_borrow_rate",
    "protocol_paid",
]


class Refused(Exception):
    """An operation that the rules do not allow; its text is the protocol's name for it."""


def need(holds: bool, name: str) -> None:
    if not holds:
        raise Refused(name)


def ceil(a: int, b: int) -> int:
    return -(-a // b)


def trunc(a: int, b: int) -> int:
    return a // b if a >= 0 else -(-a // b)


class VolModel:
    """One pool; `product`, `rate_mode` and `lock_covers` as in the package, one limit for all."""

    def __init__(
        self, names: tuple[str, ...], limit: dict[str, int], fees: dict[str, int],
        jump: dict[str, int], *, product: str, rate_mode: str, lock_covers: str,
    ) -> None:  # fmt: skip
        self.limit, self.fees, self.jump = limit, fees, jump
        self.product, self.rate_mode, self.lock_covers = product, rate_mode, lock_covers
        self.custodies = {name: dict.fromkeys(ZEROS, 0) for name in names}
        self.positions: dict[tuple[str, int, str, str], dict[str, int]] = {}
        self.lp: dict[int, int] = {}
        self.quotes: dict[str, tuple[int, int]] = {}
        self.realized_fee_usd = 0

    # What is looked up.

    def value(self, window: str) -> int:
        need(window in self.quotes, "InvalidTimeWindow")
        implied, realized = self.quotes[window]
        return {"iv": implied, "rv": realized, "rv_diff_iv": realized - implied}[self.product]

    def fee(self, amount: int, bps: int) -> int:
        scalar = self.limit["trade_impact_fee_scalar"]
        impact = ceil(amount * BPS, scalar) if scalar else 0
        return ceil(amount * (bps + impact), BPS)

    def rate(self, c: dict[str, int]) -> int:
        low, top = self.jump["min_rate_bps"], self.jump["max_rate_bps"]
        at_kink, kink = self.jump["target_rate_bps"], self.jump["target_utilization"]
        base = c["base"]
        locked = min(c["locked"], base)
        if base == 0:
            base, locked = 1, 0 if c["locked"] == 0 else 1
        if self.rate_mode == "published":
            used = locked * BPS // base
            if used < kink:
                return ((at_kink - low) // kink * used + low) * DBPS
            return ((used - kink) * ((top - at_kink) // (BPS - kink)) + at_kink) * DBPS
        if locked * BPS < kink * base:
            return low * DBPS + ceil((at_kink - low) * locked * RATE, kink * base)
        above = (top - at_kink) * (locked * BPS - kink * base) * RATE
        return at_kink * DBPS + ceil(above, (BPS - kink) * base * BPS)

    def pnl(self, p: dict[str, int], side: str, value: int) -> int:
        need(p["entry"] != 0, "MathOverflow")
        gain = trunc((value - p["entry"]) * p["size"], abs(p["entry"]))
        return gain if side == "long" else -gain

    def borrow(self, c: dict[str, int], p: dict[str, int]) -> int:
        return ceil((c["cumulative"] - p["snapshot"]) * p["size"], RATE)

    def state(self, c: dict[str, int], p: dict[str, int], side: str, value: int) -> str:
        pnl = self.pnl(p, side, value)
        effective = p["size"] + max(0, pnl)
        left = self.effective_collateral(c, p, side, value)
        allowance = self.limit["max_leverage"] * p["leverage_modifier_bps"]
        if left <= 0 or p["size"] * BPS > allowance * left:
            return "over_leverage"
        return "over_profit" if effective > p["max_size"] else "healthy"

    def effective_collateral(
        self, c: dict[str, int], p: dict[str, int], side: str, value: int
    ) -> int:
        pnl = self.pnl(p, side, value)
        close = self.fee(p["size"] + max(0, pnl), self.fees["decrease_position_bps"])
        return p["collateral"] + pnl - close - self.borrow(c, p)

    def pool_value(self) -> int:
        return sum(c["base"] for c in self.custodies.values())

    # What several operations do.

    def touched(self, name: str, now: int) -> dict[str, int]:
        """A copy of a custody with its interest up to now; the operation puts it back."""
        c = dict(self.custodies[name])
        c["cumulative"] += ceil(c["last_borrow_rate"] * (now - c["last_updated"]), YEAR)
        c["last_updated"] = now
        return c

    def keep(self, name: str, c: dict[str, int]) -> None:
        c["last_borrow_rate"] = self.rate(c)
        self.realized_fee_usd += c["fee_reserves"] - self.custodies[name]["fee_reserves"]
        self.custodies[name] = c

    def split(self, c: dict[str, int], fee: int) -> None:
        protocol = fee * self.fees["protocol_share_bps"] // BPS
        c["protocol_paid"] += protocol
        c["fee_reserves"] += fee - protocol

    def insure(self, c: dict[str, int], borrow: int) -> int:
        share = borrow * self.fees["borrow_fee_liquidation_fund_contribution_dps"] // DBPS
        c["insurance"] += share
        return share

    def waterfall(self, c: dict[str, int], profit: int, lock: int, size: int) -> tuple[int, int]:
        """Lock, insurance, free base, nobody; gives what the base paid and what nobody did."""
        c["locked"] -= lock
        covered = lock if self.lock_covers == "profit" else max(0, lock - size)
        by_lock = min(profit, covered)
        c["base"] -= by_lock
        by_insurance = min(profit - by_lock, c["insurance"])
        c["insurance"] -= by_insurance
        left = profit - by_lock - by_insurance
        by_base = min(left, max(0, c["base"] - c["locked"]))
        c["base"] -= by_base
        c["impairment_losses"] += by_base
        c["user_losses"] += left - by_base
        return by_lock + by_base, left - by_base

    # Operations.

    def set_oracle(self, window: str, implied: int, realized: int) -> None:
        self.quotes[window] = (implied, realized)

    def fund_insurance(self, name: str, amount: int) -> None:
        need(amount > 0, "InvalidArgument")
        self.custodies[name]["insurance"] += amount

    def deposit(self, who: int, name: str, amount: int, now: int) -> None:
        need(amount > 0, "InvalidArgument")
        c = self.touched(name, now)
        fee = ceil(amount * self.fees["swap_fee_bps"], BPS)
        net, out, worth = amount - fee, sum(self.lp.values()), self.pool_value()
        need(out == 0 or worth > 0, "PoolInsolvent")
        units = net * out // worth if out else net
        need(units > 0, "InsufficientAmountReturned")
        c["owned"] += net
        c["base"] += net
        self.split(c, fee)
        self.lp[who] = self.lp.get(who, 0) + units
        self.keep(name, c)

    def withdraw(self, who: int, name: str, units: int, now: int) -> None:
        need(0 < units <= self.lp.get(who, 0), "InvalidArgument")
        c = self.touched(name, now)
        gross = units * self.pool_value() // sum(self.lp.values())
        fee = ceil(gross * self.fees["swap_fee_bps"], BPS)
        need(gross - fee > 0, "InsufficientAmountReturned")
        need(c["base"] - c["locked"] >= gross, "InsufficientFunds")
        limit = self.limit["trade_blockage_utilization_limit"]
        need(c["locked"] * BPS <= limit * (c["base"] - gross), "TradeBlockageUtilization")
        c["owned"] -= gross
        c["base"] -= gross
        self.split(c, fee)
        self.lp[who] -= units
        self.keep(name, c)

    def clear_fee_reserves(self, name: str, now: int) -> None:
        c = self.touched(name, now)
        c["base"] += c["fee_reserves"]
        c["owned"] += c["fee_reserves"]
        c["fee_reserves"] = 0
        self.keep(name, c)

    def increase(
        self, who: int, name: str, window: str, side: str, size: int, collateral: int, now: int
    ) -> None:
        key = (name, who, window, side)
        need(size > 0 or collateral > 0, "InvalidArgument")
        need(key in self.positions or (size > 0 and collateral > 0), "InvalidArgument")
        value = self.value(window)
        need(size == 0 or value != 0, "InvalidOraclePrice")
        c = self.touched(name, now)
        p = dict(self.positions.get(key) or self.created(c, side))
        before = max(0, p["size"] - p["collateral"])
        borrow = self.borrow(c, p)
        fees = borrow + self.fee(size, self.fees["increase_position_bps"])
        need(p["collateral"] + collateral > fees, "InsufficientCollateral")
        p["collateral"] += collateral - fees
        if size:
            p["entry"] = self.merged(p, side, size, value)
        p["size"] += size
        p["snapshot"] = c["cumulative"]
        need(p["size"] <= p["max_size"], "MaxSize")
        need(p["size"] >= p["collateral"], "MinLeverage")
        load = p["max_size"] * self.limit["pool_profit_load_percentage_bps"] // BPS
        added = max(0, max(load, p["size"]) - p["locked_amount"])
        need(added <= c["base"] - c["locked"], "InsufficientFunds")
        p["locked_amount"] += added
        c["locked"] += added
        c["owned"] += collateral - fees
        c["longed" if side == "long" else "shorted"] += size
        c["guaranteed_usd"] += max(0, p["size"] - p["collateral"]) - before
        self.split(c, fees - self.insure(c, borrow))
        state = self.state(c, p, side, value)
        need(state != "over_leverage", "MaxLeverage")
        need(state == "healthy", "MaxSize")
        self.positions[key] = p
        self.keep(name, c)

    def created(self, c: dict[str, int], side: str) -> dict[str, int]:
        own, other = (c["longed"], c["shorted"])[:: 1 if side == "long" else -1]
        modifier = BPS
        if own and other:
            whole, gap = (own + other) ** 2, (own - other) ** 2
            modifier = (whole - gap if own > other else whole + gap) * BPS // whole
        most = self.limit["max_long_size" if side == "long" else "max_short_size"]
        return {
            "entry": 0,
            "size": 0,
            "collateral": 0,
            "locked_amount": 0,
            "max_size": min(most * modifier // BPS, c["base"] - c["locked"]),
            "leverage_modifier_bps": modifier,
            "snapshot": c["cumulative"],
        }

    def merged(self, p: dict[str, int], side: str, size: int, value: int) -> int:
        """The entry that keeps the profit of the old part, rounded against the trader."""
        if p["size"] == 0:
            return value
        need((p["entry"] > 0) == (value > 0), "EntrySignMismatch")
        both, gain = p["size"] + size, self.pnl(p, "long", value)
        under = both + (gain if value > 0 else -gain)
        return ceil(value * both, under) if side == "long" else value * both // under

    def decrease(
        self, who: int, name: str, window: str, side: str, size: int, collateral: int,
        entire: bool, now: int,
    ) -> None:  # fmt: skip
        key = (name, who, window, side)
        need(key in self.positions, "InvalidPositionState")
        old = self.positions[key]
        need(entire or size <= old["size"], "InvalidArgument")
        need(entire or size > 0 or collateral > 0, "InvalidArgument")
        closes = entire or size == old["size"]
        size = old["size"] if closes else size
        value = self.value(window)
        c = self.touched(name, now)
        pnl = trunc(self.pnl(old, side, value) * size, old["size"])
        p = dict(old)
        loss = min(max(0, -pnl), p["collateral"])
        p["collateral"] -= loss
        c["base"] += loss
        out = p["collateral"] if closes else collateral
        need(out <= p["collateral"], "InsufficientCollateral")
        p["collateral"] -= out
        lock = old["locked_amount"] * size // old["size"]
        by_base, _ = self.waterfall(c, max(0, pnl), lock, size)
        borrow = self.borrow(c, old)
        due = borrow + self.fee(size + max(0, pnl), self.fees["decrease_position_bps"])
        from_out = min(due, out + by_base)
        from_staying = min(due - from_out, p["collateral"])
        p["collateral"] -= from_staying
        paid = from_out + from_staying
        self.split(c, paid - self.insure(c, min(borrow, paid)))
        c["owned"] += loss - by_base - (old["collateral"] - p["collateral"])
        p["size"] -= size
        p["locked_amount"] -= lock
        p["snapshot"] = c["cumulative"]
        c["longed" if side == "long" else "shorted"] -= size
        c["guaranteed_usd"] -= max(0, old["size"] - old["collateral"])
        if closes:
            del self.positions[key]
        else:
            c["guaranteed_usd"] += max(0, p["size"] - p["collateral"])
            carried = 0 < p["collateral"] <= p["size"]
            need(carried and self.state(c, p, side, value) != "over_leverage", "MaxLeverage")
            self.positions[key] = p
        self.keep(name, c)

    def liquidate(self, who: int, name: str, window: str, side: str, now: int) -> None:
        key = (name, who, window, side)
        need(key in self.positions, "InvalidPositionState")
        p = self.positions[key]
        value = self.value(window)
        c = self.touched(name, now)
        state = self.state(c, p, side, value)
        need(state != "healthy", "PositionNotLiquidatable")
        left = self.effective_collateral(c, p, side, value)
        if left > 0:
            pnl = self.pnl(p, side, value)
            loss, profit = max(0, -pnl), max(0, pnl)
            c["base"] += loss
            by_base, unpaid = self.waterfall(c, profit, p["locked_amount"], p["size"])
            c["owned"] += loss - by_base - p["collateral"]
            money = p["collateral"] - loss + by_base
            close = self.fee(p["size"] + profit, self.fees["decrease_position_bps"])
            paid = min(money, close + self.borrow(c, p))
            money -= paid
            self.split(c, paid)
            basis = max(0, left - unpaid)
            rewards: list[int] = []
            for who_gets in ("liquidator_reward", "protocol_reward", "pool_reward"):
                bps = self.fees[f"positive_collateral_{who_gets}_bps"]
                if who_gets == "pool_reward" and state == "over_profit":
                    bps = 0
                rewards.append(min(money, basis * bps // BPS))
                money -= rewards[-1]
            c["protocol_paid"] += rewards[1]
            c["fee_reserves"] += rewards[2]
            share = self.fees["insurance_fund_liquidation_fee_bps"]
            c["insurance"] += min(money, basis * share // BPS)
        else:
            c["locked"] -= p["locked_amount"]
            c["base"] += p["collateral"]
            bps = self.fees["negative_collateral_liquidation_reward_bps"]
            c["insurance"] -= min(c["insurance"], p["collateral"] * bps // BPS)
        c["longed" if side == "long" else "shorted"] -= p["size"]
        c["guaranteed_usd"] -= max(0, p["size"] - p["collateral"])
        del self.positions[key]
        self.keep(name, c)

    def books(self) -> dict[str, Any]:
        """Everything that is compared."""
        return {
            "custodies": self.custodies,
            "positions": self.positions,
            "lp": {who: units for who, units in self.lp.items() if units},
            "realized_fee_usd": self.realized_fee_usd,
        }
