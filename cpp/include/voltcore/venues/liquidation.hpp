#pragma once

#include <algorithm>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/perp_market.hpp"

// How much a liquidator may take over: of a token's borrow (or of a negative perp quote) against a
// deposit (or a positive perp quote), and of a perp position. Source: Mango v3
// `LiquidateTokenAndToken`, `LiquidateTokenAndPerp` and `LiquidatePerpMarket`. The quote token and
// perp quote have price 1, weight 1 and fee factor 1.

namespace voltcore::venues {

using math::I80F48;

/// One side of a liquidation as its amounts see it.
struct LiquidationSide {
    I80F48 price;       ///< native quote per native unit
    I80F48 weight;      ///< init weight: of an asset, or of a liability
    I80F48 fee_factor;  ///< 1 + fee of an asset, 1 - fee of a liability

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("price", self.price);
        visit("weight", self.weight);
        visit("fee_factor", self.fee_factor);
    }
};

struct LiquidationAmounts {
    I80F48 liability;  ///< native units from the liquidator into the account
    I80F48 asset;      ///< native units from the account to the liquidator

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("liability", self.liability);
        visit("asset", self.asset);
    }
};

/// The liability whose transfer brings a negative init health back to 0.
[[nodiscard]] inline I80F48 liquidation_deficit(I80F48 init_health, const LiquidationSide& asset,
                                                const LiquidationSide& liability) {
    const I80F48 gain = liability.weight - (asset.weight * asset.fee_factor) / liability.fee_factor;
    return -init_health / (liability.price * gain);
}

/// What moves for `deficit`, at most `request`, within what the account owes and holds.
[[nodiscard]] inline LiquidationAmounts liquidation_amounts(I80F48 deficit, I80F48 request,
                                                            I80F48 native_deposit,
                                                            I80F48 native_borrow,
                                                            const LiquidationSide& asset,
                                                            const LiquidationSide& liability) {
    const I80F48 implied = ((native_deposit * asset.price) * liability.fee_factor) /
                           (liability.price * asset.fee_factor);
    const I80F48 moved = std::min({deficit, native_borrow, request, implied});
    return {.liability = moved,
            .asset = ((moved * liability.price) * asset.fee_factor) /
                     (liability.fee_factor * asset.price)};
}

struct PerpLiquidationAmounts {
    std::int64_t base_lots = 0;  ///< signed, from the account to the liquidator
    I80F48 quote;                ///< native, added to the liquidator's quote position

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote", self.quote);
    }
};

/// The lots of a position that a liquidator takes over: no more than brings a negative init health
/// back to 0, than `request` (of the position's sign) and than there are.
[[nodiscard]] inline PerpLiquidationAmounts perp_liquidation_amounts(
    I80F48 init_health, std::int64_t base_position, std::int64_t request, I80F48 price,
    std::int64_t base_lot_size, const Weights& init, I80F48 fee) {
    const I80F48 one = I80F48::from_int(1);
    const I80F48 lot_price = scale(price, base_lot_size);
    PerpLiquidationAmounts out;
    I80F48 factor;
    if (base_position > 0) {
        const math::i128 most = (-init_health / (lot_price * ((one - init.asset) - fee))).ceil();
        out.base_lots = static_cast<std::int64_t>(
            std::min<math::i128>({most, math::i128{request}, math::i128{base_position}}));
        factor = one - fee;
    } else {
        // Negative per lot, as every market's parameters are checked to make it.
        const math::i128 most =
            (-init_health / (lot_price * ((one - init.liability) + fee))).floor();
        out.base_lots = static_cast<std::int64_t>(
            std::max<math::i128>({most, math::i128{request}, math::i128{base_position}}));
        factor = one + fee;
    }
    out.quote = notional(math::checked_negate(out.base_lots), base_lot_size, price) * factor;
    return out;
}

}  // namespace voltcore::venues
