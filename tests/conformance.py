"""
Replay folders of vector files against the installed package.

    python tests/conformance.py DIR...

Prints a line for each file and last ``N passed, M failed, K skipped``. A file, function or
operation that nothing here knows is a failure, never a skip. Exit status 1 unless all passed.

A family of vectors registers itself in ``tests/replay/<area>.py`` as an entry of ``FAMILIES``: the
file's family name -> a function that takes the parsed file and yields one ``(label, problem)`` pair
for each case, with ``problem = None`` when the case passed.
"""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Outcome = tuple[str, str | None]
Replay = Callable[[dict[str, Any]], Iterator[Outcome]]

sys.path.insert(0, str(Path(__file__).parent))

AREAS = ("math", "amm", "irs", "perps", "venues", "volts")


def families() -> dict[str, Replay]:
    known: dict[str, Replay] = {}
    for area in AREAS:
        for name, replay in importlib.import_module(f"replay.{area}").FAMILIES.items():
            assert name not in known, f"two areas replay {name}"
            known[name] = replay
    return known


def family_of(document: dict[str, Any]) -> str:
    """'volts/health', 'irs-lib-1/fullMath', 'perps/fees', ...: the area and what the file holds."""
    if document.get("schema") == 1:
        return f"volts/{document.get('kind')}"
    if document.get("family") == "perps":
        return f"perps/{document.get('file')}"
    return f"{document.get('schema')}/{document.get('family')}"


def read(path: Path) -> dict[str, Any]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        document = json.load(file)
    if not isinstance(document, dict):
        raise TypeError("the file holds no JSON object")
    return document


def vector_files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    return sorted(p for p in folder.rglob("*") if p.name.endswith((".json", ".json.gz")))


def replay_file(path: Path, known: dict[str, Replay]) -> list[Outcome]:
    try:
        document = read(path)
    except (OSError, ValueError, TypeError) as error:
        return [(path.name, f"cannot be read: {error}")]
    family = family_of(document)
    if family not in known:
        return [(path.name, f"unknown family {family!r}")]
    outcomes: list[Outcome] = []
    try:
        outcomes.extend(known[family](document))
    except Exception as error:  # noqa: BLE001 - a crash of the replay is a failed case, with its reason
        outcomes.append((path.name, f"{type(error).__name__}: {error}"))
    return outcomes or [(path.name, "holds no cases")]


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    known = families()
    passed = failed = 0
    for argument in arguments:
        folder = Path(argument)
        files = vector_files(folder)
        if not files:
            print(f"{folder}: no vector files")
            failed += 1
        for path in files:
            outcomes = replay_file(path, known)
            problems = [(label, problem) for label, problem in outcomes if problem is not None]
            good = len(outcomes) - len(problems)
            passed += good
            failed += len(problems)
            print(f"{path}: {good} passed, {len(problems)} failed")
            for label, problem in problems[:5]:
                print(f"    {label}: {problem[:300]}")
            if len(problems) > 5:
                print(f"    ... and {len(problems) - 5} more")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
