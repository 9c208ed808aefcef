"""The public example and the lifecycle round trip."""

from __future__ import annotations

import pytest

from voltcore import volts

ONE = 1 << 48


def test_the_public_example_is_exact_where_the_page_truncates() -> None:
    half = volts.fixed_point_bits("-0.5")
    assert volts.target_lots(10**9 * ONE, half, 2550 * ONE, 100) == -1960
    assert volts.target_lots(10**9 * ONE, half, 2500 * ONE, 100) == -2000
    delta = volts.position_delta_bits(-1960, 100, power=2, spot_bits=50_000 * ONE)
    assert volts.hedge_lots_by_delta(delta, 100) == 196
    # The printed hedge of 0.02 BTC is 2.0 % too long for the printed short.
    assert not volts.hedge_accepted(delta, 200, 100)
    assert volts.apy(volts.daily_rate(2550, 2500)) == pytest.approx(1.833096203882438, rel=1e-12)
    assert volts.apy(0.0028) == pytest.approx(1.7747811111722906, rel=1e-12)


def test_the_printed_share_examples() -> None:
    assert volts.shares_for_deposit(10**6, supply=105 * 10**6, assets=100 * 10**6) == 1_050_000
    assert volts.underlying_for_shares(10**7, supply=105 * 10**6, assets=101 * 10**6) == 9_619_047
