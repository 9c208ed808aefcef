#include <array>
#include <cstddef>
#include <cstdint>

#include "tick_products.hpp"
#include "voltcore/amm/tick_rows.hpp"
#include "voltcore/math/kernel_levels.hpp"

namespace voltcore::amm {

namespace {

using Places = std::array<std::uint8_t, ratio_rows_at_once>;

void put(std::uint64_t* row, const U256& price) noexcept {
    for (int j = 0; j < 4; ++j) row[j] = price.limb(j);
}

VOLTCORE_FUSED_LEVELS
void near_prices(const std::int32_t* ticks, const std::uint8_t* places, std::size_t rows,
                 std::uint64_t* limbs) noexcept {
    for (std::size_t k = 0; k < rows; ++k) {
        const std::size_t i = places[k];
        const u128 price = price_by_product(ticks[i]);
        std::uint64_t* row = limbs + 4 * i;
        row[0] = static_cast<std::uint64_t>(price);
        row[1] = static_cast<std::uint64_t>(price >> 64);
        row[2] = row[3] = 0;
        if (price == 0) [[unlikely]]
            put(row, sqrt_ratio_at_legal_tick(ticks[i]));
    }
}

VOLTCORE_FUSED_LEVELS
void far_prices(const std::int32_t* ticks, const std::uint8_t* places, std::size_t rows,
                std::uint64_t* limbs) noexcept {
    for (std::size_t k = 0; k < rows; ++k) {
        const std::size_t i = places[k];
        std::array<std::uint64_t, 3> price;
        const bool decided = far_price_by_products(ticks[i], price);
        std::uint64_t* row = limbs + 4 * i;
        row[0] = price[0];
        row[1] = price[1];
        row[2] = price[2];
        row[3] = 0;
        if (!decided) [[unlikely]]
            put(row, sqrt_ratio_at_legal_tick(ticks[i]));
    }
}

}  // namespace

void sqrt_ratio_at_tick_rows(const std::int32_t* ticks, std::size_t rows, const TickRange& range,
                             std::uint64_t* limbs, std::uint16_t* status) noexcept {
    const std::uint16_t refused = math::revert_code(Revert::tick_out_of_range);
    // Near ticks from the front, far ones from the back. No branch between them: in random ticks it
    // would be foretold wrongly half of the time.
    Places order{};
    std::size_t near = 0;
    std::size_t far = rows;
    for (std::size_t i = 0; i < rows; ++i) {
        if (ticks[i] < range.min_tick || ticks[i] > range.max_tick) [[unlikely]] {
            put(limbs + 4 * i, U256{});
            status[i] = refused;
            continue;
        }
        status[i] = 0;
        const auto is_far = static_cast<std::size_t>(ticks[i] >= near_ticks);
        order[near] = order[far - 1] = static_cast<std::uint8_t>(i);
        near += 1 - is_far;
        far -= is_far;
    }
    near_prices(ticks, order.data(), near, limbs);
    far_prices(ticks, order.data() + far, rows - far, limbs);
}

}  // namespace voltcore::amm
