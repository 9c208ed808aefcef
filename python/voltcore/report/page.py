"""One self-contained page out of sections."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from voltcore.errors import InvariantError
from voltcore.report.blocks import Figure, Section
from voltcore.report.escape import attribute, script_json, text
from voltcore.report.markup import section_html
from voltcore.report.policy import content_security_policy
from voltcore.report.templates import TEMPLATES


def page_html(title: str, kicker: str, sections: Sequence[Section], footer: str) -> str:
    """
    The whole page: style, scripts and data inside, nothing outside.

    Parameters
    ----------
    title : str
        Heading and window title.
    kicker : str
        One line above the heading.
    sections : sequence of Section
        In reading order.
    footer : str
        Last line of the page.
    """
    figures = [figure for section in sections for figure in section.figures()]
    number = {figure.name: index for index, figure in enumerate(figures)}
    data = figure_data(figures)
    scripts = [plotly_script(), asset("page.js"), data]
    titled = [section for section in sections if section.title]
    contents = "".join(
        f"<li><a href={attribute('#' + section.anchor)}>{text(section.title)}</a></li>"
        for section in titled
    )
    navigation = f'<nav aria-label="Contents"><ul>{contents}</ul></nav>' if titled[1:] else ""
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content='
            f"{attribute(content_security_policy(scripts))}>",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{text(title)}</title>",
            f"<style>{asset('page.css')}</style>",
            "</head>",
            "<body>",
            f"<header><p>{text(kicker)}</p><h1>{text(title)}</h1></header>",
            "<main>",
            *(section_html(section, number) for section in sections[:1]),
            navigation,
            *(section_html(section, number) for section in sections[1:]),
            "</main>",
            f"<footer><p>{text(footer)}</p></footer>",
            "<noscript><p>The figures are drawn by a script inside this file; the tables are "
            "complete without it.</p></noscript>",
            f'<script type="application/json" id="report-data">{data}</script>',
            f"<script>{plotly_script()}</script>",
            f"<script>{asset('page.js')}</script>",
            "</body>",
            "</html>",
            "",
        )
    )


def figure_data(figures: Sequence[Figure]) -> str:
    """Everything the page's script needs, as JSON that may stand in a script element."""
    content: dict[str, Any] = {
        "templates": TEMPLATES,
        "figures": [
            {"data": figure.data, "layout": figure.layout, "narrow": figure.narrow}
            for figure in figures
        ],
    }
    return script_json(content)


@cache
def asset(name: str) -> str:
    """A file of this package as text, with ``\\n`` line ends on every system."""
    return (resources.files("voltcore.report") / name).read_text(encoding="utf-8")


@cache
def plotly_script() -> str:
    """
    plotly.js in one piece, as plotly itself carries it.

    A parser reads ``\\r\\n`` as ``\\n``, so the hash is taken over the text with ``\\n`` alone.

    Raises
    ------
    ResourceError
        If plotly is not installed.
    """
    from voltcore.report.extras import plotly_source

    source = plotly_source().replace("\r\n", "\n").replace("\r", "\n")
    if "</script" in source.lower() or "<!--" in source:
        raise InvariantError("plotly.js holds a text that would end its own script", op="report")
    return source
