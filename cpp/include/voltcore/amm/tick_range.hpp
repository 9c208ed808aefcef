#pragma once

#include <cstdint>

#include "voltcore/math/u256.hpp"

namespace voltcore::amm {

/// The ticks that a protocol allows, and the sqrt prices (Q64.96) of both ends.
///
/// A price p is legal when min_sqrt_ratio <= p < max_sqrt_ratio.
struct TickRange {
    std::int32_t min_tick;
    std::int32_t max_tick;
    math::U256 min_sqrt_ratio;
    math::U256 max_sqrt_ratio;
};

/// Every price that a sqrt price can express. Source: Uniswap v3 TickMath.sol.
inline constexpr TickRange general_range = {
    -887272, 887272, math::U256{std::uint64_t{4295128739}},
    math::U256::from_limbs(0x5d951d5263988d26, 0xefd1fc6a50648849, 0xfffd8963, 0)};

/// Fixed rates from about 1000 % down to 0.001 %. Source: Voltz TickMath.sol.
inline constexpr TickRange rates_range = {
    -69100, 69100, math::U256::from_limbs(0x04766de590afe04e, 0x08167694, 0, 0),
    math::U256::from_limbs(0x68a90479ee3f8fec, 0x1fa71f3f5f, 0, 0)};

}  // namespace voltcore::amm
