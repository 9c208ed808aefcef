#include "voltcore/volts/analytics.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace voltcore::volts {

namespace {

// ln 2 in two parts: the first has 32 trailing zero bits, so k * high is exact for |k| < 2^20.
constexpr double ln2_high = 6.93147180369123816490e-01;
constexpr double ln2_low = 1.90821492927058770002e-10;

// log(1 + f) = 2 atanh(f / (2 + f)); for |f| <= sqrt(2) - 1 the argument is below 0.1716 and the
// twelfth term of the series is below 2^-60 of the first.
double log1p_reduced(double f) noexcept {
    const double s = f / (2.0 + f);
    const double z = s * s;
    double sum = 0.0;
    for (int odd = 23; odd >= 3; odd -= 2) sum = (sum + 1.0 / odd) * z;
    return 2.0 * s * (1.0 + sum);
}

// exp(x) - 1 for |x| <= ln 2: the Taylor series to x^18.
double expm1_reduced(double x) noexcept {
    double sum = 0.0;
    for (int n = 18; n >= 2; --n) sum = (sum + 1.0) * (x / n);
    return x * (1.0 + sum);
}

}  // namespace

double log1p(double x) noexcept {
    if (!(x > -1.0)) {
        return x == -1.0 ? -std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
    }
    if (x == std::numeric_limits<double>::infinity()) return x;
    if (x > -0.29 && x < 0.41) return log1p_reduced(x);
    int exponent = 0;
    const double u = 1.0 + x;
    double m = std::frexp(u, &exponent);  // u = m * 2^exponent, m in [1/2, 1)
    if (m < 0.70710678118654752) {
        m *= 2.0;
        --exponent;
    }
    const double lost = (x - (u - 1.0)) / u;  // what rounding 1 + x dropped
    const double k = exponent;
    return k * ln2_high + (log1p_reduced(m - 1.0) + (k * ln2_low + lost));
}

double expm1(double x) noexcept {
    if (x != x) return x;
    if (x > 709.78) return std::numeric_limits<double>::infinity();
    if (x < -745.0) return -1.0;
    if (x > -0.35 && x < 0.35) return expm1_reduced(x);
    const double k = static_cast<double>(
        static_cast<std::int64_t>(x * 1.44269504088896340736 + (x < 0.0 ? -0.5 : 0.5)));
    const double reduced = (x - k * ln2_high) - k * ln2_low;
    const double tail = expm1_reduced(reduced);
    // 2^k in two halves: 2^1024 itself is no double.
    const int half = static_cast<int>(k) / 2;
    const int rest = static_cast<int>(k) - half;
    return std::ldexp(std::ldexp(1.0 + tail, half), rest) - 1.0;
}

double daily_rate(double mark, double index, double period_days) noexcept {
    return (mark - index) / index / period_days;
}

double apy(double rate, double periods) noexcept { return expm1(periods * log1p(rate)); }

double profit_range(double rate, double days) noexcept { return std::sqrt(rate * days); }

double crab_return(double funding, double move) noexcept { return funding - move * move; }

double expected_apy(double daily_funding, double volatility) noexcept {
    return 365.0 * daily_funding - volatility * volatility;
}

double implied_volatility(double rate) noexcept { return std::sqrt(rate * 365.0); }

}  // namespace voltcore::volts
