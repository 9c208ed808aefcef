#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/markets/epoch_bridge.hpp"
#include "voltcore/markets/jumps.hpp"
#include "voltcore/markets/kernels.hpp"

// A path model fills one path: prices after 0, 1, ..., n steps, a pure function of (model, seed,
// path). Nothing is allocated. Every model has
//
//     void fill(const Kernels&, std::uint64_t seed, std::uint64_t path, std::span<double>) const;

namespace voltcore::markets {

/// A step's number is below 2^32, so that a block of four, two or one steps fits its 32 bits.
inline constexpr std::uint64_t most_path_steps = (std::uint64_t{1} << 32) - 1;

/// ln S(k) = ln S(0) + drift k + volatility W(k); drift and volatility of the log price per step.
struct GeometricBrownianMotion {
    double start;
    double drift;
    double volatility;

    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<double> prices) const noexcept;
};

/// Merton, "Option pricing when underlying stock returns are discontinuous" (1976): the diffusion
/// above and N jumps a step, N ~ Poisson(jumps), each normal with jump_mean and jump_volatility in
/// the log price.
class MertonJumps {
public:
    /// jumps_per_step in [0, 16]; parameters are checked by the binding's caller.
    MertonJumps(GeometricBrownianMotion diffusion, double jumps_per_step, double jump_mean,
                double jump_volatility);

    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<double> prices) const noexcept;

private:
    GeometricBrownianMotion diffusion_;
    Jumps jumps_;
};

enum class BlockKind : std::uint8_t {
    circular,    ///< blocks of exactly the block length, wrapping round the end of the series
    stationary,  ///< block lengths geometric with that mean (Politis and Romano, 1994)
};

/// Log returns resampled in blocks from a given series.
class BlockBootstrap {
public:
    /// returns not empty, block_length >= 1: checked by the binding's caller.
    BlockBootstrap(double start, std::span<const double> returns, std::uint32_t block_length,
                   BlockKind kind);

    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<double> prices) const noexcept;

private:
    double start_;
    std::vector<double> returns_;
    std::uint32_t block_length_;
    BlockKind kind_;
    std::uint64_t restart_below_;  // a new block starts where a draw is below: 2^64 / block length
};

/// One path through the epochs of a bridge, from its start price on; prices before rounding.
struct BridgedPath {
    const EpochBridge& bridge;

    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<double> prices) const noexcept;
};

}  // namespace voltcore::markets
