"""
An independent model of a volt on a quoted venue, in Python integers, written from the rules.

Fixed-point numbers are raw integers of 48 fractional bits. Markets: 0 squared, 1 linear, base lot
100, quote lot 10, no interest, no health limits, an unlimited counterparty for profit and loss.
A refused operation raises `Refused` with the on-chain name; callers compare states before and
after, so the model works on a copy and replaces itself at the end.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from volts.venue_model import (
    LOT,
    ONE,
    QUOTE_LOT,
    Person,
    Refused,
    RoundModel,
    VenueModel,
    div,
    mul,
    whole,
)

BETWEEN = ("BETWEEN", "RESOLVED", "WFEES")


@dataclass
class Model(VenueModel):
    leverage: int = -(ONE // 2)
    lenience: int = ONE // 4
    capacity: int = 2**64 - 1
    own_capacity: int = 2**64 - 1
    perf: int = 1000
    wd: int = 10
    aum: int = 0
    minimum: int = 1_000_000
    hedging: bool = True
    permissionless: bool = False
    off: bool = False
    heir: int = 0
    stage: str = "BETWEEN"
    number: int = 0
    supply: int = 0
    pool: int = 0
    fees: int = 0
    start: int = 0
    start_assets: int = 0
    a_setup: int = 0
    s_setup: int = 0
    d_setup: int = 0
    w_setup: int = 0
    e_target: int = 0
    target: int = 0
    people: dict[int, Person] = field(default_factory=dict)
    rounds: dict[int, RoundModel] = field(default_factory=dict)

    # Readings.

    @property
    def between(self) -> bool:
        return self.stage in BETWEEN

    @property
    def round(self) -> RoundModel:
        return self.rounds[self.number]

    def assets(self) -> int:
        equity = self.equity()
        if equity < 0:
            raise Refused("AccountEquityLessThanZero")
        return (equity >> 48) + self.pool

    def shares(self) -> int:
        return self.supply if self.between else self.supply + self.round.W

    def person(self, user: int) -> Person:
        return self.people.setdefault(user, Person())

    # Users.

    def do(self, name: str, *args: object) -> object:
        """Run one operation; a refusal leaves this model as it was."""
        trial = copy.deepcopy(self)
        result = getattr(trial, name)(*args)
        self.__dict__.update(trial.__dict__)
        return result

    def deposit(self, user: int, amount: int) -> int:
        if self.off:
            raise Refused("DepositsAndWithdrawalsAreTurnedOff")
        if amount == 0:
            raise Refused("InvalidDepositAmount")
        if not self.between and self.stage != "ACTIVE":
            raise Refused("DepositsDisabled")
        who = self.person(user)
        if who.wallet < amount:
            raise Refused("InsufficientCollateralForDeposit")
        if not self.between and who.deposit[0] not in (0, self.number):
            raise Refused("PendingDepositAlreadyExists")
        outstanding = self.shares()
        pending = 0 if self.between else self.round.D
        own = 0 if self.between else who.deposit[1]
        if outstanding == 0 and pending == own and own + amount < self.minimum:
            raise Refused("InvalidDepositAmount")
        held = self.assets()
        if held + pending + amount > self.capacity:
            raise Refused("VaultCapacityWouldBeExceeded")
        part = who.deposit[1]
        if self.between and outstanding:
            part += who.tokens * held // outstanding
        if part + amount > self.own_capacity:
            raise Refused("IndividualDepositCapacityWouldBeExceeded")
        if not self.between:
            who.wallet -= amount
            who.deposit = (self.number, who.deposit[1] + amount)
            self.round.D += amount
            self.round.ul += amount
            return 0
        if outstanding and held == 0:
            raise Refused("NewEquityMustBeHigherThanDepositAmount")
        minted = amount * outstanding // held if outstanding else amount
        who.wallet -= amount
        who.tokens += minted
        self.supply += minted
        self.pool += amount
        return minted

    def withdraw(self, user: int, shares: int) -> int:
        if self.off:
            raise Refused("DepositsAndWithdrawalsAreTurnedOff")
        if shares == 0:
            raise Refused("InvalidWithdrawAmount")
        if not self.between and self.stage != "ACTIVE":
            raise Refused("WithdrawalsDisabled")
        who = self.person(user)
        if who.tokens < shares:
            raise Refused("InsufficientVaultTokens")
        if not self.between:
            if who.withdrawal[0] not in (0, self.number):
                raise Refused("CantHaveMultiplePendingWithdrawals")
            who.tokens -= shares
            who.withdrawal = (self.number, who.withdrawal[1] + shares)
            self.supply -= shares
            self.round.W += shares
            return 0
        gross = shares * self.assets() // self.supply
        if gross > self.pool:
            raise Refused("InvalidWithdrawAmount")
        fee = gross * self.wd // 10_000
        who.tokens -= shares
        who.wallet += gross - fee
        self.supply -= shares
        self.pool -= gross
        self.fees += fee
        return gross - fee

    def cancel_pending_deposit(self, user: int) -> int:
        number, amount = self.person(user).deposit
        if number == 0:
            raise Refused("PendingDepositDoesNotExist")
        if number < self.number:
            raise Refused("CannotCancelPendingDepositFromOldRound")
        if self.stage not in ("ACTIVE", "FEES_TAKEN"):
            raise Refused("InvalidEpochForCancel")
        self.person(user).wallet += amount
        self.person(user).deposit = (0, 0)
        self.round.D -= amount
        self.round.ul -= amount
        return amount

    def cancel_pending_withdrawal(self, user: int) -> int:
        number, shares = self.person(user).withdrawal
        if number == 0:
            raise Refused("PendingWithdrawalDoesNotExist")
        if number < self.number:
            raise Refused("CannotCancelPendingWithdrawalFromOldRound")
        if self.stage not in ("ACTIVE", "FEES_TAKEN"):
            raise Refused("InvalidEpochForCancel")
        self.person(user).tokens += shares
        self.person(user).withdrawal = (0, 0)
        self.supply += shares
        self.round.W -= shares
        return shares

    def claim_pending_deposit(self, user: int) -> int:
        number, amount = self.person(user).deposit
        if number == 0:
            raise Refused("PendingDepositDoesNotExist")
        if number >= self.number:
            raise Refused("InvalidClaimPendingDepositState")
        of = self.rounds[number]
        shares = amount * of.vt // of.D
        of.vt -= shares
        of.D -= amount
        self.person(user).tokens += shares
        self.person(user).deposit = (0, 0)
        return shares

    def claim_pending_withdrawal(self, user: int) -> int:
        number, shares = self.person(user).withdrawal
        if number == 0:
            raise Refused("PendingWithdrawalDoesNotExist")
        if number >= self.number:
            raise Refused("InvalidClaimPendingWithdrawalState")
        of = self.rounds[number]
        paid = shares * of.pwu // of.W
        of.pwu -= paid
        of.W -= shares
        self.person(user).wallet += paid
        self.person(user).withdrawal = (0, 0)
        return paid

    def deposit_with_claim(self, user: int, amount: int) -> int:
        if 0 < self.person(user).deposit[0] < self.number:
            self.claim_pending_deposit(user)
        return self.deposit(user, amount)

    def withdraw_with_claim(self, user: int, shares: int) -> int:
        if 0 < self.person(user).withdrawal[0] < self.number:
            self.claim_pending_withdrawal(user)
        return self.withdraw(user, shares)

    # The admin.

    def change_fees(self, caller: int, on: bool, perf: int, wd: int, aum: int) -> None:
        self.allow(caller, admin=True)
        self.perf, self.wd, self.aum = (perf, wd, aum) if on else (1000, 10, 0)

    def change_capacity(self, caller: int, total: int, each: int) -> None:
        self.allow(caller, admin=True)
        self.capacity, self.own_capacity = total, each

    def set_permissionless_cranks(self, caller: int, on: bool) -> None:
        self.allow(caller, admin=True)
        self.permissionless = on

    def turn_off_deposits_and_withdrawals(self, caller: int, off: bool) -> None:
        self.allow(caller, admin=True)
        self.off = off

    def propose_admin(self, caller: int, heir: int) -> None:
        self.allow(caller, admin=True)
        self.heir = heir

    def accept_admin(self, caller: int) -> None:
        if caller != self.heir:
            raise Refused("Unauthorized")
        self.admin, self.heir = caller, 0

    # Cranks.

    def allow(self, caller: int, *, admin: bool = False) -> None:
        if caller != self.admin and (admin or not self.permissionless):
            raise Refused("Unauthorized")

    def take_performance_fees(self, caller: int) -> int:
        self.allow(caller)
        if self.stage != "ACTIVE":
            raise Refused("InvalidTakePerformanceFeesState")
        held = self.assets()
        performance = max(0, held - self.start_assets) * self.perf // 10_000
        managed = held * self.aum * (self.now - self.start) // (10_000 * 31_536_000)
        total = performance + managed
        rest = max(0, total - self.pool)
        if rest:
            self.settle_pnl()
            self.take_from_venue(rest)
        self.pool -= total - rest
        self.fees += total
        self.stage = "FEES_TAKEN"
        return total

    def setup_rebalance(self, caller: int, expected: int | None = None) -> int:
        self.allow(caller)
        if self.stage != "FEES_TAKEN":
            raise Refused("InvalidSetupRebalanceEntropyState")
        if expected is not None and abs(self.price - expected) * 10_000 > expected * 100:
            raise Refused("RealizedOraclePriceTooFarOffClientProvided")
        this = self.round
        held, outstanding = self.assets(), self.shares()
        if outstanding and held == 0:
            raise Refused("NewEquityMustBeHigherThanDepositAmount")
        this.U = this.W * held // outstanding if outstanding else 0
        this.M = this.D * outstanding // held if outstanding else this.D
        self.a_setup, self.s_setup = held, outstanding
        self.d_setup, self.w_setup = this.D, this.W
        pool = self.pool + this.ul
        this.ul = 0
        keep = min(pool, this.U)
        if pool > keep:
            self.credit((pool - keep) * ONE)
        self.pool = keep
        self.e_target = self.equity() - (this.U - keep) * ONE
        if self.e_target < 0:
            raise Refused("AccountEquityLessThanZero")
        self.target = whole(div(mul(self.e_target, self.leverage), self.index(0) * LOT))
        self.stage = "READY"
        return self.target

    def slice_of(self, missing: int, price_lots: int, most: int | None) -> int:
        lots = abs(missing)
        if most is not None:
            lots = min(lots, most // (price_lots * QUOTE_LOT))
        if lots == 0:
            raise Refused("QuotePositionChangedTooMuch")
        return lots if missing > 0 else -lots

    def rebalance_target(
        self, caller: int, price_lots: int, most: int | None = None, fills: bool = True
    ) -> int:
        self.allow(caller)
        if self.stage != "READY":
            raise Refused("InvalidRebalanceEntropyState")
        missing = self.target - self.perps[0].base
        finished = missing == 0
        if missing:
            lots = self.slice_of(missing, price_lots, most)
            if caller != self.admin:
                self.check_limit(0, lots, price_lots)
            if fills:
                self.fill(0, lots, price_lots)
                missing -= lots
                finished = missing == 0
                if finished and lots < 0 and self.perps[0].base < 0 and self.perps[0].quote <= 0:
                    raise Refused("QuotePositionMustBePositive")
            else:
                notional = self.perps[0].base * LOT * self.index(0)
                apart = abs(notional - mul(self.e_target, self.leverage))
                if apart > mul(self.e_target, self.lenience):
                    raise Refused("CollateralNotWithinLenience")
                finished = True
        if finished:
            if self.perps[0].base > 0:
                raise Refused("BasePositionMustBeNegative")
            self.stage = "TARGET_DONE" if self.hedging else "DONE"
        return missing

    def check_limit(self, market: int, lots: int, price_lots: int) -> None:
        """No basis is allowed in the tests: a stranger may not be worse than the oracle."""
        limit, oracle = price_lots * QUOTE_LOT * ONE, self.index(market) * LOT
        if (lots > 0 and limit > oracle) or (lots < 0 and limit < oracle):
            raise Refused("InvalidOtcOrderPrice")

    def rebalance_hedge(self, caller: int, price_lots: int, most: int | None = None) -> int:
        self.allow(caller)
        if not self.hedging:
            raise Refused("HedgingMustBeOn")
        if self.stage != "TARGET_DONE":
            raise Refused("PowerPerpMustBeDoneRebalancing")
        missing = self.trade_hedge(caller, price_lots, most)
        if missing == 0:
            self.stage = "DONE"
        return missing

    def trade_hedge(self, caller: int, price_lots: int, most: int | None) -> int:
        missing = self.hedge_lots() - self.perps[1].base
        if missing:
            lots = self.slice_of(missing, price_lots, most)
            if caller != self.admin:
                self.check_limit(1, lots, price_lots)
            self.fill(1, lots, price_lots)
            missing -= lots
        return missing

    def rehedge(self, caller: int, price_lots: int, most: int | None = None) -> int:
        self.allow(caller, admin=True)
        if not self.hedging:
            raise Refused("HedgingMustBeOn")
        if self.stage != "ACTIVE":
            raise Refused("InvalidRebalanceEntropyState")
        return self.trade_hedge(caller, price_lots, most)

    def reset_rebalancing(self, caller: int, only_hedge: bool) -> None:
        self.allow(caller, admin=True)
        if self.stage not in ("TARGET_DONE", "DONE") and (only_hedge or self.stage != "READY"):
            raise Refused("InvalidRebalanceEntropyState")
        self.stage = "TARGET_DONE" if only_hedge else "READY"

    def end_round(self, caller: int, bypass: bool = False) -> int:
        self.allow(caller, admin=bypass)
        if self.stage != "DONE" and not (bypass and self.stage in ("READY", "TARGET_DONE")):
            raise Refused("InvalidEndEntropyRoundState")
        this = self.round
        if self.pool < this.U:
            self.settle_pnl()
        held = self.assets()
        paid = 0
        if self.s_setup:
            paid = min(this.U, self.w_setup * max(0, held - self.d_setup) // self.s_setup)
        short = max(0, paid - self.pool)
        if short:
            self.take_from_venue(short)
        self.pool += short - paid
        this.pwu = paid
        this.vt = this.M
        self.supply += this.M
        self.stage = "RESOLVED"
        return paid

    def take_pending_withdrawal_fees(self, caller: int) -> int:
        self.allow(caller)
        if self.stage != "RESOLVED":
            raise Refused("InvalidEndRoundState")
        self.round.wfee = self.round.pwu * self.wd // 10_000
        self.round.pwu -= self.round.wfee
        self.fees += self.round.wfee
        self.stage = "WFEES"
        return self.round.wfee

    def start_round(self, caller: int) -> int:
        self.allow(caller)
        if self.stage == "RESOLVED":
            raise Refused("MustTakeWithdrawalFeesBeforeStartingRound")
        if not self.between:
            raise Refused("InvalidStartRoundState")
        self.start_assets = self.assets()
        self.number += 1
        self.rounds[self.number] = RoundModel()
        self.start = self.now
        self.stage = "ACTIVE"
        return self.start_assets
