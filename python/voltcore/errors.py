"""
Every refusal of voltcore, as one tree of exceptions.

A call either does what it says or raises one of these and changes nothing. Each carries what is
needed to act on it: a stable `code`, the `field`, the `value` that was given, the `bound` it broke,
and, where a protocol has its own name for the refusal, that name in `onchain`.
"""

from __future__ import annotations

import unicodedata
from typing import Any

__all__ = [
    "AlreadyInitializedError",
    "ArithmeticOverflowError",
    "ArrayError",
    "BusyError",
    "CapError",
    "ConfidenceError",
    "CorruptError",
    "DiskFullError",
    "DivideByZeroError",
    "DuplicateKeyError",
    "FormatVersionError",
    "FundsError",
    "InputRangeError",
    "InputTypeError",
    "InsufficientFundsError",
    "InvariantError",
    "LimitError",
    "LiquidityError",
    "MarginError",
    "MaturityError",
    "MissingKeyError",
    "NotAuthorizedError",
    "NotInitializedError",
    "NotLiquidatableError",
    "OracleError",
    "OutputBusyError",
    "OutputExistsError",
    "PausedError",
    "PhaseError",
    "PoisonedError",
    "PriceBoundError",
    "ReentrancyError",
    "ResourceError",
    "ResumeMismatchError",
    "ScenarioError",
    "SlippageError",
    "StalePriceError",
    "StateError",
    "StorageError",
    "TimeOrderError",
    "UnknownKeyError",
    "VoltcoreError",
]

_TEXT_LIMIT = 300
_VALUE_LIMIT = 80
_PATH_LIMIT = 160
_DIGITS_LIMIT = 60


def show_value(value: object) -> str:
    """
    `repr` of a value, fit for one line of a message.

    Integers of more than 60 digits are shown by sign, bit length and their first and last eight
    digits; other values are cut at 80 characters. Control, bidirectional and zero-width characters
    are escaped.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _show_integer(int(value))
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a hostile __repr__ must not replace the refusal
        text = f"<{type(value).__name__}: repr raised {type(error).__name__}>"
    text = escape_text(text)
    return text if len(text) <= _VALUE_LIMIT else text[: _VALUE_LIMIT - 1] + "…"


def _show_path(path: str) -> str:
    """A path that keeps its end, where the file's name is."""
    text = escape_text(path)
    return text if len(text) <= _PATH_LIMIT else "…" + text[-_PATH_LIMIT + 1 :]


def _show_integer(value: int) -> str:
    # 3.33 bits a digit; the full decimal text of a huge integer is never built.
    magnitude = abs(value)
    if magnitude.bit_length() <= 199:
        return str(value)
    sign = "-" if value < 0 else ""
    bits = magnitude.bit_length()
    last = magnitude % 10**8
    if bits > 4096:
        return f"{sign}({bits} bits, …{last:08d})"
    text = str(magnitude)
    return f"{sign}{text[:8]}…{last:08d} ({bits} bits)"


def escape_text(text: str) -> str:
    """Replace control, bidirectional and zero-width characters by their escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")
        else char
        for char in text
    )


class VoltcoreError(Exception):
    """
    Base of every refusal.

    Attributes
    ----------
    code : str
        Stable code, ``"E113"``. The table is in ``docs/errors.md``.
    field : str or None
        What was wrong, as a path: ``"pool.tick_spacing"``, ``"positions[3].lower"``.
    value : object
        What was given.
    bound : str or None
        The rule it broke, as text that reads after the value: ``"is not in [1, 16383]"``.
    index : int or None
        Row of a batch.
    op : str or None
        The operation that refused.
    onchain : str or None
        The protocol's own name for the refusal.
    onchain_kind : str or None
        How a contract refuses: ``"require"`` (short text), ``"custom"`` (named error), ``"panic"``
        (checked arithmetic) or ``"empty"``. One text may stand for two kinds; None where the
        protocol has no such distinction.
    onchain_args : tuple
        Arguments of a named error.
    required, available : int or None
        Economic refusals: how much was needed and how much there is, in the field's unit.
    path : str or None
        Storage refusals: the file, as the user named it.
    errno : int or None
        Storage refusals: the system's error number.
    hint : str or None
        What to do about it.
    """

    default_code = "E000"

    def __init__(
        self,
        bound: str | None = None,
        *,
        code: str | None = None,
        field: str | None = None,
        value: object = None,
        index: int | None = None,
        op: str | None = None,
        onchain: str | None = None,
        onchain_kind: str | None = None,
        onchain_args: tuple[Any, ...] = (),
        required: int | None = None,
        available: int | None = None,
        path: str | None = None,
        errno: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.code = code or self.default_code
        self.field = field
        self.value = value
        self.bound = bound
        self.index = index
        self.op = op
        self.onchain = onchain
        self.onchain_kind = onchain_kind
        self.onchain_args = onchain_args
        self.required = required
        self.available = available
        self.path = path
        self.errno = errno
        self.hint = hint
        super().__init__(self._text())
        # OSError keeps `errno` in a slot that its own __init__ clears.
        self.errno = errno

    def _text(self) -> str:
        where = " ".join(escape_text(part) for part in (self.op, self.field) if part)
        if self.index is not None:
            where += f" (row {self.index})"
        parts = [escape_text(self.onchain)] if self.onchain else []
        if self.path is not None:
            parts.append(_show_path(self.path))
        if self.value is not None:
            parts.append(show_value(self.value))
        if self.bound:
            parts.append(escape_text(self.bound))
        if self.required is not None:
            parts.append(f"needs {show_value(self.required)}")
        if self.available is not None:
            parts.append(f"has {show_value(self.available)}")
        text = f"{self.code} {where}: " if where else f"{self.code}: "
        text += " ".join(parts)
        if self.hint:
            text += f"; {escape_text(self.hint)}"
        return text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.code

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.__getstate__()))

    def __getstate__(self) -> dict[str, Any]:
        names = (
            "bound",
            "code",
            "field",
            "value",
            "index",
            "op",
            "onchain",
            "onchain_kind",
            "onchain_args",
            "required",
            "available",
            "path",
            "errno",
            "hint",
        )
        return {name: getattr(self, name) for name in names}


def _rebuild(cls: type[VoltcoreError], state: dict[str, Any]) -> VoltcoreError:
    return cls(state.pop("bound"), **state)


class InputTypeError(VoltcoreError, TypeError):
    """A value of the wrong Python type, for example a float or bool for an exact quantity."""

    default_code = "E101"


class InputRangeError(VoltcoreError, ValueError):
    """A value outside its bound, not finite, or in contradiction with another."""

    default_code = "E110"


class ArrayError(VoltcoreError, ValueError):
    """An array of a dtype, shape, length or layout that cannot be used."""

    default_code = "E121"


class ScenarioError(VoltcoreError, ValueError):
    """A scenario file that cannot be used."""

    default_code = "E201"


class UnknownKeyError(ScenarioError):
    """A key that the scenario does not have; the nearest known one is named."""

    default_code = "E202"


class MissingKeyError(ScenarioError):
    """A key that the scenario needs."""

    default_code = "E203"


class DuplicateKeyError(ScenarioError):
    """A key that is given twice."""

    default_code = "E204"


class LimitError(ScenarioError):
    """A scenario over a size limit."""

    default_code = "E205"


class ArithmeticOverflowError(VoltcoreError, OverflowError):
    """A checked operation left its width, or its argument lies outside its domain."""

    default_code = "E301"


class DivideByZeroError(VoltcoreError, ZeroDivisionError):
    """A division by zero."""

    default_code = "E302"


class NotAuthorizedError(VoltcoreError, PermissionError):
    """The caller may not do this."""

    default_code = "E401"


class StateError(VoltcoreError, RuntimeError):
    """Right caller, wrong moment."""

    default_code = "E501"


class PausedError(StateError):
    """The operation is switched off."""

    default_code = "E502"


class NotInitializedError(StateError):
    """Not initialised yet."""

    default_code = "E503"


class AlreadyInitializedError(StateError):
    """Initialised already."""

    default_code = "E504"


class MaturityError(StateError):
    """Too near to or past maturity."""

    default_code = "E505"


class PhaseError(StateError):
    """A step out of its phase."""

    default_code = "E506"


class BusyError(StateError):
    """Another thread is using the engine."""

    default_code = "E507"


class ReentrancyError(StateError):
    """The engine was called from inside one of its own calls."""

    default_code = "E508"


class PoisonedError(StateError):
    """An audit failed earlier; the object can no longer be used."""

    default_code = "E509"


class FundsError(VoltcoreError, ValueError):
    """Refused for economic reasons; `required` and `available` say how much is missing."""

    default_code = "E601"


class InsufficientFundsError(FundsError):
    """More than there is."""

    default_code = "E602"


class MarginError(FundsError):
    """The margin requirement is not met."""

    default_code = "E603"


class LiquidityError(FundsError):
    """Not enough liquidity."""

    default_code = "E604"


class CapError(FundsError):
    """Over a capacity limit."""

    default_code = "E605"


class SlippageError(FundsError):
    """Worse than the stated limit."""

    default_code = "E606"


class NotLiquidatableError(FundsError):
    """The account may not be liquidated."""

    default_code = "E607"


class OracleError(VoltcoreError, ValueError):
    """A price that cannot be used."""

    default_code = "E701"


class StalePriceError(OracleError):
    """A cached price, index or funding that is too old."""

    default_code = "E702"


class PriceBoundError(OracleError):
    """A price too far from the expected one."""

    default_code = "E703"


class ConfidenceError(OracleError):
    """A price whose confidence interval is too wide."""

    default_code = "E704"


class TimeOrderError(VoltcoreError, ValueError):
    """A clock that runs backwards."""

    default_code = "E705"


class StorageError(VoltcoreError, OSError):
    """A file operation failed; `path` and, if the system said so, `errno` are set."""

    default_code = "E801"


class CorruptError(StorageError):
    """Stored bytes that are not what was written."""

    default_code = "E802"


class FormatVersionError(StorageError):
    """A file of a format that this version does not read."""

    default_code = "E803"


class OutputBusyError(StorageError):
    """Another run holds the folder."""

    default_code = "E804"


class OutputExistsError(StorageError):
    """The folder is not empty."""

    default_code = "E805"


class ResumeMismatchError(StorageError):
    """The folder holds a different run."""

    default_code = "E806"


class DiskFullError(StorageError):
    """No space left."""

    default_code = "E807"


class ResourceError(VoltcoreError, MemoryError):
    """More memory or disk than the limit, or an optional dependency that is not installed."""

    default_code = "E901"


class InvariantError(VoltcoreError, AssertionError):
    """An internal invariant does not hold. This is a bug in voltcore: please report it."""

    default_code = "E991"
