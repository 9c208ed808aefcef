#include "voltcore/perps/jlp_routes.hpp"

#include <string>

namespace voltcore::perps {

SwapLeg swap_outside(const OutsideRoute& route, std::uint64_t amount) {
    SwapLeg leg;
    leg.outside = true;
    leg.amount_in = amount;
    const std::uint64_t gross = muldiv(amount, route.price_e9, rate_scale);
    leg.fee = muldiv_ceil(gross, route.fee_bps, bps_scale);
    leg.amount_out = sub_u64(gross, leg.fee);
    if (leg.amount_out < route.min_amount) {
        refuse_perp("MaxPriceSlippage", "swap", "route.min_amount",
                    std::to_string(route.min_amount), "is more than the route gives");
    }
    return leg;
}

SwapLeg swap_by_route(JlpPool& pool, CallerId caller, Token in, Token out, std::uint64_t amount,
                      const std::optional<OutsideRoute>& route, std::int64_t now) {
    if (route) return swap_outside(*route, amount);
    if (!in || !out) {
        refuse_perp("InvalidArgument", "swap", "token", {}, "is unknown here and has no route");
    }
    const JlpSwapReceipt receipt = pool.swap(caller, *in, *out, amount, 0, now);
    return {receipt.amount_in, receipt.amount_out, receipt.fee, false};
}

}  // namespace voltcore::perps
