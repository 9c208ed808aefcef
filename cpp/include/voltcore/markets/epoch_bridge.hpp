#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/markets/kernels.hpp"

namespace voltcore::markets {

/// Prices inside real epochs: the steps of an epoch are drawn so that its realised variance sets
/// their size and its close is hit exactly.
///
/// Epoch e runs from close P0 to close P1 in n steps; m = ln(P1 / P0). With W the running sum of n
/// standard normals, the price after step k is
///
///     P0 * exp(k m / n + s (W(k) - k W(n) / n)),    k = 1 .. n - 1,    and P1 at k = n:
///
/// a Brownian bridge in the log price. Its squared steps sum to m^2 / n + s^2 (n - 1) in
/// expectation, so s^2 = max(0, (RV - m^2 / n) / (n - 1)) gives the epoch's realised variance RV.
/// Where m^2 / n alone exceeds RV the path is the straight line in log price.
///
/// Prices are integers: units of 1 / scale, closes exact, the others rounded to nearest, ties to
/// even, and kept in [1, 2^51].
class EpochBridge {
public:
    static constexpr std::int64_t most_units = std::int64_t{1} << 51;
    static constexpr std::uint32_t most_steps = 1u << 20;
    static constexpr std::size_t most_epochs = std::size_t{1} << 24;

    /// `closes`: units, one more than epochs; the first is where the first epoch starts.
    /// `realised_variance`: sum of squared log returns of each epoch.
    /// @throws Error for an empty series, lengths that do not match, a close outside [1, 2^51], a
    /// variance that is negative or above 100, a bad step count or scale.
    EpochBridge(std::span<const std::int64_t> closes, std::span<const double> realised_variance,
                std::uint32_t steps_per_epoch = 168, std::int64_t scale = 1'000'000);

    [[nodiscard]] std::size_t epochs() const noexcept { return epochs_.size(); }
    [[nodiscard]] std::uint32_t steps_per_epoch() const noexcept { return steps_; }
    /// Units in one price unit of quotation (USD).
    [[nodiscard]] std::int64_t scale() const noexcept { return scale_; }
    /// Close of epoch e - 1, so 0 is the start and epochs() the last close; in units.
    [[nodiscard]] std::int64_t close(std::size_t index) const noexcept { return closes_[index]; }
    /// s of an epoch: standard deviation of a step's log price before the bridge takes its share.
    [[nodiscard]] double step_volatility(std::size_t epoch) const noexcept {
        return epochs_[epoch].volatility;
    }
    /// Whether m^2 / n alone exceeds the epoch's realised variance, so that s = 0.
    [[nodiscard]] bool is_clamped(std::size_t epoch) const noexcept {
        return epochs_[epoch].clamped;
    }

    /// Prices in units after steps 1 .. n of one epoch of one path; the last is the close.
    /// `prices` must hold steps_per_epoch() numbers. Allocates nothing.
    void fill_epoch(std::uint64_t seed, std::uint64_t path, std::size_t epoch,
                    std::span<std::int64_t> prices) const noexcept {
        fill_epoch(best_kernels(), seed, path, epoch, prices);
    }
    /// The same before rounding, in USD; the last is close / scale.
    void fill_epoch(std::uint64_t seed, std::uint64_t path, std::size_t epoch,
                    std::span<double> prices) const noexcept {
        fill_epoch(best_kernels(), seed, path, epoch, prices);
    }

    void fill_epoch(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                    std::size_t epoch, std::span<std::int64_t> prices) const noexcept;
    void fill_epoch(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                    std::size_t epoch, std::span<double> prices) const noexcept;

private:
    struct Epoch {
        double log_move;    // m
        double volatility;  // s
        bool clamped;
    };

    void fill_bytes(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                    std::size_t epoch, std::byte* prices) const noexcept;

    std::vector<std::int64_t> closes_;
    std::vector<Epoch> epochs_;
    std::uint32_t steps_;
    std::int64_t scale_;
};

}  // namespace voltcore::markets
