"""Volts #03 and #04 with their margin venue, as one value."""

from __future__ import annotations

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues import MarginVenue
from voltcore.volts._admin import AdminOperations
from voltcore.volts._cycle import CycleOperations
from voltcore.volts._keeper import KeeperOperations
from voltcore.volts._legs import LegOperations
from voltcore.volts._users import UserOperations
from voltcore.volts._views import VoltReadings
from voltcore.volts.config import VoltConfig

__all__ = ["VOLT_AUTHORITY", "Volt"]

VOLT_AUTHORITY = 2**64 - 1
"""Owner of a volt's margin account: the volt itself. Nobody may call under this id."""


class Volt(
    UserOperations,
    CycleOperations,
    LegOperations,
    AdminOperations,
    KeeperOperations,
    VoltReadings,
    Engine,
):
    """
    A volt and the margin venue it trades on: rounds, shares, fees and the twelve-step cycle.

    Callers are non-zero ids, `now` is whole seconds and never runs backwards. Amounts are native
    units of the deposit token (the venue's quote token), shares native units of the volt token;
    every division favours those who stay.

    Parameters
    ----------
    config : VoltConfig
    venue : MarginVenue
        Copied; the volt opens its margin account there.
    now : int
        Clock at the start, seconds.

    Raises
    ------
    InputRangeError
        For a parameter that no volt could run with, with the path of the field and, where the
        original has one, its name for the refusal.

    Notes
    -----
    Every operation either does what it says or raises one error and changes nothing, neither in
    the volt nor on the venue. ``onchain`` of the error is the original's own name. All of them
    raise `NotAuthorizedError` (``Unauthorized``) for the wrong caller, `PhaseError` in the wrong
    stage (the table is `voltcore.volts.OPERATIONS`), `TimeOrderError` for a `now` before the last
    one, `StalePriceError` (``InvalidPriceCache``, ...) where they read the margin account, and the
    venue's own refusals.
    """

    __slots__ = ()

    _kind = "volt"
    _core_type = core.Volt
    _core: core.Volt

    def __init__(self, config: VoltConfig, venue: MarginVenue, now: int = 0) -> None:
        self._core = core.Volt(config, venue._core.payload(), now)

    def credit_wallet(self, user: int, amount: int) -> None:
        """
        Put money from outside the model into a user's wallet.

        Parameters
        ----------
        user : int
            Caller id, in ``[1, 2**64 - 2]``; his account is opened if he has none.
        amount : int
            Native underlying.
        """
        self._core.credit_wallet(user, amount)
