#include "voltcore/markets/jumps.hpp"

#include <cmath>

#include "voltcore/markets/elementary.hpp"

namespace voltcore::markets {

Jumps::Jumps(double per_step, double mean, double volatility)
    : mean_{mean}, volatility_{volatility} {
    double probability = exp(-per_step);
    double total = probability;
    // A total of 1 within rounding ends the table: the rest has less than 2^-53.
    for (int count = 1; total < 1.0 && count <= 256; ++count) {
        thresholds_.push_back(static_cast<std::uint64_t>(total * 0x1p64));
        probability = probability * per_step / static_cast<double>(count);
        if (total + probability == total && count > per_step) break;
        total = total + probability;
    }
}

double Jumps::sum(std::uint32_t count, double z) const noexcept {
    const double n = static_cast<double>(count);
    return n * mean_ + std::sqrt(n) * volatility_ * z;
}

}  // namespace voltcore::markets
