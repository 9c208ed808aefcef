"""Every error code is raised by a public call, and has its line in the page about errors."""

from __future__ import annotations

import hashlib
import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import voltcore
import voltcore.math as vm
from irs import worlds as rates
from voltcore import _core, amm, errors, sim
from voltcore.report import report_html
from voltcore.report.page import plotly_script
from voltcore.sim import store
from volts import cycle_refusals, user_refusals
from volts import world as vaults

ROOT = Path(__file__).parents[2]
CODES = {code: (name, meaning) for code, name, meaning in _core.error_codes()}
ROWS = np.ones((3, 4), np.uint64)
SMALL = {"market.epochs": 2, "compare": [], "run.paths": 4}
NESTED = "kind = " + "[" * 40

# Called as it is; each is refused with the code.
PLAIN: dict[str, Callable[[], object]] = {
    "E101": lambda: vm.mul_div("1", 1, 1),  # type: ignore[arg-type]
    "E110": lambda: vm.mul_div(-1, 1, 1),
    "E111": lambda: rates.new_pool().initialize_vamm(rates.ANYONE, rates.START, 0),
    "E112": lambda: vm.i80f48_from_float(float("nan")),
    "E113": lambda: vm.mul_div_batch(ROWS, 1, 1, status=np.zeros(3, np.uint16)),  # type: ignore[call-overload]
    "E114": lambda: vm.mul_div_batch(ROWS, 1, 1, mode="all"),  # type: ignore[call-overload]
    "E115": lambda: vm.i80f48_from_decimal("one"),
    "E120": lambda: vm.mul_div_batch(ROWS.astype(float), 1, 1),
    "E121": lambda: vm.mul_div_batch(ROWS[0], 1, 1),
    "E122": lambda: vm.mul_div_batch(ROWS, ROWS[:2], 1),
    "E123": lambda: vm.mul_div_batch(claim(), 1, 1),
    "E124": lambda: vm.mul_div_batch(ROWS, 1, 1, out=np.zeros((3, 4))),  # type: ignore[call-overload]
    "E201": lambda: sim.parse_scenario("kind ="),
    "E202": lambda: sim.parse_scenario('kind = "crab"\nkid = 1'),
    "E203": lambda: sim.parse_scenario('title = "no kind"'),
    "E204": lambda: sim.parse_scenario('kind = "crab"\nkind = "crab"'),
    "E205": lambda: sim.parse_scenario(NESTED),
    "E206": lambda: sim.parse_scenario('kind = "crab"\n[run]\npaths = -1'),
    "E207": lambda: sim.parse_scenario('kind = "crab"\n[market]\nweeks = "/etc/hostname"'),
    "E208": lambda: sim.load_scenario("crab-bct"),
    "E301": lambda: vm.mul_div(2**255, 2, 1),
    "E302": lambda: vm.mul_div(1, 1, 0),
    "E303": lambda: vm.ud60x18_log2(0),
    "E503": lambda: amm.UniswapV3Pool(3000, 60).swap(True, 1, 2**96 - 1),
    "E504": lambda: rates.new_pool().initialize_vamm(rates.ANYONE, rates.START, 2**96),
    "E505": lambda: settle_early(),
    "E604": lambda: rates.new_pool().burn(*burned()),
    "E607": lambda: liquidate_a_healthy_one(),
    "E701": lambda: read_a_fallen_index(),
    "E705": lambda: go_back(),
    "E802": lambda: amm.UniswapV3Pool.from_bytes(amm.UniswapV3Pool(3000, 60).to_bytes() + b"\0"),
    "E803": lambda: amm.UniswapV3Pool.from_bytes(of_a_newer_version()),
    "E901": lambda: voltcore.run("crab-btc", paths=4, overrides=SMALL, memory_limit=1),
}


def claim() -> np.ndarray[Any, Any]:
    """A view that says it has 2^59 elements."""
    return np.lib.stride_tricks.as_strided(ROWS, (2**57, 4), (0, 0), writeable=False)


def settle_early() -> object:
    return rates.traded_pool().settle_position(rates.ANYONE, rates.START, rates.LP, *rates.RANGE)


def burned() -> tuple[Any, ...]:
    return rates.LP, rates.START, rates.LP, *rates.RANGE, 1


def liquidate_a_healthy_one() -> object:
    pool = rates.traded_pool()
    return pool.liquidate_position(rates.ANYONE, rates.START, rates.FIXED, -60, 60)


def read_a_fallen_index() -> object:
    pool = rates.new_pool(kind="push")
    later = rates.START + rates.DAY
    pool.set_rate(later, 10**27 - 1, later - 5)
    pool.write_oracle_entry(rates.ANYONE, later)
    return pool.variable_factor_no_cache(later)


def go_back() -> None:
    rates.new_pool().set_rate(rates.START - 1, 10**27)


def of_a_newer_version() -> bytes:
    """A right snapshot of the next major version: 8 bytes of magic, then the version."""
    head = struct.Struct("<8sHH16sQ")
    good = amm.UniswapV3Pool(3000, 60).to_bytes()
    magic, major, minor, kind, size = head.unpack_from(good)
    newer = head.pack(magic, major + 1, minor, kind, size)
    payload = good[head.size + 32 :]
    return newer + hashlib.sha256(newer + payload).digest() + payload


# The volts' refusals are scenes of their own; one is taken for each class.
SCENES = [*cycle_refusals.CASES, *user_refusals.CASES]


def of_a_volt(kind: type[errors.VoltcoreError]) -> None:
    scene = next(scene for _, raised, scene in SCENES if raised is kind)
    volt, call = scene()
    call(volt)


OF_VOLTS: dict[str, type[errors.VoltcoreError]] = {
    "E401": errors.NotAuthorizedError,
    "E501": errors.StateError,
    "E502": errors.PausedError,
    "E506": errors.PhaseError,
    "E601": errors.FundsError,
    "E602": errors.InsufficientFundsError,
    "E603": errors.MarginError,
    "E605": errors.CapError,
    "E606": errors.SlippageError,
    "E702": errors.StalePriceError,
    "E703": errors.PriceBoundError,
}

# Need a folder, or a library or a disk that fails.
OF_FILES = ("E801", "E804", "E805", "E806", "E807", "E902", "E991")

# Two threads, a call from inside a call, an audit that failed: raised by the handle that every
# engine sits in, and made to happen there.
IN_CPP = {"E507": "busy", "E508": "reentered", "E509": "poisoned"}

# In the table for what is still to come; to be struck from here as soon as the core can raise it.
NOT_YET = {"E704": "confidence"}


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(errors.VoltcoreError) as caught:
        call()
    assert caught.value.code == code
    assert type(caught.value) is getattr(errors, CODES[code][0])
    assert str(caught.value).startswith(code)


def test_every_code_is_accounted_for() -> None:
    known = [*PLAIN, *OF_VOLTS, *OF_FILES, *IN_CPP, *NOT_YET]
    assert sorted(known) == sorted(CODES)


@pytest.mark.parametrize("code", PLAIN)
def test_a_public_call_is_refused_with_the_code(code: str) -> None:
    refused(code, PLAIN[code])
    assert CODES[code][1]


@pytest.mark.parametrize("code", OF_VOLTS)
def test_a_volt_refuses_with_the_code(code: str) -> None:
    refused(code, lambda: of_a_volt(OF_VOLTS[code]))
    assert vaults.ADMIN


def small(**options: Any) -> sim.Results:
    return voltcore.run("crab-btc", seed=5, overrides=SMALL, **options)


def test_files_are_refused_with_their_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[str] = []

    def expect(code: str, call: Callable[[], object]) -> None:
        refused(code, call)
        raised.append(code)

    (tmp_path / "file").write_text("")
    expect("E801", lambda: small(out=tmp_path / "file" / "below"))
    small(out=tmp_path / "run")
    expect("E805", lambda: small(out=tmp_path / "run"))
    expect(
        "E806",
        lambda: voltcore.run(
            "crab-btc", seed=6, overrides=SMALL, out=tmp_path / "run", resume=True
        ),
    )
    with store.Folder(tmp_path / "run") as held:
        held.lock()
        expect("E804", lambda: small(out=tmp_path / "run", resume=True))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store.calls, "write", full)
        expect("E807", lambda: small(out=tmp_path / "full"))
    results = small()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "plotly.graph_objects", None)
        expect("E902", lambda: results.figures["share_price"])
    with monkeypatch.context() as patched:
        patched.setattr("plotly.offline.get_plotlyjs", lambda: "</script>")
        plotly_script.cache_clear()
        expect("E991", lambda: report_html(results))
    plotly_script.cache_clear()
    assert sorted(raised) == list(OF_FILES)


@pytest.mark.parametrize("code", IN_CPP)
def test_what_python_cannot_reach_is_tested_in_the_core(code: str) -> None:
    text = (ROOT / "cpp" / "tests" / "bindings_engine_handle.cpp").read_text(encoding="utf-8")
    assert re.search(rf"== *\n? *ErrorCode::{IN_CPP[code]}\b", text)


@pytest.mark.parametrize("code", NOT_YET)
def test_a_code_without_a_test_is_one_that_nothing_raises(code: str) -> None:
    files = [*(ROOT / "cpp" / "src").rglob("*.cpp"), *(ROOT / "cpp").rglob("*.hpp")]
    raising = [file for file in files if f"ErrorCode::{NOT_YET[code]}" in file.read_text("utf-8")]
    assert len(files) > 50
    assert raising == []


def test_the_page_about_errors_has_a_line_for_every_code_and_for_no_other() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (E\d+) \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    assert {code: (name, meaning) for code, name, meaning in lines} == CODES
    assert len(lines) == len(CODES)
