"""The configuration of a pool as text."""

from __future__ import annotations

from typing import Any

from voltcore._engine import Engine

__all__ = ["describe"]


def describe(pool: Engine, title: str) -> str:
    """
    Roles, settings and custodies of a pool, one line each.

    Parameters
    ----------
    pool : Engine
    title : str

    Returns
    -------
    str
    """
    state = pool.state()
    lines = [title, "", "roles"]
    lines += [f"  {name}: {value}" for name, value in state["governance"]["roles"].items()]
    for name, value in state.items():
        if name in ("settings", "permissions", "limit", "fees"):
            lines += ["", name, *_fields(value)]
    for config in state["configs"]:
        lines += ["", f"custody {config['name']}", *_fields(config)]
    return "\n".join(lines)


def _fields(values: dict[str, Any], indent: str = "  ") -> list[str]:
    lines: list[str] = []
    for name, value in values.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", *_fields(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {value}")
    return lines
