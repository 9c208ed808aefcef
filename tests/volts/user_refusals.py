"""Refusals of deposits, withdrawals, cancels and claims: scenes to play."""

from __future__ import annotations

from collections.abc import Callable

from voltcore import volts
from voltcore.errors import (
    CapError,
    InputRangeError,
    InsufficientFundsError,
    PausedError,
    PhaseError,
    StateError,
    VoltcoreError,
)
from volts.world import (
    ADMIN,
    ALICE,
    BOB,
    DEPOSIT,
    WALLET,
    Call,
    Case,
    advance,
    funded,
    invested,
    new_volt,
)

NAMES = frozenset(
    {
        "AccountEquityLessThanZero",
        "CannotCancelPendingDepositFromOldRound",
        "CannotCancelPendingWithdrawalFromOldRound",
        "CantHaveMultiplePendingWithdrawals",
        "DepositsAndWithdrawalsAreTurnedOff",
        "DepositsDisabled",
        "IndividualDepositCapacityWouldBeExceeded",
        "InsufficientCollateralForDeposit",
        "InsufficientVaultTokens",
        "InvalidClaimPendingDepositState",
        "InvalidClaimPendingWithdrawalState",
        "InvalidDepositAmount",
        "InvalidEpochForCancel",
        "InvalidWithdrawAmount",
        "NewEquityMustBeHigherThanDepositAmount",
        "PendingDepositAlreadyExists",
        "PendingDepositDoesNotExist",
        "PendingWithdrawalDoesNotExist",
        "VaultCapacityWouldBeExceeded",
        "WithdrawalsDisabled",
    }
)
"""Every name of the rules for users."""

CASES: list[Case] = []


def user(name: str, kind: type[VoltcoreError], call: Call, scene: Callable[[], volts.Volt]) -> None:
    CASES.append((name, kind, lambda: (scene(), call)))


def turned_off() -> volts.Volt:
    volt = funded()
    volt.turn_off_deposits_and_withdrawals(ADMIN, True, 0)
    return volt


def waiting(stage: volts.Stage) -> volts.Volt:
    """Bob has a deposit and Alice a withdrawal of the first round."""
    volt = funded()
    volt.deposit(BOB, DEPOSIT, 0)
    volt.withdraw(ALICE, 10**8, 0)
    return advance(volt, stage)


def next_round() -> volts.Volt:
    return advance(waiting("RESOLVED"), "ACTIVE")


user("DepositsAndWithdrawalsAreTurnedOff", PausedError, lambda v: v.deposit(BOB, 1, 0), turned_off)
user(
    "DepositsAndWithdrawalsAreTurnedOff", PausedError, lambda v: v.withdraw(ALICE, 1, 0), turned_off
)
user("InvalidDepositAmount", InputRangeError, lambda v: v.deposit(BOB, 0, 0), funded)
user("InvalidDepositAmount", InputRangeError, lambda v: v.deposit(BOB, 999_999, 0), new_volt)
user("DepositsDisabled", PhaseError, lambda v: v.deposit(BOB, 1, 0), lambda: funded("READY"))
user(
    "InsufficientCollateralForDeposit",
    InsufficientFundsError,
    lambda v: v.deposit(BOB, WALLET + 1, 0),
    funded,
)
user("PendingDepositAlreadyExists", StateError, lambda v: v.deposit(BOB, 10**6, 0), next_round)
user(
    "VaultCapacityWouldBeExceeded",
    CapError,
    lambda v: v.deposit(BOB, DEPOSIT + 1, 0),
    lambda: funded(capacity=2 * DEPOSIT),
)
user(
    "IndividualDepositCapacityWouldBeExceeded",
    CapError,
    lambda v: v.deposit(BOB, DEPOSIT + 1, 0),
    lambda: funded(individual_capacity=DEPOSIT),
)
user("InvalidWithdrawAmount", InputRangeError, lambda v: v.withdraw(ALICE, 0, 0), funded)
user(
    "InvalidWithdrawAmount",
    InsufficientFundsError,
    lambda v: v.withdraw(ALICE, 10**6, 0),
    lambda: invested("WFEES"),
)
user("WithdrawalsDisabled", PhaseError, lambda v: v.withdraw(ALICE, 1, 0), lambda: funded("DONE"))
user(
    "InsufficientVaultTokens",
    InsufficientFundsError,
    lambda v: v.withdraw(ALICE, DEPOSIT + 1, 0),
    funded,
)
user(
    "CantHaveMultiplePendingWithdrawals", StateError, lambda v: v.withdraw(ALICE, 1, 0), next_round
)
user(
    "CannotCancelPendingDepositFromOldRound",
    StateError,
    lambda v: v.cancel_pending_deposit(BOB, 0),
    next_round,
)
user(
    "CannotCancelPendingWithdrawalFromOldRound",
    StateError,
    lambda v: v.cancel_pending_withdrawal(ALICE, 0),
    next_round,
)
user(
    "InvalidEpochForCancel",
    PhaseError,
    lambda v: v.cancel_pending_deposit(BOB, 0),
    lambda: waiting("READY"),
)
user(
    "InvalidEpochForCancel",
    PhaseError,
    lambda v: v.cancel_pending_withdrawal(ALICE, 0),
    lambda: waiting("RESOLVED"),
)
for _name in ("cancel", "claim"):
    user(
        "PendingDepositDoesNotExist",
        StateError,
        lambda v, name=_name: getattr(v, f"{name}_pending_deposit")(ALICE, 0),
        next_round,
    )
    user(
        "PendingWithdrawalDoesNotExist",
        StateError,
        lambda v, name=_name: getattr(v, f"{name}_pending_withdrawal")(BOB, 0),
        next_round,
    )
user(
    "InvalidClaimPendingDepositState",
    PhaseError,
    lambda v: v.claim_pending_deposit(BOB, 0),
    lambda: waiting("WFEES"),
)
user(
    "InvalidClaimPendingWithdrawalState",
    PhaseError,
    lambda v: v.claim_pending_withdrawal(ALICE, 0),
    lambda: waiting("ACTIVE"),
)
