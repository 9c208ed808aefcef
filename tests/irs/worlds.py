"""A market to test with: the parameters of the worked examples, actors with money, one provider."""

from __future__ import annotations

from voltcore import amm, errors, irs

WAD = 10**18
START = 1_660_000_000
DAY = 86_400
OWNER, ANYONE, PAUSER = 1, 2, 3
PROVIDERS, TRADERS = (11, 12, 13), (21, 22, 23)
FUNDS = 10**15
LP, FIXED, VARIABLE = PROVIDERS[0], TRADERS[0], TRADERS[1]
RANGE = (-18000, -14400)
NEAR_END = START + 89 * DAY
END = START + 90 * DAY
LEAST, MOST = irs.MIN_SQRT_RATIO, irs.MAX_SQRT_RATIO

CLASSES: dict[str, type[errors.VoltcoreError]] = {
    "E101": errors.InputTypeError,
    "E110": errors.InputRangeError,
    "E111": errors.InputRangeError,
    "E113": errors.InputRangeError,
    "E301": errors.ArithmeticOverflowError,
    "E302": errors.DivideByZeroError,
    "E401": errors.NotAuthorizedError,
    "E501": errors.StateError,
    "E502": errors.PausedError,
    "E503": errors.NotInitializedError,
    "E504": errors.AlreadyInitializedError,
    "E505": errors.MaturityError,
    "E602": errors.InsufficientFundsError,
    "E603": errors.MarginError,
    "E604": errors.LiquidityError,
    "E605": errors.CapError,
    "E607": errors.NotLiquidatableError,
}
"""What is raised for each code that the rates protocol refuses with."""

PARAMETERS = irs.MarginParameters(
    apy_upper_multiplier_wad=15 * WAD // 10,
    apy_lower_multiplier_wad=7 * WAD // 10,
    sigma_squared_wad=WAD // 100,
    alpha_wad=4 * WAD // 100,
    beta_wad=WAD,
    xi_upper_wad=2 * WAD,
    xi_lower_wad=15 * WAD // 10,
    t_max_wad=31_536_000 * WAD,
    dev_mul_left_unwind_lm_wad=5 * WAD // 10,
    dev_mul_right_unwind_lm_wad=5 * WAD // 10,
    dev_mul_left_unwind_im_wad=8 * WAD // 10,
    dev_mul_right_unwind_im_wad=8 * WAD // 10,
    fixed_rate_deviation_min_left_unwind_lm_wad=WAD // 10,
    fixed_rate_deviation_min_right_unwind_lm_wad=WAD // 10,
    fixed_rate_deviation_min_left_unwind_im_wad=3 * WAD // 10,
    fixed_rate_deviation_min_right_unwind_im_wad=3 * WAD // 10,
    gamma_wad=WAD,
    eta_im_wad=2 * WAD // 1000,
    eta_lm_wad=WAD // 1000,
)


def new_pool(
    *,
    revision: irs.Revision = "r22",
    kind: irs.OracleKind = "spot",
    spacing: int = 60,
    days: int = 90,
    fee_protocol: int = 0,
    has_module: bool = True,
    initialized: bool = True,
) -> irs.IrsPool:
    """Everybody has `FUNDS`; nobody has a position."""
    pool = irs.IrsPool(
        owner=OWNER,
        now=START,
        term_start=START,
        term_end=START + days * DAY,
        tick_spacing=spacing,
        rate_ray=10**27,
        observations=[(START - 10 * DAY, 999 * 10**24)],
        oracle_kind=kind,
        revision=revision,
        has_module=has_module,
    )
    pool.set_margin_calculator_parameters(OWNER, START, PARAMETERS)
    pool.set_lookback_window_in_seconds(OWNER, START, 5 * DAY)
    pool.set_cache_max_age_in_seconds(OWNER, START, 6 * 3600)
    pool.set_liquidator_reward(OWNER, START, WAD // 10)
    pool.set_fee(OWNER, START, 3 * WAD // 1000)
    pool.change_pauser(OWNER, START, PAUSER, True)
    pool.increase_observation_cardinality_next(OWNER, START, 400)
    if revision == "r23":
        pool.set_maturity_buffer(OWNER, START, DAY * WAD)
    for account in (ANYONE, *PROVIDERS, *TRADERS):
        pool.fund(account, FUNDS)
    for account in TRADERS:
        pool.fund_yield_tokens(account, FUNDS)
    pool.fund_yield_reserve(FUNDS)
    if initialized:
        tick = -16096 // spacing * spacing
        pool.initialize_vamm(ANYONE, START, amm.sqrt_ratio_at_tick(tick))
        pool.set_fee_protocol(OWNER, START, fee_protocol)
    return pool


def traded_pool(**options: object) -> irs.IrsPool:
    """One provider around the price, one fixed taker, one variable taker."""
    pool = new_pool(**options)  # type: ignore[arg-type]
    provider = (PROVIDERS[0], -18000, -14400)
    pool.update_position_margin(PROVIDERS[0], START, *provider, 10**12)
    pool.mint(PROVIDERS[0], START, *provider, 10**14)
    for trader, amount in zip(TRADERS, (10**11, -(10**11)), strict=False):
        pool.update_position_margin(trader, START, trader, -60, 60, 10**11)
        pool.swap(trader, START, trader, -60, 60, amount)
    return pool
