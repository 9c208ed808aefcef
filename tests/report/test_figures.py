"""Figures as plotly checks them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from report_views import crab_view, generic_view

from voltcore.report.crab import names
from voltcore.report.crab.breakdown import steps_of
from voltcore.report.figures import Figures
from voltcore.report.view import RunView
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
    steps = steps_of(view)
    assert steps is not None
    final = np.mean(view.base.values[names.FINAL])
    assert 1000 + sum(amount for _, amount in steps) == pytest.approx(final, abs=1e-9)
    assert "Not attributed" not in dict(steps)

    partial = without(view, names.FLOWS[2][0])
    steps = steps_of(partial)
    assert steps is not None
    assert 1000 + sum(amount for _, amount in steps) == pytest.approx(final, abs=1e-9)
    missing = np.mean(view.base.values[names.FLOWS[2][0]])
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
    view = make()
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


@pytest.mark.parametrize("column", sorted(crab_view(8).columns))
def test_the_crab_s_page_is_made_without_any_one_column_or_with_no_value_in_it(column: str) -> None:
    view = crab_view(8)
    assert "<h1>" in view_html(without(view, column))
    empty = {
        name: replace(item, values={**item.values, column: np.full(item.paths, np.nan)})
        for name, item in view.variants.items()
    }
    assert "<h1>" in view_html(replace(view, variants=empty))


def test_a_single_path_has_a_page() -> None:
    assert "<h1>" in view_html(crab_view(2))
