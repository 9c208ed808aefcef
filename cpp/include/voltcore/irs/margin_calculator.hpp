#pragma once

#include <optional>
#include <vector>

#include "voltcore/amm/tick_math.hpp"
#include "voltcore/irs/margin_parameters.hpp"
#include "voltcore/irs/narrow_requirement.hpp"

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

/// What the calculation has found out at one moment with one set of parameters.
///
/// It holds nothing that cannot be calculated again; whoever keeps it forgets it when the
/// parameters change.
struct MarginMemory {
    /// What depends on the time alone.
    struct AtTime {
        Moment moment;
        std::optional<I256> time_factor{};
        std::optional<U256> unwind_decay{};
        /// Parts of the bounds of the rate that no rate changes.
        struct Bounds {
            I256 degrees_of_freedom;
            I256 decayed;
            I256 one_minus;
        };
        std::optional<Bounds> bounds{};
        std::optional<I256> bound_scale{};
    };
    AtTime at{};
    /// A bound of the rate, and what it was calculated from.
    struct Bound {
        U256 historical_apy_wad;
        U256 apy_wad;
    };
    std::optional<Bound> bound[2];
    /// The worst case of one side and kind of margin, and what it was calculated from.
    struct WorstCase {
        U256 historical_apy_wad;
        U256 growth_wad;
        I256 factor;
    };
    std::optional<WorstCase> worst_case[4];
    /// The fixed tokens of one unit unwound, and what that was calculated from.
    struct Unwind {
        U256 sqrt_price_x96;
        U256 rate_multiplier_wad;
        U256 deviation_min_wad;
        U256 factor_wad;
    };
    std::optional<Unwind> unwind[2];
    /// What a requirement rests on besides the time and the parameters.
    struct Grounds {
        U256 sqrt_price_x96;
        U256 historical_apy_wad;
        U256 growth_wad;
        U256 variable_factor_wad;  ///< R22

        friend bool operator==(const Grounds&, const Grounds&) noexcept = default;
    };
    /// The whole requirement of one side and kind of margin in 128 bits.
    struct Narrow {
        Grounds grounds{};
        std::uint64_t generation{};  ///< in which it was found to rest on what the world says
        std::optional<NarrowRequirement> requirement{};
    };
    Narrow narrow[4];
    /// Who keeps the memory counts up whenever the inputs may say, or reading them may do,
    /// something new. Within a generation they are not read twice; 0: they always are.
    std::uint64_t generation{};
    /// What liquidity turns into on one side of the price, and what that was calculated from.
    struct Extra {
        std::int32_t from_tick;
        std::int32_t to_tick;
        u128 liquidity;
        U256 variable_factor_wad;
        FixedAndVariable balances;
    };
    std::optional<Extra> extra[2];

    // What no moment changes.

    /// The fixed rate at a price.
    struct Rate {
        U256 sqrt_price_x96;
        U256 percent_wad;
    };
    std::optional<Rate> rate[4];
    /// The prices at the ends of a range.
    struct Range {
        std::int32_t tick_lower;
        std::int32_t tick_upper;
        U256 at_lower;
        U256 at_upper;
    };
    std::optional<Range> range;

    // Times that come again: a simulation goes through the same ones on every path.

    bool keeps_times = false;
    std::vector<AtTime> known{};  ///< by time
    static constexpr std::size_t most_times = 10'000;

    /// Forgets what depends on the time, unless it is that time already.
    void begin_unless_at(const Term& term, const U256& now_wad) {
        if (at.moment.now_wad() != now_wad || at.moment.term() != term) begin(term, now_wad);
    }

private:
    void begin(const Term& term, const U256& now_wad);
};

/// One point in time of one term: the requirement of any position at it.
class MarginCalculator {
public:
    MarginCalculator(const MarginParameters& parameters, Revision revision, const Term& term,
                     const U256& now_wad, MarginInputs& inputs, MarginMemory& memory)
        : parameters_{parameters},
          rules_{rules_of(revision)},
          term_{term},
          now_wad_{now_wad},
          inputs_{inputs},
          memory_{memory} {
        memory.begin_unless_at(term, now_wad);
    }

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
    /// The same with nothing but memory of single factors: what the short way is tested against.
    [[nodiscard]] U256 requirement_plain(const I256& fixed, const I256& variable, bool is_lm,
                                         const U256& sqrt_price_x96);
    /// Where a batch of rows found its short ways: for inputs that stay as they are between rows.
    struct RowMemory {
        const NarrowRequirement* narrow[2]{};
    };
    /// The same for a row of a batch with one kind of margin and one price.
    [[nodiscard]] U256 requirement_of_row(const I256& fixed, const I256& variable, bool is_lm,
                                          const U256& sqrt_price_x96, RowMemory& rows);
    /// Balances that liquidity between two ticks turns into when the price crosses it.
    [[nodiscard]] FixedAndVariable extra_balances(std::int32_t from_tick, std::int32_t to_tick,
                                                  u128 liquidity, const U256& variable_factor_wad);
    /// Of a position with its balances and, if it has liquidity, of both ends of its range.
    [[nodiscard]] U256 position_requirement(u128 liquidity, const FixedAndVariable& balances,
                                            std::int32_t tick_lower, std::int32_t tick_upper,
                                            bool is_lm, const U256& sqrt_price_x96,
                                            std::int32_t tick);

private:
    /// Elsewhere less than everything is calculated, and less can fail.
    [[nodiscard]] static bool needs_everything(const I256& fixed, const I256& variable) noexcept {
        return variable.is_negative() || (fixed.is_negative() && !variable.is_zero());
    }
    [[nodiscard]] const MarginMemory::AtTime::Bounds& bound_parts();
    [[nodiscard]] const I256& bound_scale();
    [[nodiscard]] I256 bound_of(const U256& historical_apy_wad, bool is_upper);
    [[nodiscard]] const U256& remembered_bound(const U256& historical_apy_wad, bool is_upper);
    [[nodiscard]] const U256& rate_at(const U256& sqrt_price_x96);
    [[nodiscard]] const U256& unwind_factor(const U256& sqrt_price_x96,
                                            const U256& rate_multiplier_wad,
                                            const U256& deviation_min_wad,
                                            bool is_fixed_taker_unwind);
    [[nodiscard]] const U256& unwind_factor(const U256& sqrt_price_x96, bool is_lm,
                                            bool is_fixed_taker_unwind);
    [[nodiscard]] static U256 unwound(const U256& variable_size, const U256& factor);
    [[nodiscard]] const MarginMemory::Range& range_of(std::int32_t tick_lower,
                                                      std::int32_t tick_upper);
    [[nodiscard]] const NarrowRequirement* narrow_at(bool is_fixed_taker, bool is_lm,
                                                     const U256& sqrt_price_x96);
    [[nodiscard]] const U256& unwind_decay();
    [[nodiscard]] U256 growth_so_far();
    [[nodiscard]] U256 worst_case_from(bool is_fixed_taker, bool is_lm,
                                       const U256& historical_apy_wad, const U256& growth_wad);
    [[nodiscard]] const I256& remembered_worst_case(bool is_fixed_taker, bool is_lm);
    [[nodiscard]] MarginMemory::Grounds present(const U256& sqrt_price_x96);
    [[nodiscard]] std::optional<NarrowRequirement> narrowed(bool is_fixed_taker, bool is_lm,
                                                            const U256& sqrt_price_x96);

    const MarginParameters& parameters_;
    const RevisionRules& rules_;
    const Term& term_;
    U256 now_wad_;
    MarginInputs& inputs_;
    MarginMemory& memory_;
};

}  // namespace voltcore::irs
