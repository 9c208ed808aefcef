"""A page as a parser sees it."""

from __future__ import annotations

from html.parser import HTMLParser

from voltcore.report.page import plotly_script

LIBRARY = "plotly.js"

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Outline(HTMLParser):
    """Every element with its attributes, and the text of the scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            attributes, content = self.scripts[-1]
            self.scripts[-1] = (attributes, content + data)
        elif not (self.open and self.open[-1] == "style"):
            self.words.append(data)

    def values_of(self, name: str) -> list[str]:
        return [
            value or ""
            for _, attributes in self.elements
            for key, value in attributes
            if key == name
        ]


def outline(page: str) -> Outline:
    """The page as parsed; the text of plotly.js, which has no tag in it, is left out for speed."""
    library = plotly_script()
    assert page.count(library) == 1
    parsed = Outline()
    parsed.feed(page.replace(library, LIBRARY))
    parsed.close()
    assert parsed.problems == []
    assert parsed.open == []
    return parsed
