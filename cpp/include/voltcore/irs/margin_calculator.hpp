#pragma once

#include <optional>

#include "voltcore/amm/tick_math.hpp"
#include "voltcore/irs/margin_parameters.hpp"

// How much margin a position needs. Source: Voltz MarginCalculator.sol, both revisions.

namespace voltcore::irs {

/// What the calculation asks of the world, and asks only when it needs it: each of these may fail,
/// and may be refreshed by being read.
class MarginInputs {
public:
    MarginInputs() = default;
    MarginInputs(const MarginInputs&) = delete;
    MarginInputs& operator=(const MarginInputs&) = delete;
    virtual ~MarginInputs() = default;

    virtual U256 historical_apy_wad() = 0;
    /// The variable factor of the term so far.
    virtual U256 variable_factor_wad() = 0;
    /// The same, read without storing it.
    virtual U256 variable_factor_no_cache_wad() = 0;
};

struct FixedAndVariable {
    I256 fixed{};
    I256 variable{};
};

/// One point in time of one term: the requirement of any position at it.
///
/// What depends on the time alone is calculated once, when it is first needed.
class MarginCalculator {
public:
    MarginCalculator(const MarginParameters& parameters, Revision revision, const Term& term,
                     const U256& now_wad, MarginInputs& inputs)
        : parameters_{parameters},
          rules_{rules_of(revision)},
          term_{term},
          now_wad_{now_wad},
          inputs_{inputs} {}

    /// How fast the rate forgets where it is: exp(-beta (time to maturity) / t_max).
    [[nodiscard]] I256 time_factor();
    /// A bound of the variable rate's APY around a historical one; negative values become 0.
    [[nodiscard]] U256 apy_bound(const U256& historical_apy_wad, bool is_upper);
    [[nodiscard]] U256 worst_case_variable_factor(bool is_fixed_taker, bool is_lm,
                                                  const U256& historical_apy_wad);
    /// What the position could owe at maturity in the worst case.
    [[nodiscard]] U256 core(const I256& fixed, const I256& variable, bool is_lm);
    /// R22: fixed tokens, unbalanced, that unwinding |variable| would move.
    [[nodiscard]] U256 simulated_unwind(const U256& variable_size, const U256& sqrt_price_x96,
                                        const U256& rate_multiplier_wad,
                                        const U256& deviation_min_wad, bool is_fixed_taker_unwind);
    /// R22: what unwinding now would still owe, at least the incentive of liquidators.
    [[nodiscard]] U256 minimum(const I256& fixed, const I256& variable, bool is_lm,
                               const U256& sqrt_price_x96);
    [[nodiscard]] U256 requirement(const I256& fixed, const I256& variable, bool is_lm,
                                   const U256& sqrt_price_x96);
    /// Balances that liquidity between two ticks turns into when the price crosses it.
    [[nodiscard]] FixedAndVariable extra_balances(std::int32_t from_tick, std::int32_t to_tick,
                                                  u128 liquidity, const U256& variable_factor_wad);
    /// Of a position with its balances and, if it has liquidity, of both ends of its range.
    [[nodiscard]] U256 position_requirement(u128 liquidity, const FixedAndVariable& balances,
                                            std::int32_t tick_lower, std::int32_t tick_upper,
                                            bool is_lm, const U256& sqrt_price_x96,
                                            std::int32_t tick);

private:
    [[nodiscard]] I256 bound_of(const U256& historical_apy_wad, bool is_upper);
    [[nodiscard]] const I256& fixed_factor_at_maturity();
    [[nodiscard]] const U256& unwind_decay();
    [[nodiscard]] const U256& cached_worst_case(bool is_fixed_taker, bool is_lm);

    const MarginParameters& parameters_;
    const RevisionRules& rules_;
    const Term& term_;
    U256 now_wad_;
    MarginInputs& inputs_;
    std::optional<I256> time_factor_;
    std::optional<I256> fixed_factor_;
    std::optional<U256> unwind_decay_;
    std::optional<U256> worst_case_[4];
};

}  // namespace voltcore::irs
