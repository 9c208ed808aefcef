"""How the batch form of a scalar function is made; its rules are in the package's docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias, TypeVarTuple, overload

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact, as_output, same_length
from voltcore.errors import ArrayError, InputRangeError, InputTypeError

Limbs: TypeAlias = NDArray[np.uint64]
Status: TypeAlias = NDArray[np.uint16]
Operand: TypeAlias = Any
"""Rows of limbs, or an int that stands for every row."""


Operands = TypeVarTuple("Operands")


class Batch(Protocol[*Operands]):
    """The batch form of a function of so many operands."""

    @overload
    def __call__(
        self,
        *operands: *Operands,
        mode: Literal["atomic"] = "atomic",
        out: Limbs | None = None,
        threads: int | None = None,
    ) -> Limbs: ...
    @overload
    def __call__(
        self,
        *operands: *Operands,
        mode: Literal["each"],
        out: Limbs | None = None,
        status: Status | None = None,
        threads: int | None = None,
    ) -> tuple[Limbs, Status]: ...


UnaryBatch: TypeAlias = Batch[Operand]
BinaryBatch: TypeAlias = Batch[Operand, Operand]
TernaryBatch: TypeAlias = Batch[Operand, Operand, Operand]


def batch_of(scalar: Callable[..., int], *, signed: tuple[bool, ...], width: int = 4) -> Any:
    """
    The batch form of a scalar function of this package.

    Parameters
    ----------
    scalar : function
        Its name finds the kernel, its parameters name the operands.
    signed : tuple of bool
        For each operand, whether its rows are two's complement.
    width : int
        Limbs of a row.
    """
    name = scalar.__name__
    fields = tuple(inspect.signature(scalar).parameters)
    kernel: Callable[..., None] = getattr(_core, f"math_{name}_batch")

    def batch(
        *operands: Operand,
        mode: str = "atomic",
        out: Limbs | None = None,
        status: Status | None = None,
        threads: int | None = None,
    ) -> Limbs | tuple[Limbs, Status]:
        if len(operands) != len(fields):
            raise InputTypeError(
                f"takes {len(fields)} operands ({', '.join(fields)}), not {len(operands)}",
                op=batch.__name__,
            )
        return _run(kernel, fields, signed, width, operands, mode, out, status, threads)

    summary = (inspect.getdoc(scalar) or "").partition("\n")[0]
    batch.__name__ = batch.__qualname__ = f"{name}_batch"
    batch.__module__ = scalar.__module__
    batch.__doc__ = (
        f"{summary} Row by row.\n\nOperands: {', '.join(fields)}. What `mode`, `out`, `status` and "
        "`threads` mean,\nand the rules for arrays, are those of every batch: see `voltcore.math`."
    )
    return batch


def _is_column(operand: Operand) -> bool:
    """Whether an operand has rows of its own; an int or a NumPy integer stands for every row."""
    return not isinstance(operand, np.generic) and (
        isinstance(operand, list | tuple) or hasattr(operand, "__array__")
    )


def _run(
    kernel: Callable[..., None],
    fields: tuple[str, ...],
    signed: tuple[bool, ...],
    width: int,
    operands: tuple[Operand, ...],
    mode: str,
    out: Limbs | None,
    status: Status | None,
    threads: int | None,
) -> Limbs | tuple[Limbs, Status]:
    if mode not in ("atomic", "each"):
        raise InputRangeError('is not "atomic" or "each"', code="E114", field="mode", value=mode)
    workers = 0 if threads is None else _core.math_thread_count(threads)
    rows: list[Limbs] = []
    columns: dict[str, Limbs] = {}
    for field, operand, is_signed in zip(fields, operands, signed, strict=True):
        if _is_column(operand):
            columns[field] = as_exact(operand, np.uint64, field, shape=(None, width))
            rows.append(columns[field])
        else:
            row = np.zeros((1, width), np.uint64)
            _core.math_limbs_from_int(operand, row, is_signed, field)
            rows.append(row)
    if not columns:
        raise ArrayError(
            "are all single ints", code="E121", field=" and ".join(fields), hint="use the scalar"
        )
    n = same_length(**columns)
    inputs = [o for o in operands if isinstance(o, np.ndarray)]
    if out is not None:
        as_output(out, np.uint64, (n, width), "out", inputs)
    if mode == "atomic":
        if status is not None:
            raise InputRangeError(
                'is given with mode="atomic"', code="E113", field="status", hint='use mode="each"'
            )
        result = np.empty((n, width), np.uint64)
        kernel(*rows, result, None, workers)
        if out is None:
            return result
        out[...] = result
        return out
    if status is None:
        status = np.zeros(n, np.uint16)
    else:
        as_output(status, np.uint16, (n,), "status", inputs if out is None else [*inputs, out])
    if out is None:
        out = np.zeros((n, width), np.uint64)
    kernel(*rows, out, status, workers)
    return out, status
