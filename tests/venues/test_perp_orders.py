"""Perp orders from margin accounts: what they need, and how they are refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from venues.bazaar import CAROL, ONE, PEOPLE, USD, T, bazaar, open_position, order, reprice, spot
from venues.refusals import ALICE, BOB, NOBODY, refuses
from venues.worlds import fixed
from voltcore import (
    CapError,
    CorruptError,
    InputRangeError,
    InputTypeError,
    MarginError,
    NotAuthorizedError,
    StalePriceError,
    _snapshot,
)
from voltcore import venues as v

FRESH = 2 * 3_600


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": 0}, "price_lots"),
        ({"price": -1}, "price_lots"),
        ({"base": 0}, "base_lots"),
        ({"base": -(2**63)}, "base_lots"),
        ({"quote_lots": 0}, "quote_lots"),
        ({"limit": 0}, "limit"),
        ({"limit": 256}, "limit"),
        ({"time_in_force": 256}, "time_in_force"),
    ],
)
def test_what_no_order_may_say(change: dict[str, Any], field: str) -> None:
    venue = bazaar()
    given = {"price": 10_000, "base": 5, **change}
    price, base = given.pop("price"), given.pop("base")
    error = refuses(
        venue, InputRangeError, "InvalidParam", lambda: order(venue, 0, "bid", price, base, **given)
    )
    assert error.field == field


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"side": "buy"}, InputRangeError),
        ({"type": "fok"}, InputRangeError),
        ({"base_lots": 1.0}, InputTypeError),
        ({"price_lots": True}, InputTypeError),
        ({"base_lots": 2**63}, InputRangeError),
        ({"client_id": -1}, InputRangeError),
    ],
)
def test_arguments_of_another_type_or_width_are_named(change: dict[str, Any], kind: Any) -> None:
    venue = bazaar()
    before = venue.state_digest()
    given = {"side": "bid", "price_lots": 10_000, "base_lots": 5, **change}
    with pytest.raises(kind) as caught:
        venue.place_perp_order(ALICE, 0, 0, now=T, **given)
    assert caught.value.field == next(iter(change))
    assert venue.state_digest() == before


def test_who_and_where_must_exist() -> None:
    venue = bazaar()
    place = venue.place_perp_order
    for call, kind, name in (
        (lambda: place(BOB, 0, 0, "bid", 10_000, 5, T), NotAuthorizedError, "InvalidOwner"),
        (lambda: place(NOBODY, 0, 0, "bid", 10_000, 5, T), NotAuthorizedError, "InvalidOwner"),
        (lambda: place(ALICE, 9, 0, "bid", 10_000, 5, T), InputRangeError, "InvalidAccount"),
        (lambda: place(ALICE, 0, 1, "bid", 10_000, 5, T), InputRangeError, "InvalidMarket"),
        (lambda: venue.consume_events(7, T), InputRangeError, "InvalidMarket"),
        (lambda: venue.perp_book(7), InputRangeError, "InvalidMarket"),
        (lambda: venue.adjust_funding(ALICE, 0, 1, 1, T), NotAuthorizedError, "InvalidOwner"),
    ):
        assert refuses(venue, kind, name, call)


def test_caches_must_be_fresh_to_order_and_not_to_cancel() -> None:
    venue = bazaar()
    resting = order(venue, 0, "bid", 9_900, 5)
    late = T + FRESH + 1
    place = lambda: order(venue, 0, "bid", 9_900, 5, late)  # noqa: E731
    assert refuses(venue, StalePriceError, "InvalidPriceCache", place)
    reprice(venue, "1000", late)
    assert refuses(venue, StalePriceError, "InvalidPerpMarketCache", place)
    venue.cache_perp_markets(late)
    assert refuses(venue, StalePriceError, "InvalidRootBankCache", place)
    assert venue.cancel_perp_order(ALICE, 0, 0, resting.id, late) == 5


def test_orders_reserve_margin_for_their_worse_side() -> None:
    """A bid of 100 contracts at the oracle's 1000 needs its tenth, 10 000 USD, and a lot more."""
    venue = bazaar()
    error = refuses(
        venue, MarginError, "InsufficientFunds", lambda: order(venue, 0, "bid", 10_000, 1_000_001)
    )
    assert error.field == "init health"
    order(venue, 0, "bid", 10_000, 900_000)
    assert venue.health(0, "init") / ONE / USD == pytest.approx(10_000 - 9_000, abs=1e-3)
    # An ask of as many lots is the other side of the same margin.
    order(venue, 0, "ask", 10_001, 890_000)
    assert venue.health(0, "init") / ONE / USD == pytest.approx(10_000 - 9_000, abs=1e-3)


def test_below_init_health_only_what_does_not_make_it_worse_passes() -> None:
    venue = bazaar()
    open_position(venue, 0, 1, 1_000_000, 10_000)
    reprice(venue, "985")
    assert venue.health(0, "init") < 0
    assert refuses(
        venue, MarginError, "InsufficientFunds", lambda: order(venue, 0, "bid", 9_850, 5)
    )
    order(venue, 2, "bid", 9_850, 1_000)
    assert order(venue, 0, "ask", 9_850, 1_000, type="immediate_or_cancel").base_lots == 1_000


def test_the_taker_pays_at_once_and_the_maker_when_the_event_is_processed() -> None:
    venue = bazaar(perp={"taker_fee_bits": fixed("0.0005"), "maker_fee_bits": fixed("0.0002")})
    order(venue, 1, "ask", 10_000, 1_000)
    receipt = order(venue, 0, "bid", 10_000, 1_000)
    quote = 1_000 * 10_000 * 10 * ONE
    taker, maker = (quote * fixed(fee) >> 48 for fee in ("0.0005", "0.0002"))
    assert receipt.fee_bits == taker
    assert venue.perp_account(0, 0).quote_position_bits == -taker
    assert venue.perp_account(1, 0).quote_position_bits == 0
    assert venue.market(0)["perp"]["fees_accrued_bits"] == taker + maker
    venue.consume_events(0, T)
    venue.audit()
    assert venue.perp_account(0, 0).quote_position_bits == -quote - taker
    assert venue.perp_account(1, 0).quote_position_bits == quote - maker


def test_a_referral_surcharge_is_paid_on_top() -> None:
    venue = bazaar(perp={"taker_fee_bits": fixed("0.0005")}, limits={"referral_surcharge_e6": 250})
    order(venue, 1, "ask", 10_000, 1_000)
    quote = 1_000 * 10_000 * 10 * ONE
    fee = (quote * fixed("0.0005") >> 48) + quote * 250 // 10**6
    assert order(venue, 0, "bid", 10_000, 1_000).fee_bits == fee
    venue.consume_events(0, T)
    venue.audit()


def test_orders_are_cancelled_by_id_by_client_id_and_all_at_once() -> None:
    venue = bazaar()
    first = order(venue, 0, "bid", 9_900, 5, client_id=77)
    order(venue, 0, "ask", 10_100, 6, client_id=78)
    order(venue, 0, "ask", 10_200, 7)
    other = order(venue, 1, "bid", 9_800, 8)
    assert venue.account(0)["open_orders"] == 3
    for call, kind, name in (
        (lambda: venue.cancel_perp_order(ALICE, 0, 0, 99, T), InputRangeError, "InvalidOrderId"),
        (
            lambda: venue.cancel_perp_order(ALICE, 0, 0, other.id, T),
            NotAuthorizedError,
            "InvalidOwner",
        ),
        (
            lambda: venue.cancel_perp_order(CAROL, 0, 0, first.id, T),
            NotAuthorizedError,
            "InvalidOwner",
        ),
        (
            lambda: venue.cancel_perp_order_by_client_id(BOB, 1, 0, 77, T),
            InputRangeError,
            "ClientIdNotFound",
        ),
    ):
        assert refuses(venue, kind, name, call)
    assert venue.cancel_perp_order_by_client_id(ALICE, 0, 0, 78, T) == 6
    assert venue.cancel_all_perp_orders(ALICE, 0, 0, T, limit=1) == 1
    assert venue.cancel_all_perp_orders(ALICE, 0, 0, T) == 1
    assert venue.account(0)["open_orders"] == 0
    assert venue.cancel_all_perp_orders(ALICE, 0, 0, T) == 0
    venue.audit()


def test_an_account_counts_its_orders_over_all_markets() -> None:
    venue = bazaar(limits={"orders_per_account": 2})
    for price in (9_900, 9_901):
        order(venue, 0, "bid", price, 1)
    full = refuses(venue, CapError, "TooManyOpenOrders", lambda: order(venue, 0, "bid", 9_902, 1))
    assert full.value == 2
    # What does not rest needs no place.
    order(venue, 1, "ask", 10_000, 1)
    assert order(venue, 0, "bid", 10_000, 1, type="immediate_or_cancel").base_lots == 1


def test_fills_at_quotes_and_book_orders_share_one_position() -> None:
    venue = bazaar()
    venue.fill_at_quote(ALICE, 0, 0, 500, 10_000, T)
    order(venue, 1, "ask", 10_000, 300)
    assert order(venue, 0, "ask", 9_000, 900, type="market", reduce_only=True).base_lots == 0
    order(venue, 2, "bid", 9_990, 600)
    assert order(venue, 0, "ask", 9_990, 900, reduce_only=True).base_lots == 500
    venue.consume_events(0, T)
    venue.audit()
    assert venue.perp_account(0, 0).base_position == 0


MARKET = "markets[0]."


@pytest.mark.parametrize(
    ("part", "change", "field"),
    [
        ("spot", {"quote_lot_size": 0}, MARKET + "spot.quote_lot_size"),
        ("spot", {"base_lot_size": -1}, MARKET + "spot.base_lot_size"),
        ("spot", {"taker_fee_bps": 10_000}, MARKET + "spot.taker_fee_bps"),
        ("spot", {"maker_rebate_bps": 1}, MARKET + "spot.maker_rebate_bps"),
        ("perp", {"liquidation_fee_bits": ONE // 10}, MARKET + "perp.liquidation_fee"),
        ("perp", {"maker_fee_bits": -(ONE // 10)}, MARKET + "perp.maker_fee"),
        ("limits", {"orders_per_side": 0}, "limits.orders_per_side"),
        ("limits", {"orders_per_account": 1025}, "limits.orders_per_account"),
        ("limits", {"off_book_orders": 1025}, "limits.off_book_orders"),
        ("limits", {"margin_basket": 16}, "limits.margin_basket"),
        ("limits", {"spot_orders": 0}, "limits.spot_orders"),
        ("limits", {"dust_threshold_bits": -1}, "limits.dust_threshold"),
        ("limits", {"referral_surcharge_e6": 10**6}, "limits.referral_surcharge_e6"),
    ],
)
def test_a_configuration_that_contradicts_itself_names_the_field(
    part: str, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputRangeError) as caught:
        bazaar(**{part: change})
    assert (caught.value.onchain, caught.value.field) == ("InvalidParam", field)


def token(index: int, leverage: str, fee: str) -> v.TokenConfig:
    return v.TokenConfig(
        index=index,
        curve=v.InterestCurve.example(),
        init_leverage_bits=fixed(leverage),
        maint_leverage_bits=2 * fixed(leverage),
        liquidation_fee_bits=fixed(fee),
    )


def test_a_pair_of_tokens_whose_liquidation_cannot_help_is_refused() -> None:
    """A borrow of 1.204 of its price for 0.8 of a fee against a deposit of 0.99: 1.2375 a unit."""
    quote = v.TokenConfig(index=v.QUOTE_TOKEN, curve=v.InterestCurve.example())
    index = lambda i: v.MarketConfig(index=v.IndexConfig(underlying=i))  # noqa: E731
    config = v.VenueConfig(
        admin=1,
        valid_interval=9,
        markets=(index(0), index(1)),
        tokens=(token(0, "100", "0"), token(1, "4.9", "0.2"), quote),
    )
    with pytest.raises(InputRangeError) as caught:
        v.MarginVenue(config)
    assert (caught.value.onchain, caught.value.field) == (
        "InvalidParam",
        "tokens[1].liquidation_fee",
    )
    sound = (token(0, "100", "0"), token(1, "4.9", "0.1"), quote)
    assert v.MarginVenue(msgspec.structs.replace(config, tokens=sound)).clock == 0


def test_a_spot_market_needs_its_token() -> None:
    quote = v.TokenConfig(index=v.QUOTE_TOKEN, curve=v.InterestCurve.example())
    market = v.MarketConfig(
        index=v.IndexConfig(underlying=0), spot=v.SpotMarketConfig.example("mango_v3")
    )
    with pytest.raises(InputRangeError) as caught:
        v.MarginVenue(v.VenueConfig(admin=1, valid_interval=9, markets=(market,), tokens=(quote,)))
    assert (caught.value.onchain, caught.value.field) == ("InvalidParam", "markets[0].spot")


def busy() -> v.MarginVenue:
    """Resting orders, waiting events and an off-book order."""
    venue = bazaar(spot={"taker_fee_bps": 4})
    venue.deposit(BOB, 1, 10**7, T, token=0)
    for who, side, price in ((0, "bid", 9_990), (1, "ask", 10_010), (2, "bid", 10_010)):
        order(venue, who, side, price, 100 + who, time_in_force=9)
    for who, side, price in ((0, "bid", 9_990), (1, "ask", 10_010), (2, "bid", 10_010)):
        spot(venue, who, side, price, 100 + who)
    venue.create_off_book_order(ALICE, 0, 0, "bid", 1, 1, T, counterparty=1, expires=T + 1)
    return venue


def test_a_snapshot_of_a_busy_venue_goes_on_like_the_venue() -> None:
    venue = busy()
    again = v.MarginVenue.from_bytes(venue.to_bytes())
    assert again == venue
    for each in (venue, again):
        each.consume_events(0, T)
        each.consume_spot_events(0, T)
        each.cancel_all_perp_orders(PEOPLE[0], 0, 0, T)
    assert again.state_digest() == venue.state_digest()
    assert again.state() == venue.state()


def test_damage_to_a_busy_venue_is_refused_or_another_sound_venue() -> None:
    payload = busy()._core.payload()
    refused = 0
    for position in range(len(payload)):
        damaged = bytearray(payload)
        damaged[position] ^= 0x81
        try:
            twin = v.MarginVenue.from_bytes(_snapshot.pack("margin_venue", bytes(damaged)))
        except CorruptError:
            refused += 1
        else:
            twin.audit()
            assert twin._core.payload() == bytes(damaged)
    assert refused > len(payload) // 2
