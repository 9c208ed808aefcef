#pragma once

#include <bit>
#include <cstdint>

#include "voltcore/math/limbs.hpp"
#include "voltcore/math/u256.hpp"

namespace voltcore::math {

/// A divisor of one limb that many numbers are divided by: two multiplications a limb instead of
/// the machine's division.
///
/// Source: Moeller and Granlund, "Improved division by invariant integers", algorithm 4.
class LimbDivisor {
public:
    /// Precondition: divisor > 0.
    constexpr explicit LimbDivisor(std::uint64_t divisor) noexcept
        : shift_{std::countl_zero(divisor)}, normalized_{divisor << shift_} {
        std::uint64_t unused{};
        reciprocal_ = limbs::divide_2by1(~normalized_, ~std::uint64_t{0}, normalized_, unused);
    }

    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return normalized_ >> shift_; }

    /// floor(a / divisor) and the remainder.
    [[nodiscard]] constexpr U256Division divide(const U256& a) const noexcept {
        // The bits that normalising shifts out of the top limb stay below 2^shift <= 2^63: they are
        // a remainder to start from. Empty limbs at the top have no digit.
        const auto& u = a.limbs();
        std::uint64_t rest = 0;
        std::uint64_t q3 = 0;
        std::uint64_t q2 = 0;
        if ((u[2] | u[3]) == 0) {
            rest = above(u[1]);
        } else {
            if (u[3] != 0) {
                rest = above(u[3]);
                q3 = digit(rest, joined(u[3], u[2]));
            } else {
                rest = above(u[2]);
            }
            q2 = digit(rest, joined(u[2], u[1]));
        }
        const std::uint64_t q1 = digit(rest, joined(u[1], u[0]));
        const std::uint64_t q0 = digit(rest, u[0] << shift_);
        return {U256::from_limbs(q0, q1, q2, q3), U256{rest >> shift_}};
    }

    /// floor(a / divisor).
    [[nodiscard]] constexpr u128 quotient(u128 a) const noexcept {
        const auto low = static_cast<std::uint64_t>(a);
        const auto high = static_cast<std::uint64_t>(a >> 64);
        std::uint64_t rest = above(high);
        const std::uint64_t q1 = digit(rest, joined(high, low));
        const std::uint64_t q0 = digit(rest, low << shift_);
        return (static_cast<u128>(q1) << 64) | q0;
    }
    /// floor(a / divisor) where that fits a limb. Precondition: a < 2^64 divisor.
    [[nodiscard]] constexpr std::uint64_t small_quotient(u128 a) const noexcept {
        const auto low = static_cast<std::uint64_t>(a);
        // Below the divisor, so that nothing is shifted out.
        std::uint64_t rest = joined(static_cast<std::uint64_t>(a >> 64), low);
        return digit(rest, low << shift_);
    }

private:
    /// The bits of a limb that normalising moves into the limb above. Twice, so that 0 is defined.
    [[nodiscard]] constexpr std::uint64_t above(std::uint64_t limb) const noexcept {
        return (limb >> 1) >> (63 - shift_);
    }
    [[nodiscard]] constexpr std::uint64_t joined(std::uint64_t limb,
                                                 std::uint64_t below) const noexcept {
        return (limb << shift_) | above(below);
    }
    /// One digit of the quotient; `rest` < normalized before and after.
    [[nodiscard]] constexpr std::uint64_t digit(std::uint64_t& rest,
                                                std::uint64_t limb) const noexcept {
        const u128 estimate =
            static_cast<u128>(reciprocal_) * rest + ((static_cast<u128>(rest) << 64) | limb);
        std::uint64_t q = static_cast<std::uint64_t>(estimate >> 64) + 1;
        std::uint64_t r = limb - q * normalized_;
        // At random in about half of the cases: a mask instead of a branch.
        const std::uint64_t too_big =
            std::uint64_t{0} - static_cast<std::uint64_t>(r > static_cast<std::uint64_t>(estimate));
        q += too_big;
        r += too_big & normalized_;
        if (r >= normalized_) [[unlikely]] {
            ++q;
            r -= normalized_;
        }
        rest = r;
        return q;
    }

    int shift_;
    std::uint64_t normalized_;
    std::uint64_t reciprocal_{};
};

}  // namespace voltcore::math
