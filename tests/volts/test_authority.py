"""The authority table: every operation, by every role, refuses the stranger and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from voltcore import venues, volts
from voltcore.errors import NotAuthorizedError, VoltcoreError
from volts_model import ONE

ADMIN, STRANGER = 1, 99


def fresh() -> volts.Volt:
    venue = venues.MarginVenue(
        venues.VenueConfig.squared_and_linear(
            admin=ADMIN, valid_interval=2**40, unlimited_pnl_counterparty=True
        )
    )
    volt = volts.Volt(volts.VoltConfig.crab(ADMIN), venue)
    volt.set_price(ADMIN, 1, 50_000 * ONE, 0)
    volt.refresh_caches(0)
    volt.credit_wallet(11, 10**10)
    volt.deposit(11, 10**9, 0)
    return volt


def at(stage: str) -> volts.Volt:
    volt = fresh()
    steps: list[Any] = [
        lambda: volt.start_round(ADMIN, 0),
        lambda: volt.take_performance_fees(ADMIN, 0),
        lambda: volt.setup_rebalance(ADMIN, 0),
        lambda: volt.rebalance_target(ADMIN, 0, 25_000),
        lambda: volt.rebalance_hedge(ADMIN, 0, 500_000),
        lambda: volt.end_round(ADMIN, 0),
        lambda: volt.take_pending_withdrawal_fees(ADMIN, 0),
    ]
    for act in steps[: volts.STAGES.index(stage)]:
        act()
    assert volt.stage == stage
    return volt


def call(volt: volts.Volt, name: str, caller: int) -> None:
    calls = {
        "rebalance_target": lambda: volt.rebalance_target(caller, 0, 25_000),
        "rebalance_target_off_book": lambda: volt.rebalance_target(
            caller, 0, 25_000, off_book=True
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
    original = at(stage)
    for row in volts.OPERATIONS.values():
        if row.access == "anyone" or row.name in ("init_spot_open_orders", "rebalance_spot"):
            continue
        for caller in (0, STRANGER, volts.VOLT_AUTHORITY):
            volt = original.copy()
            with pytest.raises(NotAuthorizedError) as caught:
                call(volt, row.name, caller)
            assert caught.value.onchain == "Unauthorized", row.name
            assert volt == original
        if row.access == "heir":
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
