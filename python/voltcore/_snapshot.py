"""
The bytes of a snapshot: a frame around an engine's canonical state.

======================  =====  ==========================================================
field                   bytes  content
======================  =====  ==========================================================
magic                       8  ``b"VOLTCORE"``
format major, minor       2+2  little-endian; a newer major is refused
kind                       16  what the payload is, ASCII, padded with zero bytes
payload length              8  little-endian
digest                     32  SHA-256 of every other byte of the snapshot
payload                     n  the engine's fields, little-endian, in one fixed order
======================  =====  ==========================================================

The frame keeps this layout in every version, so that the digest can be checked before anything else
is read. The digest finds damage; it is no signature: whoever can change the payload can change it.
"""

from __future__ import annotations

import hashlib
import struct

from voltcore.errors import CorruptError, FormatVersionError, InputTypeError

__all__ = ["pack", "unpack"]

MAGIC = b"VOLTCORE"
MAJOR = 1
MINOR = 0

_HEAD = struct.Struct("<8sHH16sQ")
_DIGEST_BYTES = 32


def pack(kind: str, payload: bytes) -> bytes:
    """
    A snapshot of `payload`.

    Parameters
    ----------
    kind : str
        What the payload is, 1 to 16 ASCII characters: ``"margin_venue"``.
    payload : bytes
        Canonical bytes of the state.

    Returns
    -------
    bytes
    """
    head = _HEAD.pack(MAGIC, MAJOR, MINOR, kind.encode("ascii"), len(payload))
    return head + _digest(head, payload) + payload


def unpack(kind: str, snapshot: bytes) -> bytes:
    """
    The payload of a snapshot, once everything around it has been checked.

    Parameters
    ----------
    kind : str
        The kind that is expected.
    snapshot : bytes
        What `pack` returned. ``bytearray`` and ``memoryview`` are copied first.

    Returns
    -------
    bytes

    Raises
    ------
    InputTypeError
        E101 if `snapshot` is not bytes.
    FormatVersionError
        E803 for a newer major version of the format.
    CorruptError
        E802 for anything that is not byte for byte what was written, including trailing bytes and
        a snapshot of another kind.
    """
    if not isinstance(snapshot, (bytes, bytearray, memoryview)):
        raise InputTypeError(
            f"is {type(snapshot).__name__}, not bytes", field="snapshot", op="from_bytes"
        )
    data = bytes(snapshot)
    start = _HEAD.size + _DIGEST_BYTES
    if len(data) < start:
        raise _corrupt("is shorter than a header")
    head, digest, payload = data[: _HEAD.size], data[_HEAD.size : start], data[start:]
    if digest != _digest(head, payload):
        raise _corrupt("does not match its digest")
    magic, major, _minor, stored_kind, length = _HEAD.unpack(head)
    if magic != MAGIC:
        raise _corrupt("does not begin like a snapshot")
    if major > MAJOR:
        raise FormatVersionError(
            f"is of format {major}, this version reads up to {MAJOR}", field="snapshot"
        )
    if length != len(payload):
        raise _corrupt("does not have the stated length")
    if major != MAJOR or stored_kind.rstrip(b"\0") != kind.encode("ascii"):
        raise _corrupt(f"is not a {kind} of format {MAJOR}")
    return payload


def _digest(head: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(head + payload).digest()


def _corrupt(bound: str) -> CorruptError:
    return CorruptError(bound, field="snapshot")
