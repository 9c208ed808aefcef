#include "voltcore/sim/crab_hours.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

// Two builds of the loops over doubles, chosen when the program starts; both give the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__) && \
    !defined(__SANITIZE_ADDRESS__)
#define VOLTCORE_SIM_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define VOLTCORE_SIM_CLONES
#endif

namespace voltcore::sim {

namespace {

// Bounds of the vector form. Prices of 2048 to 131 072 USD; see the proofs beside each use.
constexpr std::int64_t least_steps = std::int64_t{2'048} << oracle_bits;
constexpr std::int64_t steps_end = std::int64_t{131'072} << oracle_bits;
constexpr double mid_limit = 0x1p31;
constexpr std::int64_t lot_limit = std::int64_t{1} << 18;
constexpr double rate_limit = 0.05;

constexpr I80F48 one = I80F48::from_bits(i128{1} << I80F48::fraction_bits);
// The literals +-0.05 of the venue, each rounded to nearest.
constexpr I80F48 funding_cap = I80F48::from_bits(14'073'748'835'533);

/// Nearest integer of a double in (-2^51, 2^51), ties to even, without a conversion instruction.
[[nodiscard]] inline std::int64_t nearest_integer(double value) noexcept {
    constexpr double magic = 0x1.8p52;
    return std::bit_cast<std::int64_t>(value + magic) - std::bit_cast<std::int64_t>(magic);
}

/// An integer in [0, 2^52) as a double, exactly and without a conversion instruction.
[[nodiscard]] inline double small_double(std::int64_t value) noexcept {
    return std::bit_cast<double>(value + 0x4330'0000'0000'0000) - 0x1p52;
}

/// Columns that only the vector form needs.
struct Scratch {
    alignas(64) std::array<std::int64_t, hours_per_week> mid;       // price lots * quote lot
    alignas(64) std::array<std::int64_t, hours_per_week> fraction;  // floor(mid * remainder / lot)
    alignas(
        64) std::array<std::int64_t, hours_per_week> quotient;  // floor(book / index), maybe - 1
};

/// What the columns of one market need in doubles; the factors of one week.
struct Factors {
    double lots = 0.0;            ///< mid in price lots per power of a step
    double quote_lot = 0.0;       ///< of the market
    double remainder = 0.0;       ///< 2^48 mod base_lot
    double inverse_lot = 0.0;     ///< 1 / base_lot
    double quotient_scale = 0.0;  ///< book * 2^48 / index from mid / power
    double index_scale = 0.0;     ///< native quote per power of a step
    double gain = 0.0;            ///< funding of a base lot from the premium in native quote
};

/// One market in doubles; `power` is the price in steps, squared for the squared market.
///
/// fraction: x = mid * remainder < 2^49 is exact; (x + 1/2) / lot keeps 1 / (2 lot) >= 2^-19 away
/// from every whole number, the three roundings are worth less than 2^31 * 2^-51 = 2^-20.
/// quotient: the caller's bound makes |estimate - Q| < 1/2 with Q = book * 2^48 / index, so the
/// nearest integer of estimate - 1 is floor(Q) or floor(Q) - 1.
template <bool is_squared>
[[gnu::always_inline]] inline void market_doubles(const Factors factors, std::size_t size,
                                                  const std::int64_t* __restrict steps,
                                                  std::int64_t* __restrict mids,
                                                  std::int64_t* __restrict fractions,
                                                  std::int64_t* __restrict quotients,
                                                  double* __restrict gains) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        const double price = small_double(steps[i]);
        const double power = is_squared ? price * price : price;
        const double mid = nearest(power * factors.lots) * factors.quote_lot;
        mids[i] = nearest_integer(mid);
        fractions[i] = nearest_integer((mid * factors.remainder + 0.5) * factors.inverse_lot - 0.5);
        quotients[i] = nearest_integer(mid / power * factors.quotient_scale - 1.0);
        gains[i] = (mid * factors.inverse_lot - power * factors.index_scale) * factors.gain;
    }
}

VOLTCORE_SIM_CLONES
void linear_doubles(const Factors& factors, Hours& hours, Scratch& scratch) noexcept {
    market_doubles<false>(factors, hours.size, hours.steps.data(), scratch.mid.data(),
                          scratch.fraction.data(), scratch.quotient.data(),
                          hours.linear_gain.data());
}

VOLTCORE_SIM_CLONES
void squared_doubles(const Factors& factors, Hours& hours, Scratch& scratch) noexcept {
    market_doubles<true>(factors, hours.size, hours.steps.data(), scratch.mid.data(),
                         scratch.fraction.data(), scratch.quotient.data(),
                         hours.squared_gain.data());
}

[[nodiscard]] Factors factors_of(const HourKernel::Market& market, double lots) noexcept {
    const double lot = static_cast<double>(market.rule.base_lot);
    Factors factors;
    factors.lots = lots;
    factors.quote_lot = static_cast<double>(market.rule.quote_lot);
    factors.remainder = static_cast<double>(market.lot_remainder);
    factors.inverse_lot = 1.0 / lot;
    factors.gain = market.gain;
    return factors;
}

[[nodiscard]] HourKernel::Market market_of(const MarketRule& rule) {
    const i128 two_48 = i128{1} << I80F48::fraction_bits;
    const I80F48 time_factor =
        I80F48::from_int(hour_seconds) / I80F48::from_int(rule.funding_period);
    HourKernel::Market market;
    market.rule = rule;
    market.lot_quotient = static_cast<std::int64_t>(two_48 / rule.base_lot);
    market.lot_remainder = static_cast<std::int64_t>(two_48 % rule.base_lot);
    const i128 factor = time_factor.bits() * rule.base_lot;
    market.fits =
        rule.base_lot < lot_limit && rule.quote_lot < lot_limit && factor < (i128{1} << 62);
    market.gain_factor = market.fits ? static_cast<std::int64_t>(factor) : 0;
    market.gain = time_factor.to_double() * static_cast<double>(rule.base_lot);
    return market;
}

/// (index * diff) in bits, from the remainder instead of a wide product. With
/// book * 2^48 = q * index + r and diff = q - 2^48, the product is (book - index) * 2^48 - r, so
/// its floor is book - index - ceil(r / 2^48).
[[nodiscard]] constexpr std::int64_t premium_bits(std::uint64_t book, std::uint64_t index,
                                                  std::uint64_t carry) noexcept {
    return static_cast<std::int64_t>(book - index - carry);
}

[[nodiscard]] constexpr i128 times_factor(std::int64_t premium, std::int64_t factor) noexcept {
    return (static_cast<i128>(premium) * factor) >> I80F48::fraction_bits;
}

}  // namespace

std::int64_t oracle_steps(double usd) noexcept {
    const double steps = usd * oracle_steps_per_usd;
    if (!(steps >= 1.0)) return 1;
    if (steps >= 0x1p40) return oracle_step_limit - 1;
    return static_cast<std::int64_t>(nearest(steps));
}

WeekQuotes WeekQuotes::of(const HourRule& rule, double daily_linear,
                          double daily_squared) noexcept {
    const auto lots = [](const MarketRule& market) {
        return static_cast<double>(market.base_lot) / static_cast<double>(market.quote_lot);
    };
    WeekQuotes quotes;
    quotes.linear_lots = (1.0 + daily_linear) * lots(rule.linear) * 0x1p-14;
    quotes.squared_lots = (1.0 + 7.0 * daily_squared) * lots(rule.squared) * 0x1p-28 /
                          static_cast<double>(rule.squared_scale);
    return quotes;
}

I80F48 funding_gain(const MarketRule& market, I80F48 index, std::int64_t mid_lots) {
    const I80F48 book = I80F48::from_int(static_cast<i128>(mid_lots) * market.quote_lot) /
                        I80F48::from_int(market.base_lot);
    const I80F48 diff = std::clamp(book / index - one, -funding_cap, funding_cap);
    const I80F48 time_factor =
        I80F48::from_int(hour_seconds) / I80F48::from_int(market.funding_period);
    return ((index * diff) * I80F48::from_int(market.base_lot)) * time_factor;
}

I80F48 squared_index(const HourRule& rule, I80F48 price) {
    return (price * price) / I80F48::from_int(rule.squared_scale);
}

HourKernel::HourKernel(const HourRule& rule)
    : rule_{rule}, linear_{market_of(rule.linear)}, squared_{market_of(rule.squared)} {}

void HourKernel::evaluate_plain(const WeekQuotes& quotes, Hours& hours) const {
    i128 linear = 0;
    i128 squared = 0;
    for (std::size_t i = 0; i < hours.size; ++i) {
        const std::int64_t steps = hours.steps[i];
        const I80F48 price = oracle_price(steps);
        const I80F48 index = squared_index(rule_, price);
        const I80F48 linear_gain =
            funding_gain(rule_.linear, price, linear_mid_lots(quotes, steps));
        const I80F48 squared_gain =
            funding_gain(rule_.squared, index, squared_mid_lots(quotes, steps));
        hours.index[i] = index.bits();
        hours.linear_funding[i] = linear += linear_gain.bits();
        hours.squared_funding[i] = squared += squared_gain.bits();
        hours.linear_gain[i] = linear_gain.to_double();
        hours.squared_gain[i] = squared_gain.to_double();
    }
}

bool HourKernel::covers(const WeekQuotes& quotes) const noexcept {
    if (!linear_.fits || !squared_.fits || rule_.squared_scale != 1'000'000) return false;
    const double most = static_cast<double>(steps_end);
    const double least = static_cast<double>(least_steps);
    // Per market: the largest mid in native units, then premium and half a tick at the lowest price
    // against the cap (the clamp must not bind), with room for the roundings of this estimate.
    const auto holds = [](const MarketRule& market, double lots, double low, double high,
                          double steps_per_usd) {
        const double tick = static_cast<double>(market.quote_lot);
        const double ratio = lots * tick * steps_per_usd / static_cast<double>(market.base_lot);
        const double half_tick = 0.5 * ratio / (lots * low);
        return lots * low >= 1.0 && (lots * high + 1.0) * tick < mid_limit &&
               std::abs(ratio - 1.0) + half_tick < rate_limit - 1e-9;
    };
    return holds(rule_.linear, quotes.linear_lots, least, most, 0x1p14) &&
           holds(rule_.squared, quotes.squared_lots, least * least, most * most, 0x1p28 * 1e6);
}

bool HourKernel::fits(const WeekQuotes& quotes, const Hours& hours) const noexcept {
    std::int64_t outside = 0;
    for (std::size_t i = 0; i < hours.size; ++i) {
        outside |= (hours.steps[i] - least_steps) | (steps_end - 1 - hours.steps[i]);
    }
    return outside >= 0 && covers(quotes);
}

// The estimates of Q = book * 2^48 / index, Q < 1.06 * 2^48, book and index floored to whole bits.
// Squared: five roundings of 2^-53 each are worth 0.17; index >= 4.19 * 2^48 (2048 USD) makes the
// floored bits worth 0.26 one way and 0.24 the other, the last addition rounds by 0.02:
// |estimate - Q| <= 0.45 < 1/2. Linear: three roundings (0.1) and 2^-11 for the floored bits.
// With q' = floor(Q) or floor(Q) - 1 the remainder book * 2^48 - q' * index is in [0, 2 index) and
// below 2^64 (index < 2^63), so arithmetic modulo 2^64 has it exactly.
void HourKernel::evaluate(const WeekQuotes& quotes, Hours& hours) const {
    if (!fits(quotes, hours)) return evaluate_plain(quotes, hours);
    Scratch linear;
    Scratch squared;
    Factors factors = factors_of(linear_, quotes.linear_lots);
    factors.quotient_scale = 0x1p62 / static_cast<double>(linear_.rule.base_lot);
    factors.index_scale = 0x1p-14;
    linear_doubles(factors, hours, linear);
    factors = factors_of(squared_, quotes.squared_lots);
    // book * 2^48 / index = (mid * 2^48 / lot) * 2^48 / (power * 2^14 / 15 625)
    factors.quotient_scale = 0x1p82 / static_cast<double>(squared_.rule.base_lot) * 15'625.0;
    factors.index_scale = 0x1p-28 / 1e6;
    squared_doubles(factors, hours, squared);

    const auto linear_lot = static_cast<std::uint64_t>(linear_.lot_quotient);
    const auto squared_lot = static_cast<std::uint64_t>(squared_.lot_quotient);
    i128 linear_sum = 0;
    i128 squared_sum = 0;
    for (std::size_t i = 0; i < hours.size; ++i) {
        const auto steps = static_cast<std::uint64_t>(hours.steps[i]);
        {
            // Q = book * 2^14 / steps: the index is steps * 2^34.
            const std::uint64_t book = static_cast<std::uint64_t>(linear.mid[i]) * linear_lot +
                                       static_cast<std::uint64_t>(linear.fraction[i]);
            const std::uint64_t rest =
                (book << oracle_bits) - static_cast<std::uint64_t>(linear.quotient[i]) * steps;
            const std::uint64_t remainder = rest >= steps ? rest - steps : rest;
            const std::uint64_t carry = (remainder + ((1U << oracle_bits) - 1)) >> oracle_bits;
            const std::int64_t premium =
                premium_bits(book, steps << (I80F48::fraction_bits - oracle_bits), carry);
            linear_sum += times_factor(premium, linear_.gain_factor);
            hours.linear_funding[i] = linear_sum;
        }
        {
            // floor(steps^2 * 2^14 / 15 625) in two exact parts: the square is below 2^62.
            const std::uint64_t square = steps * steps;
            const std::uint64_t whole = square / 15'625;
            const std::uint64_t part = square - whole * 15'625;
            const std::uint64_t index = (whole << 14) + (part << 14) / 15'625;
            const std::uint64_t book = static_cast<std::uint64_t>(squared.mid[i]) * squared_lot +
                                       static_cast<std::uint64_t>(squared.fraction[i]);
            const std::uint64_t rest = (book << I80F48::fraction_bits) -
                                       static_cast<std::uint64_t>(squared.quotient[i]) * index;
            const std::uint64_t remainder = rest >= index ? rest - index : rest;
            constexpr std::uint64_t round_up = (std::uint64_t{1} << I80F48::fraction_bits) - 1;
            const std::uint64_t carry = (remainder + round_up) >> I80F48::fraction_bits;
            const std::int64_t premium = premium_bits(book, index, carry);
            squared_sum += times_factor(premium, squared_.gain_factor);
            hours.index[i] = index;
            hours.squared_funding[i] = squared_sum;
        }
    }
}

}  // namespace voltcore::sim
