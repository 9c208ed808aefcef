"""How the key of a scenario is described: its unit, where its number comes from, its bounds."""

from __future__ import annotations

from typing import Any

from msgspec import Meta

__all__ = ["chosen", "documented", "key"]


def key(description: str, unit: str, basis: str, source: str, **bounds: Any) -> Meta:
    """A key's description, unit, where its number comes from, and its bounds."""
    return Meta(
        description=description,
        extra={"unit": unit, "basis": basis, "source": source},
        **bounds,
    )


def chosen(description: str, unit: str, source: str, **bounds: Any) -> Meta:
    """A key whose number is this project's assumption, with its reason."""
    return key(description, unit, "chosen", source, **bounds)


def documented(description: str, unit: str, source: str, **bounds: Any) -> Meta:
    """A key whose number is stated by the protocol or its venue, or measured."""
    return key(description, unit, "documented", source, **bounds)
