"""The frame of a snapshot: damage of every kind is found before anything is read from it."""

from __future__ import annotations

import hashlib
import struct

import pytest

from voltcore import CorruptError, FormatVersionError, InputTypeError
from voltcore._snapshot import MAJOR, pack, unpack

PAYLOAD = bytes(range(7))
GOOD = pack("margin_venue", PAYLOAD)


def with_digest(head: bytes, payload: bytes) -> bytes:
    return head + hashlib.sha256(head + payload).digest() + payload


def head(
    magic: bytes = b"VOLTCORE", major: int = MAJOR, kind: bytes = b"margin_venue", size: int = 7
) -> bytes:
    return struct.pack("<8sHH16sQ", magic, major, 0, kind, size)


def test_a_snapshot_comes_back_as_its_payload() -> None:
    assert unpack("margin_venue", GOOD) == PAYLOAD
    assert unpack("margin_venue", bytearray(GOOD)) == PAYLOAD
    assert unpack("margin_venue", memoryview(GOOD)) == PAYLOAD
    assert unpack("x", pack("x", b"")) == b""


def test_every_flipped_bit_is_found() -> None:
    for position in range(len(GOOD) * 8):
        damaged = bytearray(GOOD)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(CorruptError) as caught:
            unpack("margin_venue", bytes(damaged))
        assert caught.value.code == "E802"
        assert caught.value.field == "snapshot"


def test_every_truncation_is_found() -> None:
    for length in range(len(GOOD)):
        with pytest.raises(CorruptError):
            unpack("margin_venue", GOOD[:length])


def test_trailing_bytes_are_found() -> None:
    with pytest.raises(CorruptError):
        unpack("margin_venue", GOOD + b"\0")


@pytest.mark.parametrize(
    "stored",
    [
        head(magic=b"VOLTCORf"),
        head(kind=b"vamm"),
        head(size=8),
        head(size=2**64 - 1),
        head(major=0),
    ],
)
def test_a_head_that_was_never_written_is_refused_even_with_a_right_digest(stored: bytes) -> None:
    with pytest.raises(CorruptError):
        unpack("margin_venue", with_digest(stored, PAYLOAD))


def test_a_newer_major_is_refused_by_its_own_name() -> None:
    with pytest.raises(FormatVersionError) as caught:
        unpack("margin_venue", with_digest(head(major=MAJOR + 1), PAYLOAD))
    assert caught.value.code == "E803"


@pytest.mark.parametrize("given", [None, "text", 5, [1, 2], object()])
def test_what_is_not_bytes_is_a_type_error(given: object) -> None:
    with pytest.raises(InputTypeError):
        unpack("margin_venue", given)  # type: ignore[arg-type]
