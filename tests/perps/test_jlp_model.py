"""The JLP pool against a second implementation of its rules, operation by operation."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from case_counts import cases
from jlp_trades_model import SIDES, JlpModel
from jlp_twins import Call, books, model_of, outcome, same
from perps_worlds import ADMIN, ALICE, BOB, KEEPER, LIQUIDATOR, LP, ORACLE, ROLES, USD
from voltcore import perps
from voltcore.errors import ArithmeticOverflowError

NAMES = ("SOL", "ETH", "USDC", "USDT")
PRICES = {"SOL": 150 * USD, "ETH": 2_500 * USD, "USDC": USD, "USDT": USD}
DECIMALS = {"SOL": 9, "ETH": 8, "USDC": 6, "USDT": 6}
OPERATIONS = 600


def pool_of(surplus: str, buffer: int) -> perps.JlpPool:
    """Two traded tokens and two stables; every rule that can be on is on in one of them."""
    jump = perps.JumpRate(
        min_rate_bps=500, max_rate_bps=15_000, target_rate_bps=3_500, target_utilization=8 * 10**8
    )
    flow = perps.AdditiveImpact(threshold_usd=20_000 * USD, factor=2, exponent=2, max_bps=80)
    return perps.JlpPool(
        perps.JlpConfig(
            roles=ROLES,
            settings=perps.JlpSettings(
                tax_bps=50, add_remove_bps=5, stable_swap_tax_bps=10, swap_multiplier=2,
                weight_buffer_bps=buffer, max_position_usd=60_000 * USD, surplus=surplus,
            ),
            custodies=(
                perps.JlpCustodyConfig(
                    name="SOL", decimals=9, target_bps=4_000, hourly_funding_dbps=12,
                    trade_impact_fee_scalar=125 * 10**13, max_global_short_usd=100_000 * USD,
                ),
                perps.JlpCustodyConfig(
                    name="ETH", decimals=8, target_bps=2_000, jump=jump, additive=flow,
                    max_leverage_bps=500_000, max_global_long_usd=100_000 * USD,
                ),
                perps.JlpCustodyConfig(
                    name="USDC", is_stable=True, target_bps=3_000, hourly_funding_dbps=10
                ),
                perps.JlpCustodyConfig(name="USDT", is_stable=True, target_bps=1_000, jump=jump),
            ),
        )
    )  # fmt: skip


def both(pool: perps.JlpPool, model: JlpModel, call: Call) -> str:
    """Do a step in both: they do the same, or refuse it by the same name; the books are equal."""
    told, expected = outcome(pool, call), outcome(model, call)
    assert same(told, expected), (told, expected)
    assert books(pool) == model.books()
    return told


def amount(draw: random.Random, most: int) -> int:
    usual = (draw.randrange(most) for _ in range(7))
    return draw.choice((0, 1, draw.randrange(1_000), 2**64 - 1, *usual))


def tokens(name: str, usd: int) -> int:
    return min(usd * 10 ** DECIMALS[name] // PRICES[name], 2**64 - 1)


def next_step(draw: random.Random, model: JlpModel, now: int) -> tuple[str, Call]:
    """The name of an operation, and how to call it on either of the two."""
    who, name = draw.choice((ALICE, BOB, LP)), draw.choice(NAMES)
    traded, side, paying = draw.choice(("SOL", "ETH")), draw.choice(SIDES), None
    if side == "short" and draw.random() < 0.3:
        paying = draw.choice(("USDC", "USDT", "SOL"))
    if model.positions and draw.random() < 0.6:
        who, traded, paying, side = draw.choice(sorted(model.positions))
    key: dict[str, Any] = {"collateral_custody": paying}
    limit = {**key, "price_slippage": draw.choice((0, 0, 0, 1, PRICES[traded]))}
    held = paying or (traded if side == "long" else "USDC")
    size = amount(draw, 12_000 * USD)
    coins = tokens(held, size // draw.choice((1, 2, 5, 9, 60, 150)))
    request = draw.choice([*list(model.requests)[-1:], draw.randrange(1_000)])  # the newest, or new
    asker = model.requests[request]["key"][0] if request in model.requests else who
    trigger: dict[str, Any] = {}
    if draw.random() < 0.4:
        trigger = {"trigger": draw.choice((0, PRICES[traded])), "above": draw.random() < 0.5}
    asked = {"size_usd": size // 4, "collateral_usd": amount(draw, 300 * USD)}
    asked["entire"] = draw.random() < 0.2
    factor = draw.uniform(0.98, 1.02) if name in ("USDC", "USDT") else draw.uniform(0.7, 1.4)
    price = round(PRICES[name] * factor)
    off = draw.choice((*perps.JlpPermissions.__struct_fields__, *[None] * 20))
    flags = perps.JlpPermissions(**({off: False} if off else {}))
    keeper = draw.choice((KEEPER, KEEPER, KEEPER, ALICE))
    steps: list[tuple[int, str, Call]] = [
        (14, "set_price", lambda p: p.set_price(ORACLE, name, price, now)),
        (12, "mint", lambda p: p.mint(who, name, tokens(name, size), now)),
        (8, "burn", lambda p: p.burn(who, name, size, now)),
        (10, "swap", lambda p: p.swap(who, name, traded, tokens(name, size), now)),
        (20, "increase", lambda p: p.increase(who, traded, side, size, coins, now, **limit)),
        (12, "decrease", lambda p: p.decrease(who, traded, side, now, **asked, **limit)),
        (8, "liquidate", lambda p: p.liquidate(LIQUIDATOR, who, traded, side, now, **key)),
        (3, "distribute_fees", lambda p: p.distribute_fees(KEEPER, name, now)),
        (6, "request_increase", lambda p: p.request_increase(
            who, request, traded, side, size, coins, now, **limit, **trigger)),
        (6, "request_decrease", lambda p: p.request_decrease(
            who, request, traded, side, now, **asked, **limit, **trigger)),
        (14, "execute", lambda p: p.execute(keeper, request, now)),
        (2, "cancel", lambda p: p.cancel(asker, request, now)),
        (3, "set_permissions", lambda p: p.set_permissions(ADMIN, name, flags, now)),
    ]  # fmt: skip
    return draw.choices([row[1:] for row in steps], [row[0] for row in steps])[0]


def test_an_aum_beyond_64_bits_is_refused_and_not_wrapped() -> None:
    config = perps.JlpConfig(
        roles=ROLES,
        custodies=tuple(
            perps.JlpCustodyConfig(name=name, is_stable=True, seed_owned=2**63)
            for name in ("USDC", "USDT")
        ),
    )
    pool = perps.JlpPool(config)
    for name in ("USDC", "USDT"):
        pool.set_price(ORACLE, name, USD, 0)
        assert pool.custody_aum(name, 0) == 2**63
    with pytest.raises(ArithmeticOverflowError) as caught:
        pool.aum(0)
    assert (caught.value.code, caught.value.onchain) == ("E301", "MathOverflow")


@pytest.mark.parametrize("buffer", [0, 6_000])
@pytest.mark.parametrize("surplus", ["refund", "forfeit"])
def test_two_implementations_keep_the_same_books(surplus: str, buffer: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(cases(16, 4_000)):
        draw = random.Random(seed)
        pool = pool_of(surplus, buffer)
        model = model_of(pool)
        for name in NAMES:
            both(pool, model, lambda p, name=name: p.set_price(ORACLE, name, PRICES[name], 0))
        for name, usd in (("SOL", 80_000), ("ETH", 40_000), ("USDC", 60_000), ("USDT", 20_000)):
            both(pool, model, lambda p, n=name, u=usd: p.mint(LP, n, tokens(n, u * USD), 0))
        now = 0
        for turn in range(OPERATIONS):
            now += draw.choice((0, 0, 0, 1, 1, 5, 20, 20, 60, 3_600, 86_400))
            told, step = next_step(draw, model, now)
            try:
                seen[f"{told}: {both(pool, model, step)}"] += 1
            except AssertionError as difference:
                raise AssertionError((seed, turn, told)) from difference
            if turn % 10 == 0:
                told = outcome(pool, lambda p, now=now: p.aum(now))
                assert told == outcome(model, lambda p: p.aum())
                assert told != "done" or pool.aum(now) == model.aum()
        pool.audit()
    # Every operation succeeded, and was refused, often enough to say something.
    for name in set(perps.OPERATIONS["JlpPool"]) - {"propose_admin", "accept_admin"}:
        assert seen[f"{name}: done"] >= 10, seen
    refused = {told.partition(": ")[2] for told in seen if not told.endswith("done")}
    assert len(refused) >= 15, refused
