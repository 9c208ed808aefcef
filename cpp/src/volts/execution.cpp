#include "voltcore/volts/execution.hpp"

#include <algorithm>

#include "voltcore/math/integer.hpp"

namespace voltcore::volts {

using math::checked_mul;
using math::checked_negate;

std::int64_t QuotedExecution::price_for(const FillRequest& request) const noexcept {
    if (!has_quote_) return request.limit_price_lots;
    if (request.lots > 0) {
        return ask_lots_ > 0 && ask_lots_ <= request.limit_price_lots ? ask_lots_ : 0;
    }
    return bid_lots_ >= request.limit_price_lots ? bid_lots_ : 0;
}

Fill QuotedExecution::estimate(const venues::MarginVenue& venue, const FillRequest& request) const {
    const std::int64_t price = price_for(request);
    if (price <= 0 || request.lots == 0) return {};
    // |lots| of the least i64 does not fit; nothing of that size is ever quoted.
    const std::int64_t wanted = request.lots < 0 ? checked_negate(request.lots) : request.lots;
    const auto size = static_cast<std::int64_t>(
        std::min(static_cast<std::uint64_t>(wanted), size_lots_));  // <= wanted
    const venues::PerpMarketConfig& config = venue.markets()[request.market].perp.config;
    Fill out;
    out.lots = request.lots < 0 ? -size : size;
    const I80F48 quote_lots =
        I80F48::from_int(-static_cast<math::i128>(out.lots) * static_cast<math::i128>(price));
    out.quote = scale(quote_lots, config.quote_lot_size);
    if (request.spot) {
        out.fee = I80F48::from_int((abs(out.quote) * spot_taker_fee_).ceil());
    } else if (!request.off_book) {
        out.fee = abs(out.quote) * config.taker_fee;
    }
    return out;
}

void QuotedExecution::fill(venues::MarginVenue& venue, venues::CallerId owner,
                           venues::AccountId account, const FillRequest& request,
                           const Fill& expected, std::uint64_t now) const {
    if (request.spot) {
        venue.fill_spot_at_quote(owner, account, request.market, expected.lots, price_for(request),
                                 spot_taker_fee_, now);
        return;
    }
    venue.fill_at_quote(owner, account, request.market, expected.lots, price_for(request), now,
                        request.off_book);
}

namespace {

venues::PerpOrder order_of(const FillRequest& request) {
    return {.side = request.lots > 0 ? venues::Side::bid : venues::Side::ask,
            .type = venues::OrderType::immediate_or_cancel,
            .price_lots = request.limit_price_lots,
            .base_lots = request.lots < 0 ? checked_negate(request.lots) : request.lots};
}

}  // namespace

Fill BookExecution::estimate(const venues::MarginVenue& venue, const FillRequest& request) const {
    if (request.spot || request.off_book || request.lots == 0) return {};
    const venues::PerpOrderReceipt found =
        venue.quote_perp_order(account_, request.market, order_of(request), now_);
    const std::int64_t quote_lot = venue.markets()[request.market].perp.config.quote_lot_size;
    const I80F48 quote = scale(I80F48::from_int(found.quote_lots), quote_lot);
    const bool buys = request.lots > 0;
    return {.lots = buys ? found.base_lots : -found.base_lots,
            .quote = buys ? -quote : quote,
            .fee = found.fee};
}

void BookExecution::fill(venues::MarginVenue& venue, venues::CallerId owner,
                         venues::AccountId account, const FillRequest& request,
                         const Fill& /*expected*/, std::uint64_t now) const {
    venue.place_perp_order(owner, account, request.market, order_of(request), now);
}

}  // namespace voltcore::volts
