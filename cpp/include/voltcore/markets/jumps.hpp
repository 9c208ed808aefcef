#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/markets/philox.hpp"

namespace voltcore::markets {

/// Jumps of a log price: N a step, N Poisson, each normal; their sum is drawn as N mean + sqrt(N)
/// volatility z.
class Jumps {
public:
    static constexpr double most_per_step = 16.0;

    /// per_step in [0, 16]; parameters are checked by the binding's caller.
    Jumps(double per_step, double mean, double volatility);

    /// Whether a step can have a jump at all.
    [[nodiscard]] bool any() const noexcept { return !thresholds_.empty(); }

    /// N from a draw of 64 bits.
    [[nodiscard]] std::uint32_t count(std::uint64_t draw) const noexcept {
        std::uint32_t n = 0;
        while (n < thresholds_.size() && draw >= thresholds_[n]) ++n;
        return n;
    }

    /// The first place from `begin` on, before `end`, whose draw gives a jump; else `end`.
    [[nodiscard]] std::size_t next(std::span<const std::uint64_t> draws, std::size_t begin,
                                   std::size_t end) const noexcept {
        if (!any()) return end;
        const std::uint64_t least = thresholds_.front();
        while (begin < end && draws[begin] < least) ++begin;
        return begin;
    }

    /// Their sum, with a standard normal z.
    [[nodiscard]] double sum(std::uint32_t count, double z) const noexcept;

private:
    double mean_;
    double volatility_;
    std::vector<std::uint64_t> thresholds_;  // P(N <= i) 2^64
};

}  // namespace voltcore::markets
