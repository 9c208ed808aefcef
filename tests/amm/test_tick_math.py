"""Ticks and sqrt prices, every one of them, against Python integers."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voltcore import _core, amm
from voltcore.errors import ArrayError, InputRangeError, InputTypeError

# 2^128 / 1.0001^(2^i / 2): constants of the protocol (spec of TickMath.sol).
FACTORS = [
    0xFFFCB933BD6FAD37AA2D162D1A594001,
    0xFFF97272373D413259A46990580E213A,
    0xFFF2E50F5F656932EF12357CF3C7FDCC,
    0xFFE5CACA7E10E4E61C3624EAA0941CD0,
    0xFFCB9843D60F6159C9DB58835C926644,
    0xFF973B41FA98C081472E6896DFB254C0,
    0xFF2EA16466C96A3843EC78B326B52861,
    0xFE5DEE046A99A2A811C461F1969C3053,
    0xFCBE86C7900A88AEDCFFC83B479AA3A4,
    0xF987A7253AC413176F2B074CF7815E54,
    0xF3392B0822B70005940C7A398E4B70F3,
    0xE7159475A2C29B7443B29C7FA6E889D9,
    0xD097F3BDFD2022B8845AD8F792AA5825,
    0xA9F746462D870FDF8A65DC1F90E061E5,
    0x70D869A156D2A1B890BB3DF62BAF32F7,
    0x31BE135F97D08FD981231505542FCFA6,
    0x09AA508B5B7A84E1C677DE54F3E99BC9,
    0x5D6AF8DEDB81196699C329225EE604,
    0x2216E584F5FA1EA926041BEDFE98,
    0x48A170391F7DC42444E8FA2,
]
LIMITS = {"voltz": 69100, "uniswap_v3": 887272}


def reference_ratios(most: int) -> list[int]:
    """Sqrt prices of all ticks from -most to most, one multiplication each."""
    # The product for |t| is that without its highest bit, times that bit's factor.
    products = [1 << 128, FACTORS[0]]
    for magnitude in range(2, most + 1):
        top = magnitude.bit_length() - 1
        products.append(products[magnitude - (1 << top)] * FACTORS[top] >> 128)
    below = [-(-r >> 32) for r in products]
    above = [-(-(((1 << 256) - 1) // r) >> 32) for r in islice(products, 1, None)]
    return below[::-1] + above


def limbs(values: list[int]) -> NDArray[np.uint64]:
    data = b"".join(value.to_bytes(32, "little") for value in values)
    return np.frombuffer(data, dtype="<u8").reshape(-1, 4).astype(np.uint64)


@pytest.fixture(scope="module", params=["voltz", "uniswap_v3"])
def ratios(request: pytest.FixtureRequest) -> tuple[str, NDArray[np.int32], list[int]]:
    most = LIMITS[request.param]
    return request.param, np.arange(-most, most + 1, dtype=np.int32), reference_ratios(most)


def test_every_tick_has_the_price_of_the_big_integers(
    ratios: tuple[str, NDArray[np.int32], list[int]],
) -> None:
    protocol, ticks, expected = ratios
    values, status = amm.sqrt_ratio_at_tick_rows(ticks, protocol=protocol)
    assert not status.any()
    np.testing.assert_array_equal(values, limbs(expected))


def test_every_price_and_its_neighbours_have_the_tick_of_the_big_integers(
    ratios: tuple[str, NDArray[np.int32], list[int]],
) -> None:
    protocol, ticks, expected = ratios
    # The price of the last tick is not legal itself.
    for offset in (-1, 0, 1):
        prices = limbs([price + offset for price in expected])
        found, status = amm.tick_at_sqrt_ratio_rows(prices, protocol=protocol)
        legal = np.ones(len(ticks), dtype=bool)
        legal[0] = offset >= 0
        legal[-1] = offset < 0
        np.testing.assert_array_equal(status, np.where(legal, 0, 110))
        want = ticks - (1 if offset < 0 else 0)
        np.testing.assert_array_equal(found[legal], want[legal])


@pytest.mark.parametrize("share", [16, 20, 28])
def test_prices_between_two_ticks_have_the_lower_one(
    ratios: tuple[str, NDArray[np.int32], list[int]], share: int
) -> None:
    protocol, ticks, expected = ratios
    # A tick is a step of 2**-14.3 of the price.
    above = limbs([price + (price >> share) for price in expected[:-1]])
    below = limbs([price - (price >> share) for price in expected[1:]])
    for prices in (above, below):
        found, status = amm.tick_at_sqrt_ratio_rows(prices, protocol=protocol)
        assert not status.any()
        np.testing.assert_array_equal(found, ticks[:-1])


@pytest.mark.parametrize("illegal", [0, 4295128738, 2**160, 2**192 + 2**96, 2**255])
def test_an_illegal_price_is_refused_alone_among_the_rows_around_it(illegal: int) -> None:
    ticks = np.arange(-500, 500, dtype=np.int32)
    prices = amm.sqrt_ratio_at_tick_rows(ticks, protocol="uniswap_v3").values
    prices[:, 0] += np.uint64(10**9)  # off the ticks: rows are decided many at a time
    rows = np.array([0, 63, 64, 700, 999])
    prices[rows] = limbs([illegal])[0]
    found, status = amm.tick_at_sqrt_ratio_rows(prices, protocol="uniswap_v3")
    refused = np.zeros(len(ticks), dtype=bool)
    refused[rows] = True
    np.testing.assert_array_equal(status, np.where(refused, 110, 0))
    np.testing.assert_array_equal(found, np.where(refused, 0, ticks))


@given(st.integers(4295128739, 1461446703485210103287273052203988822378723970341))
def test_the_tick_of_any_price_is_the_greatest_with_a_price_at_most_as_high(price: int) -> None:
    tick = amm.tick_at_sqrt_ratio(price, protocol="uniswap_v3")
    assert _core.amm_sqrt_ratio_at_tick_plain(tick) <= price
    assert price < _core.amm_sqrt_ratio_at_tick_plain(tick + 1)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_do_not_change_a_row(threads: int) -> None:
    ticks = np.arange(-69200, 69200, dtype=np.int32)
    alone = amm.sqrt_ratio_at_tick_rows(ticks, threads=1)
    many = amm.sqrt_ratio_at_tick_rows(ticks, threads=threads)
    np.testing.assert_array_equal(alone.values, many.values)
    np.testing.assert_array_equal(alone.status, many.status)
    assert alone.status[0] == 110
    assert not alone.values[0].any()


@pytest.mark.parametrize("tick", [-69101, 69101, 2**31 - 1])
def test_a_tick_out_of_range_is_refused_with_the_text_of_the_contract(tick: int) -> None:
    with pytest.raises(InputRangeError) as caught:
        amm.sqrt_ratio_at_tick(tick)
    assert (caught.value.code, caught.value.onchain, caught.value.onchain_kind) == (
        "E110",
        "T",
        "require",
    )


@pytest.mark.parametrize("price", [0, 2503036416286949174936592461, 2**160, 2**256 - 1])
def test_a_price_out_of_range_is_refused_with_the_text_of_the_contract(price: int) -> None:
    with pytest.raises(InputRangeError) as caught:
        amm.tick_at_sqrt_ratio(price)
    assert caught.value.onchain == "R"


@pytest.mark.parametrize("tick", [True, 1.0, "1", None])
def test_only_integers_are_ticks(tick: object) -> None:
    with pytest.raises(InputTypeError) as caught:
        amm.sqrt_ratio_at_tick(tick)  # type: ignore[arg-type]
    assert caught.value.field == "tick"


def test_an_unknown_protocol_is_refused_by_name() -> None:
    with pytest.raises(InputRangeError) as caught:
        amm.sqrt_ratio_at_tick(0, protocol="sushi")  # type: ignore[arg-type]
    assert caught.value.code == "E114"


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(3),
        np.zeros((3, 4)),
        np.zeros((3, 3), dtype=np.uint64),
        np.zeros(3, dtype=bool),
        np.full(2, 2**40),
    ],
)
def test_arrays_of_another_dtype_or_shape_are_refused(array: NDArray[np.generic]) -> None:
    with pytest.raises(ArrayError):
        amm.tick_at_sqrt_ratio_rows(array)  # type: ignore[arg-type]
    with pytest.raises(ArrayError):
        amm.sqrt_ratio_at_tick_rows(array)


def test_strided_and_wider_ticks_give_the_result_of_a_plain_copy() -> None:
    ticks = np.arange(-500, 500, dtype=np.int64)[::-3]
    plain = amm.sqrt_ratio_at_tick_rows(np.array(ticks, dtype=np.int32))
    np.testing.assert_array_equal(amm.sqrt_ratio_at_tick_rows(ticks).values, plain.values)


def test_an_empty_batch_is_empty() -> None:
    values, status = amm.sqrt_ratio_at_tick_rows(np.zeros(0, dtype=np.int32))
    assert values.shape == (0, 4)
    assert status.shape == (0,)


@pytest.mark.parametrize("spacing", [0, -1, 16384])
def test_a_spacing_out_of_range_is_refused(spacing: int) -> None:
    with pytest.raises(InputRangeError) as caught:
        amm.max_liquidity_per_tick(spacing)
    assert caught.value.onchain == "TSOOB"
