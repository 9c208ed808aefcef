"""What cannot be drawn, or not into an array, is refused by name and bound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from voltcore import errors
from voltcore.markets import (
    BlockBootstrap,
    EpochBridge,
    GeometricBrownianMotion,
    MertonJumps,
    path_blocks,
    paths,
    unit_paths,
)

WALK = GeometricBrownianMotion(7804.99, drift=0.3, volatility=0.66)
CLOSES = [6_888_850_000, 7_804_990_000, 8_738_510_000, 5_000_000_000]
BRIDGE = EpochBridge(CLOSES, [0.00856558, 0.00521596, 0.61])


@pytest.mark.parametrize(
    ("out", "code"),
    [
        (np.empty((3, 5)), "E121"),
        (np.empty((3, 6), dtype=np.float32), "E124"),
        (np.empty((3, 6), dtype=">f8"), "E124"),
        (np.empty((3, 6), order="F"), "E124"),
        (np.broadcast_to(np.empty(6), (3, 6)), "E124"),
    ],
)
def test_an_unsuitable_out_is_refused(out: np.ndarray, code: str) -> None:
    with pytest.raises(errors.ArrayError) as caught:
        paths(WALK, 3, 5, 1, out=out)
    assert (caught.value.code, caught.value.field) == (code, "out")


def test_an_out_that_is_no_array_is_refused() -> None:
    for out in ([[0.0] * 6] * 3, np.ma.zeros((3, 6))):
        with pytest.raises(errors.InputTypeError):
            paths(WALK, 3, 5, 1, out=out)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "bad", "cls", "code"),
    [
        ("n_paths", 1.0, errors.InputTypeError, "E101"),
        ("n_paths", True, errors.InputTypeError, "E101"),
        ("n_paths", -1, errors.InputRangeError, "E110"),
        ("n_steps", 0, errors.InputRangeError, "E110"),
        ("n_steps", 2**32, errors.InputRangeError, "E110"),
        ("n_steps", "5", errors.InputTypeError, "E101"),
        ("seed", -1, errors.InputRangeError, "E110"),
        ("seed", 2**64, errors.InputRangeError, "E110"),
        ("seed", None, errors.InputTypeError, "E101"),
        ("seed", np.float64(7), errors.InputTypeError, "E101"),
        ("first_path", 2**64, errors.InputRangeError, "E110"),
        ("first_path", 2**64 - 1, errors.InputRangeError, "E113"),
        ("threads", 0, errors.InputRangeError, "E110"),
        ("threads", 1025, errors.InputRangeError, "E110"),
        ("threads", 2.0, errors.InputTypeError, "E101"),
        ("model", "gbm", errors.InputTypeError, "E101"),
        ("memory_limit", 0, errors.InputRangeError, "E110"),
    ],
)
@pytest.mark.parametrize("draw", [paths, path_blocks])
def test_bad_arguments_are_refused_by_name(
    draw: Any, name: str, bad: object, cls: type[errors.VoltcoreError], code: str
) -> None:
    arguments = {"model": WALK, "n_paths": 2, "n_steps": 5, "seed": 1, name: bad}
    with pytest.raises(cls) as caught:
        draw(**arguments)
    assert (caught.value.code, caught.value.field) == (code, name)


def test_memory_is_priced_before_anything_is_drawn() -> None:
    with pytest.raises(errors.ResourceError, match="800,000,008,000 bytes") as caught:
        paths(WALK, 1000, 100_000_000, 1)
    assert caught.value.code == "E901"
    with pytest.raises(errors.ResourceError):
        paths(WALK, 2**62, 2**32 - 1, 1, memory_limit=2**62)
    with pytest.raises(errors.ResourceError):
        path_blocks(WALK, 10, 5, 1, block_paths=10, memory_limit=100)
    assert paths(WALK, 10, 5, 1, memory_limit=480).shape == (10, 6)


def test_the_bridge_takes_whole_epochs_that_it_has() -> None:
    with pytest.raises(errors.InputRangeError) as caught:
        paths(BRIDGE, 1, 167, 1)
    assert (caught.value.code, caught.value.field) == ("E113", "n_steps")
    with pytest.raises(errors.InputRangeError) as caught:
        paths(BRIDGE, 1, 672, 1)
    assert (caught.value.code, caught.value.field) == ("E110", "n_steps")
    with pytest.raises(errors.InputTypeError):
        unit_paths(WALK, 1, 168, 1)  # type: ignore[arg-type]


NUMBERS = ["start_price", "drift", "volatility", "step_years"]


@pytest.mark.parametrize("cls", [GeometricBrownianMotion, MertonJumps])
@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (math.nan, "E112"),
        (math.inf, "E112"),
        (-math.inf, "E112"),
        (10**400, "E112"),
        (1e300, "E110"),
        (True, "E101"),
        ("1", "E101"),
        (None, "E101"),
        (1j, "E101"),
    ],
)
def test_models_refuse_what_is_no_usable_number(
    cls: Any, name: str, bad: object, error: str
) -> None:
    with pytest.raises(errors.VoltcoreError) as caught:
        cls(**{"start_price": 1.0, name: bad})
    assert (caught.value.code, caught.value.field) == (error, name)


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"start_price": 0.0}, "E111", "start_price"),
        ({"start_price": -1.0}, "E111", "start_price"),
        ({"volatility": -0.1}, "E110", "volatility"),
        ({"step_years": 0.0}, "E111", "step_years"),
        ({"jump_rate": -1.0}, "E110", "jump_rate"),
        ({"jump_rate": 17 * 8766.0}, "E113", "jump_rate"),
        ({"jump_mean": 11.0}, "E110", "jump_mean"),
        ({"jump_volatility": -0.1}, "E110", "jump_volatility"),
        ({"jump_volatility": math.nan}, "E112", "jump_volatility"),
    ],
)
def test_merton_refuses_values_out_of_range(
    arguments: dict[str, float], code: str, field: str
) -> None:
    with pytest.raises(errors.InputRangeError) as caught:
        MertonJumps(**{"start_price": 1.0, **arguments})
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"returns": []}, "E121", "returns"),
        ({"returns": [[0.1]]}, "E121", "returns"),
        ({"returns": ["a"]}, "E120", "returns"),
        ({"returns": [0.1, math.nan]}, "E112", "returns[1]"),
        ({"returns": [0.1, 11.0]}, "E110", "returns"),
        ({"block_length": 0}, "E110", "block_length"),
        ({"block_length": 4}, "E110", "block_length"),
        ({"block_length": 1.5}, "E101", "block_length"),
        ({"kind": "square"}, "E114", "kind"),
        ({"kind": 3}, "E101", "kind"),
        ({"start_price": 0.0}, "E111", "start_price"),
    ],
)
def test_the_bootstrap_refuses_what_it_cannot_draw_from(
    arguments: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(errors.VoltcoreError) as caught:
        BlockBootstrap(**{"returns": [0.1, 0.2, 0.3], "block_length": 2, **arguments})
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"closes": [1, 2]}, "E122", "closes"),
        ({"closes": [1, 0, 2]}, "E110", "closes[1]"),
        ({"closes": [1, 2, 2**51 + 1]}, "E110", "closes[2]"),
        ({"closes": [1.0, 2.0, 3.0]}, "E120", "closes"),
        ({"realised_variance": [0.1, -0.1]}, "E110", "realised_variance[1]"),
        ({"realised_variance": [0.1, 101.0]}, "E110", "realised_variance[1]"),
        ({"realised_variance": [0.1, math.nan]}, "E112", "realised_variance[1]"),
        ({"closes": [1], "realised_variance": []}, "E110", "epochs"),
        ({"steps_per_epoch": 0}, "E110", "steps_per_epoch"),
        ({"steps_per_epoch": True}, "E101", "steps_per_epoch"),
        ({"scale": 0}, "E110", "scale"),
    ],
)
def test_the_bridge_refuses_what_it_cannot_span(
    arguments: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(errors.VoltcoreError) as caught:
        EpochBridge(**{"closes": [1, 2, 3], "realised_variance": [0.1, 0.2], **arguments})
    assert (caught.value.code, caught.value.field) == (code, field)
