"""What the type of a settings struct says: keys, bounds, units, sources, input files."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect

from voltcore._names import nearest

_TYPE_NAMES = {
    "int": "an integer",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "a table",
    "array": "an array",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One setting, as `voltcore show` and the report list it."""

    key: str
    value: Any
    default: bool
    unit: str
    description: str
    basis: str
    source: str


@functools.lru_cache(maxsize=32)
def _type_info(settings_type: type) -> inspect.Type:
    return inspect.type_info(settings_type)


def _bare(info: inspect.Type | None) -> inspect.Type | None:
    while isinstance(info, inspect.Metadata):
        info = info.type
    return info


def type_at(settings_type: type, steps: Sequence[str | int]) -> inspect.Type | None:
    """The type at a path of keys and indices, or None where the path leaves the known keys."""
    info: inspect.Type | None = _type_info(settings_type)
    for step in steps:
        info = _step(info, step)
    return info


def _step(info: inspect.Type | None, step: str | int) -> inspect.Type | None:
    info = _bare(info)
    if isinstance(info, inspect.UnionType):
        for member in info.types:
            found = _step(member, step)
            if found is not None:
                return found
    elif isinstance(info, inspect.StructType):
        for field in info.fields:
            if field.encode_name == step:
                return field.type
    elif isinstance(info, inspect.DictType):
        return info.value_type
    elif isinstance(info, inspect.VarTupleType | inspect.ListType):
        return info.item_type
    elif isinstance(info, inspect.TupleType) and isinstance(step, int):
        return info.item_types[step] if step < len(info.item_types) else None
    return None


def known_keys(info: inspect.Type | None) -> list[str]:
    """Keys that a table of this type may have."""
    info = _bare(info)
    if isinstance(info, inspect.UnionType):
        return [key for member in info.types for key in known_keys(member)]
    if isinstance(info, inspect.StructType):
        return [field.encode_name for field in info.fields]
    return []


def value_at(raw: Any, steps: Sequence[str | int]) -> Any:
    """The value at a path, or None."""
    for step in steps:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def bound_of(message: str, info: inspect.Type | None, value: object) -> tuple[str, str | None]:
    """What a validation message says, as text that reads after the value; and a hint."""
    got = re.fullmatch(r"Expected `(.*)`, got `(\w+)`", message)
    if got:
        wanted = " or ".join(
            _TYPE_NAMES.get(part.strip(), part.strip()) for part in got[1].split("|")
        )
        hint = None
        if isinstance(value, str) and "number" in wanted:
            hint = "write it without quotes"
        given = _TYPE_NAMES.get(got[2], got[2])
        return f"is {given}, not {wanted}", hint
    choices = _choices(info)
    if message.startswith("Invalid enum value") and choices:
        return f"is not one of {', '.join(choices)}", nearest(value, choices)
    interval = _interval(info)
    if interval and re.fullmatch(r"Expected `(int|float)` (>|<|>=|<=) .*", message):
        return f"is not in {interval}", None
    pattern = re.fullmatch(r"Expected `str` matching regex '(.*)'", message)
    if pattern:
        return f"does not match {pattern[1]}", None
    if message.startswith("Expected "):
        return f"is not {message.removeprefix('Expected ').replace('`', '')}", None
    return f"is refused: {message}", None


def _choices(info: inspect.Type | None) -> list[str]:
    info = _bare(info)
    if isinstance(info, inspect.LiteralType):
        return [str(value) for value in info.values]
    if isinstance(info, inspect.EnumType):
        return [str(member.value) for member in info.cls]
    if isinstance(info, inspect.UnionType):
        return [choice for member in info.types for choice in _choices(member)]
    return []


def _interval(info: inspect.Type | None) -> str | None:
    info = _bare(info)
    if isinstance(info, inspect.UnionType):
        return next((text for text in map(_interval, info.types) if text), None)
    if not isinstance(info, inspect.IntType | inspect.FloatType):
        return None
    low = f"[{info.ge}" if info.ge is not None else f"({info.gt}" if info.gt is not None else "(-∞"
    high = f"{info.le}]" if info.le is not None else f"{info.lt})" if info.lt is not None else "∞)"
    return f"{low}, {high}"


def _extra(info: inspect.Type | None) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    while isinstance(info, inspect.Metadata):
        merged = {**(info.extra or {}), **merged}
        if info.extra_json_schema:
            merged.setdefault("description", info.extra_json_schema.get("description", ""))
        info = info.type
    return merged


def _walk(
    value: Any, info: inspect.Type | None, path: str
) -> Iterator[tuple[str, Any, inspect.Type | None, Any]]:
    """(key, value, type with its metadata, default) of every leaf, in declaration order."""
    if isinstance(value, msgspec.Struct):
        described = _type_info(type(value))
        assert isinstance(described, inspect.StructType)
        for field in described.fields:
            key = f"{path}.{field.encode_name}" if path else field.encode_name
            inner = getattr(value, field.name)
            if isinstance(inner, msgspec.Struct) or (
                isinstance(inner, tuple | list)
                and inner
                and all(isinstance(item, msgspec.Struct) for item in inner)
            ):
                yield from _walk(inner, field.type, key)
            else:
                yield key, inner, field.type, field.default
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _walk(item, None, f"{path}[{index}]")
    else:
        yield path, value, info, msgspec.NODEFAULT


def rows_of(settings: msgspec.Struct) -> Iterator[FieldRow]:
    """Every setting of a struct, described by the metadata of its type."""
    for key, value, info, default in _walk(settings, None, ""):
        extra = _extra(info)
        yield FieldRow(
            key,
            value,
            default is not msgspec.NODEFAULT and value == default,
            str(extra.get("unit", "")),
            str(extra.get("description", "")),
            str(extra.get("basis", "")),
            str(extra.get("source", "")),
        )


def input_fields(settings: msgspec.Struct) -> Iterator[tuple[str, str]]:
    """(key, file) of every setting that names a file."""
    for key, value, info, _ in _walk(settings, None, ""):
        for member in info.types if isinstance(info, inspect.UnionType) else (info,):
            if _extra(member).get("input") and isinstance(value, str):
                yield key, value
