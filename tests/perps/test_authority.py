"""The authority table: every operation of every pool, by every role, changes nothing if refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perps_worlds import (
    ADMIN,
    ALICE,
    KEEPER,
    LIQUIDATOR,
    ORACLE,
    STRANGER,
    USD,
    basket,
    jlp,
    vol,
)
from voltcore import perps
from voltcore.errors import NotAuthorizedError, PausedError, VoltcoreError

HEIR = 77
CALLERS = {
    "nobody": 0,
    "owner": ALICE,
    "admin": ADMIN,
    "heir": HEIR,
    "keeper": KEEPER,
    "oracle": ORACLE,
    "liquidator": LIQUIDATOR,
    "stranger": STRANGER,
}


def basket_pool() -> perps.BasketPool:
    pool = basket()
    pool.open(ALICE, "eth", "long", 10**9, 4 * 10**8, 10**12, 0)
    pool.propose_admin(ADMIN, HEIR, 0)
    return pool


def jlp_pool() -> perps.JlpPool:
    pool = jlp()
    pool.increase(ALICE, "SOL", "long", 1_000 * USD, 2 * 10**9, 0)
    pool.request_decrease(ALICE, 1, "SOL", "long", 0, size_usd=10 * USD)
    pool.propose_admin(ADMIN, HEIR, 0)
    return pool


def vol_pool() -> perps.VolPool:
    pool = vol()
    pool.increase(ALICE, "USDC", "1d", "long", 500 * USD, 200 * USD, 0)
    pool.request_decrease(ALICE, "USDC", "1d", "long", 0, size=10 * USD)
    pool.propose_admin(ADMIN, HEIR, 0)
    return pool


Call = Callable[[Any, int], Any]
CALLS: dict[str, dict[str, Call]] = {
    "BasketPool": {
        "set_price": lambda p, c: p.set_price(c, "usdc", USD, 0),
        "set_permissions": lambda p, c: p.set_permissions(c, None, perps.BasketPermissions(), 0),
        "update_aum": lambda p, c: p.update_aum(c, 0),
        "add_liquidity": lambda p, c: p.add_liquidity(c, "usdc", USD, 0),
        "remove_liquidity": lambda p, c: p.remove_liquidity(c, "usdc", USD, 0),
        "swap": lambda p, c: p.swap(c, "usdc", "eth", USD, 0),
        "open": lambda p, c: p.open(c, "eth", "long", 10**8, 5 * 10**7, 10**12, 0),
        "close": lambda p, c: p.close(c, 1, 1, 0),
        "liquidate": lambda p, c: p.liquidate(c, 1, 0),
        "add_collateral": lambda p, c: p.add_collateral(c, 1, 10**6, 0),
        "remove_collateral": lambda p, c: p.remove_collateral(c, 1, USD, 0),
    },
    "JlpPool": {
        "set_price": lambda p, c: p.set_price(c, "SOL", 150 * USD, 0),
        "set_permissions": lambda p, c: p.set_permissions(c, "SOL", perps.JlpPermissions(), 0),
        "mint": lambda p, c: p.mint(c, "USDC", USD, 0),
        "burn": lambda p, c: p.burn(c, "USDC", USD, 0),
        "swap": lambda p, c: p.swap(c, "USDC", "SOL", USD, 0),
        "increase": lambda p, c: p.increase(c, "SOL", "long", 100 * USD, 10**9, 0),
        "decrease": lambda p, c: p.decrease(c, "SOL", "long", 0, size_usd=USD),
        "liquidate": lambda p, c: p.liquidate(c, ALICE, "SOL", "long", 0),
        "distribute_fees": lambda p, c: p.distribute_fees(c, "SOL", 0),
        "request_increase": lambda p, c: p.request_increase(c, 9, "SOL", "long", USD, 1, 0),
        "request_decrease": lambda p, c: p.request_decrease(c, 9, "SOL", "long", 0, entire=True),
        "execute": lambda p, c: p.execute(c, 1, 0),
        "cancel": lambda p, c: p.cancel(c, 1, 0),
    },
    "VolPool": {
        "set_oracle": lambda p, c: p.set_oracle(c, "1d", 0, implied_volatility=6_000),
        "set_permissions": lambda p, c: p.set_permissions(c, "USDC", perps.VolPermissions(), 0),
        "fund_insurance": lambda p, c: p.fund_insurance(c, "USDC", USD, 0),
        "deposit": lambda p, c: p.deposit(c, "USDC", USD, 0),
        "withdraw": lambda p, c: p.withdraw(c, "USDC", USD, 0),
        "clear_fee_reserves": lambda p, c: p.clear_fee_reserves(c, "USDC", 0),
        "increase": lambda p, c: p.increase(c, "USDC", "30d", "long", 99 * USD, 50 * USD, 0),
        "decrease": lambda p, c: p.decrease(c, "USDC", "1d", "long", 0, size=USD),
        "liquidate": lambda p, c: p.liquidate(c, ALICE, "USDC", "1d", "long", 0),
        "request_increase": lambda p, c: p.request_increase(c, "USDC", "30d", "long", 9, 9, 0),
        "request_decrease": lambda p, c: p.request_decrease(
            c, "USDC", "30d", "long", 0, entire=True
        ),
        "execute_request": lambda p, c: p.execute_request(c, ALICE, "USDC", "1d", "long", 0),
        "cancel_request": lambda p, c: p.cancel_request(c, ALICE, "USDC", "1d", "long", 0),
    },
}
COMMON: dict[str, Call] = {
    "propose_admin": lambda p, c: p.propose_admin(c, 5, 0),
    "accept_admin": lambda p, c: p.accept_admin(c, 0),
}
POOLS: dict[str, Callable[[], Any]] = {
    "BasketPool": basket_pool,
    "JlpPool": jlp_pool,
    "VolPool": vol_pool,
}


@pytest.mark.parametrize("kind", POOLS)
def test_every_operation_has_a_row_and_a_call(kind: str) -> None:
    assert set(perps.OPERATIONS[kind]) == set(CALLS[kind]) | set(COMMON)


def empty(pool: Any) -> Any:
    """A pool of the same rules that nobody has used."""
    bare = {"basket_pool": basket, "jlp_pool": jlp, "vol_pool": vol}[pool._kind](used=False)
    bare.propose_admin(ADMIN, HEIR, 0)
    return bare


def closed(pool: Any) -> Any:
    """The pool with every flag of every custody off."""
    flags = {
        "basket_pool": perps.BasketPermissions,
        "jlp_pool": perps.JlpPermissions,
        "vol_pool": perps.VolPermissions,
    }[pool._kind]
    off = flags(**dict.fromkeys(flags.__struct_fields__, False))
    for config in pool.state()["configs"]:
        pool.set_permissions(ADMIN, config["name"], off, 0)
    if pool._kind == "basket_pool":
        pool.set_permissions(ADMIN, None, off, 0)
    return pool


STATES: dict[str, Callable[[Any], Any]] = {"empty": empty, "live": lambda p: p, "closed": closed}
# What the flags of a pool close; liquidation in a VolPool ignores them.
GATED = {
    "BasketPool": {
        "swap", "add_liquidity", "remove_liquidity", "open", "close", "liquidate",
        "remove_collateral",
    },
    "JlpPool": {"mint", "burn", "swap", "increase", "decrease", "liquidate", "execute"},
    "VolPool": {"increase", "decrease", "execute_request"},
}  # fmt: skip
# What acts on a position or request of somebody else, which has to exist before it has an owner.
ON_AN_OBJECT = {"close", "add_collateral", "remove_collateral", "liquidate"}
ON_A_REQUEST = {"execute", "execute_request", "cancel", "cancel_request"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in POOLS for name in perps.OPERATIONS[kind]]
)
def test_only_the_roles_of_the_table_may_call(kind: str, name: str, state: str) -> None:
    original = STATES[state](POOLS[kind]())
    call = (CALLS[kind] | COMMON)[name]
    allowed = perps.OPERATIONS[kind][name]
    for role, caller in CALLERS.items():
        pool = original.copy()
        may = role in allowed or ("anyone" in allowed and role != "nobody")
        refusal: VoltcoreError | None = None
        try:
            call(pool, caller)
        except VoltcoreError as caught:
            refusal = caught
        told = None if refusal is None else (refusal.code, refusal.onchain, refusal.field)
        if state == "empty" and name in ON_AN_OBJECT:
            assert told == ("E501", "InvalidPositionState", "position"), role
        elif state == "empty" and name in ON_A_REQUEST:
            assert told == ("E501", "InvalidPositionRequest", "request"), role
        elif not may:
            assert isinstance(refusal, NotAuthorizedError), (role, refusal)
            assert told == ("E401", "Unauthorized", "caller"), role
        elif state == "closed" and name in GATED[kind] and role in ("owner", *allowed):
            assert isinstance(refusal, PausedError), (role, refusal)
            assert told == ("E502", "InstructionNotAllowed", "custody"), role
        else:
            # The role is right; what else stands in the way is not a question of authority.
            assert not isinstance(refusal, NotAuthorizedError), (role, refusal)
        if refusal is not None:
            assert pool == original
            assert pool.state_digest() == original.state_digest()


@pytest.mark.parametrize("kind", POOLS)
def test_the_admin_hands_over_in_two_steps(kind: str) -> None:
    pool = POOLS[kind]()
    assert pool.state()["governance"]["roles"]["admin"] == ADMIN
    pool.accept_admin(HEIR, 0)
    assert pool.state()["governance"]["roles"]["admin"] == HEIR
    with pytest.raises(NotAuthorizedError):
        pool.propose_admin(ADMIN, ADMIN, 0)
    with pytest.raises(NotAuthorizedError):
        pool.accept_admin(HEIR, 0)
    pool.audit()


@pytest.mark.parametrize("kind", POOLS)
def test_taking_a_proposal_back_leaves_no_heir(kind: str) -> None:
    pool = POOLS[kind]()
    pool.propose_admin(ADMIN, 0, 0)
    for caller in (HEIR, 0):
        with pytest.raises(NotAuthorizedError):
            pool.accept_admin(caller, 0)
