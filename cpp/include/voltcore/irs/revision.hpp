#pragma once

#include <cstdint>

namespace voltcore::irs {

/// A published state of the contracts.
enum class Revision : std::uint8_t {
    r22,  ///< voltz-core of July 2022
    r23,  ///< voltz-core of July 2023
};

/// What differs between the revisions, as data.
struct RevisionRules {
    bool maturity_buffer;             ///< set by the owner; a fixed day otherwise
    bool one_variable_factor_a_swap;  ///< read once before the oracle write; otherwise every step
    bool flip_counts_as_unwind;       ///< any opposite trade, even one beyond zero
    bool counterfactual_unwind;       ///< minimum margin from an unwind; otherwise from eta
    bool growth_in_worst_case;        ///< the worst-case factor starts from the growth so far
    bool rate_from_last_apy;          ///< between reports: geometric; otherwise along a line
    bool short_texts;                 ///< "not authorized" for mint and swap, "TS/E"
    bool pausing_needs_module;        ///< setPausability fails without a module
};

inline constexpr RevisionRules r22_rules = {.maturity_buffer = false,
                                            .one_variable_factor_a_swap = false,
                                            .flip_counts_as_unwind = true,
                                            .counterfactual_unwind = true,
                                            .growth_in_worst_case = false,
                                            .rate_from_last_apy = false,
                                            .short_texts = false,
                                            .pausing_needs_module = true};
inline constexpr RevisionRules r23_rules = {.maturity_buffer = true,
                                            .one_variable_factor_a_swap = true,
                                            .flip_counts_as_unwind = false,
                                            .counterfactual_unwind = false,
                                            .growth_in_worst_case = true,
                                            .rate_from_last_apy = true,
                                            .short_texts = true,
                                            .pausing_needs_module = false};

[[nodiscard]] constexpr const RevisionRules& rules_of(Revision revision) noexcept {
    return revision == Revision::r22 ? r22_rules : r23_rules;
}

}  // namespace voltcore::irs
