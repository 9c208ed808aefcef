#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/perps/checked.hpp"

// Positions of one market as a structure of arrays, and what is asked of millions of them at once.
// The rule is that of JLP: spec 6.2, 6.3, 6.6; `jlp_health` decides one position the same way.

namespace voltcore::perps {

/// Columns of equal length; 33 bytes a position.
struct Book {
    const std::uint64_t* size_usd;
    const std::uint64_t* collateral_usd;
    const std::uint64_t* entry;
    const std::uint64_t* snapshot;
    const std::uint8_t* side;  ///< 0 long, 1 short
    std::size_t rows;
};

/// The market at one instant.
struct BookMarket {
    std::uint64_t mark = 0;
    std::uint64_t cumulative = 0;
    std::uint64_t close_bps = 0;
    std::uint64_t impact_scalar = 0;
    std::uint64_t max_leverage_bps = 0;
};

/// The outcome of one row: a number of the error table, 0 when it is fine. A bad row is never a
/// hit.
struct RowHealth {
    std::uint16_t status = 0;
    bool liquidatable = false;
    i128 pnl_usd = 0;
    i128 remaining_usd = 0;
};

/// Exact; the figures of `jlp_health` without an exception.
[[nodiscard]] RowHealth row_health(const Book& book, std::size_t row,
                                   const BookMarket& market) noexcept;

/// Where the hits of a scan go. `status` and `shortfall_usd` may be null.
struct ScanOutput {
    std::uint8_t* bitmap;          ///< bit i % 8 of byte i / 8
    std::uint16_t* status;         ///< one for each row
    std::uint64_t* shortfall_usd;  ///< ceil(size / leverage limit) - remaining, 0 for the healthy
};

struct ScanCount {
    std::size_t hits = 0;
    std::size_t bad = 0;    ///< rows with a status
    std::size_t exact = 0;  ///< rows that the float filter left undecided
};

/// Rows [begin, end) of a scan; `begin` is a multiple of 8. `prefilter`, when not null, is what
/// `prefilter_rows` made for these positions and a cumulative that is not yet passed.
[[nodiscard]] ScanCount scan_rows(const Book& book, const BookMarket& market,
                                  const float* prefilter, std::size_t begin, std::size_t end,
                                  const ScanOutput& out) noexcept;

/// The 4-byte column: the mark from which a long is certainly safe, minus the mark up to which a
/// short is, NaN where nothing is certain. It holds while mark and cumulative are at most those of
/// `market` and the rest of it is the same.
void prefilter_rows(const Book& book, const BookMarket& market, std::size_t begin, std::size_t end,
                    float* out) noexcept;

/// Profit of each row at the mark, fees not counted, and its status.
void mark_rows(const Book& book, const BookMarket& market, std::size_t begin, std::size_t end,
               std::int64_t* pnl_usd, std::uint16_t* status) noexcept;

/// The liquidation price that interfaces show, and a status.
void liquidation_price_rows(const Book& book, const BookMarket& market, std::size_t begin,
                            std::size_t end, std::uint64_t* price, std::uint16_t* status) noexcept;

/// For each row the first level of a rising grid at which a short, and the number of levels at
/// which a long, is liquidatable: both are found by bisection, because the remaining collateral is
/// monotone in the mark. `level` gets that number, `status` the row's status.
void grid_rows(const Book& book, const BookMarket& market, const std::uint64_t* levels,
               std::size_t count, std::size_t begin, std::size_t end, std::uint32_t* level,
               std::uint16_t* status) noexcept;

}  // namespace voltcore::perps
