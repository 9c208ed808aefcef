#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "voltcore/amm/tick_math.hpp"
#include "voltcore/math/wrapping_u256.hpp"

namespace voltcore::amm {

/// What crossing one whole interval does to a swap, whatever amount is left: from a boundary of the
/// bitmap's search to the next one.
struct Segment {
    std::uint64_t generation{};
    std::int32_t start{};
    std::int32_t next{};
    bool initialized{};
    std::uint8_t kind{};
    std::size_t tick_index{};
    U256 next_price{};
    U256 threshold{};  ///< the interval is crossed when at least this much is left
    U256 spent{};      ///< taken from what is left
    U256 gained{};     ///< added to the other side
    math::WrappingU256 growth{};
    u128 protocol_cut{};
    u128 liquidity_after{};
};

/// Scratch of the swap loop: segments, prices of boundaries and the ticks crossed.
///
/// It holds nothing that cannot be calculated again: it takes no part in comparison or bytes, and
/// copies start empty.
class SwapScratch {
public:
    struct Crossing {
        std::size_t tick_index;
        math::WrappingU256 growth;  ///< of the input token when the tick was crossed
    };

    SwapScratch() = default;
    SwapScratch(const SwapScratch&) noexcept {}
    SwapScratch& operator=(const SwapScratch&) noexcept {
        forget_segments();
        return *this;
    }
    SwapScratch(SwapScratch&&) noexcept = default;
    SwapScratch& operator=(SwapScratch&&) noexcept = default;
    ~SwapScratch() = default;
    friend bool operator==(const SwapScratch&, const SwapScratch&) noexcept { return true; }

    /// To be called whenever liquidity or fees of the pool change.
    void forget_segments() noexcept { ++generation_; }

    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    /// The place of a segment: the caller looks whether it holds the one it wants.
    [[nodiscard]] Segment& segment(std::int32_t compressed_start, std::uint8_t kind) {
        if (segments_.empty()) segments_.resize(kinds * starts);
        return segments_[(static_cast<std::uint32_t>(compressed_start) % starts) * kinds + kind];
    }

    /// The price of a boundary tick.
    [[nodiscard]] const U256& price_at(std::int32_t tick, std::int32_t compressed) {
        if (prices_.empty()) prices_.resize(starts);
        TickPrice& entry = prices_[static_cast<std::uint32_t>(compressed) % starts];
        if (entry.tick != tick) entry = {tick, sqrt_ratio_at_legal_tick(tick)};
        return entry.price;
    }

    std::vector<Crossing> crossed;

private:
    static constexpr std::size_t kinds = 4;
    static constexpr std::size_t starts = 256;

    struct TickPrice {
        std::int32_t tick{std::numeric_limits<std::int32_t>::min()};
        U256 price{};
    };

    std::uint64_t generation_{1};
    std::vector<Segment> segments_;
    std::vector<TickPrice> prices_;
};

}  // namespace voltcore::amm
