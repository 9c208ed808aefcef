"""TOML within size limits: text to a dictionary, every failure a typed refusal."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from voltcore.errors import DuplicateKeyError, LimitError, ScenarioError

MAX_DEPTH = 32
MAX_KEYS = 100_000
MAX_TEXT = 256
MAX_DIGITS = 78

# What the size scan looks at: whole strings and comments (to skip them), brackets, dots, equals
# signs, line ends and long runs of digits. Anything else cannot nest.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[0-9_]{79,}"
    r"|[\[\]{}=.,\n\"']",
    re.DOTALL,
)
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse(text: str, name: str) -> dict[str, Any]:
    """Parse TOML within the size limits; every failure is a `ScenarioError`."""
    _check_size(text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error, name) from None
    except RecursionError:
        raise LimitError(f"is nested deeper than {MAX_DEPTH} levels", field=name) from None
    except ValueError as error:
        # A number that Python's own conversions refuse.
        raise ScenarioError(str(error), code="E201", field=name) from None
    check_values(raw)
    return raw


def _check_size(text: str) -> None:
    depth = keys = dots = 0
    in_value = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        first = token[0]
        if len(token) > 1:
            if first in "0123456789_":
                raise LimitError(
                    f"has {len(token)} digits; at most {MAX_DIGITS} are read",
                    field=f"line {text.count(chr(10), 0, match.start()) + 1}",
                    value=_Shown(token[:8] + "…"),
                )
            continue
        if first in "\"'":
            return  # unterminated: the parser reports it with its position
        if first == ".":
            dots += 1
        else:
            dots = 0
        if first in "[{":
            if depth == 0 and not in_value:
                keys += 1  # a table header
            depth += 1
        elif first in "]}":
            depth = max(0, depth - 1)
        elif first == "=":
            keys += 1
            in_value = True
        elif first == "\n" and depth == 0:
            in_value = False
        if depth > MAX_DEPTH or dots >= MAX_DEPTH:
            raise LimitError(
                f"is nested deeper than {MAX_DEPTH} levels",
                field=f"line {text.count(chr(10), 0, match.start()) + 1}",
            )
        if keys > MAX_KEYS:
            raise LimitError(f"has more than {MAX_KEYS:,} keys", field="scenario")


class _Shown(str):
    """Text that a message shows without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _syntax_error(error: tomllib.TOMLDecodeError, name: str) -> ScenarioError:
    message = str(error)
    where = name
    match = _POSITION.search(message)
    if match:
        message = message[: match.start()]
        where += f" line {match[1]}, column {match[2]}" if match[1] else " at its end"
    twice = ("Cannot overwrite", "Cannot declare", "Duplicate inline table key", "Cannot redefine")
    if message.startswith((*twice, "Cannot mutate immutable")):
        return DuplicateKeyError(f"gives a key twice: {message}", field=where)
    return ScenarioError(f"is not valid TOML: {message}", code="E201", field=where)


def check_values(raw: dict[str, Any]) -> None:
    """Bounds that hold for every value, whatever the key; without recursion."""
    pending: list[tuple[str, Any, int]] = [("", raw, 0)]
    keys = 0
    while pending:
        path, value, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise LimitError(f"is nested deeper than {MAX_DEPTH} levels", field=path[:64])
        if isinstance(value, dict):
            keys += len(value)
            if keys > MAX_KEYS:
                raise LimitError(f"has more than {MAX_KEYS:,} keys", field="scenario")
            pending += [
                (f"{path}.{key}" if path else str(key), item, depth + 1)
                for key, item in reversed(value.items())
            ]
        elif isinstance(value, list | tuple):
            pending += [
                (f"{path}[{index}]", item, depth + 1)
                for index, item in reversed(list(enumerate(value)))
                if not isinstance(item, bool)
            ]
        elif isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise LimitError(
                    f"has {len(value):,} characters; at most {MAX_TEXT} are read", field=path
                )
        elif isinstance(value, float):
            if value - value != 0.0:
                raise ScenarioError("is not a finite number", code="E206", field=path, value=value)
        elif isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise ScenarioError(
                "is outside the integers of TOML, [-2^63, 2^63 - 1]",
                code="E206",
                field=path,
                value=value,
                hint="write larger quantities as a string of digits",
            )


def parse_override(text: str, field: str = "--set") -> tuple[str, Any]:
    """
    Key and value of ``volt.target_leverage=-0.4``.

    The value is read as TOML; text that is not TOML but matches the pattern of names is a string,
    so that ``--set execution=quoted`` needs no quotes.
    """
    key, equals, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not equals or not key or not value:
        raise ScenarioError(
            "is not KEY=VALUE",
            code="E206",
            field=field,
            value=text,
            hint="e.g. steps=[4, 5]" if field == "--over" else "e.g. run.paths=1000",
        )
    if len(text) > 4096 or "\n" in text or "\r" in text:
        raise LimitError("is not one line of at most 4096 characters", field=field)
    try:
        return key, parse(f"value = {value}", key)["value"]
    except LimitError:
        raise
    except ScenarioError as error:
        if error.code == "E201" and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,255}", value):
            return key, value
        raise
