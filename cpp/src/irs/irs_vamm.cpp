#include "irs_transaction.hpp"

namespace voltcore::irs {

namespace {

constexpr u128 int128_limit = u128{1} << 127;

i128 checked_int128(u128 amount, std::string_view op) {
    if (amount >= int128_limit) check(Revert::to_int128_overflow, op);
    return static_cast<i128>(amount);
}

}  // namespace

void IrsPool::initialize_vamm(AccountId caller, std::uint32_t now, const U256& sqrt_price_x96) {
    constexpr std::string_view op = "initialize_vamm";
    Transaction transaction{*this, caller, now, op};
    VammState& vamm = scalars_.vamm;
    if (sqrt_price_x96.is_zero()) check(Revert::zero_input_price, op);
    if (sqrt_price_x96 < amm::rates_range.min_sqrt_ratio ||
        sqrt_price_x96 >= amm::rates_range.max_sqrt_ratio) {
        check(Revert::ratio_out_of_range, op);
    }
    if (!vamm.sqrt_price_x96.is_zero()) {
        fail_with(Revert::vamm_already_initialized, op, vamm.sqrt_price_x96);
    }
    check(amm::tick_at_sqrt_ratio(sqrt_price_x96, amm::rates_range, vamm.tick), op);
    vamm.sqrt_price_x96 = sqrt_price_x96;
    vamm.unlocked = true;
    vamm.fee_protocol = 0;  // as the contract does: a value set before is lost
    transaction.keep();
}

U256 IrsPool::mint(AccountId caller, std::uint32_t now, const PositionKey& position, u128 amount) {
    constexpr std::string_view op = "mint";
    Transaction transaction{*this, caller, now, op};
    const VammState& vamm = scalars_.vamm;
    if (vamm.is_alpha && caller != config_.periphery) check(Revert::periphery_only, op);
    require_unpaused(vamm.paused, op);
    if (is_near_maturity()) check(Revert::close_to_maturity, op);
    if (!vamm.unlocked) check(Revert::pool_locked, op);
    if (amount == 0) fail_with(Revert::zero_mint, op, U256{amount});
    if (!is_sender_or_approved(caller, position.owner)) {
        check(rules().short_texts ? Revert::not_approved : Revert::mint_not_approved, op);
    }
    const U256 requirement = update_position(Role::account, position, checked_int128(amount, op));
    transaction.keep();
    return requirement;
}

U256 IrsPool::burn(AccountId caller, std::uint32_t now, const PositionKey& position, u128 amount) {
    Transaction transaction{*this, caller, now, "burn"};
    burn_liquidity(Role::account, caller, position, amount);
    transaction.keep();
    return U256{};
}

void IrsPool::burn_liquidity(Role role, AccountId sender, const PositionKey& key, u128 amount) {
    constexpr std::string_view op = "burn";
    const VammState& vamm = scalars_.vamm;
    const bool is_engine = role == Role::margin_engine;
    if (vamm.is_alpha && !is_engine && sender != config_.periphery) {
        check(Revert::periphery_only, op);
    }
    require_unpaused(vamm.paused, op);
    if (!vamm.unlocked) check(Revert::pool_locked, op);
    if (amount == 0) fail_with(Revert::zero_burn, op, U256{amount});
    if (!is_engine && !is_sender_or_approved(sender, key.owner)) {
        check(Revert::burn_not_approved, op);
    }
    (void)update_position(role, key, -checked_int128(amount, op));
}

bool IrsPool::update_tick(std::int32_t tick, i128 change, bool upper) {
    constexpr std::string_view op = "update_tick";
    const VammState& vamm = scalars_.vamm;
    RateTick& record = ticks_.edit(tick);
    const u128 before = record.liquidity_gross;
    i128 sum{};
    if (__builtin_add_overflow(static_cast<i128>(before), change, &sum)) {
        check(Revert::panic_overflow, op);
    }
    if (sum < 0) check(Revert::not_enough_to_burn, op);
    u128 after{};
    check(amm::add_delta(before, change, after), op);
    if (after > config_.max_liquidity_per_tick) check(Revert::liquidity_over_maximum, op);
    if (before == 0) {
        // By convention all growth so far happened below the tick.
        if (tick <= vamm.tick) {
            record.fee_growth_outside_x128 = vamm.fee_growth_global_x128;
            record.fixed_token_growth_outside_x128 = vamm.fixed_token_growth_global_x128;
            record.variable_token_growth_outside_x128 = vamm.variable_token_growth_global_x128;
        }
        record.initialized = true;
    }
    record.liquidity_gross = after;
    i128 net{};
    const bool overflows = upper ? __builtin_sub_overflow(record.liquidity_net, change, &net)
                                 : __builtin_add_overflow(record.liquidity_net, change, &net);
    if (overflows) check(Revert::panic_overflow, op);
    record.liquidity_net = net;
    return (after == 0) != (before == 0);
}

void IrsPool::flip_tick(std::int32_t tick) {
    flips_.push_back(tick);
    const Revert revert = bitmap_.flip(tick, config_.tick_spacing);
    if (revert != Revert::none) {
        flips_.pop_back();
        check(revert, "flip_tick");
    }
}

U256 IrsPool::update_position(Role role, const PositionKey& key, i128 change) {
    const std::int32_t lower = key.tick_lower;
    const std::int32_t upper = key.tick_upper;
    check(amm::check_ticks(lower, upper, amm::rates_range), "update_position");
    const bool flipped_lower = update_tick(lower, change, false);
    const bool flipped_upper = update_tick(upper, change, true);
    if (flipped_lower) flip_tick(lower);
    if (flipped_upper) flip_tick(upper);

    disturb();
    // The engine reads the growth inside before ticks are cleared and liquidity changes.
    U256 requirement;
    if (role != Role::margin_engine) requirement = after_mint_burn(key, change);

    if (change < 0) {
        if (flipped_lower) ticks_.erase(lower);
        if (flipped_upper) ticks_.erase(upper);
    }
    oracle_.write_oracle_entry(scalars_.now);
    disturb();
    VammState& vamm = scalars_.vamm;
    if (lower <= vamm.tick && vamm.tick < upper) {
        check(amm::add_delta(vamm.liquidity, change, vamm.liquidity), "update_position");
    }
    return requirement;
}

GrowthInside IrsPool::compute_growth_inside(std::int32_t tick_lower,
                                            std::int32_t tick_upper) const {
    check(amm::check_ticks(tick_lower, tick_upper, amm::rates_range), "compute_growth_inside");
    static const RateTick nothing{};
    const RateTick* found_lower = ticks_.find(tick_lower);
    const RateTick* found_upper = ticks_.find(tick_upper);
    const RateTick& lower = found_lower != nullptr ? *found_lower : nothing;
    const RateTick& upper = found_upper != nullptr ? *found_upper : nothing;
    const VammState& vamm = scalars_.vamm;
    const auto inside = [&](const I256& global, const I256& outside_lower,
                            const I256& outside_upper) {
        const I256 below = vamm.tick >= tick_lower ? outside_lower : global - outside_lower;
        const I256 above = vamm.tick < tick_upper ? outside_upper : global - outside_upper;
        return global - (below + above);
    };
    const I256 fee = inside(math::to_int256(vamm.fee_growth_global_x128),
                            math::to_int256(lower.fee_growth_outside_x128),
                            math::to_int256(upper.fee_growth_outside_x128));
    return {inside(vamm.fixed_token_growth_global_x128, lower.fixed_token_growth_outside_x128,
                   upper.fixed_token_growth_outside_x128),
            inside(vamm.variable_token_growth_global_x128, lower.variable_token_growth_outside_x128,
                   upper.variable_token_growth_outside_x128),
            fee.to_bits()};
}

void IrsPool::update_protocol_fees(AccountId caller, std::uint32_t now, const U256&) {
    // Only the margin engine calls this, from collect_protocol; nobody outside is the engine.
    Transaction transaction{*this, caller, now, "update_protocol_fees"};
    check(Revert::only_margin_engine, "update_protocol_fees");
}

}  // namespace voltcore::irs
