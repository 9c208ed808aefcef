"""The hedge of volt #04 on the venue's spot book: sliced, resumed, refused, bought back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from voltcore import venues, volts
from voltcore.errors import (
    InputRangeError,
    LiquidityError,
    NotInitializedError,
    VoltcoreError,
)
from volts.test_basis import LENDER, PRICE_LOTS, mango, new_volt, owed
from volts.world import ADMIN, ALICE, BOB, DEPOSIT, ONE, perp

MAKER = 55
FEE_BPS = 4
LOTS = 250_000
Level = tuple[int, int]


def with_spot(bids: list[Level], asks: list[Level], **spot: Any) -> venues.MarginVenue:
    """A token with a spot market whose makers show these (price lots, base lots)."""
    listed = venues.SpotMarketConfig(
        **{"base_lot_size": 100, "quote_lot_size": 10, "taker_fee_bps": FEE_BPS, **spot}
    )
    venue = mango(spot=listed)
    maker = venue.add_account(MAKER, 0)
    venue.deposit(MAKER, maker, 10**13, 0)
    venue.deposit(MAKER, maker, 10**12, 0, token=0)
    venue.init_spot_open_orders(MAKER, maker, 0, 0)
    for side, levels in (("bid", bids), ("ask", asks)):
        for price, lots in levels:
            venue.place_spot_order(MAKER, maker, 0, side, price, lots, 0)  # type: ignore[arg-type]
    return venue


def at_hedge(venue: venues.MarginVenue, *, opened: bool = True) -> volts.Volt:
    """The perp leg done, the spot leg to do."""
    volt = new_volt(venue)
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    volt.take_performance_fees(ADMIN, 0)
    volt.setup_rebalance(ADMIN, 0)
    if opened:
        volt.init_spot_open_orders(ADMIN, 0)
        volt.init_spot_open_orders(ADMIN, 0)  # again is accepted
    assert volt.rebalance_target(ADMIN, 0, PRICE_LOTS).filled_lots == LOTS
    return volt


def finish(volt: volts.Volt) -> None:
    volt.end_round(ADMIN, volt.clock)
    volt.take_pending_withdrawal_fees(ADMIN, volt.clock)
    volt.start_round(ADMIN, volt.clock)


def fee_of(quote: int) -> int:
    return -(-quote * FEE_BPS // 10_000)


def test_the_hedge_walks_down_the_spot_book_and_settles_in_the_same_call() -> None:
    levels = [(PRICE_LOTS, 100_000), (PRICE_LOTS - 1, 50_000), (PRICE_LOTS - 2, 200_000)]
    volt = at_hedge(with_spot(levels, []))
    cash = volt.venue.net_balance(volt.margin_account, venues.QUOTE_TOKEN)
    sold = volt.rebalance_spot(ADMIN, 0, PRICE_LOTS - 2, quote="book")
    fills = [(PRICE_LOTS, 100_000), (PRICE_LOTS - 1, 50_000), (PRICE_LOTS - 2, 100_000)]
    quote = sum(10 * price * lots for price, lots in fills)
    fees = sum(fee_of(10 * price * lots) for price, lots in fills)
    assert (sold.filled_lots, sold.is_done, volt.stage) == (-LOTS, True, "DONE")
    assert (sold.quote_bits, sold.fee_bits) == (quote * ONE, fees * ONE)
    gained = volt.venue.net_balance(volt.margin_account, venues.QUOTE_TOKEN) - cash
    assert (quote - fees) * ONE - 10**6 <= gained <= (quote - fees) * ONE
    assert -LOTS * 100 * ONE <= owed(volt) <= -LOTS * 100 * ONE + 10**6
    held = volt.venue.open_orders(volt.margin_account, 0)
    assert (held.base_total, held.quote_total, held.orders) == (0, 0, 0)
    assert volt.venue.account(volt.margin_account)["margin_basket"] == 0
    finish(volt)
    volt.audit()


def test_ten_slices_and_one_leave_the_same_position() -> None:
    whole, sliced = (at_hedge(with_spot([(PRICE_LOTS, 10**6)], [])) for _ in range(2))
    whole.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book")
    calls = 0
    while sliced.stage == "TARGET_DONE":
        sliced.rebalance_spot(ADMIN, 0, PRICE_LOTS, max_quote=10**8, quote="book")
        sliced = volts.Volt.from_bytes(sliced.to_bytes())  # resumable between any two calls
        calls += 1
    assert calls == 10
    assert abs(owed(sliced) - owed(whole)) <= 10 * 10**6
    # Each fill's fee is rounded up by itself.
    assert 0 <= whole.exposure().equity_bits - sliced.exposure().equity_bits <= 20 * ONE
    for volt in (whole, sliced):
        finish(volt)
        volt.audit()


def test_leaving_buys_back_from_the_asks() -> None:
    asks = [(PRICE_LOTS + 1, 200_000), (PRICE_LOTS + 3, 200_000)]
    volt = at_hedge(with_spot([(PRICE_LOTS, LOTS)], asks))
    volt.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book")
    finish(volt)
    out = msgspec.structs.replace(volt.config.strategy, target_leverage_bits=0)
    volt.set_strategy_params(ADMIN, out, 0)
    volt.take_performance_fees(ADMIN, 0)
    volt.setup_rebalance(ADMIN, 0)
    volt.rebalance_target(ADMIN, 0, PRICE_LOTS)
    bought = volt.rebalance_spot(ADMIN, 0, PRICE_LOTS + 3, quote="book")
    assert (bought.filled_lots, bought.is_done) == (LOTS, True)
    assert abs(owed(volt)) <= 2 * 10**6
    finish(volt)
    assert volt.share_price(0) is not None
    volt.audit()


def test_the_book_and_a_quote_at_its_price_leave_the_same_equity() -> None:
    book, quoted = (at_hedge(with_spot([(PRICE_LOTS, LOTS)], [])) for _ in range(2))
    book.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book")
    fee = volts.fixed_point_bits("0.0004")
    quote = volts.Quote(bid_lots=PRICE_LOTS, ask_lots=PRICE_LOTS + 1, spot_taker_fee_bits=fee)
    quoted.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote=quote)
    assert owed(book) == owed(quoted)
    # A decimal fee is the nearest fixed-point number, the book's is exact: one unit of rounding up.
    assert abs(book.exposure().equity_bits - quoted.exposure().equity_bits) <= 2 * ONE


def test_what_nobody_buys_within_one_percent_is_left_and_beyond_it_refused() -> None:
    short = LOTS * 99 // 100
    volt = at_hedge(with_spot([(PRICE_LOTS, short)], []))
    first = volt.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book")
    assert (first.filled_lots, first.is_done) == (-short, False)
    last = volt.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book")
    assert (last.filled_lots, last.missing_lots, last.is_done) == (0, short - LOTS, True)
    finish(volt)

    thin = at_hedge(with_spot([(PRICE_LOTS, short - 1)], []))
    thin.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book")
    assert not thin.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote="book").is_done
    assert thin.stage == "TARGET_DONE"


def refused(volt: volts.Volt, kind: type[VoltcoreError], **options: Any) -> VoltcoreError:
    before = volt.state_digest()
    with pytest.raises(kind) as caught:
        volt.rebalance_spot(ADMIN, 0, options.pop("price", PRICE_LOTS), quote="book", **options)
    assert volt.state_digest() == before
    volt.audit()
    return caught.value


def test_without_open_orders_the_venue_refuses() -> None:
    volt = at_hedge(with_spot([(PRICE_LOTS, LOTS)], []), opened=False)
    assert refused(volt, NotInitializedError).onchain == "InvalidAccount"


def test_without_a_spot_market_the_book_is_no_place_for_the_hedge() -> None:
    volt = at_hedge(mango())
    assert refused(volt, InputRangeError).onchain == "InvalidMarket"
    assert volt.rebalance_spot(ADMIN, 0, PRICE_LOTS).is_done  # quoted it goes


def test_a_spot_market_with_other_lots_than_the_perp_is_refused() -> None:
    volt = at_hedge(with_spot([], [], base_lot_size=1_000))
    error = refused(volt, InputRangeError)
    assert (error.code, error.onchain) == ("E113", "InvalidMarket")


def test_a_bank_that_cannot_lend_refuses_and_the_book_stays() -> None:
    venue = with_spot([(PRICE_LOTS, LOTS)], [])
    for account, caller in ((0, LENDER), (1, MAKER)):
        venue.withdraw(caller, account, 10**12 - 10**6, 0, token=0)
    volt = at_hedge(venue)
    assert refused(volt, LiquidityError).onchain == "InsufficientLiquidity"
    assert volt.venue.spot_market(0)["book"]["bids"][0]["size_lots"] == LOTS


def test_a_whole_life_on_both_books_pays_everybody_out() -> None:
    volt = new_volt(with_spot([(PRICE_LOTS, 10**6)], [(PRICE_LOTS + 1, 10**6)]))

    def makers(venue: venues.MarginVenue) -> None:
        venue.place_perp_order(MAKER, 1, 0, "ask", PRICE_LOTS, 10**6, 0)
        venue.place_perp_order(MAKER, 1, 0, "bid", PRICE_LOTS - 1, 10**6, 0)

    volt.on_venue(makers)
    for user in (ALICE, BOB):
        volt.deposit(user, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    for leaving in (0, DEPOSIT, DEPOSIT):
        if leaving:
            volt.withdraw(ALICE if volt.user(ALICE).volt_tokens else BOB, leaving, 0)
        volt.take_performance_fees(ADMIN, 0)
        volt.setup_rebalance(ADMIN, 0)
        volt.init_spot_open_orders(ADMIN, 0)
        while volt.stage == "READY":
            held = volt.venue.perp_account(volt.margin_account, 0).base_position
            sells = volt.entropy_round.target_lots < held
            limit = PRICE_LOTS - 1 if sells else PRICE_LOTS
            volt.rebalance_target(ADMIN, 0, limit, quote="book")
            volt.consume_events(0, 100, 0)
        while volt.stage == "TARGET_DONE":
            buys = volt.exposure().net_delta_bits < 0
            limit = PRICE_LOTS + 1 if buys else PRICE_LOTS
            volt.rebalance_spot(ADMIN, 0, limit, quote="book")
        finish(volt)
        volt.audit()
    paid = [volt.claim_pending_withdrawal(user, 0) for user in (ALICE, BOB)]
    assert all(0.985 * DEPOSIT < amount < DEPOSIT for amount in paid)
    assert volt.supply == 0
    volt.audit()


# --- the crab hedged with the token itself --------------------------------------------------------

BTC = 50_000


def crab_with_spot(lent_quote: int) -> volts.Volt:
    """Short the squared perp, the hedge bought on the spot book of the linear market's token."""
    curve = venues.InterestCurve.example()
    token = venues.TokenConfig(
        index=1, curve=curve, init_leverage_bits=10 * ONE, maint_leverage_bits=20 * ONE
    )
    listed = venues.SpotMarketConfig(base_lot_size=100, quote_lot_size=10, taker_fee_bps=FEE_BPS)
    squared = venues.MarketConfig(
        index=venues.IndexConfig(power=2, scale=10**6, underlying=1), perp=perp(squared=True)
    )
    linear = venues.MarketConfig(
        index=venues.IndexConfig(underlying=1), perp=perp(squared=False), spot=listed
    )
    venue = venues.MarginVenue(
        venues.VenueConfig(
            admin=ADMIN,
            valid_interval=2**40,
            unlimited_pnl_counterparty=True,
            markets=(squared, linear),
            tokens=(token, venues.TokenConfig(index=venues.QUOTE_TOKEN, curve=curve)),
        )
    )
    venue.set_price(ADMIN, 1, BTC * ONE, 0)
    venue.cache_prices(0)
    venue.cache_root_banks(0)
    venue.cache_perp_markets(0)
    maker = venue.add_account(MAKER, 0)
    venue.deposit(MAKER, maker, 10**9, 0, token=1)
    if lent_quote:
        venue.deposit(MAKER, maker, lent_quote, 0)
    venue.init_spot_open_orders(MAKER, maker, 1, 0)
    venue.place_spot_order(MAKER, maker, 1, "ask", BTC * 10, 10_000, 0)
    config = volts.VoltConfig.crab(ADMIN)
    strategy = msgspec.structs.replace(config.strategy, hedge_with_spot=True)
    volt = volts.Volt(msgspec.structs.replace(config, strategy=strategy, hedge_spot=1), venue)
    volt.credit_wallet(ALICE, DEPOSIT)
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    volt.take_performance_fees(ADMIN, 0)
    volt.init_spot_open_orders(ADMIN, 0)
    volt.setup_rebalance(ADMIN, 0)
    assert volt.rebalance_target(ADMIN, 0, 25_000).filled_lots == -2_000
    return volt


def test_a_long_hedge_buys_the_token_and_borrows_the_quote_that_is_missing() -> None:
    volt = crab_with_spot(10**10)
    bought = volt.rebalance_spot(ADMIN, 0, BTC * 10, quote="book")
    assert (bought.filled_lots, bought.is_done, volt.stage) == (200, True, "DONE")
    own = volt.margin_account
    assert volt.venue.net_balance(own, 1) // ONE in (19_999, 20_000)
    # 1000 USDC of tokens and their fee, out of a deposit of 1000.
    cost = 200 * BTC * 100
    owed = (DEPOSIT - cost - fee_of(cost)) * ONE
    assert abs(volt.venue.net_balance(own, venues.QUOTE_TOKEN) - owed) <= 10**7  # index units
    assert volt.venue.balance(own, venues.QUOTE_TOKEN).borrows_bits > 0
    assert abs(volt.exposure().net_delta_bits) <= 10**7
    finish(volt)
    assert volt.check_triggers(0).trigger == "none"
    volt.audit()


def test_a_long_hedge_that_nobody_finances_is_refused() -> None:
    volt = crab_with_spot(0)
    error = refused(volt, LiquidityError, price=BTC * 10)
    assert error.onchain == "InsufficientLiquidity"
    with pytest.raises(VoltcoreError) as caught:
        volt.rebalance_hedge(ADMIN, 0, BTC * 10)
    assert caught.value.onchain == "ShouldHedgeWithSpotNotPerp"
