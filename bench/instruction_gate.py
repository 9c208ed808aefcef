"""
Instruction counts of the hot kernels against recorded ones: the regression gate.

    python bench/instruction_gate.py [--binary build/voltcore_instructions] [--record] [NAME...]

Callgrind counts are repeatable to the instruction, unlike times. A kernel that needs over 1 % more
instructions a row than ``instruction_counts.json`` says fails the gate, and so does one without a
recorded count. Counts depend on the compiler and are kept for each. Where nothing can be compared
(another compiler, no valgrind) the gate says so and passes.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COUNTS = HERE / "instruction_counts.json"
LIMIT = 0.01


def output_of(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout + done.stderr


def instructions_per_row(binary: str, kernel: str, rows: int) -> float:
    """Instructions inside the kernel's measured section, divided by its rows."""
    text = output_of(
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        "--collect-atstart=no",
        "--toggle-collect=*measured_section*",
        binary,
        kernel,
    )
    found = re.search(r"Collected\s*:\s*(\d+)", text)
    if found is None:
        raise RuntimeError(f"callgrind printed no count for {kernel}:\n{text}")
    return round(int(found.group(1)) / rows, 2)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--binary", default=str(HERE.parent / "build" / "voltcore_instructions"))
    parser.add_argument("--record", action="store_true", help="write the counts instead")
    parser.add_argument("names", nargs="*", help="kernels; all of them when none is named")
    options = parser.parse_args(arguments)
    if not Path(options.binary).is_file():
        print(f"{options.binary}: not built; cmake -DVOLTCORE_TESTS=ON builds it")
        return 2
    if shutil.which("valgrind") is None:
        print("instruction gate: NOT CHECKED, valgrind is not installed")
        return 0
    compiler = output_of(options.binary, "--compiler").strip()
    listed = [line.split() for line in output_of(options.binary, "--list").splitlines()]
    kernels = {name: int(rows) for name, rows in listed}
    unknown = sorted(set(options.names) - set(kernels))
    if unknown:
        print(f"no kernel of the name {unknown[0]}; there are {', '.join(kernels)}")
        return 2
    recorded = json.loads(COUNTS.read_text()) if COUNTS.is_file() else {}
    if compiler not in recorded and not options.record:
        known = ", ".join(recorded) or "none"
        print(f"instruction gate: NOT CHECKED, no counts for {compiler} (there are: {known})")
        return 0
    counts = dict(recorded.get(compiler, {}))
    failed = 0
    for name in options.names or kernels:
        now = instructions_per_row(options.binary, name, kernels[name])
        before = counts.get(name)
        if options.record:
            counts[name] = now
            verdict = "recorded"
        elif before is None:
            verdict = "FAILED: no recorded count (--record writes one)"
        elif now > before * (1 + LIMIT):
            verdict = "FAILED: slower than recorded"
        elif now < before * (1 - LIMIT):
            verdict = "ok, faster than recorded: --record it"
        else:
            verdict = "ok"
        failed += verdict.startswith("FAILED")
        was = "-" if before is None else f"{before:.2f}"
        print(f"{name:<32} {now:>10.2f} a row, recorded {was:>10}  {verdict}")
    if options.record:
        recorded[compiler] = dict(sorted(counts.items()))
        COUNTS.write_text(json.dumps(recorded, indent=2, sort_keys=True) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
