#pragma once

#include <cmath>
#include <cstdint>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/philox.hpp"

namespace voltcore::sim {

/// Random numbers of one path for one purpose, one after the other.
class StressDraws {
public:
    StressDraws(std::uint64_t seed, std::uint8_t purpose, std::uint64_t path) noexcept
        : stream_{markets::Stream::of(seed, static_cast<markets::Purpose>(purpose), path)} {}

    /// In (0, 1).
    [[nodiscard]] double uniform() noexcept {
        if (next_ == 2) {
            words_ = markets::words_at(stream_, block_++);
            next_ = 0;
        }
        return markets::uniform_of(markets::draw_64(words_, next_++));
    }
    [[nodiscard]] double normal() noexcept { return markets::inverse_normal(uniform()); }
    [[nodiscard]] double exponential(double mean) noexcept {
        return -mean * markets::log(uniform());
    }
    /// Arrivals (Knuth). A large mean is the sum of small ones: exp(-mean) would leave the doubles.
    [[nodiscard]] std::uint32_t poisson(double mean) noexcept {
        constexpr double most = 16.0;
        std::uint32_t count = 0;
        for (; mean > most; mean -= most) count += small_poisson(markets::exp(-most));
        return count + small_poisson(markets::exp(-mean));
    }

private:
    /// `limit` is exp(-mean).
    [[nodiscard]] std::uint32_t small_poisson(double limit) noexcept {
        std::uint32_t count = 0;
        for (double product = uniform(); product > limit; product *= uniform()) ++count;
        return count;
    }

    markets::Stream stream_;
    markets::Words words_{};
    int next_ = 2;
    std::uint32_t block_ = 0;
};

/// How traders behave, in both stress runs.
struct TraderFlow {
    double arrivals_per_step = 0.0;
    double long_share = 0.5;
    double momentum = 0.0;  ///< added to the long share for each unit of the last day's log move
    double size_median_usd = 0.0;
    double size_sigma = 0.0;  ///< of the log
    double size_most_usd = 0.0;
    double leverage_least = 1.1;
    double leverage_most = 1.1;
    double holding_mean_steps = 1.0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("arrivals_per_step", self.arrivals_per_step);
        visit("long_share", self.long_share);
        visit("momentum", self.momentum);
        visit("size_median_usd", self.size_median_usd);
        visit("size_sigma", self.size_sigma);
        visit("size_most_usd", self.size_most_usd);
        visit("leverage_least", self.leverage_least);
        visit("leverage_most", self.leverage_most);
        visit("holding_mean_steps", self.holding_mean_steps);
    }
};

/// What one arriving trader wants; USD e6.
struct Wish {
    bool is_long = false;
    std::uint64_t size = 0;
    std::uint64_t collateral = 0;
    std::uint32_t steps = 1;
};

[[nodiscard]] inline Wish draw_wish(StressDraws& draws, const TraderFlow& flow, double last_move) {
    constexpr double usd = 1e6;
    Wish wish;
    wish.is_long = draws.uniform() < flow.long_share + flow.momentum * last_move;
    const double size = std::fmin(
        flow.size_median_usd * markets::exp(flow.size_sigma * draws.normal()), flow.size_most_usd);
    const double leverage =
        flow.leverage_least + (flow.leverage_most - flow.leverage_least) * draws.uniform();
    wish.size = static_cast<std::uint64_t>(size * usd);
    wish.collateral = static_cast<std::uint64_t>(size / leverage * usd);
    wish.steps =
        1 + static_cast<std::uint32_t>(std::fmin(draws.exponential(flow.holding_mean_steps), 1e6));
    return wish;
}

}  // namespace voltcore::sim
