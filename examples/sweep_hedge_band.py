"""How wide should the hedge band be? A sweep over band and premium, kept in a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import voltcore

OVER = {
    "volt.hedge_band_bps": [100, 500, 2_500],
    "funding.variance_premium": {"from": 1.0, "to": 1.5, "steps": 3},
}


def hedge_band(folder: Path, paths: int = 200) -> voltcore.Sweep:
    """The sweep; started again after Ctrl-C it goes on where it stopped."""
    return voltcore.sweep(
        "crab-btc", OVER, paths=paths, out=folder, resume=True, overrides={"compare": []}
    )


if __name__ == "__main__":
    sweep = hedge_band(Path(sys.argv[1] if len(sys.argv) > 1 else "hedge-band"))
    print(sweep)
    print(sweep.report("hedge-band.html"))
