#include "uniswap_v3_run.hpp"

namespace voltcore::amm {

namespace {

constexpr U256 q128 = U256::power_of_two(128);
constexpr std::uint32_t one_in_pips = 1'000'000;

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

}  // namespace

Revert UniswapV3Pool::begin_swap(bool zero_for_one, const I256& amount_specified,
                                 const U256& sqrt_price_limit_x96, SwapRun& run) const noexcept {
    if (amount_specified.is_zero()) return Revert::zero_amount;
    if (state_.sqrt_price_x96.is_zero()) return Revert::pool_locked;
    const bool limit_fits = zero_for_one ? sqrt_price_limit_x96 < state_.sqrt_price_x96 &&
                                               sqrt_price_limit_x96 > general_range.min_sqrt_ratio
                                         : sqrt_price_limit_x96 > state_.sqrt_price_x96 &&
                                               sqrt_price_limit_x96 < general_range.max_sqrt_ratio;
    if (!limit_fits) return Revert::price_limit_out_of_bounds;
    run.zero_for_one = zero_for_one;
    run.exact_in = !amount_specified.is_negative();
    run.fee_divisor = static_cast<std::uint8_t>(zero_for_one ? state_.fee_protocol & 15
                                                             : state_.fee_protocol >> 4);
    run.limit = sqrt_price_limit_x96;
    run.price = state_.sqrt_price_x96;
    run.tick = state_.tick;
    run.liquidity = state_.liquidity;
    run.size = amount_specified.magnitude();
    run.left = run.size;
    run.other = U256{};
    run.growth = zero_for_one ? state_.fee_growth_global0_x128 : state_.fee_growth_global1_x128;
    run.protocol = 0;
    run.steps = 0;
    return Revert::none;
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

/// What the contract's step does from the boundary `start` to the next when enough is left; false
/// when it cannot be said beforehand.
bool UniswapV3Pool::make_segment(const SwapRun& run, std::int32_t start, Segment& segment) const {
    const bool down = run.zero_for_one;
    const NextTick next = bitmap_.next_within_one_word(run.tick, tick_spacing_, down);
    if (next.tick < general_range.min_tick || next.tick > general_range.max_tick) return false;
    segment.start = start;
    segment.next = next.tick;
    segment.initialized = next.initialized;
    segment.next_price = sqrt_ratio_at_legal_tick(next.tick);

    SwapStep step;
    U256 uncapped_out;
    constexpr Arithmetic style = Arithmetic::wrapping;
    // With 2^256 - 1 available the target is always reached.
    if (swap_amounts<style>(run.price, segment.next_price, run.liquidity, U256::max(), run.exact_in,
                            step, uncapped_out) != Revert::none ||
        detail::mul_div_ceil<style>(step.amount_in, U256{fee_pips_}, U256{one_in_pips - fee_pips_},
                                    step.fee) != Revert::none) {
        return false;
    }
    const U256 input = wrapping_add(step.amount_in, step.fee);
    segment.spent = run.exact_in ? input : step.amount_out;
    segment.gained = run.exact_in ? step.amount_out : input;
    segment.threshold = step.amount_out;
    if (run.exact_in) {
        // floor(left (10^6 - fee) / 10^6) >= in  <=>  left >= ceil(in 10^6 / (10^6 - fee)).
        if (detail::mul_div_ceil<style>(step.amount_in, U256{one_in_pips},
                                        U256{one_in_pips - fee_pips_},
                                        segment.threshold) != Revert::none) {
            return false;
        }
    }
    const U256 cut = cut_of(step.fee, run.fee_divisor);
    segment.protocol_cut = cut.low_half();
    segment.growth = WrappingU256{};
    if (run.liquidity > 0) {
        U256 growth;
        if (detail::mul_div<style>(wrapping_subtract(step.fee, cut), q128, U256{run.liquidity},
                                   growth) != Revert::none) {
            return false;
        }
        segment.growth = WrappingU256{growth};
    }
    segment.liquidity_after = run.liquidity;
    if (next.initialized) {
        segment.tick_index = ticks_.lower_bound(next.tick);
        if (add_net(run.liquidity, ticks_.at(segment.tick_index).liquidity_net, down,
                    segment.liquidity_after) != Revert::none) {
            return false;
        }
    }
    return true;
}

Revert UniswapV3Pool::run_swap_plain(SwapRun& run, SwapScratch& scratch) const {
    while (!run.left.is_zero() && run.price != run.limit) {
        const Revert revert = step_plain(run, scratch);
        if (revert != Revert::none) return revert;
    }
    return Revert::none;
}

Revert UniswapV3Pool::run_swap(SwapRun& run, SwapScratch& scratch) const {
    const bool down = run.zero_for_one;
    const auto kind = static_cast<std::uint8_t>((down ? 1 : 0) | (run.exact_in ? 2 : 0));
    while (!run.left.is_zero() && run.price != run.limit) {
        if (run.boundary) {
            const std::int32_t start = down ? run.tick + 1 : run.tick;
            Segment& segment = scratch.segment(start / tick_spacing_, kind);
            bool known = segment.generation == scratch.generation() && segment.start == start;
            if (!known) {
                segment.generation = 0;
                known = make_segment(run, start, segment);
                if (known) segment.generation = scratch.generation();
            }
            const bool within_limit =
                down ? segment.next_price >= run.limit : segment.next_price <= run.limit;
            if (known && within_limit && run.left >= segment.threshold) {
                run.left = wrapping_subtract(run.left, segment.spent);
                run.other = wrapping_add(run.other, segment.gained);
                run.protocol += segment.protocol_cut;
                run.growth += segment.growth;
                run.liquidity = segment.liquidity_after;
                run.price = segment.next_price;
                run.tick = down ? segment.next - 1 : segment.next;
                if (segment.initialized) {
                    scratch.crossed.push_back({segment.tick_index, run.growth});
                }
                ++run.steps;
                continue;
            }
        }
        const Revert revert = step_plain(run, scratch);
        if (revert != Revert::none) return revert;
    }
    return Revert::none;
}

UniswapSwap UniswapV3Pool::SwapRun::result() const noexcept {
    const U256 used = wrapping_subtract(size, left);
    UniswapSwap out;
    const I256 specified = I256::from_bits(exact_in ? used : wrapping_negate(used));
    const I256 calculated = I256::from_bits(exact_in ? wrapping_negate(other) : other);
    out.amount0 = zero_for_one == exact_in ? specified : calculated;
    out.amount1 = zero_for_one == exact_in ? calculated : specified;
    out.sqrt_price_x96 = price;
    out.tick = tick;
    out.liquidity = liquidity;
    out.steps = steps;
    return out;
}

void UniswapV3Pool::commit_swap(const SwapRun& run) noexcept {
    const WrappingU256& other_growth =
        run.zero_for_one ? state_.fee_growth_global1_x128 : state_.fee_growth_global0_x128;
    for (const SwapScratch::Crossing& crossing : scratch_.crossed) {
        UniswapTick& tick = ticks_.settle_at(crossing.tick_index);
        const WrappingU256& growth0 = run.zero_for_one ? crossing.growth : other_growth;
        const WrappingU256& growth1 = run.zero_for_one ? other_growth : crossing.growth;
        tick.fee_growth_outside0_x128 = growth0 - tick.fee_growth_outside0_x128;
        tick.fee_growth_outside1_x128 = growth1 - tick.fee_growth_outside1_x128;
    }
    state_.sqrt_price_x96 = run.price;
    state_.tick = run.tick;
    state_.liquidity = run.liquidity;
    (run.zero_for_one ? state_.fee_growth_global0_x128 : state_.fee_growth_global1_x128) =
        run.growth;
    // 128 bits, wrapping as in the contract.
    (run.zero_for_one ? state_.protocol_fees0 : state_.protocol_fees1) += run.protocol;
}

Revert UniswapV3Pool::try_swap(bool zero_for_one, const I256& amount_specified,
                               const U256& sqrt_price_limit_x96, UniswapSwap& out) {
    SwapRun run;
    scratch_.crossed.clear();
    Revert revert = begin_swap(zero_for_one, amount_specified, sqrt_price_limit_x96, run);
    if (revert == Revert::none) revert = run_swap(run, scratch_);
    if (revert != Revert::none) return revert;
    commit_swap(run);
    out = run.result();
    return Revert::none;
}

Revert UniswapV3Pool::try_swap_plain(bool zero_for_one, const I256& amount_specified,
                                     const U256& sqrt_price_limit_x96, UniswapSwap& out) {
    SwapRun run;
    scratch_.crossed.clear();
    Revert revert = begin_swap(zero_for_one, amount_specified, sqrt_price_limit_x96, run);
    if (revert == Revert::none) revert = run_swap_plain(run, scratch_);
    if (revert != Revert::none) return revert;
    commit_swap(run);
    out = run.result();
    return Revert::none;
}

Revert UniswapV3Pool::try_quote(bool zero_for_one, const I256& amount_specified,
                                const U256& sqrt_price_limit_x96, SwapScratch& scratch,
                                UniswapSwap& out) const {
    SwapRun run;
    scratch.crossed.clear();
    Revert revert = begin_swap(zero_for_one, amount_specified, sqrt_price_limit_x96, run);
    if (revert == Revert::none) revert = run_swap(run, scratch);
    if (revert != Revert::none) return revert;
    out = run.result();
    return Revert::none;
}

}  // namespace voltcore::amm
