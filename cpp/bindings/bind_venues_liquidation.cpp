#include <pybind11/pybind11.h>

#include "margin_venue_handle.hpp"

namespace voltcore::bindings {

namespace {

using venues::MarginVenue;
using Handle = VenueHandle;

/// Who liquidates whom, and when.
struct Parties {
    std::uint64_t caller;
    venues::AccountId liquidator;
    venues::AccountId account;
    std::uint64_t now;

    Parties(py::handle caller_, py::handle liquidator_, py::handle account_, py::handle now_)
        : caller{caller_id(caller_)},
          liquidator{account_id(liquidator_, "liquidator")},
          account{account_id(account_)},
          now{seconds(now_)} {}
};

void bind_forced_cancels(py::class_<Handle>& cls) {
    const auto forced = [&cls](const char* op, auto operation) {
        cls.def(op, [op, operation](Handle& self, py::handle account, py::handle market,
                                    py::handle limit, py::handle now) {
            const auto id = account_id(account);
            const auto index = market_index(market);
            const auto most = exact<std::uint64_t>(limit, "limit");
            const auto time = seconds(now);
            return self.use(
                op, [&](MarginVenue& venue) { return (venue.*operation)(id, index, most, time); });
        });
    };
    forced("force_cancel_perp_orders", &MarginVenue::force_cancel_perp_orders);
    forced("force_cancel_spot_orders", &MarginVenue::force_cancel_spot_orders);
}

void bind_bankruptcy(py::class_<Handle>& cls) {
    cls.def("resolve_perp_bankruptcy",
            [](Handle& self, py::handle caller, py::handle liquidator, py::handle account,
               py::handle market, py::handle max_liability, py::handle now) {
                const Parties who{caller, liquidator, account, now};
                const auto index = market_index(market);
                const auto most = fixed(max_liability, "max_liability_bits");
                return state_of(self.use("resolve_perp_bankruptcy", [&](MarginVenue& venue) {
                    return venue.resolve_perp_bankruptcy(who.caller, who.liquidator, who.account,
                                                         index, most, who.now);
                }));
            });
    cls.def("resolve_token_bankruptcy",
            [](Handle& self, py::handle caller, py::handle liquidator, py::handle account,
               py::handle token, py::handle max_liability, py::handle now) {
                const Parties who{caller, liquidator, account, now};
                const auto index = token_index(token);
                const auto most = fixed(max_liability, "max_liability_bits");
                return state_of(self.use("resolve_token_bankruptcy", [&](MarginVenue& venue) {
                    return venue.resolve_token_bankruptcy(who.caller, who.liquidator, who.account,
                                                          index, most, who.now);
                }));
            });
    cls.def("deposit_insurance", [](Handle& self, py::handle amount, py::handle now) {
        const auto native = exact<std::uint64_t>(amount, "amount");
        const auto time = seconds(now);
        self.use("deposit_insurance",
                 [&](MarginVenue& venue) { venue.deposit_insurance(native, time); });
    });
}

}  // namespace

void bind_venue_liquidation(py::class_<Handle>& cls) {
    bind_forced_cancels(cls);
    cls.def("liquidate_perp",
            [](Handle& self, py::handle caller, py::handle liquidator, py::handle account,
               py::handle market, py::handle base_lots, py::handle now) {
                const Parties who{caller, liquidator, account, now};
                const auto index = market_index(market);
                const auto lots = exact<std::int64_t>(base_lots, "base_lots");
                return state_of(self.use("liquidate_perp", [&](MarginVenue& venue) {
                    return venue.liquidate_perp(who.caller, who.liquidator, who.account, index,
                                                lots, who.now);
                }));
            });
    cls.def("liquidate_token_and_token",
            [](Handle& self, py::handle caller, py::handle liquidator, py::handle account,
               py::handle asset, py::handle liability, py::handle max_liability, py::handle now) {
                const Parties who{caller, liquidator, account, now};
                const auto give = token_index(asset, "asset");
                const auto owe = token_index(liability, "liability");
                const auto most = fixed(max_liability, "max_liability_bits");
                return state_of(self.use("liquidate_token_and_token", [&](MarginVenue& venue) {
                    return venue.liquidate_token_and_token(who.caller, who.liquidator, who.account,
                                                           give, owe, most, who.now);
                }));
            });
    cls.def("liquidate_token_and_perp",
            [](Handle& self, py::handle caller, py::handle liquidator, py::handle account,
               py::handle token, py::handle market, py::handle token_is_asset,
               py::handle max_liability, py::handle now) {
                const Parties who{caller, liquidator, account, now};
                const auto which = token_index(token);
                const auto index = market_index(market);
                const auto most = fixed(max_liability, "max_liability_bits");
                const bool is_asset = exact_flag(token_is_asset, "token_is_asset");
                return state_of(self.use("liquidate_token_and_perp", [&](MarginVenue& venue) {
                    return venue.liquidate_token_and_perp(who.caller, who.liquidator, who.account,
                                                          which, index, is_asset, most, who.now);
                }));
            });
    bind_bankruptcy(cls);
}

}  // namespace voltcore::bindings
