"""Scenario files and the files that a scenario names: where they may lie, and how they are read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from voltcore._names import nearest
from voltcore.errors import LimitError, ScenarioError

MAX_BYTES = 4 * 2**20
MAX_INPUT_BYTES = 256 * 2**20
PACKAGE_DATA = Path(__file__).parent.parent / "data"

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def shipped_scenarios() -> dict[str, Path]:
    """Names and files of the scenarios that come with the package, in alphabetical order."""
    folder = Path(__file__).parent.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find(source: str | os.PathLike[str]) -> tuple[Path, str, Path]:
    """File, name and folder of inputs of a scenario given by name or path."""
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


def read_file(path: Path, limit: int, what: str, field: str = "scenario") -> bytes:
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


def decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            f"is not UTF-8: byte 0x{data[error.start]:02x}",
            code="E201",
            field=f"{path} line {line}",
        ) from None


def read_input(folder: Path, field: str, name: str) -> bytes:
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
    for base in (folder, PACKAGE_DATA):
        root = base.resolve()
        path = (root / name).resolve()
        if not path.exists():
            continue
        if not path.is_relative_to(root):
            raise ScenarioError(
                "is a link that leaves the scenario's folder", code="E207", field=field, value=name
            )
        return read_file(path, MAX_INPUT_BYTES, "an input file", field)
    known = [path.name for path in _data_files(PACKAGE_DATA)]
    raise ScenarioError(
        "is neither in the scenario's folder nor a table of the package",
        code="E207",
        field=field,
        value=name,
        hint=nearest(name, known),
    )


def _data_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*")) if path.suffix in (".csv", ".parquet"))
