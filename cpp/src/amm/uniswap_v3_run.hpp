#pragma once

#include "voltcore/amm/uniswap_v3_pool.hpp"

namespace voltcore::amm {

/// A swap under way: everything that is written back when it has succeeded.
struct UniswapV3Pool::SwapRun {
    bool zero_for_one{};
    bool exact_in{};
    bool boundary{};  ///< the last step ended on a boundary, so `tick` says which one
    std::uint8_t fee_divisor{};
    std::int32_t tick{};
    std::uint32_t steps{};
    U256 limit{};
    U256 price{};
    u128 liquidity{};
    U256 size{};   ///< |amount specified|
    U256 left{};   ///< of it
    U256 other{};  ///< so far, of the other token: out for an exact input, in for an exact output
    WrappingU256 growth{};  ///< of the input token
    u128 protocol{};

    [[nodiscard]] UniswapSwap result() const noexcept;
};

}  // namespace voltcore::amm
