#include <pybind11/pybind11.h>

#include "margin_venue_handle.hpp"

namespace voltcore::bindings {

namespace {

using venues::MarginVenue;
using Handle = VenueHandle;

/// side, type, price_lots, base_lots, quote_lots, limit, time_in_force, reduce_only, client_id.
venues::PerpOrder perp_order(const py::tuple& order) {
    return {.side = side_named(exact_text(order[0], "side")),
            .type = order_type_named(exact_text(order[1], "type")),
            .price_lots = exact<std::int64_t>(order[2], "price_lots"),
            .base_lots = exact<std::int64_t>(order[3], "base_lots"),
            .quote_lots = exact<std::int64_t>(order[4], "quote_lots"),
            .limit = exact<std::uint32_t>(order[5], "limit"),
            .time_in_force = exact<std::uint32_t>(order[6], "time_in_force"),
            .reduce_only = exact_flag(order[7], "reduce_only"),
            .client_id = exact<std::uint64_t>(order[8], "client_id")};
}

}  // namespace

void bind_venue_orders(py::class_<Handle>& cls) {
    cls.def("place_perp_order", [](Handle& self, py::handle caller, py::handle account,
                                   py::handle market, const py::tuple& order, py::handle now) {
        const Place at{caller, account, market, now};
        const venues::PerpOrder given = perp_order(order);
        return state_of(self.use("place_perp_order", [&](MarginVenue& venue) {
            return venue.place_perp_order(at.caller, at.account, at.market, given, at.now);
        }));
    });
    cls.def("quote_perp_order", [](Handle& self, py::handle account, py::handle market,
                                   const py::tuple& order, py::handle now) {
        const auto id = account_id(account);
        const auto index = market_index(market);
        const venues::PerpOrder given = perp_order(order);
        const auto time = seconds(now);
        return state_of(self.use("quote_perp_order", [&](const MarginVenue& venue) {
            return venue.quote_perp_order(id, index, given, time);
        }));
    });
    cls.def("cancel_perp_order", [](Handle& self, py::handle caller, py::handle account,
                                    py::handle market, py::handle id, py::handle now) {
        const Place at{caller, account, market, now};
        const auto order = exact<std::uint64_t>(id, "id");
        return self.use("cancel_perp_order", [&](MarginVenue& venue) {
            return venue.cancel_perp_order(at.caller, at.account, at.market, order, at.now);
        });
    });
    cls.def("cancel_perp_order_by_client_id",
            [](Handle& self, py::handle caller, py::handle account, py::handle market,
               py::handle client_id, py::handle now) {
                const Place at{caller, account, market, now};
                const auto order = exact<std::uint64_t>(client_id, "client_id");
                return self.use("cancel_perp_order_by_client_id", [&](MarginVenue& venue) {
                    return venue.cancel_perp_order_by_client_id(at.caller, at.account, at.market,
                                                                order, at.now);
                });
            });
    cls.def("cancel_all_perp_orders", [](Handle& self, py::handle caller, py::handle account,
                                         py::handle market, py::handle limit, py::handle now) {
        const Place at{caller, account, market, now};
        const auto most = exact<std::uint64_t>(limit, "limit");
        return self.use("cancel_all_perp_orders", [&](MarginVenue& venue) {
            return venue.cancel_all_perp_orders(at.caller, at.account, at.market, most, at.now);
        });
    });
    cls.def("consume_events",
            [](Handle& self, py::handle market, py::handle limit, py::handle now) {
                const auto index = market_index(market);
                const auto most = exact<std::uint64_t>(limit, "limit");
                const auto time = seconds(now);
                return self.use("consume_events", [&](MarginVenue& venue) {
                    return venue.consume_events(index, most, time);
                });
            });
    cls.def("update_funding_from_book", [](Handle& self, py::handle market, py::handle now) {
        const auto index = market_index(market);
        const auto time = seconds(now);
        return state_of(self.use("update_funding_from_book", [&](MarginVenue& venue) {
            return venue.update_funding_from_book(index, time);
        }));
    });
    cls.def("adjust_funding", [](Handle& self, py::handle caller, py::handle market,
                                 py::handle long_delta, py::handle short_delta, py::handle now) {
        const auto who = caller_id(caller);
        const auto index = market_index(market);
        const auto longs = fixed(long_delta, "long_delta_bits");
        const auto shorts = fixed(short_delta, "short_delta_bits");
        const auto time = seconds(now);
        self.use("adjust_funding", [&](MarginVenue& venue) {
            venue.adjust_funding(who, index, longs, shorts, time);
        });
    });
    cls.def("perp_book", [](Handle& self, py::handle market) {
        const auto index = market_index(market);
        return self.use("perp_book",
                        [&](const MarginVenue& venue) { return state_of(venue.perp_book(index)); });
    });
}

}  // namespace voltcore::bindings
