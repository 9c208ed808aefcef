#pragma once

#include <cstdint>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/health.hpp"
#include "voltcore/venues/refusal.hpp"

// Banks: one per token. Balances are kept in index units, native = units * index, so that interest
// moves one index instead of every balance. Source: Mango v3 `RootBank` and `NodeBank`.

namespace voltcore::venues {

using math::I80F48;

inline constexpr std::uint8_t quote_token_index = 15;
inline constexpr std::int64_t seconds_per_year = 31'536'000;
inline constexpr std::int64_t starting_index = 1'000'000;

/// Annual simple rate by utilisation: two straight lines that meet at (optimal_util, optimal_rate)
/// and reach max_rate at utilisation 1.
struct InterestCurve {
    I80F48 optimal_util;
    I80F48 optimal_rate;
    I80F48 max_rate;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("optimal_util", self.optimal_util);
        visit("optimal_rate", self.optimal_rate);
        visit("max_rate", self.max_rate);
    }
    friend bool operator==(const InterestCurve&, const InterestCurve&) = default;
};

/// Yearly rate at `utilization`, which may exceed 1; nothing clamps it.
[[nodiscard]] inline I80F48 interest_rate(const InterestCurve& curve, I80F48 utilization) {
    if (utilization > curve.optimal_util) {
        const I80F48 slope =
            (curve.max_rate - curve.optimal_rate) / (I80F48::from_int(1) - curve.optimal_util);
        return curve.optimal_rate + slope * (utilization - curve.optimal_util);
    }
    return (curve.optimal_rate / curve.optimal_util) * utilization;
}

/// What one update of a bank computes.
struct Accrual {
    I80F48 utilization;
    I80F48 rate;  ///< yearly
    I80F48 deposit_index;
    I80F48 borrow_index;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("utilization", self.utilization);
        visit("rate", self.rate);
        visit("deposit_index", self.deposit_index);
        visit("borrow_index", self.borrow_index);
    }
};

/// Borrow share of the deposits; 0 when there are none (the one division by 0 that is no error).
[[nodiscard]] inline I80F48 utilization(I80F48 native_deposits, I80F48 native_borrows) {
    return native_deposits.is_zero() ? I80F48{} : native_borrows / native_deposits;
}

/// The indices `elapsed` seconds later. Depositors receive rate * utilisation; what the products
/// cut off stays in the bank.
[[nodiscard]] inline Accrual accrue(const InterestCurve& curve, I80F48 deposits, I80F48 borrows,
                                    I80F48 deposit_index, I80F48 borrow_index,
                                    std::int64_t elapsed) {
    Accrual out{.utilization = utilization(deposits * deposit_index, borrows * borrow_index),
                .rate = {},
                .deposit_index = deposit_index,
                .borrow_index = borrow_index};
    out.rate = interest_rate(curve, out.utilization);
    const I80F48 borrow_interest = scale(out.rate, elapsed);
    const I80F48 deposit_interest = borrow_interest * out.utilization;
    if (!borrow_interest.is_positive() || !deposit_interest.is_positive()) return out;
    const I80F48 year = I80F48::from_int(seconds_per_year);
    out.borrow_index = borrow_index + (borrow_index * borrow_interest) / year;
    out.deposit_index = deposit_index + (deposit_index * deposit_interest) / year;
    return out;
}

/// One account's balance of one token in index units; never both at once.
struct Balance {
    I80F48 deposits;
    I80F48 borrows;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("deposits", self.deposits);
        visit("borrows", self.borrows);
    }
    [[nodiscard]] bool is_active() const noexcept {
        return !deposits.is_zero() || !borrows.is_zero();
    }
    friend bool operator==(const Balance&, const Balance&) = default;
};

/// Adds `native` >= 0: pays a borrow back first, the rest becomes a deposit. Units are truncated,
/// so an integer amount just credited may read a little lower.
inline void credit(Balance& balance, I80F48 deposit_index, I80F48 borrow_index, I80F48 native) {
    if (native.is_zero()) return;
    if (!balance.borrows.is_zero()) {
        if (!balance.deposits.is_zero()) refuse_math("credit", "holds a deposit and a borrow");
        const I80F48 borrowed = balance.borrows * borrow_index;
        if (native < borrowed) {
            balance.borrows -= native / borrow_index;
            return;
        }
        balance.borrows = I80F48{};
        native -= borrowed;
    }
    balance.deposits += native / deposit_index;
}

/// Takes `native` >= 0: empties a deposit first, the rest becomes a borrow. True when borrow units
/// were added, so that the caller must look at the bank's liquidity.
[[nodiscard]] inline bool debit(Balance& balance, I80F48 deposit_index, I80F48 borrow_index,
                                I80F48 native) {
    if (native.is_zero()) return false;
    if (!balance.deposits.is_zero()) {
        if (!balance.borrows.is_zero()) refuse_math("debit", "holds a deposit and a borrow");
        const I80F48 deposited = balance.deposits * deposit_index;
        if (native < deposited) {
            balance.deposits -= native / deposit_index;
            return false;
        }
        balance.deposits = I80F48{};
        native -= deposited;
        if (native.is_zero()) return false;
    }
    balance.borrows += native / borrow_index;
    return true;
}

/// Deposit, or minus the borrow, in native units; floor, so a borrow rounds away from zero.
[[nodiscard]] inline I80F48 net_native(const Balance& balance, I80F48 deposit_index,
                                       I80F48 borrow_index) {
    if (!balance.deposits.is_zero()) return balance.deposits * deposit_index;
    if (!balance.borrows.is_zero()) return -(balance.borrows * borrow_index);
    return I80F48{};
}

struct TokenConfig {
    std::uint8_t index = quote_token_index;  ///< 0..14 with the market of that index, or quote
    InterestCurve curve;
    I80F48 init_leverage;   ///< spot margin; unused for the quote token
    I80F48 maint_leverage;  ///< spot margin; unused for the quote token
    I80F48 liquidation_fee;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("index", self.index);
        visit("curve", self.curve);
        visit("init_leverage", self.init_leverage);
        visit("maint_leverage", self.maint_leverage);
        visit("liquidation_fee", self.liquidation_fee);
    }
    friend bool operator==(const TokenConfig&, const TokenConfig&) = default;
};

/// The indices that health and balances use until the next cache_root_banks.
struct BankCache {
    I80F48 deposit_index = I80F48::from_int(starting_index);
    I80F48 borrow_index = I80F48::from_int(starting_index);
    std::uint64_t last_update = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("deposit_index", self.deposit_index);
        visit("borrow_index", self.borrow_index);
        visit("last_update", self.last_update);
    }
    friend bool operator==(const BankCache&, const BankCache&) = default;
};

struct Bank {
    TokenConfig config;
    I80F48 deposit_index = I80F48::from_int(starting_index);
    I80F48 borrow_index = I80F48::from_int(starting_index);
    I80F48 deposits;  ///< index units, the exact sum over accounts
    I80F48 borrows;   ///< index units, the exact sum over accounts
    std::uint64_t last_updated = 0;
    BankCache cache;
    std::uint64_t vault = 0;  ///< native units held in custody
    /// How often a rounding went the account's way, each by at most one index step of 2^-48 units:
    /// the audit's allowance for vault < deposits - borrows.
    std::uint64_t roundings = 0;
    HealthWeights weights;  ///< from the leverages of `config`; not part of the stored bytes

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("config", self.config);
        visit("deposit_index", self.deposit_index);
        visit("borrow_index", self.borrow_index);
        visit("deposits", self.deposits);
        visit("borrows", self.borrows);
        visit("last_updated", self.last_updated);
        visit("cache", self.cache);
        visit("vault", self.vault);
        visit("roundings", self.roundings);
    }
    friend bool operator==(const Bank&, const Bank&) = default;
};

/// What an update of the live indices to `now` would leave; a bank without borrows stays as it is.
struct BankUpdate {
    I80F48 deposit_index;
    I80F48 borrow_index;
    std::uint64_t roundings = 0;
};
[[nodiscard]] BankUpdate updated(const Bank& bank, std::uint64_t now);

/// Credit and debit of an account through its bank: cached indices, totals kept equal to the sums.
void credit(Bank& bank, Balance& balance, I80F48 native);
/// @throws Error (InsufficientLiquidity) when the added borrow exceeds what depositors left.
void debit(Bank& bank, Balance& balance, I80F48 native, const char* op);

/// Clears a borrow that nobody pays and lowers the deposit index for it, live and cached; the share
/// of every deposit that it took.
I80F48 write_off(Bank& bank, Balance& balance);

}  // namespace voltcore::venues
