#include <vector>

#include "instructions.hpp"
#include "voltcore/amm/uniswap_v3_pool.hpp"

namespace voltcore::bench {

namespace {

using amm::I256;
using amm::U256;
using amm::UniswapV3Pool;
using math::Revert;
using math::u128;

/// 500 ranges around price 1, spacing 60: what bench/bench_amm_swaps.py swaps through.
UniswapV3Pool pool_of_500_ranges() {
    UniswapV3Pool pool{3000, 60};
    pool.initialize(U256::power_of_two(96));
    for (std::size_t i = 0; i < 500; ++i) {
        const std::int32_t lower = 60 * (static_cast<std::int32_t>(mix(50, i) % 2000) - 1000);
        const std::int32_t width = 60 * (static_cast<std::int32_t>(mix(51, i) % 200) + 1);
        const std::uint64_t low = std::uint64_t{1} << 59;
        pool.mint({i, lower, lower + width}, u128{mix(52, i) % (low << 1) + low});
    }
    return pool;
}

/// About 4.7 steps a swap; the price is pulled back to 1.
const Kernel uniswap_swap{"amm/uniswap_swap", 2000, [](std::size_t rows) {
                              UniswapV3Pool pool = pool_of_500_ranges();
                              const auto swap = [&](std::size_t i) {
                                  const std::uint64_t draw = mix(54, i) & 3;
                                  const bool down = pool.state().tick >= 0 ? draw != 0 : draw == 0;
                                  const U256 size{mix(53, i) % 1'200'000'000'000'000'000U + 1};
                                  const U256 one{1U};
                                  amm::UniswapSwap out;
                                  if (pool.try_swap(down, I256::from_bits(size),
                                                    down ? amm::general_range.min_sqrt_ratio + one
                                                         : amm::general_range.max_sqrt_ratio - one,
                                                    out) != Revert::none) {
                                      keep(i);
                                  }
                                  keep(out);
                              };
                              for (std::size_t i = 0; i < rows; ++i)
                                  swap(rows + i);  // the caches, not counted
                              measured_section([&] {
                                  for (std::size_t i = 0; i < rows; ++i) swap(i);
                              });
                              keep(pool);
                          }};

}  // namespace

}  // namespace voltcore::bench
