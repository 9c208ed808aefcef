#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/markets/jumps.hpp"
#include "voltcore/markets/kernels.hpp"

namespace voltcore::markets {

/// One of several assets whose prices move together; drift and volatility of the log price per
/// step.
struct AssetDynamics {
    double start;
    double drift;
    double volatility;
    /// Its own jumps, which no other asset shares; at most 16 a step.
    double jumps_per_step = 0.0;
    double jump_mean = 0.0;
    double jump_volatility = 0.0;
    /// What a common jump does to this asset.
    double common_jump_mean = 0.0;
    double common_jump_volatility = 0.0;
};

/// The drift that makes the expected price grow by e^growth a step: growth - volatility^2 / 2 less
/// what own and common jumps add. `asset.drift` is not read.
[[nodiscard]] double compensated_drift(double growth, const AssetDynamics& asset,
                                       double common_jumps_per_step) noexcept;

/// Geometric Brownian motions and Merton jumps of several assets with a given correlation:
///
///     ln S_i(k) = ln S_i(0) + drift_i k + volatility_i W_i(k) + own jumps + common jumps,
///     W_i(k) = W_i(k - 1) + sum over j <= i of L_ij z_j(k),    L L' = correlation.
///
/// Common jumps hit all assets in the same step, as often for each; the normals of their sizes have
/// the same correlation. Asset 0 has the numbers of MertonJumps, bit for bit.
class CorrelatedAssets {
public:
    static constexpr std::size_t most_assets = 64;

    /// `correlation`: assets x assets, row by row.
    /// @throws Error unless there are 1 to 64 assets and the matrix is symmetric, 1 on the diagonal
    /// and positive semidefinite (pivots down to -1e-9 count as 0). Parameters of an asset are
    /// checked by the binding's caller.
    CorrelatedAssets(std::span<const AssetDynamics> assets, std::span<const double> correlation,
                     double common_jumps_per_step = 0.0);

    [[nodiscard]] std::size_t assets() const noexcept { return assets_.size(); }
    [[nodiscard]] const AssetDynamics& asset(std::size_t i) const noexcept { return assets_[i]; }
    /// L_ij, 0 above the diagonal.
    [[nodiscard]] double factor(std::size_t i, std::size_t j) const noexcept {
        return factor_[i * assets_.size() + j];
    }

    /// Prices after 0, 1, ..., n steps, the assets of a step side by side. Allocates what a
    /// CorrelatedPath does.
    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<double> prices) const;

private:
    friend class CorrelatedPath;

    std::vector<AssetDynamics> assets_;
    std::vector<double> factor_;
    std::vector<Jumps> own_jumps_;
    std::vector<Jumps> common_jumps_;  // of each asset; the counts of all are equal
};

/// One path of all assets, step by step: what a simulation holds. Only the constructor allocates.
class CorrelatedPath {
public:
    /// `model` must outlive the path.
    explicit CorrelatedPath(const CorrelatedAssets& model, const Kernels& kernels = best_kernels());

    /// Back to step 0 of a path.
    void restart(std::uint64_t seed, std::uint64_t path) noexcept;

    /// Prices of all assets after the next step; valid until the next call.
    [[nodiscard]] std::span<const double> next() noexcept;

    /// Steps taken since restart, at most 2^32 - 1.
    [[nodiscard]] std::uint64_t steps() const noexcept { return first_step_ + at_; }

private:
    static constexpr std::size_t tile_steps = 64;  // as many as a word has bits

    void refill() noexcept;
    void add_jumps(std::size_t asset) noexcept;
    /// The steps of the tile that have a jump, as bits; their counts into `counts`.
    [[nodiscard]] std::uint64_t count_jumps(const Jumps& jumps, Purpose purpose, std::uint32_t part,
                                            std::span<std::uint32_t> counts) noexcept;
    /// The normal behind the size of a common jump.
    [[nodiscard]] double common_size(std::size_t asset, std::uint64_t step) const noexcept;

    const CorrelatedAssets* model_;
    const Kernels* kernels_;
    std::uint64_t seed_ = 0;
    std::uint64_t path_ = 0;
    std::uint64_t first_step_ = 0;  // steps before the tile
    std::size_t at_ = 0;            // steps of the tile that have been taken
    bool empty_ = true;             // no tile yet
    std::vector<double> walk_;      // W of each asset before the tile
    std::vector<double> jumped_;    // sum of its jumps before the tile
    std::vector<double> normals_;   // assets x tile_steps
    std::vector<double> column_;    // one asset's steps
    std::vector<double> prices_;    // tile_steps x assets
    std::vector<std::uint64_t> draws_;
    std::vector<std::uint32_t> own_counts_;
    std::vector<std::uint32_t> common_counts_;
    std::uint64_t common_steps_ = 0;  // steps of the tile with a common jump, as bits
};

}  // namespace voltcore::markets
