"""Who may do what with an `IrsPool`, and when: the table behind tests and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

__all__ = ["OPERATIONS", "Operation", "Refused", "Role", "State"]

Role = Literal["owner", "pauser", "holder", "approved", "periphery", "stranger"]
"""
The owner of the contracts, a pauser, the owner of the position, an account that it has approved,
the periphery, and anybody else. Nobody (0) and the module's own account never call.
"""
State = Literal["uninitialised", "live", "paused", "near maturity", "matured", "settled"]
"""``settled``: matured, and the position, or the trader, has been settled."""


class Refused(NamedTuple):
    """A refusal: the error code and the contracts' own words."""

    code: str
    onchain: str


class Operation(NamedTuple):
    """One row of the table. What a table cannot know (amounts, margins) is refused on top of it."""

    roles: tuple[Role, ...]
    """Who may call."""
    stranger: Refused | None = None
    """What everybody else gets."""
    stranger_r23: Refused | None = None
    """The same in R23, where its text differs."""
    closed: Mapping[State, Refused] = {}
    """States that refuse every caller, before it is asked who calls."""
    closed_to_roles: Mapping[State, Refused] = {}
    """States that refuse those who may call."""
    closed_to_holder: Mapping[State, Refused] = {}
    """States that refuse the one whose position or trade it is."""
    only_r23: bool = False


_ANYONE: tuple[Role, ...] = ("owner", "pauser", "holder", "approved", "periphery", "stranger")
_HOLDERS: tuple[Role, ...] = ("holder", "approved", "periphery")
_NOT_OWNER = Refused("E401", "Ownable: caller is not the owner")
_NOT_AUTHORIZED = Refused("E401", "not authorized")
_PAUSED: Mapping[State, Refused] = {"paused": Refused("E502", "Paused")}
_TOO_LATE = Refused("E505", "closeToOrBeyondMaturity")
_NO_LIQUIDATION = Refused("E607", "CannotLiquidate")
_LAST_DAY: Mapping[State, Refused] = {
    "near maturity": _TOO_LATE,
    "matured": _TOO_LATE,
    "settled": _TOO_LATE,
}
_UNLOCKED = Refused("E503", "CanOnlyTradeIfUnlocked")
_TOO_EARLY = Refused("E505", "CannotSettleBeforeMaturity")
_BEFORE_MATURITY: Mapping[State, Refused] = {
    "uninitialised": _TOO_EARLY,
    "live": _TOO_EARLY,
    "near maturity": _TOO_EARLY,
}
_ONCE = Refused("E504", "ExpectedSqrtPriceZeroBeforeInit")
_SETTLED = Refused("E501", "already settled")
_NO_TIME_LEFT = Refused("E302", "div0")
_NOTHING_TO_UNWIND = Refused("E110", "notional to unwind > notional")

_OWNER = Operation(("owner",), _NOT_OWNER)
_OPEN = Operation(_ANYONE)

OPERATIONS: Mapping[str, Operation] = {
    "set_margin_calculator_parameters": _OWNER,
    "set_lookback_window_in_seconds": _OWNER,
    "set_cache_max_age_in_seconds": _OWNER,
    "set_liquidator_reward": _OWNER,
    "set_fee": _OWNER,
    "set_fee_protocol": _OWNER,
    "set_is_alpha": _OWNER,
    "set_is_alpha_margin_engine": _OWNER,
    "set_maturity_buffer": Operation(("owner",), _NOT_OWNER, only_r23=True),
    "set_min_seconds_since_last_update": _OWNER,
    "change_pauser": _OWNER,
    "set_pausability": Operation(("pauser",), Refused("E401", "no role")),
    "set_approval": _OPEN,
    "increase_observation_cardinality_next": _OPEN,
    "write_oracle_entry": _OPEN,
    "initialize_vamm": Operation(
        _ANYONE,
        closed={
            "live": _ONCE,
            "paused": _ONCE,
            "near maturity": _ONCE,
            "matured": _ONCE,
            "settled": _ONCE,
        },
    ),
    "mint": Operation(
        _HOLDERS,
        Refused("E401", "only msg.sender or approved can mint"),
        _NOT_AUTHORIZED,
        closed={"uninitialised": Refused("E503", "LOK"), **_PAUSED, **_LAST_DAY},
    ),
    "burn": Operation(
        _HOLDERS,
        Refused("E401", "MS or ME"),
        closed={"uninitialised": Refused("E503", "LOK"), **_PAUSED},
    ),
    "swap": Operation(
        _HOLDERS,
        Refused("E401", "only sender or approved integration"),
        _NOT_AUTHORIZED,
        closed={"uninitialised": _UNLOCKED, **_PAUSED, **_LAST_DAY},
    ),
    "update_protocol_fees": Operation((), Refused("E401", "OnlyMarginEngine")),
    "update_position_margin (deposit)": Operation(_ANYONE, closed=_PAUSED),
    "update_position_margin (withdrawal)": Operation(
        _HOLDERS,
        Refused("E401", "OnlyOwnerCanUpdatePosition"),
        closed=_PAUSED,
        closed_to_roles={"matured": Refused("E505", "PositionNotSettled")},
    ),
    "settle_position": Operation(
        _ANYONE, closed={**_BEFORE_MATURITY, **_PAUSED, "settled": _SETTLED}
    ),
    "liquidate_position": Operation(
        _ANYONE,
        closed={
            "uninitialised": _NO_LIQUIDATION,
            "live": _NO_LIQUIDATION,
            **_PAUSED,
            **_LAST_DAY,
        },
    ),
    "get_position": _OPEN,
    "get_position_margin_requirement": Operation(
        _ANYONE, closed={"matured": _NO_TIME_LEFT, "settled": _NO_TIME_LEFT}
    ),
    "get_historical_apy": _OPEN,
    "variable_factor": _OPEN,
    "collect_protocol": Operation(
        ("owner",),
        _NOT_OWNER,
        closed=_PAUSED,
        closed_to_roles={"uninitialised": Refused("E602", "NotEnoughFunds")},
    ),
    "transfer_margin_to_fcm_trader": Operation((), Refused("E401", "OnlyFCM")),
    "initiate_fully_collateralised_fixed_taker_swap": Operation(
        _ANYONE, closed={"uninitialised": _UNLOCKED, **_PAUSED, **_LAST_DAY}
    ),
    "unwind_fully_collateralised_fixed_taker_swap": Operation(
        ("holder",),
        _NOTHING_TO_UNWIND,
        closed=_PAUSED,
        closed_to_roles={
            "uninitialised": _NOTHING_TO_UNWIND,
            "near maturity": _TOO_LATE,
            "matured": _TOO_LATE,
            "settled": _NOTHING_TO_UNWIND,
        },
    ),
    "settle_trader": Operation(
        _ANYONE, closed={**_BEFORE_MATURITY, **_PAUSED}, closed_to_holder={"settled": _SETTLED}
    ),
}
"""
Every operation of `IrsPool` that names its caller. The position, and the trader of the module,
belong to the holder; `liquidate_position` is shown for a healthy position.
"""
