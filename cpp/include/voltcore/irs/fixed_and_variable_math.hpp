#pragma once

#include <optional>

#include "voltcore/amm/swap_step.hpp"
#include "voltcore/math/sd59x18.hpp"
#include "voltcore/math/ud60x18.hpp"

// Fixed and variable cashflows in decimals. Source: Voltz FixedAndVariableMath.sol.
//
// One fixed token pays 1 % a year on its notional; one variable token pays the variable rate.

namespace voltcore::irs {

using amm::year_wad;
using math::i128;
using math::I256;
using math::Revert;
using math::u128;
using math::U256;
using math::wad;

inline constexpr U256 hundred_wad{static_cast<u128>(100) * math::wad_u64};
inline constexpr U256 q96 = U256::power_of_two(96);
inline constexpr U256 q128 = U256::power_of_two(128);

/// Whole seconds as wad seconds.
[[nodiscard]] constexpr U256 seconds_wad(std::uint64_t seconds) noexcept {
    return U256{static_cast<u128>(seconds) * math::wad_u64};
}

/// Wad seconds as years, wad, floor.
///
/// Below 2^87 (4.9 years) the product with 10^18 is below 2^147 and the quotient below 2^63: with
/// the divisor's 85 bits normalised to 128 that is one step of a three-by-two division.
[[nodiscard]] inline U256 accrual_factor(const U256& seconds_in_wad) {
    constexpr int shift = 128 - year_wad.bit_length();
    constexpr u128 year = year_wad.low_half() << shift;
    constexpr std::uint64_t reciprocal = math::limbs::reciprocal_3by2(
        static_cast<std::uint64_t>(year >> 64), static_cast<std::uint64_t>(year));
    if (seconds_in_wad.bit_length() > 87) return math::ud60x18_div(seconds_in_wad, year_wad);
    std::uint64_t u2 = 0;
    const std::uint64_t u0 =
        math::limbs::multiply_add(seconds_in_wad.limb(0), math::wad_u64, 0, u2);
    const std::uint64_t u1 =
        math::limbs::multiply_add(seconds_in_wad.limb(1), math::wad_u64, 0, u2);
    const u128 top = (static_cast<u128>(u2) << 64) | u1;
    const u128 shifted = (top << shift) | (u0 >> (64 - shift));
    return U256{math::limbs::divide_3by2(static_cast<std::uint64_t>(shifted >> 64),
                                         static_cast<std::uint64_t>(shifted), u0 << shift, year,
                                         reciprocal)
                    .quotient};
}

/// smul(fromInt(amount), factor). The scale cancels, so that the product is exact.
///
/// Below 2^128 times 2^127 nothing of it can fail: fromInt stays below 2^188, the 512-bit product
/// below 2^315, whose high word is under 10^18, and the result below 2^255.
[[nodiscard]] inline I256 times_factor(const I256& amount, const I256& factor_wad) {
    const U256 size = amount.magnitude();
    const U256 factor_size = factor_wad.magnitude();
    if (size.fits_u128() && factor_size.bit_length() < 128) [[likely]] {
        I256 product;
        (void)I256::restore_sign_overflows(wrapping_multiply(size, factor_size),
                                           amount.is_negative() != factor_wad.is_negative(),
                                           product);
        return product;
    }
    return math::sd59x18_mul(math::sd59x18_from_int(amount), factor_wad);
}

/// `value` in 64 bits; false from 2^62 on in size.
[[nodiscard]] inline bool fits_62_bits(const I256& value, std::int64_t& out) noexcept {
    const U256& bits = value.to_bits();
    out = static_cast<std::int64_t>(bits.limb(0));
    const std::uint64_t sign = out < 0 ? ~std::uint64_t{0} : 0;
    const std::uint64_t above =
        (bits.limb(1) ^ sign) | (bits.limb(2) ^ sign) | (bits.limb(3) ^ sign);
    constexpr std::int64_t bound = std::int64_t{1} << 62;
    return above == 0 && out < bound && out > -bound;
}

/// Whether a factor, wad, is below 2^61: with a balance of 62 bits it gives a product below 2^123.
[[nodiscard]] inline bool fits_61_bits(const U256& factor_wad) noexcept {
    return factor_wad.fits_u64() && (factor_wad.limb(0) >> 61) == 0;
}

/// sd59x18_to_int(fromInt(raw) - div(excess, factor)) without the 256-bit quotient; false where
/// that is too wide. |raw| < 2^126, |excess| < 2^127.
///
/// Let E = |excess| = a factor + r with r < factor, W = 10^18 and s the sign of the excess. The
/// contract divides E W / factor = a W + b with b = floor(r W / factor) < W; b = 0 exactly when
/// r W < factor. What is left is (raw - s a) W - s b, and cutting it toward zero gives raw - s a,
/// or one unit less in size when b > 0 and that number has the sign s: then b takes it below.
[[nodiscard]] inline bool narrow_rebalanced(i128 raw, i128 excess, const math::LimbDivisor& factor,
                                            i128& out) noexcept {
    const auto size = static_cast<u128>(excess < 0 ? -excess : excess);
    if (static_cast<std::uint64_t>(size >> 64) >= factor.value()) return false;
    const std::uint64_t a = factor.small_quotient(size);
    const std::uint64_t r = static_cast<std::uint64_t>(size) - a * factor.value();
    const i128 sign = excess < 0 ? -1 : 1;
    out = raw - sign * static_cast<i128>(a);
    const bool has_rest = static_cast<u128>(r) * math::wad_u64 >= factor.value();
    if (has_rest && (excess < 0 ? out < 0 : out > 0)) out -= sign;
    return true;
}

/// sd59x18_to_int(times_factor(a, x) + times_factor(b, y)), whole token units toward zero.
[[nodiscard]] inline I256 whole_of_two(const I256& a, const I256& x_wad, const I256& b,
                                       const I256& y_wad) {
    std::int64_t p{};
    std::int64_t q{};
    if (fits_62_bits(a, p) && fits_62_bits(b, q) && fits_61_bits(x_wad.to_bits()) &&
        fits_61_bits(y_wad.to_bits())) [[likely]] {
        // Below 2^62 times 2^61, twice: below 2^124.
        const i128 sum = static_cast<i128>(p) * static_cast<i128>(x_wad.to_bits().limb(0)) +
                         static_cast<i128>(q) * static_cast<i128>(y_wad.to_bits().limb(0));
        const u128 size = math::wad_divisor.quotient(static_cast<u128>(sum < 0 ? -sum : sum));
        return I256{sum < 0 ? -static_cast<i128>(size) : static_cast<i128>(size)};
    }
    const I256 first = times_factor(a, x_wad);
    return math::sd59x18_to_int(first + times_factor(b, y_wad));
}

/// The term of a swap, in wad seconds.
struct Term {
    U256 start_wad{};
    U256 end_wad{};

    friend bool operator==(const Term&, const Term&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("start_wad", self.start_wad);
        visit("end_wad", self.end_wad);
    }
};

/// 1 % a year over the whole term (`at_maturity`) or over what has passed of it.
[[nodiscard]] inline U256 fixed_factor(bool at_maturity, const Term& term, const U256& now_wad) {
    constexpr std::string_view op = "fixed_factor";
    if (term.end_wad <= term.start_wad) math::check(Revert::term_end_not_after_start, op);
    if (now_wad < term.start_wad) math::check(Revert::before_term_start, op);
    const U256 elapsed = at_maturity || now_wad >= term.end_wad ? term.end_wad - term.start_wad
                                                                : now_wad - term.start_wad;
    // div(x, 100.0) = floor(x 10^18 / 10^20) = floor(x / 100).
    const U256 years = accrual_factor(elapsed);
    if (years.fits_u64()) [[likely]]
        return U256{years.limb(0) / 100};
    return math::ud60x18_div(years, hundred_wad);
}

/// The cashflow that a pair of balances has accrued since the start of the term.
[[nodiscard]] inline I256 excess_balance(const I256& fixed_wad, const I256& variable_wad,
                                         const U256& variable_factor_wad, const Term& term,
                                         const U256& now_wad) {
    const I256 fixed_part =
        math::sd59x18_mul(fixed_wad, math::to_int256(fixed_factor(false, term, now_wad)));
    return fixed_part + math::sd59x18_mul(variable_wad, math::to_int256(variable_factor_wad));
}

/// The fixed leg after the excess has been taken out of it.
[[nodiscard]] inline I256 balance_without_excess(const I256& fixed_wad, const I256& excess_wad,
                                                 const Term& term, const U256& now_wad) {
    const I256 factor = math::to_int256(fixed_factor(true, term, now_wad));
    return fixed_wad - math::sd59x18_div(excess_wad, factor);
}

/// One moment of one term: what depends on nothing else is calculated once, when it is first
/// needed.
class Moment {
public:
    Moment() = default;
    Moment(const Term& term, const U256& now_wad) : term_{term}, now_wad_{now_wad} {}

    [[nodiscard]] const Term& term() const noexcept { return term_; }
    [[nodiscard]] const U256& now_wad() const noexcept { return now_wad_; }
    [[nodiscard]] const I256& factor_now() { return factor(factor_now_, false); }
    [[nodiscard]] const I256& factor_at_maturity() { return factor(factor_at_maturity_, true); }

    /// The rebalanced fixed token balance: a trade in the middle of the term earns from now on
    /// only.
    [[nodiscard]] I256 fixed_token_balance(const I256& fixed, const I256& variable,
                                           const U256& variable_factor_wad) {
        if (term_.end_wad <= term_.start_wad) {
            math::check(Revert::term_end_not_after_start, "fixed_token_balance");
        }
        if (fixed.is_zero() && variable.is_zero()) return I256{};
        if (I256 out; narrow_balance(fixed, variable, variable_factor_wad, out)) [[likely]] {
            return out;
        }
        const I256 fixed_wad = math::sd59x18_from_int(fixed);
        (void)math::sd59x18_from_int(variable);  // fails before the factors do
        I256 excess = times_factor(fixed, factor_now());
        excess += times_factor(variable, math::to_int256(variable_factor_wad));
        return math::sd59x18_to_int(fixed_wad - math::sd59x18_div(excess, factor_at_maturity()));
    }

    /// The divisor by the factor at maturity; nothing when that is 0 or wider than 61 bits.
    [[nodiscard]] const math::LimbDivisor* narrow_divisor() {
        if (!divisor_) {
            const U256& factor = factor_at_maturity().to_bits();
            if (!fits_61_bits(factor) || factor.is_zero()) return nullptr;
            divisor_.emplace(factor.limb(0));
        }
        return &*divisor_;
    }

private:
    /// The same balance in 128 bits: nothing that the contract checks can fail there but the
    /// factors themselves, which both ways ask for in this order.
    [[nodiscard]] bool narrow_balance(const I256& fixed, const I256& variable,
                                      const U256& variable_factor_wad, I256& out) {
        std::int64_t f{};
        std::int64_t v{};
        if (!fits_62_bits(fixed, f) || !fits_62_bits(variable, v)) return false;
        const U256& now = factor_now().to_bits();
        if (!fits_61_bits(now) || !fits_61_bits(variable_factor_wad)) return false;
        const math::LimbDivisor* at_maturity = narrow_divisor();
        if (at_maturity == nullptr) return false;
        const i128 excess = static_cast<i128>(f) * static_cast<i128>(now.limb(0)) +
                            static_cast<i128>(v) * static_cast<i128>(variable_factor_wad.limb(0));
        i128 whole{};
        if (!narrow_rebalanced(f, excess, *at_maturity, whole)) return false;
        out = I256{whole};
        return true;
    }

    [[nodiscard]] const I256& factor(std::optional<I256>& known, bool at_maturity) {
        if (!known) known = math::to_int256(fixed_factor(at_maturity, term_, now_wad_));
        return *known;
    }

    Term term_{};
    U256 now_wad_{};
    std::optional<I256> factor_now_;
    std::optional<I256> factor_at_maturity_;
    std::optional<math::LimbDivisor> divisor_;  ///< by the factor at maturity
};

[[nodiscard]] inline I256 fixed_token_balance(const I256& fixed, const I256& variable,
                                              const U256& variable_factor_wad, const Term& term,
                                              const U256& now_wad) {
    return Moment{term, now_wad}.fixed_token_balance(fixed, variable, variable_factor_wad);
}

/// What a pair of balances is worth at maturity, in token units.
[[nodiscard]] inline I256 settlement_cashflow(const I256& fixed, const I256& variable,
                                              const Term& term, const U256& variable_factor_wad,
                                              const U256& now_wad) {
    const I256 at_maturity = math::to_int256(fixed_factor(true, term, now_wad));
    if (fits_61_bits(variable_factor_wad)) [[likely]] {
        return whole_of_two(fixed, at_maturity, variable, I256::from_bits(variable_factor_wad));
    }
    const I256 fixed_part = times_factor(fixed, at_maturity);
    const I256 variable_part = times_factor(variable, math::to_int256(variable_factor_wad));
    return math::sd59x18_to_int(fixed_part + variable_part);
}

}  // namespace voltcore::irs
