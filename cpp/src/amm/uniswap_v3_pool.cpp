#include "voltcore/amm/uniswap_v3_pool.hpp"

#include <string>

#include "uniswap_v3_run.hpp"

namespace voltcore::amm {

namespace {

using math::check;

constexpr U256 q128 = U256::power_of_two(128);
constexpr u128 int128_limit = u128{1} << 127;

/// Undoes everything since it was made, unless told to keep it.
class Undo {
public:
    Undo(JournaledMap<std::int32_t, UniswapTick>& ticks,
         JournaledMap<PositionKey, UniswapPosition>& positions, TickBitmap& bitmap,
         UniswapState& state)
        : ticks_{ticks},
          positions_{positions},
          bitmap_{bitmap},
          state_{state},
          bitmap_before_{bitmap},
          state_before_{state} {}
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        if (kept_) return;
        ticks_.rollback();
        positions_.rollback();
        bitmap_ = std::move(bitmap_before_);
        state_ = state_before_;
    }
    void keep() noexcept {
        ticks_.commit();
        positions_.commit();
        kept_ = true;
    }

private:
    JournaledMap<std::int32_t, UniswapTick>& ticks_;
    JournaledMap<PositionKey, UniswapPosition>& positions_;
    TickBitmap& bitmap_;
    UniswapState& state_;
    TickBitmap bitmap_before_;
    UniswapState state_before_;
    bool kept_{};
};

u128 change_liquidity(u128 liquidity, i128 change, std::string_view op) {
    u128 out{};
    if (add_delta(liquidity, change, out) != Revert::none) {
        check(change < 0 ? Revert::liquidity_subtraction : Revert::liquidity_addition, op);
    }
    return out;
}

/// |amount| of a signed amount; what a mint takes or a burn gives.
U256 size_of(const I256& amount) { return amount.magnitude(); }

}  // namespace

UniswapV3Pool::UniswapV3Pool(std::uint32_t fee_pips, std::int32_t tick_spacing)
    : fee_pips_{fee_pips}, tick_spacing_{tick_spacing} {
    if (fee_pips >= 1'000'000) {
        refuse({.code = ErrorCode::out_of_range,
                .field = "fee_pips",
                .value = std::to_string(fee_pips),
                .bound = "is not in [0, 999999]",
                .op = {},
                .onchain = {}});
    }
    if (max_liquidity_per_tick_of(tick_spacing) != Revert::none) {
        refuse({.code = ErrorCode::out_of_range,
                .field = "tick_spacing",
                .value = std::to_string(tick_spacing),
                .bound = "is not in [1, 16383]",
                .op = {},
                .onchain = {}});
    }
}

Revert UniswapV3Pool::max_liquidity_per_tick_of(std::int32_t spacing) noexcept {
    return amm::max_liquidity_per_tick(spacing, general_range, max_liquidity_);
}

void UniswapV3Pool::initialize(const U256& sqrt_price_x96) {
    constexpr std::string_view op = "initialize";
    if (!state_.sqrt_price_x96.is_zero()) check(Revert::pool_already_initialized, op);
    std::int32_t tick{};
    check(tick_at_sqrt_ratio(sqrt_price_x96, general_range, tick), op);
    state_.sqrt_price_x96 = sqrt_price_x96;
    state_.tick = tick;
    state_.fee_protocol = 0;
}

bool UniswapV3Pool::update_tick(std::int32_t tick, i128 change, bool upper, std::string_view op) {
    UniswapTick& record = ticks_.edit(tick);
    const u128 before = record.liquidity_gross;
    const u128 after = change_liquidity(before, change, op);
    if (after > max_liquidity_) check(Revert::liquidity_over_maximum, op);
    if (before == 0) {
        // By convention all growth so far happened below the tick.
        if (tick <= state_.tick) {
            record.fee_growth_outside0_x128 = state_.fee_growth_global0_x128;
            record.fee_growth_outside1_x128 = state_.fee_growth_global1_x128;
        }
        record.initialized = true;
    }
    record.liquidity_gross = after;
    i128 net{};
    const bool overflows = upper ? __builtin_sub_overflow(record.liquidity_net, change, &net)
                                 : __builtin_add_overflow(record.liquidity_net, change, &net);
    if (overflows) check(Revert::empty_overflow, op);
    record.liquidity_net = net;
    return (after == 0) != (before == 0);
}

UniswapGrowth UniswapV3Pool::fee_growth_inside(std::int32_t lower,
                                               std::int32_t upper) const noexcept {
    static const UniswapTick nothing{};
    const UniswapTick* found_low = ticks_.find(lower);
    const UniswapTick* found_high = ticks_.find(upper);
    const UniswapTick& low = found_low != nullptr ? *found_low : nothing;
    const UniswapTick& high = found_high != nullptr ? *found_high : nothing;
    const auto inside = [&](const WrappingU256& global, const WrappingU256& outside_low,
                            const WrappingU256& outside_high) {
        const WrappingU256 below = state_.tick >= lower ? outside_low : global - outside_low;
        const WrappingU256 above = state_.tick < upper ? outside_high : global - outside_high;
        return global - below - above;
    };
    return {inside(state_.fee_growth_global0_x128, low.fee_growth_outside0_x128,
                   high.fee_growth_outside0_x128),
            inside(state_.fee_growth_global1_x128, low.fee_growth_outside1_x128,
                   high.fee_growth_outside1_x128)};
}

TokenAmounts UniswapV3Pool::modify_position(const PositionKey& key, i128 change,
                                            std::string_view op) {
    const std::int32_t lower = key.tick_lower;
    const std::int32_t upper = key.tick_upper;
    check(check_ticks(lower, upper, general_range), op);
    bool flipped_lower = false;
    bool flipped_upper = false;
    if (change != 0) {
        flipped_lower = update_tick(lower, change, false, op);
        flipped_upper = update_tick(upper, change, true, op);
        for (const auto& [flipped, tick] :
             {std::pair{flipped_lower, lower}, std::pair{flipped_upper, upper}}) {
            if (flipped && bitmap_.flip(tick, tick_spacing_) != Revert::none) {
                check(Revert::empty_tick_off_spacing, op);
            }
        }
    }

    const UniswapGrowth inside = fee_growth_inside(lower, upper);
    UniswapPosition& position = positions_.edit(key);
    if (change == 0 && position.liquidity == 0) check(Revert::position_is_empty, op);
    const u128 liquidity_after = change_liquidity(position.liquidity, change, op);
    const auto owed = [&](const WrappingU256& now, const WrappingU256& last) {
        U256 out;
        // Below 2^256 * 2^128 / 2^128; the contract keeps the low 128 bits.
        check(detail::mul_div<Arithmetic::wrapping>((now - last).value(), U256{position.liquidity},
                                                    q128, out),
              op);
        return out.low_half();
    };
    position.tokens_owed0 += owed(inside.token0, position.fee_growth_inside0_last_x128);
    position.tokens_owed1 += owed(inside.token1, position.fee_growth_inside1_last_x128);
    position.liquidity = liquidity_after;
    position.fee_growth_inside0_last_x128 = inside.token0;
    position.fee_growth_inside1_last_x128 = inside.token1;

    if (change < 0) {
        if (flipped_lower) ticks_.erase(lower);
        if (flipped_upper) ticks_.erase(upper);
    }
    if (change == 0) return {};

    const U256 low = sqrt_ratio_at_legal_tick(lower);
    const U256 high = sqrt_ratio_at_legal_tick(upper);
    const U256& price = state_.sqrt_price_x96;
    I256 amount0;
    I256 amount1;
    constexpr Arithmetic style = Arithmetic::wrapping;
    if (state_.tick < lower) {
        check(amount0_delta_signed<style>(low, high, change, amount0), op);
    } else if (state_.tick < upper) {
        check(amount0_delta_signed<style>(price, high, change, amount0), op);
        check(amount1_delta_signed<style>(low, price, change, amount1), op);
        state_.liquidity = change_liquidity(state_.liquidity, change, op);
    } else {
        check(amount1_delta_signed<style>(low, high, change, amount1), op);
    }
    return {size_of(amount0), size_of(amount1)};
}

TokenAmounts UniswapV3Pool::mint(const PositionKey& key, u128 amount) {
    constexpr std::string_view op = "mint";
    if (state_.sqrt_price_x96.is_zero()) check(Revert::pool_locked, op);
    if (amount == 0) check(Revert::empty_zero, op);
    if (amount >= int128_limit) check(Revert::empty_overflow, op);
    Undo undo{ticks_, positions_, bitmap_, state_};
    const TokenAmounts amounts = modify_position(key, static_cast<i128>(amount), op);
    undo.keep();
    scratch_.forget_segments();
    return amounts;
}

TokenAmounts UniswapV3Pool::burn(const PositionKey& key, u128 amount) {
    constexpr std::string_view op = "burn";
    if (state_.sqrt_price_x96.is_zero()) check(Revert::pool_locked, op);
    if (amount >= int128_limit) check(Revert::empty_overflow, op);
    Undo undo{ticks_, positions_, bitmap_, state_};
    const TokenAmounts amounts = modify_position(key, -static_cast<i128>(amount), op);
    UniswapPosition& position = positions_.edit(key);
    position.tokens_owed0 += amounts.amount0.low_half();
    position.tokens_owed1 += amounts.amount1.low_half();
    undo.keep();
    scratch_.forget_segments();
    return amounts;
}

TokenAmounts UniswapV3Pool::collect(const PositionKey& key, u128 amount0_requested,
                                    u128 amount1_requested) {
    if (state_.sqrt_price_x96.is_zero()) check(Revert::pool_locked, "collect");
    const std::size_t i = positions_.lower_bound(key);
    if (i == positions_.size() || positions_.keys()[i] != key) return {};
    UniswapPosition& position = positions_.settle_at(i);
    const u128 amount0 = std::min(amount0_requested, position.tokens_owed0);
    const u128 amount1 = std::min(amount1_requested, position.tokens_owed1);
    position.tokens_owed0 -= amount0;
    position.tokens_owed1 -= amount1;
    return {U256{amount0}, U256{amount1}};
}

void UniswapV3Pool::set_fee_protocol(std::uint8_t fee_protocol0, std::uint8_t fee_protocol1) {
    constexpr std::string_view op = "set_fee_protocol";
    if (state_.sqrt_price_x96.is_zero()) check(Revert::pool_locked, op);
    const auto legal = [](std::uint8_t p) { return p == 0 || (p >= 4 && p <= 10); };
    if (!legal(fee_protocol0) || !legal(fee_protocol1)) check(Revert::empty_fee_protocol, op);
    state_.fee_protocol = static_cast<std::uint8_t>(fee_protocol0 + 16 * fee_protocol1);
    scratch_.forget_segments();
}

UniswapSwap UniswapV3Pool::swap(bool zero_for_one, const I256& amount_specified,
                                const U256& sqrt_price_limit_x96) {
    UniswapSwap out;
    check(try_swap(zero_for_one, amount_specified, sqrt_price_limit_x96, out), "swap");
    return out;
}

UniswapSwap UniswapV3Pool::quote(bool zero_for_one, const I256& amount_specified,
                                 const U256& sqrt_price_limit_x96) {
    UniswapSwap out;
    check(try_quote(zero_for_one, amount_specified, sqrt_price_limit_x96, scratch_, out), "quote");
    return out;
}

void UniswapV3Pool::audit() const {
    const auto broken = [](const char* what) {
        refuse({.code = ErrorCode::invariant,
                .field = "pool",
                .value = {},
                .bound = what,
                .op = "audit",
                .onchain = {}});
    };
    if (fee_pips_ >= 1'000'000 || tick_spacing_ < 1 || tick_spacing_ > 16'383) {
        broken("has a fee or a tick spacing of no pool");
    }
    if (!ticks_.is_well_formed() || !positions_.is_well_formed()) broken("has misordered keys");
    i128 net = 0;
    i128 active = 0;
    std::size_t marked = 0;
    for (const TickBitmap::Word& word : bitmap_.words()) {
        marked += static_cast<std::size_t>(
            256 - std::popcount(~word.bits.limb(0)) - std::popcount(~word.bits.limb(1)) -
            std::popcount(~word.bits.limb(2)) - std::popcount(~word.bits.limb(3)));
    }
    for (std::size_t i = 0; i < ticks_.size(); ++i) {
        const std::int32_t tick = ticks_.keys()[i];
        const UniswapTick& record = ticks_.at(i);
        net += record.liquidity_net;
        if (tick <= state_.tick) active += record.liquidity_net;
        const std::int32_t bit = compress(tick, tick_spacing_);
        const bool set = bitmap_.word(static_cast<std::int16_t>(bit >> 8)).bit(bit & 255);
        if (record.liquidity_gross == 0 || !set) broken("has a tick without liquidity or bit");
    }
    if (marked != ticks_.size()) broken("has a bit in the bitmap without a tick");
    if (net != 0) broken("has ticks whose liquidity_net does not sum to 0");
    if (active < 0 || static_cast<u128>(active) != state_.liquidity) {
        broken("has an active liquidity that is not the sum of the nets below the price");
    }
    if (state_.sqrt_price_x96.is_zero()) return;
    if (state_.sqrt_price_x96 < sqrt_ratio_at_legal_tick(state_.tick) ||
        (state_.tick < general_range.max_tick &&
         state_.sqrt_price_x96 > sqrt_ratio_at_legal_tick(state_.tick + 1))) {
        broken("has a price outside its tick");
    }
}

}  // namespace voltcore::amm
