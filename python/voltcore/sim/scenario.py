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
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from voltcore._names import nearest
from voltcore.errors import (
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
from voltcore.sim.scenario_files import (
    MAX_BYTES,
    PACKAGE_DATA,
    decode,
    find,
    read_file,
    read_input,
    shipped_scenarios,
)
from voltcore.sim.scenario_text import MAX_DEPTH, check_values, parse, parse_override
from voltcore.sim.sweep_table import sweep_lists

__all__ = [
    "Scenario",
    "build_model",
    "canonical_settings",
    "load_scenario",
    "parse_override",
    "parse_scenario",
    "restore_scenario",
    "shipped_scenarios",
]

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
    sweep : mapping of str to tuple
        The lists of the table ``[sweep]``; of no effect on a run, and no part of the digest.
    folder : path or None
        Where files that an override names are looked up.
    """

    name: str
    settings: ModelSettings
    inputs: Mapping[str, bytes]
    text: str | None
    digest: str
    sweep: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    folder: Path | None = None

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
        changed = _resolve(source.name, raw, source.text, _given(source.inputs, source.folder))
        return replace(changed, sweep=changed.sweep or source.sweep, folder=source.folder)
    path, name, folder = find(source)
    text = decode(read_file(path, MAX_BYTES, "the scenario"), path)
    raw = parse(text, str(path))
    _override(raw, overrides or {})
    return replace(_resolve(name, raw, text, functools.partial(read_input, folder)), folder=folder)


def parse_scenario(
    text: str,
    name: str = "scenario",
    folder: str | os.PathLike[str] = ".",
    overrides: Mapping[str, Any] | None = None,
) -> Scenario:
    """A scenario from its text; input files are looked up under `folder`."""
    raw = parse(text, name)
    _override(raw, overrides or {})
    found = _resolve(name, raw, text, functools.partial(read_input, Path(folder)))
    return replace(found, folder=Path(folder))


def restore_scenario(name: str, settings: Any, inputs: Mapping[str, bytes]) -> Scenario:
    """A scenario from the settings and inputs that a run folder keeps."""
    if not isinstance(settings, dict):
        raise ScenarioError("is not a table", code="E206", field="settings")
    return _resolve(name, settings, None, _given(inputs))


def build_model(settings: ModelSettings, inputs: Mapping[str, bytes]) -> Model:
    """The model of checked settings."""
    return model_module(settings.kind).build(settings, inputs)


def canonical_settings(settings: ModelSettings) -> bytes:
    """All settings as JSON with sorted keys: what travels to another process."""
    return _json(msgspec.to_builtins(settings))


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
        check_values(raw)


# --- dictionary to settings -----------------------------------------------------------------------


def _resolve(name: str, raw: dict[str, Any], text: str | None, read: Any) -> Scenario:
    sweep = sweep_lists(raw.pop("sweep", {}))
    settings = _convert(raw)
    # Defaults come as Python wrote them, 5 for a number; a run folder gives back 5.0.
    settings = msgspec.convert(msgspec.to_builtins(settings), type(settings))
    inputs = {file: read(field, file) for field, file in input_fields(settings)}
    body = msgspec.to_builtins(settings)
    del body["run"], body["title"]
    content = {
        "inputs": {file: hashlib.sha256(data).hexdigest() for file, data in inputs.items()},
        "settings": body,
    }
    digest = hashlib.sha256(_json(content)).hexdigest()
    return Scenario(name, settings, inputs, text, digest, sweep)


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
    known = known_keys(type_at(settings_type, steps)) + ([] if steps else ["sweep"])
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


def _given(inputs: Mapping[str, bytes], folder: Path | None = None) -> Any:
    def read(field: str, name: str) -> bytes:
        if name in inputs:
            return inputs[name]
        # An override may name a file that the original did not.
        return read_input(folder or PACKAGE_DATA, field, name)

    return read
