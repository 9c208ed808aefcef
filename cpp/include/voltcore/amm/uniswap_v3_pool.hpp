#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "voltcore/amm/journaled_map.hpp"
#include "voltcore/amm/segment_cache.hpp"
#include "voltcore/amm/swap_step.hpp"
#include "voltcore/amm/tick_bitmap.hpp"
#include "voltcore/amm/tick_math.hpp"
#include "voltcore/math/wrapping_u256.hpp"

// The comparison pool. Source: UniswapV3Pool.sol, Tick.sol, Position.sol of v3-core 1.0, without
// the price oracle, flash loans and token transfers.

namespace voltcore::amm {

using math::WrappingU256;

struct PositionKey {
    std::uint64_t owner{};
    std::int32_t tick_lower{};
    std::int32_t tick_upper{};

    friend auto operator<=>(const PositionKey&, const PositionKey&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("owner", self.owner);
        visit("tick_lower", self.tick_lower);
        visit("tick_upper", self.tick_upper);
    }
};

struct UniswapTick {
    u128 liquidity_gross{};
    i128 liquidity_net{};
    WrappingU256 fee_growth_outside0_x128{};
    WrappingU256 fee_growth_outside1_x128{};
    bool initialized{};

    friend bool operator==(const UniswapTick&, const UniswapTick&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("liquidity_gross", self.liquidity_gross);
        visit("liquidity_net", self.liquidity_net);
        visit("fee_growth_outside0_x128", self.fee_growth_outside0_x128);
        visit("fee_growth_outside1_x128", self.fee_growth_outside1_x128);
        visit("initialized", self.initialized);
    }
};

struct UniswapPosition {
    u128 liquidity{};
    WrappingU256 fee_growth_inside0_last_x128{};
    WrappingU256 fee_growth_inside1_last_x128{};
    u128 tokens_owed0{};
    u128 tokens_owed1{};

    friend bool operator==(const UniswapPosition&, const UniswapPosition&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("liquidity", self.liquidity);
        visit("fee_growth_inside0_last_x128", self.fee_growth_inside0_last_x128);
        visit("fee_growth_inside1_last_x128", self.fee_growth_inside1_last_x128);
        visit("tokens_owed0", self.tokens_owed0);
        visit("tokens_owed1", self.tokens_owed1);
    }
};

/// What changes with a swap.
struct UniswapState {
    U256 sqrt_price_x96{};  ///< 0 until initialised
    std::int32_t tick{};
    std::uint8_t fee_protocol{};  ///< low nibble for token0, high nibble for token1
    u128 liquidity{};             ///< active at the present tick
    WrappingU256 fee_growth_global0_x128{};
    WrappingU256 fee_growth_global1_x128{};
    u128 protocol_fees0{};
    u128 protocol_fees1{};

    friend bool operator==(const UniswapState&, const UniswapState&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("sqrt_price_x96", self.sqrt_price_x96);
        visit("tick", self.tick);
        visit("fee_protocol", self.fee_protocol);
        visit("liquidity", self.liquidity);
        visit("fee_growth_global0_x128", self.fee_growth_global0_x128);
        visit("fee_growth_global1_x128", self.fee_growth_global1_x128);
        visit("protocol_fees0", self.protocol_fees0);
        visit("protocol_fees1", self.protocol_fees1);
    }
};

struct TokenAmounts {
    U256 amount0{};
    U256 amount1{};
};

/// Positive amounts are paid to the pool.
struct UniswapSwap {
    I256 amount0{};
    I256 amount1{};
    U256 sqrt_price_x96{};  ///< after the swap
    std::int32_t tick{};
    u128 liquidity{};
    std::uint32_t steps{};
};

struct UniswapGrowth {
    WrappingU256 token0{};
    WrappingU256 token1{};
};

/// One concentrated-liquidity pool: a value with no clock, no tokens and no hidden caller.
///
/// Operations throw `Error` and then have changed nothing.
class UniswapV3Pool {
public:
    UniswapV3Pool() = default;
    /// @param fee_pips share of the input in hundredths of a basis point, below 10^6.
    UniswapV3Pool(std::uint32_t fee_pips, std::int32_t tick_spacing);

    [[nodiscard]] std::uint32_t fee_pips() const noexcept { return fee_pips_; }
    [[nodiscard]] std::int32_t tick_spacing() const noexcept { return tick_spacing_; }
    [[nodiscard]] u128 max_liquidity_per_tick() const noexcept { return max_liquidity_; }
    [[nodiscard]] const UniswapState& state() const noexcept { return state_; }
    [[nodiscard]] const TickBitmap& bitmap() const noexcept { return bitmap_; }
    [[nodiscard]] const JournaledMap<std::int32_t, UniswapTick>& ticks() const noexcept {
        return ticks_;
    }
    [[nodiscard]] const JournaledMap<PositionKey, UniswapPosition>& positions() const noexcept {
        return positions_;
    }

    /// Once; "AI" afterwards, "R" for a price outside the range.
    void initialize(const U256& sqrt_price_x96);
    /// What the owner pays, rounded up.
    TokenAmounts mint(const PositionKey& key, u128 amount);
    /// What the owner is owed for it, rounded down; nothing is paid before `collect`.
    TokenAmounts burn(const PositionKey& key, u128 amount);
    /// Pays out what is owed, at most what is asked for.
    TokenAmounts collect(const PositionKey& key, u128 amount0_requested, u128 amount1_requested);
    UniswapSwap swap(bool zero_for_one, const I256& amount_specified,
                     const U256& sqrt_price_limit_x96);
    /// The same without any change.
    /// (The scratch is used: nothing of the state.)
    [[nodiscard]] UniswapSwap quote(bool zero_for_one, const I256& amount_specified,
                                    const U256& sqrt_price_limit_x96);
    /// Each 0 or 4..10: the protocol's share is one part in that many of the fee.
    void set_fee_protocol(std::uint8_t fee_protocol0, std::uint8_t fee_protocol1);

    // For the batches: refusals are returned, not thrown.
    Revert try_swap(bool zero_for_one, const I256& amount_specified,
                    const U256& sqrt_price_limit_x96, UniswapSwap& out);
    /// `scratch` belongs to the calling thread and to this state of the pool.
    Revert try_quote(bool zero_for_one, const I256& amount_specified,
                     const U256& sqrt_price_limit_x96, SwapScratch& scratch,
                     UniswapSwap& out) const;
    /// The swap by the contract's own loop, with nothing cached: what the fast loop is tested
    /// against.
    Revert try_swap_plain(bool zero_for_one, const I256& amount_specified,
                          const U256& sqrt_price_limit_x96, UniswapSwap& out);

    /// Throws InvariantError unless: the sum of liquidity_net is 0, the active liquidity is the sum
    /// of the nets at or below the tick, bitmap bit <=> liquidity_gross > 0, and
    /// price(tick) <= price <= price(tick + 1).
    void audit() const;

    friend bool operator==(const UniswapV3Pool&, const UniswapV3Pool&) = default;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("fee_pips", self.fee_pips_);
        visit("tick_spacing", self.tick_spacing_);
        visit("max_liquidity_per_tick", self.max_liquidity_);
        visit("state", self.state_);
        visit("ticks", self.ticks_);
        visit("bitmap", self.bitmap_);
        visit("positions", self.positions_);
    }

private:
    struct SwapRun;

    Revert max_liquidity_per_tick_of(std::int32_t spacing) noexcept;
    TokenAmounts modify_position(const PositionKey& key, i128 change, std::string_view op);
    bool update_tick(std::int32_t tick, i128 change, bool upper, std::string_view op);
    [[nodiscard]] UniswapGrowth fee_growth_inside(std::int32_t lower,
                                                  std::int32_t upper) const noexcept;
    [[nodiscard]] Revert refuse_swap(bool zero_for_one, const I256& amount_specified,
                                     const U256& sqrt_price_limit_x96) const noexcept;
    template <class Loop>
    Revert swap_by(Loop&& loop, bool zero_for_one, const I256& amount_specified,
                   const U256& sqrt_price_limit_x96, SwapScratch& scratch, UniswapSwap& out) const;
    Revert run_swap_plain(SwapRun& run, SwapScratch& scratch) const;
    Revert run_swap(SwapRun& run, SwapScratch& scratch) const;
    Revert step_plain(SwapRun& run, SwapScratch& scratch) const;
    /// Steps on operands below 2^128, by segments and short divisions, for as long as they are
    /// enough; true when the swap has ended.
    bool run_narrow(SwapRun& run, SwapScratch& scratch) const;
    [[nodiscard]] bool find_segment(const SwapRun& run, std::int32_t cell, u128 liquidity,
                                    Segment& segment) const;
    [[nodiscard]] bool fill_crossing(const SwapRun& run, u128 liquidity, Segment& segment) const;
    void commit_swap(const SwapRun& run) noexcept;

    std::uint32_t fee_pips_{};
    std::int32_t tick_spacing_{1};
    u128 max_liquidity_{};
    UniswapState state_{};
    JournaledMap<std::int32_t, UniswapTick> ticks_;
    TickBitmap bitmap_;
    JournaledMap<PositionKey, UniswapPosition> positions_;
    SwapScratch scratch_;
};

}  // namespace voltcore::amm
