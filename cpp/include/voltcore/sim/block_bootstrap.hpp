#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/markets/philox.hpp"

namespace voltcore::sim {

/// Mean and deviation of the means of resampled series.
struct BootstrapMoments {
    double mean = 0.0;
    double deviation = 0.0;  ///< sample deviation, of one less than the replicates

    /// mean - z * deviation.
    [[nodiscard]] double lower(double z) const noexcept { return mean - z * deviation; }
};

/// The circular block bootstrap of a series' mean: a replicate is a row of blocks of neighbours,
/// each beginning anywhere, the end of the series joined to its start; the last block is cut.
///
/// Source: Politis, Romano, "A circular block-resampling procedure for stationary data" (1992).
/// Prefix sums make a block one subtraction. Starts are drawn by multiplying 32 random bits with
/// the length: a start is off its share by less than length / 2^32.
class BlockBootstrap {
public:
    /// @throws Error unless block >= 1 and replicates >= 2.
    BlockBootstrap(std::uint32_t block, std::uint32_t replicates);

    /// Both moments are 0 for an empty series. Numbers of `stream`, from block 0 of them on.
    [[nodiscard]] BootstrapMoments moments(std::span<const double> series,
                                           const markets::Stream& stream);

private:
    void draw_starts(const markets::Stream& stream, std::size_t count);

    std::uint32_t block_;
    std::uint32_t replicates_;
    std::vector<double> sums_;  ///< of the first i numbers of the series written twice
    std::vector<double> means_;
    std::vector<std::uint64_t> draws_;  ///< two starts each, the low word first
};

}  // namespace voltcore::sim
