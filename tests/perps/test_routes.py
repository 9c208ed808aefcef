"""Operations in any token: both legs, or nothing."""

from __future__ import annotations

import pytest

from perps_worlds import ALICE, LP, USD, jlp
from voltcore import errors, perps


def test_a_deposit_in_another_token_swaps_in_the_pool_first() -> None:
    pool, by_hand = jlp(), jlp()
    done = perps.mint_with(pool, LP, "SOL", "USDC", 900 * USD, 5)
    swapped = by_hand.swap(LP, "USDC", "SOL", 900 * USD, 5)
    minted = by_hand.mint(LP, "SOL", swapped.amount_out, 5)
    assert pool == by_hand
    assert done.receipt == minted
    assert (done.swap.amount_in, done.swap.amount_out) == (900 * USD, swapped.amount_out)
    assert not done.swap.outside
    pool.audit()


def test_an_outside_route_has_a_price_a_fee_and_a_bound() -> None:
    pool, by_hand = jlp(), jlp()
    # 2 units out for 1 in, less 1 % rounded up.
    route = perps.OutsideRoute(price_e9=2 * 10**9, fee_bps=100, min_amount=198)
    done = perps.mint_with(pool, LP, "USDC", "BONK", 100, 0, route=route)
    assert (done.swap.amount_out, done.swap.fee, done.swap.outside) == (198, 2, True)
    by_hand.mint(LP, "USDC", 198, 0)
    assert pool == by_hand
    tight = perps.OutsideRoute(price_e9=2 * 10**9, fee_bps=100, min_amount=199)
    with pytest.raises(errors.SlippageError) as caught:
        perps.mint_with(pool, LP, "USDC", "BONK", 100, 0, route=tight)
    assert caught.value.onchain == "MaxPriceSlippage"
    assert pool == by_hand


def test_a_position_is_opened_and_closed_in_another_token() -> None:
    pool, by_hand = jlp(), jlp()
    opened = perps.increase_with(pool, ALICE, "SOL", "long", 500 * USD, "USDC", 200 * USD, 0)
    swapped = by_hand.swap(ALICE, "USDC", "SOL", 200 * USD, 0)
    assert opened.receipt == by_hand.increase(
        ALICE, "SOL", "long", 500 * USD, swapped.amount_out, 0
    )
    closed = perps.decrease_to(pool, ALICE, "SOL", "long", "USDC", 9, entire=True)
    left = by_hand.decrease(ALICE, "SOL", "long", 9, entire=True)
    assert closed.receipt == left
    assert (
        closed.swap.amount_out == by_hand.swap(ALICE, "SOL", "USDC", left.amount_out, 9).amount_out
    )
    assert pool == by_hand
    burnt = perps.burn_to(pool, LP, "USDC", "ETH", 50 * USD, 9)
    assert burnt.swap.amount_in == burnt.receipt.amount
    pool.audit()


def test_a_refused_leg_takes_the_other_one_back() -> None:
    pool = jlp()
    before = pool.state_digest()
    with pytest.raises(errors.MarginError):  # the swap is fine, the position is too large for it
        perps.increase_with(pool, ALICE, "SOL", "long", 400_000 * USD, "USDC", 700 * USD, 0)
    assert pool.state_digest() == before
    with pytest.raises(errors.SlippageError):  # the burn is fine, the route is not
        perps.burn_to(
            pool, LP, "USDC", "BONK", USD, 0,
            route=perps.OutsideRoute(price_e9=1, min_amount=10**9),
        )  # fmt: skip
    with pytest.raises(errors.InputRangeError):
        perps.mint_with(pool, LP, "SOL", "BONK", USD, 0)
    assert pool.state_digest() == before
