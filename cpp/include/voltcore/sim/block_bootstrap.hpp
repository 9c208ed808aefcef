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
/// Prefix sums, taken once, make a block one number of a table. Starts are drawn by multiplying 32
/// random bits with the length: a start is off its share by less than length / 2^32.
class BlockBootstrap {
public:
    /// @throws Error unless block >= 1 and replicates >= 2.
    BlockBootstrap(std::uint32_t block, std::uint32_t replicates);

    /// Both moments are 0 for an empty series. Numbers of `stream`, from block 0 of them on.
    [[nodiscard]] BootstrapMoments moments(std::span<const double> series,
                                           const markets::Stream& stream);

private:
    static constexpr std::size_t group = 16;  ///< replicates whose starts are drawn at once

    /// What a whole block and what the last one adds up to, by where it begins.
    void tabulate(std::span<const double> series);
    /// Means of several replicates from the words of their starts, `blocks` of each.
    template <std::size_t several>
    void add_up(std::size_t n, std::size_t blocks, const std::uint32_t* words,
                double* means) const noexcept;

    std::uint32_t block_;
    std::uint32_t replicates_;
    std::vector<double> sums_;  ///< of the first i numbers of the series and its first block again
    std::vector<double> whole_;
    std::vector<double> last_;
    std::vector<std::uint32_t> starts_;
    std::vector<double> means_;
};

}  // namespace voltcore::sim
