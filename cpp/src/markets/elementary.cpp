#include "voltcore/markets/elementary.hpp"

#include <cmath>

namespace voltcore::markets {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double exp(double x) noexcept {
    if (x != x) return x;
    if (x >= -exp_kernel_limit && x <= exp_kernel_limit) return exp_kernel(x);
    if (x > 710.0) return infinity;
    if (x < -746.0) return 0.0;
    // Outside the range of the kernel 2^k is not a normal number: it is applied in two halves.
    double k = 0.0;
    const double p = exp_reduced(x, k);
    const double half = exp2_kernel(k < 0.0 ? -512.0 : 512.0);
    return p * half * exp2_kernel(k - (k < 0.0 ? -512.0 : 512.0));
}

double log(double x) noexcept {
    if (x >= 0x1p-1022 && x < infinity) return log_kernel(x);
    if (x > 0.0 && x < infinity) return log_kernel(x * 0x1p54) - 54.0 * ln_2;
    if (x == 0.0) return -infinity;
    return x < 0.0 ? not_a_number : x;  // infinity and NaN are themselves
}

double inverse_normal(double probability) noexcept {
    // Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
    // Statistics 37 (1988), PPND16.
    if (!(probability >= 0.0 && probability <= 1.0)) return not_a_number;
    if (probability == 0.0) return -infinity;
    if (probability == 1.0) return infinity;
    const double q = probability - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        const double r = 0.180625 - q * q;
        const double above =
            ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) *
                    r +
                45921.953931549871457) *
                   r +
               13731.693765509461125) *
                  r +
              1971.5909503065514427) *
                 r +
             133.14166789178437745) *
                r +
            3.387132872796366608;
        const double below =
            ((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) *
                    r +
                21213.794301586595867) *
                   r +
               5394.1960214247511077) *
                  r +
              687.1870074920579083) *
                 r +
             42.313330701600911252) *
                r +
            1.0;
        return q * above / below;
    }
    const double tail = q < 0.0 ? probability : 1.0 - probability;
    double r = std::sqrt(-log(tail));
    double value = 0.0;
    if (r <= 5.0) {
        r -= 1.6;
        const double above = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r +
                                  0.24178072517745061177) *
                                     r +
                                 1.27045825245236838258) *
                                    r +
                                3.64784832476320460504) *
                                   r +
                               5.7694972214606914055) *
                                  r +
                              4.6303378461565452959) *
                                 r +
                             1.42343711074968357734;
        const double below = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r +
                                  0.0151986665636164571966) *
                                     r +
                                 0.14810397642748007459) *
                                    r +
                                0.68976733498510000455) *
                                   r +
                               1.6763848301838038494) *
                                  r +
                              2.05319162663775882187) *
                                 r +
                             1.0;
        value = above / below;
    } else {
        r -= 5.0;
        const double above = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
                                  0.0012426609473880784386) *
                                     r +
                                 0.026532189526576123093) *
                                    r +
                                0.29656057182850489123) *
                                   r +
                               1.7848265399172913358) *
                                  r +
                              5.4637849111641143699) *
                                 r +
                             6.6579046435011037772;
        const double below = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r +
                                  1.8463183175100546818e-5) *
                                     r +
                                 7.868691311456132591e-4) *
                                    r +
                                0.0148753612908506148525) *
                                   r +
                               0.13692988092273580531) *
                                  r +
                              0.59983220655588793769) *
                                 r +
                             1.0;
        value = above / below;
    }
    return q < 0.0 ? -value : value;
}

}  // namespace voltcore::markets
