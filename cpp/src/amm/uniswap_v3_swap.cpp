#include "uniswap_v3_run.hpp"

namespace voltcore::amm {

namespace {

constexpr U256 q128 = U256::power_of_two(128);

}  // namespace

Revert UniswapV3Pool::refuse_swap(bool zero_for_one, const I256& amount_specified,
                                  const U256& sqrt_price_limit_x96) const noexcept {
    if (amount_specified.is_zero()) return Revert::zero_amount;
    if (state_.sqrt_price_x96.is_zero()) return Revert::pool_locked;
    const bool limit_fits = zero_for_one ? sqrt_price_limit_x96 < state_.sqrt_price_x96 &&
                                               sqrt_price_limit_x96 > general_range.min_sqrt_ratio
                                         : sqrt_price_limit_x96 > state_.sqrt_price_x96 &&
                                               sqrt_price_limit_x96 < general_range.max_sqrt_ratio;
    return limit_fits ? Revert::none : Revert::price_limit_out_of_bounds;
}

/// One step of the contract's loop.
Revert UniswapV3Pool::step_plain(SwapRun& run, SwapScratch& scratch) const {
    const bool down = run.zero_for_one;
    NextTick next = bitmap_.next_within_one_word(run.tick, tick_spacing_, down);
    next.tick = std::clamp(next.tick, general_range.min_tick, general_range.max_tick);
    const U256 next_price = scratch.price_at(next.tick, next.tick / tick_spacing_);
    const bool limited = down ? next_price < run.limit : next_price > run.limit;

    SwapStep step;
    const I256 remaining = I256::from_bits(run.exact_in ? run.left : wrapping_negate(run.left));
    Revert revert = swap_step_uniswap(run.price, limited ? run.limit : next_price, run.liquidity,
                                      remaining, fee_pips_, step);
    if (revert != Revert::none) return revert;
    // Neither side can leave 256 bits: amounts are below 2^192 and fees below 2^212; an exact
    // input covers its fee, an exact output is capped by what is left.
    const U256 input = wrapping_add(step.amount_in, step.fee);
    run.left = wrapping_subtract(run.left, run.exact_in ? input : step.amount_out);
    run.other = wrapping_add(run.other, run.exact_in ? step.amount_out : input);
    const U256 cut = cut_of(step.fee, run.fee_divisor);
    run.protocol += cut.low_half();
    if (run.liquidity > 0) {
        U256 growth;
        revert = detail::mul_div<Arithmetic::wrapping>(wrapping_subtract(step.fee, cut), q128,
                                                       U256{run.liquidity}, growth);
        if (revert != Revert::none) return revert;
        run.growth += WrappingU256{growth};
    }

    const U256 before = run.price;
    run.price = step.next_price;
    run.boundary = false;
    ++run.steps;
    if (run.price == next_price) {
        if (next.initialized) {
            const std::size_t index = ticks_.lower_bound(next.tick);
            scratch.crossed.push_back({index, run.growth});
            revert = add_net(run.liquidity, ticks_.at(index).liquidity_net, down, run.liquidity);
            if (revert != Revert::none) return revert;
        }
        run.tick = down ? next.tick - 1 : next.tick;
        run.boundary = true;
    } else if (run.price != before) {
        revert = tick_at_sqrt_ratio(run.price, general_range, run.tick);
        if (revert != Revert::none) return revert;
    } else if (step.amount_in.is_zero() && step.amount_out.is_zero() && step.fee.is_zero()) {
        return Revert::endless_loop;
    }
    return Revert::none;
}

Revert UniswapV3Pool::run_swap_plain(SwapRun& run, SwapScratch& scratch) const {
    while (!run.left.is_zero() && run.price != run.limit) {
        const Revert revert = step_plain(run, scratch);
        if (revert != Revert::none) return revert;
    }
    return Revert::none;
}

Revert UniswapV3Pool::run_swap(SwapRun& run, SwapScratch& scratch) const {
    while (!run.left.is_zero() && run.price != run.limit) {
        if (run_narrow(run, scratch)) break;
        const Revert revert = step_plain(run, scratch);
        if (revert != Revert::none) return revert;
    }
    return Revert::none;
}

void UniswapV3Pool::SwapRun::write(UniswapSwap& out) const noexcept {
    const bool specified_is_token0 = zero_for_one == exact_in;
    I256& specified = specified_is_token0 ? out.amount0 : out.amount1;
    I256& calculated = specified_is_token0 ? out.amount1 : out.amount0;
    // What is paid to the pool is positive.
    specified =
        I256::from_bits(exact_in ? wrapping_subtract(size, left) : wrapping_subtract(left, size));
    calculated = I256::from_bits(exact_in ? wrapping_negate(other) : other);
    out.sqrt_price_x96 = price;
    out.tick = tick;
    out.liquidity = liquidity;
    out.steps = steps;
}

void UniswapV3Pool::commit_swap(const SwapRun& run) noexcept {
    const auto cross = [&](WrappingU256 UniswapTick::* input, WrappingU256 UniswapTick::* output,
                           const WrappingU256& output_growth) {
        for (const SwapScratch::Crossing& crossing : scratch_.crossed) {
            UniswapTick& tick = ticks_.settle_at(crossing.tick_index);
            tick.*input = crossing.growth - tick.*input;
            tick.*output = output_growth - tick.*output;
        }
    };
    if (run.zero_for_one) {
        cross(&UniswapTick::fee_growth_outside0_x128, &UniswapTick::fee_growth_outside1_x128,
              state_.fee_growth_global1_x128);
    } else {
        cross(&UniswapTick::fee_growth_outside1_x128, &UniswapTick::fee_growth_outside0_x128,
              state_.fee_growth_global0_x128);
    }
    state_.sqrt_price_x96 = run.price;
    state_.tick = run.tick;
    state_.liquidity = run.liquidity;
    (run.zero_for_one ? state_.fee_growth_global0_x128 : state_.fee_growth_global1_x128) =
        run.growth;
    // 128 bits, wrapping as in the contract.
    (run.zero_for_one ? state_.protocol_fees0 : state_.protocol_fees1) += run.protocol;
}

template <class Loop>
Revert UniswapV3Pool::swap_by(Loop&& loop, bool zero_for_one, const I256& amount_specified,
                              const U256& sqrt_price_limit_x96, SwapScratch& scratch,
                              UniswapSwap& out) const {
    Revert revert = refuse_swap(zero_for_one, amount_specified, sqrt_price_limit_x96);
    if (revert != Revert::none) return revert;
    SwapRun run{state_, zero_for_one, amount_specified, sqrt_price_limit_x96};
    scratch.crossed.clear();
    revert = loop(run);
    if (revert == Revert::none) run.write(out);
    return revert;
}

Revert UniswapV3Pool::try_swap(bool zero_for_one, const I256& amount_specified,
                               const U256& sqrt_price_limit_x96, UniswapSwap& out) {
    const auto loop = [this](SwapRun& run) {
        const Revert revert = run_swap(run, scratch_);
        if (revert == Revert::none) commit_swap(run);
        return revert;
    };
    return swap_by(loop, zero_for_one, amount_specified, sqrt_price_limit_x96, scratch_, out);
}

Revert UniswapV3Pool::try_swap_plain(bool zero_for_one, const I256& amount_specified,
                                     const U256& sqrt_price_limit_x96, UniswapSwap& out) {
    const auto loop = [this](SwapRun& run) {
        const Revert revert = run_swap_plain(run, scratch_);
        if (revert == Revert::none) commit_swap(run);
        return revert;
    };
    return swap_by(loop, zero_for_one, amount_specified, sqrt_price_limit_x96, scratch_, out);
}

Revert UniswapV3Pool::try_quote(bool zero_for_one, const I256& amount_specified,
                                const U256& sqrt_price_limit_x96, SwapScratch& scratch,
                                UniswapSwap& out) const {
    const auto loop = [&](SwapRun& run) { return run_swap(run, scratch); };
    return swap_by(loop, zero_for_one, amount_specified, sqrt_price_limit_x96, scratch, out);
}

}  // namespace voltcore::amm
