"""
Text on its way into a page, escaped for the place where it lands.

Everything a report shows may come from a file that somebody else wrote: names, units, descriptions
and scenario text are data in every place, never markup.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from voltcore.errors import escape_text

_SPACES = re.compile(r"[\t\n\r\v\f ]+")
_SCRIPT_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def plain(value: object) -> str:
    """One line of text; control, bidirectional and zero-width characters become visible escapes."""
    return escape_text(_SPACES.sub(" ", str(value)).strip())


def text(value: object) -> str:
    """
    A value as HTML text.

    Quotes are escaped too, so that moving the result into an attribute by mistake stays harmless.
    """
    return html.escape(plain(value), quote=True)


def attribute(value: object) -> str:
    """A value as a double-quoted HTML attribute, quotes included."""
    return f'"{html.escape(plain(value), quote=True)}"'


def verbatim(value: object) -> str:
    """Text whose line breaks are kept, for ``<pre>``."""
    return "\n".join(
        html.escape(escape_text(line.replace("\t", "    ")), quote=True)
        for line in str(value).splitlines()
    )


def figure_text(value: object) -> str:
    """
    A value as text inside a figure.

    Plotly reads a few tags (``<b>``, ``<a href>``), entities and ``%{…}`` fields in its texts, so
    the characters that begin them are entities here.
    """
    escaped = html.escape(plain(value), quote=False)
    return escaped.replace("%{", "%&#123;").replace("$", "&#36;")


def script_json(value: Any) -> str:
    """
    A value as JSON that may stand inside a ``<script>`` element.

    ``<``, ``>``, ``&`` and the line separators U+2028 and U+2029 are escaped. Numbers that are not
    finite become ``null``; key order is kept, so that the same value gives the same bytes.
    """
    encoded = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return encoded.translate(_SCRIPT_ESCAPES)


def _finite(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _finite(value.tolist())
    if isinstance(value, np.generic):
        return _finite(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        # A lone surrogate has no UTF-8 form.
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_finite(str(key)): _finite(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_finite(item) for item in value]
    return value
