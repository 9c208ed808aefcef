#pragma once

#include <algorithm>

#include "voltcore/math/i80f48.hpp"

// How much a liquidator may take over of a token's borrow (or of a negative perp quote) against a
// deposit (or a positive perp quote). Source: Mango v3 `LiquidateTokenAndToken` and
// `LiquidateTokenAndPerp`. The quote token and perp quote have price 1, weight 1 and fee factor 1.

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

}  // namespace voltcore::venues
