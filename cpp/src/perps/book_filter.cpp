#include "voltcore/perps/book_filter.hpp"

#include <cstring>

#include "voltcore/math/kernel_levels.hpp"

namespace voltcore::perps {

namespace {

constexpr std::size_t lanes = 2;
using Real = double __attribute__((vector_size(16)));
using Bits = std::uint64_t __attribute__((vector_size(16)));

VOLTCORE_INLINE Bits load(const std::uint64_t* from) noexcept {
    Bits value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
VOLTCORE_INLINE Bits load_sides(const std::uint8_t* from) noexcept {
    return Bits{from[0], from[1]};
}
VOLTCORE_INLINE unsigned top_bits(const Bits& value) noexcept {
    return static_cast<unsigned>(value[0] >> 63 | value[1] >> 63 << 1);
}

#include "book_filter_rows.inc"

}  // namespace

FilterLimits::FilterLimits(const BookMarket& market) noexcept
    : cumulative{market.cumulative},
      mark{static_cast<double>(market.mark)},
      mark_margin{mark * 0x1p-48},
      base{0.0},
      per_size{0.0} {
    constexpr double bps = bps_scale;
    constexpr double largest = 0x1p62;  // no u64 of the rule overflows below it
    base = static_cast<double>(market.close_bps) / bps +
           bps / static_cast<double>(market.max_leverage_bps);
    per_size = market.impact_scalar == 0 ? 0.0 : bps / static_cast<double>(market.impact_scalar);
    // Rates are at most what the oldest position owes.
    most_size = largest / (static_cast<double>(cumulative) * 1e-9 + base + 1.0);
    size_per_entry = largest / mark;
}

void filter_rows_plain(const Book& book, const FilterLimits& limits, std::size_t begin,
                       std::size_t groups, std::uint8_t* hits, std::uint8_t* open) noexcept {
    decide_book(book, limits, begin, groups, hits, open);
}

void filter_rows(const Book& book, const FilterLimits& limits, std::size_t begin,
                 std::size_t groups, std::uint8_t* hits, std::uint8_t* open) noexcept {
#if defined(VOLTCORE_BOOK_AVX2)
    static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
    if (has_avx2) {
        filter_rows_avx2(book, limits, begin, groups, hits, open);
        return;
    }
#endif
    filter_rows_plain(book, limits, begin, groups, hits, open);
}

}  // namespace voltcore::perps
