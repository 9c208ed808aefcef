#pragma once

#include <cstdint>
#include <string_view>

#include "voltcore/math/error.hpp"
#include "voltcore/math/i80f48.hpp"

// The venue's own refusals, by the names of the on-chain program. Out of line and cold.

namespace voltcore::venues {

/// `MathError`: a state the arithmetic must never reach, or an overflow inside an operation.
[[noreturn]] void refuse_math(const char* op, std::string_view what);

/// `InvalidParam`: a number that no operation could use.
[[noreturn]] void refuse_param(const char* op, std::string_view field, std::int64_t value,
                               std::string_view bound);
[[noreturn]] void refuse_unsigned_param(const char* op, std::string_view field, std::uint64_t value,
                                        std::string_view bound);

/// `InvalidAccount` or `InvalidMarket`: an index that names nothing.
[[noreturn]] void refuse_unknown(const char* op, std::string_view onchain, std::string_view field,
                                 std::uint64_t value, std::uint64_t count);

/// `InvalidOwner`: the caller is not the one who may do this.
[[noreturn]] void refuse_caller(const char* op, std::uint64_t caller, std::string_view role);

/// `Bankrupt` and `BeingLiquidated`.
[[noreturn]] void refuse_state(const char* op, std::string_view onchain, std::uint64_t account);

/// `InvalidPriceCache`, `InvalidRootBankCache`, `InvalidPerpMarketCache`.
[[noreturn]] void refuse_stale(const char* op, std::string_view onchain, std::string_view field,
                               std::uint64_t last_update, std::uint64_t now);

/// `InvalidOrderId` and `ClientIdNotFound`: an id that names no order.
[[noreturn]] void refuse_order(const char* op, std::string_view onchain, std::string_view field,
                               std::uint64_t value, std::string_view bound);

/// `OutOfSpace`, `TooManyOpenOrders`, ...: a list that is full at `most`.
[[noreturn]] void refuse_full(const char* op, std::string_view onchain, std::string_view field,
                              std::uint64_t most);

/// A clock that runs backwards; the venue reads its own clock and so has no name for it.
[[noreturn]] void refuse_time(const char* op, std::uint64_t now, std::uint64_t last);

/// `InsufficientFunds` for a balance below the amount; both in native units.
[[noreturn]] void refuse_balance(const char* op, std::uint64_t required, math::I80F48 available);
/// `InsufficientFunds` for an init health below 0.
[[noreturn]] void refuse_health(const char* op, math::I80F48 health);
/// `NotLiquidatable`: maintenance health is not negative.
[[noreturn]] void refuse_not_liquidatable(const char* op, math::I80F48 health);
/// `InsufficientLiquidity`: the bank has lent what is asked for; native units.
[[noreturn]] void refuse_liquidity(const char* op, math::I80F48 required, math::I80F48 available);

}  // namespace voltcore::venues
