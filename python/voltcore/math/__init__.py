"""
Exact wide integers and fixed-point decimals, one at a time and in batches.

``mul_div(a, b, d)`` takes and returns ints; ``mul_div_batch(a, b, d)`` takes and returns rows of
limbs. Both run the same kernel.

Operands
    ``uint64`` arrays of shape ``(n, 4)`` (I80F48: ``(n, 2)``), least significant limb first, two's
    complement where the operation is signed. An int stands for a row that is the same everywhere.
mode
    ``"atomic"`` (default): the result, or the refusal of the first bad row with its ``index``, and
    then nothing has been written. ``"each"``: ``(result, status)``; ``status`` is ``uint16``, 0 for
    a good row and otherwise the number of its error code (301 for E301); refused rows of a given
    `out` are left as they were, those of a new one are 0.
out, status
    Written and returned instead of new arrays; C-contiguous, writable, of exactly the result's
    dtype and shape, and not sharing memory with an operand.
threads
    At most so many threads; None for one a core where it pays. The result does not depend on it.

The GIL is released. Each operand row is read once, from the caller's own array where that is
already C-contiguous, so do not write to it from another thread during the call.
"""

from __future__ import annotations

from voltcore.math import decimals, full_math, i80f48, limbs, ray
from voltcore.math.decimals import *  # noqa: F403
from voltcore.math.full_math import *  # noqa: F403
from voltcore.math.i80f48 import *  # noqa: F403
from voltcore.math.limbs import *  # noqa: F403
from voltcore.math.ray import *  # noqa: F403

__all__ = [
    *decimals.__all__,
    *full_math.__all__,
    *i80f48.__all__,
    *limbs.__all__,
    *ray.__all__,
]
