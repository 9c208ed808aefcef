#pragma once

#include <cstdint>

#include "voltcore/math/i80f48.hpp"

// Health: net quote plus the weighted value of everything else. Source: Mango v3
// `HealthCache` and `get_leverage_weights`.

namespace voltcore::venues {

using math::I80F48;

enum class HealthKind : std::uint8_t { init, maint, equity };

/// Value of a position before weighting, native quote.
struct PositionValue {
    I80F48 base;
    I80F48 quote;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base", self.base);
        visit("quote", self.quote);
    }
    friend bool operator==(const PositionValue&, const PositionValue&) = default;
};

struct Weights {
    I80F48 asset = I80F48::from_int(1);
    I80F48 liability = I80F48::from_int(1);

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("asset", self.asset);
        visit("liability", self.liability);
    }
    friend bool operator==(const Weights&, const Weights&) = default;
};

/// (L - 1) / L and (L + 1) / L, each one truncated division.
[[nodiscard]] inline Weights leverage_weights(I80F48 leverage) {
    const I80F48 one = I80F48::from_int(1);
    return {.asset = (leverage - one) / leverage, .liability = (leverage + one) / leverage};
}

struct HealthWeights {
    Weights init;
    Weights maint;

    friend bool operator==(const HealthWeights&, const HealthWeights&) = default;
};

[[nodiscard]] inline HealthWeights health_weights(I80F48 init_leverage, I80F48 maint_leverage) {
    return {.init = leverage_weights(init_leverage), .maint = leverage_weights(maint_leverage)};
}

/// base * weight + quote. Equity has weight 1, whose product is exact and is skipped.
[[nodiscard]] inline I80F48 weighted(const PositionValue& value, const HealthWeights& weights,
                                     HealthKind kind) {
    if (kind == HealthKind::equity) return value.base + value.quote;
    const Weights& pair = kind == HealthKind::init ? weights.init : weights.maint;
    return value.base * (value.base.is_negative() ? pair.liability : pair.asset) + value.quote;
}

/// A net balance without open orders: the product floors, so a borrow rounds away from zero.
[[nodiscard]] inline PositionValue spot_value(I80F48 net, I80F48 price) {
    return {.base = net * price, .quote = I80F48{}};
}

/// Free and locked amounts of a spot open-orders account, native units.
struct OpenOrdersBalance {
    I80F48 base_free;
    I80F48 base_locked;
    I80F48 quote_free;
    I80F48 quote_locked;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_free", self.base_free);
        visit("base_locked", self.base_locked);
        visit("quote_free", self.quote_free);
        visit("quote_locked", self.quote_locked);
    }
};

/// A net balance with open orders: the worse of "all bids fill" and "all asks fill".
[[nodiscard]] inline PositionValue spot_value(I80F48 net, I80F48 price,
                                              const OpenOrdersBalance& orders) {
    const I80F48 high =
        ((net + orders.base_free) + orders.base_locked) + orders.quote_locked / price;
    const I80F48 low = net + orders.base_free;
    if (abs(high) > abs(low)) return {.base = high * price, .quote = orders.quote_free};
    return {.base = low * price,
            .quote = (orders.base_locked * price + orders.quote_free) + orders.quote_locked};
}

}  // namespace voltcore::venues
