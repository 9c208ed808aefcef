#include "voltcore/venues/refusal.hpp"

#include <string>

namespace voltcore::venues {

namespace {

/// Whole native units toward minus infinity, as decimal text.
std::string whole(math::I80F48 value) {
    // floor of an I80F48 needs 80 bits; what refusals report fits far below, the rest saturates.
    constexpr math::i128 most = std::int64_t{9'223'372'036'854'775'807};
    const math::i128 units = value.floor();
    if (units > most) return std::to_string(static_cast<std::int64_t>(most));
    if (units < -most) return std::to_string(static_cast<std::int64_t>(-most));
    return std::to_string(static_cast<std::int64_t>(units));
}

}  // namespace

void refuse_math(const char* op, std::string_view what) {
    refuse_onchain(ErrorCode::arithmetic_domain, op, "MathError", "balance", {}, what);
}

void refuse_param(const char* op, std::string_view field, std::int64_t value,
                  std::string_view bound) {
    refuse_onchain(ErrorCode::out_of_range, op, "InvalidParam", field, std::to_string(value),
                   bound);
}

void refuse_unsigned_param(const char* op, std::string_view field, std::uint64_t value,
                           std::string_view bound) {
    refuse_onchain(ErrorCode::out_of_range, op, "InvalidParam", field, std::to_string(value),
                   bound);
}

void refuse_unknown(const char* op, std::string_view onchain, std::string_view field,
                    std::uint64_t value, std::uint64_t count) {
    refuse_onchain(ErrorCode::out_of_range, op, onchain, field, std::to_string(value),
                   "is not one of the " + std::to_string(count) + " that exist");
}

void refuse_caller(const char* op, std::uint64_t caller, std::string_view role) {
    refuse_onchain(ErrorCode::not_authorized, op, "InvalidOwner", "caller", std::to_string(caller),
                   std::string{"is not the "}.append(role));
}

void refuse_state(const char* op, std::string_view onchain, std::uint64_t account) {
    refuse_onchain(ErrorCode::wrong_state, op, onchain, "account", std::to_string(account),
                   onchain == "Bankrupt" ? "is bankrupt" : "is being liquidated");
}

void refuse_stale(const char* op, std::string_view onchain, std::string_view field,
                  std::uint64_t last_update, std::uint64_t now) {
    refuse_onchain(ErrorCode::stale_price, op, onchain, field, std::to_string(last_update),
                   "is too old at " + std::to_string(now));
}

void refuse_order(const char* op, std::string_view onchain, std::string_view field,
                  std::uint64_t value, std::string_view bound) {
    refuse_onchain(ErrorCode::out_of_range, op, onchain, field, std::to_string(value), bound);
}

void refuse_full(const char* op, std::string_view onchain, std::string_view field,
                 std::uint64_t most) {
    refuse_onchain(ErrorCode::cap, op, onchain, field, std::to_string(most), "is the most");
}

void refuse_time(const char* op, std::uint64_t now, std::uint64_t last) {
    refuse_onchain(ErrorCode::time_order, op, {}, "now", std::to_string(now),
                   "is not in [" + std::to_string(last) + ", 2^63 - 1]");
}

void refuse_balance(const char* op, std::uint64_t required, math::I80F48 available) {
    refuse({.code = ErrorCode::insufficient_funds,
            .field = "amount",
            .value = {},
            .bound = "is more than the deposit",
            .op = op,
            .onchain = "InsufficientFunds",
            .required = std::to_string(required),
            .available = whole(available)});
}

void refuse_health(const char* op, math::I80F48 health) {
    refuse({.code = ErrorCode::margin,
            .field = "init health",
            .value = {},
            .bound = "would be negative",
            .op = op,
            .onchain = "InsufficientFunds",
            .required = "0",
            .available = whole(health)});
}

void refuse_not_liquidatable(const char* op, math::I80F48 health) {
    refuse({.code = ErrorCode::not_liquidatable,
            .field = "maint health",
            .value = {},
            .bound = "is not negative",
            .op = op,
            .onchain = "NotLiquidatable",
            .required = "0",
            .available = whole(health)});
}

void refuse_liquidity(const char* op, math::I80F48 required, math::I80F48 available) {
    refuse({.code = ErrorCode::liquidity,
            .field = "bank",
            .value = {},
            .bound = "has lent more than is left",
            .op = op,
            .onchain = "InsufficientLiquidity",
            .required = whole(required),
            .available = whole(available)});
}

}  // namespace voltcore::venues
