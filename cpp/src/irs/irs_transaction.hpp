#pragma once

#include <string>

#include "voltcore/irs/irs_pool.hpp"
#include "voltcore/math/wide_text.hpp"

namespace voltcore::irs {

using math::check;

/// One operation: takes everything back unless it is kept.
class IrsPool::Transaction {
public:
    Transaction(IrsPool& pool, AccountId caller, std::uint32_t now, std::string_view op)
        : pool_{pool}, scalars_{pool.scalars_}, oracle_{pool.oracle_.head()} {
        pool.enter(caller, now, op);
        pool.disturb();
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (kept_) return;
        pool_.disturb();
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

/// One operation that only asks: the time, the historical APY, what the oracle keeps and a
/// refreshed position is all that it may change.
class IrsPool::Reading {
public:
    Reading(IrsPool& pool, AccountId caller, std::uint32_t now, std::string_view op)
        : pool_{pool},
          now_{pool.scalars_.now},
          cached_apy_wad_{pool.scalars_.engine.cached_apy_wad},
          cached_apy_timestamp_{pool.scalars_.engine.cached_apy_timestamp},
          oracle_{pool.oracle_.head()} {
        pool.enter(caller, now, op);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() {
        if (kept_) return;
        pool_.disturb();
        pool_.scalars_.now = now_;
        pool_.scalars_.engine.cached_apy_wad = cached_apy_wad_;
        pool_.scalars_.engine.cached_apy_timestamp = cached_apy_timestamp_;
        pool_.oracle_.rollback(oracle_);
        pool_.positions_.rollback();
    }

    void keep() noexcept {
        kept_ = true;
        pool_.oracle_.commit();
        pool_.positions_.commit();
    }

private:
    IrsPool& pool_;
    std::uint32_t now_;
    U256 cached_apy_wad_;
    U256 cached_apy_timestamp_;
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
