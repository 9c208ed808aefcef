"""Which contracts' tick range and arithmetic a function follows."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore._arrays import as_exact
from voltcore.errors import ArrayError, InputRangeError

Protocol = Literal["voltz", "uniswap_v3"]


class Rows(NamedTuple):
    """Results of a batch, row by row."""

    values: NDArray[Any]
    """One result for each row; 0 where the row failed."""
    status: NDArray[np.uint16]
    """0, or the number of the row's error code: 110 stands for E110."""


def is_voltz(protocol: str) -> bool:
    """True for ``"voltz"``, False for ``"uniswap_v3"``; anything else is E114."""
    if protocol == "voltz":
        return True
    if protocol == "uniswap_v3":
        return False
    raise InputRangeError(
        "is not 'voltz' or 'uniswap_v3'", code="E114", field="protocol", value=protocol
    )


def as_flags(values: object, field: str) -> NDArray[np.uint8]:
    """A bool array as C-contiguous uint8 zeros and ones."""
    array = np.asarray(values)
    if array.dtype != np.bool_ or isinstance(values, np.ma.MaskedArray):
        raise ArrayError(f"has dtype {array.dtype}, not bool", code="E120", field=field)
    return as_exact(
        array.view(np.uint8) if array.flags.c_contiguous else array.astype(np.uint8),
        np.uint8,
        field,
    )
