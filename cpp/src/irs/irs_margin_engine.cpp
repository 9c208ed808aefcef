#include "irs_transaction.hpp"

namespace voltcore::irs {

namespace {

/// growth * liquidity / 2^128, floor; false from 2^192 and 2^64 on. Below them the product fits 256
/// bits and what is left of it 128: nothing of it can fail.
bool narrow_earned(const U256& growth, u128 liquidity, U256& out) {
    const auto factor = static_cast<std::uint64_t>(liquidity);
    if (growth.limb(3) != 0 || liquidity != factor) return false;
    std::uint64_t carry = 0;
    (void)math::limbs::multiply_add(growth.limb(0), factor, 0, carry);
    (void)math::limbs::multiply_add(growth.limb(1), factor, 0, carry);
    const std::uint64_t low = math::limbs::multiply_add(growth.limb(2), factor, 0, carry);
    out = U256::from_limbs(low, carry, 0, 0);
    return true;
}
U256 earned(const U256& growth, u128 liquidity) {
    U256 out;
    return narrow_earned(growth, liquidity, out) ? out
                                                 : math::mul_div(growth, U256{liquidity}, q128);
}
/// Toward zero.
I256 earned(const I256& growth, u128 liquidity) {
    U256 size;
    if (!narrow_earned(growth.magnitude(), liquidity, size)) {
        return math::mul_div_signed(growth, U256{liquidity}, q128);
    }
    return I256::from_bits(growth.is_negative() ? wrapping_negate(size) : size);
}

}  // namespace

/// What the margin calculation reads of the pool, each when it asks for it.
class IrsPool::EngineInputs final : public MarginInputs {
public:
    explicit EngineInputs(IrsPool& pool) : pool_{pool} {}

    U256 historical_apy_wad() override { return pool_.historical_apy(); }
    U256 variable_factor_wad() override {
        return pool_.oracle_.variable_factor(pool_.config_.term, pool_.scalars_.now);
    }
    U256 variable_factor_no_cache_wad() override {
        return pool_.oracle_.variable_factor_no_cache(pool_.config_.term, pool_.scalars_.now);
    }

private:
    IrsPool& pool_;
};

const GrowthInside& IrsPool::growth_inside(std::int32_t tick_lower, std::int32_t tick_upper) {
    if (!inside_ || inside_->tick_lower != tick_lower || inside_->tick_upper != tick_upper) {
        inside_ = {tick_lower, tick_upper, compute_growth_inside(tick_lower, tick_upper)};
    }
    return inside_->growth;
}

Position& IrsPool::refreshed(const PositionKey& key, bool is_mint_burn) {
    check(amm::check_ticks(key.tick_lower, key.tick_upper, amm::rates_range), "refresh");
    Position& position = positions_.edit(key);
    if (position.liquidity == 0 && !is_mint_burn) return position;
    const GrowthInside& inside = growth_inside(key.tick_lower, key.tick_upper);
    if (position.liquidity > 0) {
        const I256 fixed =
            earned(inside.fixed_token_growth_x128 - position.fixed_token_growth_inside_last_x128,
                   position.liquidity);
        const I256 variable = earned(
            inside.variable_token_growth_x128 - position.variable_token_growth_inside_last_x128,
            position.liquidity);
        const U256 fee =
            earned(wrapping_subtract(inside.fee_growth_x128, position.fee_growth_inside_last_x128),
                   position.liquidity);
        // The contract takes one unit off both balances each time, also when nothing happened.
        constexpr I256 one{1};
        position.fixed_token_balance += fixed - one;
        position.variable_token_balance += variable - one;
        if (!fee.is_zero()) {
            const U256 credited = fee - U256{1U};
            position.accumulated_fees += credited;
            position.margin += math::to_int256(credited);
        }
    }
    position.fixed_token_growth_inside_last_x128 = inside.fixed_token_growth_x128;
    position.variable_token_growth_inside_last_x128 = inside.variable_token_growth_x128;
    position.fee_growth_inside_last_x128 = inside.fee_growth_x128;
    return position;
}

const Position& IrsPool::refreshed_to_read(const PositionKey& key) {
    check(amm::check_ticks(key.tick_lower, key.tick_upper, amm::rates_range), "refresh");
    static const Position nothing{};
    const Position* position = positions_.find(key);
    if (position == nullptr) return nothing;
    // Without liquidity nothing is credited.
    return position->liquidity == 0 ? *position : refreshed(key, false);
}

void IrsPool::drop_empty(const PositionKey& key, const Position& position) {
    // Nearly every position has margin, and is not empty for that.
    if (position.margin.is_zero() && position == Position{}) positions_.erase(key);
}

void IrsPool::drop_empty(const PositionKey& key) {
    if (const Position* position = positions_.find(key)) drop_empty(key, *position);
}

void IrsPool::refresh_historical_apy() {
    EngineState& engine = scalars_.engine;
    const U256 now{scalars_.now};
    engine.cached_apy_wad =
        oracle_.apy_from_to(now - engine.lookback_window_seconds, now, scalars_.now);
    engine.cached_apy_timestamp = now;
}

U256 IrsPool::historical_apy() {
    const EngineState& engine = scalars_.engine;
    if (U256{scalars_.now} - engine.cached_apy_timestamp > engine.cache_max_age_seconds) {
        refresh_historical_apy();
    }
    return engine.cached_apy_wad;
}

U256 IrsPool::requirement_of(const PositionKey& key, const Position& position, bool is_lm) {
    EngineInputs inputs{*this};
    MarginCalculator calculator{
        scalars_.engine.parameters, config_.revision, config_.term, now_wad(), inputs, memory_};
    return calculator.position_requirement(
        position.liquidity, {position.fixed_token_balance, position.variable_token_balance},
        key.tick_lower, key.tick_upper, is_lm, scalars_.vamm.sqrt_price_x96, scalars_.vamm.tick);
}

U256 IrsPool::after_mint_burn(const PositionKey& key, i128 change) {
    constexpr std::string_view op = "update_position_post_vamm_induced_mint_burn";
    require_unpaused(scalars_.engine.paused, op);
    Position& position = refreshed(key, true);
    check(amm::add_delta(position.liquidity, change, position.liquidity), op);
    U256 requirement;
    if (change > 0) {
        requirement = requirement_of(key, position, false);
        if (position.margin <= math::to_int256(requirement)) {
            fail_with(Revert::margin_less_than_minimum, op, requirement);
        }
    }
    position.reward_per_amount = U256{};
    return requirement;
}

bool IrsPool::is_unwind(const I256& balance, const I256& change) const {
    if (balance.is_zero() || change.is_zero()) return false;
    if (balance.is_negative() == change.is_negative()) return false;
    if (rules().flip_counts_as_unwind) return true;
    const I256 after = balance + change;
    return after.is_zero() || after.is_negative() == balance.is_negative();
}

U256 IrsPool::after_swap(const PositionKey& key, const SwapReceipt& receipt) {
    constexpr std::string_view op = "update_position_post_vamm_induced_swap";
    require_unpaused(scalars_.engine.paused, op);
    Position& position = refreshed(key, false);
    const bool unwinds = is_unwind(position.variable_token_balance, receipt.variable_token_delta);
    apply_swap(position, receipt);
    const U256 requirement = requirement_of(key, position, false);
    if (!unwinds && math::to_int256(requirement) > position.margin) {
        fail_with(Revert::margin_requirement_not_met, op, requirement, scalars_.vamm.tick,
                  receipt.fixed_token_delta, receipt.variable_token_delta, receipt.cumulative_fee,
                  receipt.fixed_token_delta_unbalanced);
    }
    position.reward_per_amount = U256{};
    return requirement;
}

void IrsPool::apply_swap(Position& position, const SwapReceipt& receipt) {
    if (!receipt.cumulative_fee.is_zero()) {
        position.margin -= math::to_int256(receipt.cumulative_fee);
    }
    position.fixed_token_balance += receipt.fixed_token_delta;
    position.variable_token_balance += receipt.variable_token_delta;
}

void IrsPool::update_position_margin(AccountId caller, std::uint32_t now,
                                     const PositionKey& position, const I256& margin_delta) {
    constexpr std::string_view op = "update_position_margin";
    Transaction transaction{*this, caller, now, op};
    require_unpaused(scalars_.engine.paused, op);
    if (margin_delta.is_zero()) check(Revert::zero_margin_delta, op);
    if (position.owner == nobody) check(Revert::null_owner, op);
    check(amm::check_ticks(position.tick_lower, position.tick_upper, amm::rates_range), op);
    if (scalars_.engine.is_alpha && caller != config_.periphery) check(Revert::periphery_only, op);
    Position& record = refreshed(position, false);
    if (margin_delta.is_negative()) {
        if (!is_sender_or_approved(caller, position.owner)) {
            check(Revert::only_position_owner, op);
        }
        record.margin += margin_delta;
        check_withdrawal(position, record);
        transfer_margin(position.owner, margin_delta.magnitude());
    } else {
        record.margin += margin_delta;
        pull(caller, margin_delta.magnitude());
    }
    record.reward_per_amount = U256{};
    drop_empty(position);
    transaction.keep();
}

void IrsPool::check_withdrawal(const PositionKey& key, const Position& position) {
    constexpr std::string_view op = "update_position_margin";
    if (now_wad() >= config_.term.end_wad) {
        if (!position.is_settled) check(Revert::position_not_settled, op);
        if (position.margin.is_negative()) check(Revert::withdrawal_exceeds_margin, op);
        return;
    }
    const U256 requirement = requirement_of(key, position, false);
    // Strictly more: with a requirement of 0 one unit has to stay.
    if (position.margin <= math::to_int256(requirement)) {
        fail_with(Revert::margin_less_than_minimum, op, requirement);
    }
}

void IrsPool::settle_position(AccountId caller, std::uint32_t now, const PositionKey& position) {
    constexpr std::string_view op = "settle_position";
    Transaction transaction{*this, caller, now, op};
    require_unpaused(scalars_.engine.paused, op);
    if (config_.term.end_wad > now_wad()) check(Revert::settle_before_maturity, op);
    Position& record = refreshed(position, false);
    const U256 factor = oracle_.variable_factor(config_.term, now);
    const I256 cashflow = settlement_cashflow(
        record.fixed_token_balance, record.variable_token_balance, config_.term, factor, now_wad());
    record.fixed_token_balance = I256{};
    record.variable_token_balance = I256{};
    record.margin += cashflow;
    if (record.is_settled) check(Revert::already_settled, op);
    record.is_settled = true;
    transaction.keep();
}

U256 IrsPool::liquidate_position(AccountId caller, std::uint32_t now, const PositionKey& position) {
    constexpr std::string_view op = "liquidate_position";
    Transaction transaction{*this, caller, now, op};
    require_unpaused(scalars_.engine.paused, op);
    if (is_near_maturity()) check(Revert::close_to_maturity_custom, op);
    Position& record = refreshed(position, false);
    const U256 requirement = requirement_of(position, record, true);
    if (record.margin >= math::to_int256(requirement)) check(Revert::cannot_liquidate, op);

    const U256& reward_wad = scalars_.engine.liquidator_reward_wad;
    if (record.reward_per_amount.is_zero() && !record.margin.is_negative() &&
        !record.margin.is_zero()) {
        if (record.variable_token_balance.is_min()) check(Revert::panic_overflow, op);
        record.reward_per_amount =
            math::ud60x18_div(math::ud60x18_mul(record.margin.to_bits(), reward_wad),
                              record.variable_token_balance.magnitude());
    }
    U256 reward;
    if (record.liquidity > 0) {
        burn_liquidity(Role::margin_engine, caller, position, record.liquidity);
        record.liquidity = 0;
        // The contract reads the margin as unsigned here: a negative one gives a reward that the
        // engine cannot pay, unless the reward rate is 0.
        reward += math::ud60x18_mul(record.margin.to_bits(), reward_wad);
    }
    if (!record.variable_token_balance.is_zero()) {
        constexpr U256 one{1U};
        const U256 limit = record.variable_token_balance.is_negative()
                               ? amm::rates_range.min_sqrt_ratio + one
                               : amm::rates_range.max_sqrt_ratio - one;
        const SwapReceipt receipt =
            run_swap(Role::margin_engine, caller, position, record.variable_token_balance, limit);
        apply_swap(record, receipt);
        const I256& unwound = receipt.variable_token_delta;
        if (!unwound.is_zero()) {
            reward += math::ud60x18_mul(unwound.magnitude(), record.reward_per_amount);
        }
    }
    if (!reward.is_zero()) {
        record.margin -= math::to_int256(reward);
        pay(caller, reward);
    }
    transaction.keep();
    return reward;
}

Position IrsPool::get_position(AccountId caller, std::uint32_t now, const PositionKey& position) {
    Reading reading{*this, caller, now, "get_position"};
    const Position record = refreshed_to_read(position);
    drop_empty(position, record);
    reading.keep();
    return record;
}

U256 IrsPool::get_position_margin_requirement(AccountId caller, std::uint32_t now,
                                              const PositionKey& position, bool is_lm) {
    Reading reading{*this, caller, now, "get_position_margin_requirement"};
    const Position& record = refreshed_to_read(position);
    const U256 requirement = requirement_of(position, record, is_lm);
    drop_empty(position, record);
    reading.keep();
    return requirement;
}

U256 IrsPool::get_historical_apy(AccountId caller, std::uint32_t now) {
    Reading reading{*this, caller, now, "get_historical_apy"};
    const U256 apy = historical_apy();
    reading.keep();
    return apy;
}

}  // namespace voltcore::irs
