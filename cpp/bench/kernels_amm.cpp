#include <algorithm>
#include <cstdint>
#include <vector>

#include "instructions.hpp"
#include "voltcore/amm/tick_math.hpp"
#include "voltcore/amm/tick_rows.hpp"

namespace voltcore::bench {

namespace {

using math::U256;

std::int32_t some_tick(std::size_t i) {
    return static_cast<std::int32_t>(mix(1, i) % 1'774'544) - 887'272;
}

/// Inside the tick, where a price of a swap lies.
U256 some_price(std::size_t i) {
    const U256 at = amm::sqrt_ratio_at_legal_tick(some_tick(i));
    return at + (at >> 16);
}

const Kernel tick_to_price{"amm/sqrt_ratio_at_tick", 1000, [](std::size_t rows) {
                               std::vector<U256> out(rows);
                               measured_section([&] {
                                   for (std::size_t i = 0; i < rows; ++i) {
                                       out[i] = amm::sqrt_ratio_at_legal_tick(some_tick(i));
                                   }
                               });
                               keep(out);
                           }};

const Kernel price_to_tick{"amm/tick_at_sqrt_ratio", 1000, [](std::size_t rows) {
                               std::vector<U256> prices(rows);
                               for (std::size_t i = 0; i < rows; ++i) prices[i] = some_price(i);
                               std::vector<std::int32_t> out(rows);
                               measured_section([&] {
                                   for (std::size_t i = 0; i < rows; ++i) {
                                       out[i] = amm::tick_at_legal_sqrt_ratio(prices[i]);
                                   }
                               });
                               keep(out);
                           }};

const Kernel ticks_to_prices{
    "amm/sqrt_ratio_at_tick_rows", 1024, [](std::size_t rows) {
        std::vector<std::int32_t> ticks(rows);
        for (std::size_t i = 0; i < rows; ++i) ticks[i] = some_tick(i);
        std::vector<std::uint64_t> limbs(4 * rows);
        std::vector<std::uint16_t> status(rows);
        measured_section([&] {
            for (std::size_t i = 0; i < rows; i += amm::ratio_rows_at_once) {
                amm::sqrt_ratio_at_tick_rows(&ticks[i], std::min(rows - i, amm::ratio_rows_at_once),
                                             amm::general_range, &limbs[4 * i], &status[i]);
            }
        });
        keep(limbs);
    }};

const Kernel prices_to_ticks{
    "amm/tick_at_sqrt_ratio_rows", 1024, [](std::size_t rows) {
        std::vector<std::uint64_t> limbs(4 * rows);
        for (std::size_t i = 0; i < rows; ++i) {
            const U256 price = some_price(i);
            for (std::size_t j = 0; j < 4; ++j) limbs[4 * i + j] = price.limb(static_cast<int>(j));
        }
        std::vector<std::int32_t> ticks(rows);
        std::vector<std::uint16_t> status(rows);
        measured_section([&] {
            for (std::size_t i = 0; i < rows; i += amm::tick_rows_at_once) {
                amm::tick_at_sqrt_ratio_rows(&limbs[4 * i],
                                             std::min(rows - i, amm::tick_rows_at_once),
                                             amm::general_range, &ticks[i], &status[i]);
            }
        });
        keep(ticks);
    }};

}  // namespace

}  // namespace voltcore::bench
