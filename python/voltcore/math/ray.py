"""
Ray (27 places) and wad (18 places) helpers of the lending pools' rate indices. uint256.

Source: ``WadRayMath.sol``.
"""

from __future__ import annotations

from voltcore import _core
from voltcore.math._batch import BinaryBatch, UnaryBatch, batch_of

__all__ = [
    "ray_div",
    "ray_div_batch",
    "ray_mul",
    "ray_mul_batch",
    "ray_to_wad",
    "ray_to_wad_batch",
    "wad_div",
    "wad_div_batch",
    "wad_mul",
    "wad_mul_batch",
    "wad_to_ray",
    "wad_to_ray_batch",
]


def ray_mul(a: int, b: int) -> int:
    """
    ``a * b / 10^27``, half up.

    The product plus half a ray is checked in 256 bits: a panic (E301).
    """
    return _core.math_ray_mul(a, b)


def ray_div(a: int, b: int) -> int:
    """
    ``a * 10^27 / b``, half up.

    ``b = 0`` is ``"DIV0"`` (E302); the numerator is checked in 256 bits: a panic (E301).
    """
    return _core.math_ray_div(a, b)


def wad_mul(a: int, b: int) -> int:
    """
    ``a * b / 10^18``, half up.

    The product plus half a wad is checked in 256 bits: a panic (E301).
    """
    return _core.math_wad_mul(a, b)


def wad_div(a: int, b: int) -> int:
    """
    ``a * 10^18 / b``, half up.

    ``b = 0`` is ``"DIV0"`` (E302); the numerator is checked in 256 bits: a panic (E301).
    """
    return _core.math_wad_div(a, b)


def ray_to_wad(x: int) -> int:
    """
    ``x / 10^9``, half up.

    Never refused.
    """
    return _core.math_ray_to_wad(x)


def wad_to_ray(x: int) -> int:
    """
    ``x * 10^9``, exactly.

    Checked in 256 bits: a panic (E301).
    """
    return _core.math_wad_to_ray(x)


ray_mul_batch: BinaryBatch = batch_of(ray_mul, signed=(False, False))
ray_div_batch: BinaryBatch = batch_of(ray_div, signed=(False, False))
wad_mul_batch: BinaryBatch = batch_of(wad_mul, signed=(False, False))
wad_div_batch: BinaryBatch = batch_of(wad_div, signed=(False, False))
ray_to_wad_batch: UnaryBatch = batch_of(ray_to_wad, signed=(False,))
wad_to_ray_batch: UnaryBatch = batch_of(wad_to_ray, signed=(False,))
