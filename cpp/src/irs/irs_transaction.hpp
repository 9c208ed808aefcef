#pragma once

#include <string>

#include "voltcore/irs/irs_pool.hpp"
#include "voltcore/math/wide_text.hpp"

namespace voltcore::irs {

using math::check;

/// One operation: takes everything back unless it is kept.
class IrsPool::Transaction {
public:
    /// Refuses a caller that cannot be one, and a clock that runs backwards.
    Transaction(IrsPool& pool, AccountId caller, std::uint32_t now, std::string_view op)
        : pool_{pool}, scalars_{pool.scalars_}, oracle_{pool.oracle_.head()} {
        if (caller == nobody || caller == module_account) {
            refuse({.code = ErrorCode::out_of_range,
                    .field = "caller",
                    .value = std::to_string(caller),
                    .bound = "is not in [1, 2^64 - 2]",
                    .op = std::string{op},
                    .onchain = {}});
        }
        if (now < pool.scalars_.now) {
            refuse({.code = ErrorCode::time_order,
                    .field = "now",
                    .value = std::to_string(now),
                    .bound = "is before " + std::to_string(pool.scalars_.now),
                    .op = std::string{op},
                    .onchain = {}});
        }
        pool.scalars_.now = now;
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (kept_) return;
        pool_.scalars_ = scalars_;
        pool_.oracle_.rollback(oracle_);
        pool_.ticks_.rollback();
        pool_.positions_.rollback();
        pool_.balances_.rollback();
        pool_.yield_.rollback();
        pool_.approvals_.rollback();
        pool_.pausers_.rollback();
        pool_.traders_.rollback();
        // A second flip takes the first one back; the room for its word is there already.
        for (; !pool_.flips_.empty(); pool_.flips_.pop_back()) {
            (void)pool_.bitmap_.flip(pool_.flips_.back(), pool_.config_.tick_spacing);
        }
    }

    void keep() noexcept {
        kept_ = true;
        pool_.oracle_.commit();
        pool_.ticks_.commit();
        pool_.positions_.commit();
        pool_.balances_.commit();
        pool_.yield_.commit();
        pool_.approvals_.commit();
        pool_.pausers_.commit();
        pool_.traders_.commit();
        pool_.flips_.clear();
    }

private:
    IrsPool& pool_;
    Scalars scalars_;
    RateOracle::Head oracle_;
    bool kept_{};
};

/// A named error with its arguments.
template <class... Values>
[[noreturn]] void fail_with(Revert revert, std::string_view op, const Values&... values) {
    const auto text = [](const auto& value) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
            return value;
        } else if constexpr (std::is_integral_v<std::decay_t<decltype(value)>>) {
            return std::to_string(value);
        } else {
            return math::to_decimal(value);
        }
    };
    math::throw_revert(revert, op, {text(values)...});
}

}  // namespace voltcore::irs
