"""A value over two parameters: the cell of a pair shows the value of that pair."""

from __future__ import annotations

import html
import math
import re
from pathlib import Path

import pytest

from voltcore import ArrayError
from voltcore.report import Parameter, heat_map, write_page
from voltcore.report.blocks import Section
from voltcore.report.extras import plotly_figure

PREMIUM = Parameter("variance premium", [1.0, 1.25, 1.5])
BAND = Parameter("hedge band", [100, 500], "bps")
RETURNS = [[-19.0, 1.25, 22.0], [math.nan, 1.5, 23.0]]


def test_each_cell_shows_the_value_of_its_pair_and_an_empty_one_nothing() -> None:
    figure = heat_map("r", PREMIUM, BAND, RETURNS, title="median return", unit="%", decimals=1)
    trace = figure.data[0]
    assert trace["x"] == ["1", "1.25", "1.5"]
    assert trace["y"] == ["100", "500"]
    assert trace["z"] == [[-19.0, 1.25, 22.0], [None, 1.5, 23.0]]
    shown = {(note["y"], note["x"]): note["text"] for note in figure.layout["annotations"]}
    assert shown == {
        (0, 0): "−19.0",
        (0, 1): "+1.2",
        (0, 2): "+22.0",
        (1, 1): "+1.5",
        (1, 2): "+23.0",
    }
    plotly_figure(figure.data, figure.layout)
    plotly_figure(figure.data, figure.narrow)


def test_gain_and_loss_are_as_far_from_white_as_they_are_from_zero() -> None:
    trace = heat_map("r", PREMIUM, BAND, RETURNS, title="return").data[0]
    assert (trace["zmin"], trace["zmax"]) == (-23.0, 23.0)
    falls = heat_map("r", PREMIUM, BAND, [[1, 2, 3], [4, 5, 9]], title="fall").data[0]
    assert (falls["zmin"], falls["zmax"]) == (1.0, 9.0)
    around = heat_map("r", PREMIUM, BAND, [[1, 2, 3], [4, 5, 9]], title="CR", middle=5.0).data[0]
    assert (around["zmin"], around["zmax"]) == (1.0, 9.0)


def relative_luminance(colour: str) -> float:
    """WCAG 2.2, from ``#rrggbb``."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_numbers_can_be_read_on_every_colour() -> None:
    figure = heat_map("r", PREMIUM, BAND, RETURNS, title="return")
    (ink,) = {note["font"]["color"] for note in figure.layout["annotations"]}
    for _, ground in figure.data[0]["colorscale"]:
        contrast = (relative_luminance(ground) + 0.05) / (relative_luminance(ink) + 0.05)
        assert contrast >= 4.5, ground


def test_the_frame_is_around_the_marked_cell() -> None:
    (frame,) = heat_map("r", PREMIUM, BAND, RETURNS, title="r", marked=(1, 2)).layout["shapes"]
    assert [frame[key] for key in ("x0", "x1", "y0", "y1")] == [1.5, 2.5, 0.5, 1.5]


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], [[[1.0] * 3] * 2], 5.0])
def test_values_that_do_not_fit_the_axes_are_refused(values: object) -> None:
    with pytest.raises(ArrayError) as caught:
        heat_map("r", PREMIUM, BAND, values, title="r")  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == ("E121", "values")


def test_a_large_map_has_a_colour_bar_in_place_of_numbers() -> None:
    many = Parameter("k", list(range(40)))
    figure = heat_map("r", many, BAND, [list(range(40))] * 2, title="r")
    assert figure.layout["annotations"] == []
    assert figure.data[0]["colorbar"]["orientation"] == "h"
    plotly_figure(figure.data, figure.layout)


def test_a_page_of_sections_shows_them_with_every_text_escaped(tmp_path: Path) -> None:
    hostile = Parameter("<b>k</b>", ["<img src=x>", "b", "c"])
    figure = heat_map("r", hostile, BAND, RETURNS, title="<i>r</i>", unit="<u>")
    page = write_page(tmp_path, "A <sweep>", "voltcore", [Section("map", "Map", [figure])])
    assert page == tmp_path / "report.html"
    text = page.read_text(encoding="utf-8")
    body = text[text.index("<body>") : text.index("<script")]
    assert "<img" not in body
    assert "<i>" not in body
    assert "A <sweep>" in html.unescape(re.sub(r"<[^>]+>", "", body))
    data = text[text.index('id="report-data"') :].partition("</script>")[0]
    assert not any(tag in data for tag in ("<img", "<i>", "<b>", "<u>"))
    assert "&lt;u&gt;" in data.encode().decode("unicode_escape")
