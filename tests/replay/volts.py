"""Replays the vectors of the `volts` area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from voltcore import venues, volts
from voltcore.errors import VoltcoreError

from . import volts_basis

Outcome = tuple[str, str | None]
Case = dict[str, Any]


def bits(decimal: str) -> int:
    """A decimal as I80F48: nearest, ties to even."""
    return round(Fraction(decimal) * 2**48)


def share_accounting(case: Case) -> dict[str, Any]:
    given = {name: value for name, value in case.items() if name != "op"}
    if case["op"] == "mint":
        minted = volts.shares_for_deposit(
            int(given["deposit"]), supply=int(given["supply"]), assets=int(given["assets"])
        )
        return {"minted": str(minted)}
    if case["op"] == "redeem":
        paid = volts.underlying_for_shares(
            int(given["tokens"]), supply=int(given["supply"]), assets=int(given["assets"])
        )
        return {"paid": str(paid)}
    if case["op"] == "end_round":
        return end_round(given)
    raise KeyError(case["op"])


def end_round(given: Case) -> dict[str, Any]:
    supply, assets = int(given["supply"]), int(given["old_assets"])
    deposits = [int(amount) for amount in given["deposits"]]
    withdrawals = [int(shares) for shares in given["withdrawals"]]
    total_in, total_out = sum(deposits), sum(withdrawals)
    paid, minted = volts.round_amounts(total_in, total_out, supply=supply, assets=assets)
    charged = volts.fee(paid, given["withdrawal_fee_bps"])
    tokens, underlying = minted, paid - charged
    left_in, left_out = total_in, total_out
    claims_tokens, claims_underlying = [], []
    for record in deposits:
        claims_tokens.append(volts.claim_pro_rata(record, balance=tokens, total=left_in))
        tokens, left_in = tokens - claims_tokens[-1], left_in - record
    for record in withdrawals:
        claims_underlying.append(volts.claim_pro_rata(record, balance=underlying, total=left_out))
        underlying, left_out = underlying - claims_underlying[-1], left_out - record
    return {
        "minted": str(minted),
        "paid": str(paid),
        "fee": str(charged),
        "claims_tokens": [str(n) for n in claims_tokens],
        "claims_underlying": [str(n) for n in claims_underlying],
        "left_tokens": str(tokens),
        "left_underlying": str(underlying),
        "supply_after": str(supply - total_out + minted),
        "assets_after": str(assets - paid + total_in),
    }


def fees(case: Case) -> dict[str, Any]:
    if case["op"] == "defaults":
        return dict(volts.DEFAULT_FEES_BPS)
    if case["op"] == "fee":
        return {"fee": str(volts.fee(int(case["amount"]), case["bps"]))}
    if case["op"] == "aum_fee":
        return {"fee": str(volts.aum_fee(int(case["assets"]), case["bps"], case["dt"]))}
    raise KeyError(case["op"])


def crab_sizing(case: Case) -> dict[str, Any]:
    op = case["op"]
    if op == "target":
        lots = volts.target_lots(
            int(case["equity_bits"]),
            bits(case["leverage"]),
            int(case["price_bits"]),
            case["base_lot"],
        )
        return {"lots": lots}
    if op == "hedge_ratio":
        lots = volts.hedge_lots_by_ratio(
            int(case["equity_bits"]),
            bits(case["leverage"]),
            bits(case["ratio"]),
            int(case["price_bits"]),
            case["base_lot"],
        )
        return {"lots": lots}
    if op == "cr":
        ratio = volts.collateral_ratio_bps(
            int(case["equity_bits"]), case["lots"], case["base_lot"], int(case["price_bits"])
        )
        return {"cr_bps": ratio}
    if op == "basis_size":
        lots, short = volts.basis_size(
            int(case["equity_bits"]), int(case["price_bits"]), case["base_lot"]
        )
        return {"perp_lots": lots, "short_native": str(short)}
    if op == "delta_check":
        spot, lot = int(case["spot_bits"]), case["base_lot"]
        delta = volts.position_delta_bits(case["target_lots"], lot, power=2, spot_bits=spot)
        net = delta + case["hedge_lots"] * lot * 2**48
        # The squared index in I80F48: multiply floors, divide truncates.
        index = ((spot * spot >> 48) << 48) // (10**6 << 48)
        return {
            "within_1pct": volts.within_delta_band(delta, net),
            "cr_bps": volts.collateral_ratio_bps(
                int(case["equity_bits"]), case["target_lots"], lot, index
            ),
        }
    if op in ("hedge_delta", "hedge_check"):
        lot = case["base_lot_hedge"]
        delta = volts.position_delta_bits(
            case["target_lots"],
            case["base_lot_target"],
            power=case["power"],
            spot_bits=int(case["spot_bits"]),
        )
        if op == "hedge_delta":
            lots = volts.hedge_lots_by_delta(delta, lot)
            return {
                "lots": lots,
                "within_1pct": volts.within_delta_band(delta, delta + lots * lot * 2**48),
            }
        lots = case["hedge_lots"]
        return {
            "within_1pct": volts.within_delta_band(delta, delta + lots * lot * 2**48),
            "accepted": volts.hedge_accepted(delta, lots, lot),
        }
    raise KeyError(op)


def analytics(case: Case) -> dict[str, float]:
    op = case["op"]
    if op == "daily_rate":
        return {"value": volts.daily_rate(float(case["mark"]), float(case["index"]), case["days"])}
    if op == "apy":
        return {"value": volts.apy(float(case["rate"]), case["n"])}
    if op == "profit_range":
        return {"value": volts.profit_range(float(case["rate"]))}
    if op == "crab_return":
        return {"value": volts.crab_return(float(case["funding"]), float(case["move"]))}
    if op == "expected_apy":
        return {"value": volts.expected_apy(float(case["funding"]), float(case["vol"]))}
    if op in ("chart", "chart_rate"):
        rate = case["daily_bps"] / 10_000 if op == "chart" else float(case["daily"])
        return {
            "range": volts.profit_range(rate),
            "apy": volts.apy(rate),
            "iv": volts.implied_volatility(rate),
        }
    raise KeyError(op)


def exactly(operation: Callable[[Case], dict[str, Any]]) -> Callable[[Case], Iterator[Outcome]]:
    """Every expected figure must be equal; what the file does not state is not compared."""

    def replay(document: Case) -> Iterator[Outcome]:
        for case in document["cases"]:
            got = operation(case["input"])
            expected = {k: v for k, v in case["expect"].items() if k != "printed"}
            problem = None
            for name, value in expected.items():
                if name not in got or got[name] != value:
                    problem = f"{name}: {got.get(name)!r}, expected {value!r}"
                    break
            yield case["name"], problem

    return replay


def replay_analytics(document: Case) -> Iterator[Outcome]:
    for case in document["cases"]:
        got = analytics(case["input"])
        expected = {k: v for k, v in case["expect"].items() if k not in ("printed", "tol")}
        tolerance = Fraction(case["expect"]["tol"])
        problem = None
        for name, text in expected.items():
            value = Fraction(text)
            if name not in got or abs(Fraction(got[name]) - value) > tolerance * abs(value):
                problem = f"{name}: {got.get(name)!r}, expected {text}"
                break
        yield case["name"], problem


ADMIN = 1
STAGE_NAMES = {"FEES_TAKEN": "FEES", "TARGET_DONE": "TARGET"}


class EpochRun:
    """One sequence of `epochs`: the volt on the abstract venue that the file describes."""

    def __init__(self, given: Case) -> None:
        config = given["config"]
        self.now = int(config["ts"])
        taker_fee = volts.fixed_point_bits(config["taker_fee"])
        clamp = venues.VenuePreset.named("entropy").funding_clamp_bits
        whole = 1 << 48

        def market(period: int) -> venues.PerpMarketConfig:
            return venues.PerpMarketConfig(
                base_lot_size=100,
                quote_lot_size=10,
                init_leverage_bits=5 * whole,
                maint_leverage_bits=10 * whole,
                taker_fee_bits=taker_fee,
                funding_period=period,
                funding_clamp_bits=clamp,
                impact_quantity=100,
            )

        venue = venues.MarginVenue(
            venues.VenueConfig.squared_and_linear(
                admin=ADMIN,
                valid_interval=2**40,
                squared=market(604_800),
                linear=market(86_400),
                enforce_health=False,
                unlimited_pnl_counterparty=True,
            ),
            self.now,
        )
        leverage = volts.fixed_point_bits(config["lev"])
        self.volt = volts.Volt(
            volts.VoltConfig(
                admin=ADMIN,
                capacity=int(config["cap"]),
                individual_capacity=int(config["icap"]),
                fees=volts.FeeSettings(
                    use_custom_fees=True,
                    custom=volts.FeeRates(
                        performance_fee_bps=int(config["perf"]),
                        withdrawal_fee_bps=int(config["wd"]),
                        aum_fee_bps=int(config["aum"]),
                    ),
                ),
                strategy=volts.StrategyParams(
                    target_leverage_bits=leverage,
                    target_leverage_lenience_bits=min(2**46, -leverage),
                    required_basis_from_oracle_bits=whole,
                ),
            ),
            venue,
            self.now,
        )
        self.set_price(config["px_bits"], config["ts"])
        self.users = {name: 100 + i for i, name in enumerate(given["wallets"])}
        for name, amount in given["wallets"].items():
            self.volt.credit_wallet(self.users[name], int(amount))

    def set_price(self, price_bits: str, now: str) -> None:
        self.now = int(now)
        self.volt.set_price(ADMIN, 1, int(price_bits), self.now)
        self.volt.refresh_caches(self.now)

    def funding(self, market: str, bid: str, ask: str, now: str) -> None:
        self.now = int(now)
        self.volt.update_funding(int(market), int(bid), int(ask), self.now)
        self.volt.cache_perp_markets(self.now)

    def apply(self, op: str, args: list[Any]) -> Any:
        volt, now = self.volt, self.now
        if op == "set_price":
            return self.set_price(*args)
        if op == "funding":
            return self.funding(*args)
        if op in ("deposit", "withdraw"):
            return str(getattr(volt, op)(self.users[args[0]], int(args[1]), now).received)
        of_user = {
            "cancel_deposit": volt.cancel_pending_deposit,
            "cancel_withdrawal": volt.cancel_pending_withdrawal,
            "claim_deposit": volt.claim_pending_deposit,
            "claim_withdrawal": volt.claim_pending_withdrawal,
        }
        if op in of_user:
            return str(of_user[op](self.users[args[0]], now))
        if op == "start_round":
            return str(volt.start_round(ADMIN, now))
        if op == "take_wfees":
            return str(volt.take_pending_withdrawal_fees(ADMIN, now))
        if op == "take_fees":
            fees = volt.take_performance_fees(ADMIN, now)
            return {
                "assets": str(fees.assets),
                "pnl": str(fees.pnl),
                "perf_fee": str(fees.performance_fee),
                "aum_fee": str(fees.aum_fee),
            }
        if op == "setup":
            expected = int(args[0]) if args else None
            setup = volt.setup_rebalance(ADMIN, now, expected_oracle_price_bits=expected)
            return {
                "assets": str(setup.assets),
                "supply": str(setup.supply),
                "withdraw": str(setup.withdraw),
                "mint": str(setup.mint),
                "kept": str(setup.kept),
                "moved": str(setup.moved),
                "shortfall": str(setup.shortfall),
                "net": str(setup.net),
                "equity_target": str(setup.equity_target_bits),
                "target_lots": str(setup.target_lots),
            }
        if op == "end_round":
            ended = volt.end_round(ADMIN, now)
            return {
                "minted": str(ended.minted),
                "paid": str(ended.paid),
                "rebalance_pnl": str(ended.rebalance_pnl),
            }
        most = int(args[1]) if len(args) > 1 and args[1] is not None else None
        if op == "rebalance_target":
            off_book = len(args) > 2 and args[2] in (True, "True", "true")
            leg = volt.rebalance_target(ADMIN, now, int(args[0]), max_quote=most, off_book=off_book)
            return str(leg.missing_lots)
        if op == "rebalance_hedge":
            return str(volt.rebalance_hedge(ADMIN, now, int(args[0]), max_quote=most).missing_lots)
        raise KeyError(op)

    def state(self) -> Case:
        volt, venue = self.volt, self.volt.venue
        account = volt.margin_account
        legs = [venue.perp_account(account, market) for market in (0, 1)]
        markets = venue.state()["markets"]
        stage = volt.stage
        users = {name: volt.user(id_) for name, id_ in self.users.items()}
        return {
            "round": volt.round_number,
            "stage": STAGE_NAMES.get(stage, stage),
            "started": volt.flags["round_has_started"],
            "supply": str(volt.supply),
            "pool": str(volt.deposit_pool),
            "fee_acct": str(volt.fee_account),
            "dep_bits": str(venue.balance(account, venues.QUOTE_TOKEN).deposits_bits),
            "base": [leg.base_position for leg in legs],
            "quote_bits": [str(leg.quote_position_bits) for leg in legs],
            "equity_bits": str(volt.exposure().equity_bits),
            "long_funding_bits": [str(m["perp"]["long_funding_bits"]) for m in markets],
            "wallet": {name: str(user.wallet) for name, user in users.items()},
            "tokens": {name: str(user.volt_tokens) for name, user in users.items()},
            "rounds": {
                str(r.number): {
                    "D": str(r.underlying_from_pending_deposits),
                    "W": str(r.volt_tokens_from_pending_withdrawals),
                    "ul": str(r.round_underlying),
                    "U": str(r.withdraw_amt_native),
                    "M": str(r.minted_volt_tokens),
                    "vt": str(r.round_volt_tokens),
                    "pwu": str(r.round_underlying_for_pending_withdrawals),
                    "wfee": str(r.withdrawal_fee),
                }
                for r in volt.rounds
            },
        }


def differences(got: Any, expected: Any, path: str = "") -> str | None:
    """The first place where an expected figure is not there or another one."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if name not in got:
                return f"{path}.{name} is missing"
            found = differences(got[name], value, f"{path}.{name}")
            if found:
                return found
        return None
    return None if got == expected else f"{path}: {got!r}, expected {expected!r}"


def replay_epoch_sequence(case: Case) -> str | None:
    run = EpochRun(case["input"])
    checkpoints = {c["after_op"]: c["state"] for c in case["expect"]["checkpoints"]}
    expectations = zip(case["input"]["ops"], case["expect"]["results"], strict=True)
    for number, (op, expected) in enumerate(expectations, start=1):
        where = f"op {number} {op['op']}{op['args']}"
        before = run.volt.state_digest() if "err" in expected else b""
        try:
            got = {"ok": run.apply(op["op"], op["args"])}
        except VoltcoreError as error:
            got = {"err": error.onchain}
            if "err" in expected and run.volt.state_digest() != before:
                return f"{where}: a refusal changed the state"
        if got != expected:
            return f"{where}: {got}, expected {expected}"
        if number in checkpoints:
            found = differences(run.state(), checkpoints[number])
            if found:
                return f"after {where}: {found}"
            run.volt.audit()
    return None


def replay_epochs(document: Case) -> Iterator[Outcome]:
    for case in document["cases"]:
        yield case["name"], replay_epoch_sequence(case)


FAMILIES: dict[str, Callable[[Case], Iterator[Outcome]]] = {
    "volts/share_accounting": exactly(share_accounting),
    "volts/fees": exactly(fees),
    "volts/crab_sizing": exactly(crab_sizing),
    "volts/analytics": replay_analytics,
    "volts/epochs": replay_epochs,
    "volts/basis": volts_basis.replay,
}
