#include "voltcore/perps/governance.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace voltcore::perps {

namespace {

/// Seconds beyond which sums of times could leave i64.
constexpr std::int64_t latest_time = std::numeric_limits<std::int64_t>::max() / 2;

[[noreturn]] void refuse_caller(const char* op, CallerId caller, const char* bound) {
    refuse_perp("Unauthorized", op, "caller", std::to_string(caller), bound);
}

}  // namespace

Governance::Governance(const PoolRoles& roles, std::int64_t now) : roles_{roles}, clock_{now} {
    if (roles.admin == 0) refuse_perp("InvalidArgument", "init", "roles.admin", "0", "is nobody");
    if (std::ranges::find(roles.liquidators, CallerId{0}) != roles.liquidators.end()) {
        refuse_perp("InvalidArgument", "init", "roles.liquidators", "0", "is nobody");
    }
    clock_ = 0;
    require_time("init", now);
    clock_ = now;
}

void Governance::require_admin(const char* op, CallerId caller) const {
    if (caller == 0 || caller != roles_.admin) refuse_caller(op, caller, "is not the admin");
}

void Governance::require_keeper(const char* op, CallerId caller) const {
    if (caller == 0 || caller != roles_.keeper) refuse_caller(op, caller, "is not the keeper");
}

void Governance::require_oracle(const char* op, CallerId caller) const {
    if (caller == 0 || caller != roles_.oracle) refuse_caller(op, caller, "is not the oracle");
}

void Governance::require_liquidator(const char* op, CallerId caller) const {
    const bool known = std::ranges::find(roles_.liquidators, caller) != roles_.liquidators.end();
    if (caller == 0 || !(known || caller == roles_.admin)) {
        refuse_caller(op, caller, "is not a liquidator");
    }
}

void Governance::require_somebody(const char* op, CallerId caller) {
    if (caller == 0) refuse_caller(op, caller, "is nobody");
}

void Governance::require_owner(const char* op, CallerId caller, CallerId owner) {
    require_somebody(op, caller);
    if (caller != owner) refuse_caller(op, caller, "is not the owner");
}

void Governance::require_time(const char* op, std::int64_t now) const {
    if (now >= clock_ && now <= latest_time) return;
    refuse({.code = ErrorCode::time_order,
            .field = "now",
            .value = std::to_string(now),
            .bound = "is not in [" + std::to_string(clock_) + ", 2^62)",
            .op = op,
            .onchain = {}});
}

void Governance::propose_admin(CallerId caller, CallerId next, std::int64_t now) {
    require_admin("propose_admin", caller);
    require_time("propose_admin", now);
    pending_admin_ = next;
    tick(now);
}

void Governance::accept_admin(CallerId caller, std::int64_t now) {
    if (caller == 0 || caller != pending_admin_) {
        refuse_caller("accept_admin", caller, "is not the proposed admin");
    }
    require_time("accept_admin", now);
    roles_.admin = caller;
    pending_admin_ = 0;
    tick(now);
}

void Governance::audit() const {
    hold(roles_.admin != 0, "roles.admin", "is nobody");
    hold(clock_ >= 0 && clock_ <= latest_time, "clock", "is outside its range");
}

void LpHolders::audit() const {
    u128 sum = 0;
    for (const auto& [holder, balance] : balances_) {
        hold(holder != 0 && balance != 0, "lp_balances", "has an empty entry");
        sum += balance;
    }
    hold(sum == total_, "lp_balances", "do not sum to the supply");
}

void hold(bool holds, const std::string& field, std::string_view bound) {
    if (holds) return;
    refuse({.code = ErrorCode::invariant,
            .field = field,
            .value = {},
            .bound = std::string{bound},
            .op = "audit",
            .onchain = {}});
}

}  // namespace voltcore::perps
