"""Replays the basis vectors: two weeks of volt #04 by the venue's kernels, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from voltcore import math, venues, volts

Case = dict[str, Any]
START_INDEX = 1_000_000 << 48


def days(given: Case, inputs: list[Case]) -> Iterator[dict[str, str]]:
    """Bank update, one funding update, equity; nothing is re-hedged or settled."""
    curve = venues.InterestCurve(
        optimal_util_bits=volts.fixed_point_bits(given["opt_util"]),
        optimal_rate_bits=volts.fixed_point_bits(given["opt_rate"]),
        max_rate_bits=volts.fixed_point_bits(given["max_rate"]),
    )
    market = msgspec.structs.replace(
        venues.PerpMarketConfig.example("mango_v3"),
        base_lot_size=given["base_lot"],
        quote_lot_size=given["quote_lot"],
    )
    position = venues.PerpAccount(
        base_position=given["lots"], quote_position_bits=int(given["quote_pos_bits"])
    )
    deposit_index = borrow_index = START_INDEX
    borrowed = int(given["short_units_bits"])
    cash = math.i80f48_mul(int(given["quote_units_bits"]), START_INDEX)
    funding = 0
    for day in inputs:
        price = int(day["price_bits"])
        after = venues.accrue(
            curve,
            deposits_bits=int(given["bank_deposit_units_bits"]),
            borrows_bits=borrowed,
            deposit_index_bits=deposit_index,
            borrow_index_bits=borrow_index,
            elapsed=given["dt"],
        )
        deposit_index, borrow_index = after.deposit_index_bits, after.borrow_index_bits
        diff = venues.funding_diff(market, price, day["bid_lots"], day["ask_lots"])
        funding += venues.funding_delta(market, price, diff, given["dt"])
        perp = venues.perp_value(
            position,
            market,
            price_bits=price,
            long_funding_bits=funding,
            short_funding_bits=funding,
        )
        spot = venues.spot_value(-math.i80f48_mul(borrowed, borrow_index), price)
        equity = cash + perp.base_bits + perp.quote_bits + spot.base_bits + spot.quote_bits
        yield {
            "long_funding_bits": str(funding),
            "dep_index_bits": str(deposit_index),
            "bor_index_bits": str(borrow_index),
            "equity_bits": str(equity),
        }


def replay(document: Case) -> Iterator[tuple[str, str | None]]:
    for case in document["cases"]:
        expected = case["expect"]["days"]
        problem = None
        for number, (day, got) in enumerate(
            zip(expected, days(case["input"], expected), strict=True), start=1
        ):
            wrong = [name for name, value in got.items() if value != str(day[name])]
            if wrong:
                problem = f"day {number}: {wrong[0]} is {got[wrong[0]]}, not {day[wrong[0]]}"
                break
        lots, short = volts.basis_size(
            int(case["input"]["equity"]) << 48,
            _opening_price(case["input"]),
            case["input"]["base_lot"],
        )
        if (lots, str(short)) != (case["input"]["lots"], case["input"]["short_native"]):
            problem = problem or f"the legs are {lots} lots and {short}"
        yield case["name"], problem


def _opening_price(given: Case) -> int:
    """The position was opened at the price of a fill without a fee."""
    return -int(given["quote_pos_bits"]) // int(given["short_native"])
