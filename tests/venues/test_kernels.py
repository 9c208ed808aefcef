"""The arithmetic of a venue against plain Python integers."""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import example, given, settings

from case_counts import cases
from venues import model
from venues.model import ONE, RefusedError
from venues.worlds import fixed
from voltcore import ArithmeticOverflowError, DivideByZeroError, InputTypeError, VoltcoreError
from voltcore import venues as v

LEAST, MOST = -(2**127), 2**127 - 1
EDGES = [0, 1, -1, ONE, -ONE, LEAST, MOST, 2**63, -(2**63), 2**64, 2**79, 2**126]
wide = st.one_of(st.sampled_from(EDGES), st.integers(LEAST, MOST))
money = st.integers(-(2**110), 2**110)
not_negative = st.one_of(st.sampled_from([0, 1, ONE, MOST]), st.integers(0, 2**110))
rates = st.integers(0, 3 * ONE)
lots = st.one_of(
    st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)]),
    st.integers(-(10**9), 10**9),
    st.integers(-(2**63), 2**63 - 1),
)
levels = st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 2**63 - 1)), max_size=8)

each = settings(max_examples=cases(150, 15_000), deadline=None)


def outcome(function, *arguments, **named):  # type: ignore[no-untyped-def]
    """Result, or "refused" when the arithmetic left its range."""
    try:
        return function(*arguments, **named)
    except (ArithmeticOverflowError, DivideByZeroError, RefusedError):
        return "refused"


def curve(optimal: int, at_optimal: int, most: int) -> v.InterestCurve:
    return v.InterestCurve(
        optimal_util_bits=optimal, optimal_rate_bits=at_optimal, max_rate_bits=most
    )


@given(st.integers(1, ONE - 1), rates, rates, wide)
@example(fixed("0.7"), fixed("0.06"), fixed("1.5"), fixed("0.7"))
@example(fixed("0.7"), fixed("0.06"), fixed("1.5"), fixed("0.7") + 1)
@each
def test_the_interest_rate_is_that_of_the_two_lines(
    optimal: int, at_optimal: int, most: int, util: int
) -> None:
    got = outcome(v.interest_rate, curve(optimal, at_optimal, most), util)
    assert got == outcome(model.rate, util, optimal, at_optimal, most)


@given(
    st.integers(1, ONE - 1),
    rates,
    rates,
    st.integers(0, 2**100),
    st.integers(0, 2**100),
    st.integers(ONE, 10**12 * ONE),
    st.integers(ONE, 10**12 * ONE),
    st.one_of(st.sampled_from([0, 1, 2**63 - 1]), st.integers(0, 10**8)),
)
@each
def test_the_indices_move_as_the_rules_say(
    optimal: int, at: int, most: int, deposits: int, borrows: int, di: int, bi: int, seconds: int
) -> None:
    got = outcome(
        v.accrue,
        curve(optimal, at, most),
        deposits_bits=deposits,
        borrows_bits=borrows,
        deposit_index_bits=di,
        borrow_index_bits=bi,
        elapsed=seconds,
    )
    want = outcome(model.indices, (optimal, at, most), deposits, borrows, di, bi, seconds)
    if want == "refused":
        assert got == want
    else:
        assert (got.deposit_index_bits, got.borrow_index_bits) == want
        assert got.deposit_index_bits >= di
        assert got.borrow_index_bits >= bi


@given(
    st.sampled_from(["deposit", "borrow", "nothing"]),
    st.integers(1, 2**80),
    st.integers(ONE, 2**80),
    st.integers(ONE, 2**80),
    not_negative,
    st.sampled_from(["credit", "debit"]),
)
@each
def test_credit_and_debit_never_hand_out_more_than_came_in(
    held: str, units: int, di: int, bi: int, native: int, move: str
) -> None:
    before = v.Balance(
        deposits_bits=units if held == "deposit" else 0,
        borrows_bits=units if held == "borrow" else 0,
    )
    after = outcome(
        getattr(v, move), before, deposit_index_bits=di, borrow_index_bits=bi, native_bits=native
    )
    want = outcome(getattr(model, move), before.deposits_bits, before.borrows_bits, di, bi, native)
    if want == "refused":
        assert after == want
        return
    assert (after.deposits_bits, after.borrows_bits) == want
    assert after.deposits_bits == 0 or after.borrows_bits == 0
    # Truncated units: a credit reads at most what came in, and misses less than a unit's step.
    change = net(after, di, bi) - net(before, di, bi)
    moved = Fraction(native, ONE) if move == "credit" else -Fraction(native, ONE)
    step = Fraction(max(di, bi), ONE**2) + Fraction(2, ONE)
    assert abs(change - moved) <= step
    if move == "credit":
        assert change <= moved + Fraction(1, ONE)


def net(balance: v.Balance, di: int, bi: int) -> Fraction:
    """Exact native value."""
    return Fraction(balance.deposits_bits * di - balance.borrows_bits * bi, ONE**2)


def test_an_amount_of_zero_does_nothing() -> None:
    both = v.Balance(deposits_bits=5, borrows_bits=5)
    for move in (v.credit, v.debit):
        assert move(both, deposit_index_bits=0, borrow_index_bits=0, native_bits=0) == both


@pytest.mark.parametrize("move", [v.credit, v.debit])
def test_a_deposit_and_a_borrow_at_once_are_a_math_error(move) -> None:  # type: ignore[no-untyped-def]
    both = v.Balance(deposits_bits=5, borrows_bits=5)
    with pytest.raises(ArithmeticOverflowError) as caught:
        move(both, deposit_index_bits=ONE, borrow_index_bits=ONE, native_bits=1)
    assert caught.value.onchain == "MathError"
    assert caught.value.code == "E303"


def test_clearing_exactly_leaves_nothing_behind() -> None:
    index = 1_234_567 * ONE + 89
    deposit = v.Balance(deposits_bits=987_654_321)
    whole = (deposit.deposits_bits * index) >> 48
    at = {"deposit_index_bits": index, "borrow_index_bits": index}
    assert v.debit(deposit, native_bits=whole, **at) == v.Balance()
    assert v.debit(deposit, native_bits=whole - 1, **at).deposits_bits > 0
    borrow = v.Balance(borrows_bits=987_654_321)
    assert v.credit(borrow, native_bits=whole, **at) == v.Balance()


@given(st.integers(1, 2), st.sampled_from([1, 10**6, 7]), wide)
@each
def test_the_index_of_a_power_market(power: int, scale: int, price: int) -> None:
    config = v.IndexConfig(underlying=1, power=power, scale=scale)
    value = outcome(model.mul, price, price) if power == 2 else price
    if value != "refused" and scale != 1:
        value = outcome(model.div, value, scale * ONE)
    assert outcome(v.index_price, config, price) == value


def test_the_square_of_fifty_thousand_is_twenty_five_hundred() -> None:
    config = v.IndexConfig(underlying=1, power=2, scale=1_000_000)
    assert v.index_price(config, 50_000 * ONE) == 2500 * ONE


@given(
    st.integers(1, 2**100),
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**63 - 1),
    st.integers(1, 10**9),
    st.integers(1, 10**9),
    st.integers(0, 2**63 - 1),
    st.integers(1, 2**63 - 1),
)
@example(2500 * ONE, 25_499, 25_501, 100, 10, 86_400, 604_800)
@example(2500 * ONE, 0, 25_501, 100, 10, 86_400, 604_800)
@example(2500 * ONE, 25_499, 0, 100, 10, 86_400, 604_800)
@example(2500 * ONE, 0, 0, 100, 10, 86_400, 604_800)
@each
def test_funding_is_the_clamped_difference_over_the_period(
    index: int, bid: int, ask: int, base_lot: int, quote_lot: int, seconds: int, period: int
) -> None:
    clamp = fixed("0.05")
    config = msgspec.structs.replace(
        v.PerpMarketConfig.example(),
        base_lot_size=base_lot,
        quote_lot_size=quote_lot,
        funding_period=period,
    )
    market = model.Market(0, 1, 1, base_lot, quote_lot, (ONE, ONE), 0, 0, period, clamp)
    market.price, market.priced_at = index, seconds
    venue = model.Venue(1, 1, [market], {})
    want = outcome(venue.run, "update_funding", 0, bid, ask, seconds)
    diff = outcome(v.funding_diff, config, index, bid, ask)
    if diff == "refused":
        assert want == "refused"
        return
    assert -clamp <= diff <= clamp
    delta = outcome(v.funding_delta, config, index, diff, seconds)
    assert ("refused" if delta == "refused" else (diff, delta)) == want


def test_one_side_alone_reads_as_the_clamp_and_an_empty_book_as_nothing() -> None:
    config = v.PerpMarketConfig.example()
    clamp = fixed("0.05")
    assert v.funding_diff(config, 100 * ONE, 5, 0) == clamp
    assert v.funding_diff(config, 100 * ONE, 0, 5) == -clamp
    assert v.funding_diff(config, 100 * ONE, 0, 0) == 0
    assert fixed("-0.05") == -clamp


@given(levels, st.integers(1, 2**63 - 1))
@each
def test_the_impact_price_is_where_the_size_is_reached(
    book: list[tuple[int, int]], quantity: int
) -> None:
    reached, want = 0, 0
    for price, size in book:
        reached += size
        if reached >= quantity:
            want = price
            break
    assert v.impact_price(book, quantity) == want


@given(lots, money, money, money, money, money)
@each
def test_settling_funding_is_exact_and_zero_sum(
    base: int, quote: int, long: int, short: int, long_settled: int, short_settled: int
) -> None:
    account = v.PerpAccount(
        base_position=base,
        quote_position_bits=quote,
        long_settled_funding_bits=long_settled,
        short_settled_funding_bits=short_settled,
    )
    accumulator, settled = (long, long_settled) if base > 0 else (short, short_settled)
    want = quote - (accumulator - settled) * base
    after = outcome(v.settle_funding, account, long_funding_bits=long, short_funding_bits=short)
    if not LEAST <= want <= MOST or not LEAST <= (accumulator - settled) * base <= MOST:
        assert after == "refused"
        return
    assert after.quote_position_bits == want
    assert after.long_settled_funding_bits == long
    assert after.short_settled_funding_bits == short
    again = v.settle_funding(after, long_funding_bits=long, short_funding_bits=short)
    assert again == after


small = st.integers(-(10**6), 10**6)
queue = st.integers(0, 10**6)


@given(small, money, small, small, queue, queue, st.integers(0, 2**70), money)
@example(10, 0, 0, 0, 5, 25, ONE, 0)  # |10 + 5| == |10 - 25|: the tie takes the asks
@each
def test_a_position_is_worth_its_worse_side(
    base: int, quote: int, taker_base: int, taker_quote: int, bids: int, asks: int, price: int,
    funding: int,
) -> None:  # fmt: skip
    config = v.PerpMarketConfig.example()
    account = v.PerpAccount(
        base_position=base,
        quote_position_bits=quote,
        taker_base=taker_base,
        taker_quote=taker_quote,
        bids_quantity=bids,
        asks_quantity=asks,
    )
    got = outcome(
        v.perp_value,
        account,
        config,
        price_bits=price,
        long_funding_bits=funding,
        short_funding_bits=funding,
    )
    if got == "refused":
        assert abs(funding * base) + abs(quote) > 2**126
        return
    lot = 100 * price
    owed = quote - funding * base + taker_quote * 10 * ONE
    high, low = base + taker_base + bids, base + taker_base - asks
    if abs(high) > abs(low):
        want = (high * lot, owed - bids * lot)
    else:
        want = (low * lot, owed + asks * lot)
    assert (got.base_bits, got.quote_bits) == want


@given(money, st.integers(1, 2**70), st.lists(st.integers(0, 2**70), min_size=4, max_size=4))
@each
def test_a_spot_balance_is_worth_its_worse_side(net: int, price: int, orders: list[int]) -> None:
    free, locked, quote_free, quote_locked = orders
    given_orders = v.OpenOrdersBalance(
        base_free_bits=free,
        base_locked_bits=locked,
        quote_free_bits=quote_free,
        quote_locked_bits=quote_locked,
    )
    got = outcome(v.spot_value, net, price, given_orders)
    try:
        high = net + free + locked + model.div(quote_locked, price)
        low = net + free
        if abs(high) > abs(low):
            want = (model.mul(high, price), quote_free)
        else:
            want = (model.mul(low, price), model.mul(locked, price) + quote_free + quote_locked)
    except RefusedError:
        assert got == "refused"
        return
    assert (got.base_bits, got.quote_bits) == want


def test_a_borrow_rounds_away_from_zero_and_a_deposit_toward_it() -> None:
    assert v.spot_value(-1, ONE + 1).base_bits == -2
    assert v.spot_value(1, ONE + 1).base_bits == 1


@given(st.integers(1, 2**100))
@each
def test_weights_are_one_division_each(leverage: int) -> None:
    got = v.leverage_weights(leverage)
    want = outcome(model.weights, leverage)
    assert (got.asset_bits, got.liability_bits) == want


@pytest.mark.parametrize("leverage", [0, -1, LEAST])
def test_a_leverage_that_is_not_positive_is_refused(leverage: int) -> None:
    with pytest.raises(VoltcoreError) as caught:
        v.leverage_weights(leverage)
    assert caught.value.onchain == "InvalidParam"
    assert caught.value.field == "leverage_bits"


@given(wide, wide, st.integers(0, 2 * ONE), st.integers(0, 2 * ONE))
@each
def test_the_weight_follows_the_sign_of_the_base(
    base: int, quote: int, asset: int, liability: int
) -> None:
    value = v.PositionValue(base_bits=base, quote_bits=quote)
    pair = v.Weights(asset_bits=asset, liability_bits=liability)

    def expected() -> int:
        return model.fit(model.mul(base, asset if base >= 0 else liability) + quote)

    assert outcome(v.weighted, value, pair) == outcome(expected)


@given(st.integers(-(2**100), 2**100), st.integers(-(2**100), 2**100))
@each
def test_settling_moves_the_lesser_of_two_opposite_profits(a: int, b: int) -> None:
    moved = v.settlement(a, b)
    if a * b >= 0:
        assert moved == 0
    else:
        assert abs(moved) == min(abs(a), abs(b))
        assert moved * a > 0
        assert abs(a - moved) + abs(b + moved) == abs(a + b)


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_only_integers_are_amounts(value: object) -> None:
    with pytest.raises(InputTypeError):
        v.interest_rate(v.InterestCurve.example(), value)  # type: ignore[arg-type]
