"""Replays the vectors of the `venues` area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, ClassVar

import msgspec

from replay import venue_book, venue_trades
from voltcore import venues

Case = dict[str, Any]
INDEX_ONE_MILLION = 1_000_000 << 48


def _curve(given: Case) -> venues.InterestCurve:
    return venues.InterestCurve(
        optimal_util_bits=int(given["opt_util_bits"]),
        optimal_rate_bits=int(given["opt_rate_bits"]),
        max_rate_bits=int(given["max_rate_bits"]),
    )


def _rate(given: Case) -> Case:
    return {"bits": venues.interest_rate(_curve(given), int(given["util_bits"]))}


def _update_index(given: Case) -> Case:
    after = venues.accrue(
        _curve(given),
        deposits_bits=int(given["deposits_bits"]),
        borrows_bits=int(given["borrows_bits"]),
        deposit_index_bits=int(given["dep_index_bits"]),
        borrow_index_bits=int(given["bor_index_bits"]),
        elapsed=given["dt"],
    )
    return {
        "dep_index_bits": after.deposit_index_bits,
        "bor_index_bits": after.borrow_index_bits,
        "util_bits": after.utilization_bits,
        "rate_bits": after.rate_bits,
    }


def _market(given: Case) -> venues.PerpMarketConfig:
    return msgspec.structs.replace(
        venues.PerpMarketConfig.example(),
        base_lot_size=given["base_lot"],
        quote_lot_size=given["quote_lot"],
        funding_period=given.get("period", 86_400),
    )


def _delta(given: Case) -> Case:
    config = _market(given)
    index = int(given["index_bits"])
    diff = venues.funding_diff(config, index, given["bid_lots"] or 0, given["ask_lots"] or 0)
    return {
        "diff_bits": diff,
        "delta_bits": venues.funding_delta(config, index, diff, given["dt"]),
    }


def _settle(given: Case) -> Case:
    funding = _delta(given)
    before = venues.PerpAccount(
        base_position=given["base"], quote_position_bits=int(given["quote_bits"])
    )
    after = venues.settle_funding(
        before,
        long_funding_bits=funding["delta_bits"],
        short_funding_bits=funding["delta_bits"],
    )
    return {**funding, "quote_bits": after.quote_position_bits}


def _impact(given: Case) -> Case:
    price = venues.impact_price(given["levels"], given["quantity"])
    return {"price_lots": price or None}


def _health(given: Case) -> Case:
    out = {}
    for kind in ("init", "maint", "equity"):
        total = int(given["quote_bits"])
        for row in [*given["spots"], *given["perps"]]:
            value = venues.PositionValue(
                base_bits=int(row["base_bits"]), quote_bits=int(row["quote_bits"])
            )
            if kind == "equity":
                weights = venues.Weights(asset_bits=1 << 48, liability_bits=1 << 48)
            else:
                weights = venues.leverage_weights(row[f"{kind}_lev"] << 48)
            total += venues.weighted(value, weights)
        out[kind] = total
    return out


def _value(value: venues.PositionValue) -> Case:
    return {"base_bits": value.base_bits, "quote_bits": value.quote_bits}


def _perp_val(given: Case) -> Case:
    account = venues.PerpAccount(
        base_position=given["base"],
        quote_position_bits=int(given["quote_bits"]),
        long_settled_funding_bits=int(given["long_settled_bits"]),
        short_settled_funding_bits=int(given["short_settled_bits"]),
        taker_base=given["taker_base"],
        taker_quote=given["taker_quote"],
        bids_quantity=given["bids"],
        asks_quantity=given["asks"],
    )
    return _value(
        venues.perp_value(
            account,
            _market(given),
            price_bits=int(given["price_bits"]),
            long_funding_bits=int(given["long_funding_bits"]),
            short_funding_bits=int(given["short_funding_bits"]),
        )
    )


def _spot_val(given: Case) -> Case:
    orders = venues.OpenOrdersBalance(
        base_free_bits=int(given["base_free_bits"]),
        base_locked_bits=int(given["base_locked_bits"]),
        quote_free_bits=int(given["quote_free_bits"]),
        quote_locked_bits=int(given["quote_locked_bits"]),
    )
    return _value(venues.spot_value(int(given["net_bits"]), int(given["price_bits"]), orders))


def _bank_seq(given: Case) -> Case:
    balance = venues.Balance()
    units = []
    for step, native in given["steps"]:
        move = {"credit": venues.credit, "debit": venues.debit}[step]
        balance = move(
            balance,
            deposit_index_bits=int(given["dep_index_bits"]),
            borrow_index_bits=int(given["bor_index_bits"]),
            native_bits=int(native),
        )
        units.append([str(balance.deposits_bits), str(balance.borrows_bits)])
    return {"units_bits": units}


ONE = 1 << 48
QUOTE_SIDE = venues.LiquidationSide(price_bits=ONE, weight_bits=ONE, fee_factor_bits=ONE)


def _bits(decimal: str) -> int:
    """A decimal as I80F48: nearest, ties to even."""
    return round(Fraction(decimal) * ONE)


class _Tokens:
    """Balances at indices of 1 000 000, in the order in which a liquidation moves them."""

    _at: ClassVar = {
        "deposit_index_bits": INDEX_ONE_MILLION,
        "borrow_index_bits": INDEX_ONE_MILLION,
    }

    def __init__(self) -> None:
        self._held: dict[str, venues.Balance] = {}

    def move(self, name: str, native: int) -> None:
        kernel = venues.credit if native >= 0 else venues.debit
        held = self._held.get(name, venues.Balance())
        self._held[name] = kernel(held, native_bits=abs(native), **self._at)

    def net(self, name: str) -> int:
        held = self._held[name]
        # spot_value at price 1 is the exact floor of units * index.
        sign = 1 if held.deposits_bits else -1
        units = held.deposits_bits or held.borrows_bits
        return sign * venues.spot_value(units, INDEX_ONE_MILLION).base_bits


def _liq_tt_bank_seq(given: Case) -> Case:
    price, fee = _bits(given["asset_price"]), _bits(given["fee"])
    weight = venues.leverage_weights(given["init_lev"] * ONE).asset_bits
    asset = venues.LiquidationSide(price_bits=price, weight_bits=weight, fee_factor_bits=ONE + fee)
    tokens = _Tokens()
    tokens.move("liqee base", int(given["dep_native"]) * ONE)
    tokens.move("liqee quote", -int(given["bor_native"]) * ONE)
    tokens.move("liqor quote", int(given["liqor_quote_native"]) * ONE)
    for _ in range(given["times"]):
        deposit, borrow = tokens.net("liqee base"), -tokens.net("liqee quote")
        value = venues.spot_value(deposit, price)
        weights = venues.Weights(asset_bits=weight, liability_bits=ONE)
        health = venues.weighted(value, weights) - borrow
        moved = venues.liquidation_amounts(
            deficit_bits=venues.liquidation_deficit(health, asset, QUOTE_SIDE),
            request_bits=_bits(given["max_liab"]),
            native_deposit_bits=deposit,
            native_borrow_bits=borrow,
            asset=asset,
            liability=QUOTE_SIDE,
        )
        tokens.move("liqee quote", moved.liability_bits)
        tokens.move("liqor quote", -moved.liability_bits)
        tokens.move("liqor base", moved.asset_bits)
        tokens.move("liqee base", -moved.asset_bits)
    return {
        "liqee_base_bits": tokens.net("liqee base"),
        "liqee_borrow_bits": -tokens.net("liqee quote"),
        "liqor_base_bits": tokens.net("liqor base"),
        "liqor_quote_bits": tokens.net("liqor quote"),
    }


def _liq_tp_seq(given: Case) -> Case:
    tokens = _Tokens()
    tokens.move("liqee quote", int(given["quote_native"]) * ONE)
    tokens.move("liqor quote", int(given["quote_native"]) * ONE)
    liqee_perp, liqor_perp = int(given["perp_quote_bits"]), 0
    for _ in range(given["times"]):
        deposit = tokens.net("liqee quote")
        moved = venues.liquidation_amounts(
            deficit_bits=deposit,
            request_bits=_bits(given["max_liab"]),
            native_deposit_bits=deposit,
            native_borrow_bits=-liqee_perp,
            asset=QUOTE_SIDE,
            liability=QUOTE_SIDE,
        )
        liqee_perp += moved.liability_bits
        liqor_perp -= moved.liability_bits
        tokens.move("liqor quote", moved.asset_bits)
        tokens.move("liqee quote", -moved.asset_bits)
    return {
        "liqee_quote_bits": tokens.net("liqee quote"),
        "liqor_quote_bits": tokens.net("liqor quote"),
        "liqee_perp_quote_bits": liqee_perp,
        "liqor_perp_quote_bits": liqor_perp,
    }


def _perp_round_trip(given: Case) -> Case:
    market = msgspec.structs.replace(
        venues.PerpMarketConfig.example(),
        quote_lot_size=given["quote_lot"],
        taker_fee_bits=_bits(given["fee"]),
    )
    config = venues.VenueConfig.squared_and_linear(admin=1, linear=market, enforce_health=False)
    venue = venues.MarginVenue(config)
    venue.set_price(1, 1, ONE, 0)
    venue.cache_prices(0)
    account = venue.add_account(2, 0)
    venue.fill_at_quote(2, account, 1, given["lots"], given["open_price_lots"], 0)
    venue.fill_at_quote(2, account, 1, -given["lots"], given["close_price_lots"], 0)
    venue.audit()
    return {"quote_bits": venue.perp_account(account, 1).quote_position_bits}


def _replay(operations: dict[str, Callable[[Case], Case]]) -> Callable[[Case], Iterator[Any]]:
    def replay(document: Case) -> Iterator[tuple[str, str | None]]:
        for case in document["cases"]:
            given, expected = case["input"], case["expect"]
            operation = operations.get(given["op"])
            if operation is None:
                yield case["name"], f"unknown operation {given['op']!r}"
                continue
            try:
                got = operation(given)
                problems = list(_problems(got, expected))
            except Exception as error:  # noqa: BLE001 - a crash is a failed case
                problems = [f"{type(error).__name__}: {error}"]
            yield case["name"], "; ".join(problems) or None

    return replay


def _problems(got: Case, expected: Case) -> Iterator[str]:
    """What differs; a figure as it was printed somewhere belongs to the bits beside it."""
    for key, want in expected.items():
        if key == "printed":
            texts = [want] if isinstance(want, str) else want
            names = [name for name in expected if name != "printed"]
            pairs = list(zip(texts, names, strict=True))
        elif "decimal" in key:
            stem = key.split("decimal")[0]
            pairs = [(want, stem + "bits")]
        else:
            have = got.get(key)
            if have != want and not (isinstance(want, str) and str(have) == want):
                yield f"{key} is {have}, not {want}"
            continue
        for text, name in pairs:
            if not _prints(int(got[name]), text):
                yield f"{name} {got[name]} does not print as {text}"


def _prints(bits: int, text: str) -> bool:
    """Whether `text` is the value of `bits`, cut or rounded to the digits that `text` has."""
    places = len(text.partition(".")[2])
    return abs(Fraction(bits, 2**48) - Fraction(text)) < Fraction(1, 10**places)


FAMILIES: dict[str, Callable[[Case], Iterator[tuple[str, str | None]]]] = {
    "volts/order_book": venue_book.replay,
    "volts/otc": _replay(
        {
            "otc_fill": venue_trades.otc_fill,
            "otc_take": venue_trades.otc_take,
            "otc_limits": venue_trades.otc_limits,
        }
    ),
    "volts/liquidation": _replay(
        {
            "liq_perp": venue_trades.liq_perp,
            "liq_perp_seq": venue_trades.liq_perp_seq,
            "liq_perp_frac": venue_trades.liq_perp_frac,
            "liq_tt_seq": venue_trades.liq_tt_seq,
            "socialize_perp": venue_trades.socialize_perp,
            "socialize_token": venue_trades.socialize_token,
            "settle_pnl": venue_trades.settle_pnl,
        }
    ),
    "volts/interest_rate": _replay({"rate": _rate, "update_index": _update_index}),
    "volts/funding": _replay({"delta": _delta, "settle": _settle, "impact": _impact}),
    "volts/health": _replay({"health": _health, "perp_val": _perp_val, "spot_val": _spot_val}),
    "volts/banks": _replay(
        {
            "bank_seq": _bank_seq,
            "perp_round_trip": _perp_round_trip,
            "liq_tt_bank_seq": _liq_tt_bank_seq,
            "liq_tp_seq": _liq_tp_seq,
        }
    ),
}
