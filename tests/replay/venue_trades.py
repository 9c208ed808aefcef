"""Replays `volts/otc` on a whole venue and `volts/liquidation` on the kernels."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from voltcore import VoltcoreError, venues

Case = dict[str, Any]
ONE = 1 << 48
ADMIN, CREATOR, TAKER, STRANGER = 1, 10, 11, 12
NOW = 1000


def _bits(decimal: str) -> int:
    return round(Fraction(decimal) * ONE)


def _venue(quote_lot: int, *, enforce_health: bool) -> venues.MarginVenue:
    """One linear perp whose oracle is as near to 0 as a price can be; three accounts."""
    perp = msgspec.structs.replace(venues.PerpMarketConfig.example(), quote_lot_size=quote_lot)
    quote = venues.TokenConfig(index=venues.QUOTE_TOKEN, curve=venues.InterestCurve.example())
    config = venues.VenueConfig(
        admin=ADMIN,
        valid_interval=10,
        markets=(venues.MarketConfig(index=venues.IndexConfig(underlying=0), perp=perp),),
        tokens=(quote,),
        enforce_health=enforce_health,
    )
    venue = venues.MarginVenue(config, NOW)
    venue.set_price(ADMIN, 0, 1, NOW)
    venue.cache_prices(NOW)
    for owner in (CREATOR, TAKER, STRANGER):
        venue.add_account(owner, NOW)
    return venue


def otc_fill(given: Case) -> Case:
    venue = _venue(given["quote_lot"], enforce_health=False)
    index = venue.create_off_book_order(
        CREATOR,
        0,
        0,
        given["creator_side"],
        given["price_lots"],
        given["size_lots"],
        NOW,
        counterparty=1,
        expires=NOW + 1,
    )
    receipt = venue.take_off_book_order(TAKER, 1, 0, 0, index, NOW)
    venue.audit()
    creator, taker = venue.perp_account(0, 0), venue.perp_account(1, 0)
    assert receipt.quote_position_bits == taker.quote_position_bits
    return {
        "creator_base": creator.base_position,
        "creator_quote_bits": creator.quote_position_bits,
        "taker_base": taker.base_position,
        "taker_quote_bits": taker.quote_position_bits,
        "fee_bits": receipt.fee_bits,
    }


def otc_take(given: Case) -> Case:
    venue = _venue(10, enforce_health=True)
    venue.deposit(CREATOR, 0, int(given["creator_quote"]), NOW)
    venue.deposit(TAKER, 1, int(given["taker_quote"]), NOW)
    order = given["side"], given["price_lots"], given["size_lots"], NOW
    index = venue.create_off_book_order(CREATOR, 0, 0, *order, counterparty=1, expires=NOW + 5)
    if given.get("status") == "cancelled":
        venue.cancel_off_book_order(CREATOR, 0, index, NOW)
    taker = (STRANGER, 2) if given.get("wrong_counterparty") else (TAKER, 1)
    before = venue.state_digest()
    try:
        venue.take_off_book_order(*taker, 0, 0, index, NOW + 5 * given.get("expired", False))
    except VoltcoreError as error:
        assert venue.state_digest() == before
        return {"err": error.onchain}
    return {"err": None}


def otc_limits(_given: Case) -> Case:
    """Spot orders beside the book have the same limit; only perps have them here."""
    most = venues.VenuePreset.named("entropy").off_book_orders
    return {"max_perp_orders": most, "max_spot_orders": most}


def _market(given: Case) -> venues.PerpMarketConfig:
    return msgspec.structs.replace(
        venues.PerpMarketConfig.example(),
        base_lot_size=given["base_lot"],
        init_leverage_bits=given["init_lev"] * ONE,
        liquidation_fee_bits=int(given["fee_bits"]),
    )


def liq_perp(given: Case) -> Case:
    moved = venues.perp_liquidation_amounts(
        _market(given),
        init_health_bits=int(given["init_health_bits"]),
        base_position=given["base"],
        request=given["request"],
        price_bits=int(given["price_bits"]),
    )
    return {"base_transfer": moved.base_lots, "quote_transfer_bits": moved.quote_bits}


def liq_perp_seq(given: Case) -> Case:
    config, price = _market(given), int(given["price_bits"])
    base, quote = given["base"], int(given["quote_bits"])
    taken_base, taken_quote = 0, 0
    weights = venues.leverage_weights(config.init_leverage_bits)
    for _ in range(given["times"]):
        held = venues.PerpAccount(base_position=base, quote_position_bits=quote)
        value = venues.perp_value(
            held, config, price_bits=price, long_funding_bits=0, short_funding_bits=0
        )
        moved = venues.perp_liquidation_amounts(
            config,
            init_health_bits=int(given["usdc_bits"]) + venues.weighted(value, weights),
            base_position=base,
            request=given["request"],
            price_bits=price,
        )
        base, quote = base - moved.base_lots, quote - moved.quote_bits
        taken_base, taken_quote = taken_base + moved.base_lots, taken_quote + moved.quote_bits
    return {
        "base": base,
        "quote_bits": quote,
        "liqor_base": taken_base,
        "liqor_quote_bits": taken_quote,
        "liqor_bits": taken_quote,
    }


def liq_perp_frac(given: Case) -> Case:
    """In lots of 0.0001 and native units of 6 decimals, then back to what the source prints."""
    leverage = round(1 / (1 - Fraction(given["init_weight"])))
    base = round(Fraction(given["base"]) * 10_000)
    quote, usdc = (round(Fraction(given[name]) * 10**6) * ONE for name in ("quote", "usdc"))
    case = {"base_lot": 100, "init_lev": leverage, "fee_bits": _bits(given["fee"]), "times": 1}
    case |= {"base": base, "request": base, "price_bits": _bits(given["price"])}
    out = liq_perp_seq({**case, "quote_bits": quote, "usdc_bits": usdc})

    def printed(value: Fraction, like: str) -> str:
        return f"{float(value):.{len(like.partition('.')[2])}f}"

    return {
        "base_left": printed(Fraction(out["base"], 10_000), "0.0001"),
        "quote_left": printed(Fraction(out["quote_bits"], ONE * 10**6), "0.001"),
        "base_transfer": printed(Fraction(out["liqor_base"], 10_000), "0.0001"),
        "quote_transfer": printed(Fraction(out["liqor_quote_bits"], ONE * 10**6), "0.001"),
    }


def liq_tt_seq(given: Case) -> Case:
    price, fee = int(given["asset_price_bits"]), _bits(given["fee"])
    weights = venues.leverage_weights(given["init_lev"] * ONE)
    asset = venues.LiquidationSide(
        price_bits=price, weight_bits=weights.asset_bits, fee_factor_bits=ONE + fee
    )
    quote = venues.LiquidationSide(price_bits=ONE, weight_bits=ONE, fee_factor_bits=ONE)
    deposit, borrow = int(given["dep_bits"]), int(given["bor_bits"])
    liability_moved = asset_moved = 0
    for _ in range(given["times"]):
        health = venues.weighted(venues.spot_value(deposit, price), weights) - borrow
        moved = venues.liquidation_amounts(
            deficit_bits=venues.liquidation_deficit(health, asset, quote),
            request_bits=int(given["max_liab_bits"]),
            native_deposit_bits=deposit,
            native_borrow_bits=borrow,
            asset=asset,
            liability=quote,
        )
        deposit, borrow = deposit - moved.asset_bits, borrow - moved.liability_bits
        liability_moved += moved.liability_bits
        asset_moved += moved.asset_bits
    return {"liab_bits": liability_moved, "asset_bits": asset_moved}


def socialize_perp(given: Case) -> Case:
    loss = venues.perp_loss_per_lot(int(given["quote_bits"]), given["open_interest"])
    return {
        "loss_bits": loss,
        "long_funding_bits": int(given["long_funding_bits"]) - loss,
        "short_funding_bits": int(given["short_funding_bits"]) + loss,
    }


def socialize_token(given: Case) -> Case:
    loss = venues.token_loss(
        borrows_bits=int(given["borrow_units_bits"]),
        borrow_index_bits=int(given["bor_index_bits"]),
        deposits_bits=int(given["deposits_units_bits"]),
        deposit_index_bits=int(given["dep_index_bits"]),
    )
    return {
        "native_loss_bits": loss.native_loss_bits,
        "pct_bits": loss.share_bits,
        "dep_index_bits": loss.deposit_index_bits,
    }


def settle_pnl(given: Case) -> Case:
    price = int(given["price_bits"])
    a, b = int(given["a_quote_bits"]), int(given["b_quote_bits"])
    lot = given["base_lot"] * price
    settled = venues.settlement(a + given["a_base"] * lot, b + given["b_base"] * lot)
    return {"settled_bits": settled, "a_quote_bits": a - settled, "b_quote_bits": b + settled}
