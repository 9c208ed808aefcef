"""
What the operations of a volt hand back, and the records that can be read.

Amounts are native units of the deposit token, or shares. A name that ends in ``_bits`` holds the
raw integer of an I80F48, value * 2**48.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "EndRoundReceipt",
    "EntropyRound",
    "EpochInfo",
    "Exposure",
    "FeesReceipt",
    "OffBookReceipt",
    "PendingRecord",
    "Quote",
    "RebalanceReceipt",
    "Round",
    "SetupReceipt",
    "TransferReceipt",
    "TriggerName",
    "TriggerReport",
    "UserAccount",
]

TriggerName = Literal[
    "none", "epoch_end", "collateral_ratio", "leverage", "pending_flows", "hedge_drift"
]


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """
    One bid and one ask that a counterparty shows, for execution at quoted prices.

    Attributes
    ----------
    bid_lots, ask_lots : int
        Quote lots per base lot; 0 for a side without a quote.
    size_lots : int or None
        Base lots on each side; None for any size.
    spot_taker_fee_bits : int
        Share of the quote that a spot trade pays, rounded up to whole native quote.
    """

    bid_lots: int
    ask_lots: int
    size_lots: int | None = None
    spot_taker_fee_bits: int = 0


class TransferReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A deposit or a withdrawal.

    Attributes
    ----------
    round : int
        The round it waits in; 0 for an instant transfer.
    amount : int
        What was given: underlying of a deposit, shares of a withdrawal.
    received : int
        Handed over at once, rounded down: shares or underlying; 0 when pending.
    fee : int
        Withdrawal fee of an instant withdrawal, already taken off `received`.
    claimed : int
        By the claim before it, of the operations with a claim.
    """

    round: int
    amount: int
    received: int
    fee: int
    claimed: int


class FeesReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    TakePerformanceFees.

    Attributes
    ----------
    assets : int
        A before both fees.
    pnl : int
        ``A - aum_at_epoch_start``, signed.
    performance_fee, aum_fee : int
        Rounded down.
    from_pool, from_venue : int
        Where the fees came from.
    """

    assets: int
    pnl: int
    performance_fee: int
    aum_fee: int
    from_pool: int
    from_venue: int


class SetupReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    SetupRebalance.

    Attributes
    ----------
    assets, supply : int
        A and S (with W) before anything moves: the share price of this round.
    withdraw, mint : int
        U and M, rounded down.
    kept, moved, shortfall : int
        Underlying kept in the pool for the leavers, moved into the margin account, and missing for
        them until EndRound.
    net : int
        ``D - U``, signed.
    equity_target_bits : int
        What the legs are sized on.
    target_lots : int
        Base lots of the target leg, truncated toward zero.
    """

    assets: int
    supply: int
    withdraw: int
    mint: int
    kept: int
    moved: int
    shortfall: int
    net: int
    equity_target_bits: int
    target_lots: int


class RebalanceReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    One call on a leg.

    Attributes
    ----------
    target_lots : int
        Base lots that the leg is going to.
    filled_lots : int
        By this call, signed.
    missing_lots : int
        After this call, signed.
    quote_bits : int
        Native quote into the position, before the fee.
    fee_bits : int
        Taker fee, native quote.
    is_done : bool
        Whether the leg is finished.
    """

    target_lots: int
    filled_lots: int
    missing_lots: int
    quote_bits: int
    fee_bits: int
    is_done: bool


class OffBookReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    An off-book order of the volt, as its counterparty takes it.

    Attributes
    ----------
    index : int
        Its place in the list of the volt's margin account.
    size_lots : int
        Base lots, signed: negative when the volt sells.
    price_lots : int
        Quote lots per base lot.
    counterparty : int
        The margin account that may take it.
    expires : int
        Seconds; it can be taken before.
    """

    index: int
    size_lots: int
    price_lots: int
    counterparty: int
    expires: int


class EndRoundReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    EndRound.

    Attributes
    ----------
    minted : int
        Shares for the round's depositors.
    paid : int
        Underlying that really goes to the leavers, the withdrawal fee included.
    from_venue : int
        The part of it that left the margin account.
    rebalance_pnl : int
        What the rebalance itself gained or lost, signed; reported only.
    """

    minted: int
    paid: int
    from_venue: int
    rebalance_pnl: int


class TriggerReport(msgspec.Struct, frozen=True, kw_only=True):
    """
    The first trigger that fires.

    Attributes
    ----------
    trigger : str
        ``"none"``, or the name of the trigger.
    hedge_only : bool
        Whether `Volt.rehedge` answers it, instead of the whole cycle.
    """

    trigger: TriggerName
    hedge_only: bool


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a volt holds on its venue, at oracle prices.

    Attributes
    ----------
    equity_bits : int
        Native quote.
    target_notional_bits : int
        ``|lots| * base_lot * price`` of the target leg, native quote.
    target_delta_bits, net_delta_bits : int
        Native base of the underlying, without and with the hedge.
    """

    equity_bits: int
    target_notional_bits: int
    target_delta_bits: int
    net_delta_bits: int


class PendingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A request: its round (0 for none) and its underlying or shares."""

    round: int
    amount: int


class UserAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A user: native underlying in the wallet, shares in hand, one request of each kind."""

    id: int
    wallet: int
    volt_tokens: int
    pending_deposit: PendingRecord
    pending_withdrawal: PendingRecord


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """
    One epoch's flows.

    Attributes
    ----------
    number : int
        From 1.
    underlying_from_pending_deposits, volt_tokens_from_pending_withdrawals : int
        D and W; they shrink with the claims.
    round_underlying : int
        Deposits that wait to be moved.
    round_volt_tokens, round_underlying_for_pending_withdrawals : int
        Shares and payouts that wait to be claimed.
    withdraw_amt_native, minted_volt_tokens : int
        U and M, fixed at set-up; U is not lowered when less is paid.
    withdrawal_fee : int
        Taken once from the payouts.
    aum_at_epoch_start, aum_at_epoch_end : int
        A at StartRound, and at TakePerformanceFees before the fees.
    """

    number: int
    underlying_from_pending_deposits: int
    volt_tokens_from_pending_withdrawals: int
    round_underlying: int
    round_volt_tokens: int
    round_underlying_for_pending_withdrawals: int
    withdraw_amt_native: int
    minted_volt_tokens: int
    withdrawal_fee: int
    aum_at_epoch_start: int
    aum_at_epoch_end: int


class EntropyRound(msgspec.Struct, frozen=True, kw_only=True):
    """Working numbers of the present rebalance, by the names of the original account."""

    acct_equity_start: int
    acct_equity_before_next_rebalance: int
    pnl_quote: int
    performance_fees_quote: int
    aum_fees_quote: int
    initial_equity_bits: int
    assets_at_setup: int
    total_volt_supply: int
    deposit_amt_native: int
    withdraw_shares: int
    withdraw_amt_native: int
    withdraw_comp_from_deposit_native: int
    deposit_amt_quote: int
    net_deposits_quote: int
    new_equity_post_deposit_bits: int
    equity_target_bits: int
    oracle_price_bits: int
    target_lots: int
    target_curr_base_position: int
    target_curr_quote_position_bits: int
    instant_deposits_native: int


class EpochInfo(msgspec.Struct, frozen=True, kw_only=True):
    """
    What an epoch reports.

    The share price ``share_price_assets / share_price_supply`` is the last one that counted for
    shares: that of StartRound, then that of SetupRebalance. Totals include pending and instant
    transfers; they are running counts and not lowered by cancels.
    """

    number: int
    start_time: int
    share_price_assets: int
    share_price_supply: int
    aum_start: int
    aum_end: int
    pnl: int
    rebalance_pnl: int
    performance_fees: int
    aum_fees: int
    withdrawal_fees: int
    pending_deposits: int
    pending_withdrawals_volt_tokens: int
    pending_withdrawals_underlying: int
    canceled_deposits: int
    canceled_withdrawals: int
    total_deposits: int
    total_withdrawals: int
    instant_deposits: int
    instant_withdrawals: int
    minted_volt_tokens: int
    num_times_called_enter: int
    used_off_book: bool

    @property
    def pct_pnl(self) -> float:
        """PnL over the assets that the epoch started with, for display; 0 without assets."""
        return self.pnl / self.aum_start if self.aum_start else 0.0
