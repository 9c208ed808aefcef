"""
Positions and requests of the JLP pool once more; see `jlp_pool_model`.

Where the rules name no order of two checks, the one of the package is followed.
"""

from __future__ import annotations

from typing import Any

from jlp_pool_model import BPS, RATE, JlpBooks, Key, ceil, fits, need

__all__ = ["SIDES", "JlpModel"]

SIDES = ("long", "short")


class JlpModel(JlpBooks):
    """The whole pool."""

    # What is looked up.

    def market(self, custody: str, collateral_custody: str | None, side: str) -> tuple[str, str]:
        """The two custodies of a trade; they and the side must go together."""
        paying = collateral_custody or ("USDC" if side == "short" else custody)
        need(custody in self.configs and paying in self.configs, "InvalidArgument")
        need(not self.configs[custody]["is_stable"], "InvalidArgument")
        if side == "long":
            need(paying == custody, "InvalidCollateralAccount")
        else:
            need(self.configs[paying]["is_stable"], "InvalidCollateralAccount")
        return custody, paying

    def check_limit(self, custody: str, limit: int, below: bool) -> None:
        if limit:
            price = self.price(custody)
            need(price <= limit if below else price >= limit, "MaxPriceSlippage")

    def pnl(self, size: int, entry: int, mark: int, side: str) -> tuple[bool, int]:
        """Whether it is a profit, and how much of either."""
        gain = mark > entry if side == "long" else mark < entry
        return gain, size * abs(mark - entry) // entry

    def merged(self, size: int, entry: int, added: int, mark: int, side: str) -> int:
        if size == 0:
            return mark
        profit, amount = self.pnl(size, entry, mark, side)
        both = size + added
        under = both + (amount if profit == (side == "long") else -amount)
        need(under > 0, "MathOverflow")
        return fits(mark * both // under)

    def impact_bps(self, name: str, size: int) -> int:
        scalar = self.configs[name]["trade_impact_fee_scalar"]
        return ceil(size * BPS, scalar) if scalar else 0

    def liquidatable(self, key: Key, p: dict[str, int], cumulative: int) -> bool:
        _, traded, _, side = key
        bps = self.configs[traded]["decrease_bps"] + self.impact_bps(traded, p["size_usd"])
        profit, amount = self.pnl(p["size_usd"], p["price"], self.price(traded), side)
        left = p["collateral_usd"] + (amount if profit else -amount)
        left -= ceil(p["size_usd"] * bps, BPS)
        left -= ceil((cumulative - p["snapshot"]) * p["size_usd"], RATE)
        return left * self.configs[traded]["max_leverage_bps"] < p["size_usd"] * BPS

    # What several operations do.

    def trade_fee(self, name: str, size: int, base: int, grows: bool, now: int) -> tuple[int, Any]:
        """The fee, and the ring of a minute's flow as the trade leaves it."""
        plain = base + self.impact_bps(name, size)
        ring, last = list(self.flows[name]), self.custodies[name]["flow_update"]
        rules = self.configs[name]["additive"]
        if rules["factor"] == 0:
            return fits(ceil(size * plain, BPS)), (ring, last)
        if last == 0 or now - last >= 60:
            ring = [0] * 60
        else:
            for second in range(last + 1, now + 1):
                ring[second % 60] = 0
        ring[now % 60] += size if grows else -size
        imbalance = abs(sum(ring))
        if imbalance > rules["threshold_usd"]:
            power = rules["exponent"]
            need(rules["threshold_usd"] > 0, "MathOverflow")
            steps = ceil(imbalance**power, rules["threshold_usd"] ** power)
            plain = min(plain + ceil(steps, rules["factor"]), rules["max_bps"])
        return fits(ceil(size * plain, BPS)), (ring, now)

    # Operations.

    def increase(
        self, caller: int, custody: str, side: str, size_usd: int, collateral: int, now: int, *,
        collateral_custody: str | None = None, price_slippage: int = 0,
    ) -> None:  # fmt: skip
        self.starts(caller, now)
        traded, paying = self.market(custody, collateral_custody, side)
        self.grow((caller, traded, paying, side), size_usd, collateral, price_slippage, now)

    def grow(self, key: Key, size: int, collateral: int, limit: int, now: int) -> None:
        _, traded, paying, side = key
        need(size > 0 or collateral > 0, "InvalidArgument")
        self.flag(traded, "increase")
        if size:
            self.check_limit(traded, limit, side == "long")
        need(key in self.positions or (size > 0 and collateral > 0), "InvalidPositionState")
        mark, credit, c = self.price(traded), self.credit(paying), self.touched(paying, now)
        p = dict(self.positions.get(key) or self.empty(c["cumulative"]))
        lent = max(0, p["size_usd"] - p["collateral_usd"])
        base = self.configs[traded]["increase_bps"]
        trade_fee, flow = self.trade_fee(traded, size, base, True, now)
        fee = fits(ceil((c["cumulative"] - p["snapshot"]) * p["size_usd"], RATE) + trade_fee)
        p["collateral_usd"] = fits(p["collateral_usd"] + self.usd(paying, credit, collateral))
        need(p["collateral_usd"] > fee, "InvalidCollateralAmount")
        p["collateral_usd"] -= fee
        fee_tokens = self.tokens(paying, credit, fee, up=True)
        lock = self.tokens(paying, credit, size)
        if size:
            p["price"] = self.merged(p["size_usd"], p["price"], size, mark, side)
        p["size_usd"] = fits(p["size_usd"] + size)
        p["locked_amount"] += lock
        p["snapshot"] = c["cumulative"]
        need(p["size_usd"] >= p["collateral_usd"], "MaxLeverage")
        need(not self.liquidatable(key, p, c["cumulative"]), "MaxLeverage")
        most = self.settings["max_position_usd"]
        need(most == 0 or p["size_usd"] <= most, "PersonalPoolAmountLimit")
        both = {paying: c}
        t = both.setdefault(traded, dict(self.custodies[traded]))
        if side == "long":
            t["global_long_sizes"] = fits(t["global_long_sizes"] + size)
            t["guaranteed_usd"] += p["size_usd"] - p["collateral_usd"] - lent
            c["owned"] = fits(c["owned"] + collateral - fee_tokens)
        else:
            average, sizes = t["global_short_average_prices"], t["global_short_sizes"]
            if size:
                t["global_short_average_prices"] = self.merged(sizes, average, size, mark, side)
            t["global_short_sizes"] = fits(sizes + size)
            p["collateral_tokens"] = fits(p["collateral_tokens"] + collateral - fee_tokens)
            c["trader_collateral"] = fits(c["trader_collateral"] + collateral - fee_tokens)
        most = self.configs[traded][f"max_global_{side}_usd"]
        need(most == 0 or t[f"global_{side}_sizes"] <= most, "CustodyAmountLimit")
        c["locked"] = fits(c["locked"] + lock)
        need(c["locked"] <= c["owned"], "CustodyAmountLimit")
        c["fees_reserves"] = fits(c["fees_reserves"] + fee_tokens)
        c["balance"] = fits(c["balance"] + collateral)
        self.positions[key] = p
        self.keep(both, traded, flow, now)

    def empty(self, cumulative: int) -> dict[str, int]:
        return {
            "price": 0,
            "size_usd": 0,
            "collateral_usd": 0,
            "locked_amount": 0,
            "snapshot": cumulative,
            "collateral_tokens": 0,
            "realised_pnl_usd": 0,
        }

    def keep(
        self, both: dict[str, Any], traded: str, flow: tuple[list[int], int], now: int
    ) -> None:
        self.flows[traded], both[traded]["flow_update"] = flow
        self.custodies.update(both)
        self.clock = now

    def decrease(
        self, caller: int, custody: str, side: str, now: int, *, size_usd: int = 0,
        collateral_usd: int = 0, entire: bool = False, collateral_custody: str | None = None,
        price_slippage: int = 0,
    ) -> None:  # fmt: skip
        self.starts(caller, now)
        key = (caller, *self.market(custody, collateral_custody, side), side)
        self.shrink(key, size_usd, collateral_usd, entire, price_slippage, now)

    def shrink(
        self, key: Key, size: int, wanted: int, entire: bool, limit: int, now: int,
        liquidation: bool = False,
    ) -> None:  # fmt: skip
        _, traded, paying, side = key
        need(key in self.positions, "InvalidPositionState")
        old = self.positions[key]
        need(entire or size <= old["size_usd"], "InvalidArgument")
        need(entire or size > 0 or wanted > 0, "InvalidArgument")
        self.flag(traded, "liquidate" if liquidation else "decrease")
        closes = entire or size == old["size_usd"]
        size = old["size_usd"] if closes else size
        if wanted and not closes:
            self.flag(traded, "collateral_withdrawal")
        if size:
            self.check_limit(traded, limit, side == "short")
        mark, c, p = self.price(traded), self.touched(paying, now), dict(old)
        if liquidation:
            need(self.liquidatable(key, old, c["cumulative"]), "InvalidPositionState")
        base = self.configs[traded]["decrease_bps"]
        trade_fee, flow = self.trade_fee(traded, size, base, False, now)
        fee = ceil((c["cumulative"] - old["snapshot"]) * old["size_usd"], RATE) + trade_fee
        lock = old["locked_amount"] if closes else old["locked_amount"] * size // old["size_usd"]
        gained, amount = self.pnl(size, old["price"], mark, side)
        profit = min(amount, self.usd(paying, self.credit(paying), lock)) if gained else 0
        loss = 0 if gained else min(amount, p["collateral_usd"])
        p["realised_pnl_usd"] += profit if gained else -amount
        p["collateral_usd"] -= loss
        leaves = p["collateral_usd"] if closes else wanted
        need(leaves <= p["collateral_usd"], "InvalidCollateralAmount")
        p["collateral_usd"] -= leaves
        out = fits(profit + leaves)
        from_out = min(fee, out)
        from_rest = min(fee - from_out, p["collateral_usd"])
        out -= from_out
        p["collateral_usd"] -= from_rest
        if liquidation and self.settings["surplus"] == 1:
            out = 0
        debit = self.debit(paying)
        paid = self.tokens(paying, debit, out)
        fee_tokens = self.tokens(paying, debit, from_out + from_rest)
        p["size_usd"] -= size
        p["locked_amount"] -= lock
        p["snapshot"] = c["cumulative"]
        both = {paying: c}
        t = both.setdefault(traded, dict(self.custodies[traded]))
        if side == "long":
            t["global_long_sizes"] -= size
            t["guaranteed_usd"] -= max(0, old["size_usd"] - old["collateral_usd"])
            t["guaranteed_usd"] += max(0, p["size_usd"] - p["collateral_usd"])
            released = 0
        else:
            t["global_short_sizes"] -= size
            if t["global_short_sizes"] == 0:
                t["global_short_average_prices"] = 0
            released = old["collateral_tokens"]
            if not closes:
                gone = old["collateral_usd"] - p["collateral_usd"]
                released = released * gone // old["collateral_usd"]
            p["collateral_tokens"] -= released
            c["trader_collateral"] -= released
        if closes:
            self.closes(key, p)
        else:
            carried = 0 < p["collateral_usd"] <= p["size_usd"]
            healthy = carried and not self.liquidatable(key, p, c["cumulative"])
            need(healthy, "MaxLeverage")
        c["owned"] = fits(c["owned"] + released - paid - fee_tokens)
        c["locked"] -= lock
        c["fees_reserves"] = fits(c["fees_reserves"] + fee_tokens)
        c["balance"] = fits(c["balance"] - paid)
        if closes:
            del self.positions[key]
        else:
            self.positions[key] = p
        self.keep(both, traded, flow, now)

    def closes(self, key: Key, p: dict[str, int]) -> None:
        """Nothing is left of a position that closes."""
        left = [p[name] for name in ("size_usd", "collateral_usd", "locked_amount")]
        assert left == [0, 0, 0], key

    def liquidate(
        self, caller: int, owner: int, custody: str, side: str, now: int, *,
        collateral_custody: str | None = None,
    ) -> None:  # fmt: skip
        may = caller == self.roles["admin"] or caller in self.roles["liquidators"]
        key = (owner, *self.market(custody, collateral_custody, side), side)
        need(key in self.positions, "InvalidPositionState")
        need(caller != 0 and may, "Unauthorized")
        self.at(now)
        self.shrink(key, 0, 0, True, 0, now, liquidation=True)

    # Requests.

    def request_increase(
        self, caller: int, request: int, custody: str, side: str, size_usd: int, collateral: int,
        now: int, *, collateral_custody: str | None = None, price_slippage: int = 0,
        trigger: int | None = None, above: bool | None = None,
    ) -> None:  # fmt: skip
        asked = (size_usd, collateral, False, price_slippage)
        self.ask(
            caller, request, custody, collateral_custody, side, True, asked, trigger, above, now
        )

    def request_decrease(
        self, caller: int, request: int, custody: str, side: str, now: int, *, size_usd: int = 0,
        collateral_usd: int = 0, entire: bool = False, collateral_custody: str | None = None,
        price_slippage: int = 0, trigger: int | None = None, above: bool | None = None,
    ) -> None:  # fmt: skip
        asked = (size_usd, collateral_usd, entire, price_slippage)
        self.ask(
            caller, request, custody, collateral_custody, side, False, asked, trigger, above, now
        )

    def ask(
        self, caller: int, request: int, custody: str, paying: str | None, side: str, grows: bool,
        asked: tuple[int, int, bool, int], trigger: int | None, above: bool | None, now: int,
    ) -> None:  # fmt: skip
        need((trigger is None) == (above is None), "InvalidPositionRequest")
        need(trigger != 0, "InvalidPositionRequest")
        self.starts(caller, now)
        need(request not in self.requests, "InvalidPositionRequest")
        key = (caller, *self.market(custody, paying, side), side)
        self.requests[request] = {
            "key": key,
            "grows": grows,
            "asked": asked,
            "trigger": trigger,
            "above": above,
            "created": now,
        }
        self.clock = now

    def execute(self, caller: int, request: int, now: int) -> None:
        need(request in self.requests, "InvalidPositionRequest")
        need(caller != 0 and caller == self.roles["keeper"], "Unauthorized")
        self.at(now)
        wish = self.requests[request]
        if wish["trigger"] is None:
            waited = now - wish["created"]
            need(waited <= self.settings["max_request_execution_sec"], "ExceedExecutionPeriod")
        else:
            price = self.price(wish["key"][1])
            reached = price >= wish["trigger"] if wish["above"] else price <= wish["trigger"]
            need(reached, "TriggerNotReached")
        size, collateral, entire, limit = wish["asked"]
        if wish["grows"]:
            self.grow(wish["key"], size, collateral, limit, now)
        else:
            self.shrink(wish["key"], size, collateral, entire, limit, now)
        del self.requests[request]

    def cancel(self, caller: int, request: int, now: int) -> None:
        need(request in self.requests, "InvalidPositionRequest")
        self.starts(caller, now)
        need(caller in (self.requests[request]["key"][0], self.roles["keeper"]), "Unauthorized")
        del self.requests[request]
        self.clock = now
