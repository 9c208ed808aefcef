"""Python ints of every length and sign pass the border unchanged, and one too many is refused."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

import voltcore.math as vm
from voltcore import amm
from voltcore.errors import InputRangeError, InputTypeError


def owner_of(value: int) -> int:
    """A position's owner is a u64: the number it was minted for finds it."""
    pool = amm.UniswapV3Pool(3000, 60)
    pool.initialize(1 << 96)
    pool.mint(value, -60, 60, 7)
    assert pool.position(value, -60, 60)["liquidity"] == 7
    return value


BORDERS: list[tuple[str, int, int, Callable[[int], int]]] = [
    ("u64", 0, 2**64, owner_of),
    ("i128", -(2**127), 2**127, lambda x: vm.i80f48_add(x, 0)),
    ("u256", 0, 2**256, lambda x: vm.mul_div(x, 1, 1)),
    ("i256", -(2**255) + 1, 2**255, lambda x: vm.mul_div_signed(x, 1, 1)),
]


def numbers(low: int, end: int) -> list[int]:
    """The neighbours of all powers of two, of digits and limbs of ones, and random lengths."""
    draw = random.Random(5)
    out = {low, low + 1, end - 1, end - 2}
    for bits in range(260):
        out |= {(1 << bits) - 1, 1 << bits, (1 << bits) + 1, ((1 << 30) - 1) << bits}
        out |= {((1 << 64) - 1) << bits, draw.getrandbits(bits + 1)}
    return [x for size in sorted(out) for x in (size, -size) if low <= x < end]


@pytest.mark.parametrize(("low", "end", "there_and_back"), [b[1:] for b in BORDERS])
def test_every_length_and_sign_comes_back(
    low: int, end: int, there_and_back: Callable[[int], int]
) -> None:
    given = numbers(low, end)
    assert len(given) > 200
    assert [there_and_back(x) for x in given] == given


@pytest.mark.parametrize(("low", "end", "there_and_back"), [b[1:] for b in BORDERS])
def test_what_does_not_fit_is_refused_with_its_value(
    low: int, end: int, there_and_back: Callable[[int], int]
) -> None:
    least = low if low == 0 or low == -(2**127) else low - 1  # -2^255 itself passes the border
    for x in (end, end + 1, 2 * end, 2**300, 2**5000, least - 1, least - 2**40, -(2**300)):
        with pytest.raises(InputRangeError) as caught:
            there_and_back(x)
        assert caught.value.value == x


def test_numpy_ints_and_subclasses_are_ints_and_floats_and_bools_are_not() -> None:
    class Index(int):
        pass

    assert vm.mul_div(np.uint64(2**64 - 1), Index(2**100), 1) == (2**64 - 1) * 2**100
    for x in (1.0, True, np.float64(1), "1", None):
        with pytest.raises(InputTypeError):
            vm.mul_div(x, 1, 1)  # type: ignore[arg-type]
