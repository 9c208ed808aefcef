"""
Parameters of a volt as data: what the public sources fix, and what this project chose.

A name that ends in ``_bits`` holds the raw integer of an I80F48, value * 2**48; `fixed_point_bits`
converts a number once, to the nearest, ties to even (chosen). Amounts are native units.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore.math import i80f48_from_decimal, i80f48_from_float, i80f48_from_int

__all__ = [
    "UNLIMITED",
    "FeeRates",
    "FeeSettings",
    "StrategyParams",
    "VoltConfig",
    "fixed_point_bits",
]

UNLIMITED = 2**64 - 1
"""No limit on an amount."""

Number = int | float | str


def fixed_point_bits(value: Number) -> int:
    """
    The raw integer of the I80F48 nearest to `value`, ties to even.

    Parameters
    ----------
    value : int, float or str
        A float stands for the binary number it is, text for the decimal it shows: ``"-0.5"``.

    See Also
    --------
    voltcore.math.i80f48_from_int, voltcore.math.i80f48_from_float,
    voltcore.math.i80f48_from_decimal : What refuses which value, and how.
    """
    if isinstance(value, str):
        return i80f48_from_decimal(value)
    return i80f48_from_float(value) if isinstance(value, float) else i80f48_from_int(value)


class StrategyParams(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a volt aims at. The defaults are the crab's; `crab` and `basis` take readable numbers.

    Attributes
    ----------
    target_leverage_bits : int
        Notional of the target leg over equity, in [-1, 1], negative for a short. Default -0.5: CR
        200 % (documented; the client example's -1 gives CR 100 %).
    target_leverage_lenience_bits : int
        How far ``notional / equity`` may stand from it. Default 0.25 (chosen).
    target_hedge_ratio_bits : int
        Hedge notional over target notional in mode ``"ratio"``. Default -2 (client).
    target_hedge_lenience_bps : int
        Band of the final hedge check, basis points of the target leg's delta. Default 100
        (documented for #04, chosen for #03; the client example has 500).
    hedge_with_spot, is_hedging_on : bool
        Which hedge leg there is.
    exit_early_ratio_bits, rebalancing_lenience_bits : int
        Reserved: stored and checked (in [0, 1), and >= 0), without a documented use (chosen).
    required_basis_from_oracle_bits : int
        How much worse than the oracle a limit of a stranger or of the off-book path may be.
        Default 0.
    max_quote_pos_change : int
        Native quote that one slice may move.
    hedge_mode : {"delta", "ratio"}
        ``"delta"`` makes the book delta neutral at oracle prices (chosen default); ``"ratio"`` is
        the client's rule.
    size_price : {"oracle", "mark"}
        Price that sizes the target leg. The client takes the oracle.
    min_collateral_ratio_bps : int
        Trigger 2. Default 15 000 (documented).
    pending_volume_bps : int
        Trigger 4, share of the day's volume. Default 200 (documented for #04, chosen for #03).
    hedge_band_bps : int
        Trigger 5. Default 500 for the crab (chosen), 100 for the basis volt (documented).
    hedge_only : bool
        Trigger 5 only redoes the hedge, inside the epoch (chosen: crab yes, basis no).
    """

    target_leverage_bits: int = -(2**47)
    target_leverage_lenience_bits: int = 2**46
    target_hedge_ratio_bits: int = -2 * 2**48
    target_hedge_lenience_bps: int = 100
    hedge_with_spot: bool = False
    is_hedging_on: bool = True
    exit_early_ratio_bits: int = 0
    required_basis_from_oracle_bits: int = 0
    rebalancing_lenience_bits: int = 0
    max_quote_pos_change: int = UNLIMITED
    hedge_mode: Literal["delta", "ratio"] = "delta"
    size_price: Literal["oracle", "mark"] = "oracle"
    min_collateral_ratio_bps: int = 15_000
    pending_volume_bps: int = 200
    hedge_band_bps: int = 500
    hedge_only: bool = True

    @classmethod
    def crab(
        cls,
        *,
        target_leverage: Number = "-0.5",
        target_leverage_lenience: Number = "0.25",
        target_hedge_ratio: Number = -2,
        required_basis_from_oracle: Number = 0,
    ) -> StrategyParams:
        """
        Volt #03: short the squared perp, hedged with the linear one.

        Parameters
        ----------
        target_leverage, target_leverage_lenience, target_hedge_ratio : number
            Fractions of equity; see the attributes.
        required_basis_from_oracle : number
            Fraction of the oracle price.
        """
        return cls(
            target_leverage_bits=fixed_point_bits(target_leverage),
            target_leverage_lenience_bits=fixed_point_bits(target_leverage_lenience),
            target_hedge_ratio_bits=fixed_point_bits(target_hedge_ratio),
            required_basis_from_oracle_bits=fixed_point_bits(required_basis_from_oracle),
        )

    @classmethod
    def basis(
        cls, *, target_leverage: Number = 1, target_leverage_lenience: Number = "0.25"
    ) -> StrategyParams:
        """
        Volt #04: long the perp, short as much borrowed spot.

        Parameters
        ----------
        target_leverage, target_leverage_lenience : number
            Fractions of equity; leverage 0 is out of the position.
        """
        return cls(
            target_leverage_bits=fixed_point_bits(target_leverage),
            target_leverage_lenience_bits=fixed_point_bits(target_leverage_lenience),
            target_hedge_ratio_bits=-(2**48),
            hedge_with_spot=True,
            min_collateral_ratio_bps=0,
            hedge_band_bps=100,
            hedge_only=False,
        )


class FeeRates(msgspec.Struct, frozen=True, kw_only=True):
    """Basis points, at most 10 000; the AUM fee is a year's. The defaults are documented."""

    performance_fee_bps: int = 1000
    withdrawal_fee_bps: int = 10
    aum_fee_bps: int = 0


class FeeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Custom rates, in force only while `use_custom_fees` is on; else the defaults are."""

    use_custom_fees: bool = False
    custom: FeeRates = FeeRates()


class VoltConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A volt before anyone has used it.

    Attributes
    ----------
    admin : int
        Caller id, in ``[1, 2**64 - 2]``.
    kind : {"crab", "basis"}
        The crab needs a negative leverage, and its base position must end negative. The basis volt
        hedges with spot; its `hedge_perp` is its `target_perp`, there is no second one.
    decimals : int
        Of the deposit token and of the shares.
    capacity, individual_capacity : int
        Native underlying, of the volt and of one user's own part.
    min_first_deposit : int
        Native underlying; default 1 000 000 (chosen): a dust volt is dead.
    target_perp, hedge_perp, hedge_spot : int
        Market indices of the venue.
    epoch_period : int
        Seconds; default 168 h (documented).
    epoch_anchor : int
        Boundaries lie at ``anchor + k * period``; 0 counts from StartRound instead (chosen).
    permissionless_cranks : bool
        Whether anybody may turn the cranks.
    turn_off_deposits_and_withdrawals : bool
    keep_history : bool
        False drops rounds without open claims and finished epochs, so that a long simulation
        allocates nothing.
    fees : FeeSettings
    strategy : StrategyParams
    """

    admin: int
    kind: Literal["crab", "basis"] = "crab"
    decimals: int = 6
    capacity: int = UNLIMITED
    individual_capacity: int = UNLIMITED
    min_first_deposit: int = 1_000_000
    target_perp: int = 0
    hedge_perp: int = 1
    hedge_spot: int = 1
    epoch_period: int = 604_800
    epoch_anchor: int = 0
    permissionless_cranks: bool = False
    turn_off_deposits_and_withdrawals: bool = False
    keep_history: bool = True
    fees: FeeSettings = FeeSettings()
    strategy: StrategyParams = StrategyParams()

    @classmethod
    def crab(cls, admin: int) -> VoltConfig:
        """Volt #03 with every default: leverage -0.5, CR 200 %, fees 10 % / 10 bps / 0."""
        return cls(admin=admin)

    @classmethod
    def basis(cls, admin: int, market: int = 0) -> VoltConfig:
        """
        Volt #04: long the perp of `market` with the whole equity, short as much of its token.

        Parameters
        ----------
        admin : int
            Caller id.
        market : int
            A market of the venue with a perp and a token of the same index.
        """
        return cls(
            admin=admin,
            kind="basis",
            target_perp=market,
            hedge_perp=market,
            hedge_spot=market,
            strategy=StrategyParams.basis(),
        )
