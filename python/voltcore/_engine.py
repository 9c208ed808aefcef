"""What every engine has: bytes, copies, a digest, an audit."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, Protocol, Self

from voltcore import _snapshot

__all__ = ["Engine"]


class _Core(Protocol):
    """The handle that the C++ core gives for an engine."""

    def payload(self) -> bytes: ...
    def clone(self) -> Self: ...
    def audit(self) -> None: ...
    def state(self) -> dict[str, Any]: ...


class Engine:
    """
    An engine as a value: it can be copied, compared, stored, hashed and thrown away.

    Every operation either does what it says or raises one typed error and changes nothing. One
    caller at a time: a second thread gets `BusyError` at once.
    """

    __slots__ = ("_core",)

    _kind: ClassVar[str]
    _core_type: ClassVar[Any]
    _core: Any

    @classmethod
    def _from_core(cls, core: _Core) -> Self:
        engine = cls.__new__(cls)
        engine._core = core
        return engine

    def to_bytes(self) -> bytes:
        """
        A snapshot: the whole state, framed with format version, kind and digest.

        Returns
        -------
        bytes
            The same for the same state, on every machine.
        """
        return _snapshot.pack(self._kind, self._core.payload())

    @classmethod
    def from_bytes(cls, snapshot: bytes) -> Self:
        """
        The engine of a snapshot.

        Parameters
        ----------
        snapshot : bytes
            What `to_bytes` returned.

        Raises
        ------
        CorruptError
            E802 for damage of any kind, found by the digest, by a count beyond the bytes that are
            left, or by the audit.
        FormatVersionError
            E803 for a newer format.
        """
        return cls._from_core(cls._core_type.from_payload(_snapshot.unpack(cls._kind, snapshot)))

    def state_digest(self) -> bytes:
        """SHA-256 of the canonical state; equal digests mean equal states."""
        return hashlib.sha256(self._core.payload()).digest()

    def audit(self) -> None:
        """
        Check every invariant of the state.

        Raises
        ------
        InvariantError
            E991 names the first broken one. The object is poisoned: every later call raises
            `PoisonedError`.
        """
        self._core.audit()

    def state(self) -> dict[str, Any]:
        """
        The whole state as plain dicts, lists and ints, to be read.

        Names that end in ``_bits`` hold the raw integer of an I80F48, value * 2**48.
        """
        return self._core.state()  # type: ignore[no-any-return]

    def copy(self) -> Self:
        """An independent engine in the same state."""
        return self._from_core(self._core.clone())

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self).from_bytes, (self.to_bytes(),))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Engine)
        return bool(self._core.payload() == other._core.payload())

    # Equal engines may be changed apart, so they cannot be dictionary keys.
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.state_digest().hex()[:12]}>"
