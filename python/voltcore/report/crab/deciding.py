"""The same paths under other assumptions: which of them decides the sign of the result."""

from __future__ import annotations

from voltcore.report.blocks import Block, Cell, Paragraph, Table, Tone
from voltcore.report.crab import names
from voltcore.report.crab.assumed import variant_words
from voltcore.report.numbers import interval, number, probability, quantity
from voltcore.report.statistics import finite, quantiles
from voltcore.report.view import RunView, Variant


def deciding_blocks(view: RunView) -> list[Block]:
    """The table and what it says; nothing if the run has no variants."""
    variants = [item for item in view.variants.values() if names.TOTAL_RETURN in item.values]
    if len(variants) < 2:
        return []
    return [
        Paragraph(("", "Which assumption decides the sign?", " " + conclusion(view, variants))),
        table(view, variants),
        *fewer_paths(view, variants),
    ]


def table(view: RunView, variants: list[Variant]) -> Table:
    """Return, range, losses and drawdown for each variant."""
    rows: list[list[Cell | str]] = []
    for variant in variants:
        low, middle, high = quantiles(variant.values[names.TOTAL_RETURN], (0.05, 0.5, 0.95))
        returns = finite(variant.values[names.TOTAL_RETURN])
        yearly = drawdown = "–"
        if names.APY in variant.values:
            yearly = quantity(quantiles(variant.values[names.APY], (0.5,))[0], "%", signed=True)
        if names.DRAWDOWN in variant.values:
            drawdown = quantity(quantiles(variant.values[names.DRAWDOWN], (0.5,))[0], "%")
        short, longer = variant_words(view, variant.name)
        rows.append(
            [
                Cell(short, note=longer),
                Cell(quantity(middle, "%", signed=True), _tone(middle)),
                yearly,
                interval(quantity(low, "%", signed=True), quantity(high, "%", signed=True)),
                probability(int((returns < 0).sum()), returns.size),
                drawdown,
            ]
        )
    return Table(
        (
            "the same paths, if",
            "total return",
            "a year",
            "5–95 %",
            "lose money",
            "fall from peak",
        ),
        rows,
        caption="Medians over the paths; 5–95 % holds the total return of nine paths of ten.",
        marked=0,
    )


def conclusion(view: RunView, variants: list[Variant]) -> str:
    """In one sentence: where the median path gains and where it loses."""
    gains: list[str] = []
    loses: list[str] = []
    for variant in variants:
        middle = quantiles(variant.values[names.TOTAL_RETURN], (0.5,))[0]
        (gains if middle >= 0 else loses).append(_quoted(view, variant.name))
    if not loses or not gains:
        direction = "gains" if gains else "loses"
        return f"None of these: the median path {direction} under each of them."
    return f"The median path gains with {_join(gains)} and loses with {_join(loses)}."


def fewer_paths(view: RunView, variants: list[Variant]) -> list[Block]:
    """Says so where a variant ran fewer paths than the base."""
    counts = {variant.paths for variant in variants}
    if len(counts) == 1:
        return []
    listed = ", ".join(
        f"{number(item.paths, 0)} for {_quoted(view, item.name)}" for item in variants
    )
    return [Paragraph((f"Paths: {listed}.",), "note")]


def _quoted(view: RunView, name: str) -> str:
    return f"“{variant_words(view, name)[0]}”"


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _tone(value: float) -> Tone:
    return "loss" if value < 0 else "gain"
