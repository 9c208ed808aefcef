"""The venues that the tests run on, each as the engine and as the model of it."""

from __future__ import annotations

from typing import Any

import msgspec

from venues import model
from voltcore import venues

ADMIN = 1
START = 1_650_000_000
VALID_INTERVAL = 3_600
CURVE = ("0.7", "0.06", "1.5")


def fixed(decimal: str) -> int:
    return model.bits(decimal)


def world(
    *, enforce_health: bool = True, unlimited: bool = False
) -> tuple[venues.MarginVenue, model.Venue]:
    """A squared and a linear perp, a token priced by the linear market, and the quote token."""
    config = venues.VenueConfig.squared_and_linear(
        admin=ADMIN,
        valid_interval=VALID_INTERVAL,
        enforce_health=enforce_health,
        unlimited_pnl_counterparty=unlimited,
    )
    token = venues.TokenConfig(
        index=1,
        curve=venues.InterestCurve.example(),
        init_leverage_bits=fixed("10"),
        maint_leverage_bits=fixed("20"),
        liquidation_fee_bits=fixed("0.025"),
    )
    config = msgspec.structs.replace(config, tokens=(token, *config.tokens))
    curve = tuple(fixed(x) for x in CURVE)
    clamp = fixed("0.05")
    twin = model.Venue(
        admin=ADMIN,
        valid_interval=VALID_INTERVAL,
        enforce_health=enforce_health,
        unlimited=unlimited,
        clock=START,
        markets=[
            model.Market(
                1, 2, 10**6, 100, 10, (fixed("5"), fixed("10")), fixed("0.0005"), 0, 604_800, clamp
            ),
            model.Market(
                1,
                1,
                1,
                100,
                10,
                (fixed("10"), fixed("20")),
                fixed("0.01"),
                fixed("0.01"),
                86_400,
                clamp,
            ),
        ],
        banks={
            1: model.Bank(1, curve, (fixed("10"), fixed("20"))),
            venues.QUOTE_TOKEN: model.Bank(venues.QUOTE_TOKEN, curve),
        },
    )
    for bank in twin.banks.values():
        bank.last_updated = bank.cached_at = START
    for market in twin.markets:
        market.last_updated = market.cached_at = START
    return venues.MarginVenue(config, START), twin


def without_configuration(state: dict[str, Any]) -> dict[str, Any]:
    """The part of `MarginVenue.state()` that the model keeps too."""
    out = {
        name: state[name]
        for name in (
            "clock",
            "fee_vault",
            "insurance_vault",
            "outside_balance_bits",
            "accounts",
            "balances",
            "perp_accounts",
        )
    }
    out["markets"] = [
        {
            part: {name: value for name, value in market[part].items() if name != "config"}
            for part in ("oracle", "perp")
        }
        for market in state["markets"]
    ]
    out["banks"] = [
        {name: value for name, value in bank.items() if name not in ("config", "roundings")}
        for bank in state["banks"]
    ]
    return out
