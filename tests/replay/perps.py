"""Replays the vectors of the `perps` area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from replay.perps_scenarios import number, scenarios
from voltcore import errors, perps

Outcome = tuple[str, str | None]
Case = dict[str, Any]


def curve(a: Case) -> dict[str, int]:
    return {
        "min_rate_bps": a["mn"],
        "max_rate_bps": a["mx"],
        "target_rate_bps": a["tg"],
        "target_utilization": a["tu"],
    }


def jlp_exposure(a: Case) -> dict[str, Any]:
    return {
        "side": a["side"],
        "entry": a["price"],
        "size_usd": a["size"],
        "collateral_usd": a["coll"],
        "close_bps": a["close_bps"],
        "impact_scalar": a["scalar"],
        "max_leverage_bps": a["max_lev"],
        "cumulative": a["cum"],
        "snapshot": a["snap"],
    }


def liquidity_view(a: Case) -> dict[str, Any]:
    return {
        "price": a["price"],
        "decimals": a["decimals"],
        "stable": a["stable"],
        "owned": a["owned"],
        "locked": a["locked"],
        "guaranteed_usd": a["guaranteed_usd"],
        "target_bps": a["target_bps"],
        "aum_usd": a["aum"],
        "supply": a["supply"],
        "base_bps": a["base"],
        "tax_bps": a["tax"],
        "multiplier": a["mult"],
    }


def jlp_mint(a: Case) -> Case:
    quote = perps.jlp_mint_quote(a["amount"], **liquidity_view(a))
    return {"fee_bps": quote.fee_bps, "net": quote.net, "lp": quote.lp}


def jlp_burn(a: Case) -> Case:
    quote = perps.jlp_burn_quote(a["lp"], **liquidity_view(a))
    return {"fee_bps": quote.fee_bps, "gross": quote.gross, "out": quote.out}


def anc_price(a: Case) -> Case:
    mantissa, exponent = perps.anc_spread_price(
        a["side"], a["price"], a["ema"], exponent=a["expo"], spread_bps=a["spread"]
    )
    return {"price": mantissa, "exponent": exponent}


def anc_fee(a: Case) -> int:
    return perps.anc_fee(
        a["mode"],
        ratio_multiplier_bps=a["ratio_mult"],
        target_bps=a["target"],
        min_bps=a["min"],
        max_bps=a["max"],
        fee_max_bps=a["fee_max"],
        fee_optimal_bps=a["fee_opt"],
        base_bps=a["base"],
        price=a["price"],
        exponent=a["expo"],
        decimals=a["decimals"],
        owned=a["owned"],
        aum_usd=a["aum"],
        added=a["add"],
        removed=a["rem"],
    )


def anc_position(a: Case) -> Case:
    quote = perps.anc_position_quote(
        a["side"],
        entry=a["price"],
        size_usd=a["size_usd"],
        borrow_size_usd=a["borrow_usd"],
        collateral_usd=a["coll_usd"],
        collateral_amount=a["coll_amt"],
        locked_amount=a["locked"],
        snapshot=a["snap"],
        open_time=a["open_time"],
        spot=a["token_price"],
        ema=a["token_ema"],
        exponent=a["expo"],
        decimals=a["decimals"],
        spread_long_bps=a["spread_long"],
        spread_short_bps=a["spread_short"],
        close_fee_bps=a["close_fee"],
        liquidation_fee_bps=a["liq_fee"],
        max_leverage_bps=a["max_lev"],
        cumulative=a["cum"],
        now=a["now"],
    )
    return quote._asdict()


def vol_position(a: Case) -> Case:
    health = perps.vol_health(
        a["side"],
        size=a["size"],
        collateral=a["coll"],
        entry=a["entry"],
        decrease_bps=a["decrease_bps"],
        impact_scalar=a["impact_scalar"],
        max_leverage=a["max_leverage"],
        modifier_bps=a["modifier"],
        max_size=a["max_size"],
        cumulative=a["cum"],
        snapshot=a["snap"],
        value=a["value"],
    )
    return health._asdict()


FUNCTIONS: dict[str, Callable[[Case], Any]] = {
    "dec_mul": lambda a: perps.dec_mul(
        a["c1"], a["e1"], a["c2"], a["e2"], a["te"], ceil=a.get("ceil", False)
    ),
    "dec_div": lambda a: perps.dec_div(
        a["c1"], a["e1"], a["c2"], a["e2"], a["te"], ceil=a.get("ceil", False)
    ),
    "vol_rate_published": lambda a: perps.vol_rate_published(a["u"], **curve(a)),
    "vol_rate_exact": lambda a: perps.vol_rate_exact(a["base"], a["locked"], **curve(a)),
    "vol_accrue": lambda a: perps.vol_accrue(a["cum"], a["rate_e9"], a["dt"]),
    "jlp_linear_rate": lambda a: perps.jlp_linear_rate(a["owned"], a["locked"], a["dbps"]),
    "jlp_jump_rate": lambda a: perps.jlp_jump_rate(a["owned"], a["locked"], **curve(a)),
    "anc_hourly_rate": lambda a: perps.anc_hourly_rate(
        a["owned"],
        a["locked"],
        base_rate=a["base"],
        slope1=a["s1"],
        slope2=a["s2"],
        optimal_utilization=a["opt"],
    ),
    "jlp_cum": lambda a: (
        a["cum"]
        if a["owned"] == 0
        else perps.hourly_accrue(a["cum"], last=a["last"], now=a["now"], hourly_rate_e9=a["hourly"])
    ),
    "anc_cum": lambda a: perps.hourly_accrue(
        a["cum"], last=a["last"], now=a["now"], hourly_rate_e9=a["rate"]
    ),
    "jlp_borrow_fee": lambda a: perps.borrow_fee(a["cum"], a["snap"], a["size"]),
    "anc_interest": lambda a: perps.anc_interest(a["cum_now"], a["snap"], a["borrow_usd"]),
    "vol_pnl": lambda a: perps.vol_profit(a["side"], a["size"], a["entry"], a["cur"]),
    "jlp_pnl": lambda a: list(perps.jlp_profit(a["side"], a["size"], a["entry"], a["price"])),
    "jlp_avg_price": lambda a: perps.jlp_merged_price(
        a["side"], a["size"], a["entry"], a["delta"], a["price"]
    ),
    "vol_avg_entry": lambda a: perps.vol_merged_entry(
        a["side"], a["size"], a["entry"], a["delta"], a["cur"]
    ),
    "jlp_position_fee": lambda a: list(
        perps.jlp_position_fee(a["size"], a["base_bps"], a["scalar"])
    ),
    "jlp_additive_fee": lambda a: list(
        perps.jlp_additive_fee(
            a["size"],
            a["base_bps"],
            a["scalar"],
            imbalance_usd=a["imbalance"],
            threshold_usd=a["thr"],
            factor=a["factor"],
            exponent=a["exp"],
            max_bps=a["max_bps"],
        )
    ),
    "jlp_window_sum": lambda a: perps.enter_flow(a["oi"], a["last"], a["now"], a["amount"])[0],
    "jlp_fee_bps": lambda a: perps.jlp_fee_bps(
        a["cur_usd"],
        target_bps=a["target_bps"],
        aum_usd=a["aum"],
        delta_usd=a["delta_usd"],
        base_bps=a["base"],
        tax_bps=a["tax"],
        multiplier=a["mult"],
        increases=a["inc"],
    ),
    "anc_entry_fee": lambda a: perps.anc_entry_fee(
        a["base_fee"],
        size=a["size"],
        lock=a["lock"],
        owned=a["owned"],
        locked=a["locked"],
        utilization_multiplier=a["util_mult"],
        optimal_utilization=a["opt"],
    ),
    "anc_ratio": lambda a: perps.anc_ratio(
        price=a["price"],
        exponent=a["expo"],
        decimals=a["decimals"],
        owned=a["owned"],
        aum_usd=a["aum"],
        added=a["add"],
        removed=a["rem"],
    ),
    "anc_fee": anc_fee,
    "anc_price": anc_price,
    "anc_position": anc_position,
    "vol_fee": lambda a: perps.position_fee(a["size"], a["bps"], a["scalar"]),
    "vol_modifier": lambda a: perps.vol_modifier(a["side"], a["longed"], a["shorted"]),
    "vol_max_size": lambda a: perps.vol_max_size(
        a["lim_a"], a["lim_b"], a["mod"], base=a["base"], locked=a["locked"]
    ),
    "vol_position": vol_position,
    "jlp_liq_price": lambda a: perps.jlp_liquidation_price(**jlp_exposure(a)),
    "jlp_liquidatable": lambda a: list(perps.jlp_liquidatable(**jlp_exposure(a), mark=a["mark"])),
    "jlp_mint": jlp_mint,
    "jlp_burn": jlp_burn,
    "vol_lp_out": lambda a: perps.vol_lp_out(a["net"], a["outstanding"], a["pool_value"]),
    "vol_lp_in": lambda a: perps.vol_lp_in(a["lp"], a["outstanding"], a["pool_value"]),
    "jlp_swap_amount": lambda a: perps.jlp_swap_amount(
        price_in=a["pin"],
        exponent_in=a["ein"],
        price_out=a["pout"],
        exponent_out=a["eout"],
        decimals_in=a["din"],
        decimals_out=a["dout"],
        amount=a["amt"],
    ),
}


def functions(document: Case) -> Iterator[Outcome]:
    for case in document["cases"]:
        expected = number(case["out"])
        if case["fn"] not in FUNCTIONS:
            yield case["id"], f"unknown function {case['fn']!r}"
            continue
        try:
            got = FUNCTIONS[case["fn"]](number(case["in"]))
        except errors.VoltcoreError as refusal:
            got = {"error": refusal.onchain}
        yield case["id"], None if got == expected else f"{got} is not {expected}"


FAMILIES: dict[str, Callable[[Case], Iterator[Outcome]]] = {
    f"perps/{name}": functions
    for name in (
        "decimal",
        "fees",
        "interest",
        "jump_rate",
        "leverage",
        "liquidation",
        "lp",
        "pnl",
        "swap",
    )
}
FAMILIES.update({f"perps/scenarios_{model}": scenarios for model in ("anc", "jlp", "vol")})
