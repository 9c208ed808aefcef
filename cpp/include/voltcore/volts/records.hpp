#pragma once

#include <cstdint>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/math/integer.hpp"
#include "voltcore/volts/fees.hpp"

namespace voltcore::volts {

using math::I80F48;

/// One epoch's flows. Amounts are native underlying or shares; D and W shrink with the claims.
struct Round {
    std::uint64_t number = 0;
    std::uint64_t underlying_from_pending_deposits = 0;          ///< D
    std::uint64_t volt_tokens_from_pending_withdrawals = 0;      ///< W
    std::uint64_t round_underlying = 0;                          ///< deposits waiting to be moved
    std::uint64_t round_volt_tokens = 0;                         ///< shares waiting to be claimed
    std::uint64_t round_underlying_for_pending_withdrawals = 0;  ///< payouts waiting to be claimed
    std::uint64_t withdraw_amt_native = 0;  ///< U, fixed at set-up; not lowered when less is paid
    std::uint64_t minted_volt_tokens = 0;   ///< M, fixed at set-up
    std::uint64_t withdrawal_fee = 0;
    std::uint64_t aum_at_epoch_start = 0;
    std::uint64_t aum_at_epoch_end = 0;  ///< A at TakePerformanceFees, before the fees

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("number", self.number);
        visit("underlying_from_pending_deposits", self.underlying_from_pending_deposits);
        visit("volt_tokens_from_pending_withdrawals", self.volt_tokens_from_pending_withdrawals);
        visit("round_underlying", self.round_underlying);
        visit("round_volt_tokens", self.round_volt_tokens);
        visit("round_underlying_for_pending_withdrawals",
              self.round_underlying_for_pending_withdrawals);
        visit("withdraw_amt_native", self.withdraw_amt_native);
        visit("minted_volt_tokens", self.minted_volt_tokens);
        visit("withdrawal_fee", self.withdrawal_fee);
        visit("aum_at_epoch_start", self.aum_at_epoch_start);
        visit("aum_at_epoch_end", self.aum_at_epoch_end);
    }
    friend bool operator==(const Round&, const Round&) = default;
};

/// Working numbers of one rebalance; the volt keeps those of the present round.
struct EntropyRound {
    std::uint64_t acct_equity_start = 0;                  ///< A at StartRound
    std::uint64_t acct_equity_before_next_rebalance = 0;  ///< A at TakePerformanceFees
    math::i128 pnl_quote = 0;
    std::uint64_t performance_fees_quote = 0;
    std::uint64_t aum_fees_quote = 0;
    I80F48 initial_equity;                  ///< of the margin account at set-up, before the move
    std::uint64_t assets_at_setup = 0;      ///< A_setup
    std::uint64_t total_volt_supply = 0;    ///< S_setup, W included
    std::uint64_t deposit_amt_native = 0;   ///< D
    std::uint64_t withdraw_shares = 0;      ///< W
    std::uint64_t withdraw_amt_native = 0;  ///< U
    std::uint64_t withdraw_comp_from_deposit_native = 0;  ///< kept in the pool for the leavers
    std::uint64_t deposit_amt_quote = 0;                  ///< moved into the margin account
    math::i128 net_deposits_quote = 0;                    ///< D - U
    I80F48 new_equity_post_deposit;
    I80F48 equity_target;  ///< E_target
    I80F48 oracle_price;   ///< of the target market, at set-up
    std::int64_t target_lots = 0;
    std::int64_t target_curr_base_position = 0;  ///< base lots after the last target call
    I80F48 target_curr_quote_position;           ///< native quote after the last target call
    std::uint64_t instant_deposits_native = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("acct_equity_start", self.acct_equity_start);
        visit("acct_equity_before_next_rebalance", self.acct_equity_before_next_rebalance);
        visit("pnl_quote", self.pnl_quote);
        visit("performance_fees_quote", self.performance_fees_quote);
        visit("aum_fees_quote", self.aum_fees_quote);
        visit("initial_equity", self.initial_equity);
        visit("assets_at_setup", self.assets_at_setup);
        visit("total_volt_supply", self.total_volt_supply);
        visit("deposit_amt_native", self.deposit_amt_native);
        visit("withdraw_shares", self.withdraw_shares);
        visit("withdraw_amt_native", self.withdraw_amt_native);
        visit("withdraw_comp_from_deposit_native", self.withdraw_comp_from_deposit_native);
        visit("deposit_amt_quote", self.deposit_amt_quote);
        visit("net_deposits_quote", self.net_deposits_quote);
        visit("new_equity_post_deposit", self.new_equity_post_deposit);
        visit("equity_target", self.equity_target);
        visit("oracle_price", self.oracle_price);
        visit("target_lots", self.target_lots);
        visit("target_curr_base_position", self.target_curr_base_position);
        visit("target_curr_quote_position", self.target_curr_quote_position);
        visit("instant_deposits_native", self.instant_deposits_native);
    }
    friend bool operator==(const EntropyRound&, const EntropyRound&) = default;
};

/// What an epoch reports. The share price is assets / share_supply at the last reading that counts
/// for shares: StartRound, then SetupRebalance.
struct EpochInfo {
    std::uint64_t number = 0;
    std::uint64_t start_time = 0;
    std::uint64_t share_price_assets = 0;
    std::uint64_t share_price_supply = 0;
    std::uint64_t aum_start = 0;
    std::uint64_t aum_end = 0;
    math::i128 pnl = 0;
    math::i128 rebalance_pnl = 0;
    std::uint64_t performance_fees = 0;
    std::uint64_t aum_fees = 0;
    std::uint64_t withdrawal_fees = 0;
    std::uint64_t pending_deposits = 0;
    std::uint64_t pending_withdrawals_volt_tokens = 0;
    std::uint64_t pending_withdrawals_underlying = 0;  ///< paid at EndRound, fee included
    std::uint64_t canceled_deposits = 0;
    std::uint64_t canceled_withdrawals = 0;  ///< shares
    std::uint64_t total_deposits = 0;        ///< pending and instant
    std::uint64_t total_withdrawals = 0;     ///< underlying, pending and instant
    std::uint64_t instant_deposits = 0;
    std::uint64_t instant_withdrawals = 0;  ///< underlying, fee included
    std::uint64_t minted_volt_tokens = 0;
    std::uint32_t num_times_called_enter = 0;  ///< rebalance calls of both legs
    bool used_off_book = false;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("number", self.number);
        visit("start_time", self.start_time);
        visit("share_price_assets", self.share_price_assets);
        visit("share_price_supply", self.share_price_supply);
        visit("aum_start", self.aum_start);
        visit("aum_end", self.aum_end);
        visit("pnl", self.pnl);
        visit("rebalance_pnl", self.rebalance_pnl);
        visit("performance_fees", self.performance_fees);
        visit("aum_fees", self.aum_fees);
        visit("withdrawal_fees", self.withdrawal_fees);
        visit("pending_deposits", self.pending_deposits);
        visit("pending_withdrawals_volt_tokens", self.pending_withdrawals_volt_tokens);
        visit("pending_withdrawals_underlying", self.pending_withdrawals_underlying);
        visit("canceled_deposits", self.canceled_deposits);
        visit("canceled_withdrawals", self.canceled_withdrawals);
        visit("total_deposits", self.total_deposits);
        visit("total_withdrawals", self.total_withdrawals);
        visit("instant_deposits", self.instant_deposits);
        visit("instant_withdrawals", self.instant_withdrawals);
        visit("minted_volt_tokens", self.minted_volt_tokens);
        visit("num_times_called_enter", self.num_times_called_enter);
        visit("used_off_book", self.used_off_book);
    }
    friend bool operator==(const EpochInfo&, const EpochInfo&) = default;
};

/// A request of a user; round 0 is none. One of each kind for a user at any time.
struct PendingRecord {
    std::uint64_t round = 0;
    std::uint64_t amount = 0;  ///< native underlying of a deposit, shares of a withdrawal

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("round", self.round);
        visit("amount", self.amount);
    }
    friend bool operator==(const PendingRecord&, const PendingRecord&) = default;
};

struct UserAccount {
    std::uint64_t id = 0;
    std::uint64_t wallet = 0;       ///< native underlying
    std::uint64_t volt_tokens = 0;  ///< shares in his hands
    PendingRecord pending_deposit;
    PendingRecord pending_withdrawal;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("id", self.id);
        visit("wallet", self.wallet);
        visit("volt_tokens", self.volt_tokens);
        visit("pending_deposit", self.pending_deposit);
        visit("pending_withdrawal", self.pending_withdrawal);
    }
    friend bool operator==(const UserAccount&, const UserAccount&) = default;
};

}  // namespace voltcore::volts
