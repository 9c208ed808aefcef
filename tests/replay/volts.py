"""Replays the vectors of the `volts` area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from voltcore import volts

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


FAMILIES: dict[str, Callable[[Case], Iterator[Outcome]]] = {
    "volts/share_accounting": exactly(share_accounting),
    "volts/fees": exactly(fees),
    "volts/crab_sizing": exactly(crab_sizing),
    "volts/analytics": replay_analytics,
}
