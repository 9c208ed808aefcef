"""
Colours that stay apart for every common kind of colour vision.

Source: M. Okabe and K. Ito, "Color universal design" (2008). The chosen ones have a contrast of at
least 3 to 1 on the light and on the dark ground of the page.
"""

from __future__ import annotations

BLUE = "#2a7fbf"
ORANGE = "#c2760a"
GREEN = "#159a74"
RED = "#d4622a"
PURPLE = "#b3639b"
GREY = "#85888f"
# The cells of a heat map and the numbers on them, in a light and in a dark page: blue and red, a
# fifth of the way to white, so that the numbers have a contrast of at least 4.5 to 1 everywhere.
INK = "#1d2329"
WHITE = "#f4f5f6"
CELL_BLUE = "#5297ca"
CELL_RED = "#da7f53"

SERIES = (BLUE, RED, GREEN, PURPLE, ORANGE, GREY)
GAIN = BLUE
LOSS = RED

LINES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def shade(colour: str, opacity: float) -> str:
    """A ``#rrggbb`` colour as ``rgba(…)``."""
    red, green, blue = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
