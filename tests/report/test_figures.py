"""Figures as plotly checks them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from report_views import SETTINGS, crab_columns, crab_view, generic_view

from voltcore.report.compose import sections_of
from voltcore.report.crab import names
from voltcore.report.crab.assumed import variant_words
from voltcore.report.figures import Figures
from voltcore.report.markup import section_html
from voltcore.report.view import RunView
from voltcore.report.volts.breakdown import steps_of
from voltcore.report.write import view_html


@pytest.mark.parametrize("make", [crab_view, generic_view], ids=["crab", "generic"])
def test_plotly_accepts_every_figure_in_both_widths(make: Any) -> None:
    from plotly.graph_objects import Layout

    view = make()
    figures = Figures(view)
    assert len(figures) == len(list(figures)) >= 3
    for name, figure in figures.items():
        assert figure.data, name
        assert figure.layout.template.layout.font.family
    for figure in figures._figures().values():
        Layout(dict(figure.narrow))


def test_an_unknown_figure_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Figures(crab_view())["nothing"]


def test_the_waterfall_adds_up_even_where_a_flow_is_unknown() -> None:
    view = crab_view()
    steps = steps_of(view, names.FLOWS)
    assert steps is not None
    final = np.mean(view.base.values["final_value"])
    assert 1000 + sum(amount for _, amount in steps) == pytest.approx(final, abs=1e-9)
    assert "Not attributed" not in dict(steps)

    partial = without(view, names.FLOWS.steps[2][0])
    steps = steps_of(partial, names.FLOWS)
    assert steps is not None
    assert 1000 + sum(amount for _, amount in steps) == pytest.approx(final, abs=1e-9)
    missing = np.mean(view.base.values[names.FLOWS.steps[2][0]])
    assert dict(steps)["Not attributed"] == pytest.approx(missing)


def without(view: RunView, *columns: str) -> RunView:
    variants = {
        name: replace(
            variant,
            values={key: item for key, item in variant.values.items() if key not in columns},
        )
        for name, variant in view.variants.items()
    }
    kept = {key: item for key, item in view.columns.items() if key not in columns}
    return replace(view, columns=kept, variants=variants)


@pytest.mark.parametrize(
    "missing", ["bands", "traces", "series", "variants", "assumptions", "values"]
)
@pytest.mark.parametrize("make", [crab_view, generic_view], ids=["crab", "generic"])
def test_a_page_is_made_when_a_part_is_missing(make: Any, missing: str) -> None:
    view = make(50, 40)
    base = view.base
    if missing in ("bands", "traces"):
        variants = {key: replace(item, **{missing: {}}) for key, item in view.variants.items()}
        view = replace(view, variants=variants, **{missing: {}})
    elif missing == "variants":
        view = replace(view, variants={base.name: base})
    elif missing == "values":
        view = replace(view, columns={}, variants={base.name: replace(base, values={})})
    elif missing == "assumptions":
        view = replace(view, assumptions=())
    else:
        view = replace(view, series={})
    assert "<h1>" in view_html(view)


@pytest.mark.parametrize("column", sorted(crab_columns()))
def test_the_crab_s_page_is_made_without_any_one_column_or_with_no_value_in_it(column: str) -> None:
    view = crab_view(2, 40)
    assert "share price" in body(without(view, column))
    empty = {
        name: replace(item, values={**item.values, column: np.full(item.paths, np.nan)})
        for name, item in view.variants.items()
    }
    assert "share price" in body(replace(view, variants=empty))


def body(view: RunView) -> str:
    sections = sections_of(view)
    figures = [figure.name for section in sections for figure in section.figures()]
    number = {name: place for place, name in enumerate(figures)}
    return "".join(section_html(section, number) for section in sections)


def test_a_single_path_has_a_page() -> None:
    assert "<h1>" in view_html(crab_view(2, 40))


def worded(**changed: object) -> dict[str, tuple[str, str]]:
    """Names of the crab's variants where some settings are others."""
    settings = SETTINGS | {key.replace("__", "."): value for key, value in changed.items()}
    view = replace(crab_view(2, 40), settings=settings)
    return {name: variant_words(view, name) for name in view.variants}


def test_a_variant_is_named_by_the_settings_in_which_it_differs() -> None:
    assert worded() == {
        "base": ("Base: premium 1.25", "funding = 1.25 × past variance + 2 × linear funding"),
        "k1": ("Premium 1", "funding = past variance + 2 × linear funding"),
        "constant_28bps": ("Constant 28 bps a day", "the same rate every day, whatever happens"),
        "no_carry": ("Without carry", "funding = 1.25 × past variance"),
    }


def test_a_variant_that_only_fills_elsewhere_is_named_by_that() -> None:
    changed = worded(**{"compare[0].variance_premium": 1.25, "compare[0].execution": "book"})
    base, book, *_ = changed.values()
    assert (base[0], book[0]) == ("Base: premium 1.25", "On the order book")
    assert base[1] == book[1]
    turned = worded(execution="book", **{"compare[0].execution": "quoted"})
    assert [short for short, _ in turned.values()][:2] == [
        "Base: premium 1.25",
        "Premium 1, at quotes",
    ]


def test_the_names_of_variants_follow_their_settings() -> None:
    changed = worded(
        funding__variance_premium=1.4,
        funding__constant_daily_bps=35.5,
        **{"compare[0].variance_premium": 0.9, "compare[0].carry": 1.0, "compare[2].carry": -1.0},
    )
    assert [short for short, _ in changed.values()] == [
        "Base: premium 1.4",
        "Premium 0.9, carry 1",
        "Constant 35.5 bps a day",
        "Carry −1",
    ]
    constant = worded(funding__rule="constant", **{"compare[0].rule": "variance"})
    assert constant["base"][0] == "Base: constant 28 bps a day"
    assert constant["k1"][0] == "Premium 1, carry 2"
    twins = worded(**{"compare[2].carry": 2.0, "compare[2].variance_premium": 1.0})
    assert (twins["k1"][0], twins["no_carry"][0]) == ("Premium 1 (k1)", "Premium 1 (no_carry)")
    assert worded(**{"compare[0].name": "other"})["k1"] == ("k1", "")


def test_the_lines_of_the_figures_follow_the_settings() -> None:
    settings = SETTINGS | {"volt.safe_collateral_ratio_bps": 16_500, "volt.target_leverage": -0.4}
    view = replace(crab_view(20, 40), settings=settings)
    figures = Figures(view)
    (line,) = figures["min_cr"].layout.shapes
    assert line.x0 == 165
    assert line.label.text == "165 %: rebalance"
    shown = body(view)
    assert "starts near 250 %" in shown
    assert "falls below 165 %" in shown
    assert "0.40 × (f − r²)" in shown


def test_variants_of_another_kind_stand_side_by_side() -> None:
    view = generic_view(100)
    other = replace(view.base, name="double_fee", values={"lp_return": np.full(100, 7.0)})
    shown = body(replace(view, variants={"base": view.base, "double_fee": other}))
    table = shown[shown.index('id="variants"') :]
    assert "double fee" in table
    assert "7.0" in table[: table.index("</section>")]
