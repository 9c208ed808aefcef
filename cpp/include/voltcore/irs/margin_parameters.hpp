#pragma once

#include "voltcore/irs/fixed_and_variable_math.hpp"
#include "voltcore/irs/revision.hpp"

namespace voltcore::irs {

/// The settings of the margin calculation, decimals with 18 places unless said otherwise.
/// Source: Voltz MarginCalculator.sol, MarginCalculatorParameters. A revision reads its own fields
/// and leaves the others alone.
struct MarginParameters {
    U256 apy_upper_multiplier_wad{};
    U256 apy_lower_multiplier_wad{};
    I256 sigma_squared_wad{};  ///< of the CIR model behind the bounds of the variable rate
    I256 alpha_wad{};
    I256 beta_wad{};
    I256 xi_upper_wad{};
    I256 xi_lower_wad{};
    I256 t_max_wad{};  ///< wad seconds
    // R22: the counterfactual unwind.
    U256 dev_mul_left_unwind_lm_wad{};
    U256 dev_mul_right_unwind_lm_wad{};
    U256 dev_mul_left_unwind_im_wad{};
    U256 dev_mul_right_unwind_im_wad{};
    U256 fixed_rate_deviation_min_left_unwind_lm_wad{};  ///< percentage points
    U256 fixed_rate_deviation_min_right_unwind_lm_wad{};
    U256 fixed_rate_deviation_min_left_unwind_im_wad{};
    U256 fixed_rate_deviation_min_right_unwind_im_wad{};
    U256 gamma_wad{};
    // R23: the share of the notional.
    U256 eta_im_wad{};
    U256 eta_lm_wad{};
    U256 min_margin_to_incentivise_liquidators{};  ///< token units

    friend bool operator==(const MarginParameters&, const MarginParameters&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("apy_upper_multiplier_wad", self.apy_upper_multiplier_wad);
        visit("apy_lower_multiplier_wad", self.apy_lower_multiplier_wad);
        visit("sigma_squared_wad", self.sigma_squared_wad);
        visit("alpha_wad", self.alpha_wad);
        visit("beta_wad", self.beta_wad);
        visit("xi_upper_wad", self.xi_upper_wad);
        visit("xi_lower_wad", self.xi_lower_wad);
        visit("t_max_wad", self.t_max_wad);
        visit("dev_mul_left_unwind_lm_wad", self.dev_mul_left_unwind_lm_wad);
        visit("dev_mul_right_unwind_lm_wad", self.dev_mul_right_unwind_lm_wad);
        visit("dev_mul_left_unwind_im_wad", self.dev_mul_left_unwind_im_wad);
        visit("dev_mul_right_unwind_im_wad", self.dev_mul_right_unwind_im_wad);
        visit("fixed_rate_deviation_min_left_unwind_lm_wad",
              self.fixed_rate_deviation_min_left_unwind_lm_wad);
        visit("fixed_rate_deviation_min_right_unwind_lm_wad",
              self.fixed_rate_deviation_min_right_unwind_lm_wad);
        visit("fixed_rate_deviation_min_left_unwind_im_wad",
              self.fixed_rate_deviation_min_left_unwind_im_wad);
        visit("fixed_rate_deviation_min_right_unwind_im_wad",
              self.fixed_rate_deviation_min_right_unwind_im_wad);
        visit("gamma_wad", self.gamma_wad);
        visit("eta_im_wad", self.eta_im_wad);
        visit("eta_lm_wad", self.eta_lm_wad);
        visit("min_margin_to_incentivise_liquidators", self.min_margin_to_incentivise_liquidators);
    }
};

}  // namespace voltcore::irs
