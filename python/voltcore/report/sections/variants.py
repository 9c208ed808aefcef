"""The variants of a run side by side."""

from __future__ import annotations

from voltcore.report.blocks import Cell, Section, Table
from voltcore.report.numbers import NOTHING, number, probability, quantity
from voltcore.report.statistics import quantiles
from voltcore.report.view import RunView
from voltcore.report.words import label_of, shortened

_MOST = 5


def variants(view: RunView) -> Section | None:
    """Medians of the first headline columns under each variant; None if there is only one."""
    shown = [(name, column) for name, column in view.columns.items() if column.headline][:_MOST]
    if len(view.variants) < 2 or not shown:
        return None
    rows: list[list[Cell | str]] = []
    for variant in view.variants.values():
        cells: list[Cell | str] = [
            Cell(variant.name.replace("_", " "), note=f"{number(variant.paths, 0)} paths")
        ]
        for name, column in shown:
            values = variant.values.get(name)
            if values is None:
                cells.append(NOTHING)
            elif column.dtype == "bool":
                cells.append(probability(view.happened(name, variant), values.size))
            else:
                cells.append(quantity(quantiles(values, (0.5,))[0], column.unit))
        rows.append(cells)
    return Section(
        "variants",
        "The same paths under other settings",
        [
            Table(
                ("variant", *(shortened(label_of(column), 40) for _, column in shown)),
                rows,
                caption="Medians over the paths; of an event, its probability.",
                marked=0,
            )
        ],
    )
