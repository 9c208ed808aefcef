#pragma once

#include <cstdint>
#include <limits>

namespace voltcore::volts {

/// For reported running totals only: deposits and cancels may go round for ever, and a full
/// counter must not be what refuses them.
inline void add_saturating(std::uint64_t& total, std::uint64_t amount) noexcept {
    if (__builtin_add_overflow(total, amount, &total)) {
        total = std::numeric_limits<std::uint64_t>::max();
    }
}

}  // namespace voltcore::volts
