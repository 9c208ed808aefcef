"""The fully-collateralised module at maturity, and the oracle's least time between entries."""

from __future__ import annotations

import pytest

from irs.worlds import ANYONE, DAY, END, OWNER, START, TRADERS, WAD, new_pool, traded_pool
from voltcore import irs
from voltcore.errors import StateError

NOTIONAL = 10**10
WHO = TRADERS[2]


def test_a_collateralised_trader_gets_what_is_left_of_the_yield_tokens() -> None:
    pool = traded_pool()
    pool.initiate_fully_collateralised_fixed_taker_swap(
        WHO, START, NOTIONAL, irs.MAX_SQRT_RATIO - 1
    )
    trader = pool.module_trader(WHO)
    assert trader.variable_token_balance == -NOTIONAL
    index = 102 * 10**25  # 2 % more than at the start
    pool.set_rate(END, index)
    pool.write_oracle_entry(ANYONE, END)
    assert pool.variable_factor(ANYONE, END) == 2 * WAD // 100
    # Section 9: the term's 90 days of a percent a year on the fixed tokens, the growth of the
    # index on the variable ones; the sum is cut toward zero.
    fixed_factor = 90 * DAY * WAD // (365 * DAY) // 100
    wad = trader.fixed_token_balance * fixed_factor - NOTIONAL * 2 * WAD // 100
    cashflow = -(-wad // WAD)
    before = pool.yield_balance_of(WHO)
    assert pool.settle_trader(WHO, END) == cashflow < 0
    # 10**10 tokens have grown by 2 %; the rebasing balance may lose a unit to each rounding.
    paid = pool.yield_balance_of(WHO) - before
    assert abs(paid - (NOTIONAL * 102 // 100 + cashflow)) <= 2
    assert pool.module_trader(WHO).is_settled
    with pytest.raises(StateError) as caught:
        pool.settle_trader(WHO, END)
    assert caught.value.onchain == "already settled"


def test_entries_keep_the_least_time_between_them() -> None:
    pool = new_pool()
    pool.set_min_seconds_since_last_update(OWNER, START, 100)
    first = pool.rate_oracle()["index"]
    for seconds, written in ((99, 0), (100, 1), (150, 1), (200, 2)):
        pool.set_rate(START + seconds, 10**27 + seconds * 10**20)
        pool.write_oracle_entry(ANYONE, START + seconds)
        assert pool.rate_oracle()["index"] - first == written, seconds


def test_the_yearly_rate_is_read_anew_once_it_is_too_old() -> None:
    pool = new_pool()
    pool.write_oracle_entry(ANYONE, START)
    first = pool.get_historical_apy(ANYONE, START)
    now = START + 5 * DAY
    pool.set_rate(now, 1001 * 10**24)  # 0.1 % in the look-back window of five days
    assert pool.get_historical_apy(ANYONE, now) != first
    # (1.001) ** (365 / 5) - 1, as floats have it.
    assert pool.get_historical_apy(ANYONE, now) / WAD == pytest.approx(1.001**73 - 1, rel=1e-9)
