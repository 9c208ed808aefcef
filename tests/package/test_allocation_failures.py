"""A refused allocation is a typed error and leaves every engine as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Between them they make every call of every engine.
CALLERS = (
    "amm/test_pool.py",
    "irs/test_pool_as_a_value.py",
    "irs/test_refusals.py",
    "irs/test_rules_of_the_text.py",
    "irs/test_settling_the_module.py",
    "perps/test_authority.py",
    "perps/test_routes.py",
    "venues/test_liquidation.py",
    "venues/test_margin_venue_walk.py",
    "venues/test_off_book.py",
    "venues/test_perp_book.py",
    "venues/test_perp_orders.py",
    "venues/test_quoted_fills.py",
    "venues/test_settling.py",
    "venues/test_spot.py",
    "venues/test_spot_fills_at_quote.py",
    "volts/test_authority.py",
    "volts/test_basis.py",
    "volts/test_book.py",
    "volts/test_off_book_leg.py",
    "volts/test_spot_leg.py",
    "volts/test_settling_outside.py",
    "volts/test_volt_walk.py",
)


# Calls that change nothing, whatever happens in them; the callers above leave some of them out.
READINGS = {
    f"{engine}.{name}"
    for engine, names in {
        "UniswapV3Pool": "bitmap_word config initialized_ticks position tick",
        "IrsPool": "bitmap_word compute_growth_inside module_state tick",
        "BasketPool": "aum clock lp_price position_view",
        "JlpPool": "aum clock custody_aum hourly_rate position_view virtual_price",
        "MarginVenue": "require_fresh",
        "VolPool": "clock health liquidatable mark_to_market pool_value value_of",
        "Volt": "collateral_ratio_bps entropy_round epoch_info finished_epochs "
        "has_open_off_book_order hedge_target_lots share_price",
    }.items()
    for name in names.split()
}


@pytest.mark.skipif(sys.platform != "linux", reason="preloads an allocator as Linux does it")
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
def test_every_engine_call_survives_every_failing_allocation(tmp_path: Path) -> None:
    library, report = tmp_path / "failing_new.so", tmp_path / "report.json"
    source = TESTS / "allocation" / "failing_new.cpp"
    compiler = ["g++", "-std=c++20", "-O1", "-shared", "-fPIC"]
    subprocess.run([*compiler, str(source), "-o", str(library)], check=True)
    paths = [str(TESTS / "allocation"), os.environ.get("PYTHONPATH", "")]
    pytest_command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider"]
    pytest_command += ["-p", "failing_allocations"]
    run = subprocess.run(
        [*pytest_command, *(str(TESTS / name) for name in CALLERS)],
        cwd=TESTS.parent,
        env=os.environ
        | {
            "LD_PRELOAD": str(library),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "VOLTCORE_ALLOCATION_REPORT": str(report),
        },
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4_000:]
    seen = json.loads(report.read_text(encoding="utf-8"))
    assert seen["broken"] == []
    assert sorted(set(seen["methods"]) - set(seen["tried"]) - READINGS) == []
    # A harness that has come loose would see no failures.
    assert len(seen["failed"]) > 100
    assert sum(seen["failed"].values()) > 2_000
