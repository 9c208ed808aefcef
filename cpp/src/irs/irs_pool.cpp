#include "voltcore/irs/irs_pool.hpp"

#include "irs_transaction.hpp"
#include "voltcore/math/ray.hpp"

namespace voltcore::irs {

namespace {

constexpr U256 most_fee_wad{std::uint64_t{20'000'000'000'000'000}};
constexpr U256 most_liquidator_reward_wad{std::uint64_t{300'000'000'000'000'000}};
constexpr U256 least_lookback_seconds{3'600U};
constexpr U256 most_lookback_seconds{315'360'000U};
constexpr U256 most_cache_age_seconds{1'209'600U};

[[noreturn]] void refuse_argument(ErrorCode code, const char* field, const std::string& value,
                                  const char* bound, std::string_view op) {
    refuse({.code = code,
            .field = field,
            .value = value,
            .bound = bound,
            .op = std::string{op},
            .onchain = {}});
}

void require_rate(const U256& rate_ray, std::string_view op) {
    // A source fails on a zero index with a text of its own.
    if (rate_ray.is_zero()) {
        refuse_argument(ErrorCode::not_positive, "rate_ray", "0", "is not positive", op);
    }
    if (rate_ray.bit_length() > 216) check(Revert::oracle_value_too_wide, op);
}

}  // namespace

IrsPool::IrsPool(const PoolConfig& config, const OracleSetup& oracle, std::uint32_t now)
    : config_{config} {
    constexpr std::string_view op = "deploy";
    if (config.owner == nobody || config.owner == module_account) {
        refuse_argument(ErrorCode::out_of_range, "owner", std::to_string(config.owner),
                        "is not in [1, 2^64 - 2]", op);
    }
    if (config.periphery == module_account) {
        refuse_argument(ErrorCode::out_of_range, "periphery", std::to_string(config.periphery),
                        "is not in [0, 2^64 - 2]", op);
    }
    if (now == 0) refuse_argument(ErrorCode::not_positive, "now", "0", "is not positive", op);
    check(amm::max_liquidity_per_tick(config.tick_spacing, amm::rates_range,
                                      config_.max_liquidity_per_tick),
          op);
    const Term& term = config.term;
    if (term.start_wad.is_zero()) {
        check(rules().short_texts ? Revert::term_time_zero : Revert::term_start_zero, op);
    }
    if (term.end_wad.is_zero()) {
        check(rules().short_texts ? Revert::term_time_zero : Revert::term_end_zero, op);
    }
    if (term.end_wad <= term.start_wad) check(Revert::term_misordered, op);
    if (config.revision == Revision::r22 && oracle.kind == OracleKind::linear) {
        refuse_argument(ErrorCode::bad_combination, "oracle_kind", "linear",
                        "does not exist in R22", op);
    }
    require_rate(oracle.rate_ray, op);
    scalars_.now = now;
    oracle_ = RateOracle{oracle.kind,     config.revision,         oracle.times, oracle.values,
                         oracle.rate_ray, oracle.report_timestamp, now};
}

void IrsPool::restart(const IrsPool& other) {
    const bool same_rules =
        config_ == other.config_ && scalars_.engine.parameters == other.scalars_.engine.parameters;
    std::vector<MarginMemory::AtTime> known = std::move(memory_.known);
    *this = other;
    if (!same_rules) known.clear();
    memory_.known = std::move(known);
    memory_.keeps_times = true;
}

void IrsPool::enter(AccountId caller, std::uint32_t now, std::string_view op) {
    if (caller == nobody || caller == module_account) {
        refuse_argument(ErrorCode::out_of_range, "caller", std::to_string(caller),
                        "is not in [1, 2^64 - 2]", op);
    }
    if (now < scalars_.now) {
        refuse({.code = ErrorCode::time_order,
                .field = "now",
                .value = std::to_string(now),
                .bound = "is before " + std::to_string(scalars_.now),
                .op = std::string{op},
                .onchain = {}});
    }
    scalars_.now = now;
}

void IrsPool::disturb() noexcept {
    ++memory_.generation;
    inside_.reset();
}

void IrsPool::require_owner(AccountId caller, std::string_view op) const {
    if (caller != config_.owner) check(Revert::not_owner, op);
}

void IrsPool::require_unpaused(bool paused, std::string_view op) const {
    if (paused) check(Revert::is_paused, op);
}

bool IrsPool::is_near_maturity() const {
    constexpr U256 day_wad{static_cast<u128>(86'400) * math::wad_u64};
    const U256& buffer = rules().maturity_buffer ? scalars_.vamm.maturity_buffer_wad : day_wad;
    return now_wad() + buffer >= config_.term.end_wad;
}

bool IrsPool::is_approved(AccountId owner, AccountId integration) const {
    if (integration == config_.periphery && integration != nobody) return true;
    const std::uint8_t* allowed = approvals_.find({owner, integration});
    return allowed != nullptr && *allowed != 0;
}

bool IrsPool::is_sender_or_approved(AccountId sender, AccountId owner) const {
    return sender == owner || (owner != nobody && is_approved(owner, sender));
}

void IrsPool::set_rate(std::uint32_t now, const U256& rate_ray, std::uint32_t report_timestamp) {
    constexpr std::string_view op = "set_rate";
    Transaction transaction{*this, config_.owner, now, op};
    require_rate(rate_ray, op);
    if (report_timestamp > now) {
        refuse_argument(ErrorCode::time_order, "report_timestamp", std::to_string(report_timestamp),
                        "is after now", op);
    }
    oracle_.set_report(rate_ray, report_timestamp);
    transaction.keep();
}

void IrsPool::fund(AccountId account, const U256& amount) {
    Transaction transaction{*this, account, scalars_.now, "fund"};
    U256& balance = balances_.edit(account);
    balance += amount;
    transaction.keep();
}

void IrsPool::fund_yield_tokens(AccountId account, const U256& amount) {
    Transaction transaction{*this, account, scalars_.now, "fund_yield_tokens"};
    U256& scaled = yield_.edit(account);
    scaled += math::ray_div(amount, index_ray());
    transaction.keep();
}

void IrsPool::fund_yield_reserve(const U256& amount) {
    Transaction transaction{*this, config_.owner, scalars_.now, "fund_yield_reserve"};
    scalars_.module.yield_underlying_reserve += amount;
    transaction.keep();
}

void IrsPool::set_margin_calculator_parameters(AccountId caller, std::uint32_t now,
                                               const MarginParameters& parameters) {
    constexpr std::string_view op = "set_margin_calculator_parameters";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    scalars_.engine.parameters = parameters;
    memory_ = {};
    transaction.keep();
}

void IrsPool::set_lookback_window_in_seconds(AccountId caller, std::uint32_t now,
                                             const U256& seconds) {
    constexpr std::string_view op = "set_lookback_window_in_seconds";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    if (seconds < least_lookback_seconds || seconds > most_lookback_seconds) {
        check(Revert::lookback_out_of_bounds, op);
    }
    const bool was_set = !scalars_.engine.lookback_window_seconds.is_zero();
    scalars_.engine.lookback_window_seconds = seconds;
    if (was_set) refresh_historical_apy();
    transaction.keep();
}

void IrsPool::set_cache_max_age_in_seconds(AccountId caller, std::uint32_t now,
                                           const U256& seconds) {
    constexpr std::string_view op = "set_cache_max_age_in_seconds";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    if (seconds > most_cache_age_seconds) check(Revert::cache_max_age_out_of_bounds, op);
    scalars_.engine.cache_max_age_seconds = seconds;
    transaction.keep();
}

void IrsPool::set_liquidator_reward(AccountId caller, std::uint32_t now, const U256& reward_wad) {
    constexpr std::string_view op = "set_liquidator_reward";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    if (reward_wad > most_liquidator_reward_wad) {
        check(Revert::liquidator_reward_out_of_bounds, op);
    }
    scalars_.engine.liquidator_reward_wad = reward_wad;
    transaction.keep();
}

void IrsPool::set_fee(AccountId caller, std::uint32_t now, const U256& fee_wad) {
    constexpr std::string_view op = "set_fee";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    if (fee_wad > most_fee_wad) check(Revert::fee_out_of_range, op);
    scalars_.vamm.fee_wad = fee_wad;
    transaction.keep();
}

void IrsPool::set_fee_protocol(AccountId caller, std::uint32_t now, std::uint8_t fee_protocol) {
    constexpr std::string_view op = "set_fee_protocol";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    if (fee_protocol != 0 && (fee_protocol < 3 || fee_protocol > 50)) {
        check(Revert::protocol_fee_out_of_range, op);
    }
    scalars_.vamm.fee_protocol = fee_protocol;
    transaction.keep();
}

void IrsPool::set_is_alpha(AccountId caller, std::uint32_t now, bool is_alpha) {
    Transaction transaction{*this, caller, now, "set_is_alpha"};
    require_owner(caller, "set_is_alpha");
    scalars_.vamm.is_alpha = is_alpha;
    transaction.keep();
}

void IrsPool::set_is_alpha_margin_engine(AccountId caller, std::uint32_t now, bool is_alpha) {
    Transaction transaction{*this, caller, now, "set_is_alpha_margin_engine"};
    require_owner(caller, "set_is_alpha_margin_engine");
    scalars_.engine.is_alpha = is_alpha;
    transaction.keep();
}

void IrsPool::set_maturity_buffer(AccountId caller, std::uint32_t now, const U256& buffer_wad) {
    constexpr std::string_view op = "set_maturity_buffer";
    Transaction transaction{*this, caller, now, op};
    if (!rules().maturity_buffer) {
        refuse_argument(ErrorCode::wrong_state, "revision", "r22", "has no maturity buffer", op);
    }
    require_owner(caller, op);
    scalars_.vamm.maturity_buffer_wad = buffer_wad;
    transaction.keep();
}

void IrsPool::set_min_seconds_since_last_update(AccountId caller, std::uint32_t now,
                                                const U256& seconds) {
    constexpr std::string_view op = "set_min_seconds_since_last_update";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    oracle_.set_min_seconds_since_last_update(seconds);
    transaction.keep();
}

void IrsPool::change_pauser(AccountId caller, std::uint32_t now, AccountId account,
                            bool permission) {
    constexpr std::string_view op = "change_pauser";
    Transaction transaction{*this, caller, now, op};
    require_owner(caller, op);
    if (permission) {
        pausers_.edit(account) = 1;
    } else {
        pausers_.erase(account);
    }
    transaction.keep();
}

void IrsPool::set_pausability(AccountId caller, std::uint32_t now, bool paused) {
    constexpr std::string_view op = "set_pausability";
    Transaction transaction{*this, caller, now, op};
    if (pausers_.find(caller) == nullptr) check(Revert::no_pauser_role, op);
    if (!config_.has_module && rules().pausing_needs_module) check(Revert::empty_no_module, op);
    scalars_.vamm.paused = paused;
    scalars_.engine.paused = paused;
    scalars_.module.paused = paused && config_.has_module;
    transaction.keep();
}

void IrsPool::set_approval(AccountId caller, std::uint32_t now, AccountId integration, bool allow) {
    constexpr std::string_view op = "set_approval";
    Transaction transaction{*this, caller, now, op};
    if (allow) {
        approvals_.edit({caller, integration}) = 1;
    } else {
        approvals_.erase({caller, integration});
    }
    transaction.keep();
}

void IrsPool::increase_observation_cardinality_next(AccountId caller, std::uint32_t now,
                                                    std::uint16_t next) {
    Transaction transaction{*this, caller, now, "increase_observation_cardinality_next"};
    oracle_.increase_observation_cardinality_next(next);
    transaction.keep();
}

void IrsPool::write_oracle_entry(AccountId caller, std::uint32_t now) {
    Transaction transaction{*this, caller, now, "write_oracle_entry"};
    oracle_.write_oracle_entry(now);
    transaction.keep();
}

U256 IrsPool::variable_factor(AccountId caller, std::uint32_t now) {
    Reading reading{*this, caller, now, "variable_factor"};
    const U256 factor = oracle_.variable_factor(config_.term, now);
    reading.keep();
    return factor;
}

}  // namespace voltcore::irs
