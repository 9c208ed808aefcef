#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "voltcore/amm/tick_math.hpp"
#include "voltcore/math/limb_divisor.hpp"
#include "voltcore/math/wrapping_u256.hpp"

namespace voltcore::amm {

/// Where the next boundary of the bitmap's search lies from one cell (tick / spacing, rounded down)
/// in one direction, and what crossing the whole interval does to a swap, whatever amount is left.
///
/// The liquidity is that of the cell: it changes on cell borders only. 128 bytes, two lines of the
/// cache; what does not fit its field is not kept and is left to the contract's own loop.
struct alignas(64) Segment {
    enum class Crossing : std::uint8_t { unknown, known, impossible };
    static constexpr std::uint32_t no_tick = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t generation{};
    std::int32_t cell{};
    std::int32_t next_cell{};           ///< the boundary, divided by the spacing
    std::uint32_t tick_index{no_tick};  ///< its place when it is initialised
    u128 next_price{};
    std::uint64_t liquidity_reciprocal{};  ///< 0 where there is no liquidity
    Crossing crossing{};
    // From the cell's border where the direction enters it; once `crossing` is known.
    u128 total_in{};    ///< with the fee: an exact input crosses when at least this much is left
    u128 amount_out{};  ///< the same for an exact output
    u128 growth{};
    u128 protocol_cut{};
    u128 liquidity_after{};
};

static_assert(sizeof(Segment) == 128);

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
    void forget_segments() noexcept {
        if (++generation_ == 0) {
            std::ranges::fill(segments_, Segment{});
            generation_ = 1;
        }
    }

    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
    /// The place of a segment: the caller looks whether it holds the one it wants.
    [[nodiscard]] Segment& segment(std::int32_t cell, bool zero_for_one) {
        if (segments_.empty()) segments_.resize(2 * cells);
        return segments_[(static_cast<std::uint32_t>(cell) % cells) * 2 + (zero_for_one ? 1 : 0)];
    }

    /// The price of a boundary tick.
    [[nodiscard]] const U256& price_at(std::int32_t tick, std::int32_t compressed) {
        if (prices_.empty()) prices_.resize(cells);
        TickPrice& entry = prices_[static_cast<std::uint32_t>(compressed) % cells];
        if (entry.tick != tick) entry = {tick, sqrt_ratio_at_legal_tick(tick)};
        return entry.price;
    }

    /// Divides by 10^6 - fee_pips. Precondition: fee_pips < 10^6.
    [[nodiscard]] const math::LimbDivisor& without_fee(std::uint32_t fee_pips) noexcept {
        if (without_fee_.value() != 1'000'000 - fee_pips) {
            without_fee_ = math::LimbDivisor{1'000'000 - fee_pips};
        }
        return without_fee_;
    }

    std::vector<Crossing> crossed;

private:
    static constexpr std::size_t cells = 256;

    struct TickPrice {
        std::int32_t tick{std::numeric_limits<std::int32_t>::min()};
        U256 price{};
    };

    std::uint32_t generation_{1};
    math::LimbDivisor without_fee_{1};
    std::vector<Segment> segments_;
    std::vector<TickPrice> prices_;
};

}  // namespace voltcore::amm
