#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/math/i80f48.hpp"

// What the two markets of the crab do in one hour, for all paths the same: oracle price, index of
// the squared market, quotes and funding. `Hours` computes a run of hours at once and gives the
// same integers as `HourRule::hour`, which follows the venue's formulas one by one.

namespace voltcore::sim {

using math::i128;
using math::I80F48;

inline constexpr std::int64_t hour_seconds = 3'600;
inline constexpr std::size_t hours_per_week = 168;

/// The oracle publishes whole steps of 2^-14 USD (0.006 cents): every price, and the product that
/// becomes the index of the squared market, is then an exact binary number.
inline constexpr int oracle_bits = 14;
inline constexpr double oracle_steps_per_usd = 0x1p14;
inline constexpr std::int64_t oracle_step_limit = std::int64_t{1} << 40;

/// USD to oracle steps, nearest, at least one step; a price of 2^26 USD and more is cut there.
[[nodiscard]] std::int64_t oracle_steps(double usd) noexcept;
[[nodiscard]] constexpr I80F48 oracle_price(std::int64_t steps) noexcept {
    return I80F48::from_bits(static_cast<i128>(steps) << (I80F48::fraction_bits - oracle_bits));
}

/// Lot sizes, funding period and quotes of one market.
struct MarketRule {
    std::int64_t base_lot = 0;
    std::int64_t quote_lot = 0;
    std::int64_t funding_period = 0;  ///< seconds
};

/// Rules of both markets that hold for a whole run.
struct HourRule {
    MarketRule linear;
    MarketRule squared;
    std::int64_t squared_scale = 1'000'000;
};

/// How the hours of a week may be evaluated; what follows from the quotes alone.
enum class HourForm : std::uint8_t {
    plain,   ///< the venue's formulas hour by hour
    narrow,  ///< 64-bit integers, where all prices are in range
    capped   ///< the same, and the clamp of the squared market's premium may bind
};

/// The quotes of one week: the makers quote around `index * ratio`. Computed in doubles, as a
/// maker's program would; what reaches the book is whole lots.
struct WeekQuotes {
    double linear_lots = 0.0;   ///< mid in price lots per oracle step
    double squared_lots = 0.0;  ///< mid in price lots per squared oracle step
    HourForm form = HourForm::plain;
};

/// Nearest whole number of a double in (-2^51, 2^51), ties to even. The same bits on every target.
[[nodiscard]] inline double nearest(double value) noexcept {
    constexpr double magic = 0x1.8p52;
    return (value + magic) - magic;
}

/// The makers' mid of an hour in price lots, at least 1.
[[nodiscard]] inline std::int64_t linear_mid_lots(const WeekQuotes& quotes,
                                                  std::int64_t steps) noexcept {
    const double lots = nearest(static_cast<double>(steps) * quotes.linear_lots);
    return lots < 1.0 ? 1 : static_cast<std::int64_t>(lots);
}
[[nodiscard]] inline std::int64_t squared_mid_lots(const WeekQuotes& quotes,
                                                   std::int64_t steps) noexcept {
    const double price = static_cast<double>(steps);
    const double lots = nearest((price * price) * quotes.squared_lots);
    return lots < 1.0 ? 1 : static_cast<std::int64_t>(lots);
}

/// A week of hours. Everything is a plain column, so that the loops vectorise.
struct Hours {
    template <class T>
    using Column = std::array<T, hours_per_week>;

    alignas(64) Column<std::int64_t> steps;    ///< oracle price
    alignas(64) Column<double> price;          ///< the same as a double
    alignas(64) Column<double> inverse_power;  ///< 1 / price^2
    /// What the funding accumulators have gained since the week began, in native quote per base
    /// lot, for filters.
    alignas(64) Column<double> linear_paid;
    alignas(64) Column<double> squared_paid;
    /// The same in I80F48 bits, exactly; modulo 2^64 in the narrow form.
    alignas(64) Column<std::uint64_t> narrow_linear_total;
    alignas(64) Column<std::uint64_t> narrow_squared_total;
    alignas(64) Column<i128> linear_total;
    alignas(64) Column<i128> squared_total;
    double most_price = 0.0;  ///< of the week
    bool is_narrow = false;   ///< the totals are in the narrow columns

    /// Exact gain of the linear (squared) market's accumulators over the hours [begin, end).
    [[nodiscard]] i128 linear_sum(std::size_t begin, std::size_t end) const noexcept {
        return is_narrow ? sum(narrow_linear_total, linear_paid, begin, end)
                         : difference(linear_total, begin, end);
    }
    [[nodiscard]] i128 squared_sum(std::size_t begin, std::size_t end) const noexcept {
        return is_narrow ? sum(narrow_squared_total, squared_paid, begin, end)
                         : difference(squared_total, begin, end);
    }

private:
    template <class T>
    [[nodiscard]] static T difference(const Column<T>& column, std::size_t begin,
                                      std::size_t end) noexcept {
        return begin == 0 ? column[end - 1] : static_cast<T>(column[end - 1] - column[begin - 1]);
    }
    /// The sum modulo 2^64, and from the doubles which of the numbers that leave this rest: they
    /// are 2^16 native quote apart, and a week's estimate is off by far less than one.
    [[nodiscard]] static i128 sum(const Column<std::uint64_t>& total, const Column<double>& paid,
                                  std::size_t begin, std::size_t end) noexcept {
        const auto low = static_cast<std::int64_t>(difference(total, begin, end));
        const double above =
            difference(paid, begin, end) * 0x1p-16 - static_cast<double>(low) * 0x1p-64;
        return static_cast<i128>(low) +
               (static_cast<i128>(static_cast<std::int64_t>(nearest(above))) << 64);
    }
};

/// One market's funding gain in one hour at the given index and mid, as the venue computes it:
/// ((index * clamp(book / index - 1, -0.05, 0.05)) * base_lot) * time_factor.
[[nodiscard]] I80F48 funding_gain(const MarketRule& market, I80F48 index, std::int64_t mid_lots);

/// index = (p * p) / scale
[[nodiscard]] I80F48 squared_index(const HourRule& rule, I80F48 price);

/// The constants of one market that the vector form needs.
struct MarketFactors {
    std::uint64_t lot_quotient = 0;  ///< 2^48 / base_lot
    std::uint64_t gain = 0;          ///< bits of base_lot * time_factor
    double gain_double = 0.0;        ///< the same as a double
    double quote_lot = 0.0;
    double lot_remainder = 0.0;   ///< 2^48 mod base_lot
    double inverse_lot = 0.0;     ///< 1 / base_lot
    double quotient_scale = 0.0;  ///< book * 2^48 / index from mid / power of a step
};

/// What an account is worth in each hour while it does not trade:
/// fixed + per_power * price^2 + per_price * price + squared * paid + linear * paid.
struct EquityLine {
    double fixed = 0.0;
    double per_power = 0.0;
    double per_price = 0.0;
    double squared = 0.0;
    double linear = 0.0;

    [[nodiscard]] VOLTCORE_KERNEL double at(const Hours& hours, std::size_t hour) const noexcept {
        const double price = hours.price[hour];
        return (fixed + per_power * (price * price)) +
               (per_price * price +
                (squared * hours.squared_paid[hour] + linear * hours.linear_paid[hour]));
    }
};

/// Extremes over a run of hours; a ratio is equity / price^2.
struct HourExtremes {
    double least_equity;
    double most_equity;
    double least_ratio;
    double most_ratio;
};

/// Evaluates the columns of `hours` from `steps`. Takes the vector form where its bounds hold for
/// all hours, otherwise the formulas above hour by hour; the integers are the same.
class HourKernel {
public:
    explicit HourKernel(const HourRule& rule);

    /// Marks at a daily premium of `daily_linear` and a weekly one of 7 * `daily_squared`, so that
    /// mark / index - 1 of each market is the funding rate of its own period.
    [[nodiscard]] WeekQuotes quotes(double daily_linear, double daily_squared) const noexcept;

    void evaluate(const WeekQuotes& quotes, Hours& hours) const;
    /// The formulas hour by hour, for tests and for hours outside the bounds.
    void evaluate_plain(const WeekQuotes& quotes, Hours& hours) const;
    /// The vector form without vector instructions. False, and nothing useful done, outside its
    /// bounds.
    bool evaluate_narrow(const WeekQuotes& quotes, Hours& hours) const noexcept;

    [[nodiscard]] const HourRule& rule() const noexcept { return rule_; }

private:
    [[nodiscard]] HourForm form_of(const WeekQuotes& quotes) const noexcept;

    HourRule rule_;
    MarketFactors linear_;
    MarketFactors squared_;
    bool is_supported_ = false;  ///< lots, scale and periods suit the vector form
};

/// The first hour from `begin` on whose price is not in [low, high]; 168 if there is none.
[[nodiscard]] std::size_t first_outside(const Hours& hours, std::size_t begin, double low,
                                        double high) noexcept;
/// Extremes over the hours [begin, end), at least one.
[[nodiscard]] HourExtremes extremes(const Hours& hours, const EquityLine& line, std::size_t begin,
                                    std::size_t end) noexcept;

}  // namespace voltcore::sim
