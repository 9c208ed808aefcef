#include "voltcore/volts/sizing.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "voltcore/math/error.hpp"

namespace voltcore::volts {

using math::checked_cast;
using math::checked_mul;
using math::i128;
using math::scale;
using math::u128;

namespace {

// Bits of |value|; the least value has a magnitude too once it is unsigned.
u128 magnitude(I80F48 value) noexcept {
    const i128 bits = value.bits();
    return bits < 0 ? u128{0} - static_cast<u128>(bits) : static_cast<u128>(bits);
}

u128 magnitude(std::int64_t value) noexcept {
    return value < 0 ? u128{0} - static_cast<u128>(static_cast<i128>(value))
                     : static_cast<u128>(value);
}

void require_positive(std::string_view field, i128 value) {
    if (value > 0) return;
    refuse({.code = ErrorCode::not_positive,
            .field = std::string{field},
            .value = {},
            .bound = "is not positive",
            .op = {},
            .onchain = {}});
}

/// trunc(notional / lot_value): truncating the 48 fractional bits of the quotient first, as the
/// client does, changes nothing, so the integer quotient of the bits is the same number.
std::int64_t whole_lots(I80F48 notional, I80F48 lot_value) {
    return checked_cast<std::int64_t>(notional.bits() / lot_value.bits());
}

}  // namespace

std::int64_t target_lots(I80F48 equity, I80F48 leverage, I80F48 price, std::int64_t base_lot) {
    require_positive("price", price.bits());
    require_positive("base_lot", base_lot);
    return whole_lots(equity * leverage, scale(price, base_lot));
}

std::int64_t hedge_lots_by_ratio(I80F48 equity, I80F48 leverage, I80F48 ratio, I80F48 price,
                                 std::int64_t base_lot) {
    require_positive("price", price.bits());
    require_positive("base_lot", base_lot);
    return whole_lots((equity * leverage) * ratio, scale(price, base_lot));
}

I80F48 position_delta(std::int64_t lots, std::int64_t base_lot, unsigned power,
                      std::int64_t index_scale, I80F48 spot) {
    require_positive("base_lot", base_lot);
    const std::int64_t base = checked_mul(lots, base_lot);
    if (power == 1) return I80F48::from_int(base);
    require_positive("scale", index_scale);
    // An integer times I80F48 is exact, and dividing by an integer is dividing the bits by it.
    const I80F48 doubled = scale(spot, checked_mul(base, std::int64_t{2}));
    return I80F48::from_bits(doubled.bits() / index_scale);
}

std::int64_t hedge_lots_by_delta(I80F48 target_delta, std::int64_t base_lot) {
    require_positive("base_lot", base_lot);
    const u128 lot = static_cast<u128>(base_lot) << I80F48::fraction_bits;  // < 2^111
    const u128 bits = magnitude(target_delta);
    const u128 rest = bits % lot;
    const u128 lots = bits / lot + (2 * rest >= lot ? 1 : 0);
    const auto nearest = checked_cast<std::int64_t>(lots);
    return target_delta.is_negative() ? nearest : -nearest;
}

bool within_delta_band(I80F48 target_delta, I80F48 net_delta, std::uint32_t band_bps) {
    return checked_mul(magnitude(net_delta), u128{10'000}) <=
           checked_mul(magnitude(target_delta), static_cast<u128>(band_bps));
}

bool net_delta_accepted(I80F48 target_delta, I80F48 net_delta, std::int64_t hedge_base_lot,
                        std::uint32_t band_bps) {
    const u128 lot = static_cast<u128>(hedge_base_lot) << I80F48::fraction_bits;
    return checked_mul(magnitude(net_delta), u128{2}) <= lot ||
           within_delta_band(target_delta, net_delta, band_bps);
}

bool hedge_accepted(I80F48 target_delta, std::int64_t hedge_lots, std::int64_t hedge_base_lot,
                    std::uint32_t band_bps) {
    const I80F48 net = target_delta + I80F48::from_int(checked_mul(hedge_lots, hedge_base_lot));
    return net_delta_accepted(target_delta, net, hedge_base_lot, band_bps);
}

std::optional<std::int64_t> collateral_ratio_bps(I80F48 equity, std::int64_t lots,
                                                 std::int64_t base_lot, I80F48 price) {
    require_positive("price", price.bits());
    require_positive("base_lot", base_lot);
    if (lots == 0) return std::nullopt;
    const i128 base = checked_cast<i128>(magnitude(lots) * static_cast<u128>(base_lot));
    const i128 notional = checked_mul(price.bits(), base);
    const i128 scaled = checked_mul(equity.bits(), i128{10'000});
    // Floor, also for a negative equity.
    const i128 ratio = scaled / notional - (scaled < 0 && scaled % notional != 0 ? 1 : 0);
    return checked_cast<std::int64_t>(ratio);
}

bool collateral_ratio_below(I80F48 equity, I80F48 notional, std::uint32_t limit_bps) {
    // floor(x) < k is x < k for an integer k.
    return checked_mul(equity.bits(), i128{10'000}) <
           checked_mul(notional.bits(), static_cast<i128>(limit_bps));
}

std::uint64_t slice_lots(std::int64_t remaining, std::uint64_t max_quote, std::int64_t limit_price,
                         std::int64_t quote_lot) {
    require_positive("limit_price", limit_price);
    require_positive("quote_lot", quote_lot);
    const u128 missing = magnitude(remaining);
    if (max_quote == std::numeric_limits<std::uint64_t>::max()) {
        return static_cast<std::uint64_t>(missing);
    }
    const u128 lot_quote = static_cast<u128>(limit_price) * static_cast<u128>(quote_lot);
    return static_cast<std::uint64_t>(std::min(missing, max_quote / lot_quote));
}

BasisSize basis_size(I80F48 equity, I80F48 price, std::int64_t base_lot) {
    require_positive("price", price.bits());
    require_positive("base_lot", base_lot);
    const auto lots = checked_cast<std::int64_t>((equity / scale(price, base_lot)).floor());
    return {.perp_lots = lots, .short_native = checked_mul(lots, base_lot)};
}

}  // namespace voltcore::volts
