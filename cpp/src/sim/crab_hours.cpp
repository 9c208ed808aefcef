#include "voltcore/sim/crab_hours.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "crab_hours_vector.hpp"
#include "voltcore/markets/kernels.hpp"

namespace voltcore::sim {

namespace {

// Bounds of the narrow form; the proofs are in crab_hours_narrow.inc.
constexpr double mid_limit = 0x1p31;
constexpr std::int64_t lot_limit = std::int64_t{1} << 18;
constexpr double rate_limit = 0.05;     // beyond it the clamp binds
constexpr double premium_limit = 0.06;  // of the squared market's premium before the clamp

constexpr I80F48 one = I80F48::from_bits(i128{1} << I80F48::fraction_bits);
// The literals +-0.05 of the venue, each rounded to nearest.
constexpr I80F48 funding_cap = I80F48::from_bits(14'073'748'835'533);

constexpr std::size_t lanes = 1;
using Real = double;
using Bits = std::uint64_t;

VOLTCORE_KERNEL Bits multiply_wide(Bits a, Bits b) noexcept {
    return (a & 0xffff'ffff) * (b & 0xffff'ffff);
}
VOLTCORE_KERNEL Bits load(const std::int64_t* from) noexcept { return static_cast<Bits>(*from); }
VOLTCORE_KERNEL Real load(const double* from) noexcept { return *from; }
template <class T>
VOLTCORE_KERNEL void store(T* to, T value) noexcept {
    *to = value;
}
VOLTCORE_KERNEL Bits reduced(Bits value, Bits less) noexcept {
    return static_cast<std::int64_t>(less) < 0 ? value : less;
}
VOLTCORE_KERNEL double least_of(double value) noexcept { return value; }
VOLTCORE_KERNEL double most_of(double value) noexcept { return value; }
template <class T>
VOLTCORE_KERNEL T running(T value, T& total) noexcept {
    return total += value;
}

#include "crab_hours_narrow.inc"

[[nodiscard]] I80F48 time_factor(const MarketRule& market) {
    return I80F48::from_int(hour_seconds) / I80F48::from_int(market.funding_period);
}

[[nodiscard]] MarketFactors factors_of(const MarketRule& market) {
    const i128 two_48 = i128{1} << I80F48::fraction_bits;
    MarketFactors factors;
    factors.lot_quotient = static_cast<std::uint64_t>(two_48 / market.base_lot);
    factors.gain = static_cast<std::uint64_t>(time_factor(market).bits() * market.base_lot);
    factors.gain_double = time_factor(market).to_double() * static_cast<double>(market.base_lot);
    factors.quote_lot = static_cast<double>(market.quote_lot);
    factors.lot_remainder = static_cast<double>(two_48 % market.base_lot);
    factors.inverse_lot = 1.0 / static_cast<double>(market.base_lot);
    return factors;
}

/// Lots small enough for exact doubles, at least an hour in a period: gain < 2^18 * 2^48.
[[nodiscard]] bool is_small(const MarketRule& market) noexcept {
    return market.base_lot < lot_limit && market.quote_lot < lot_limit &&
           market.funding_period >= 24 * hour_seconds;
}

}  // namespace

std::int64_t oracle_steps(double usd) noexcept {
    const double steps = usd * oracle_steps_per_usd;
    if (!(steps >= 1.0)) return 1;
    if (steps >= 0x1p40) return oracle_step_limit - 1;
    return static_cast<std::int64_t>(nearest(steps));
}

I80F48 funding_gain(const MarketRule& market, I80F48 index, std::int64_t mid_lots) {
    const I80F48 book = I80F48::from_int(static_cast<i128>(mid_lots) * market.quote_lot) /
                        I80F48::from_int(market.base_lot);
    const I80F48 diff = std::clamp(book / index - one, -funding_cap, funding_cap);
    return ((index * diff) * I80F48::from_int(market.base_lot)) * time_factor(market);
}

I80F48 squared_index(const HourRule& rule, I80F48 price) {
    return (price * price) / I80F48::from_int(rule.squared_scale);
}

HourKernel::HourKernel(const HourRule& rule)
    : rule_{rule},
      linear_{factors_of(rule.linear)},
      squared_{factors_of(rule.squared)},
      is_supported_{is_small(rule.linear) && is_small(rule.squared) &&
                    rule.squared_scale == 1'000'000} {
    // Linear: book * 2^48 / index = (mid * 2^48 / lot) * 2^14 / steps.
    linear_.quotient_scale = 0x1p62 / static_cast<double>(rule.linear.base_lot);
    // Squared: (mid * 2^48 / lot) * 2^48 / (power * 2^14 / 15 625).
    squared_.quotient_scale = 0x1p82 / static_cast<double>(rule.squared.base_lot) * 15'625.0;
}

WeekQuotes HourKernel::quotes(double daily_linear, double daily_squared) const noexcept {
    const auto lots = [](const MarketRule& market) {
        return static_cast<double>(market.base_lot) / static_cast<double>(market.quote_lot);
    };
    WeekQuotes quotes;
    quotes.linear_lots = (1.0 + daily_linear) * lots(rule_.linear) * 0x1p-14;
    quotes.squared_lots = (1.0 + 7.0 * daily_squared) * lots(rule_.squared) * 0x1p-28 /
                          static_cast<double>(rule_.squared_scale);
    quotes.form = form_of(quotes);
    return quotes;
}

HourForm HourKernel::form_of(const WeekQuotes& quotes) const noexcept {
    if (!is_supported_) return HourForm::plain;
    const auto least = static_cast<double>(least_steps);
    const auto most = static_cast<double>(steps_end);
    // Per market: mids of at least one lot and below the limit, and a gain that fits 63 bits. Gives
    // the premium and half a tick at the lowest price. The margins cover the roundings.
    const auto premium_of = [](const MarketRule& market, const MarketFactors& factors, double lots,
                               double low, double high, double steps_per_usd) {
        const double tick = static_cast<double>(market.quote_lot);
        const double ratio = lots * tick * steps_per_usd / static_cast<double>(market.base_lot);
        const double premium = std::abs(ratio - 1.0) + 0.5 * ratio / (lots * low);
        const bool holds = lots * low >= 1.0 && (lots * high + 1.0) * tick < mid_limit &&
                           premium * (high / steps_per_usd) * factors.gain_double < 0x1p14;
        return holds ? premium + 1e-9 : 1.0;
    };
    const double linear =
        premium_of(rule_.linear, linear_, quotes.linear_lots, least, most, 0x1p14);
    const double squared = premium_of(rule_.squared, squared_, quotes.squared_lots, least * least,
                                      most * most, 0x1p28 * 1e6);
    if (!(linear < rate_limit && squared < premium_limit)) return HourForm::plain;
    return squared < rate_limit ? HourForm::narrow : HourForm::capped;
}

void HourKernel::evaluate_plain(const WeekQuotes& quotes, Hours& hours) const {
    i128 linear_total = 0;
    i128 squared_total = 0;
    hours.most_price = 0.0;
    for (std::size_t i = 0; i < hours_per_week; ++i) {
        const std::int64_t steps = hours.steps[i];
        const I80F48 price = oracle_price(steps);
        linear_total += funding_gain(rule_.linear, price, linear_mid_lots(quotes, steps)).bits();
        squared_total += funding_gain(rule_.squared, squared_index(rule_, price),
                                      squared_mid_lots(quotes, steps))
                             .bits();
        hours.linear_total[i] = linear_total;
        hours.squared_total[i] = squared_total;
        hours.linear_paid[i] = I80F48::from_bits(linear_total).to_double();
        hours.squared_paid[i] = I80F48::from_bits(squared_total).to_double();
        hours.price[i] = static_cast<double>(steps);
        hours.inverse_power[i] = 1.0 / (hours.price[i] * hours.price[i]);
        hours.most_price = std::max(hours.most_price, hours.price[i]);
    }
    hours.is_narrow = false;
}

bool HourKernel::evaluate_narrow(const WeekQuotes& quotes, Hours& hours) const noexcept {
    return quotes.form != HourForm::plain && week_from(linear_, squared_, quotes, hours);
}

namespace {

#if defined(VOLTCORE_CRAB_AVX2)
const bool has_avx2 = markets::best_kernels().level >= markets::SimdLevel::avx2;
#endif

}  // namespace

void HourKernel::evaluate(const WeekQuotes& quotes, Hours& hours) const {
#if defined(VOLTCORE_CRAB_AVX2)
    if (quotes.form != HourForm::plain && has_avx2) {
        if (!evaluate_avx2(linear_, squared_, quotes, hours)) evaluate_plain(quotes, hours);
        return;
    }
#endif
    if (!evaluate_narrow(quotes, hours)) evaluate_plain(quotes, hours);
}

std::size_t first_outside(const Hours& hours, std::size_t begin, double low, double high) noexcept {
#if defined(VOLTCORE_CRAB_AVX2)
    if (has_avx2) return first_outside_avx2(hours, begin, low, high);
#endif
    std::size_t i = begin;
    while (i < hours_per_week && hours.price[i] >= low && hours.price[i] <= high) ++i;
    return i;
}

HourExtremes extremes(const Hours& hours, const EquityLine& line, std::size_t begin,
                      std::size_t end) noexcept {
#if defined(VOLTCORE_CRAB_AVX2)
    // Shorter runs do not fill a vector.
    if (end - begin >= 4 && has_avx2) return extremes_avx2(hours, line, begin, end);
#endif
    constexpr double infinity = std::numeric_limits<double>::infinity();
    HourExtremes out{infinity, -infinity, infinity, -infinity};
    for (std::size_t i = begin; i < end; ++i) {
        const double equity = line.at(hours, i);
        const double ratio = equity * hours.inverse_power[i];
        out = {.least_equity = std::min(out.least_equity, equity),
               .most_equity = std::max(out.most_equity, equity),
               .least_ratio = std::min(out.least_ratio, ratio),
               .most_ratio = std::max(out.most_ratio, ratio)};
    }
    return out;
}

}  // namespace voltcore::sim
