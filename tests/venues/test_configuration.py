"""What a venue's configuration and arguments may be."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from venues.model import ONE
from venues.refusals import ALICE, NOW
from venues.worlds import ADMIN, fixed
from voltcore import (
    InputRangeError,
    InputTypeError,
    VoltcoreError,
)
from voltcore import venues as v
from voltcore.venues import MarginVenue


def changed(**fields: Any) -> v.VenueConfig:
    return msgspec.structs.replace(v.VenueConfig.squared_and_linear(admin=ADMIN), **fields)


def with_linear(**fields: Any) -> v.VenueConfig:
    linear = msgspec.structs.replace(v.PerpMarketConfig.example(), **fields)
    return v.VenueConfig.squared_and_linear(admin=ADMIN, linear=linear)


def with_index(market: int, **fields: Any) -> v.VenueConfig:
    config = v.VenueConfig.squared_and_linear(admin=ADMIN)
    markets = list(config.markets)
    index = msgspec.structs.replace(markets[market].index, **fields)
    markets[market] = msgspec.structs.replace(markets[market], index=index)
    return msgspec.structs.replace(config, markets=tuple(markets))


def with_tokens(*tokens: v.TokenConfig) -> v.VenueConfig:
    return changed(tokens=tokens)


def with_curve(**fields: Any) -> v.VenueConfig:
    curve = msgspec.structs.replace(v.InterestCurve.example(), **fields)
    return with_tokens(v.TokenConfig(index=v.QUOTE_TOKEN, curve=curve))


def base_token(index: int, **fields: Any) -> v.TokenConfig:
    return v.TokenConfig(
        index=index,
        curve=v.InterestCurve.example(),
        **{"init_leverage_bits": 10 * ONE, "maint_leverage_bits": 20 * ONE, **fields},
    )


QUOTE = v.TokenConfig(index=v.QUOTE_TOKEN, curve=v.InterestCurve.example())
PERP = "markets[1].perp."
BAD_CONFIGURATIONS = [
    (changed(admin=0), "admin"),
    (changed(valid_interval=2**61 + 1), "valid_interval"),
    (changed(markets=v.VenueConfig.squared_and_linear(admin=1).markets * 8), "markets"),
    (changed(tokens=()), "tokens"),
    (with_tokens(base_token(1)), "tokens"),
    (with_tokens(base_token(1), base_token(1), QUOTE), "tokens[1].index"),
    (with_tokens(base_token(2), QUOTE), "tokens[0].index"),
    (with_tokens(base_token(1, init_leverage_bits=ONE - 1), QUOTE), "tokens[0].init_leverage"),
    (with_tokens(base_token(1, liquidation_fee_bits=-1), QUOTE), "tokens[0].liquidation_fee"),
    (with_index(0, power=0), "markets[0].index.power"),
    (with_index(0, power=3), "markets[0].index.power"),
    (with_index(0, scale=0), "markets[0].index.scale"),
    (with_index(0, underlying=2), "markets[0].index.underlying"),
    (with_index(0, underlying=0), "markets[0].index.underlying"),
    (with_index(1, underlying=0), "markets[0].index.underlying"),
    (with_index(1, power=2), "markets[1].index.underlying"),
    (with_linear(base_lot_size=0), PERP + "base_lot_size"),
    (with_linear(base_lot_size=-1), PERP + "base_lot_size"),
    (with_linear(quote_lot_size=0), PERP + "quote_lot_size"),
    (with_linear(init_leverage_bits=ONE - 1), PERP + "init_leverage"),
    (with_linear(maint_leverage_bits=10 * ONE), PERP + "maint_leverage"),
    (with_linear(maint_leverage_bits=2**127 - 1), PERP + "maint_leverage"),
    (with_linear(liquidation_fee_bits=-1), PERP + "liquidation_fee"),
    (with_linear(liquidation_fee_bits=ONE), PERP + "liquidation_fee"),
    (with_linear(liquidation_fee_bits=fixed("0.1")), PERP + "liquidation_fee"),
    (with_linear(taker_fee_bits=-1), PERP + "taker_fee"),
    (with_linear(taker_fee_bits=ONE), PERP + "taker_fee"),
    (with_linear(maker_fee_bits=-fixed("0.01") - 1), PERP + "maker_fee"),
    (with_linear(maker_fee_bits=ONE), PERP + "maker_fee"),
    (with_linear(funding_period=0), PERP + "funding_period"),
    (with_linear(funding_period=2**63), PERP + "funding_period"),
    (with_linear(funding_clamp_bits=-1), PERP + "funding_clamp"),
    (with_linear(impact_quantity=0), PERP + "impact_quantity"),
    (with_curve(optimal_util_bits=0), "tokens[0].curve.optimal_util"),
    (with_curve(optimal_util_bits=ONE), "tokens[0].curve.optimal_util"),
    (with_curve(optimal_rate_bits=-1), "tokens[0].curve.optimal_rate"),
    (with_curve(max_rate_bits=-1), "tokens[0].curve.max_rate"),
]


@pytest.mark.parametrize(
    ("config", "field"), BAD_CONFIGURATIONS, ids=[f for _, f in BAD_CONFIGURATIONS]
)
def test_a_configuration_that_contradicts_itself_names_the_field(
    config: v.VenueConfig, field: str
) -> None:
    with pytest.raises(InputRangeError) as caught:
        MarginVenue(config)
    assert caught.value.onchain == "InvalidParam"
    assert caught.value.field == field


def test_a_rebate_up_to_the_taker_fee_is_allowed() -> None:
    venue = MarginVenue(with_linear(maker_fee_bits=-fixed("0.01")))
    assert venue.market(1)["perp"]["config"]["maker_fee_bits"] == -fixed("0.01")


@pytest.mark.parametrize(
    ("config", "kind", "field"),
    [
        (changed(admin=2**64), InputRangeError, "admin"),
        (changed(admin=1.0), InputTypeError, "admin"),
        (changed(enforce_health=1), InputTypeError, "enforce_health"),
        (with_linear(base_lot_size=2**63), InputRangeError, PERP + "base_lot_size"),
        (with_linear(taker_fee_bits=0.01), InputTypeError, PERP + "taker_fee_bits"),
        (with_linear(taker_fee_bits=2**127), InputRangeError, PERP + "taker_fee_bits"),
    ],
)
def test_a_configuration_of_the_wrong_type_names_the_path(
    config: v.VenueConfig, kind: type[VoltcoreError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        MarginVenue(config)
    assert caught.value.field == field


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_only_integers_are_arguments(venue: MarginVenue, value: Any) -> None:
    for call in (
        lambda: venue.set_price(value, 1, ONE, NOW),
        lambda: venue.set_price(ADMIN, value, ONE, NOW),
        lambda: venue.set_price(ADMIN, 1, value, NOW),
        lambda: venue.deposit(ALICE, value, 1, NOW),
        lambda: venue.deposit(ALICE, 0, value, NOW),
        lambda: venue.fill_at_quote(ALICE, 0, 1, value, 1, NOW),
        lambda: venue.cache_prices(value),
    ):
        before = venue.state_digest()
        with pytest.raises(InputTypeError):
            call()
        assert venue.state_digest() == before


def test_an_unknown_health_is_named(venue: MarginVenue) -> None:
    with pytest.raises(InputRangeError) as caught:
        venue.health(0, "liquidation")  # type: ignore[arg-type]
    assert caught.value.code == "E114"
    assert caught.value.field == "kind"
