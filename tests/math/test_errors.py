"""The error tree: codes, text, pickling."""

from __future__ import annotations

import pickle

import pytest

import voltcore
from voltcore import _core, errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_class_survives_pickling_with_all_it_carries(cls: type[errors.VoltcoreError]) -> None:
    before = cls(
        "is not in [1, 16383]",
        code="E113",
        field="pool.tick_spacing",
        value=2**300,
        index=3,
        op="initialize",
        onchain="TLU",
        onchain_kind="custom",
        onchain_args=(2**200, -1),
        required=5,
        available=4,
        path="runs/a",
        errno=28,
        hint="use 60",
    )
    after = pickle.loads(pickle.dumps(before))
    assert type(after) is cls
    assert str(after) == str(before)
    assert after.__getstate__() == before.__getstate__()
    assert after.errno == 28


def test_the_text_names_code_field_value_and_bound() -> None:
    error = errors.InputRangeError(
        "is not in [1, 16383]", code="E113", field="pool.tick_spacing", value=0
    )
    assert str(error) == "E113 pool.tick_spacing: 0 is not in [1, 16383]"


def test_huge_integers_are_not_printed_in_full() -> None:
    error = errors.InputRangeError("is too large", field="amount", value=-(10**5000))
    assert len(str(error)) < 120
    assert "16610 bits" in str(error)


def test_the_text_is_one_line_of_at_most_300_characters() -> None:
    error = errors.InputRangeError("x" * 1000, field="a\nb\u202e", value="\u200b" * 500)
    assert len(str(error)) <= 300
    assert str(error).isprintable()


def test_a_hostile_repr_does_not_replace_the_refusal() -> None:
    class Hostile:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert "Hostile" in str(errors.InputTypeError("is not an integer", value=Hostile()))


def test_every_code_names_a_class_that_exists_and_matches_its_hundreds() -> None:
    codes = [code for code, _, _ in _core.error_codes()]
    assert len(set(codes)) == len(codes)
    for code, name, meaning in _core.error_codes():
        cls = getattr(errors, name)
        assert issubclass(cls, errors.VoltcoreError)
        assert cls.default_code[1] == code[1], (code, name)
        assert meaning


@pytest.mark.parametrize("name", errors.__all__)
def test_every_class_is_importable_from_the_package(name: str) -> None:
    assert getattr(voltcore, name) is getattr(errors, name)


def test_classes_are_caught_by_their_builtin_bases() -> None:
    assert issubclass(errors.InputTypeError, TypeError)
    assert issubclass(errors.ArithmeticOverflowError, OverflowError)
    assert issubclass(errors.NotAuthorizedError, PermissionError)
    assert issubclass(errors.StorageError, OSError)
    assert issubclass(errors.ResourceError, MemoryError)
