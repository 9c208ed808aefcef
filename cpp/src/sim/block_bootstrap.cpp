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

BootstrapMoments BlockBootstrap::moments(std::span<const double> series,
                                         const markets::Stream& stream) {
    const std::size_t n = series.size();
    if (n == 0) return {};
    tabulate(series);
    const std::size_t blocks = (n + block_ - 1) / block_;
    means_.resize(replicates_);
    // Whole blocks of four words: 16 replicates use 4 * blocks of them.
    starts_.resize(group * blocks);
    const auto bytes = std::as_writable_bytes(std::span{starts_});
    double total = 0.0;
    for (std::size_t r = 0; r < replicates_; r += group) {
        const std::size_t count = std::min<std::size_t>(group, replicates_ - r);
        const std::size_t words = count * blocks;
        markets::best_kernels().draws(stream, static_cast<std::uint32_t>(r * blocks / 4),
                                      bytes.data(), (words + 1) / 2);
        double* const means = &means_[r];
        std::size_t i = 0;
        for (; i + 8 <= count; i += 8) add_up<8>(n, blocks, &starts_[i * blocks], means + i);
        for (; i < count; ++i) add_up<1>(n, blocks, &starts_[i * blocks], means + i);
        for (i = 0; i < count; ++i) total += means[i];
    }
    const double mean = total / replicates_;
    double squares = 0.0;
    for (const double value : means_) squares += (value - mean) * (value - mean);
    return {.mean = mean, .deviation = std::sqrt(squares / (replicates_ - 1))};
}

void BlockBootstrap::tabulate(std::span<const double> series) {
    const std::size_t n = series.size();
    const std::size_t block = std::min<std::size_t>(block_, n);
    const std::size_t rest = (n - 1) % block + 1;
    sums_.resize(n + block + 1);
    sums_[0] = 0.0;
    for (std::size_t i = 0; i < n; ++i) sums_[i + 1] = sums_[i] + series[i];
    for (std::size_t i = 0; i < block; ++i) sums_[n + i + 1] = sums_[n + i] + series[i];
    whole_.resize(n);
    last_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        whole_[i] = sums_[i + block] - sums_[i];
        last_[i] = sums_[i + rest] - sums_[i];
    }
}

template <std::size_t several>
void BlockBootstrap::add_up(std::size_t n, std::size_t blocks, const std::uint32_t* words,
                            double* means) const noexcept {
    // Several replicates side by side: a sum waits for itself, not for the others. In each the
    // order is that of its blocks.
    const auto start = [&](std::size_t r, std::size_t b) {
        return (std::uint64_t{words[r * blocks + b]} * n) >> 32;
    };
    double sum[several]{};
    for (std::size_t b = 0; b + 1 < blocks; ++b) {
#pragma GCC unroll 8
        for (std::size_t r = 0; r < several; ++r) sum[r] += whole_[start(r, b)];
    }
    for (std::size_t r = 0; r < several; ++r) {
        means[r] = (sum[r] + last_[start(r, blocks - 1)]) / static_cast<double>(n);
    }
}

}  // namespace voltcore::sim
