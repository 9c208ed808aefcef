#include <algorithm>
#include <string>

#include "voltcore/volts/volt.hpp"

// Every invariant of a volt's state, in the order in which they depend on each other.

namespace voltcore::volts {

using math::u128;

namespace {

void require(bool holds, const char* field, const char* broken) {
    if (holds) return;
    refuse({.code = ErrorCode::invariant,
            .field = field,
            .value = {},
            .bound = broken,
            .op = "audit",
            .onchain = {}});
}

struct Sums {
    u128 deposits = 0;
    u128 withdrawals = 0;
};

}  // namespace

void Volt::audit() const {
    venue_.audit();
    require(static_cast<std::uint8_t>(stage_) < stage_count, "stage", "is no stage");
    try {
        validate(config_);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::invariant, "config", error.what());
    }
    require(config_.target_perp < venue_.markets().size() &&
                config_.hedge_perp < venue_.markets().size(),
            "config", "names a market that does not exist");
    require(margin_account_ < venue_.accounts().size() &&
                venue_.account(margin_account_).owner == volt_authority,
            "margin_account", "is not the volt's own");
    require(clock_ >= epoch_start_, "clock", "is before the start of the epoch");

    require((round_number_ == 0) == (stage_ == Stage::between), "stage",
            "is BETWEEN exactly before the first round");
    require((round_number_ == 0) == rounds_.empty(), "rounds", "do not match the round number");
    if (config_.keep_history) {
        require(rounds_.size() == round_number_, "rounds", "have a gap");
        require(epochs_.size() + (round_number_ == 0 ? 0 : 1) == round_number_, "epochs",
                "do not match the round number");
    } else {
        require(epochs_.empty(), "epochs", "are kept though history is off");
    }
    std::uint64_t last = 0;
    for (const Round& round : rounds_) {
        require(round.number > last, "rounds", "do not rise");
        last = round.number;
    }
    require(last == round_number_, "rounds", "do not end with the present one");

    u128 underlying = 0;
    u128 shares = 0;
    u128 wallets = 0;
    last = 0;
    for (const UserAccount& user : users_) {
        require(user.id > last && user.id != volt_authority, "users", "do not rise");
        last = user.id;
        wallets += user.wallet;
        shares += user.volt_tokens;
        for (const PendingRecord& record : {user.pending_deposit, user.pending_withdrawal}) {
            require(record.round <= round_number_, "users", "have a request of a later round");
            require((record.round == 0) == (record.amount == 0), "users",
                    "have a request of nothing");
        }
    }
    for (const Round& round : rounds_) {
        Sums sums;
        for (const UserAccount& user : users_) {
            if (user.pending_deposit.round == round.number) {
                sums.deposits += user.pending_deposit.amount;
            }
            if (user.pending_withdrawal.round == round.number) {
                sums.withdrawals += user.pending_withdrawal.amount;
            }
        }
        require(sums.deposits == round.underlying_from_pending_deposits, "rounds",
                "deposits differ from the requests");
        require(sums.withdrawals == round.volt_tokens_from_pending_withdrawals, "rounds",
                "withdrawals differ from the requests");
        const bool open = round.number == round_number_;
        const bool waiting = open && (stage_ == Stage::active || stage_ == Stage::fees_taken);
        require(round.round_underlying == (waiting ? round.underlying_from_pending_deposits : 0),
                "round_underlying", "differs from the deposits that wait");
        if (open && !between_rounds.contains(stage_)) {
            require(
                round.round_volt_tokens == 0 && round.round_underlying_for_pending_withdrawals == 0,
                "rounds", "hold claims before they have ended");
        } else {
            require(round.underlying_from_pending_deposits != 0 || round.round_volt_tokens == 0,
                    "round_volt_tokens", "are stranded");
            require(round.volt_tokens_from_pending_withdrawals != 0 ||
                        round.round_underlying_for_pending_withdrawals == 0,
                    "round_underlying_for_pending_withdrawals", "are stranded");
        }
        underlying += round.round_underlying;
        underlying += round.round_underlying_for_pending_withdrawals;
        shares += round.round_volt_tokens;
    }
    // A request of a dropped round would be a claim on nothing.
    for (const UserAccount& user : users_) {
        for (const PendingRecord& record : {user.pending_deposit, user.pending_withdrawal}) {
            const auto at = std::lower_bound(
                rounds_.begin(), rounds_.end(), record.round,
                [](const Round& round, std::uint64_t number) { return round.number < number; });
            require(record.round == 0 || (at != rounds_.end() && at->number == record.round),
                    "users", "have a request of a round that is gone");
        }
    }
    require(shares == supply_, "supply", "differs from the shares in hands and waiting");
    // Conservation of the underlying: what came from outside is here or on the venue.
    const u128 here = wallets + underlying + deposit_pool_ + fee_account_;
    require(here + moved_to_venue_ == credited_from_outside_ + moved_from_venue_, "underlying",
            "appeared or vanished");
    const venues::Balance& cash = venue_.balance(margin_account_, venues::quote_token_index);
    require(!cash.deposits.is_negative() && !cash.borrows.is_negative(), "margin_account",
            "holds a negative balance");
}

}  // namespace voltcore::volts
