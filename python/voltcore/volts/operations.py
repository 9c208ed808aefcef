"""Who may call what, and when: the one table behind the checks, the tests and the docs."""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore import _core

__all__ = ["OPERATIONS", "STAGES", "Access", "Operation", "Stage"]

Stage = Literal[
    "BETWEEN", "ACTIVE", "FEES_TAKEN", "READY", "TARGET_DONE", "DONE", "RESOLVED", "WFEES"
]
Access = Literal["anyone", "crank", "admin", "heir"]

STAGES: tuple[Stage, ...] = (
    "BETWEEN",
    "ACTIVE",
    "FEES_TAKEN",
    "READY",
    "TARGET_DONE",
    "DONE",
    "RESOLVED",
    "WFEES",
)
"""The stages of the cycle, in order; the last two are between rounds, like the first."""


class Operation(msgspec.Struct, frozen=True):
    """
    One row of the authority table.

    Attributes
    ----------
    name : str
        Method of `Volt`; ``rebalance_target_off_book`` and ``end_round_bypass`` are those methods
        with that argument.
    access : {"anyone", "crank", "admin", "heir"}
        ``"crank"`` is the admin, and everybody while cranks are permissionless.
    stages : tuple of str
        Where it is accepted.
    code : str
        Error code in any other stage.
    onchain : str
        The original's name for that refusal; empty if it has none.
    """

    name: str
    access: Access
    stages: tuple[Stage, ...]
    code: str
    onchain: str


OPERATIONS: dict[str, Operation] = {
    name: Operation(name, access, stages, code, onchain)
    for name, access, stages, code, onchain in _core.volts_operations()
}
"""Every operation by name."""
