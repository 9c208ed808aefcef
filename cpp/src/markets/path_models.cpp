#include "voltcore/markets/path_models.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "voltcore/markets/normals.hpp"
#include "voltcore/markets/philox.hpp"
#include "voltcore/math/integer.hpp"

namespace voltcore::markets {

namespace {

/// Steps handled at a time, so that the walk is still in the first cache when it becomes a price.
constexpr std::size_t chunk_steps = 512;

constexpr double unbounded = std::numeric_limits<double>::infinity();

std::byte* bytes_of(std::span<double> values) noexcept {
    return std::as_writable_bytes(values).data();
}

/// floor(draw * bound / 2^64), within bound / 2^64 of uniform.
std::uint64_t below(std::uint64_t draw, std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>((static_cast<math::u128>(draw) * bound) >> 64);
}

/// Calls `chunk(part of the prices after step 0, number of its first step)`.
template <class Chunk>
void each_chunk(std::span<double> prices, Chunk chunk) {
    for (std::size_t done = 1; done < prices.size(); done += chunk_steps) {
        chunk(prices.subspan(done, std::min(chunk_steps, prices.size() - done)), done);
    }
}

}  // namespace

void GeometricBrownianMotion::fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                                   std::span<double> prices) const noexcept {
    prices[0] = start;
    const Stream stream = Stream::of(seed, Purpose::diffusion, path);
    WalkPosition position;
    each_chunk(prices, [&](std::span<double> part, std::size_t first) {
        std::byte* const bytes = bytes_of(part);
        kernels.walk(stream, position, bytes, part.size());
        kernels.price(start, drift, volatility, static_cast<double>(first),
                      most_normal * static_cast<double>(first + part.size()), bytes, bytes,
                      part.size());
    });
}

MertonJumps::MertonJumps(GeometricBrownianMotion diffusion, double jumps_per_step, double jump_mean,
                         double jump_volatility)
    : diffusion_{diffusion}, jumps_{jumps_per_step, jump_mean, jump_volatility} {}

void MertonJumps::fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                       std::span<double> prices) const noexcept {
    prices[0] = diffusion_.start;
    const Stream diffusion = Stream::of(seed, Purpose::diffusion, path);
    const Stream counts = Stream::of(seed, Purpose::jump_count, path);
    const Stream sizes = Stream::of(seed, Purpose::jump_size, path);
    WalkPosition position;
    double jumped = 0.0;
    std::array<std::uint64_t, chunk_steps> draws;
    each_chunk(prices, [&](std::span<double> part, std::size_t first) {
        std::byte* const bytes = bytes_of(part);
        kernels.walk(diffusion, position, bytes, part.size());
        // Draw number `step`, two a block.
        kernels.draws(counts, static_cast<std::uint32_t>((first - 1) / 2),
                      std::as_writable_bytes(std::span{draws}).data(), part.size());
        // From jump to jump, so that the loop between them has no branch.
        for (std::size_t i = 0; i < part.size();) {
            if (const std::uint32_t jumps = jumps_.count(draws[i]); jumps != 0) {
                jumped = jumped + jumps_.sum(jumps, normal_at(sizes, first - 1 + i));
            }
            const std::size_t next = jumps_.next(draws, i + 1, part.size());
            const double first_step = static_cast<double>(first);
            for (; i < next; ++i) {
                const double step = first_step + static_cast<double>(static_cast<int>(i));
                part[i] = (step * diffusion_.drift + part[i] * diffusion_.volatility) + jumped;
            }
        }
        kernels.price(diffusion_.start, 0.0, 1.0, 0.0, unbounded, bytes, bytes, part.size());
    });
}

BlockBootstrap::BlockBootstrap(double start, std::span<const double> returns,
                               std::uint32_t block_length, BlockKind kind)
    : start_{start},
      returns_(returns.begin(), returns.end()),
      block_length_{block_length},
      kind_{kind},
      restart_below_{std::numeric_limits<std::uint64_t>::max() / block_length} {}

void BlockBootstrap::fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                          std::span<double> prices) const noexcept {
    prices[0] = start_;
    const Stream stream = Stream::of(seed, Purpose::bootstrap, path);
    const std::uint64_t length = returns_.size();
    std::uint64_t at = 0;
    std::uint64_t left = 0;  // steps left in a circular block
    std::uint32_t block = 0;
    double sum = 0.0;
    each_chunk(prices, [&](std::span<double> part, std::size_t first) {
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (kind_ == BlockKind::circular) {
                if (left == 0) {
                    at = below(draw_64(words_at(stream, block), 0), length);
                    ++block;
                    left = block_length_;
                }
                --left;
            } else {
                const Words words = words_at(stream, static_cast<std::uint32_t>(first - 1 + i));
                const bool restart = first + i == 1 || draw_64(words, 1) <= restart_below_;
                if (restart) at = below(draw_64(words, 0), length);
            }
            sum = sum + returns_[at];
            part[i] = sum;
            at = at + 1 == length ? 0 : at + 1;
        }
        std::byte* const bytes = bytes_of(part);
        kernels.price(start_, 0.0, 1.0, 0.0, unbounded, bytes, bytes, part.size());
    });
}

void BridgedPath::fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                       std::span<double> prices) const noexcept {
    const std::size_t steps = bridge.steps_per_epoch();
    prices[0] = static_cast<double>(bridge.close(0)) / static_cast<double>(bridge.scale());
    for (std::size_t epoch = 0; epoch * steps + 1 < prices.size(); ++epoch) {
        bridge.fill_epoch(kernels, seed, path, epoch, prices.subspan(epoch * steps + 1, steps));
    }
}

}  // namespace voltcore::markets
