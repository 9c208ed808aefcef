"""The public example: what the page prints, what is exact, and the documents that say so."""

from __future__ import annotations

import doctest
import runpy
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from voltcore import volts

ROOT = Path(__file__).parents[2]
EXAMPLE = runpy.run_path(str(ROOT / "examples" / "crab_worked_example.py"))
ONE = 1 << 48


def decimal(text: str) -> Decimal:
    return Decimal(text.split()[0].replace(",", ""))


def exact_figures() -> dict[str, Decimal]:
    """The figures by the formulas alone, in 40 digits; whole lots where the venue has them."""
    with localcontext() as context:
        context.prec = 40
        d = Decimal
        rate = d(50) / 2500 / 7
        at_mark, at_oracle = d(1960) / 10_000, d(2000) / 10_000
        assert at_mark <= d(500) / 2550 < at_mark + d("0.0001")
        assert at_oracle == d(500) / 2500
        return {
            "scale": d(50_000) ** 2 / 2500,
            "short": at_mark * 10_000,
            "short at the oracle": at_oracle * 10_000,
            "hedge": (2 * at_mark * 50_000 / 10**6) * 10_000,
            "CR at the mark": 100 * d(1000) / (at_mark * 2550),
            "CR at the oracle": 100 * d(1000) / (at_mark * 2500),
            "funding a day": 100 * rate,
            "  on the mark": 100 * d(50) / 2550 / 7,
            "funding an epoch": 700 * rate,
            "APY": 100 * (d("1.0028") ** 365 - 1),
            "  exact rate": 100 * ((1 + rate) ** 365 - 1),
            "  on the deposit": 100 * (d("1.0014") ** 365 - 1),
            "profit range": 100 * d("0.0028").sqrt(),
            "  exact rate of the range": 100 * rate.sqrt(),
            "  490.2 of 500": 100 * (d("0.0028") * d("490.2") / 500).sqrt(),
            "APY at 20 bps": 100 * (d("1.002") ** 365 - 1),
            "  range": 100 * d("0.002").sqrt(),
            "  best": d("0.20"),
            "  volatility": 100 * (365 * d("0.002")).sqrt(),
            "1 into 100, 105 shares": d("1.05"),
            "10 of 105, assets 101": d("9.619047"),
            "5 of 100, assets 1.1": d("0.055"),
            "0.25 at 0.011 a share": d("22.727272"),
            "assets after both": d("1.295"),
        }


def test_every_exact_figure_of_the_example_follows_from_the_formulas() -> None:
    exact = exact_figures()
    rows: list[tuple[str, str, str, str]] = [*EXAMPLE["example"](), *EXAMPLE["shares"]()]
    names = list(exact)
    assert len(rows) == len(names)
    for name, (quantity, _, shown, _) in zip(names, rows, strict=True):
        assert name.startswith(quantity)
        half_a_digit = Decimal(5).scaleb(Decimal(decimal(shown)).as_tuple().exponent - 1)
        # 490.2 of 500 is itself rounded by the page.
        assert abs(decimal(shown) - exact[name]) <= half_a_digit, quantity


def test_the_printed_figures_are_those_of_the_page() -> None:
    printed = {quantity: shown for quantity, shown, _, _ in EXAMPLE["example"]() if shown}
    assert printed == {
        "scale": "10e6",
        "short": "~0.196",
        "hedge": "0.02 BTC",
        "CR at the mark": "~200 %",
        "funding a day": "0.28 %",
        "APY": "177 %",
        "profit range": "5.2 %",
        "APY at 20 bps": "100 %+",
    }


@pytest.mark.parametrize(
    ("bps", "shown", "apy", "volatility"),
    [
        (5, "2.236 %", "20.0 %", "42.7 %"),
        (10, "3.162 %", "44.0 %", "60.4 %"),
        (15, "3.873 %", "72.8 %", "74.0 %"),
        (20, "4.472 %", "107.4 %", "85.4 %"),
        (25, "5.000 %", "148.8 %", "95.5 %"),
        (28, "5.292 %", "177.5 %", "101.1 %"),
        (30, "5.477 %", "198.4 %", "104.6 %"),
        (40, "6.325 %", "329.3 %", "120.8 %"),
        (50, "7.071 %", "517.5 %", "135.1 %"),
    ],
)
def test_the_table_of_daily_funding(bps: int, shown: str, apy: str, volatility: str) -> None:
    assert (bps, shown, apy, volatility) in EXAMPLE["funding"]()


def test_the_printed_hedge_is_outside_one_percent_and_the_oracle_sizing_makes_it_exact() -> None:
    def accepted(short: int) -> bool:
        delta = volts.position_delta_bits(short, 100, power=2, spot_bits=50_000 * ONE)
        return volts.hedge_accepted(delta, 200, 100)

    assert not accepted(-1960)
    assert accepted(-2000)


def test_the_lenience_of_the_client_example_would_accept_the_printed_hedge() -> None:
    delta = volts.position_delta_bits(-1960, 100, power=2, spot_bits=50_000 * ONE)
    assert volts.hedge_accepted(delta, 200, 100, 500)


def test_leverage_one_of_the_client_example_is_a_ratio_of_one_hundred_percent() -> None:
    lots = volts.target_lots(10**9 * ONE, -ONE, 2500 * ONE, 100)
    assert volts.collateral_ratio_bps(10**9 * ONE, lots, 100, 2500 * ONE) == 10_000


def test_the_page_of_the_volts_shows_what_the_code_prints() -> None:
    page = ROOT / "docs" / "volts.md"
    results: Any = doctest.testfile(str(page), module_relative=False)
    assert results.attempted > 20
    assert results.failed == 0
    assert EXAMPLE["show"]() in page.read_text(encoding="utf-8")
