"""Refusals of the twelve steps, of the resets and of the strategy parameters: scenes to play."""

from __future__ import annotations

from collections.abc import Callable

from voltcore import volts
from voltcore.errors import (
    CapError,
    FundsError,
    InputRangeError,
    InsufficientFundsError,
    MarginError,
    NotAuthorizedError,
    PhaseError,
    PriceBoundError,
    SlippageError,
    StalePriceError,
    StateError,
    VoltcoreError,
)
from volts.world import (
    ADMIN,
    ALICE,
    BOB,
    DEPOSIT,
    HEDGE_LOTS,
    ONE,
    STRANGER,
    TARGET_LOTS,
    Call,
    Case,
    Scene,
    advance,
    funded,
    invested,
    new_venue,
    new_volt,
    set_price,
)

WEEK = 604_800

NAMES = frozenset(
    {
        "AccountEquityLessThanZero",
        "BasePositionMustBeNegative",
        "CollateralNotWithinLenience",
        "DepositedAmountOfHedgeAssetShouldBeZero",
        "HedgeWithSpotMustBeTrue",
        "HedgingMustBeOn",
        "IncorrectHedge",
        "InsufficientFunds",
        "InsufficientLiquidity",
        "InvalidEndEntropyRoundState",
        "InvalidEndRoundState",
        "InvalidOtcOrderPrice",
        "InvalidRebalanceEntropyState",
        "InvalidRebalanceSpotEntropyState",
        "InvalidSetupRebalanceEntropyState",
        "InvalidStartRoundState",
        "InvalidTakePerformanceFeesState",
        "LenienceMustBeGreaterThanZero",
        "LenienceShouldNotBeGreaterThanLeverage",
        "MustMoveCloserToTargetCollateralization",
        "MustTakeWithdrawalFeesBeforeStartingRound",
        "NewEquityMustBeHigherThanDepositAmount",
        "PowerPerpMustBeDoneRebalancing",
        "QuotePositionChangedTooMuch",
        "QuotePositionMustBePositive",
        "RealizedOraclePriceTooFarOffClientProvided",
        "ShouldHedgeWithSpotNotPerp",
        "TargetCollateralRatioMustBeNegative",
        "Unauthorized",
        "UnhealthyEntropyAccount",
        "VaultDoesNotSupportOverLeveragedStrategies",
    }
)
"""Every name of the rules of the cycle."""

CASES: list[Case] = []


def refusal(name: str, kind: type[VoltcoreError]) -> Callable[[Scene], Scene]:
    def register(scene: Scene) -> Scene:
        CASES.append((name, kind, scene))
        return scene

    return register


def in_stage(name: str, stage: volts.Stage, call: Call) -> None:
    CASES.append((name, PhaseError, lambda: (funded(stage), call)))


# The cycle out of its order.

in_stage("InvalidTakePerformanceFeesState", "READY", lambda v: v.take_performance_fees(ADMIN, 0))
in_stage("InvalidSetupRebalanceEntropyState", "ACTIVE", lambda v: v.setup_rebalance(ADMIN, 0))
in_stage(
    "InvalidRebalanceEntropyState",
    "FEES_TAKEN",
    lambda v: v.rebalance_target(ADMIN, 0, TARGET_LOTS),
)
in_stage("InvalidRebalanceEntropyState", "ACTIVE", lambda v: v.reset_rebalancing(ADMIN, 0))
in_stage(
    "InvalidRebalanceEntropyState",
    "READY",
    lambda v: v.reset_rebalancing(ADMIN, 0, only_hedge=True),
)
in_stage("InvalidRebalanceEntropyState", "DONE", lambda v: v.rehedge(ADMIN, 0, HEDGE_LOTS))
in_stage(
    "PowerPerpMustBeDoneRebalancing", "READY", lambda v: v.rebalance_hedge(ADMIN, 0, HEDGE_LOTS)
)
in_stage("InvalidEndEntropyRoundState", "TARGET_DONE", lambda v: v.end_round(ADMIN, 0))
in_stage("InvalidEndEntropyRoundState", "FEES_TAKEN", lambda v: v.end_round(ADMIN, 0, bypass=True))
in_stage("InvalidEndRoundState", "WFEES", lambda v: v.take_pending_withdrawal_fees(ADMIN, 0))
in_stage("InvalidStartRoundState", "DONE", lambda v: v.start_round(ADMIN, 0))
in_stage("MustTakeWithdrawalFeesBeforeStartingRound", "RESOLVED", lambda v: v.start_round(ADMIN, 0))


# Who may not.


@refusal("Unauthorized", NotAuthorizedError)
def a_stranger_ends_a_round() -> tuple[volts.Volt, Call]:
    return funded("DONE"), lambda volt: volt.end_round(STRANGER, 0)


@refusal("Unauthorized", NotAuthorizedError)
def permissionless_cranks_do_not_cover_the_bypass() -> tuple[volts.Volt, Call]:
    volt = funded("READY", permissionless_cranks=True)
    return volt, lambda volt: volt.end_round(STRANGER, 0, bypass=True)


@refusal("Unauthorized", NotAuthorizedError)
def permissionless_cranks_do_not_cover_the_off_book_path() -> tuple[volts.Volt, Call]:
    volt = funded("READY", permissionless_cranks=True)
    return volt, lambda volt: volt.rebalance_target(STRANGER, 0, TARGET_LOTS, off_book=True)


@refusal("Unauthorized", NotAuthorizedError)
def permissionless_cranks_do_not_cover_the_reset() -> tuple[volts.Volt, Call]:
    volt = funded("DONE", permissionless_cranks=True)
    return volt, lambda volt: volt.reset_rebalancing(STRANGER, 0)


@refusal("Unauthorized", NotAuthorizedError)
def a_stranger_rehedges_inside_the_band() -> tuple[volts.Volt, Call]:
    volt = invested("ACTIVE", permissionless_cranks=True)
    return volt, lambda volt: volt.rehedge(STRANGER, 0, HEDGE_LOTS)


# The margin account is worth less than nothing, or next to nothing.


def ruined(stage: volts.Stage) -> volts.Volt:
    """At three times the price the hedged short has lost more than everything."""
    volt = invested("ACTIVE", venue=new_venue(enforce_health=False))
    volt.withdraw(ALICE, 10**8, 0)
    advance(volt, stage)
    set_price(volt, 150_000)
    return volt


for _stage, _call in (
    ("ACTIVE", lambda v: v.take_performance_fees(ADMIN, 0)),
    ("ACTIVE", lambda v: v.deposit(BOB, DEPOSIT, 0)),
    ("FEES_TAKEN", lambda v: v.setup_rebalance(ADMIN, 0)),
    ("DONE", lambda v: v.end_round(ADMIN, 0)),
    ("WFEES", lambda v: v.start_round(ADMIN, 0)),
    ("WFEES", lambda v: v.withdraw(ALICE, 1, 0)),
):
    CASES.append(
        (
            "AccountEquityLessThanZero",
            FundsError,
            lambda stage=_stage, call=_call: (ruined(stage), call),
        )
    )


def dust(stage: volts.Stage) -> volts.Volt:
    """One native unit, which the venue's index truncates to nothing."""
    volt = new_volt(min_first_deposit=1)
    volt.deposit(ALICE, 1, 0)
    advance(volt, "RESOLVED")
    return advance(volt, stage)


@refusal("NewEquityMustBeHigherThanDepositAmount", FundsError)
def a_dead_volt_fixes_no_share_price() -> tuple[volts.Volt, Call]:
    return dust("FEES_TAKEN"), lambda volt: volt.setup_rebalance(ADMIN, 0)


@refusal("NewEquityMustBeHigherThanDepositAmount", FundsError)
def a_dead_volt_takes_no_instant_deposit() -> tuple[volts.Volt, Call]:
    return dust("WFEES"), lambda volt: volt.deposit(BOB, DEPOSIT, 0)


# Step 5.


@refusal("RealizedOraclePriceTooFarOffClientProvided", PriceBoundError)
def the_oracle_has_moved_more_than_one_percent() -> tuple[volts.Volt, Call]:
    expected = 50_000 * ONE * 100 // 101 - 1
    return funded("FEES_TAKEN"), lambda volt: volt.setup_rebalance(
        ADMIN, 0, expected_oracle_price_bits=expected
    )


# Step 7.


@refusal("QuotePositionChangedTooMuch", CapError)
def a_slice_is_less_than_a_lot() -> tuple[volts.Volt, Call]:
    return funded("READY"), lambda volt: volt.rebalance_target(
        ADMIN, 0, TARGET_LOTS, max_quote=TARGET_LOTS * 10 - 1
    )


@refusal("QuotePositionChangedTooMuch", CapError)
def a_slice_of_the_hedge_is_less_than_a_lot() -> tuple[volts.Volt, Call]:
    return funded("TARGET_DONE"), lambda volt: volt.rebalance_hedge(
        ADMIN, 0, HEDGE_LOTS, max_quote=1
    )


@refusal("CollateralNotWithinLenience", SlippageError)
def nobody_buys_at_the_limit() -> tuple[volts.Volt, Call]:
    quote = volts.Quote(bid_lots=TARGET_LOTS - 1, ask_lots=TARGET_LOTS + 1)
    return funded("READY"), lambda volt: volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote=quote)


@refusal("InvalidOtcOrderPrice", SlippageError)
def a_stranger_sells_below_the_oracle() -> tuple[volts.Volt, Call]:
    volt = funded("READY", permissionless_cranks=True)
    return volt, lambda volt: volt.rebalance_target(STRANGER, 0, TARGET_LOTS - 1)


@refusal("InvalidOtcOrderPrice", SlippageError)
def a_stranger_buys_the_hedge_above_the_oracle() -> tuple[volts.Volt, Call]:
    volt = funded("TARGET_DONE", permissionless_cranks=True)
    return volt, lambda volt: volt.rebalance_hedge(STRANGER, 0, HEDGE_LOTS + 1)


@refusal("InvalidOtcOrderPrice", SlippageError)
def the_off_book_price_is_worse_than_the_required_basis() -> tuple[volts.Volt, Call]:
    strategy = volts.StrategyParams.crab(required_basis_from_oracle="0.01")
    return funded("READY", strategy=strategy), lambda volt: volt.rebalance_target(
        ADMIN, 0, TARGET_LOTS * 99 // 100 - 1, off_book=True
    )


@refusal("QuotePositionMustBePositive", FundsError)
def funding_has_eaten_the_proceeds_of_the_short() -> tuple[volts.Volt, Call]:
    # Thirty weeks at -5 % cost the short 1.5 times its proceeds; the newcomer's sale is smaller.
    volt = invested("ACTIVE", venue=new_venue(enforce_health=False))
    volt.update_funding(0, 1, 2, 30 * WEEK)
    volt.refresh_caches(30 * WEEK)
    volt.deposit(BOB, 900_000_000, 30 * WEEK)
    volt.take_performance_fees(ADMIN, 30 * WEEK)
    volt.setup_rebalance(ADMIN, 30 * WEEK)
    return volt, lambda volt: volt.rebalance_target(ADMIN, 30 * WEEK, TARGET_LOTS)


@refusal("InsufficientFunds", MarginError)
def a_sale_at_nothing_leaves_no_init_health() -> tuple[volts.Volt, Call]:
    strategy = volts.StrategyParams.crab(target_leverage=-1)
    return funded("READY", strategy=strategy), lambda volt: volt.rebalance_target(ADMIN, 0, 1)


def stale(missing: str) -> tuple[volts.Volt, Call]:
    """Every cache is renewed after twice the interval, but one."""
    volt = funded("READY", venue=new_venue(valid_interval=60))
    for keeper in ("cache_prices", "update_banks", "cache_root_banks", "cache_perp_markets"):
        if keeper != missing:
            getattr(volt, keeper)(121)
    return volt, lambda volt: volt.rebalance_target(ADMIN, 121, TARGET_LOTS)


CASES.append(("InvalidPriceCache", StalePriceError, lambda: stale("cache_prices")))
CASES.append(("InvalidRootBankCache", StalePriceError, lambda: stale("cache_root_banks")))
CASES.append(("InvalidPerpMarketCache", StalePriceError, lambda: stale("cache_perp_markets")))


# Step 8.


@refusal("HedgingMustBeOn", StateError)
def there_is_no_hedge() -> tuple[volts.Volt, Call]:
    strategy = volts.StrategyParams(is_hedging_on=False)
    volt = funded("READY", strategy=strategy)
    return volt, lambda volt: volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS)


@refusal("HedgingMustBeOn", StateError)
def the_hedge_is_never_redone_alone() -> tuple[volts.Volt, Call]:
    volt = invested("ACTIVE", strategy=volts.StrategyParams(hedge_only=False))
    return volt, lambda volt: volt.rehedge(ADMIN, 0, HEDGE_LOTS)


@refusal("ShouldHedgeWithSpotNotPerp", StateError)
def the_hedge_is_a_spot_position() -> tuple[volts.Volt, Call]:
    volt = funded("TARGET_DONE", strategy=volts.StrategyParams(hedge_with_spot=True))
    return volt, lambda volt: volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS)


@refusal("ShouldHedgeWithSpotNotPerp", StateError)
def the_spot_hedge_is_not_redone_on_the_perp() -> tuple[volts.Volt, Call]:
    volt = funded("ACTIVE", strategy=volts.StrategyParams(hedge_with_spot=True))
    return volt, lambda volt: volt.rehedge(ADMIN, 0, HEDGE_LOTS)


@refusal("IncorrectHedge", SlippageError)
def the_ratio_hedges_ten_percent_too_much() -> tuple[volts.Volt, Call]:
    strategy = volts.StrategyParams(
        hedge_mode="ratio", target_hedge_ratio_bits=volts.fixed_point_bits("-2.2")
    )
    volt = funded("TARGET_DONE", strategy=strategy)
    return volt, lambda volt: volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS)


@refusal("HedgeWithSpotMustBeTrue", StateError)
def the_hedge_is_a_perp() -> tuple[volts.Volt, Call]:
    return funded("TARGET_DONE"), lambda volt: volt.rebalance_spot(ADMIN, 0, 1)


@refusal("HedgeWithSpotMustBeTrue", StateError)
def a_perp_hedge_needs_no_open_orders() -> tuple[volts.Volt, Call]:
    return funded("READY"), lambda volt: volt.init_spot_open_orders(ADMIN, 0)


@refusal("InvalidRebalanceSpotEntropyState", PhaseError)
def the_spot_hedge_comes_after_the_target() -> tuple[volts.Volt, Call]:
    volt = funded("READY", strategy=volts.StrategyParams(hedge_with_spot=True))
    return volt, lambda volt: volt.rebalance_spot(ADMIN, 0, 1)


@refusal("InvalidRebalanceSpotEntropyState", PhaseError)
def open_orders_come_before_the_target() -> tuple[volts.Volt, Call]:
    volt = funded("TARGET_DONE", strategy=volts.StrategyParams(hedge_with_spot=True))
    return volt, lambda volt: volt.init_spot_open_orders(ADMIN, 0)


# Steps 4 and 9 on a venue that cannot pay.


def earned_but_not_paid(stage: volts.Stage) -> volts.Volt:
    """Funding of 1.5 times the deposit that no account can settle; every profit is a fee."""
    fees = volts.FeeSettings(
        use_custom_fees=True, custom=volts.FeeRates(performance_fee_bps=10_000)
    )
    if stage != "ACTIVE":
        fees = volts.FeeSettings()
    volt = invested("ACTIVE", venue=new_venue(unlimited_pnl_counterparty=False), fees=fees)
    volt.withdraw(ALICE, DEPOSIT * 9 // 10, 0)
    volt.update_funding(0, 10**6, 2 * 10**6, 60 * WEEK)
    volt.refresh_caches(60 * WEEK)
    if stage == "ACTIVE":
        return volt
    for act in (volt.take_performance_fees, volt.setup_rebalance):
        act(ADMIN, 60 * WEEK)
    volt.rebalance_target(ADMIN, 60 * WEEK, TARGET_LOTS)
    volt.rebalance_hedge(ADMIN, 60 * WEEK, HEDGE_LOTS)
    return volt


@refusal("InsufficientFunds", InsufficientFundsError)
def the_fee_is_more_than_the_cash() -> tuple[volts.Volt, Call]:
    return earned_but_not_paid("ACTIVE"), lambda volt: volt.take_performance_fees(ADMIN, 60 * WEEK)


@refusal("InsufficientFunds", InsufficientFundsError)
def the_payout_is_more_than_the_cash() -> tuple[volts.Volt, Call]:
    return earned_but_not_paid("DONE"), lambda volt: volt.end_round(ADMIN, 60 * WEEK)


@refusal("UnhealthyEntropyAccount", MarginError)
def the_account_may_be_liquidated() -> tuple[volts.Volt, Call]:
    # Equity ends at 2.41 times the price, maintenance health already at 2.15 times.
    volt = funded("DONE")
    set_price(volt, 115_000)
    assert volt.assets(0) > 0
    return volt, lambda volt: volt.end_round(ADMIN, 0)


# Strategy parameters.


def params(name: str, kind: type[VoltcoreError], **changes: int) -> None:
    CASES.append(
        (
            name,
            kind,
            lambda: (
                funded(),
                lambda volt: volt.set_strategy_params(ADMIN, volts.StrategyParams(**changes), 0),
            ),
        )
    )


params("LenienceMustBeGreaterThanZero", InputRangeError, target_leverage_lenience_bits=0)
params("LenienceMustBeGreaterThanZero", InputRangeError, target_hedge_lenience_bps=0)
params("LenienceShouldNotBeGreaterThanLeverage", InputRangeError, target_leverage_bits=-(2**45))
params(
    "VaultDoesNotSupportOverLeveragedStrategies", InputRangeError, target_leverage_bits=-(2**48) - 1
)
params("TargetCollateralRatioMustBeNegative", InputRangeError, target_leverage_bits=2**47)
params("TargetCollateralRatioMustBeNegative", InputRangeError, target_leverage_bits=0)
