"""A page as a parser and a browser's policy see it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from typing import Any

import pytest
from page_outline import LIBRARY, Outline, outline
from report_views import crab_view, generic_view, hostile_text, with_hostile_texts

from voltcore.report.page import plotly_script
from voltcore.report.write import view_html


@pytest.fixture(scope="module")
def crab_page() -> str:
    return view_html(crab_view())


@pytest.fixture(scope="module")
def crab_outline(crab_page: str) -> Outline:
    return outline(crab_page)


def whole(script: str) -> str:
    return plotly_script() if script == LIBRARY else script


def policy_of(parsed: Outline) -> dict[str, list[str]]:
    (policy,) = (
        dict(attributes)["content"]
        for tag, attributes in parsed.elements
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attributes
    )
    assert policy is not None
    directives = (directive.split() for directive in policy.split(";"))
    return {name: sources for name, *sources in directives}


def test_the_policy_allows_exactly_the_scripts_of_the_page_by_hash(crab_outline: Outline) -> None:
    policy = policy_of(crab_outline)
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(whole(text).encode()).digest()).decode() + "'"
        for _, text in crab_outline.scripts
    ]
    assert sorted(policy["script-src"]) == sorted(hashes)
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'unsafe-inline'"]
    assert policy["img-src"] == ["data:"]


def test_the_policy_comes_before_everything_it_governs(crab_outline: Outline) -> None:
    tags = [tag for tag, _ in crab_outline.elements]
    place = next(
        index
        for index, (_, attributes) in enumerate(crab_outline.elements)
        if ("http-equiv", "Content-Security-Policy") in attributes
    )
    assert {"style", "script"}.isdisjoint(tags[:place])


def test_nothing_is_loaded_and_no_handler_is_inline(crab_outline: Outline) -> None:
    for tag, attributes in crab_outline.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img", "form", "svg"}
        for name, value in attributes:
            assert name not in {"src", "srcset", "action", "formaction", "data", "poster"}
            assert not name.startswith("on")
            if name == "href":
                assert value is not None
                assert value.startswith("#")
            if name == "style":
                assert "url(" not in (value or "")


def test_the_style_loads_nothing(crab_page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", crab_page, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def test_the_same_view_gives_the_same_bytes(crab_page: str) -> None:
    # A view made anew: neither the order of a set nor the clock has a part in the page.
    assert view_html(crab_view.__wrapped__()) == crab_page


def test_links_lead_to_parts_of_the_page(crab_outline: Outline) -> None:
    anchors = set(crab_outline.values_of("id"))
    for _, attributes in crab_outline.elements:
        for name, value in attributes:
            if name == "href" and value is not None:
                assert value.removeprefix("#") in anchors


def test_ids_are_unique_and_each_figure_has_its_data(crab_outline: Outline) -> None:
    ids = crab_outline.values_of("id")
    assert len(ids) == len(set(ids))
    data = figure_data(crab_outline)
    places = [int(value) for value in crab_outline.values_of("data-figure")]
    assert places == list(range(len(data["figures"])))
    assert len(places) >= 8


def figure_data(parsed: Outline) -> Any:
    (data,) = (text for attributes, text in parsed.scripts if attributes.get("id") == "report-data")
    assert "<" not in data
    assert ">" not in data
    assert "&" not in data
    assert "\u2028" not in data
    assert "\u2029" not in data
    return json.loads(data)


def test_the_page_stays_under_eight_megabytes(crab_page: str) -> None:
    assert len(crab_page.encode()) < 8_000_000


@cache
def tame_outline(make: Any) -> Outline:
    return outline(view_html(with_hostile_texts(make(50, 40), "tame")))


@pytest.mark.parametrize("make", [crab_view, generic_view], ids=["crab", "generic"])
@pytest.mark.parametrize("hostile", hostile_text(), ids=range(len(hostile_text())))
def test_a_hostile_text_in_every_field_adds_no_element_attribute_or_script(
    make: Any, hostile: str
) -> None:
    tame = tame_outline(make)
    wild = outline(view_html(with_hostile_texts(make(50, 40), hostile)))
    assert [tag for tag, _ in wild.elements] == [tag for tag, _ in tame.elements]
    for (_, expected), (_, found) in zip(tame.elements, wild.elements, strict=True):
        assert [name for name, _ in found] == [name for name, _ in expected]
    # The library and our own script are untouched; only the data differs.
    assert [text for attributes, text in wild.scripts if not attributes] == [
        text for attributes, text in tame.scripts if not attributes
    ]
    shown = "".join(wild.words)
    assert not any(mark in shown for mark in "\u202e\u2066\u200b\u2028\x00\x1b")
    figures = json.dumps(figure_data(wild)["figures"], ensure_ascii=False)
    for mark in ("<img", "<script", "<a href", "%{x}evil", "\u202e"):
        assert mark not in figures
