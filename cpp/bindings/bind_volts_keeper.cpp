#include <pybind11/pybind11.h>

#include <utility>

#include "bind.hpp"
#include "convert.hpp"
#include "volt_handle.hpp"

namespace voltcore::bindings {

using math::I80F48;
using venues::MarginVenue;
using volts::CallerId;
using volts::Volt;

/// Keeper operations of the venue inside; nobody can act as the volt there.
void bind_volt_keeper(py::class_<VoltHandle>& cls) {
    using Handle = VoltHandle;
    cls.def("set_price", [](Handle& self, py::handle caller, py::handle market, py::handle price,
                            py::handle now) {
        const CallerId who = volt_caller(caller);
        const auto index = exact<std::uint64_t>(market, "market");
        const I80F48 value = fixed(price, "price_bits");
        const std::uint64_t time = seconds(now);
        self.use("set_price", [&](Volt& volt) { volt.venue().set_price(who, index, value, time); });
    });
    cls.def("update_funding",
            [](Handle& self, py::handle market, py::handle bid, py::handle ask, py::handle now) {
                const auto index = exact<std::uint64_t>(market, "market");
                const auto bid_lots = exact<std::int64_t>(bid, "bid_lots");
                const auto ask_lots = exact<std::int64_t>(ask, "ask_lots");
                const std::uint64_t time = seconds(now);
                return self.use("update_funding", [&](Volt& volt) {
                    return shown(volt.venue().update_funding(index, bid_lots, ask_lots, time));
                });
            });
    cls.def("settle_pnl_outside", [](Handle& self, py::handle market, py::handle now) {
        const auto index = exact<std::uint64_t>(market, "market");
        const std::uint64_t time = seconds(now);
        return to_python(self.use("settle_pnl_outside", [&](Volt& volt) {
            return volt.venue().settle_pnl_outside(volt.margin_account(), index, time).bits();
        }));
    });
    cls.def("consume_events",
            [](Handle& self, py::handle market, py::handle limit, py::handle now) {
                const auto index = exact<std::uint64_t>(market, "market");
                const auto most = exact<std::uint64_t>(limit, "limit");
                const std::uint64_t time = seconds(now);
                return self.use("consume_events", [&](Volt& volt) {
                    return volt.venue().consume_events(index, most, time);
                });
            });
    // What others have done to a copy of the venue, unless the volt has moved its own meanwhile.
    cls.def("take_venue", [](Handle& self, const py::bytes& before, VenueHandle& other) {
        constexpr const char* op = "on_venue";
        MarginVenue changed = other.use(op, [](const MarginVenue& venue) { return venue; });
        self.use(op, [&](Volt& volt) {
            if (!canonical_bytes(volt.venue()).equal(before)) {
                refuse({.code = ErrorCode::reentered,
                        .field = {},
                        .value = {},
                        .bound = "the volt has moved its venue inside the action",
                        .op = op,
                        .onchain = {}});
            }
            volt.venue() = std::move(changed);
        });
    });
    const auto bind_step = [&cls](const char* name, void (MarginVenue::*method)(std::uint64_t)) {
        cls.def(name, [name, method](Handle& self, py::handle now) {
            const std::uint64_t time = seconds(now);
            self.use(name, [&](Volt& volt) { (volt.venue().*method)(time); });
        });
    };
    bind_step("cache_prices", &MarginVenue::cache_prices);
    bind_step("update_banks", &MarginVenue::update_banks);
    bind_step("cache_root_banks", &MarginVenue::cache_root_banks);
    bind_step("cache_perp_markets", &MarginVenue::cache_perp_markets);
}

}  // namespace voltcore::bindings
