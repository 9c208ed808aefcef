"""Which assumption decides the sign of the crab's result? The same paths under each of them."""

from __future__ import annotations

import voltcore

Row = tuple[str, float, float, float]


def rows(paths: int = 1_000, seed: int = 7) -> list[Row]:
    """Assumption, median total return, its 5 % quantile, probability of a loss."""
    result = voltcore.run("crab-btc", paths=paths, seed=seed)
    return [
        (
            name,
            variant.quantile("total_return", 0.5),
            variant.quantile("total_return", 0.05),
            float(variant.probability("loss")),
        )
        for name, variant in result.variants.items()
    ]


if __name__ == "__main__":
    print(f"{'assumption':16} {'median %':>9} {'5 % worst':>9} {'loss':>6}")
    for name, median, low, loss in rows():
        print(f"{name:16} {median:9.2f} {low:9.2f} {loss:6.1%}")
