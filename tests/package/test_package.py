"""What a user gets from `pip install`: a light import, honest build facts, no hidden needs."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import voltcore

ROOT = Path(__file__).parents[2]


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_import_needs_numpy_and_msgspec_only() -> None:
    code = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'cyclopts', 'rich', 'pyarrow', 'plotly', 'pandas',\n"
        "                                  'polars', 'dask', 'distributed', 'scipy'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "import voltcore\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'pyarrow', 'plotly', 'rich', 'cyclopts', 'pandas', 'polars'}))\n"
    )
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_import_adds_less_than_150_ms_to_the_interpreter() -> None:
    def seconds(code: str) -> float:
        begin = time.perf_counter()
        assert run_python("-c", code).returncode == 0
        return time.perf_counter() - begin

    seconds("import voltcore")  # fills the byte-code cache
    # numpy is the user's own already; the difference is what voltcore adds on top of it.
    pairs = [(seconds("import voltcore"), seconds("import numpy")) for _ in range(7)]
    added = statistics.median(with_it - without for with_it, without in pairs)
    assert added < 0.15, pairs


def test_build_info_names_what_the_package_is_made_of() -> None:
    info = voltcore.build_info()
    assert info["version"] == voltcore.__version__
    assert re.fullmatch(r"(gcc|clang) \S.*", info["compiler"])
    assert "-ffp-contract=off" in info["flags"]
    assert "-march=native" not in info["flags"]
    assert "-ffast-math" not in info["flags"]
    assert {"python", "numpy", "msgspec", "pybind11", "simd", "simd_baseline"} <= info.keys()


def test_every_error_code_is_documented_as_the_core_defines_it() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| (E\d{3}) \| `(\w+)` \| (.+?) \|$", text, flags=re.MULTILINE)
    assert documented == [tuple(row) for row in voltcore._core.error_codes()]


def test_no_file_names_a_path_of_one_machine() -> None:
    pattern = re.compile(r"/(work|farm|tmp/bash|opt/vc)/")
    found = []
    for folder in ("cpp", "python", "tests", "bench", "docs", "examples", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if (
                path.suffix in {".py", ".hpp", ".cpp", ".md", ".toml", ".def", ""}
                and path.is_file()
            ):
                text = path.read_text(encoding="utf-8", errors="ignore")
                found += [str(path) for line in text.splitlines() if pattern.search(line)]
    assert [f for f in found if not f.endswith("test_package.py")] == []
