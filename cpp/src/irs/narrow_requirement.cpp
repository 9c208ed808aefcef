#include "voltcore/irs/narrow_requirement.hpp"

namespace voltcore::irs {

std::optional<NarrowRequirement> NarrowRequirement::of(const Factors& factors,
                                                       bool counterfactual_unwind) noexcept {
    NarrowRequirement out{counterfactual_unwind};
    const auto fits = []<class T>(const U256& value, T& to, int bits) {
        to = static_cast<T>(value.limb(0));
        return value.bit_length() <= bits;
    };
    if (!fits(factors.worst_case, out.worst_case_, 61) ||
        !fits(factors.at_maturity, out.at_maturity_, 61) || out.at_maturity_ == 0 ||
        !fits(factors.now, out.now_, 61) || !fits(factors.variable, out.variable_, 61) ||
        !fits(factors.unwind, out.unwind_, 64) || !fits(factors.eta, out.eta_, 61) ||
        !fits(factors.years, out.years_, 61) || !fits(factors.least, out.least_, 64)) {
        return std::nullopt;
    }
    out.at_maturity_divisor_.emplace(static_cast<std::uint64_t>(out.at_maturity_));
    return out;
}

}  // namespace voltcore::irs
