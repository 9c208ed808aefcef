"""Every refusal of the volt's rules: its class, its name, and a state that has not changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from voltcore import volts
from voltcore.errors import NotInitializedError, PhaseError, TimeOrderError, VoltcoreError
from volts import cycle_refusals as cycle
from volts import user_refusals as users
from volts.world import ADMIN, ALICE, BOB, DEPOSIT, Scene, advance, funded, new_volt

CASES = [*cycle.CASES, *users.CASES]
NAMES = cycle.NAMES | users.NAMES
IN_SOURCE = Path(__file__).parents[2] / "cpp" / "tests" / "volts_refusals.cpp"

IN_CPP = frozenset(
    {
        "BasePositionMustBeNegative",
        "DepositedAmountOfHedgeAssetShouldBeZero",
        "InsufficientLiquidity",
        "MustMoveCloserToTargetCollateralization",
    }
)
"""What needs a market that misbehaves or a bank that somebody else has emptied."""


@pytest.mark.parametrize(("name", "kind", "scene"), CASES, ids=[name for name, _, _ in CASES])
def test_a_refused_call_leaves_everything_as_it_was(
    name: str, kind: type[VoltcoreError], scene: Scene
) -> None:
    volt, call = scene()
    before = volt.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        call(volt)
    assert (type(caught.value), caught.value.onchain) == (kind, name)
    assert volt.state_digest() == before
    volt.audit()
    # A second try is refused the same way: the first has left nothing behind.
    with pytest.raises(kind) as again:
        call(volt)
    assert str(again.value) == str(caught.value)


def test_every_name_of_the_rules_has_a_case() -> None:
    names = {name for name, _, _ in CASES}
    assert NAMES - names == IN_CPP
    assert names - NAMES == {"InvalidPriceCache", "InvalidRootBankCache", "InvalidPerpMarketCache"}


def test_every_name_that_python_cannot_provoke_has_a_case_in_cpp() -> None:
    source = IN_SOURCE.read_text(encoding="utf-8")
    for name in IN_CPP:
        assert f'"{name}"' in source


def test_every_stage_refusal_of_the_authority_table_is_one_of_the_names() -> None:
    for row in volts.OPERATIONS.values():
        assert row.onchain in NAMES | {""}


@pytest.mark.parametrize("stage", volts.STAGES[1:])
def test_no_operation_runs_before_the_last_one(stage: volts.Stage) -> None:
    volt = new_volt()
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 100)
    advance(volt, stage)
    before = volt.state_digest()
    for call in (
        lambda: volt.take_performance_fees(ADMIN, 99),
        lambda: volt.change_fees(ADMIN, volts.FeeSettings(), 99),
        lambda: volt.deposit(BOB, DEPOSIT, 99),
    ):
        with pytest.raises((TimeOrderError, PhaseError)):
            call()
        assert volt.state_digest() == before


def test_the_spot_hedge_needs_a_token_of_the_venue() -> None:
    volt = funded("TARGET_DONE", strategy=volts.StrategyParams(hedge_with_spot=True))
    before = volt.state_digest()
    with pytest.raises(NotInitializedError) as caught:
        volt.rebalance_spot(ADMIN, 0, 1)
    assert caught.value.field == "hedge_spot"
    assert volt.state_digest() == before
