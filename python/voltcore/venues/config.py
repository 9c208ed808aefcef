"""
Configuration of a margin venue: what differs between programs, markets and scenarios, as data.

A name that ends in ``_bits`` holds the raw integer of an I80F48, value * 2**48.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore import _core
from voltcore._names import known_name

__all__ = [
    "QUOTE_TOKEN",
    "IndexConfig",
    "InterestCurve",
    "MarketConfig",
    "PerpMarketConfig",
    "PresetName",
    "SpotMarketConfig",
    "TokenConfig",
    "VenueConfig",
    "VenueLimits",
    "VenuePreset",
]

QUOTE_TOKEN = 15
"""Index of the quote token, the last of 0..15."""

PresetName = Literal["mango_v3", "entropy"]
_PRESETS = ("mango_v3", "entropy")


class InterestCurve(msgspec.Struct, frozen=True, kw_only=True):
    """
    Yearly simple rate by utilisation: two straight lines meeting at the optimum.

    Attributes
    ----------
    optimal_util_bits : int
        Utilisation of the kink, in (0, 1).
    optimal_rate_bits, max_rate_bits : int
        Yearly rate at the kink and at utilisation 1, not negative.

    Notes
    -----
    Source: Mango v3 ``RootBank``.
    """

    optimal_util_bits: int
    optimal_rate_bits: int
    max_rate_bits: int

    @classmethod
    def example(cls) -> InterestCurve:
        """The curve of the programs' own tests: 70 % / 6 % / 150 %."""
        return cls(**_core.venues_example_interest_curve())


class TokenConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A token and its bank.

    Attributes
    ----------
    index : int
        Index of the market that prices it, or `QUOTE_TOKEN`.
    curve : InterestCurve
    init_leverage_bits, maint_leverage_bits : int
        Spot margin, ``maint > init >= 1``; not used for the quote token.
    liquidation_fee_bits : int
        Share of the notional, below the weight margin; not used for the quote token.
    """

    index: int
    curve: InterestCurve
    init_leverage_bits: int = 0
    maint_leverage_bits: int = 0
    liquidation_fee_bits: int = 0


class IndexConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    Where a market's index price comes from: ``price(underlying) ** power / scale``.

    Attributes
    ----------
    underlying : int
        Market index of the feed; the market's own index for a feed of its own.
    power : int
        1 or 2.
    scale : int
        Positive; 1 for a feed of its own, 1_000_000 for the squared market of Entropy.
    """

    underlying: int
    power: int = 1
    scale: int = 1


class PerpMarketConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A perp market.

    Attributes
    ----------
    base_lot_size, quote_lot_size : int
        Native units in a lot. Both 0, with everything else: no perp is listed at this index.
    init_leverage_bits, maint_leverage_bits : int
        ``maint > init >= 1``; the weights are ``(L - 1) / L`` and ``(L + 1) / L``.
    liquidation_fee_bits : int
        Share of the notional, below the weight margin of the init leverage.
    taker_fee_bits, maker_fee_bits : int
        Share of the quote of a fill. The maker fee may be a rebate, not above the taker fee.
    funding_period : int
        Seconds in which the full difference of book and index is paid.
    funding_clamp_bits : int
        Largest ``|book / index - 1|``.
    impact_quantity : int
        Base lots at which the book is read.
    """

    base_lot_size: int = 0
    quote_lot_size: int = 0
    init_leverage_bits: int = 0
    maint_leverage_bits: int = 0
    liquidation_fee_bits: int = 0
    taker_fee_bits: int = 0
    maker_fee_bits: int = 0
    funding_period: int = 0
    funding_clamp_bits: int = 0
    impact_quantity: int = 0

    @classmethod
    def example(cls, preset: PresetName = "entropy", *, squared: bool = False) -> PerpMarketConfig:
        """
        The example markets of a program's tests, to be changed with ``msgspec.structs.replace``.

        Lots 100 / 10. Linear: leverage 10 / 20, liquidation fee 2.5 %, taker and maker 1 %.
        Squared, chosen because the live values are not public: leverage 5 / 10, liquidation fee
        5 %, taker 5 bps, maker 0.

        Raises
        ------
        InputRangeError
            E114 for a program that is not known, with the nearest name.
        """
        return cls(
            **_core.venues_example_perp_market(known_name(preset, _PRESETS, "preset"), squared)
        )


class SpotMarketConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A spot market of a token against the quote token.

    Attributes
    ----------
    base_lot_size, quote_lot_size : int
        Native units in a lot. Both 0: no spot market is listed at this index.
    taker_fee_bps : int
        Of the quote of a fill, rounded up to a native unit, in [0, 9999].
    maker_rebate_bps : int
        What of it goes back to the maker, rounded down.
    """

    base_lot_size: int = 0
    quote_lot_size: int = 0
    taker_fee_bps: int = 0
    maker_rebate_bps: int = 0

    @classmethod
    def example(cls, preset: PresetName = "entropy") -> SpotMarketConfig:
        """
        Lots 100 / 10; the taker pays 4 bps beside Mango v3 (chosen) and nothing beside Entropy.
        """
        fee = 4 if preset == "mango_v3" else 0
        return cls(base_lot_size=100, quote_lot_size=10, taker_fee_bps=fee)


class MarketConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    Everything of one market index.

    Attributes
    ----------
    index : IndexConfig
        Its price.
    perp : PerpMarketConfig
        Its perp; the default lists none.
    spot : SpotMarketConfig
        Its spot market, which needs a token of this index; the default lists none.
    """

    index: IndexConfig
    perp: PerpMarketConfig = PerpMarketConfig()
    spot: SpotMarketConfig = SpotMarketConfig()


class VenueLimits(msgspec.Struct, frozen=True, kw_only=True):
    """
    How much of everything a venue holds. The defaults are those of Entropy.

    Attributes
    ----------
    dust_threshold_bits : int
        Index units up to which a balance counts as nothing when an account goes bankrupt.
    orders_per_account : int
        Perp orders over all markets, with those that left a book by an unprocessed event.
    orders_per_side : int
        Resting orders on one side of one book.
    off_book_orders : int
        Off-book orders of an account.
    margin_basket : int
        Spot markets of an account at a time.
    spot_orders : int
        Spot orders of an account in one market, unprocessed ones included.
    referral_surcharge_e6 : int
        Millionths of the quote of a fill that a taker pays on top of the taker fee.
    """

    dust_threshold_bits: int = 281_474_976_711
    orders_per_account: int = 64
    orders_per_side: int = 512
    off_book_orders: int = 10
    margin_basket: int = 9
    spot_orders: int = 128
    referral_surcharge_e6: int = 0

    @classmethod
    def named(cls, name: PresetName) -> VenueLimits:
        """The limits of one program: Mango v3 has less dust and no off-book orders."""
        preset = VenuePreset.named(name)
        return cls(
            dust_threshold_bits=preset.dust_threshold_bits,
            off_book_orders=preset.off_book_orders,
        )


class VenueConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A venue before anyone has used it.

    Attributes
    ----------
    admin : int
        Caller id of the owner of the price feeds, not 0.
    valid_interval : int
        Seconds; a cached price, index or funding is fresh for twice as long.
    markets : tuple of MarketConfig
        Market index is the position; at most 15.
    tokens : tuple of TokenConfig
        Rising index, the quote token last.
    enforce_health : bool
        False: no operation looks at init health.
    unlimited_pnl_counterparty : bool
        True: an outside party settles any profit, and any loss within the loser's deposit.
    limits : VenueLimits
    """

    admin: int
    valid_interval: int
    markets: tuple[MarketConfig, ...]
    tokens: tuple[TokenConfig, ...]
    enforce_health: bool = True
    unlimited_pnl_counterparty: bool = False
    limits: VenueLimits = VenueLimits()

    @classmethod
    def squared_and_linear(
        cls,
        *,
        admin: int,
        valid_interval: int = 3600,
        squared: PerpMarketConfig | None = None,
        linear: PerpMarketConfig | None = None,
        enforce_health: bool = True,
        unlimited_pnl_counterparty: bool = False,
        limits: VenueLimits | None = None,
    ) -> VenueConfig:
        """
        The venue of the crab: a squared perp at index 0, the linear one at 1, one quote token.

        Parameters
        ----------
        admin : int
            Caller id, not 0.
        valid_interval : int
            Seconds.
        squared, linear : PerpMarketConfig, optional
            The examples of Entropy by default.
        enforce_health, unlimited_pnl_counterparty : bool
            See the attributes.
        limits : VenueLimits, optional
            Those of Entropy by default.

        Returns
        -------
        VenueConfig
            The index of market 0 is the square of that of market 1 over 10**6.
        """
        return cls(
            admin=admin,
            valid_interval=valid_interval,
            markets=(
                MarketConfig(
                    index=IndexConfig(underlying=1, power=2, scale=1_000_000),
                    perp=squared or PerpMarketConfig.example(squared=True),
                ),
                MarketConfig(
                    index=IndexConfig(underlying=1), perp=linear or PerpMarketConfig.example()
                ),
            ),
            tokens=(TokenConfig(index=QUOTE_TOKEN, curve=InterestCurve.example()),),
            enforce_health=enforce_health,
            unlimited_pnl_counterparty=unlimited_pnl_counterparty,
            limits=limits or VenueLimits(),
        )


class VenuePreset(msgspec.Struct, frozen=True, kw_only=True):
    """
    What one program fixes for all its markets.

    Attributes
    ----------
    linear_funding_period, squared_funding_period : int
        Seconds.
    funding_clamp_bits : int
        Largest ``|book / index - 1|``.
    impact_quantity : int
        Base lots.
    dust_threshold_bits : int
        Index units that count as nothing.
    off_book_orders : int
        Off-book orders an account may have.
    """

    linear_funding_period: int
    squared_funding_period: int
    funding_clamp_bits: int
    impact_quantity: int
    dust_threshold_bits: int
    off_book_orders: int

    @classmethod
    def named(cls, name: PresetName) -> VenuePreset:
        """
        ``"mango_v3"`` (program v3.7 constants) or ``"entropy"`` (its fork).

        Raises
        ------
        InputRangeError
            E114 for another name, with the nearest.
        """
        return cls(**_core.venues_preset(known_name(name, _PRESETS, "name")))
