"""Hints for names that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

from voltcore.errors import InputRangeError, InputTypeError


def nearest(name: object, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known name, if one is near."""
    if not isinstance(name, str) or len(name) > 256:
        return None
    import difflib  # only a refusal needs it

    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else None


def known_name(name: object, known: tuple[str, ...], field: str) -> str:
    """`name`, if it is one of the known ones; else E101 or E114 with the nearest."""
    if not isinstance(name, str):
        raise InputTypeError("is not a name", field=field, value=name)
    if name not in known:
        raise InputRangeError(
            f"is not one of {', '.join(known)}",
            code="E114",
            field=field,
            value=name,
            hint=nearest(name, known),
        )
    return name
