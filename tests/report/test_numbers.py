"""Numbers as a reader sees them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from voltcore.report.charts.thinning import extremes
from voltcore.report.escape import figure_text, plain, script_json
from voltcore.report.numbers import interval, number, probability, quantity, significant
from voltcore.report.statistics import bins, counts_in, quantiles, round_step


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (-1234.5, 2, "−1,234.50"),
        (-0.0004, 2, "0.00"),
        (0.0, 1, "0.0"),
        (1e12, 0, "1,000,000,000,000"),
        (math.nan, 2, "–"),
        (-math.inf, 2, "–"),
        (1e300, 2, "1.000e+300"),
    ],
)
def test_a_number_has_separators_a_real_minus_and_no_negative_zero(
    value: float, decimals: int, shown: str
) -> None:
    assert number(value, decimals) == shown


def test_a_unit_follows_its_number_and_a_plain_count_has_none() -> None:
    assert quantity(-4.321, "%") == "−4.3\N{NO-BREAK SPACE}%"
    assert quantity(4.321, "%", signed=True) == "+4.3\N{NO-BREAK SPACE}%"
    assert quantity(259, "count") == "259"
    assert quantity(math.nan, "%") == "–"
    assert (
        interval("1.0\N{NO-BREAK SPACE}%", "2.0\N{NO-BREAK SPACE}%")
        == "1.0 to 2.0\N{NO-BREAK SPACE}%"
    )


def test_a_probability_is_never_rounded_to_a_certainty() -> None:
    shares = {count: probability(count, 10_000) for count in range(10_001)}
    assert shares[0] == "0\N{NO-BREAK SPACE}%"
    assert shares[10_000] == "100\N{NO-BREAK SPACE}%"
    for count in range(1, 10_000):
        assert 0.0 < float(shares[count].split("\N{NO-BREAK SPACE}")[0]) < 100.0
    assert probability(1, 10**9) == "1e-07\N{NO-BREAK SPACE}%"
    assert probability(0, 0) == "–"


def test_quantiles_are_values_that_occur_at_the_rank_of_the_definition() -> None:
    values = np.array([5.0, 1.0, np.nan, 4.0, 2.0, 3.0])
    assert quantiles(values, (0, 0.2, 0.21, 0.5, 1)) == [1, 1, 2, 3, 5]
    assert quantiles(np.arange(1.0, 101.0), (0.05, 0.95)) == [5, 95]
    assert all(math.isnan(value) for value in quantiles(np.array([np.nan]), (0.1, 0.9)))


def test_every_value_is_counted_in_some_bin() -> None:
    random = np.random.default_rng(1)
    values = np.concatenate([random.standard_cauchy(5_000), [np.nan]])
    edges = bins([values], 40)
    assert counts_in(values, edges).sum() == 5_000
    assert np.all(np.diff(edges) > 0)
    assert counts_in(np.full(7, 3.0), bins([np.full(7, 3.0)])).sum() == 7
    assert counts_in(np.zeros(0), bins([np.zeros(0)])).sum() == 0


@pytest.mark.parametrize(("step", "rounded"), [(0.9, 1), (1.1, 2), (2.1, 2.5), (2.6, 5), (5.1, 10)])
def test_a_step_is_rounded_up_to_a_round_number(step: float, rounded: float) -> None:
    assert round_step(step) == pytest.approx(rounded)
    assert round_step(step * 1e-7) == pytest.approx(rounded * 1e-7)


def test_a_thinned_line_keeps_every_stretch_s_extremes_and_both_ends() -> None:
    values = np.random.default_rng(2).normal(size=43_680)
    values[17_000] = -60.0
    values[29_999] = 60.0
    values[5] = np.nan
    places = extremes(values, 700)
    assert places.size <= 700
    assert {0, 17_000, 29_999, 43_679} <= set(places.tolist())
    assert np.all(np.diff(places) > 0)
    assert 5 not in places
    assert extremes(values[:50], 700).tolist() == list(range(50))


def test_json_in_a_script_has_no_character_that_could_end_it() -> None:
    text = script_json({"</script>": ["<!--", "&amp;", "\u2028\u2029", "\ud800", math.nan, 1.5]})
    assert not set("<>&\u2028\u2029") & set(text)
    text.encode("utf-8")
    assert text.endswith("null,1.5]}")


def test_invisible_characters_are_shown_as_their_escapes() -> None:
    assert plain("a\u202eb\u200bc\x00\n d") == "a\\u202eb\\u200bc\\x00 d"


def test_text_in_a_figure_starts_no_tag_field_or_formula() -> None:
    shown = figure_text("<a href='x'>%{y} $x$ & <b>")
    assert not {"<", ">", "$"} & set(shown)
    assert "%{" not in shown


def test_figures_carry_no_more_digits_than_can_be_seen() -> None:
    assert significant([1 / 3, -1234567.0, np.nan], 4) == [0.3333, -1235000.0, None]
