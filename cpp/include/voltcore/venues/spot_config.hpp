#pragma once

#include <cstdint>

namespace voltcore::venues {

struct SpotMarketConfig {
    std::int64_t base_lot_size = 0;      ///< native base; 0: no spot market is listed at this index
    std::int64_t quote_lot_size = 0;     ///< native quote
    std::uint32_t taker_fee_bps = 0;     ///< of the quote of a fill, rounded up
    std::uint32_t maker_rebate_bps = 0;  ///< out of the taker fee, rounded down

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lot_size", self.base_lot_size);
        visit("quote_lot_size", self.quote_lot_size);
        visit("taker_fee_bps", self.taker_fee_bps);
        visit("maker_rebate_bps", self.maker_rebate_bps);
    }
    [[nodiscard]] bool is_listed() const noexcept { return base_lot_size > 0; }
    friend bool operator==(const SpotMarketConfig&, const SpotMarketConfig&) = default;
};

}  // namespace voltcore::venues
