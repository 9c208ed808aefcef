"""The table of weeks and the settings of a crab scenario: what is refused, and by what name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voltcore.errors import ScenarioError
from voltcore.sim.crab import Settings, fixed_bits, read_weeks
from voltcore.sim.crab_settings import Compare, Volt

HEADER = "epoch_end_utc,close_usd,realised_variance,perp_funding_sum\n"
ROW = "2020-01-10T02:00:00Z,7804.99,0.0086,0.0019\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "market.weeks"),
        ("a,b\n1,2\n", "market.weeks"),
        (HEADER, "market.weeks"),
        (HEADER + "soon,1,1,0\n", "market.weeks[0].epoch_end_utc"),
        (HEADER + "2020-01-10T02:00:00Z,nan,0,0\n", "market.weeks[0].close_usd"),
        (HEADER + "2020-01-10T02:00:00Z,-1,0,0\n", "market.weeks[0].close_usd"),
        (HEADER + "2020-01-10T02:00:00Z,1e300,0,0\n", "market.weeks[0].close_usd"),
        (HEADER + "2020-01-10T02:00:00Z,7000,x,0\n", "market.weeks[0].realised_variance"),
        (HEADER + "2020-01-10T02:00:00Z,7000,0\n", "market.weeks[0].perp_funding_sum"),
        (HEADER + ROW + ROW, "market.weeks[1].epoch_end_utc"),
    ],
)
def test_a_bad_table_is_refused_by_row_and_column(text: str, field: str) -> None:
    with pytest.raises(ScenarioError) as refusal:
        read_weeks(text.encode())
    assert refusal.value.code == "E206"
    assert refusal.value.field == field


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ScenarioError):
        read_weeks(b"\xff\xfe\x00")


def test_more_epochs_than_the_table_has_are_refused() -> None:
    with pytest.raises(ScenarioError) as refusal:
        read_weeks((HEADER + ROW).encode(), count=2)
    assert refusal.value.field == "market.epochs"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"compare": (Compare(name="x"), Compare(name="x"))}, "compare[0].name"),
        ({"compare": (Compare(name="base"),)}, "compare[0].name"),
        ({"volt": Volt(target_leverage=-0.2)}, "volt.target_leverage_lenience"),
        (
            {"volt": Volt(deposit_usdc=10**9, max_quote_pos_change_usdc=10)},
            "volt.max_quote_pos_change_usdc",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ScenarioError) as refusal:
        Settings(**change)
    assert refusal.value.field == field


@given(st.floats(-4, 4))
def test_fixed_point_bits_are_the_nearest(value: float) -> None:
    exact = Fraction(value) * 2**48
    assert abs(fixed_bits(value) - exact) <= Fraction(1, 2)
