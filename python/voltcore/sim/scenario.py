"""
Scenarios: a TOML file, checked completely before any work, and its digest.

A scenario is read once. What comes out is immutable: typed settings with every default filled in,
the bytes of each input file it names, and a SHA-256 digest of both. Comments, key order and the
table ``[run]`` (how much is run) do not change the digest; everything that can change the numbers
of a path does.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from voltcore._names import nearest
from voltcore.errors import (
    DuplicateKeyError,
    LimitError,
    MissingKeyError,
    ScenarioError,
    UnknownKeyError,
    VoltcoreError,
)
from voltcore.sim._settings import (
    FieldRow,
    bound_of,
    input_fields,
    known_keys,
    rows_of,
    type_at,
    value_at,
)
from voltcore.sim.model import KINDS, Model, ModelSettings, model_module

MAX_BYTES = 4 * 2**20
MAX_DEPTH = 32
MAX_KEYS = 100_000
MAX_TEXT = 256
MAX_DIGITS = 78
MAX_INPUT_BYTES = 256 * 2**20

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

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
_AT = re.compile(r"(?s)^(.*?)(?: - at (?:`?key`? in )?`\$(.*)`)?$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """
    A checked scenario, ready to run.

    Attributes
    ----------
    name : str
        Name of a shipped scenario, or the file's name without its ending.
    settings : ModelSettings
        Every key, with defaults filled in.
    inputs : mapping of str to bytes
        The files that the scenario names, as read when it was loaded.
    text : str or None
        The file as written, comments included; None when it comes from a run folder.
    digest : str
        SHA-256, in hex, of everything that can change the numbers of a path.
    """

    name: str
    settings: ModelSettings
    inputs: Mapping[str, bytes]
    text: str | None
    digest: str

    @property
    def kind(self) -> str:
        """The kind of model: a key of `voltcore.sim.model.KINDS`."""
        return self.settings.kind

    @property
    def title(self) -> str:
        """The scenario's own title, or its name."""
        return self.settings.title or self.name

    def model(self) -> Model:
        """The model of this scenario; built anew at each call."""
        return build_model(self.settings, self.inputs)

    def rows(self) -> list[FieldRow]:
        """Every setting with its value, unit, meaning, basis and source, in file order."""
        return list(rows_of(self.settings))

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, kind={self.kind!r}, digest={self.digest[:8]})"


def load_scenario(
    source: str | os.PathLike[str] | Scenario, overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """
    Read and check a scenario.

    Parameters
    ----------
    source : str, path or Scenario
        The name of a shipped scenario (`shipped_scenarios`), or a TOML file. A string that ends in
        ``.toml`` or contains a separator is a file.
    overrides : mapping of str to object, optional
        Settings to replace, by dotted key: ``{"volt.target_leverage": -0.4}``.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        E201 syntax or encoding, E202 unknown key, E203 missing key, E204 key given twice, E205 over
        a size limit, E206 a value of the wrong type or outside its bound, E207 a file that may not
        be used, E208 no such scenario. Nothing has been written.
    """
    if isinstance(source, Scenario):
        if not overrides:
            return source
        raw = msgspec.to_builtins(source.settings)
        _override(raw, overrides)
        return _resolve(source.name, raw, source.text, _given(source.inputs))
    path, name, folder = _find(source)
    text = _decode(_read(path, MAX_BYTES, "the scenario"), path)
    raw = parse(text, str(path))
    _override(raw, overrides or {})
    return _resolve(name, raw, text, functools.partial(_read_input, folder))


def parse_scenario(
    text: str,
    name: str = "scenario",
    folder: str | os.PathLike[str] = ".",
    overrides: Mapping[str, Any] | None = None,
) -> Scenario:
    """A scenario from its text; input files are looked up under `folder`."""
    raw = parse(text, name)
    _override(raw, overrides or {})
    return _resolve(name, raw, text, functools.partial(_read_input, Path(folder)))


def restore_scenario(name: str, settings: Any, inputs: Mapping[str, bytes]) -> Scenario:
    """A scenario from the settings and inputs that a run folder keeps."""
    if not isinstance(settings, dict):
        raise ScenarioError("is not a table", code="E206", field="settings")
    return _resolve(name, settings, None, _given(inputs))


def shipped_scenarios() -> dict[str, Path]:
    """Names and files of the scenarios that come with the package, in alphabetical order."""
    folder = Path(__file__).parent.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def build_model(settings: ModelSettings, inputs: Mapping[str, bytes]) -> Model:
    """The model of checked settings."""
    return model_module(settings.kind).build(settings, inputs)


def canonical_settings(settings: ModelSettings) -> bytes:
    """All settings as JSON with sorted keys: what travels to another process."""
    return _json(msgspec.to_builtins(settings))


# --- text to a dictionary -------------------------------------------------------------------------


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
    _check_values(raw)
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


def _check_values(raw: dict[str, Any]) -> None:
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


def parse_override(text: str) -> tuple[str, Any]:
    """
    Key and value of ``volt.target_leverage=-0.4``.

    The value is read as TOML; text that is not TOML but matches the pattern of names is a string,
    so that ``--set execution=quoted`` needs no quotes.
    """
    key, equals, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not equals or not key or not value:
        raise ScenarioError(
            "is not KEY=VALUE", code="E206", field="--set", value=text, hint="e.g. run.paths=1000"
        )
    if len(text) > 4096 or "\n" in text or "\r" in text:
        raise LimitError("is not one line of at most 4096 characters", field="--set")
    try:
        return key, parse(f"value = {value}", key)["value"]
    except LimitError:
        raise
    except ScenarioError as error:
        if error.code == "E201" and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,255}", value):
            return key, value
        raise


def _override(raw: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    for key, value in overrides.items():
        parts = key.split(".")
        table = raw
        if len(parts) > MAX_DEPTH or not all(parts):
            raise ScenarioError("is not a dotted key", code="E206", field="--set", value=key)
        for part in parts[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise ScenarioError("is not a table", code="E206", field=key, value=table)
        table[parts[-1]] = value
    if overrides:
        _check_values(raw)


# --- dictionary to settings -----------------------------------------------------------------------


def _resolve(name: str, raw: dict[str, Any], text: str | None, read: Any) -> Scenario:
    settings = _convert(raw)
    inputs = {file: read(field, file) for field, file in input_fields(settings)}
    body = msgspec.to_builtins(settings)
    del body["run"], body["title"]
    content = {
        "inputs": {file: hashlib.sha256(data).hexdigest() for file, data in inputs.items()},
        "settings": body,
    }
    return Scenario(name, settings, inputs, text, hashlib.sha256(_json(content)).hexdigest())


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _convert(raw: dict[str, Any]) -> ModelSettings:
    kind = raw.get("kind")
    if kind is None:
        raise MissingKeyError(
            "is missing", field="kind", hint=f"one of {', '.join(map(repr, KINDS))}"
        )
    if not isinstance(kind, str) or kind not in KINDS:
        raise ScenarioError(
            f"is not one of {', '.join(KINDS)}",
            code="E206",
            field="kind",
            value=kind,
            hint=nearest(kind, KINDS),
        )
    settings_type = model_module(kind).Settings
    try:
        return msgspec.convert(raw, settings_type)
    except msgspec.ValidationError as error:
        raise _value_error(error, raw, settings_type) from None


def _value_error(
    error: msgspec.ValidationError, raw: dict[str, Any], settings_type: type[ModelSettings]
) -> VoltcoreError:
    match = _AT.match(str(error))
    assert match is not None  # the pattern matches any text
    message, where = match[1], match[2] or ""
    steps: list[str | int] = [
        int(step[2]) if step[2] else step[1] for step in _STEP.finditer(where) if step[1] or step[2]
    ]
    path = where.removeprefix(".")
    cause = error.__cause__
    if isinstance(cause, VoltcoreError):
        # A rule across fields, raised by __post_init__ with a field relative to its struct.
        field = ".".join(part for part in (path, cause.field) if part)
        state = {**cause.__getstate__(), "field": field}
        return type(cause)(state.pop("bound"), **state)
    known = known_keys(type_at(settings_type, steps))
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        key = unknown[1]
        field = f"{path}.{key}" if path else key
        hint = nearest(key, known)
        return UnknownKeyError("is not a key of this kind of scenario", field=field, hint=hint)
    if missing := re.fullmatch(r"Object missing required field `(.*)`", message):
        field = f"{path}.{missing[1]}" if path else missing[1]
        return MissingKeyError("is missing", field=field)
    value = value_at(raw, steps)
    bound, hint = bound_of(message, type_at(settings_type, steps), value)
    shown = None if isinstance(value, dict | list) else value
    return ScenarioError(bound, code="E206", field=path or "scenario", value=shown, hint=hint)


# --- files ----------------------------------------------------------------------------------------


def _find(source: str | os.PathLike[str]) -> tuple[Path, str, Path]:
    """File, name and folder of inputs."""
    text = os.fspath(source)
    if not isinstance(text, str):
        raise ScenarioError("is not a text path", code="E208", field="scenario", value=text)
    is_path = not isinstance(source, str) or text.endswith(".toml") or os.sep in text
    shipped = shipped_scenarios()
    if not is_path and text in shipped:
        return shipped[text], text, shipped[text].parent
    path = Path(text)
    if "\0" in text or not path.exists():
        hint = nearest(text, shipped)
        if hint is None and not is_path:
            hint = f"shipped ones: {', '.join(shipped)}" if shipped else None
        bound = "does not exist" if is_path else "is neither a shipped scenario nor a file"
        raise ScenarioError(bound, code="E208", field="scenario", value=text, hint=hint)
    stem = path.stem if NAME.fullmatch(path.stem) else "scenario"
    return path, stem, path.parent


def _read(path: Path, limit: int, what: str, field: str = "scenario") -> bytes:
    """At most `limit` bytes of a regular file; pipes, devices and folders are refused."""
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reason = (error.strerror or "cannot be opened").lower()
        raise ScenarioError(
            f"cannot be read: {reason}", code="E207", field=field, value=str(path)
        ) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ScenarioError("is not a regular file", code="E207", field=field, value=str(path))
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        reason = (error.strerror or "read failed").lower()
        raise ScenarioError(
            f"cannot be read: {reason}", code="E207", field=field, value=str(path)
        ) from None
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise LimitError(
            f"is larger than {limit // 2**20} MiB, the limit of {what}",
            field=field,
            value=str(path),
        )
    return data


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            f"is not UTF-8: byte 0x{data[error.start]:02x}",
            code="E201",
            field=f"{path} line {line}",
        ) from None


def _read_input(folder: Path, field: str, name: str) -> bytes:
    """
    A file named by a scenario: under the scenario's folder, else a table of the package.

    Links are resolved before the check, so that none leads out of the folder.
    """
    parts = re.split(r"[/\\]", name)
    reason = None
    if "://" in name:
        reason = "is a URL"
    elif name.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", name):
        reason = "is an absolute path"
    elif ".." in parts:
        reason = "leaves the scenario's folder"
    elif "$" in name or "%" in name:
        reason = "contains a variable"
    elif not all(NAME.fullmatch(part) for part in parts):
        reason = "is not a file name made of letters, digits, '.', '_' and '-'"
    if reason:
        raise ScenarioError(
            reason,
            code="E207",
            field=field,
            value=name,
            hint="name a file in the scenario's folder",
        )
    shipped = Path(__file__).parent.parent / "data"
    for base in (folder, shipped):
        root = base.resolve()
        path = (root / name).resolve()
        if not path.exists():
            continue
        if not path.is_relative_to(root):
            raise ScenarioError(
                "is a link that leaves the scenario's folder", code="E207", field=field, value=name
            )
        return _read(path, MAX_INPUT_BYTES, "an input file", field)
    known = [path.name for path in _data_files(shipped)]
    raise ScenarioError(
        "is neither in the scenario's folder nor a table of the package",
        code="E207",
        field=field,
        value=name,
        hint=nearest(name, known),
    )


def _data_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*")) if path.suffix in (".csv", ".parquet"))


def _given(inputs: Mapping[str, bytes]) -> Any:
    def read(field: str, name: str) -> bytes:
        if name in inputs:
            return inputs[name]
        # An override may name a table of the package that the original did not.
        return _read_input(Path(__file__).parent.parent / "data", field, name)

    return read
