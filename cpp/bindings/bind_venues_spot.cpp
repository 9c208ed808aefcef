#include <pybind11/pybind11.h>

#include "margin_venue_handle.hpp"

namespace voltcore::bindings {

namespace {

using venues::MarginVenue;
using Handle = VenueHandle;

/// side, type, price_lots, base_lots, quote_native, limit, self_trade, client_id.
venues::SpotOrder spot_order(const py::tuple& order) {
    return {
        .side = side_named(exact_text(order[0], "side")),
        .type = order_type_named(exact_text(order[1], "type")),
        .price_lots = exact<std::int64_t>(order[2], "price_lots"),
        .base_lots = exact<std::int64_t>(order[3], "base_lots"),
        .quote_native = exact<std::uint64_t>(order[4], "quote_native"),
        .limit = exact<std::uint32_t>(order[5], "limit"),
        .self_trade = one_of<venues::SelfTrade>("self_trade", exact_text(order[6], "self_trade"),
                                                {"decrement_take", "cancel_provide", "abort"}),
        .client_id = exact<std::uint64_t>(order[7], "client_id")};
}

}  // namespace

void bind_venue_spot(py::class_<Handle>& cls) {
    cls.def("init_spot_open_orders", [](Handle& self, py::handle caller, py::handle account,
                                        py::handle market, py::handle now) {
        const Place at{caller, account, market, now};
        return self.use("init_spot_open_orders", [&](MarginVenue& venue) {
            return venue.init_spot_open_orders(at.caller, at.account, at.market, at.now);
        });
    });
    cls.def("place_spot_order", [](Handle& self, py::handle caller, py::handle account,
                                   py::handle market, const py::tuple& order, py::handle now) {
        const Place at{caller, account, market, now};
        const venues::SpotOrder given = spot_order(order);
        return state_of(self.use("place_spot_order", [&](MarginVenue& venue) {
            return venue.place_spot_order(at.caller, at.account, at.market, given, at.now);
        }));
    });
    cls.def("cancel_spot_order", [](Handle& self, py::handle caller, py::handle account,
                                    py::handle market, py::handle id, py::handle now) {
        const Place at{caller, account, market, now};
        const auto order = exact<std::uint64_t>(id, "id");
        return self.use("cancel_spot_order", [&](MarginVenue& venue) {
            return venue.cancel_spot_order(at.caller, at.account, at.market, order, at.now);
        });
    });
    cls.def("consume_spot_events",
            [](Handle& self, py::handle market, py::handle limit, py::handle now) {
                const auto index = market_index(market);
                const auto most = exact<std::uint64_t>(limit, "limit");
                const auto time = seconds(now);
                return self.use("consume_spot_events", [&](MarginVenue& venue) {
                    return venue.consume_spot_events(index, most, time);
                });
            });
    cls.def("settle_spot_funds", [](Handle& self, py::handle caller, py::handle account,
                                    py::handle market, py::handle now) {
        const Place at{caller, account, market, now};
        return state_of(self.use("settle_spot_funds", [&](MarginVenue& venue) {
            return venue.settle_spot_funds(at.caller, at.account, at.market, at.now);
        }));
    });
    cls.def("spot_market", [](Handle& self, py::handle market) {
        const auto index = market_index(market);
        return self.use("spot_market", [&](const MarginVenue& venue) {
            return state_of(venue.spot_market(index));
        });
    });
    cls.def("open_orders", [](Handle& self, py::handle account, py::handle market) {
        const auto id = account_id(account);
        const auto index = market_index(market);
        return self.use("open_orders", [&](const MarginVenue& venue) {
            return state_of(venue.open_orders(id, index));
        });
    });
}

}  // namespace voltcore::bindings
