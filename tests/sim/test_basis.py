"""The basis volt's model: what adds up, a second loop through Python's engine, and bad tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from voltcore import _core, markets, venues, volts
from voltcore.errors import ScenarioError
from voltcore.sim.basis import BasisModel, BasisWeeks, Settings, build, read_basis_weeks
from voltcore.sim.basis_columns import COLUMNS
from voltcore.sim.basis_settings import Banks, Compare, Market, Token, TokenPerp, Venue, Volt
from voltcore.sim.model import Shard

DATA = Path(_core.__file__).parent / "data" / "sol_weekly.csv"
USDC = 10**6
ONE = 1 << 48
KEEPER, OPERATOR, DEPOSITOR, LENDER, BORROWER = 1, 2, 3, 4, 5


@pytest.fixture(scope="module")
def weeks() -> BasisWeeks:
    return read_basis_weeks(DATA.read_bytes())


def first_weeks(count: int) -> BasisWeeks:
    return read_basis_weeks(DATA.read_bytes(), count=count)


def run(model: BasisModel, first: int, paths: int, **kwargs: Any) -> Shard:
    given = {"variant": "base", "seed": 7, "traced": 2, **kwargs}
    shard = model.simulate(
        given["variant"], first, paths, given["seed"], given["traced"], _core.Control()
    )
    assert shard is not None
    return shard


def test_the_parts_add_up_to_the_result(weeks: BasisWeeks) -> None:
    columns = run(BasisModel(Settings(), weeks), 0, 4).columns
    gains = ("perp_pnl", "spot_pnl", "funding", "deposit_interest", "rounding")
    costs = (
        "borrow_interest",
        "trading_cost",
        "taker_fees",
        "performance_fees",
        "withdrawal_fees",
        "aum_fees",
        "liquidation_cost",
    )
    total = sum(columns[name].astype(np.int64) for name in gains) - sum(
        columns[name].astype(np.int64) for name in costs
    )
    change = columns["final_value"].astype(np.int64) - columns["deposit"].astype(np.int64)
    assert (total == change).all()
    assert (np.abs(columns["rounding"]) < USDC).all(), "less than a dollar in five years"
    assert (columns["basis_pnl"] == columns["perp_pnl"] + columns["spot_pnl"]).all()


def test_every_column_band_and_trace_has_its_shape_and_type(weeks: BasisWeeks) -> None:
    model = BasisModel(Settings(), weeks)
    shard = run(model, 0, 3)
    assert set(shard.columns) == {column.name for column in COLUMNS}
    for column in COLUMNS:
        values = shard.columns[column.name]
        assert (values.dtype, values.shape) == (np.dtype(column.dtype), (3,))
    for band in model.bands:
        assert shard.bands[band.name].shape == band.shape
        assert (shard.bands[band.name].sum(axis=1) == 3).all()
    for trace in model.traces:
        values = shard.traces[trace.name]
        assert (values.dtype, values.shape) == (np.dtype(trace.dtype), (2, len(weeks.ends)))


def test_shards_of_any_size_hold_the_same_paths() -> None:
    model = BasisModel(Settings(), first_weeks(40))
    whole = run(model, 0, 6)
    parts = [run(model, 0, 2), run(model, 2, 3, traced=0), run(model, 5, 1, traced=0)]
    for name, values in whole.columns.items():
        assert np.concatenate([part.columns[name] for part in parts]).tobytes() == values.tobytes()
    for name, counts in whole.bands.items():
        assert sum(part.bands[name] for part in parts).tobytes() == counts.tobytes()


def test_it_is_in_the_position_exactly_after_weeks_of_negative_funding() -> None:
    weeks = first_weeks(60)
    trace = run(BasisModel(Settings(), weeks), 0, 1).traces["in_position"][0]
    expected, inside = [], False
    for funding in weeks.funding:
        inside = funding < 0 if funding else inside
        expected.append(int(inside))
    assert trace.tolist() == expected
    assert 0 < sum(expected) < len(expected)


def test_always_in_earns_minus_the_funding_of_every_week() -> None:
    settings = Settings(volt=Volt(rule="always", performance_fee_bps=0))
    weeks = first_weeks(30)
    shard = run(BasisModel(settings, weeks), 0, 2)
    # The notional follows the price inside a week, so the sum is met to a part of it.
    deposit = settings.volt.deposit_usdc * USDC
    assert shard.columns["funding"] / deposit == pytest.approx(-weeks.funding.sum(), abs=0.05)
    assert shard.columns["time_in_position"] == pytest.approx(100.0)
    assert (shard.columns["entries"] == 1).all()


def test_a_crowded_bank_costs_more_and_idle_proceeds_earn_less(weeks: BasisWeeks) -> None:
    compare = (
        Compare(name="dear", token_utilisation=0.75),
        Compare(name="idle", quote_utilisation=0.0),
    )
    model = BasisModel(Settings(compare=compare), weeks)
    base, dear, idle = (run(model, 0, 2, variant=name) for name in ("base", "dear", "idle"))
    assert (dear.columns["borrow_interest"] > 2 * base.columns["borrow_interest"]).all()
    assert (idle.columns["deposit_interest"] == 0).all()
    assert (base.columns["deposit_interest"] > 0).all()


def nearest_lots(steps: int, factor: float) -> int:
    return max(1, round(steps * factor))


def keeper_step(volt: volts.Volt, price: int, mid: int, now: int) -> None:
    volt.set_price(KEEPER, 0, price << 34, now)
    volt.cache_prices(now)
    volt.update_banks(now)
    volt.cache_root_banks(now)
    volt.update_funding(0, mid, mid, now)
    volt.cache_perp_markets(now)


def slices(missing: int, mid: int, half_spread: int, impact: int) -> Iterator[int]:
    """Limit prices of one order after the other, in parts per million of the mid, rounded away."""
    for number in range(1_000):
        away = min(half_spread + impact * number, 500_000)
        moved = -(-mid * away // 10**6)
        yield mid + moved if missing > 0 else max(mid - moved, 1)


def trade(volt: volts.Volt, perp_mid: int, spot_mid: int, now: int) -> None:
    missing = volt.entropy_round.target_lots - position(volt)
    for limit in slices(missing, perp_mid, 100, 50):
        if volt.rebalance_target(OPERATOR, now, limit).is_done:
            break
    side = 1 if volt.exposure().net_delta_bits < 0 else -1
    fee = round(4 * ONE / 10_000)
    for limit in slices(side, spot_mid, 200, 50):
        # A quote at the limit, for its fee.
        quote = volts.Quote(bid_lots=limit, ask_lots=limit, spot_taker_fee_bits=fee)
        if volt.rebalance_spot(OPERATOR, now, limit, quote=quote).is_done:
            break


def position(volt: volts.Volt) -> int:
    return volt.venue.perp_account(volt.margin_account, 0).base_position


def fixed(value: float) -> int:
    return round(value * 2**48)


def opening_venue(opening: int, start: int) -> venues.MarginVenue:
    curve = venues.InterestCurve(
        optimal_util_bits=fixed(0.7), optimal_rate_bits=fixed(0.06), max_rate_bits=fixed(1.5)
    )
    leverages = {"init_leverage_bits": 10 * ONE, "maint_leverage_bits": 20 * ONE}
    perp = venues.PerpMarketConfig(
        base_lot_size=100_000,
        quote_lot_size=1,
        liquidation_fee_bits=fixed(0.025),
        taker_fee_bits=round(5 * ONE / 10_000),
        funding_period=86_400,
        funding_clamp_bits=fixed(0.05),
        impact_quantity=100,
        **leverages,
    )
    token = venues.TokenConfig(index=0, curve=curve, liquidation_fee_bits=fixed(0.025), **leverages)
    quote = venues.TokenConfig(
        index=venues.QUOTE_TOKEN,
        curve=curve,
        init_leverage_bits=ONE,
        maint_leverage_bits=ONE,
    )
    venue = venues.MarginVenue(
        venues.VenueConfig(
            admin=KEEPER,
            valid_interval=8 * 3_600,
            markets=(venues.MarketConfig(index=venues.IndexConfig(underlying=0), perp=perp),),
            tokens=(token, quote),
            unlimited_pnl_counterparty=True,
        ),
        start,
    )
    venue.set_price(KEEPER, 0, opening << 34, start)
    venue.cache_prices(start)
    venue.cache_root_banks(start)
    venue.cache_perp_markets(start)
    size = 20_000_000
    lent = int(size / 3.081 * USDC)
    lender, borrower = venue.add_account(LENDER, start), venue.add_account(BORROWER, start)
    venue.deposit(LENDER, lender, lent, start, token=0)
    venue.deposit(BORROWER, borrower, size * USDC, start)
    venue.withdraw(LENDER, lender, int(size * USDC * 0.5), start, allow_borrow=True)
    venue.withdraw(BORROWER, borrower, int(lent * 0.4), start, token=0, allow_borrow=True)
    return venue


def second_loop(weeks: BasisWeeks, seed: int, path: int) -> volts.Volt:
    """The run of the default scenario, call by call through the public engine."""
    start = 1_611_280_800  # 2021-01-22 02:00 UTC
    closes = [round(3.081 * 2**14), *(round(usd * 2**14) for usd in weeks.spot)]
    bridge = markets.EpochBridge(
        closes=tuple(closes), realised_variance=tuple(weeks.table[:, 2]), scale=2**14
    )
    count = 168 * len(weeks.ends)
    steps = markets.unit_paths(bridge, 1, count, seed, first_path=path)[0][-count:]
    strategy = msgspec.structs.replace(
        volts.StrategyParams.basis(), max_quote_pos_change=10_000 * USDC
    )
    out = msgspec.structs.replace(strategy, target_leverage_bits=0)
    config = msgspec.structs.replace(
        volts.VoltConfig.basis(OPERATOR),
        epoch_anchor=start,
        keep_history=False,
        fees=volts.FeeSettings(use_custom_fees=True),
        strategy=out,
    )
    volt = volts.Volt(config, opening_venue(closes[0], start), start)
    volt.credit_wallet(DEPOSITOR, 100_000 * USDC)
    volt.deposit(DEPOSITOR, 100_000 * USDC, start)
    volt.start_round(OPERATOR, start)
    lots_per_step = 100_000 / 2**14

    def cycle(perp_mid: int, spot_mid: int, now: int) -> None:
        volt.settle_pnl_outside(0, now)
        volt.take_performance_fees(OPERATOR, now)
        volt.setup_rebalance(OPERATOR, now)
        trade(volt, perp_mid, spot_mid, now)
        volt.end_round(OPERATOR, now)
        volt.take_pending_withdrawal_fees(OPERATOR, now)
        volt.start_round(OPERATOR, now)

    opening_spot = nearest_lots(closes[0], lots_per_step)
    cycle(nearest_lots(closes[0], lots_per_step * (1 + (3.091 / 3.081 - 1))), opening_spot, start)
    before = 3.091 / 3.081 - 1.0
    for week, funding in enumerate(weeks.funding):
        change = float(weeks.basis[week]) - before
        for step in range(1, 22):
            now = start + 3_600 * (168 * week + 8 * step)
            price = int(steps[168 * week + 8 * step - 1])
            basis = before + change * (step / 21.0)
            keeper_step(volt, price, nearest_lots(price, lots_per_step * (1 + funding / 7)), now)
            if volt.check_triggers(now).trigger == "none":
                continue
            signal = volts.basis_signal(fixed(funding)) if step == 21 else "stay"
            if signal == "enter" and volt.config.strategy == out:
                volt.set_strategy_params(OPERATOR, strategy, now)
            if signal == "exit" and volt.config.strategy == strategy:
                volt.set_strategy_params(OPERATOR, out, now)
            cycle(
                nearest_lots(price, lots_per_step * (1.0 + basis)),
                nearest_lots(price, lots_per_step),
                now,
            )
        before = float(weeks.basis[week])
    return volt


def test_a_second_loop_in_python_ends_in_the_same_state() -> None:
    weeks = first_weeks(60)
    model = BasisModel(Settings(), weeks)
    for path in (0, 3):
        expected = second_loop(weeks, 7, path)
        assert model._cores["base"].path_state(7, path) == expected.state()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"volt": Volt(target_leverage=0.2)}, "volt.target_leverage_lenience"),
        ({"volt": Volt(max_quote_pos_change_usdc=10)}, "volt.max_quote_pos_change_usdc"),
        ({"venue": Venue(token=Token(maint_leverage=10))}, "venue.token.maint_leverage"),
        ({"venue": Venue(token=Token(liquidation_fee_bps=1_000))}, "venue.token.liquidation_fee"),
        ({"compare": (Compare(name="a"), Compare(name="a"))}, "compare[0].name"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ScenarioError) as refusal:
        Settings(**change)
    assert str(refusal.value.field).startswith(field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("epoch_end_utc,spot_close_usd\n", "market.weeks"),
        ("", "market.weeks"),
        (
            "epoch_end_utc,spot_close_usd,perp_close_usd,spot_realised_variance,perp_funding_sum\n"
            "2021-01-29T02:00:00Z,3.85,nan,0.03,0.003\n",
            "market.weeks[0].perp_close_usd",
        ),
        (
            "epoch_end_utc,spot_close_usd,perp_close_usd,spot_realised_variance,perp_funding_sum\n"
            "2021-01-29T02:00:00Z,3.85,3.86,0.03,0.003\n2021-02-04T02:00:00Z,3.85,3.86,0.03,0\n",
            "market.weeks[1].epoch_end_utc",
        ),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, field: str) -> None:
    with pytest.raises(ScenarioError) as refusal:
        read_basis_weeks(text.encode())
    assert refusal.value.field == field


def test_a_token_worth_nothing_stops_no_other_path() -> None:
    table = "\n".join(
        [
            "epoch_end_utc,spot_close_usd,perp_close_usd,spot_realised_variance,perp_funding_sum",
            "2021-01-29T02:00:00Z,3.1,3.1,0.03,-0.01",
            "2021-02-05T02:00:00Z,60,60,2,-0.01",
        ]
    )
    model = build(Settings(volt=Volt(rule="always")), {"sol_weekly.csv": table.encode()})
    columns = run(model, 0, 4).columns
    # Twenty times the price is beyond what weights of 0.95 and 1.05 can carry, unless the leverage
    # trigger brings the notional back on the way: either way the books close.
    ended = columns["liquidated"] | columns["stopped"]
    assert (columns["final_value"][~ended] > 0).all()
    assert (columns["liquidated_hour"][columns["liquidated"]] >= 168).all()


def test_the_defaults_of_the_settings_are_those_of_the_shipped_scenario() -> None:
    import tomllib

    path = Path(_core.__file__).parent / "scenarios" / "basis-sol.toml"
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    settings = msgspec.convert(given, Settings)
    assert settings.market == Market()
    assert settings.volt == Volt()
    assert settings.venue.perp == TokenPerp(**given["venue"]["perp"])
    assert settings.venue == Venue()
    assert settings.venue.banks == Banks()
