#pragma once

#include <cstdint>
#include <limits>

#include "voltcore/perps/checked.hpp"

// Profit of a position, and the entry that a merged position gets so that its profit is unchanged.

namespace voltcore::perps {

/// A gain or a loss, as the programs hold it.
struct Profit {
    bool in_profit = false;
    std::uint64_t usd = 0;
};

/// floor(size * |mark - entry| / entry) with its direction; no move is no profit. Spec 6.2.
[[nodiscard]] inline Profit jlp_profit(Side side, std::uint64_t size_usd, std::uint64_t entry,
                                       std::uint64_t mark) {
    const std::uint64_t usd = muldiv(size_usd, distance(mark, entry), entry);
    return {mark != entry && (mark > entry) == (side == Side::long_side), usd};
}

/// floor(mark * (S + d) / (S + d +- pnl)): the price at which the profit of the old part survives
/// the merge (chosen). Spec 6.2.
[[nodiscard]] inline std::uint64_t jlp_merged_price(Side side, std::uint64_t size_usd,
                                                    std::uint64_t entry, std::uint64_t added_usd,
                                                    std::uint64_t mark) {
    if (size_usd == 0) return mark;
    const Profit profit = jlp_profit(side, size_usd, entry, mark);
    const u128 total = static_cast<u128>(size_usd) + added_usd;
    const bool plus = profit.in_profit == (side == Side::long_side);
    if (!plus && profit.usd > total) math_overflow("merged price");
    const u128 divisor = plus ? total + profit.usd : total - profit.usd;
    return to_u64(floor_div(mul(mark, total), divisor));
}

/// trunc((current - entry) * size / |entry|), negated for shorts after truncation. Spec 7.5.
[[nodiscard]] inline i128 vol_profit(Side side, std::uint64_t size, std::int32_t entry,
                                     std::int32_t current) {
    if (size == 0) return 0;
    if (entry == 0) math_overflow("profit");
    const std::int64_t move = std::int64_t{current} - entry;
    const std::int64_t base = entry < 0 ? -std::int64_t{entry} : std::int64_t{entry};
    // |move| < 2^33 and size < 2^64: 97 bits.
    const i128 profit = static_cast<i128>(move) * static_cast<i128>(size) / base;
    return side == Side::long_side ? profit : -profit;
}

/// The entry of a merged VolPerp position: profit preserving, rounded against the trader (chosen).
/// Entries of different sign cannot be merged (EntrySignMismatch). Spec 7.8.
[[nodiscard]] inline std::int32_t vol_merged_entry(Side side, std::uint64_t size,
                                                   std::int32_t entry, std::uint64_t added,
                                                   std::int32_t current) {
    if (size == 0) return current;
    if ((entry > 0) != (current > 0) || (entry < 0) != (current < 0)) {
        refuse_perp("EntrySignMismatch", "increase", "entry");
    }
    const i128 profit = vol_profit(Side::long_side, size, entry, current);
    const i128 total = static_cast<i128>(static_cast<u128>(size) + added);
    const i128 divisor = entry > 0 ? total + profit : total - profit;
    if (divisor <= 0) math_overflow("merged entry");
    const i128 base = current < 0 ? -static_cast<i128>(current) : static_cast<i128>(current);
    const i128 product = base * total;  // < 2^31 * 2^65
    // A long's value is rounded up, a short's down; below zero a higher value is a smaller
    // magnitude.
    const bool magnitude_up = (side == Side::long_side) == (entry > 0);
    const i128 magnitude = product / divisor + (magnitude_up && product % divisor != 0 ? 1 : 0);
    if (magnitude > std::numeric_limits<std::int32_t>::max()) math_overflow("merged entry");
    return static_cast<std::int32_t>(entry > 0 ? magnitude : -magnitude);
}

}  // namespace voltcore::perps
