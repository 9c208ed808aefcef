#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "voltcore/math/kernel_levels.hpp"
#include "voltcore/perps/book.hpp"
#include "voltcore/perps/book_filter.hpp"

// The scan: doubles decide almost every row, see book_filter_rows.inc, exact integers the few that
// are too near the border.

namespace voltcore::perps {

namespace {

constexpr std::size_t block = 1024;

/// One bit a row: what is decided, and what is not.
struct Verdicts {
    std::array<std::uint8_t, block / 8> hits{};
    std::array<std::uint8_t, block / 8> open{};
};

/// Rows from `begin` on; the last group may be shorter than eight.
void decide(const Book& book, const FilterLimits& limits, std::size_t begin, std::size_t rows,
            std::uint8_t* hits, std::uint8_t* open) noexcept {
    const std::size_t whole = rows / 8;
    filter_rows(book, limits, begin, whole, hits, open);
    const std::size_t rest = rows % 8;
    if (rest == 0) return;
    std::array<std::uint64_t, 8> size{};
    std::array<std::uint64_t, 8> collateral{};
    std::array<std::uint64_t, 8> entry{};
    std::array<std::uint64_t, 8> snapshot{};
    std::array<std::uint8_t, 8> side{};
    const std::size_t from = begin + 8 * whole;
    std::copy_n(book.size_usd + from, rest, size.begin());
    std::copy_n(book.collateral_usd + from, rest, collateral.begin());
    std::copy_n(book.entry + from, rest, entry.begin());
    std::copy_n(book.snapshot + from, rest, snapshot.begin());
    std::copy_n(book.side + from, rest, side.begin());
    const Book padded{size.data(),     collateral.data(), entry.data(),
                      snapshot.data(), side.data(),       8};
    filter_rows(padded, limits, 0, 1, hits + whole, open + whole);
    const auto given = static_cast<std::uint8_t>((1U << rest) - 1);
    hits[whole] &= given;
    open[whole] &= given;
}

/// Returns 0 when every row is safe; a flag of 1 leaves its row open.
VOLTCORE_LEVELS
std::uint8_t flag_prefilter(const float* column, float least, float most, std::size_t count,
                            std::uint8_t* flags) noexcept {
    std::uint8_t any = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const float t = column[i];
        // NaN compares false and stays open.
        const float mark = t > 0.0F ? least : -most;
        const std::uint8_t flag = mark >= t ? 0 : 1;
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

/// Up to eight rows with integers where doubles left them open; returns the hits.
std::uint8_t finish_group(const Book& book, const BookMarket& market, std::size_t first,
                          std::size_t end, std::uint8_t hits, std::uint8_t open,
                          const ScanOutput& out, ScanCount& count) noexcept {
    for (std::size_t j = 0; j < 8 && first + j < end; ++j) {
        const auto bit = static_cast<std::uint8_t>(1U << j);
        const std::size_t row = first + j;
        std::uint16_t status = 0;
        const bool undecided = (open & bit) != 0;
        if (undecided || (out.shortfall_usd != nullptr && (hits & bit) != 0)) {
            const RowHealth health = row_health(book, row, market);
            count.exact += undecided ? 1 : 0;
            status = health.status;
            if (health.liquidatable) hits |= bit;
            if (out.shortfall_usd != nullptr) {
                out.shortfall_usd[row] = market.max_leverage_bps == 0
                                             ? 0
                                             : shortfall_of(book.size_usd[row], health, market);
            }
        }
        if (status != 0) ++count.bad;
        if (out.status != nullptr) out.status[row] = status;
    }
    return hits;
}

}  // namespace

ScanCount scan_rows(const Book& book, const BookMarket& market, const float* prefilter,
                    std::size_t begin, std::size_t end, const ScanOutput& out) noexcept {
    alignas(64) std::array<std::uint8_t, block> flags{};
    Verdicts verdicts;
    ScanCount count;
    const FilterLimits limits{market};
    const FloatMarks marks = float_marks(market.mark);
    const bool usable =
        market.mark != 0 && market.max_leverage_bps != 0 && market.cumulative >> 63 == 0;
    for (std::size_t start = begin; start < end; start += block) {
        const std::size_t rows = std::min(block, end - start);
        const std::size_t groups = (rows + 7) / 8;
        if (!usable) {
            verdicts.open.fill(0xFF);
        } else if (prefilter == nullptr) {
            decide(book, limits, start, rows, verdicts.hits.data(), verdicts.open.data());
        } else {
            const std::uint8_t any =
                flag_prefilter(prefilter + start, marks.least, marks.most, rows, flags.data());
            if (any == 0 && out.status == nullptr) {
                std::memset(out.bitmap + start / 8, 0, groups);
                continue;
            }
            std::fill(flags.begin() + static_cast<std::ptrdiff_t>(rows), flags.end(), 0);
            for (std::size_t group = 0; group < groups; ++group) {
                // Groups of eight that the column leaves open are decided from the full rows.
                std::uint64_t eight{};
                std::memcpy(&eight, flags.data() + 8 * group, 8);
                verdicts.hits[group] = verdicts.open[group] = 0;
                if (eight == 0) continue;
                const std::size_t row = start + 8 * group;
                decide(book, limits, row, std::min<std::size_t>(8, end - row),
                       &verdicts.hits[group], &verdicts.open[group]);
            }
        }
        for (std::size_t group = 0; group < groups; ++group) {
            const std::uint8_t open = verdicts.open[group];
            auto hits = static_cast<std::uint8_t>(verdicts.hits[group] & ~open);
            if (open != 0 || out.status != nullptr || (hits != 0 && out.shortfall_usd != nullptr))
                [[unlikely]] {
                hits = finish_group(book, market, start + 8 * group, end, hits, open, out, count);
            }
            count.hits += static_cast<std::size_t>(std::popcount(hits));
            out.bitmap[start / 8 + group] = hits;
        }
    }
    return count;
}

void prefilter_rows(const Book& book, const BookMarket& market, std::size_t begin, std::size_t end,
                    float* out) noexcept {
    constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
    constexpr double largest = 0x1p62;  // no u64 of the rule overflows below it
    const FilterLimits filter{market};
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
