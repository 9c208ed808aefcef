#include "voltcore/volts/volt.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "refusal.hpp"
#include "voltcore/math/bytes.hpp"

namespace voltcore::volts {

namespace {

// Every row stands at the place of its operation, so that row_of may index.
constexpr bool table_is_in_order() {
    for (std::size_t i = 0; i < std::size(operation_table); ++i) {
        if (operation_table[i].operation != static_cast<Operation>(i)) return false;
    }
    return std::size(operation_table) == static_cast<std::size_t>(Operation::accept_admin) + 1;
}
static_assert(table_is_in_order());

void check_markets(const VoltConfig& config, const venues::MarginVenue& venue) {
    const auto check = [&](std::uint8_t index, const char* field) {
        if (index < venue.markets().size() && venue.markets()[index].perp.is_listed()) return;
        refuse_onchain(ErrorCode::unknown_name, "volt", "InvalidMarket", field,
                       std::to_string(index), "is no perp of the venue");
    };
    check(config.target_perp, "target_perp");
    check(config.hedge_perp, "hedge_perp");
    if (venue.markets()[config.hedge_perp].oracle.config.power != 1) {
        refuse_onchain(ErrorCode::bad_combination, "volt", "InvalidMarket", "hedge_perp",
                       std::to_string(config.hedge_perp), "is not linear");
    }
    if (config.kind != VoltKind::basis) return;
    check(config.hedge_spot, "hedge_spot");
    static_cast<void>(venue.bank(config.hedge_spot));  // refuses a token that is not there
}

}  // namespace

Volt::Volt(const VoltConfig& config, venues::MarginVenue venue, std::uint64_t now)
    : config_{config}, clock_{now}, venue_{std::move(venue)} {
    validate(config_);
    check_markets(config_, venue_);
    margin_account_ = venue_.add_account(volt_authority, now);
}

void Volt::check_clock(const OperationRow& row, std::uint64_t now) const {
    const std::uint64_t last = std::max(clock_, venue_.clock());
    if (now < last) [[unlikely]] {
        refuse_clock(row, now, last);
    }
}

void Volt::check_caller(const OperationRow& row, CallerId caller) const {
    bool allowed = caller != 0 && caller != volt_authority;
    switch (row.access) {
        case Access::anyone:
            break;
        case Access::crank:
            allowed = allowed && (caller == config_.admin || config_.permissionless_cranks);
            break;
        case Access::admin:
            allowed = allowed && caller == config_.admin;
            break;
        case Access::heir:
            allowed = allowed && caller == pending_admin_;
            break;
    }
    if (!allowed) [[unlikely]] {
        refuse_caller(row, caller);
    }
}

void Volt::check_stage(const OperationRow& row) const {
    if (!row.stages.contains(stage_)) [[unlikely]] {
        refuse_stage(row, stage_);
    }
}

void Volt::begin(const OperationRow& row, CallerId caller, std::uint64_t now) const {
    check_caller(row, caller);
    check_stage(row);
    check_clock(row, now);
}

UserAccount* Volt::find(CallerId id) noexcept {
    const auto at =
        std::lower_bound(users_.begin(), users_.end(), id,
                         [](const UserAccount& user, CallerId wanted) { return user.id < wanted; });
    return at != users_.end() && at->id == id ? &*at : nullptr;
}

const UserAccount* Volt::find(CallerId id) const noexcept {
    return const_cast<Volt*>(this)->find(id);  // the search itself changes nothing
}

Round* Volt::round_of(std::uint64_t number) noexcept {
    // Most requests concern the newest rounds.
    for (auto at = rounds_.rbegin(); at != rounds_.rend(); ++at) {
        if (at->number == number) return &*at;
        if (at->number < number) break;
    }
    return nullptr;
}

void Volt::credit_wallet(CallerId id, std::uint64_t amount) {
    if (id == 0 || id == volt_authority) {
        refuse({.code = ErrorCode::out_of_range,
                .field = "user",
                .value = std::to_string(id),
                .bound = "is not in [1, 2^64 - 2]",
                .op = "credit_wallet",
                .onchain = {}});
    }
    const math::u128 total =
        math::checked_add(credited_from_outside_, static_cast<math::u128>(amount));
    if (UserAccount* user = find(id)) {
        user->wallet = math::checked_add(user->wallet, amount);
    } else {
        const auto at = std::lower_bound(
            users_.begin(), users_.end(), id,
            [](const UserAccount& other, CallerId wanted) { return other.id < wanted; });
        UserAccount opened;
        opened.id = id;
        opened.wallet = amount;
        users_.insert(at, opened);
    }
    credited_from_outside_ = total;
}

UserAccount Volt::user(CallerId id) const {
    if (const UserAccount* found = find(id)) return *found;
    UserAccount empty;
    empty.id = id;
    return empty;
}

void Volt::restore() {
    venue_.restore();
    const auto market_exists = [this](std::uint8_t index) {
        return index < venue_.markets().size() && venue_.markets()[index].perp.is_listed();
    };
    if (!market_exists(config_.target_perp) || !market_exists(config_.hedge_perp) ||
        (config_.kind == VoltKind::basis && !has_spot()) ||
        margin_account_ >= venue_.accounts().size()) {
        math::ByteReader::corrupt("names a market or margin account that does not exist");
    }
}

}  // namespace voltcore::volts
