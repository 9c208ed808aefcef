"""Bad crab scenarios and bad tables of weeks through the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

HEADER = "epoch_end_utc,close_usd,realised_variance,perp_funding_sum\n"
WEEK = "2020-01-10T02:00:00Z,8000,0.01,0.001\n"
OWN = '[market]\nweeks = "weeks.csv"\n'


def refused(in_process: Any, folder: Path, scenario: str, *parts: str) -> str:
    """One typed line, which is returned, status 2, and nothing written."""
    (folder / "crab.toml").write_text(f'kind = "crab"\n{scenario}')
    before = sorted(os.listdir(folder))
    done = in_process("run", "crab.toml", "--paths", "2", "--out", "out")
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line
    assert sorted(os.listdir(folder)) == before
    return line


@pytest.mark.parametrize(
    ("scenario", "parts"),
    [
        ("[volt]\nhedge_bnd_bps = 1\n", ("E202 volt.hedge_bnd_bps", "'hedge_band_bps'")),
        ("[vnue]\n", ("E202 vnue", "'venue'")),
        ("[volt]\ntarget_leverage = 0.5\n", ("E206 volt.target_leverage: 0.5 is not in [-1, 0)",)),
        ("[volt]\ntarget_leverage = nan\n", ("E206 volt.target_leverage: nan is not a finite",)),
        ("[volt]\ntarget_leverage = -0.2\n", ("volt.target_leverage_lenience: 0.25 is larger",)),
        ("[volt]\ndeposit_usdc = 1e5\n", ("volt.deposit_usdc: 100000.0 is a number",)),
        ("[volt]\ndeposit_usdc = true\n", ("volt.deposit_usdc: True is true or false",)),
        ('[volt]\ndeposit_usdc = "9"\n', ("volt.deposit_usdc: '9' is text, not an integer",)),
        (f"[volt]\ndeposit_usdc = 1{'0' * 40}\n", ("volt.deposit_usdc", "2^63")),
        ("[volt]\nmax_quote_pos_change_usdc = 1\n", ("less than a thousandth of the deposit",)),
        ("[venue.squared]\nmaint_leverage = 2\n", ("venue.squared.maint_leverage: 2.0 is not ab",)),
        ("[venue.linear]\nliquidation_fee_bps = 1000\n", ("venue.linear.liquidation_fee_bps",)),
        ('[[compare]]\nname = "base"\n', ("E206 compare[0].name: 'base' is used twice",)),
        ('[[compare]]\nname = "A b"\n', ("compare[0].name: 'A b' does not match ^[a-z]",)),
        ("compare = 3\n", ("E206 compare: 3 is an integer, not an array",)),
        ('[funding]\nrule = "varience"\n', ("E206 funding.rule", "did you mean 'variance'")),
        ("[market]\nepochs = 300\n", ("E206 market.epochs: 300 is more than the 260 weeks",)),
        ('[market]\nweeks = "btc_weakly.csv"\n', ("E207 market.weeks", "'btc_weekly.csv'")),
        ('[market]\nweeks = "/etc/passwd"\n', ("E207 market.weeks", "is an absolute path")),
        ("[run]\npaths_per_shard = 0\n", ("E206 run.paths_per_shard: 0 is not in [1, 16777216]",)),
    ],
)
def test_a_bad_setting(in_process: Any, folder: Path, scenario: str, parts: Any) -> None:
    assert refused(in_process, folder, scenario, *parts)


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        ("", ("E206 market.weeks: is not a table with the columns",)),
        (HEADER, ("E206 market.weeks: is not a table with the columns",)),
        ("a,b\n1,2\n", ("E206 market.weeks: is not a table with the columns",)),
        (HEADER + WEEK.replace("8000", "nan"), ("E206 market.weeks[0].close_usd: 'nan'",)),
        (HEADER + WEEK.replace("8000", "1e999"), ("market.weeks[0].close_usd: '1e999'",)),
        (HEADER + WEEK.replace("8000", "-5"), ("market.weeks[0].close_usd: '-5'", "[0.01,")),
        (HEADER + WEEK.replace("8000", ""), ("market.weeks[0].close_usd: ''",)),
        (HEADER + WEEK.replace(",0.01,0.001", ""), ("market.weeks[0].realised_variance",)),
        (HEADER + WEEK.replace("2020-01-10T02:00:00Z", "soon"), ("'soon' is not an ISO 8601",)),
        (HEADER + WEEK + WEEK, ("market.weeks[1].epoch_end_utc", "168 hours after")),
        (HEADER + '"' + "9" * 200_000 + '",1,1,1\n', ("market.weeks: is not a CSV table",)),
        ("\udcff\udcfe\0", ("market.weeks: is not a CSV table in UTF-8",)),
    ],
)
def test_a_bad_table_of_weeks(in_process: Any, folder: Path, table: str, parts: Any) -> None:
    (folder / "weeks.csv").write_bytes(table.encode("utf-8", "surrogateescape"))
    assert refused(in_process, folder, OWN, *parts)


def test_a_table_of_ones_own_runs(in_process: Any, folder: Path) -> None:
    (folder / "weeks.csv").write_text(HEADER + WEEK)
    (folder / "crab.toml").write_text(f'kind = "crab"\n{OWN}')
    done = in_process("run", "crab.toml", "--paths", "2", "--no-report", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "2 paths x 168 steps" in done.stdout
