#include "voltcore/irs/narrow_requirement.hpp"

namespace voltcore::irs {

std::optional<NarrowRequirement> NarrowRequirement::of(const Factors& factors,
                                                       const math::LimbDivisor& at_maturity,
                                                       bool counterfactual_unwind) noexcept {
    NarrowRequirement out{counterfactual_unwind, at_maturity};
    const auto fits = []<class T>(const U256& value, T& to) {
        to = static_cast<T>(value.limb(0));
        return fits_61_bits(value);
    };
    // A rate of 73 % is 2^66.
    if (!fits(factors.worst_case, out.worst_case_) || !fits(factors.now, out.now_) ||
        !fits(factors.variable, out.variable_) || !fits(factors.eta, out.eta_) ||
        !fits(factors.years, out.years_) || factors.unwind.bit_length() > 66 ||
        !factors.least.fits_u64()) {
        return std::nullopt;
    }
    out.unwind_ = factors.unwind.low_half();
    out.least_ = factors.least.limb(0);
    return out;
}

}  // namespace voltcore::irs
