"""What this installation is made of."""

from __future__ import annotations

import sys
from importlib import metadata

from voltcore import _core

_LIBRARIES = ("numpy", "msgspec", "cyclopts", "rich", "pyarrow", "plotly", "dask", "distributed")


def build_info() -> dict[str, str]:
    """
    Version, compiler, flags, SIMD level and library versions of this installation.

    Returns
    -------
    dict of str to str
        ``version``, ``compiler``, ``flags``, ``simd_baseline`` (what the build assumes), ``simd``
        (what this machine offers at run time), ``python`` and one key for each library that is
        installed.
    """
    info = dict(_core.build_info())
    info["python"] = ".".join(map(str, sys.version_info[:3]))
    for name in _LIBRARIES:
        try:
            info[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return info
