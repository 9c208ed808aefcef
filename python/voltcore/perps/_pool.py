"""What the three pools share: the admin's hand-over and the clock."""

from __future__ import annotations

from typing import Literal

from voltcore._engine import Engine

__all__ = ["Pool", "Side"]

Side = Literal["long", "short"]


class Pool(Engine):
    """A pool whose operations name their caller and the clock."""

    __slots__ = ()

    def propose_admin(self, caller: int, next_admin: int, now: int) -> None:
        """
        First step of handing the admin role over; 0 takes the proposal back.

        Raises
        ------
        NotAuthorizedError
            ``Unauthorized``: the caller is not the admin.
        """
        self._core.propose_admin(caller, next_admin, now)

    def accept_admin(self, caller: int, now: int) -> None:
        """
        Second step of handing the admin role over.

        Raises
        ------
        NotAuthorizedError
            ``Unauthorized``: the caller is not the proposed admin.
        """
        self._core.accept_admin(caller, now)

    @property
    def clock(self) -> int:
        """Seconds of the last operation."""
        return int(self._core.clock())
