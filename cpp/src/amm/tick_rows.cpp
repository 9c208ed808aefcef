#include "voltcore/amm/tick_rows.hpp"

#include <array>

#include "tick_estimate.hpp"

namespace voltcore::amm {

// Positive ticks take a longer way than the others. In the order of random ticks the branch between
// the two would be foretold wrongly half of the time, so the rows are parted first.
void sqrt_ratio_at_tick_rows(const std::int32_t* ticks, std::size_t rows, const TickRange& range,
                             std::uint64_t* limbs, std::uint16_t* status) noexcept {
    std::array<std::uint8_t, ratio_rows_at_once> order{};
    std::size_t front = 0;
    std::size_t back = rows;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto positive = static_cast<std::size_t>(ticks[i] > 0);
        order[front] = order[back - 1] = static_cast<std::uint8_t>(i);
        front += 1 - positive;
        back -= positive;
    }
    for (std::size_t k = 0; k < rows; ++k) {
        const std::size_t i = order[k];
        U256 price{};
        status[i] = math::revert_code(sqrt_ratio_at_tick(ticks[i], range, price));
        for (int j = 0; j < 4; ++j) limbs[4 * i + static_cast<std::size_t>(j)] = price.limb(j);
    }
}

void tick_at_sqrt_ratio_rows(const std::uint64_t* limbs, std::size_t rows, const TickRange& range,
                             std::int32_t* ticks, std::uint16_t* status) noexcept {
    const U256 least = range.min_sqrt_ratio;
    const U256 most = range.max_sqrt_ratio;
    const std::uint16_t refused = math::revert_code(Revert::ratio_out_of_range);
    for (std::size_t i = 0; i < rows; ++i) {
        // From registers: a price that is written to memory first has to come back from there.
        const std::uint64_t* row = limbs + 4 * i;
        const U256 price = U256::from_limbs(row[0], row[1], row[2], row[3]);
        if (price < least || price >= most) [[unlikely]] {
            ticks[i] = 0;
            status[i] = refused;
            continue;
        }
        const LeadingBits bits = leading_bits(price);
        const double estimate =
            tick_estimate(bits.mantissa, bits.row->inverse, bits.row->log2, bits.exponent);
        ticks[i] = decided_tick(price, estimate + tick_shift);
        status[i] = 0;
    }
}

}  // namespace voltcore::amm
