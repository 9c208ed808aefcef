#!/usr/bin/env python3
"""
Puts each historic bug back into a test-only module and sees that a test notices.

The bugs of `bugs` become switches in copies of their sources. The copies are compiled with the
commands of a finished build, the module is linked again with them, and the tests named with each
bug run against it: with no bug they must pass, with it they must fail. The sources, the build and
the installed package stay as they are.

    python tests/replanted/run.py --build BUILD --package PACKAGE

BUILD is a CMake build folder of the Ninja generator, PACKAGE the folder of the package whose other
files are used. Needs ninja, the compiler of the build, and the extra ``test``.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bugs import BUGS, Bug

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "VOLTCORE_REPLANTED"
SWITCH = f"""#include <cstdlib>
namespace {{
int replanted() {{
    static const int number = std::getenv("{VARIABLE}") ? std::atoi(std::getenv("{VARIABLE}")) : 0;
    return number;
}}
}}  // namespace
"""
# Only what is compiled anew is slower for it, and compiling takes longer than the tests.
OPTIMISATION = "-O1"


def with_switches(source: Path, bugs: Iterable[tuple[int, Bug]]) -> str:
    """The text of a source with the bugs that it can have behind switches."""
    text = source.read_text()
    for number, bug in bugs:
        for sound, planted in ((bug.sound, bug.planted), *bug.also):
            if text.count(sound) != 1:
                sys.exit(f"{bug.source}: {bug.name}: {text.count(sound)} places, not one: {sound}")
            text = text.replace(sound, planted.replace("PLANTED", f"(replanted() == {number})"))
    return SWITCH + text


def commands_of(build: Path) -> list[str]:
    """Everything that the build of the module runs."""
    told = subprocess.run(
        ["ninja", "-C", build, "-t", "commands", "_core"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.splitlines()


def compiled(commands: list[str], source: str, tree: Path, build: Path) -> Path:
    """The object of a changed source, by the command of the sound one."""
    ending = f"/cpp/src/{source}"
    command = next(line for line in commands if line.endswith(ending))
    words = shlex.split(command)
    target = (tree / source).with_suffix(".o")
    changed = []
    for word, before in zip(words, ["", *words], strict=False):
        if before in ("-MT", "-MF") or word in ("-MD", "-MT", "-MF", "-Werror"):
            continue
        if before == "-o":
            word = str(target)
        elif before == "-c":
            word = str(tree / "cpp" / "src" / source)
        elif word.startswith("-I") and word.endswith("/cpp/include"):
            word = f"-I{tree / 'cpp' / 'include'}"
        elif re.fullmatch(r"-O\d", word):
            word = OPTIMISATION
        changed.append(word)
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(changed, cwd=build, check=True)
    return target


def linked(commands: list[str], objects: list[Path], build: Path, target: Path) -> None:
    """The module again: the changed objects come before the library that has the sound ones."""
    command = next(line for line in commands if " -shared " in line and "_core." in line)
    words = shlex.split(command.split("&&")[1])
    words[words.index("-o") + 1] = str(target)
    library = words.index("libvoltcore.a")
    subprocess.run([*words[:library], *map(str, objects), *words[library:]], cwd=build, check=True)


def planted_package(build: Path, package: Path, work: Path) -> None:
    """A copy of the package with the module of the switches."""
    tree = work / "source"
    shutil.copytree(ROOT / "cpp", tree / "cpp")
    numbered = list(enumerate(BUGS, start=1))
    sources = sorted({bug.source for bug in BUGS})
    for source in sources:
        here = tree / "cpp" / "src" / source
        here.write_text(with_switches(here, (row for row in numbered if row[1].source == source)))
    commands = commands_of(build)
    with ThreadPoolExecutor(2) as workers:
        objects = list(workers.map(lambda name: compiled(commands, name, tree, build), sources))
    shutil.copytree(package, work / "voltcore", ignore=shutil.ignore_patterns("__pycache__"))
    module = next((work / "voltcore").glob("_core*.so"))
    module.unlink()
    linked(commands, objects, build, module)


def outcome(number: int, tests: Iterable[str], work: Path) -> subprocess.CompletedProcess[str]:
    """The tests with one bug on, or with none for 0."""
    names = [str(ROOT / "tests" / name) for name in tests]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *names],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(work), VARIABLE: str(number)},
    )  # fmt: skip


def main() -> int:
    """1 if a bug lives, or if the tests fail without one."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", type=Path, required=True)
    arguments.add_argument("--package", type=Path, required=True)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        planted_package(given.build.resolve(), given.package.resolve(), work)
        jobs = [(0, sorted({bug.tests for bug in BUGS}))]
        jobs += [(number, [bug.tests]) for number, bug in enumerate(BUGS, start=1)]
        with ThreadPoolExecutor(2) as workers:
            found = list(workers.map(lambda job: outcome(*job, work), jobs))
    sound, *planted = found
    if sound.returncode != 0:
        print(sound.stdout[-4_000:], "\nthe tests fail without any bug")
        return 1
    for bug, run in zip(BUGS, planted, strict=True):
        # 1 is a failed test; anything else says that the tests have not run.
        last = (run.stdout.strip().splitlines() or [""])[-1]
        print(f"{'killed' if run.returncode == 1 else 'ALIVE'}: {bug.name} ({last})")
    killed = sum(run.returncode == 1 for run in planted)
    print(f"{killed} of {len(BUGS)} historic bugs killed")
    return int(killed < len(BUGS))


if __name__ == "__main__":
    sys.exit(main())
