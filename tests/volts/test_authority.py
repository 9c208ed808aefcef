"""The authority table: every operation, by every role, refuses the stranger and changes nothing."""

from __future__ import annotations

import pytest

from voltcore import volts
from voltcore.errors import NotAuthorizedError, VoltcoreError
from volts.world import ADMIN, STRANGER, funded

DESK = 1
"""A margin account beside the volt's own."""


def call(volt: volts.Volt, name: str, caller: int) -> None:
    calls = {
        "rebalance_target": lambda: volt.rebalance_target(caller, 0, 25_000),
        "rebalance_target_off_book": lambda: volt.rebalance_target(
            caller, 0, 25_000, off_book=True
        ),
        "setup_rebalance_off_book": lambda: volt.setup_rebalance_off_book(
            caller, DESK, 25_000, 10, 0
        ),
        "rebalance_hedge": lambda: volt.rebalance_hedge(caller, 0, 500_000),
        "rehedge": lambda: volt.rehedge(caller, 0, 500_000),
        "end_round_bypass": lambda: volt.end_round(caller, 0, bypass=True),
        "reset_rebalancing": lambda: volt.reset_rebalancing(caller, 0),
        "set_strategy_params": lambda: volt.set_strategy_params(caller, volts.StrategyParams(), 0),
        "change_fees": lambda: volt.change_fees(caller, volts.FeeSettings(), 0),
        "change_capacity": lambda: volt.change_capacity(
            caller, 0, capacity=1, individual_capacity=1
        ),
        "set_permissionless_cranks": lambda: volt.set_permissionless_cranks(caller, True, 0),
        "turn_off_deposits_and_withdrawals": lambda: volt.turn_off_deposits_and_withdrawals(
            caller, True, 0
        ),
        "propose_admin": lambda: volt.propose_admin(caller, 5, 0),
    }
    if name in calls:
        calls[name]()
    else:
        getattr(volt, name)(caller, 0)


@pytest.mark.parametrize("stage", volts.STAGES)
def test_the_authority_table_holds_in_every_stage(stage: str) -> None:
    original = funded(stage)
    assert original.on_venue(lambda venue: venue.add_account(STRANGER, 0)) == DESK
    for row in volts.OPERATIONS.values():
        if row.access == "anyone" or row.name in ("init_spot_open_orders", "rebalance_spot"):
            continue
        for caller in (0, STRANGER, volts.VOLT_AUTHORITY):
            volt = original.copy()
            with pytest.raises(NotAuthorizedError) as caught:
                call(volt, row.name, caller)
            assert caught.value.onchain == "Unauthorized", row.name
            assert volt == original
        # Nobody was proposed, and no order is there to be cancelled.
        if row.name in ("accept_admin", "cancel_rebalance_off_book"):
            continue
        volt = original.copy()
        if stage in row.stages:
            call(volt, row.name, ADMIN)
        else:
            with pytest.raises(VoltcoreError) as refused:
                call(volt, row.name, ADMIN)
            expected = row.onchain or None
            if row.name == "start_round" and stage == "RESOLVED":
                expected = "MustTakeWithdrawalFeesBeforeStartingRound"
            assert (refused.value.code, refused.value.onchain) == (row.code, expected), row.name
            assert volt == original
