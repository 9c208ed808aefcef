"""Who may call what: the authority table of the three pools, behind tests and documentation."""

from __future__ import annotations

from typing import Literal

__all__ = ["OPERATIONS", "Role"]

Role = Literal["anyone", "owner", "admin", "heir", "keeper", "oracle", "liquidator"]
"""Anyone is every caller but 0; an heir is the proposed admin."""

_COMMON: dict[str, tuple[Role, ...]] = {
    "propose_admin": ("admin",),
    "accept_admin": ("heir",),
    "set_permissions": ("admin",),
    "liquidate": ("liquidator", "admin"),
}

OPERATIONS: dict[str, dict[str, tuple[Role, ...]]] = {
    "BasketPool": {
        **_COMMON,
        "set_price": ("oracle",),
        "update_aum": ("anyone",),
        "add_liquidity": ("anyone",),
        "remove_liquidity": ("anyone",),
        "swap": ("anyone",),
        "open": ("anyone",),
        "close": ("owner",),
        "add_collateral": ("owner",),
        "remove_collateral": ("owner",),
    },
    "JlpPool": {
        **_COMMON,
        "set_price": ("oracle",),
        "mint": ("anyone",),
        "burn": ("anyone",),
        "swap": ("anyone",),
        "increase": ("anyone",),
        "decrease": ("anyone",),
        "distribute_fees": ("keeper", "admin"),
        "request_increase": ("anyone",),
        "request_decrease": ("anyone",),
        "execute": ("keeper",),
        "cancel": ("owner", "keeper"),
    },
    "VolPool": {
        **_COMMON,
        "set_oracle": ("oracle",),
        "fund_insurance": ("anyone",),
        "deposit": ("anyone",),
        "withdraw": ("anyone",),
        "clear_fee_reserves": ("admin",),
        "increase": ("anyone",),
        "decrease": ("anyone",),
        "request_increase": ("anyone",),
        "request_decrease": ("anyone",),
        "execute_request": ("keeper",),
        "cancel_request": ("owner", "keeper"),
    },
}
"""Roles that each operation accepts. What acts on the caller's own position is open to anyone."""
