#include "voltcore/markets/correlated_assets.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/normals.hpp"
#include "voltcore/math/error.hpp"

namespace voltcore::markets {

namespace {

void refuse_matrix(ErrorCode code, std::size_t row, std::size_t column, std::string value,
                   std::string bound) {
    refuse({.code = code,
            .field = "correlation[" + std::to_string(row) + "][" + std::to_string(column) + "]",
            .value = std::move(value),
            .bound = std::move(bound),
            .op = "CorrelatedAssets",
            .onchain = {}});
}

/// The lower triangular L with L L' = `correlation`, row by row.
std::vector<double> cholesky(std::span<const double> correlation, std::size_t n) {
    // Rounding may leave a pivot of a singular matrix slightly off 0.
    constexpr double tolerance = 1e-9;
    std::vector<double> factor(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            const double given = correlation[i * n + j];
            if (!(given >= -1.0 && given <= 1.0)) {
                refuse_matrix(given == given ? ErrorCode::out_of_range : ErrorCode::not_finite, i,
                              j, std::to_string(given), "is not in [-1, 1]");
            }
            if (given != correlation[j * n + i] || (i == j && given != 1.0)) {
                refuse_matrix(ErrorCode::bad_combination, i, j, std::to_string(given),
                              i == j ? "is not 1" : "differs from its mirror image");
            }
            double rest = given;
            for (std::size_t k = 0; k < j; ++k) {
                rest = rest - factor[i * n + k] * factor[j * n + k];
            }
            const double pivot = i == j ? rest : factor[j * n + j];
            if (i == j && rest > tolerance) {
                factor[i * n + i] = std::sqrt(rest);
            } else if (i != j && pivot > 0.0) {
                factor[i * n + j] = rest / pivot;
            } else if (rest < -tolerance || (i != j && rest > tolerance)) {
                refuse_matrix(ErrorCode::bad_combination, i, j, std::to_string(given),
                              "makes the matrix indefinite: no assets move like that");
            }
        }
    }
    return factor;
}

/// E e^J - 1 of one jump.
double mean_jump(double mean, double volatility) noexcept {
    return exp(mean + 0.5 * volatility * volatility) - 1.0;
}

}  // namespace

double compensated_drift(double growth, const AssetDynamics& asset,
                         double common_jumps_per_step) noexcept {
    return growth - 0.5 * asset.volatility * asset.volatility -
           asset.jumps_per_step * mean_jump(asset.jump_mean, asset.jump_volatility) -
           common_jumps_per_step * mean_jump(asset.common_jump_mean, asset.common_jump_volatility);
}

CorrelatedAssets::CorrelatedAssets(std::span<const AssetDynamics> assets,
                                   std::span<const double> correlation,
                                   double common_jumps_per_step)
    : assets_(assets.begin(), assets.end()) {
    if (assets.empty() || assets.size() > most_assets) {
        refuse({.code = ErrorCode::out_of_range,
                .field = "assets",
                .value = std::to_string(assets.size()),
                .bound = "is not in [1, " + std::to_string(most_assets) + "]",
                .op = "CorrelatedAssets",
                .onchain = {}});
    }
    if (correlation.size() != assets.size() * assets.size()) {
        refuse({.code = ErrorCode::array_length,
                .field = "correlation",
                .value = std::to_string(correlation.size()),
                .bound = "is not the square of the number of assets",
                .op = "CorrelatedAssets",
                .onchain = {}});
    }
    factor_ = cholesky(correlation, assets.size());
    for (const AssetDynamics& asset : assets_) {
        own_jumps_.emplace_back(asset.jumps_per_step, asset.jump_mean, asset.jump_volatility);
        common_jumps_.emplace_back(common_jumps_per_step, asset.common_jump_mean,
                                   asset.common_jump_volatility);
    }
}

void CorrelatedAssets::fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
                            std::span<double> prices) const {
    CorrelatedPath drawn{*this, kernels};
    drawn.restart(seed, path);
    for (std::size_t i = 0; i < assets_.size(); ++i) prices[i] = assets_[i].start;
    for (std::size_t at = assets_.size(); at < prices.size(); at += assets_.size()) {
        std::ranges::copy(drawn.next(), prices.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

CorrelatedPath::CorrelatedPath(const CorrelatedAssets& model, const Kernels& kernels)
    : model_{&model},
      kernels_{&kernels},
      walk_(model.assets()),
      jumped_(model.assets()),
      normals_(model.assets() * tile_steps),
      column_(tile_steps),
      prices_(model.assets() * tile_steps),
      draws_(tile_steps),
      own_counts_(tile_steps),
      common_counts_(tile_steps) {}

void CorrelatedPath::restart(std::uint64_t seed, std::uint64_t path) noexcept {
    seed_ = seed;
    path_ = path;
    first_step_ = 0;
    at_ = 0;
    empty_ = true;
    std::ranges::fill(walk_, 0.0);
    std::ranges::fill(jumped_, 0.0);
}

std::span<const double> CorrelatedPath::next() noexcept {
    if (empty_ || at_ == tile_steps) {
        first_step_ += empty_ ? 0 : tile_steps;
        at_ = 0;
        empty_ = false;
        refill();
    }
    const std::size_t n = model_->assets();
    return std::span{prices_}.subspan(n * at_++, n);
}

std::uint64_t CorrelatedPath::count_jumps(const Jumps& jumps, Purpose purpose, std::uint32_t part,
                                          std::span<std::uint32_t> counts) noexcept {
    if (!jumps.any()) return 0;
    // Draw number `step`, two a block.
    kernels_->draws(Stream::of(seed_, purpose, path_, part),
                    static_cast<std::uint32_t>(first_step_ / 2),
                    std::as_writable_bytes(std::span{draws_}).data(), tile_steps);
    std::uint64_t steps = 0;
    for (std::size_t k = jumps.next(draws_, 0, tile_steps); k < tile_steps;
         k = jumps.next(draws_, k + 1, tile_steps)) {
        counts[k] = jumps.count(draws_[k]);
        steps |= std::uint64_t{1} << k;
    }
    return steps;
}

double CorrelatedPath::common_size(std::size_t asset, std::uint64_t step) const noexcept {
    double z = 0.0;
    for (std::size_t j = 0; j <= asset; ++j) {
        const Stream sizes =
            Stream::of(seed_, Purpose::common_jump_size, path_, static_cast<std::uint32_t>(j));
        z = z + model_->factor(asset, j) * normal_at(sizes, step);
    }
    return z;
}

void CorrelatedPath::add_jumps(std::size_t asset) noexcept {
    const auto part = static_cast<std::uint32_t>(asset);
    const Jumps& own = model_->own_jumps_[asset];
    const std::uint64_t own_steps = count_jumps(own, Purpose::jump_count, part, own_counts_);
    double jumped = jumped_[asset];
    std::uint64_t left = own_steps | common_steps_;
    for (std::size_t k = 0;;) {
        // From jump to jump, so that the loop between them has no branch.
        const auto next = static_cast<std::size_t>(std::countr_zero(left));
        for (; k < next; ++k) column_[k] = column_[k] + jumped;
        if (next == tile_steps) break;
        const std::uint64_t step = first_step_ + next;
        if ((own_steps >> next & 1) != 0) {
            const Stream sizes = Stream::of(seed_, Purpose::jump_size, path_, part);
            jumped = jumped + own.sum(own_counts_[next], normal_at(sizes, step));
        }
        if ((common_steps_ >> next & 1) != 0) {
            jumped = jumped + model_->common_jumps_[asset].sum(common_counts_[next],
                                                               common_size(asset, step));
        }
        left &= left - 1;
    }
    jumped_[asset] = jumped;
}

void CorrelatedPath::refill() noexcept {
    const std::size_t n = model_->assets();
    for (std::size_t j = 0; j < n; ++j) {
        const Stream stream =
            Stream::of(seed_, Purpose::diffusion, path_, static_cast<std::uint32_t>(j));
        kernels_->normals(
            stream, static_cast<std::uint32_t>(first_step_ / normals_per_block),
            std::as_writable_bytes(std::span{normals_}.subspan(j * tile_steps, tile_steps)).data(),
            tile_steps);
    }
    common_steps_ =
        count_jumps(model_->common_jumps_[0], Purpose::common_jump_count, 0, common_counts_);
    for (std::size_t i = 0; i < n; ++i) {
        const AssetDynamics& asset = model_->assets_[i];
        std::ranges::fill(column_, 0.0);
        for (std::size_t j = 0; j <= i; ++j) {
            const double weight = model_->factor(i, j);
            const double* const z = normals_.data() + j * tile_steps;
            for (std::size_t k = 0; k < tile_steps; ++k) column_[k] = column_[k] + weight * z[k];
        }
        // Block by block, in the order of the kernels' own walk.
        double walk = walk_[i];
        const double first_step = static_cast<double>(first_step_ + 1);
        for (std::size_t block = 0; block < tile_steps; block += normals_per_block) {
            double inside = 0.0;
            for (std::size_t k = block; k < block + normals_per_block; ++k) {
                inside = inside + column_[k];
                const double step = first_step + static_cast<double>(static_cast<int>(k));
                column_[k] = step * asset.drift + (walk + inside) * asset.volatility;
            }
            walk = walk + inside;
        }
        walk_[i] = walk;
        add_jumps(i);
        std::byte* const column = std::as_writable_bytes(std::span{column_}).data();
        kernels_->price(asset.start, 0.0, 1.0, 0.0, std::numeric_limits<double>::infinity(), column,
                        column, tile_steps);
        for (std::size_t k = 0; k < tile_steps; ++k) prices_[k * n + i] = column_[k];
    }
}

}  // namespace voltcore::markets
