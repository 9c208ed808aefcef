#include "voltcore/volts/execution.hpp"

#include <algorithm>
#include <string>

#include "refusal.hpp"
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

venues::PerpOrder perp_order(const FillRequest& request) {
    return {.side = request.lots > 0 ? venues::Side::bid : venues::Side::ask,
            .type = venues::OrderType::immediate_or_cancel,
            .price_lots = request.limit_price_lots,
            .base_lots = request.lots < 0 ? checked_negate(request.lots) : request.lots};
}

venues::SpotOrder spot_order(const FillRequest& request, std::int64_t lots) {
    return {.side = request.lots > 0 ? venues::Side::bid : venues::Side::ask,
            .type = venues::OrderType::immediate_or_cancel,
            .price_lots = request.limit_price_lots,
            .base_lots = lots < 0 ? checked_negate(lots) : lots};
}

}  // namespace

Fill BookExecution::estimate(const venues::MarginVenue& venue, const FillRequest& request) const {
    if (request.off_book || request.lots == 0) return {};
    if (request.spot) return estimate_spot(venue, request);
    const venues::PerpOrderReceipt found =
        venue.quote_perp_order(account_, request.market, perp_order(request), now_);
    const std::int64_t quote_lot = venue.markets()[request.market].perp.config.quote_lot_size;
    const I80F48 quote = scale(I80F48::from_int(found.quote_lots), quote_lot);
    const bool buys = request.lots > 0;
    return {.lots = buys ? found.base_lots : -found.base_lots,
            .quote = buys ? -quote : quote,
            .fee = found.fee};
}

Fill BookExecution::estimate_spot(const venues::MarginVenue& venue,
                                  const FillRequest& request) const {
    const venues::SpotMarketConfig& spot = venue.spot_market(request.market).config;
    const venues::PerpMarketConfig& perp = venue.markets()[request.market].perp.config;
    if (spot.base_lot_size != perp.base_lot_size || spot.quote_lot_size != perp.quote_lot_size) {
        refuse_onchain(ErrorCode::bad_combination, "rebalance_spot", "InvalidMarket", "hedge_spot",
                       std::to_string(request.market), "has other lots than its perp");
    }
    const venues::SpotOrderReceipt found =
        venue.quote_spot_order(account_, request.market, spot_order(request, request.lots));
    const I80F48 quote = I80F48::from_int(found.quote);
    const bool buys = request.lots > 0;
    return {.lots = buys ? found.base_lots : -found.base_lots,
            .quote = buys ? -quote : quote,
            .fee = I80F48::from_int(found.fee)};
}

void BookExecution::fill(venues::MarginVenue& venue, venues::CallerId owner,
                         venues::AccountId account, const FillRequest& request,
                         const Fill& expected, std::uint64_t now) const {
    if (!request.spot) {
        venue.place_perp_order(owner, account, request.market, perp_order(request), now);
        return;
    }
    // Only what fills is ordered: nothing is borrowed for lots that would come back at once.
    venue.place_spot_order(owner, account, request.market, spot_order(request, expected.lots), now);
    venue.consume_spot_events(request.market, ~std::uint64_t{0}, now);
    venue.settle_spot_funds(owner, account, request.market, now);
}

}  // namespace voltcore::volts
