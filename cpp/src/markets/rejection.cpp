#include "voltcore/markets/rejection.hpp"

#include <array>
#include <cmath>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/normals.hpp"

namespace voltcore::markets {

namespace {

/// The part of u^(1 / shape): above every attempt of the gamma variate of shape + 1.
constexpr std::uint32_t boost_attempt = most_attempts - 1;

struct NormalPair {
    double x;
    double y;
};

NormalPair normal_pair(const Words& words) noexcept {
    NormalPair pair{};
    const double radius = std::sqrt(
        squared_radius_of_words<double>(std::uint64_t{words[0]}, std::uint64_t{words[1]}));
    normal_pair_kernel(radius, std::uint64_t{words[1]}, pair.x, pair.y);
    return pair;
}

/// floor x for |x| < 2^63.
double floor_of(double x) noexcept {
    const double toward_zero = static_cast<double>(static_cast<std::int64_t>(x));
    return toward_zero > x ? toward_zero - 1.0 : toward_zero;
}

constexpr double log_two_pi = 0x1.d67f1c864beb5p+0;

/// ln n! - ln(sqrt(2 pi n) (n / e)^n) for n >= 10; the first term left out is below 1e-15 of ln n!.
double stirling_rest(double n) noexcept {
    const double i = 1.0 / n;
    const double i2 = i * i;
    return i *
           (1.0 / 12.0 +
            i2 * (-1.0 / 360.0 + i2 * (1.0 / 1260.0 + i2 * (-1.0 / 1680.0 + i2 * (1.0 / 1188.0)))));
}

/// ln(mean^k e^-mean / k!). Near a large mean the terms of the definition cancel: there m ((1 + x)
/// ln(1 + x) - x) with x = k / m - 1 is summed as a series.
double log_poisson_mass(double k, double mean, double log_mean) noexcept {
    const double x = (k - mean) / mean;
    if (k < 10.0 || x > 0.05 || x < -0.05) return k * log_mean - mean - log_factorial(k);
    double series = 0.0;
    for (double n = 14.0; n >= 2.0; n = n - 1.0) series = 1.0 / (n * (n - 1.0)) - x * series;
    return -(mean * (x * x * series)) - 0.5 * (log_two_pi + log(k)) - stirling_rest(k);
}

double poisson_by_products(double mean, const DrawAddress& draws) noexcept {
    const double least = exp(-mean);
    double product = 1.0;
    double count = 0.0;
    for (std::uint32_t attempt = 0; attempt < most_attempts; ++attempt) {
        const Words words = draws.words(attempt);
        for (int half = 0; half < 2; ++half) {
            product = product * uniform_of(draw_64(words, half));
            if (product <= least) return count;
            count = count + 1.0;
        }
    }
    return count;
}

}  // namespace

double spare_normal_at(const DrawAddress& draws) noexcept { return normal_pair(draws.words(0)).x; }

double gamma_at(double shape, const DrawAddress& draws) noexcept {
    if (!(shape > 0.0)) return 0.0;
    double scale = 1.0;
    if (shape < 1.0) {
        scale = exp(log(uniform_of(draw_64(draws.words(boost_attempt), 1))) / shape);
        shape = shape + 1.0;
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    double v = 1.0;
    for (std::uint32_t attempt = 0; attempt < boost_attempt; ++attempt) {
        const Words words = draws.words(attempt);
        const double y = normal_pair(words).y;
        const double root = 1.0 + c * y;
        if (root <= 0.0) continue;
        v = root * root * root;
        const double u = uniform_of(draw_64(words, 1));
        const double y2 = y * y;
        if (u < 1.0 - 0.0331 * (y2 * y2)) break;
        if (log(u) < 0.5 * y2 + d * (1.0 - v + log(v))) break;
    }
    return scale * (d * v);
}

double log_factorial(double n) noexcept {
    static constexpr std::array<double, 10> small{1.0,   1.0,   2.0,    6.0,     24.0,
                                                  120.0, 720.0, 5040.0, 40320.0, 362880.0};
    if (n < 10.0) return log(small[static_cast<std::size_t>(n)]);
    return ((n + 0.5) * log(n) - n) + (0.5 * log_two_pi + stirling_rest(n));
}

double poisson_at(double mean, const DrawAddress& draws) noexcept {
    if (!(mean > 0.0)) return 0.0;
    if (mean < 10.0) return poisson_by_products(mean, draws);
    const double root = std::sqrt(mean);
    const double log_mean = log(mean);
    const double b = 0.931 + 2.53 * root;
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double quick_accept = 0.9277 - 3.6224 / (b - 2.0);
    double k = 0.0;
    for (std::uint32_t attempt = 0; attempt < most_attempts; ++attempt) {
        const Words words = draws.words(attempt);
        const double u = uniform_of(draw_64(words, 0)) - 0.5;
        const double v = uniform_of(draw_64(words, 1));
        const double side = 0.5 - (u < 0.0 ? -u : u);
        k = floor_of((2.0 * a / side + b) * u + mean + 0.43);
        if (side >= 0.07 && v <= quick_accept) break;
        if (k < 0.0 || (side < 0.013 && v > side)) continue;
        if (log(v) + log(inverse_alpha) - log(a / (side * side) + b) <=
            log_poisson_mass(k, mean, log_mean)) {
            break;
        }
    }
    return k < 0.0 ? 0.0 : k;
}

}  // namespace voltcore::markets
