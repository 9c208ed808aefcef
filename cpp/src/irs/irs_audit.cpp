#include <bit>

#include "irs_transaction.hpp"

namespace voltcore::irs {

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    refuse({.code = ErrorCode::invariant,
            .field = "pool",
            .value = {},
            .bound = what,
            .op = "audit",
            .onchain = {}});
}

std::size_t bits_set(const amm::TickBitmap& bitmap) {
    std::size_t count = 0;
    for (const amm::TickBitmap::Word& word : bitmap.words()) {
        for (int i = 0; i < 4; ++i)
            count += static_cast<std::size_t>(std::popcount(word.bits.limb(i)));
    }
    return count;
}

}  // namespace

void IrsPool::audit_config() const {
    require(config_.revision <= Revision::r23, "has an unknown revision");
    require(config_.owner != nobody && config_.owner != module_account, "has no owner");
    u128 most{};
    require(
        amm::max_liquidity_per_tick(config_.tick_spacing, amm::rates_range, most) == Revert::none &&
            most == config_.max_liquidity_per_tick,
        "has a maximum liquidity that does not follow from its spacing");
    require(config_.term.end_wad > config_.term.start_wad, "has a misordered term");
    require(oracle_.is_well_formed(), "has a rate oracle that is not well formed");
    require(ticks_.is_well_formed() && positions_.is_well_formed() && balances_.is_well_formed() &&
                yield_.is_well_formed() && approvals_.is_well_formed() &&
                pausers_.is_well_formed() && traders_.is_well_formed(),
            "has misordered keys");
}

void IrsPool::audit_ticks() const {
    const VammState& vamm = scalars_.vamm;
    i128 net = 0;
    i128 active = 0;
    for (std::size_t i = 0; i < ticks_.size(); ++i) {
        const std::int32_t tick = ticks_.keys()[i];
        const RateTick& record = ticks_.at(i);
        require(tick >= amm::rates_range.min_tick && tick <= amm::rates_range.max_tick &&
                    tick % config_.tick_spacing == 0,
                "has a tick out of range or off the spacing");
        const std::int32_t bit = tick / config_.tick_spacing;
        require(record.initialized && record.liquidity_gross > 0 &&
                    record.liquidity_gross <= config_.max_liquidity_per_tick &&
                    bitmap_.word(static_cast<std::int16_t>(bit >> 8)).bit(bit & 255),
                "has a tick without liquidity or bit");
        // Each is at most the gross in size, and the gross of all ticks fits 128 bits.
        net += record.liquidity_net;
        if (tick <= vamm.tick) active += record.liquidity_net;
    }
    require(bits_set(bitmap_) == ticks_.size(), "has a bit in the bitmap without a tick");
    require(net == 0, "has ticks whose liquidity_net does not sum to 0");
    require(active >= 0 && static_cast<u128>(active) == vamm.liquidity,
            "has an active liquidity that is not the sum of the nets below the price");
}

void IrsPool::audit_positions() const {
    std::vector<RateTick> sums(ticks_.size());
    for (std::size_t i = 0; i < positions_.size(); ++i) {
        const PositionKey& key = positions_.keys()[i];
        const Position& position = positions_.at(i);
        require(amm::check_ticks(key.tick_lower, key.tick_upper, amm::rates_range) == Revert::none,
                "has a position with illegal ticks");
        if (position.liquidity == 0) continue;
        for (const bool upper : {false, true}) {
            const std::size_t at = ticks_.lower_bound(upper ? key.tick_upper : key.tick_lower);
            require(at < ticks_.size() &&
                        ticks_.keys()[at] == (upper ? key.tick_upper : key.tick_lower),
                    "has a position whose tick is unknown");
            // Wrapping sums: they are compared for equality only.
            sums[at].liquidity_gross += position.liquidity;
            const auto net = static_cast<u128>(sums[at].liquidity_net);
            sums[at].liquidity_net =
                static_cast<i128>(upper ? net - position.liquidity : net + position.liquidity);
        }
    }
    for (std::size_t i = 0; i < ticks_.size(); ++i) {
        require(sums[i].liquidity_gross == ticks_.at(i).liquidity_gross &&
                    sums[i].liquidity_net == ticks_.at(i).liquidity_net,
                "has a tick whose liquidity is not the sum of its positions");
    }
}

void IrsPool::audit() const {
    audit_config();
    audit_ticks();
    audit_positions();
    const VammState& vamm = scalars_.vamm;
    require(vamm.unlocked == !vamm.sqrt_price_x96.is_zero(), "has a price and is locked");
    if (!vamm.unlocked) return;
    require(vamm.sqrt_price_x96 >= amm::rates_range.min_sqrt_ratio &&
                vamm.sqrt_price_x96 < amm::rates_range.max_sqrt_ratio &&
                vamm.tick >= amm::rates_range.min_tick - 1 &&
                vamm.tick <= amm::rates_range.max_tick,
            "has a price or tick out of range");
    // Just after a downward cross the price is that of the next tick.
    require((vamm.tick < amm::rates_range.min_tick ||
             vamm.sqrt_price_x96 >= amm::sqrt_ratio_at_legal_tick(vamm.tick)) &&
                (vamm.tick == amm::rates_range.max_tick ||
                 vamm.sqrt_price_x96 <= amm::sqrt_ratio_at_legal_tick(vamm.tick + 1)),
            "has a price outside its tick");
}

}  // namespace voltcore::irs
