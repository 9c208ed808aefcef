"""Shares, fees and sizing against Python's unbounded integers; analytics against 50 digits."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voltcore import _core, volts
from voltcore.errors import (
    ArithmeticOverflowError,
    FundsError,
    InputRangeError,
    InputTypeError,
)

U64 = 2**64 - 1
getcontext().prec = 100
amounts = st.one_of(st.integers(0, U64), st.integers(0, 10), st.integers(U64 - 3, U64))
fixed = st.integers(-(2**100), 2**100)
prices = st.integers(1, 2**70)
lots = st.integers(-(2**30), 2**30)
lot_sizes = st.integers(1, 10**5)


def u64_or_overflow(value: int) -> int | None:
    return value if value <= U64 else None


@given(amount=amounts, supply=amounts, assets=amounts)
def test_shares_for_a_deposit_are_floored(amount: int, supply: int, assets: int) -> None:
    if supply == 0:
        assert volts.shares_for_deposit(amount, supply=0, assets=assets) == amount
    elif assets == 0:
        with pytest.raises(FundsError) as caught:
            volts.shares_for_deposit(amount, supply=supply, assets=0)
        assert caught.value.onchain == "NewEquityMustBeHigherThanDepositAmount"
    elif (expected := amount * supply // assets) > U64:
        with pytest.raises(ArithmeticOverflowError):
            volts.shares_for_deposit(amount, supply=supply, assets=assets)
    else:
        assert volts.shares_for_deposit(amount, supply=supply, assets=assets) == expected


@given(amount=st.integers(1, 2**62), supply=st.integers(1, 2**62), assets=st.integers(1, 2**62))
def test_a_deposit_taken_out_again_never_profits(amount: int, supply: int, assets: int) -> None:
    assume(amount * supply // assets < 2**62)
    shares = volts.shares_for_deposit(amount, supply=supply, assets=assets)
    paid = volts.underlying_for_shares(shares, supply=supply + shares, assets=assets + amount)
    assert paid <= amount


@given(
    supply=st.integers(1, 2**60),
    assets=st.integers(1, 2**60),
    deposits=st.integers(0, 2**60),
    part=st.fractions(0, 1),
)
def test_the_flows_of_a_round_never_lower_the_share_price(
    supply: int, assets: int, deposits: int, part: Fraction
) -> None:
    assume(deposits * supply // assets <= U64)
    leaving = math.floor(part * supply)
    paid, minted = volts.round_amounts(deposits, leaving, supply=supply, assets=assets)
    left = supply - leaving + minted
    if left:
        assert Fraction(assets - paid + deposits, left) >= Fraction(assets, supply)
    if leaving == supply:
        assert paid == assets


@given(records=st.lists(st.integers(0, 2**40), min_size=1, max_size=12), balance=amounts)
def test_claims_in_any_order_strand_nothing_and_short_nobody(
    records: list[int], balance: int
) -> None:
    total = sum(records)
    assume(total > 0)
    left, left_total = balance, total
    for record in records:
        claim = volts.claim_pro_rata(record, balance=left, total=left_total)
        assert claim >= balance * record // total
        left, left_total = left - claim, left_total - record
    assert left == 0


@given(
    most=amounts,
    withdrawals=amounts,
    deposits=amounts,
    assets=amounts,
    supply=amounts,
)
def test_the_payout_is_capped(
    most: int, withdrawals: int, deposits: int, assets: int, supply: int
) -> None:
    expected = 0
    if supply:
        expected = min(most, withdrawals * max(0, assets - deposits) // supply)
    assert expected == volts.capped_payout(
        most,
        withdrawals=withdrawals,
        deposits=deposits,
        assets_now=assets,
        supply_at_setup=supply,
    )


@given(amount=st.integers(-(2**70), 2**70), bps=st.integers(0, 20_000))
def test_a_fee_is_floored_and_a_loss_pays_none(amount: int, bps: int) -> None:
    expected = max(0, amount) * bps // 10_000
    if expected > U64:
        with pytest.raises(ArithmeticOverflowError):
            volts.fee(amount, bps)
    else:
        assert volts.fee(amount, bps) == expected


@given(assets=amounts, bps=st.integers(0, 10_000), seconds=st.integers(0, 2**40))
def test_the_aum_fee_is_floored(assets: int, bps: int, seconds: int) -> None:
    expected = assets * bps * seconds // (10_000 * 31_536_000)
    if expected > U64:
        with pytest.raises(ArithmeticOverflowError):
            volts.aum_fee(assets, bps, seconds)
    else:
        assert volts.aum_fee(assets, bps, seconds) == expected


def times(a: int, b: int) -> int:
    return a * b >> 48


def over(a: int, b: int) -> int:
    quotient = (abs(a) << 48) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def whole(bits: int) -> int:
    return -(-bits >> 48) if bits < 0 else bits >> 48


@given(equity=fixed, leverage=st.integers(-(2**50), 2**50), price=prices, lot=lot_sizes)
def test_target_lots_are_truncated_toward_zero(
    equity: int, leverage: int, price: int, lot: int
) -> None:
    notional = times(equity, leverage)
    try:
        got = volts.target_lots(equity, leverage, price, lot)
    except ArithmeticOverflowError:
        assert abs(notional) >= 2**127 or abs(whole(over(notional, price * lot))) >= 2**63 - 1
        return
    assert got == whole(over(notional, price * lot))


@given(
    position=lots, lot=lot_sizes, hedge_lot=lot_sizes, spot=prices, power=st.sampled_from([1, 2])
)
def test_the_hedge_is_the_nearest_lot_and_is_always_accepted(
    position: int, lot: int, hedge_lot: int, spot: int, power: int
) -> None:
    doubled = 2 * position * lot * spot
    delta = position * lot * 2**48
    if power == 2:
        delta = -(-doubled // 10**6) if doubled < 0 else doubled // 10**6
    assert volts.position_delta_bits(position, lot, power=power, spot_bits=spot) == delta
    hedge = volts.hedge_lots_by_delta(delta, hedge_lot)
    exact = Fraction(-delta, hedge_lot * 2**48)
    assert abs(hedge - exact) <= Fraction(1, 2)
    if abs(hedge - exact) == Fraction(1, 2):
        assert abs(hedge) > abs(exact)
    assert volts.hedge_accepted(delta, hedge, hedge_lot)


@given(delta=fixed, hedge=lots, hedge_lot=lot_sizes, band=st.sampled_from([0, 1, 100, 500, 10_000]))
def test_the_hedge_check_is_exact(delta: int, hedge: int, hedge_lot: int, band: int) -> None:
    net = abs(delta + hedge * hedge_lot * 2**48)
    inside = net * 10_000 <= abs(delta) * band
    assert volts.within_delta_band(delta, net, band) is inside
    half_a_lot = 2 * net <= hedge_lot * 2**48
    assert volts.hedge_accepted(delta, hedge, hedge_lot, band) is (inside or half_a_lot)


@given(equity=fixed, position=lots, lot=lot_sizes, price=prices)
def test_the_collateral_ratio_is_floored(equity: int, position: int, lot: int, price: int) -> None:
    if position == 0:
        assert volts.collateral_ratio_bps(equity, 0, lot, price) is None
        return
    expected = equity * 10_000 // (abs(position) * lot * price)
    try:
        assert volts.collateral_ratio_bps(equity, position, lot, price) == expected
    except ArithmeticOverflowError:
        assert abs(expected) >= 2**63 or abs(position) * lot * price >= 2**127


@given(
    remaining=st.integers(-(2**63), 2**63 - 1),
    quote=amounts,
    price=st.integers(1, 2**62),
    quote_lot=lot_sizes,
)
def test_a_slice_stays_below_the_quote_limit(
    remaining: int, quote: int, price: int, quote_lot: int
) -> None:
    expected = min(abs(remaining), quote // (price * quote_lot))
    if quote == U64:
        expected = abs(remaining)
    assert volts.slice_lots(remaining, quote, price, quote_lot) == expected


@given(equity=st.integers(0, 2**100), price=prices, lot=lot_sizes)
def test_both_legs_of_the_basis_volt_match_in_base_units(equity: int, price: int, lot: int) -> None:
    try:
        perp, short = volts.basis_size(equity, price, lot)
    except ArithmeticOverflowError:
        assert over(equity, price * lot) >> 48 >= 2**63 // lot
        return
    assert perp == over(equity, price * lot) >> 48
    assert short == perp * lot


@pytest.mark.parametrize("field", ["price_bits", "base_lot"])
def test_a_size_needs_a_positive_price_and_lot(field: str) -> None:
    given_ = {"equity_bits": 2**60, "leverage_bits": 2**47, "price_bits": 2**48, "base_lot": 100}
    for bad in (0, -1):
        with pytest.raises(InputRangeError) as caught:
            volts.target_lots(**{**given_, field: bad})
        assert caught.value.code == "E111"


def test_the_display_price_is_floored_and_the_ratio_exact() -> None:
    price = volts.SharePrice(assets=10, supply=3)
    assert price.ratio == Fraction(10, 3)
    assert price.display(6) == 3_333_333
    assert str(price) == "3.333333"
    assert volts.SharePrice(0, 0).ratio is None
    with pytest.raises(InputRangeError):
        price.display(19)


small_floats = st.floats(allow_subnormal=False, allow_nan=False, allow_infinity=False)


@given(x=small_floats.filter(lambda x: -1 < x < 1e6 and abs(x) > 1e-30))
def test_log1p_has_fifteen_digits(x: float) -> None:
    exact = (1 + Decimal(x)).ln()
    assert abs(Decimal(_core.volts_log1p(x)) - exact) <= Decimal("5e-16") * abs(exact)


@given(x=small_floats.filter(lambda x: -700 < x < 700 and abs(x) > 1e-30))
def test_expm1_has_fifteen_digits(x: float) -> None:
    exact = Decimal(x).exp() - 1
    assert abs(Decimal(_core.volts_expm1(x)) - exact) <= Decimal("1e-15") * abs(exact)


@given(
    rate=st.floats(-0.02, 0.02).filter(lambda r: abs(r) > 1e-30),
    periods=st.sampled_from([1, 7, 52, 365]),
)
def test_the_apy_has_thirteen_digits(rate: float, periods: int) -> None:
    exact = (1 + Decimal(rate)) ** periods - 1
    assert abs(Decimal(volts.apy(rate, periods)) - exact) <= Decimal("1e-13") * abs(exact)


@pytest.mark.parametrize("bad", [math.nan, math.inf, "1", None, True])
def test_analytics_refuse_what_is_no_finite_number(bad: object) -> None:
    for function in (volts.apy, volts.profit_range, volts.implied_volatility):
        with pytest.raises((InputTypeError, InputRangeError)):
            function(bad)  # type: ignore[arg-type]


def test_the_profit_range_of_a_negative_rate_does_not_exist() -> None:
    with pytest.raises(InputRangeError):
        volts.profit_range(-0.001)
