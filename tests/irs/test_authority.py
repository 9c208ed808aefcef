"""The authority table: every operation, by every role, in every state, refused as it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import get_args

import pytest

from irs.worlds import (
    ANYONE,
    CLASSES,
    DAY,
    END,
    FIXED,
    FUNDS,
    LEAST,
    LP,
    MOST,
    NEAR_END,
    OWNER,
    PARAMETERS,
    PAUSER,
    RANGE,
    START,
    VARIABLE,
    WAD,
)
from voltcore import amm, irs
from voltcore.errors import VoltcoreError
from voltcore.irs import OPERATIONS, Operation, Refused, Role, State

APPROVED, PERIPHERY, OTHER = 31, 33, 77
CALLERS: Mapping[str, int] = {
    "owner": OWNER,
    "pauser": PAUSER,
    "holder": LP,
    "approved": APPROVED,
    "periphery": PERIPHERY,
    "stranger": ANYONE,
    "nobody": 0,
    "module": irs.MODULE,
}
TIMES: Mapping[State, int] = {
    "uninitialised": START,
    "live": START,
    "paused": START,
    "near maturity": NEAR_END,
    "matured": END,
    "settled": END,
}
Call = Callable[[irs.IrsPool, int, int], object]
CALLS: Mapping[str, Call] = {
    "set_margin_calculator_parameters": lambda p, c, t: p.set_margin_calculator_parameters(
        c, t, PARAMETERS
    ),
    "set_lookback_window_in_seconds": lambda p, c, t: p.set_lookback_window_in_seconds(
        c, t, 5 * DAY
    ),
    "set_cache_max_age_in_seconds": lambda p, c, t: p.set_cache_max_age_in_seconds(c, t, 3600),
    "set_liquidator_reward": lambda p, c, t: p.set_liquidator_reward(c, t, WAD // 10),
    "set_fee": lambda p, c, t: p.set_fee(c, t, 0),
    "set_fee_protocol": lambda p, c, t: p.set_fee_protocol(c, t, 7),
    "set_is_alpha": lambda p, c, t: p.set_is_alpha(c, t, True),
    "set_is_alpha_margin_engine": lambda p, c, t: p.set_is_alpha_margin_engine(c, t, True),
    "set_maturity_buffer": lambda p, c, t: p.set_maturity_buffer(c, t, DAY * WAD),
    "set_min_seconds_since_last_update": lambda p, c, t: p.set_min_seconds_since_last_update(
        c, t, 60
    ),
    "change_pauser": lambda p, c, t: p.change_pauser(c, t, OTHER, True),
    "set_pausability": lambda p, c, t: p.set_pausability(c, t, True),
    "set_approval": lambda p, c, t: p.set_approval(c, t, OTHER, True),
    "increase_observation_cardinality_next": (
        lambda p, c, t: p.increase_observation_cardinality_next(c, t, 401)
    ),
    "write_oracle_entry": lambda p, c, t: p.write_oracle_entry(c, t),
    "initialize_vamm": lambda p, c, t: p.initialize_vamm(c, t, 2**96),
    "mint": lambda p, c, t: p.mint(c, t, LP, *RANGE, 10),
    "burn": lambda p, c, t: p.burn(c, t, LP, *RANGE, 10),
    "swap": lambda p, c, t: p.swap(c, t, LP, *RANGE, 10**6),
    "update_protocol_fees": lambda p, c, t: p.update_protocol_fees(c, t, 1),
    "update_position_margin (deposit)": lambda p, c, t: p.update_position_margin(
        c, t, LP, *RANGE, 10**6
    ),
    "update_position_margin (withdrawal)": lambda p, c, t: p.update_position_margin(
        c, t, LP, *RANGE, -(10**6)
    ),
    "settle_position": lambda p, c, t: p.settle_position(c, t, LP, *RANGE),
    "liquidate_position": lambda p, c, t: p.liquidate_position(c, t, LP, *RANGE),
    "get_position": lambda p, c, t: p.get_position(c, t, LP, *RANGE),
    "get_position_margin_requirement": lambda p, c, t: p.get_position_margin_requirement(
        c, t, LP, *RANGE, True
    ),
    "get_historical_apy": lambda p, c, t: p.get_historical_apy(c, t),
    "variable_factor": lambda p, c, t: p.variable_factor(c, t),
    "collect_protocol": lambda p, c, t: p.collect_protocol(c, t, OWNER, 1),
    "transfer_margin_to_fcm_trader": lambda p, c, t: p.transfer_margin_to_fcm_trader(
        c, t, OTHER, 1
    ),
    "initiate_fully_collateralised_fixed_taker_swap": (
        lambda p, c, t: p.initiate_fully_collateralised_fixed_taker_swap(c, t, 10**6, MOST - 1)
    ),
    "unwind_fully_collateralised_fixed_taker_swap": (
        lambda p, c, t: p.unwind_fully_collateralised_fixed_taker_swap(c, t, 10**6, LEAST + 1)
    ),
    "settle_trader": lambda p, c, t: p.settle_trader(c, t),
}


def deployed(revision: irs.Revision) -> irs.IrsPool:
    """Everybody has money; the holder has margin and has approved somebody."""
    pool = irs.IrsPool(
        owner=OWNER,
        now=START,
        term_start=START,
        term_end=END,
        rate_ray=10**27,
        observations=[(START - 10 * DAY, 999 * 10**24)],
        revision=revision,
        periphery=PERIPHERY,
        has_module=True,
    )
    pool.set_margin_calculator_parameters(OWNER, START, PARAMETERS)
    pool.set_lookback_window_in_seconds(OWNER, START, 5 * DAY)
    pool.set_cache_max_age_in_seconds(OWNER, START, 6 * 3600)
    pool.set_fee(OWNER, START, 3 * WAD // 1000)
    pool.change_pauser(OWNER, START, PAUSER, True)
    pool.increase_observation_cardinality_next(OWNER, START, 400)
    if revision == "r23":
        pool.set_maturity_buffer(OWNER, START, DAY * WAD)
    for account in (OWNER, PAUSER, LP, APPROVED, PERIPHERY, ANYONE, FIXED, VARIABLE):
        pool.fund(account, FUNDS)
        pool.fund_yield_tokens(account, FUNDS)
    pool.fund_yield_reserve(FUNDS)
    pool.set_approval(LP, START, APPROVED, True)
    pool.update_position_margin(LP, START, LP, *RANGE, 10**13)
    return pool


def trade(pool: irs.IrsPool) -> None:
    pool.initialize_vamm(ANYONE, START, amm.sqrt_ratio_at_tick(-16080))
    pool.set_fee_protocol(OWNER, START, 5)
    pool.mint(LP, START, LP, *RANGE, 10**14)
    for trader, amount in ((FIXED, 10**11), (VARIABLE, -(10**11))):
        pool.update_position_margin(trader, START, trader, -60, 60, 10**11)
        pool.swap(trader, START, trader, -60, 60, amount)
    pool.swap(LP, START, LP, *RANGE, 10**9)
    pool.initiate_fully_collateralised_fixed_taker_swap(LP, START, 10**9, MOST - 1)


def pool_in(state: State, revision: irs.Revision) -> irs.IrsPool:
    pool, now = deployed(revision), TIMES[state]
    if state != "uninitialised":
        trade(pool)
    if state == "paused":
        pool.set_pausability(PAUSER, START, True)
    if now > START:
        pool.set_rate(now, 101 * 10**25)
        pool.write_oracle_entry(ANYONE, now)
    if state == "settled":
        for key in pool.position_keys():
            pool.settle_position(ANYONE, END, *key)
        pool.settle_trader(LP, END)
    return pool


def expected(row: Operation, role: str, state: State, revision: irs.Revision) -> Refused | None:
    """What the table says; None: allowed."""
    if role in ("nobody", "module"):
        return Refused("E110", "")
    if row.only_r23 and revision == "r22":
        return Refused("E501", "")
    if state in row.closed:
        return row.closed[state]
    if role not in row.roles:
        return (revision == "r23" and row.stranger_r23) or row.stranger
    if role == "holder" and state in row.closed_to_holder:
        return row.closed_to_holder[state]
    return row.closed_to_roles.get(state)


def test_every_operation_that_names_its_caller_has_a_row_and_a_call() -> None:
    named = {name.split(" ")[0] for name in OPERATIONS}
    found = {
        name
        for name in dir(irs.IrsPool)
        if not name.startswith("_")
        and callable(getattr(irs.IrsPool, name))
        and "caller" in getattr(getattr(irs.IrsPool, name), "__annotations__", {})
    }
    assert found == named
    assert set(CALLS) == set(OPERATIONS)
    assert tuple(TIMES) == get_args(State)
    assert tuple(CALLERS)[:6] == get_args(Role)


@pytest.mark.parametrize("revision", ["r22", "r23"])
@pytest.mark.parametrize("state", TIMES)
def test_every_cell_of_the_table_is_what_the_pool_does(
    state: State, revision: irs.Revision
) -> None:
    original = pool_in(state, revision)
    before, cells = original.state_digest(), 0
    for name, row in OPERATIONS.items():
        for role, caller in CALLERS.items():
            pool, told = original.copy(), expected(row, role, state, revision)
            cell = f"{name} by {role}, {state}, {revision}"
            cells += 1
            if told is None:
                CALLS[name](pool, caller, TIMES[state])
                continue
            with pytest.raises(VoltcoreError) as caught:
                CALLS[name](pool, caller, TIMES[state])
            got = caught.value
            assert (got.code, got.onchain or "") == told, cell
            assert type(got) is CLASSES[told.code], cell
            assert pool.state_digest() == before, cell
            if told.code == "E110" and not told.onchain:
                assert got.field == "caller", cell
    assert cells == len(OPERATIONS) * len(CALLERS)


def described(row: Operation) -> str:
    """The cells of a row after its name, as the documentation shows them."""
    who = (
        "anyone" if len(row.roles) == len(get_args(Role)) else ", ".join(row.roles) or "no account"
    )
    others = [text for text in (row.stranger, row.stranger_r23) if text]
    closed: dict[Refused, list[str]] = {}
    for states in (row.closed, row.closed_to_roles, row.closed_to_holder):
        for state, refusal in states.items():
            if state not in closed.setdefault(refusal, []):
                closed[refusal].append(state)
    when = "; ".join(f"{', '.join(states)}: {text.onchain}" for text, states in closed.items())
    said = " / ".join(text.onchain for text in others)
    return f"{who}{' (R23)' if row.only_r23 else ''} | {said} | {when}".rstrip()


def test_the_documentation_shows_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rates.md").read_text(encoding="utf-8")
    missing = [
        line
        for name, row in OPERATIONS.items()
        if (line := f"| `{name}` | {described(row)} |".replace("|  |", "| |")) not in page
    ]
    assert not missing, "\n".join(missing)
