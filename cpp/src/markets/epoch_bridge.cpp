#include "voltcore/markets/epoch_bridge.hpp"

#include <cmath>
#include <cstring>
#include <string>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/normals.hpp"
#include "voltcore/math/error.hpp"

namespace voltcore::markets {

namespace {

constexpr double most_variance = 100.0;

void refuse_value(ErrorCode code, std::string field, std::string value, std::string bound) {
    refuse({.code = code,
            .field = std::move(field),
            .value = std::move(value),
            .bound = std::move(bound),
            .op = {},
            .onchain = {}});
}

std::string at(const char* field, std::size_t index) {
    return std::string{field} + "[" + std::to_string(index) + "]";
}

}  // namespace

EpochBridge::EpochBridge(std::span<const std::int64_t> closes,
                         std::span<const double> realised_variance, std::uint32_t steps_per_epoch,
                         std::int64_t scale)
    : steps_{steps_per_epoch}, scale_{scale} {
    if (steps_ < 1 || steps_ > most_steps) {
        refuse_value(ErrorCode::out_of_range, "steps_per_epoch", std::to_string(steps_),
                     "is not in [1, " + std::to_string(most_steps) + "]");
    }
    if (scale < 1 || scale > 1'000'000'000'000) {
        refuse_value(ErrorCode::out_of_range, "scale", std::to_string(scale),
                     "is not in [1, 10^12]");
    }
    if (realised_variance.empty() || realised_variance.size() > most_epochs) {
        refuse_value(ErrorCode::out_of_range, "epochs", std::to_string(realised_variance.size()),
                     "is not in [1, " + std::to_string(most_epochs) + "]");
    }
    if (closes.size() != realised_variance.size() + 1) {
        refuse_value(ErrorCode::array_length, "closes", std::to_string(closes.size()),
                     "is not one more than the " + std::to_string(realised_variance.size()) +
                         " realised variances");
    }
    for (std::size_t i = 0; i < closes.size(); ++i) {
        if (closes[i] < 1 || closes[i] > most_units) {
            refuse_value(ErrorCode::out_of_range, at("closes", i), std::to_string(closes[i]),
                         "is not in [1, 2^51] units");
        }
    }
    closes_.assign(closes.begin(), closes.end());
    epochs_.reserve(realised_variance.size());
    for (std::size_t i = 0; i < realised_variance.size(); ++i) {
        const double variance = realised_variance[i];
        if (!(variance >= 0.0 && variance <= most_variance)) {
            refuse_value(variance == variance ? ErrorCode::out_of_range : ErrorCode::not_finite,
                         at("realised_variance", i), std::to_string(variance),
                         "is not in [0, 100]");
        }
        // Both closes are at most 2^51, so the conversion and the ratio's rounding are harmless.
        const double move =
            log(static_cast<double>(closes[i + 1])) - log(static_cast<double>(closes[i]));
        const double steps = static_cast<double>(steps_);
        const double excess = variance - move * move / steps;
        const bool clamped = steps_ == 1 || !(excess > 0.0);
        epochs_.push_back({move, clamped ? 0.0 : std::sqrt(excess / (steps - 1.0)), excess < 0.0});
    }
}

void EpochBridge::fill_bytes(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                             std::size_t epoch, std::byte* prices) const noexcept {
    const Epoch& shape = epochs_[epoch];
    const std::size_t steps = steps_;
    const Stream stream =
        Stream::of(seed, Purpose::bridge, path, static_cast<std::uint32_t>(epoch));
    WalkPosition position;
    kernels.walk(stream, position, prices, steps);
    double last = 0.0;
    std::memcpy(&last, prices + (steps - 1) * sizeof last, sizeof last);
    // k m / n + s (W(k) - k W(n) / n) = k (m - s W(n)) / n + s W(k).
    const double drift = (shape.log_move - shape.volatility * last) / static_cast<double>(steps);
    const double start = static_cast<double>(closes_[epoch]) / static_cast<double>(scale_);
    kernels.price(start, drift, shape.volatility, 1.0, most_normal * static_cast<double>(steps),
                  prices, prices, steps);
}

void EpochBridge::fill_epoch(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                             std::size_t epoch, std::span<double> prices) const noexcept {
    fill_bytes(kernels, seed, path, epoch, std::as_writable_bytes(prices).data());
    prices[steps_ - 1] = static_cast<double>(closes_[epoch + 1]) / static_cast<double>(scale_);
}

void EpochBridge::fill_epoch(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                             std::size_t epoch, std::span<std::int64_t> prices) const noexcept {
    std::byte* const bytes = std::as_writable_bytes(prices).data();
    fill_bytes(kernels, seed, path, epoch, bytes);
    kernels.quantise(static_cast<double>(scale_), bytes, bytes, steps_);
    prices[steps_ - 1] = closes_[epoch + 1];
}

}  // namespace voltcore::markets
