"""What the wheel must be: small, self-contained, with its data, types and licence."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

LIMIT_MB = 5
NEEDED = (
    "voltcore/__init__.py",
    "voltcore/_core.pyi",
    "voltcore/py.typed",
    "voltcore/data/btc_weekly.csv",
    "voltcore/data/sol_weekly.csv",
    "voltcore/scenarios/crab-btc.toml",
)

wheel = Path(sys.argv[1])
size_mb = wheel.stat().st_size / 1e6
names = zipfile.ZipFile(wheel).namelist()
missing = [name for name in NEEDED if name not in names]
if not any(name.startswith("voltcore/_core.") and name.endswith(".so") for name in names):
    missing.append("voltcore/_core")
if not any(name.endswith("licenses/LICENSE") for name in names):
    missing.append("LICENSE")
strays = [
    name
    for name in names
    if name.startswith(("tests/", "bench/")) or name.endswith((".o", ".a", ".cpp", ".hpp"))
]
if missing or strays or size_mb >= LIMIT_MB:
    sys.exit(f"{wheel.name}: {size_mb:.1f} MB, missing {missing}, strays {strays}")
print(f"{wheel.name}: {size_mb:.2f} MB, {len(names)} files")
