"""What every path of a rates run starts from: a deployed pool, a market, open positions."""

from __future__ import annotations

from dataclasses import dataclass

from voltcore import _core
from voltcore.errors import ScenarioError, VoltcoreError
from voltcore.irs import (
    IrsPool,
    MarginParameters,
    liquidity_of_notional,
    sqrt_price_at_rate,
    tick_at_rate,
)
from voltcore.sim.irs_settings import Settings

TOKEN = 1_000_000
"""Token units of a token: a stable coin with six decimals."""
_WAD = 10**18
_RAY = 10**27
DAY = 86_400
TERM_START = 1_704_067_200  # 2024-01-01; only differences of times matter
_OWNER, _MARKET_LP, _MARKET_TAKER, KEEPER, _FIRST_SEAT = 1, 2, 3, 4, 100

ACTORS = {
    "ft": "fixed taker",
    "vt": "variable taker",
    "lp": "liquidity provider",
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A watched position: who holds it, at which leverage, with which margin (token units)."""

    actor: str
    leverage: int
    position: tuple[int, int, int]
    margin: int
    name: str
    """What its columns begin with; see `Positions.name_of`."""

    @property
    def label(self) -> str:
        """``fixed taker 20x``, or without the leverage where there is one only."""
        only = self.name == self.actor
        return ACTORS[self.actor] if only else f"{ACTORS[self.actor]} {self.leverage}x"


@dataclass(frozen=True, slots=True)
class Refused:
    """A position that the engine did not let open, and its words."""

    actor: str
    leverage: int
    reason: str


def term_end(settings: Settings) -> int:
    """Maturity, seconds."""
    return TERM_START + settings.pool.term_days * DAY


def tilt(settings: Settings) -> float:
    """How far the market's rate lies above the variable one, as a share of it."""
    sign = {"neutral": 0.0, "bull": 1.0, "bear": -1.0}[settings.market.view]
    return sign * settings.market.tilt_percent / 100


def taker(settings: Settings) -> tuple[int, int, int]:
    """The position that trades the fixed rate to where the market sees it."""
    return (_MARKET_TAKER, -settings.pool.tick_spacing, settings.pool.tick_spacing)


def _range(low_percent: float, high_percent: float, spacing: int) -> tuple[int, int]:
    """Ticks of a range of rates: the higher rate is the lower tick."""
    return tick_at_rate(high_percent, spacing), tick_at_rate(low_percent, spacing)


def _deploy(settings: Settings, start_rate: float) -> IrsPool:
    """The pool at the start of the term, its index grown at the starting rate until then."""
    pool = settings.pool
    observations, index = [], _RAY
    for day in range(-pool.lookback_days - 2, 0):
        observations.append((TERM_START + day * DAY, index))
        index = _core.grown_index(index, start_rate, start_rate, 1 / 365)
    deployed = IrsPool(
        owner=_OWNER,
        now=TERM_START,
        term_start=TERM_START,
        term_end=term_end(settings),
        rate_ray=index,
        tick_spacing=pool.tick_spacing,
        observations=observations,
        revision=pool.revision,
    )
    # The whole term has to stay in the buffer: the variable factor asks for its start.
    steps = pool.term_days * pool.steps_per_day
    deployed.increase_observation_cardinality_next(
        _OWNER, TERM_START, len(observations) + steps + 3
    )
    now = TERM_START
    deployed.set_margin_calculator_parameters(_OWNER, now, MarginParameters.preset(pool.revision))
    deployed.set_lookback_window_in_seconds(_OWNER, now, pool.lookback_days * DAY)
    deployed.set_cache_max_age_in_seconds(_OWNER, now, pool.cache_hours * 3_600)
    deployed.set_liquidator_reward(_OWNER, now, _wad_of_percent(pool.liquidator_reward_percent))
    deployed.set_fee(_OWNER, now, _wad_of_percent(pool.fee_percent))
    if pool.revision == "r23":
        deployed.set_maturity_buffer(_OWNER, now, DAY * _WAD)
    return deployed


def _wad_of_percent(percent: float) -> int:
    return round(percent * 10**6) * (_WAD // 10**8)


def open_positions(
    settings: Settings, start_rate: float
) -> tuple[IrsPool, tuple[Seat, ...], tuple[Refused, ...]]:
    """The pool with the market's liquidity and every position that the engine lets open."""
    pool, now, spacing = _deploy(settings, start_rate), TERM_START, settings.pool.tick_spacing
    percent = 100 * start_rate * (1 + tilt(settings))
    low, high = settings.pool.low_rate_percent, settings.pool.high_rate_percent
    price = sqrt_price_at_rate(min(max(percent, low), high))
    pool.initialize_vamm(_OWNER, now, price)

    def pay_in(position: tuple[int, int, int], margin: int) -> None:
        pool.fund(position[0], margin)
        pool.update_position_margin(position[0], now, *position, margin)

    depth = settings.pool.liquidity_notional * TOKEN
    market = (_MARKET_LP, *_range(low, high, spacing))
    pay_in(market, 1_000 * depth)
    pool.mint(_MARKET_LP, now, *market, liquidity_of_notional(depth, *market[1:]))
    pay_in(taker(settings), 1_000 * depth)

    positions = settings.positions
    lp_range = _range(positions.lp_low_rate_percent, positions.lp_high_rate_percent, spacing)
    notional = positions.notional * TOKEN
    seats: list[Seat] = []
    refused: list[Refused] = []
    for actor in positions.actors:
        for leverage in positions.leverages:
            position = (_FIRST_SEAT + len(seats) + len(refused), *lp_range)
            name = positions.name_of(actor, leverage)
            seat = Seat(actor, leverage, position, notional // leverage, name)
            attempt = pool.copy()
            try:
                attempt.fund(position[0], seat.margin)
                attempt.update_position_margin(position[0], now, *position, seat.margin)
                if actor == "lp":
                    attempt.mint(
                        position[0], now, *position, liquidity_of_notional(notional, *lp_range)
                    )
                else:
                    signed = notional if actor == "ft" else -notional
                    attempt.swap(position[0], now, *position, signed)
            except VoltcoreError as error:
                refused.append(Refused(actor, leverage, error.onchain or str(error)))
                continue
            pool = attempt
            seats.append(seat)
            _trade_back(pool, settings, price)
    if not seats:
        raise ScenarioError(
            f"has no leverage that the engine accepts: {refused[0].reason}",
            code="E206",
            field="positions.leverages",
            value=positions.leverages,
        )
    return pool, tuple(seats), tuple(refused)


def _trade_back(pool: IrsPool, settings: Settings, price: int) -> None:
    """Let the market taker trade the pool back, so that everybody enters at one rate."""
    away = pool.vamm()["sqrt_price_x96"] - price
    if away:
        amount = 2**120 if away < 0 else -(2**120)
        pool.swap(_MARKET_TAKER, TERM_START, *taker(settings), amount, price)
