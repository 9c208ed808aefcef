#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace voltcore::sim {

/// Paths in fixed bins at each of several times, row-major (times, edges + 1): bin i holds
/// edges[i - 1] <= value < edges[i], the first what is below all edges, the last what is not.
struct TimeBins {
    std::vector<double> edges;
    std::vector<std::uint64_t> counts;

    [[nodiscard]] static TimeBins of(std::span<const double> edges, std::size_t times) {
        return {.edges = {edges.begin(), edges.end()},
                .counts = std::vector<std::uint64_t>(times * (edges.size() + 1))};
    }

    void add(std::size_t time, double value) noexcept {
        // As std::upper_bound, without a branch that no processor could foresee.
        const double* below = edges.data();
        for (std::size_t left = edges.size(); left > 0;) {
            const std::size_t half = (left + 1) / 2;
            below += below[half - 1] <= value ? half : 0;
            left -= half;
        }
        const auto bin = static_cast<std::size_t>(below - edges.data());
        ++counts[time * (edges.size() + 1) + bin];
    }
};

}  // namespace voltcore::sim
