#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/perps/book.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define VOLTCORE_BOOK_AVX2 1
#endif

namespace voltcore::perps {

/// What doubles need to know of a market; it is the same for all rows.
struct FilterLimits {
    std::uint64_t cumulative;
    double mark;
    double mark_margin;     ///< mark times the relative error of a sum
    double base;            ///< close fee + BPS / L
    double per_size;        ///< BPS / impact scalar; 0 without
    double most_size;       ///< below it no fee of any row overflows
    double size_per_entry;  ///< below it times the entry no profit overflows

    explicit FilterLimits(const BookMarket& market) noexcept;
};

/// Decides rows from `begin` on in groups of eight. Bit i % 8 of `hits[i / 8]` says that row i is
/// liquidatable, unless the same bit of `open` says that only integers can tell. Both kinds of
/// build give the same bits.
void filter_rows(const Book& book, const FilterLimits& limits, std::size_t begin,
                 std::size_t groups, std::uint8_t* hits, std::uint8_t* open) noexcept;

/// The same on any machine.
void filter_rows_plain(const Book& book, const FilterLimits& limits, std::size_t begin,
                       std::size_t groups, std::uint8_t* hits, std::uint8_t* open) noexcept;

#if defined(VOLTCORE_BOOK_AVX2)
/// The same with AVX2; the caller has checked the machine.
void filter_rows_avx2(const Book& book, const FilterLimits& limits, std::size_t begin,
                      std::size_t groups, std::uint8_t* hits, std::uint8_t* open) noexcept;
#endif

}  // namespace voltcore::perps
