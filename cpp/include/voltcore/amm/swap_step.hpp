#pragma once

#include "voltcore/amm/sqrt_price_math.hpp"
#include "voltcore/math/ud60x18.hpp"

// One step of a swap: from a price to the next initialised tick, the limit, or where the amount
// ends. Source: SwapMath.sol of Uniswap v3 and of Voltz.

namespace voltcore::amm {

struct SwapStep {
    U256 next_price;  ///< Q64.96
    U256 amount_in;
    U256 amount_out;
    U256 fee;
};

/// Where the amount takes the price, and what that takes in and gives out, before any fee.
///
/// `available` is the input that may be used or the output that is wanted. `uncapped_out` is the
/// output before it is cut to what was wanted. The direction follows from the prices.
template <Arithmetic style>
[[nodiscard]] constexpr Revert swap_amounts(const U256& current, const U256& target, u128 liquidity,
                                            const U256& available, bool exact_in, SwapStep& step,
                                            U256& uncapped_out) noexcept {
    const bool zero_for_one = current >= target;
    const bool input_is_token0 = zero_for_one;
    const auto amount_in = [&](const U256& to, U256& out) {
        if (input_is_token0) return amount0_delta<style>(to, current, liquidity, true, out);
        out = amount1_delta(current, to, liquidity, true);
        return Revert::none;
    };
    const auto amount_out = [&](const U256& to, U256& out) {
        if (!input_is_token0) return amount0_delta<style>(current, to, liquidity, false, out);
        out = amount1_delta(to, current, liquidity, false);
        return Revert::none;
    };

    // The amount that decides whether the target is reached.
    U256 full;
    Revert revert = exact_in ? amount_in(target, full) : amount_out(target, full);
    if (revert != Revert::none) return revert;
    if (available >= full) {
        step.next_price = target;
    } else {
        revert = exact_in ? next_sqrt_price_from_input<style>(current, liquidity, available,
                                                              zero_for_one, step.next_price)
                          : next_sqrt_price_from_output<style>(current, liquidity, available,
                                                               zero_for_one, step.next_price);
        if (revert != Revert::none) return revert;
    }
    const bool reached = step.next_price == target;
    if (reached && exact_in) {
        step.amount_in = full;
    } else {
        revert = amount_in(step.next_price, step.amount_in);
        if (revert != Revert::none) return revert;
    }
    if (reached && !exact_in) {
        step.amount_out = full;
    } else {
        revert = amount_out(step.next_price, step.amount_out);
        if (revert != Revert::none) return revert;
    }
    uncapped_out = step.amount_out;
    if (!exact_in && step.amount_out > available) step.amount_out = available;
    return Revert::none;
}

/// Uniswap v3: the fee is a share of the input, in hundredths of a basis point (`fee_pips` of
/// 10^6). `remaining` > 0 is an exact input, < 0 an exact output. Precondition: fee_pips < 10^6.
[[nodiscard]] constexpr Revert swap_step_uniswap(const U256& current, const U256& target,
                                                 u128 liquidity, const I256& remaining,
                                                 std::uint32_t fee_pips, SwapStep& step) noexcept {
    constexpr std::uint32_t one = 1'000'000;
    const bool exact_in = !remaining.is_negative();
    const U256 size = remaining.magnitude();
    U256 available = size;
    Revert revert = Revert::none;
    if (exact_in) {
        revert =
            detail::mul_div<Arithmetic::wrapping>(size, U256{one - fee_pips}, U256{one}, available);
        if (revert != Revert::none) return revert;
    }
    U256 uncapped_out;
    revert = swap_amounts<Arithmetic::wrapping>(current, target, liquidity, available, exact_in,
                                                step, uncapped_out);
    if (revert != Revert::none) return revert;
    if (exact_in && step.next_price != target) {
        // What rounding leaves of the input is fee: the swap ends here.
        step.fee = wrapping_subtract(size, step.amount_in);
        return Revert::none;
    }
    return detail::mul_div_ceil<Arithmetic::wrapping>(step.amount_in, U256{fee_pips},
                                                      U256{one - fee_pips}, step.fee);
}

/// A year of 365 days in wad seconds. Source: Time.sol, SECONDS_IN_YEAR_WAD.
inline constexpr U256 year_wad{static_cast<u128>(31'536'000) * math::wad_u64};

/// The share of a notional that a fee of `fee_wad` a year takes for `time_to_maturity_wad` (wad
/// seconds), wad, rounded half up. Source: FixedAndVariableMath.sol, accrualFact.
[[nodiscard]] constexpr Revert fee_rate(const U256& time_to_maturity_wad, const U256& fee_wad,
                                        U256& out) noexcept {
    const Revert revert = math::try_ud60x18_div(time_to_maturity_wad, year_wad, out);
    if (revert != Revert::none) return revert;
    return math::try_ud60x18_mul(fee_wad, out, out);
}

/// Fee on a notional of `notional_wad` at a rate from `fee_rate`, in token units: rounded half up,
/// then truncated.
[[nodiscard]] constexpr Revert fee_at_rate(const U256& notional_wad, const U256& rate_wad,
                                           U256& out) noexcept {
    const Revert revert = math::try_ud60x18_mul(notional_wad, rate_wad, out);
    if (revert != Revert::none) return revert;
    return math::try_ud60x18_to_uint(out, out);
}

/// Both in one. Source: Voltz SwapMath.sol, computeFeeAmount.
[[nodiscard]] constexpr Revert fee_amount(const U256& notional_wad,
                                          const U256& time_to_maturity_wad, const U256& fee_wad,
                                          U256& out) noexcept {
    U256 rate;
    const Revert revert = fee_rate(time_to_maturity_wad, fee_wad, rate);
    if (revert != Revert::none) return revert;
    return fee_at_rate(notional_wad, rate, out);
}

/// Voltz: the fee is charged on the notional for the time to maturity and is not taken out of the
/// input. `remaining` >= 0 is an exact input of variable tokens (a fixed taker), < 0 an exact
/// output (a variable taker). The rate comes from `fee_rate`: it is the same for all steps of a
/// swap.
[[nodiscard]] constexpr Revert swap_step_voltz_at_rate(const U256& current, const U256& target,
                                                       u128 liquidity, const I256& remaining,
                                                       const U256& fee_rate_wad,
                                                       SwapStep& step) noexcept {
    U256 uncapped_out;
    Revert revert =
        swap_amounts<Arithmetic::checked>(current, target, liquidity, remaining.magnitude(),
                                          !remaining.is_negative(), step, uncapped_out);
    if (revert != Revert::none) return revert;
    const U256& notional = current >= target ? uncapped_out : step.amount_in;
    if (notional.fits_u128() && fee_rate_wad.bit_length() < 128) [[likely]] {
        // mul(fromUint(notional), rate) is exact: the scale cancels. Nothing of it can fail:
        // fromUint stays below 2^188 and the 512-bit product below 2^315, its high word under
        // 10^18.
        return math::try_ud60x18_to_uint(wrapping_multiply(notional, fee_rate_wad), step.fee);
    }
    U256 notional_wad;
    revert = math::try_ud60x18_from_uint(notional, notional_wad);
    if (revert != Revert::none) return revert;
    return fee_at_rate(notional_wad, fee_rate_wad, step.fee);
}

/// The same for a single step.
[[nodiscard]] constexpr Revert swap_step_voltz(const U256& current, const U256& target,
                                               u128 liquidity, const I256& remaining,
                                               const U256& fee_wad,
                                               const U256& time_to_maturity_wad,
                                               SwapStep& step) noexcept {
    U256 rate;
    const Revert late = fee_rate(time_to_maturity_wad, fee_wad, rate);
    const Revert revert =
        swap_step_voltz_at_rate(current, target, liquidity, remaining, rate, step);
    // The contract reaches the fee last.
    return revert != Revert::none ? revert : late;
}

}  // namespace voltcore::amm
