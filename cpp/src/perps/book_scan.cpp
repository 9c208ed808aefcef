#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernel_levels.hpp"
#include "voltcore/perps/book.hpp"

// The scan: doubles decide almost every row, exact integers the few that are too near the border.
//
// Proof. Per row, over the reals, T = (c - s k) e + s d with d the signed move in the position's
// favour and k = fee + borrow + BPS / L as fractions of the size. T / e is the remaining collateral
// minus what is needed. The integer rule rounds the profit down and both fees up, each by less than
// one unit, so its remaining collateral lies within (-3, +1) of the real one. Doubles: every input
// is one rounding from its integer and T takes fewer than 16 operations, so the computed T is
// within 2^-48 of the sum of the magnitudes (c + s k) e + s (mark + e). Hence |T| > margin with
// margin = ((c + s k) e + s (mark + e)) 2^-48 + 4 e has the sign of the integer rule. Rows that are
// malformed, or so large that a u64 of the rule might overflow, are never decided here.

namespace voltcore::perps {

namespace {

constexpr std::size_t block = 1024;
constexpr double tiny = 0x1p-48;
constexpr double largest = 0x1p62;  ///< no u64 of the rule overflows below it

constexpr std::uint8_t safe = 0;
constexpr std::uint8_t hit = 1;
constexpr std::uint8_t undecided = 2;

struct Filter {
    double mark;
    double base;      ///< close fee + BPS / L
    double per_size;  ///< BPS / impact scalar; 0 without
};

Filter filter_of(const BookMarket& market) noexcept {
    constexpr double bps = bps_scale;
    return {static_cast<double>(market.mark),
            static_cast<double>(market.close_bps) / bps +
                bps / static_cast<double>(market.max_leverage_bps),
            market.impact_scalar == 0 ? 0.0 : bps / static_cast<double>(market.impact_scalar)};
}

/// What the loop over rows does not change.
struct RowLimits {
    double mark;
    double base;
    double per_size;
    double most_size;       ///< below it no fee of any row overflows
    double size_per_entry;  ///< below it times the entry no profit overflows
};

/// One row without a branch: conditions are top bits, set when they fail.
template <bool with_impact>
VOLTCORE_INLINE std::uint8_t flag_row(std::uint64_t size, std::uint64_t collateral,
                                      std::uint64_t entry, std::uint64_t snapshot,
                                      std::uint8_t side, std::uint64_t cumulative,
                                      RowLimits limits) noexcept {
    const double s = to_double(size);
    const double c = to_double(collateral);
    const double e = to_double(entry);
    const std::uint64_t accrued = cumulative - snapshot;
    double k = to_double(accrued) * 1e-9 + limits.base;
    // A snapshot ahead of the market shows in the top bits; so do a size of 0 and a third side.
    std::uint64_t bad = snapshot | accrued | (size - 1) | (0 - std::uint64_t{side} / 2);
    if constexpr (with_impact) {
        const double t = s * limits.per_size;
        const double whole = nearest_whole(t);
        k += (whole + one_if_negative(whole - t)) * 1e-4;
        // Next to a whole bp the rounding itself is uncertain.
        bad |= bits_of(__builtin_fabs(t - whole) - t * 0x1p-50) | bits_of(0x1p50 - t);
    }
    const double d = __builtin_bit_cast(
        double, bits_of(limits.mark - e) ^ (static_cast<std::uint64_t>(side) << 63));
    const double sk = s * k;
    if constexpr (with_impact) bad |= bits_of(largest - sk);
    const double total = (c - sk) * e + s * d;
    const double margin = ((c + sk) * e + s * (limits.mark + e)) * tiny + 4.0 * e;
    bad |= bits_of(limits.most_size - s) | bits_of(limits.size_per_entry * e - s);
    const std::uint64_t is_hit = bits_of(total + margin);
    const std::uint64_t is_safe = bits_of(margin - total);
    const std::uint64_t open = (bad | ~(is_hit | is_safe)) >> 63;
    return static_cast<std::uint8_t>(open << 1 | ((is_hit >> 63) & ~open));
}

/// Columns from one row on. Local pointers: a byte written could otherwise be a pointer changed.
template <bool with_impact>
VOLTCORE_INLINE void flag_columns(const Book& book, std::uint64_t cumulative, const Filter& filter,
                                  std::size_t begin, std::size_t count,
                                  std::uint8_t* __restrict flags) noexcept {
    const std::uint64_t* const size = book.size_usd + begin;
    const std::uint64_t* const collateral = book.collateral_usd + begin;
    const std::uint64_t* const entry = book.entry + begin;
    const std::uint64_t* const snapshot = book.snapshot + begin;
    const std::uint8_t* const side = book.side + begin;
    // Rates are at most what the oldest position owes; a size below 2^62 over them cannot overflow.
    const double most_rate = to_double(cumulative) * 1e-9 + filter.base + 1.0;
    const RowLimits limits{filter.mark, filter.base, filter.per_size, largest / most_rate,
                           largest / filter.mark};
    for (std::size_t i = 0; i < count; ++i) {
        flags[i] = flag_row<with_impact>(size[i], collateral[i], entry[i], snapshot[i], side[i],
                                         cumulative, limits);
    }
}

VOLTCORE_LEVELS
void flag_rows(const Book& book, const BookMarket& market, const Filter& filter, std::size_t begin,
               std::size_t count, std::uint8_t* flags) noexcept {
    flag_columns<false>(book, market.cumulative, filter, begin, count, flags);
}

VOLTCORE_LEVELS
void flag_rows_with_impact(const Book& book, const BookMarket& market, const Filter& filter,
                           std::size_t begin, std::size_t count, std::uint8_t* flags) noexcept {
    flag_columns<true>(book, market.cumulative, filter, begin, count, flags);
}

/// Returns 0 when every row is safe.
VOLTCORE_LEVELS
std::uint8_t flag_prefilter(const float* column, float least, float most, std::size_t count,
                            std::uint8_t* flags) noexcept {
    std::uint8_t any = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const float t = column[i];
        // NaN compares false and stays undecided.
        const float mark = t > 0.0F ? least : -most;
        const std::uint8_t flag = mark >= t ? safe : undecided;
        flags[i] = flag;
        any |= flag;
    }
    return any;
}

/// The largest float at most, and the least float at least, the mark.
struct FloatMarks {
    float least;
    float most;
};
FloatMarks float_marks(std::uint64_t mark) noexcept {
    const auto near = static_cast<float>(mark);
    constexpr float infinity = std::numeric_limits<float>::infinity();
    return {std::nextafter(near, 0.0F), std::nextafter(near, infinity)};
}

std::uint64_t shortfall_of(std::uint64_t size, const RowHealth& health,
                           const BookMarket& market) noexcept {
    if (!health.liquidatable) return 0;
    const u128 product = static_cast<u128>(size) * bps_scale;
    const u128 limit = market.max_leverage_bps;
    const u128 needed = product / limit + (product % limit != 0 ? 1 : 0);
    const i128 missing = static_cast<i128>(needed) - health.remaining_usd;
    if (missing <= 0) return 0;
    constexpr u128 greatest = std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(std::min(static_cast<u128>(missing), greatest));
}

}  // namespace

ScanCount scan_rows(const Book& book, const BookMarket& market, const float* prefilter,
                    std::size_t begin, std::size_t end, const ScanOutput& out) noexcept {
    alignas(64) std::array<std::uint8_t, block> flags{};
    ScanCount count;
    const Filter filter = filter_of(market);
    const FloatMarks marks = float_marks(market.mark);
    const bool usable =
        market.mark != 0 && market.max_leverage_bps != 0 && market.cumulative >> 63 == 0;
    const auto flag = [&](std::size_t from, std::size_t rows, std::uint8_t* to) {
        if (market.impact_scalar == 0) {
            flag_rows(book, market, filter, from, rows, to);
        } else {
            flag_rows_with_impact(book, market, filter, from, rows, to);
        }
    };
    for (std::size_t start = begin; start < end; start += block) {
        const std::size_t rows = std::min(block, end - start);
        if (!usable) {
            flags.fill(undecided);
        } else if (prefilter != nullptr) {
            const std::uint8_t any =
                flag_prefilter(prefilter + start, marks.least, marks.most, rows, flags.data());
            if (any == 0 && out.status == nullptr) {
                std::memset(out.bitmap + start / 8, 0, (rows + 7) / 8);
                continue;
            }
        } else {
            flag(start, rows, flags.data());
        }
        if (rows % 8 != 0) std::memset(flags.data() + rows, safe, 8 - rows % 8);
        if (usable && prefilter != nullptr) {
            // Groups of eight that the column leaves open are flagged from the full rows.
            for (std::size_t i = 0; i < rows; i += 8) {
                std::uint64_t eight{};
                std::memcpy(&eight, flags.data() + i, 8);
                if (eight != 0) flag(start + i, std::min<std::size_t>(8, rows - i), &flags[i]);
            }
        }
        for (std::size_t i = 0; i < rows; i += 8) {
            std::uint64_t eight{};
            std::memcpy(&eight, flags.data() + i, 8);
            constexpr std::uint64_t any_undecided = 0x0202'0202'0202'0202;
            if ((eight & any_undecided) == 0 && out.status == nullptr &&
                (eight == 0 || out.shortfall_usd == nullptr)) [[likely]] {
                // Bit 0 of byte j becomes bit j.
                const auto bits = static_cast<std::uint8_t>((eight * 0x0102'0408'1020'4080) >> 56);
                count.hits += static_cast<std::size_t>(std::popcount(bits));
                out.bitmap[(start + i) / 8] = bits;
                continue;
            }
            std::uint8_t bits = 0;
            for (std::size_t j = 0; j < 8 && i + j < rows; ++j) {
                std::uint8_t decided = flags[i + j];
                const std::size_t row = start + i + j;
                std::uint16_t status = 0;
                const bool needs_figures = out.shortfall_usd != nullptr && decided == hit;
                if (decided == undecided || needs_figures) {
                    const RowHealth health = row_health(book, row, market);
                    count.exact += decided == undecided ? 1 : 0;
                    status = usable ? health.status : row_health(book, row, market).status;
                    decided = health.liquidatable ? hit : safe;
                    if (out.shortfall_usd != nullptr) {
                        out.shortfall_usd[row] =
                            usable ? shortfall_of(book.size_usd[row], health, market) : 0;
                    }
                }
                if (status != 0) ++count.bad;
                if (out.status != nullptr) out.status[row] = status;
                bits |= static_cast<std::uint8_t>((decided == hit ? 1U : 0U) << j);
            }
            count.hits += static_cast<std::size_t>(std::popcount(bits));
            out.bitmap[(start + i) / 8] = bits;
        }
    }
    return count;
}

void prefilter_rows(const Book& book, const BookMarket& market, std::size_t begin, std::size_t end,
                    float* out) noexcept {
    constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
    const Filter filter = filter_of(market);
    for (std::size_t i = begin; i < end; ++i) {
        out[i] = nothing;
        if (book.size_usd[i] == 0 || book.entry[i] == 0 || book.side[i] > 1 ||
            book.snapshot[i] > market.cumulative || market.max_leverage_bps == 0) {
            continue;
        }
        const auto s = static_cast<double>(book.size_usd[i]);
        const auto c = static_cast<double>(book.collateral_usd[i]);
        const auto e = static_cast<double>(book.entry[i]);
        // One bp more than the rounded impact can be: certain, whatever the rounding.
        const double impact = filter.per_size == 0.0 ? 0.0 : std::ceil(s * filter.per_size) + 1.0;
        const double k = static_cast<double>(market.cumulative - book.snapshot[i]) * 1e-9 +
                         filter.base + impact * 1e-4;
        if (!(s * k < largest) || !(s * filter.mark < largest * e)) continue;
        // Safe once the move in favour is at least x of the entry.
        const double x = (s * k + 4.0 - c) / s;
        const double slack = (1.0 + std::abs(x)) * 0x1p-40;
        // A factor of 2^-22 covers the rounding to float on the certain side.
        if (book.side[i] == 0) {
            const double from = e * (1.0 + x + slack) * (1.0 + 0x1p-22);
            if (from > 0x1p100) continue;
            out[i] = from < 1.0 ? std::numeric_limits<float>::min() : static_cast<float>(from);
        } else {
            const double up_to = e * (1.0 - x - slack) * (1.0 - 0x1p-22);
            if (!(up_to >= 1.0)) continue;
            out[i] = -static_cast<float>(up_to);
        }
    }
}

}  // namespace voltcore::perps
