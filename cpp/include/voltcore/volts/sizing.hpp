#pragma once

#include <cstdint>
#include <optional>

#include "voltcore/math/i80f48.hpp"

// How large the legs of a volt are. Prices are native quote per native base, lots are signed
// integers, `base_lot` is native base per lot. Rounding is part of each formula.

namespace voltcore::volts {

using math::I80F48;

/// trunc((equity * leverage) / (price * base_lot)), toward zero. Source: the published client.
[[nodiscard]] std::int64_t target_lots(I80F48 equity, I80F48 leverage, I80F48 price,
                                       std::int64_t base_lot);

/// Hedge of mode `ratio`: trunc(((equity * leverage) * ratio) / (price * base_lot)).
/// Source: the published client (ratio -2 for the crab, -1 for the basis volt).
[[nodiscard]] std::int64_t hedge_lots_by_ratio(I80F48 equity, I80F48 leverage, I80F48 ratio,
                                               I80F48 price, std::int64_t base_lot);

/// Oracle delta of a position of `lots` in native base: q * base_lot for power 1,
/// (2 * q * base_lot * spot) / scale for power 2 (the division truncates).
[[nodiscard]] I80F48 position_delta(std::int64_t lots, std::int64_t base_lot, unsigned power,
                                    std::int64_t scale, I80F48 spot);

/// Hedge of mode `delta`: -delta / base_lot rounded once to the nearest lot, ties away from zero.
[[nodiscard]] std::int64_t hedge_lots_by_delta(I80F48 target_delta, std::int64_t base_lot);

/// |net| within `band_bps` of |delta of the target leg|, exactly |net| * 10 000 <= |delta| * bps.
[[nodiscard]] bool within_delta_band(I80F48 target_delta, I80F48 net_delta, std::uint32_t band_bps);

/// The final check of the hedge leg: inside the band, or within half a hedge lot of neutral, which
/// is all that whole lots allow (2 * |net| <= base_lot).
[[nodiscard]] bool net_delta_accepted(I80F48 target_delta, I80F48 net_delta,
                                      std::int64_t hedge_base_lot, std::uint32_t band_bps);
[[nodiscard]] bool hedge_accepted(I80F48 target_delta, std::int64_t hedge_lots,
                                  std::int64_t hedge_base_lot, std::uint32_t band_bps);

/// floor(equity * 10 000 / (|lots| * base_lot * price)) in basis points; no value without a
/// position. Source of the definition: the target of 200 % at leverage -0.5; the formula is chosen.
[[nodiscard]] std::optional<std::int64_t> collateral_ratio_bps(I80F48 equity, std::int64_t lots,
                                                               std::int64_t base_lot, I80F48 price);

/// The same comparison without a division: collateral_ratio_bps(...) < limit_bps.
[[nodiscard]] bool collateral_ratio_below(I80F48 equity, I80F48 notional, std::uint32_t limit_bps);

/// Lots of one slice: min(|remaining|, floor(max_quote / (limit_price * quote_lot))), unsigned.
[[nodiscard]] std::uint64_t slice_lots(std::int64_t remaining, std::uint64_t max_quote,
                                       std::int64_t limit_price, std::int64_t quote_lot);

/// The two legs of the basis volt: perp_lots = floor(equity / (price * base_lot)) long and
/// short_native = perp_lots * base_lot borrowed and sold, so both match exactly in base units.
struct BasisSize {
    std::int64_t perp_lots = 0;
    std::int64_t short_native = 0;
};
[[nodiscard]] BasisSize basis_size(I80F48 equity, I80F48 price, std::int64_t base_lot);

}  // namespace voltcore::volts
