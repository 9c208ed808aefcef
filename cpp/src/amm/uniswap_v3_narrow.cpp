#include "uniswap_v3_run.hpp"
#include "voltcore/amm/narrow_amounts.hpp"

// The swap loop for operands below 2^128. Every number is the contract's: whole intervals come from
// segments that the general arithmetic has filled, the steps that begin or end inside one from
// narrow_amounts.hpp. What neither can say is left to step_plain.

namespace voltcore::amm {

namespace {

/// Prices that narrow steps start from: below, so that no price on the way leaves 128 bits.
constexpr u128 narrow_price_limit = u128{1} << 127;

struct NarrowStep {
    u128 next_price;
    u128 amount_in;
    u128 amount_out;
    u128 fee;
    bool reached;  ///< the target
};

/// What a step is the same for, whatever amount is left.
struct NarrowMarket {
    u128 liquidity;
    std::uint32_t fee_pips;
    const math::LimbDivisor& without_fee;
    bool down;
};

/// The contract's step of an exact input up to the target where enough is left for it; false where
/// the narrow forms do not say.
[[gnu::noinline]] bool whole_step(const NarrowMarket& market, u128 price, u128 target,
                                  NarrowStep& step) {
    const u128 low = market.down ? target : price;
    const u128 high = market.down ? price : target;
    if (low >= high) return false;
    narrow::Bounds token0{};
    narrow::Bounds token1{};
    if (!narrow::amount0(low, high, market.liquidity, token0) ||
        !narrow::amount1(high - low, market.liquidity, token1)) {
        return false;
    }
    step.next_price = target;
    step.amount_in = market.down ? token0.up : token1.up;
    step.amount_out = market.down ? token1.down : token0.down;
    return narrow::fee_of_input(step.amount_in, market.fee_pips, market.without_fee, step.fee);
}

/// The step of an exact input that ends short of the target; false where the narrow forms do not
/// say or the price comes out at either end.
[[gnu::noinline]] bool last_step(const NarrowMarket& market, const narrow::Divisor& by_liquidity,
                                 u128 price, u128 target, u128 left, NarrowStep& step) {
    u128 available{};
    if (!narrow::without_fee(left, market.fee_pips, available) || available == 0) return false;
    narrow::Bounds token0{};
    narrow::Bounds token1{};
    if (market.down) {
        if (!narrow::next_price0(price, market.liquidity, available, step.next_price) ||
            step.next_price <= target || step.next_price >= price ||
            !narrow::amount1(price - step.next_price, market.liquidity, token1)) {
            return false;
        }
        step.amount_in = available;
        if (!narrow::input0_is_exact(step.next_price, market.liquidity)) [[unlikely]] {
            if (!narrow::amount0(step.next_price, price, market.liquidity, token0)) return false;
            step.amount_in = token0.up;
        }
        step.amount_out = token1.down;
    } else {
        // amount 2^96 / L, rounded down.
        u128 rise{};
        if (!by_liquidity.divide_shifted(available, 96, rise) || rise == 0 ||
            rise >= target - price) {
            return false;
        }
        step.next_price = price + rise;
        if (!narrow::amount1(rise, market.liquidity, token1) ||
            !narrow::amount0(price, step.next_price, market.liquidity, token0)) {
            return false;
        }
        step.amount_in = token1.up;
        step.amount_out = token0.down;
    }
    // What rounding leaves of the input is fee.
    step.fee = left - step.amount_in;
    return true;
}

u128 narrow_cut(u128 fee, std::uint8_t divisor) noexcept {
    if (divisor == 0) return 0;
    return fee >> 64 == 0 ? static_cast<std::uint64_t>(fee) / divisor : fee / divisor;
}

}  // namespace

/// Where the next boundary lies; false where prices or ticks leave the narrow range.
[[gnu::noinline]] bool UniswapV3Pool::find_segment(const SwapRun& run, std::int32_t cell,
                                                   u128 liquidity, Segment& segment) const {
    const bool down = run.zero_for_one;
    // The search is the same from every tick of the cell: the last one stands for all.
    const NextTick next =
        bitmap_.next_within_one_word(cell * tick_spacing_ + tick_spacing_ - 1, tick_spacing_, down);
    if (next.tick < general_range.min_tick || next.tick > general_range.max_tick) return false;
    const U256 price = sqrt_ratio_at_legal_tick(next.tick);
    if (!price.fits_u128() || price.low_half() >= narrow_price_limit) return false;
    const std::size_t index = next.initialized ? ticks_.lower_bound(next.tick) : Segment::no_tick;
    if (next.initialized && index >= Segment::no_tick) return false;
    segment.cell = cell;
    segment.next_cell = next.tick / tick_spacing_;
    segment.tick_index = static_cast<std::uint32_t>(index);
    segment.next_price = price.low_half();
    segment.liquidity_reciprocal = liquidity == 0 ? 0 : narrow::Divisor{liquidity}.reciprocal();
    segment.crossing = Segment::Crossing::unknown;
    return true;
}

/// What the contract's step does from the border of the cell to the next boundary when enough is
/// left; false when it cannot be said beforehand.
[[gnu::noinline]] bool UniswapV3Pool::fill_crossing(const SwapRun& run, u128 liquidity,
                                                    Segment& segment) const {
    const bool down = run.zero_for_one;
    const std::int32_t start = (segment.cell + (down ? 1 : 0)) * tick_spacing_;
    SwapStep step;
    U256 uncapped_out;
    constexpr Arithmetic style = Arithmetic::wrapping;
    // With 2^256 - 1 available the target is always reached.
    if (swap_amounts<style>(sqrt_ratio_at_legal_tick(start), U256{segment.next_price}, liquidity,
                            U256::max(), true, step, uncapped_out) != Revert::none ||
        detail::mul_div_ceil<style>(step.amount_in, U256{fee_pips_},
                                    U256{narrow::one_in_pips - fee_pips_},
                                    step.fee) != Revert::none) {
        return false;
    }
    const U256 total = wrapping_add(step.amount_in, step.fee);
    const U256 cut = cut_of(step.fee, run.fee_divisor);
    U256 growth;
    if (!total.fits_u128() || !step.amount_out.fits_u128()) return false;
    if (liquidity > 0 &&
        (detail::mul_div<style>(wrapping_subtract(step.fee, cut), U256::power_of_two(128),
                                U256{liquidity}, growth) != Revert::none ||
         !growth.fits_u128())) {
        return false;
    }
    // The condition of the contract, floor(left (10^6 - fee) / 10^6) >= in, is
    // left >= ceil(in 10^6 / (10^6 - fee)) = in + ceil(in fee / (10^6 - fee)).
    segment.total_in = total.low_half();
    segment.amount_out = step.amount_out.low_half();
    segment.growth = growth.low_half();
    segment.protocol_cut = cut.low_half();
    segment.liquidity_after = liquidity;
    return segment.tick_index == Segment::no_tick ||
           add_net(liquidity, ticks_.at(segment.tick_index).liquidity_net, down,
                   segment.liquidity_after) == Revert::none;
}

bool UniswapV3Pool::run_narrow(SwapRun& run, SwapScratch& scratch) const {
    const u128 start_price = run.price.low_half();
    if (!run.left.fits_u128() || !run.other.fits_u128() || !run.price.fits_u128() ||
        start_price >= narrow_price_limit) {
        return false;
    }
    const bool down = run.zero_for_one;
    // A limit above all narrow prices is never met by one.
    const u128 limit = run.limit.fits_u128() ? run.limit.low_half() : ~u128{0};
    NarrowMarket market{run.liquidity, fee_pips_, scratch.without_fee(fee_pips_), down};
    u128 price = start_price;
    u128 left = run.left.low_half();
    u128 other = run.other.low_half();
    u128 growth = run.growth.value().low_half();
    u128 growth_high = run.growth.value().high_half();
    std::int32_t cell = compress(run.tick, tick_spacing_);
    bool boundary = run.boundary;
    bool inside = false;  // the last step ended between two boundaries
    bool stuck = false;
    while (left != 0 && price != limit) {
        Segment& segment = scratch.segment(cell, down);
        if (segment.generation != scratch.generation() || segment.cell != cell) {
            segment.generation = 0;
            if (!find_segment(run, cell, market.liquidity, segment)) {
                stuck = true;
                break;
            }
            segment.generation = scratch.generation();
        }
        const bool within = down ? segment.next_price >= limit : segment.next_price <= limit;
        bool short_of_target = false;
        if (boundary && within) {
            if (segment.crossing == Segment::Crossing::unknown) [[unlikely]] {
                segment.crossing = fill_crossing(run, market.liquidity, segment)
                                       ? Segment::Crossing::known
                                       : Segment::Crossing::impossible;
            }
            if (segment.crossing == Segment::Crossing::known) {
                const u128 spent = run.exact_in ? segment.total_in : segment.amount_out;
                const u128 gained = run.exact_in ? segment.amount_out : segment.total_in;
                u128 sum{};
                if (left >= spent && !__builtin_add_overflow(other, gained, &sum)) {
                    left -= spent;
                    other = sum;
                    growth += segment.growth;
                    growth_high += static_cast<u128>(growth < segment.growth);
                    run.protocol += segment.protocol_cut;
                    price = segment.next_price;
                    market.liquidity = segment.liquidity_after;
                    cell = down ? segment.next_cell - 1 : segment.next_cell;
                    ++run.steps;
                    if (segment.tick_index != Segment::no_tick) {
                        scratch.crossed.push_back(
                            {segment.tick_index,
                             WrappingU256{U256::from_halves(growth_high, growth)}});
                    }
                    continue;
                }
                short_of_target = left < spent;
            }
        }
        if (!run.exact_in || market.liquidity == 0) {
            stuck = true;
            break;
        }

        const narrow::Divisor by_liquidity{market.liquidity, segment.liquidity_reciprocal};
        const u128 target = within ? segment.next_price : limit;
        NarrowStep step;
        bool reached = false;
        if (!short_of_target) {
            if (!whole_step(market, price, target, step)) {
                stuck = true;
                break;
            }
            reached = left >= step.amount_in + step.fee;
        }
        u128 sum{};
        u128 step_growth{};
        if (!reached && !last_step(market, by_liquidity, price, target, left, step)) {
            stuck = true;
            break;
        }
        const u128 cut = narrow_cut(step.fee, run.fee_divisor);
        const bool crosses = reached && within;
        const bool marked = crosses && segment.tick_index != Segment::no_tick;
        u128 liquidity_after = market.liquidity;
        if (__builtin_add_overflow(other, step.amount_out, &sum) ||
            !by_liquidity.divide_shifted(step.fee - cut, 128, step_growth) ||
            (marked && add_net(market.liquidity, ticks_.at(segment.tick_index).liquidity_net, down,
                               liquidity_after) != Revert::none)) {
            stuck = true;
            break;
        }
        left -= step.amount_in + step.fee;
        other = sum;
        growth += step_growth;
        growth_high += static_cast<u128>(growth < step_growth);
        run.protocol += cut;
        price = step.next_price;
        ++run.steps;
        boundary = crosses;
        inside = !crosses;
        if (crosses) {
            market.liquidity = liquidity_after;
            cell = down ? segment.next_cell - 1 : segment.next_cell;
            if (marked) {
                scratch.crossed.push_back(
                    {segment.tick_index, WrappingU256{U256::from_halves(growth_high, growth)}});
            }
        }
    }
    run.left = U256{left};
    run.other = U256{other};
    run.growth = WrappingU256{U256::from_halves(growth_high, growth)};
    run.liquidity = market.liquidity;
    run.boundary = boundary;
    if (price != start_price) {
        run.price = U256{price};
        if (inside) {
            run.tick = tick_at_legal_sqrt_ratio(run.price);
        } else {
            run.tick = cell * tick_spacing_ + (down ? tick_spacing_ - 1 : 0);
        }
    }
    return !stuck;
}

}  // namespace voltcore::amm
