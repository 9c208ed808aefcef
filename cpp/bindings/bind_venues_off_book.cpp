#include <pybind11/pybind11.h>

#include "margin_venue_handle.hpp"

namespace voltcore::bindings {

using venues::MarginVenue;

void bind_venue_off_book(py::class_<VenueHandle>& cls) {
    using Handle = VenueHandle;
    cls.def("create_off_book_order",
            [](Handle& self, py::handle caller, py::handle account, py::handle market,
               py::handle side, py::handle price_lots, py::handle size_lots,
               py::handle counterparty, py::handle expires, py::handle now) {
                const Place at{caller, account, market, now};
                const auto which = side_named(exact_text(side, "side"));
                const auto price = exact<std::int64_t>(price_lots, "price_lots");
                const auto size = exact<std::int64_t>(size_lots, "size_lots");
                const auto other = account_id(counterparty, "counterparty");
                const auto until = exact<std::uint64_t>(expires, "expires");
                return self.use("create_off_book_order", [&](MarginVenue& venue) {
                    return venue.create_off_book_order(at.caller, at.account, at.market, which,
                                                       price, size, other, until, at.now);
                });
            });
    const auto on_one = [&cls](const char* op, auto operation) {
        cls.def(op, [op, operation](Handle& self, py::handle caller, py::handle account,
                                    py::handle index, py::handle now) {
            const auto who = caller_id(caller);
            const auto id = account_id(account);
            const auto place = exact<std::uint64_t>(index, "index");
            const auto time = seconds(now);
            self.use(op, [&](MarginVenue& venue) { (venue.*operation)(who, id, place, time); });
        });
    };
    on_one("cancel_off_book_order", &MarginVenue::cancel_off_book_order);
    on_one("delete_off_book_order", &MarginVenue::delete_off_book_order);
    cls.def("delete_off_book_orders",
            [](Handle& self, py::handle caller, py::handle account, py::handle now) {
                const auto who = caller_id(caller);
                const auto id = account_id(account);
                const auto time = seconds(now);
                return self.use("delete_off_book_orders", [&](MarginVenue& venue) {
                    return venue.delete_off_book_orders(who, id, time);
                });
            });
    cls.def("take_off_book_order",
            [](Handle& self, py::handle caller, py::handle counterparty, py::handle creator,
               py::handle market, py::handle index, py::handle now) {
                const Place at{caller, counterparty, market, now};
                const auto maker = account_id(creator, "creator");
                const auto place = exact<std::uint64_t>(index, "index");
                return state_of(self.use("take_off_book_order", [&](MarginVenue& venue) {
                    return venue.take_off_book_order(at.caller, at.account, maker, at.market, place,
                                                     at.now);
                }));
            });
    cls.def("off_book_orders", [](Handle& self, py::handle account) {
        const auto id = account_id(account);
        return self.use("off_book_orders", [&](const MarginVenue& venue) {
            return state_of(venue.off_book_orders(id));
        });
    });
}

}  // namespace voltcore::bindings
