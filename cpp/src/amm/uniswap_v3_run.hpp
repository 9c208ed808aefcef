#pragma once

#include "voltcore/amm/uniswap_v3_pool.hpp"

namespace voltcore::amm {

/// The part of a fee that goes to the protocol: one part in `divisor`. It leaves the fee whole;
/// what the protocol keeps of it is narrowed to 128 bits without a check, as in the contract.
constexpr U256 cut_of(const U256& fee, std::uint8_t divisor) noexcept {
    return divisor == 0 ? U256{} : divide_nonzero(fee, U256{divisor}).quotient;
}

constexpr Revert add_net(u128 liquidity, i128 net, bool zero_for_one, u128& out) noexcept {
    const i128 change = zero_for_one ? -net : net;
    if (add_delta(liquidity, change, out) == Revert::none) return Revert::none;
    return change < 0 ? Revert::liquidity_subtraction : Revert::liquidity_addition;
}

/// A swap under way: everything that is written back when it has succeeded.
struct UniswapV3Pool::SwapRun {
    /// Member by member: of an aggregate the compiler would clear all bytes first.
    SwapRun(const UniswapState& state, bool down, const I256& amount_specified,
            const U256& sqrt_price_limit_x96) noexcept
        : zero_for_one{down},
          exact_in{!amount_specified.is_negative()},
          fee_divisor{
              static_cast<std::uint8_t>(down ? state.fee_protocol & 15 : state.fee_protocol >> 4)},
          tick{state.tick},
          limit{sqrt_price_limit_x96},
          price{state.sqrt_price_x96},
          liquidity{state.liquidity},
          size{amount_specified.magnitude()},
          left{size},
          growth{down ? state.fee_growth_global0_x128 : state.fee_growth_global1_x128} {}

    bool zero_for_one;
    bool exact_in;
    bool boundary{};  ///< the last step ended on a boundary, so `tick` says which one
    std::uint8_t fee_divisor;
    std::int32_t tick;
    std::uint32_t steps{};
    U256 limit;
    U256 price;
    u128 liquidity;
    U256 size;     ///< |amount specified|
    U256 left;     ///< of it
    U256 other{};  ///< so far, of the other token: out for an exact input, in for an exact output
    WrappingU256 growth;  ///< of the input token
    u128 protocol{};

    void write(UniswapSwap& out) const noexcept;
};

}  // namespace voltcore::amm
