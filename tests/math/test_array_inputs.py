"""Arrays at the border of a batch: layouts that must not matter, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import voltcore.math as vm
from voltcore import ArrayError, InputRangeError, InputTypeError, ResourceError, VoltcoreError

Limbs = NDArray[np.uint64]
N = 257
RNG = np.random.default_rng(11)
A, B, D = (RNG.integers(0, 2**64, (N, 4), np.uint64) for _ in range(3))
A[:, 3] >>= np.uint64(1)
D[:, 3] |= np.uint64(1 << 63)
EXPECTED = [a * b // d for a, b, d in zip(*(vm.ints_from_limbs(x) for x in (A, B, D)), strict=True)]


def misaligned(array: Limbs) -> Limbs:
    raw = np.zeros(array.nbytes + 1, np.uint8)
    view = raw[1:].view(np.uint64).reshape(array.shape)
    view[...] = array
    assert not view.flags.aligned
    return view


def read_only(array: Limbs) -> Limbs:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def strided(array: Limbs) -> Limbs:
    wide = np.zeros((2 * len(array), 8), np.uint64)
    wide[::2, ::2] = array
    return wide[::2, ::2]


LAYOUTS: dict[str, Callable[[Limbs], object]] = {
    "plain": lambda a: a,
    "strided": strided,
    "reversed": lambda a: a[::-1].copy()[::-1],
    "limbs reversed": lambda a: a[:, ::-1].copy()[:, ::-1],
    "fortran": np.asfortranarray,
    "misaligned": misaligned,
    "read-only": read_only,
    "byte-swapped": lambda a: a.astype(">u8"),
    "subclass": lambda a: a.view(np.recarray),
    "memory-mapped type": lambda a: a.view(np.memmap),
    "list of lists": lambda a: a.tolist(),
    "array protocol": lambda a: Wrapped(a),
}


class Wrapped:
    def __init__(self, array: Limbs) -> None:
        self.array = array

    def __array__(self, dtype: object = None, copy: object = None) -> Limbs:
        return self.array


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_layout_does_not_change_the_result(layout: Callable[[Limbs], object]) -> None:
    before = [x.copy() for x in (A, B, D)]
    got = vm.mul_div_batch(layout(A), layout(B), layout(D))
    assert got.flags.c_contiguous
    assert got.dtype == np.uint64
    assert vm.ints_from_limbs(got) == EXPECTED
    assert all(np.array_equal(x, y) for x, y in zip(before, (A, B, D), strict=True))


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int8, np.uint32])
def test_narrower_and_signed_integers_are_read_when_every_value_fits(dtype: type) -> None:
    small = RNG.integers(0, 100, (N, 4)).astype(dtype)
    got = vm.mul_div_batch(small, 1, 1)
    assert np.array_equal(got, small.astype(np.uint64))


REFUSED: dict[str, tuple[object, str]] = {
    "float": (A.astype(np.float64), "E120"),
    "bool": (A.astype(bool), "E120"),
    "object": (A.astype(object), "E120"),
    "complex": (A.astype(np.complex128), "E120"),
    "text": (A.astype("U20"), "E120"),
    "datetime": (A.view("M8[ns]"), "E120"),
    "structured": (A.view([("a", "u8"), ("b", "u8"), ("c", "u8"), ("d", "u8")]), "E120"),
    "masked": (np.ma.masked_array(A, A > 5), "E120"),
    "masked without a mask": (np.ma.masked_array(A), "E120"),
    "negative": (np.full((N, 4), -1), "E120"),
    "one-dimensional": (A[:, 0], "E121"),
    "three limbs": (A[:, :3], "E121"),
    "three-dimensional": (A[None], "E121"),
    "ragged": ([[1, 2, 3, 4], [1, 2, 3]], "E121"),
    "longer than the others": (np.zeros((N + 1, 4), np.uint64), "E122"),
    "shorter than the others": (A[:-1], "E122"),
    "zero-dimensional": (np.array(5, np.uint64), "E121"),
    "a claim of 2^59 elements": (
        np.lib.stride_tricks.as_strided(A, (2**57, 4), (0, 0), writeable=False),
        "E123",
    ),
}


@pytest.mark.parametrize(("array", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_an_array_that_cannot_be_read_exactly_is_refused(array: object, code: str) -> None:
    with pytest.raises(ArrayError) as caught:
        vm.mul_div_batch(A, array, D)
    assert caught.value.code == code
    assert "b" in str(caught.value.field)


def test_a_claim_beyond_the_memory_of_the_machine_is_refused_before_it_is_copied() -> None:
    claim = np.lib.stride_tricks.as_strided(A, (2**31, 4), (0, 8), writeable=False)
    with pytest.raises(ResourceError) as caught:
        vm.mul_div_batch(claim, 1, 1)
    assert caught.value.field == "a"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.0, InputTypeError),
        (True, InputTypeError),
        (np.True_, InputTypeError),
        (np.float64(1), InputTypeError),
        ("1", InputTypeError),
        (None, InputTypeError),
        (-1, InputRangeError),
        (2**256, InputRangeError),
        (2**16000, InputRangeError),
    ],
    ids=lambda v: f"{type(v).__name__}",
)
def test_an_int_for_every_row_obeys_the_rules_of_a_scalar(
    value: object, error: type[VoltcoreError]
) -> None:
    with pytest.raises(error) as batch:
        vm.mul_div_batch(A, value, D)
    with pytest.raises(error) as scalar:
        vm.mul_div(1, value, 1)  # type: ignore[arg-type]
    assert (batch.value.code, batch.value.field) == (scalar.value.code, scalar.value.field)


def test_an_int_stands_for_every_row() -> None:
    q96 = 2**96
    rows = np.broadcast_to(vm.limbs_from_ints([q96]), (N, 4))
    small = A.copy()
    small[:, 2:] = 0
    assert np.array_equal(
        vm.mul_div_batch(small, small, np.uint64(2**63)), vm.mul_div_batch(small, small, 2**63)
    )
    assert np.array_equal(vm.mul_div_batch(rows, small, q96), vm.mul_div_batch(q96, small, rows))


def test_a_batch_of_ints_alone_is_refused() -> None:
    with pytest.raises(ArrayError) as caught:
        vm.mul_div_batch(1, 2, 3)
    assert caught.value.code == "E121"


def test_a_wrong_number_of_operands_is_refused() -> None:
    with pytest.raises(InputTypeError):
        vm.mul_div_batch(A, B)  # type: ignore[call-overload]


def test_an_empty_batch_has_an_empty_result() -> None:
    empty = np.zeros((0, 4), np.uint64)
    assert vm.mul_div_batch(empty, empty, empty).shape == (0, 4)
    out, status = vm.mul_div_batch(empty, 1, 1, mode="each")
    assert out.shape == (0, 4)
    assert status.shape == (0,)


# Outputs.


def test_a_given_output_is_written_and_returned() -> None:
    out = np.zeros((N, 4), np.uint64)
    assert vm.mul_div_batch(A, B, D, out=out) is out
    assert vm.ints_from_limbs(out) == EXPECTED


SPARE = np.zeros((2 * N, 4), np.uint64)
BAD_OUTPUTS: dict[str, object] = {
    "list": [[0] * 4] * N,
    "float": np.zeros((N, 4)),
    "signed": np.zeros((N, 4), np.int64),
    "short": np.zeros((N - 1, 4), np.uint64),
    "read-only": read_only(A),
    "strided": SPARE[::2],
    "fortran": np.zeros((N, 4), np.uint64, order="F"),
    "misaligned": misaligned(A),
    "byte-swapped": np.zeros((N, 4), ">u8"),
    "an operand": A,
    "a view of an operand": A[:],
    "masked": np.ma.masked_array(np.zeros((N, 4), np.uint64)),
}


@pytest.mark.parametrize("out", BAD_OUTPUTS.values(), ids=BAD_OUTPUTS.keys())
@pytest.mark.parametrize("mode", ["atomic", "each"])
def test_an_output_that_cannot_be_written_exactly_is_refused(out: object, mode: str) -> None:
    before = np.array(out)
    with pytest.raises(ArrayError) as caught:
        vm.mul_div_batch(A, B, D, mode=mode, out=out)  # type: ignore[call-overload]
    assert (caught.value.code, caught.value.field) == ("E124", "out")
    assert np.array_equal(np.array(out), before)


def test_a_status_column_must_be_exact_and_apart_from_the_output() -> None:
    out = np.zeros((N, 4), np.uint64)
    inside = out.view(np.uint16).reshape(-1)[:N]
    for status in (np.zeros(N, np.uint8), np.zeros(N + 1, np.uint16), inside):
        with pytest.raises(ArrayError) as caught:
            vm.mul_div_batch(A, B, D, mode="each", out=out, status=status)
        assert (caught.value.code, caught.value.field) == ("E124", "status")


def test_a_status_column_in_atomic_mode_is_refused() -> None:
    with pytest.raises(InputRangeError) as caught:
        vm.mul_div_batch(A, B, D, status=np.zeros(N, np.uint16))  # type: ignore[call-overload]
    assert (caught.value.code, caught.value.field) == ("E113", "status")


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(InputRangeError) as caught:
        vm.mul_div_batch(A, B, D, mode="all")  # type: ignore[call-overload]
    assert (caught.value.code, caught.value.field, caught.value.value) == ("E114", "mode", "all")


# Rows that fail.

BAD = 5, 9, N - 1
ZEROED = D.copy()
ZEROED[list(BAD)] = 0


def test_atomic_mode_names_the_first_bad_row_and_writes_nothing() -> None:
    out = np.full((N, 4), 7, np.uint64)
    for threads in (1, 2, 5):
        with pytest.raises(VoltcoreError) as caught:
            vm.mul_div_batch(A, B, ZEROED, out=out, threads=threads)
        assert caught.value.index == BAD[0]
        assert caught.value.onchain == "overflow"  # the product needs more than 256 bits
        assert "row 5" in str(caught.value)
    assert (out == 7).all()


def test_each_mode_has_a_code_for_every_row_and_leaves_bad_rows_alone() -> None:
    out = np.full((N, 4), 7, np.uint64)
    status = np.full(N, 9, np.uint16)
    got = vm.mul_div_batch(A, B, ZEROED, mode="each", out=out, status=status)
    assert got[0] is out
    assert got[1] is status
    assert np.flatnonzero(status).tolist() == list(BAD)
    assert (status[list(BAD)] == 301).all()
    assert (out[list(BAD)] == 7).all()
    good = np.flatnonzero(status == 0)
    assert vm.ints_from_limbs(out[good]) == [EXPECTED[i] for i in good]
    fresh, codes = vm.mul_div_batch(A, B, ZEROED, mode="each")
    assert (fresh[list(BAD)] == 0).all()
    assert np.array_equal(codes, status)
    small, codes = vm.mul_div_batch(np.ones((1, 4), np.uint64) * 0 + 1, 0, 0, mode="each")
    assert codes.tolist() == [302]
    assert not small.any()


@pytest.mark.parametrize("threads", [0, -1, 1025, 2**70])
def test_a_thread_count_outside_its_bound_is_refused(threads: int) -> None:
    with pytest.raises(InputRangeError) as caught:
        vm.mul_div_batch(A, B, D, threads=threads)
    assert caught.value.field == "threads"


@pytest.mark.parametrize("threads", [1.0, True, "2"])
def test_a_thread_count_that_is_no_integer_is_refused(threads: object) -> None:
    with pytest.raises(InputTypeError):
        vm.mul_div_batch(A, B, D, threads=threads)  # type: ignore[call-overload]


def test_the_result_does_not_depend_on_the_thread_count() -> None:
    n = 300_000  # more than one slice
    rows = [np.resize(x, (n, 4)) for x in (A, B, D)]
    rows[2][[70_000, 250_001, 299_999]] = 0
    results = [vm.mul_div_batch(*rows, mode="each", threads=t) for t in (1, 2, 3, 8, 16, None)]
    for out, status in results[1:]:
        assert np.array_equal(out, results[0][0])
        assert np.array_equal(status, results[0][1])
    for threads in (1, 2, 16):
        with pytest.raises(VoltcoreError) as caught:
            vm.mul_div_batch(*rows, threads=threads)
        assert caught.value.index == 70_000
