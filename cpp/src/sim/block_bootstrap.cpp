#include "voltcore/sim/block_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "voltcore/markets/kernels.hpp"
#include "voltcore/math/error.hpp"

namespace voltcore::sim {

BlockBootstrap::BlockBootstrap(std::uint32_t block, std::uint32_t replicates)
    : block_{block}, replicates_{replicates} {
    const auto refuse_unless = [](bool holds, const char* field, std::uint32_t value,
                                  const char* bound) {
        if (holds) return;
        refuse({.code = ErrorCode::out_of_range,
                .field = field,
                .value = std::to_string(value),
                .bound = bound,
                .op = "BlockBootstrap",
                .onchain = {}});
    };
    refuse_unless(block >= 1, "block", block, "is not positive");
    refuse_unless(replicates >= 2, "replicates", replicates, "is not in [2, 2^32)");
}

void BlockBootstrap::draw_starts(const markets::Stream& stream, std::size_t count) {
    // Whole blocks of four words, two to a draw.
    draws_.resize((count + 3) / 4 * 2);
    markets::best_kernels().draws(stream, 0, std::as_writable_bytes(std::span{draws_}).data(),
                                  draws_.size());
}

BootstrapMoments BlockBootstrap::moments(std::span<const double> series,
                                         const markets::Stream& stream) {
    const std::size_t n = series.size();
    if (n == 0) return {};
    const std::size_t block = std::min<std::size_t>(block_, n);
    sums_.assign(2 * n + 1, 0.0);
    for (std::size_t i = 0; i < n; ++i) sums_[i + 1] = sums_[i] + series[i];
    for (std::size_t i = 0; i < n; ++i) sums_[n + i + 1] = sums_[n + i] + series[i];
    means_.clear();
    draw_starts(stream, replicates_ * ((n + block - 1) / block));
    std::size_t used = 0;
    const auto start = [&]() -> std::size_t {
        const std::uint64_t pair = draws_[used / 2];
        const std::uint64_t word = used++ % 2 == 0 ? pair & 0xffffffffU : pair >> 32;
        return (word * n) >> 32;
    };
    double total = 0.0;
    for (std::uint32_t r = 0; r < replicates_; ++r) {
        double sum = 0.0;
        for (std::size_t left = n; left > 0;) {
            const std::size_t size = std::min(left, block);
            const std::size_t from = start();
            sum += sums_[from + size] - sums_[from];
            left -= size;
        }
        means_.push_back(sum / static_cast<double>(n));
        total += means_.back();
    }
    const double mean = total / replicates_;
    double squares = 0.0;
    for (const double value : means_) squares += (value - mean) * (value - mean);
    return {.mean = mean, .deviation = std::sqrt(squares / (replicates_ - 1))};
}

}  // namespace voltcore::sim
