#pragma once

#include <pybind11/pybind11.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "convert.hpp"
#include "engine_handle.hpp"
#include "engine_state.hpp"
#include "scalars.hpp"
#include "voltcore/venues/margin_venue.hpp"
#include "voltcore/volts/volt.hpp"

// What the bindings of the margin venue share: its handle, and how its arguments are read.

namespace voltcore::bindings {

using VenueHandle = EngineHandle<venues::MarginVenue>;

inline std::uint64_t seconds(py::handle now) { return exact<std::uint64_t>(now, "now"); }
/// Nobody calls as a volt: its margin account moves by the volt's own operations alone.
inline std::uint64_t caller_id(py::handle caller) {
    const auto id = exact<std::uint64_t>(caller, "caller");
    if (id == volts::volt_authority) {
        refuse({.code = ErrorCode::not_authorized,
                .field = "caller",
                .value = {},
                .bound = "is the id of volts",
                .op = "venue",
                .onchain = "InvalidOwner"});
    }
    return id;
}
/// Read wide, so that an index beyond any venue is refused by the venue and by its own name.
inline venues::AccountId account_id(py::handle account, const char* field = "account") {
    const auto id = exact<std::uint64_t>(account, field);
    return static_cast<venues::AccountId>(std::min<std::uint64_t>(id, venues::most_accounts));
}
inline std::size_t market_index(py::handle market) {
    return exact<std::uint64_t>(market, "market");
}
inline std::uint8_t token_index(py::handle token, const char* field = "token") {
    return static_cast<std::uint8_t>(
        std::min<std::uint64_t>(exact<std::uint64_t>(token, field), 255));
}

/// The enumerator at the place that `name` has among `names`.
template <class Enum>
[[nodiscard]] Enum one_of(const char* field, const std::string& name,
                          std::initializer_list<const char*> names) {
    std::string bound = "is not one of";
    std::size_t place = 0;
    for (const char* known : names) {
        if (name == known) return static_cast<Enum>(place);
        bound.append(place++ == 0 ? " " : ", ").append(known);
    }
    refuse({.code = ErrorCode::unknown_name,
            .field = field,
            .value = name,
            .bound = bound,
            .op = {},
            .onchain = {}});
}
inline venues::Side side_named(const std::string& side) {
    return one_of<venues::Side>("side", side, {"bid", "ask"});
}
inline venues::OrderType order_type_named(const std::string& type) {
    return one_of<venues::OrderType>(
        "type", type, {"limit", "immediate_or_cancel", "post_only", "market", "post_only_slide"});
}

/// What every operation on an account in a market begins with.
struct Place {
    std::uint64_t caller;
    venues::AccountId account;
    std::size_t market;
    std::uint64_t now;

    Place(py::handle caller_, py::handle account_, py::handle market_, py::handle now_)
        : caller{caller_id(caller_)},
          account{account_id(account_)},
          market{market_index(market_)},
          now{seconds(now_)} {}
};

void bind_venue_orders(py::class_<VenueHandle>& cls);
void bind_venue_off_book(py::class_<VenueHandle>& cls);
void bind_venue_spot(py::class_<VenueHandle>& cls);
void bind_venue_liquidation(py::class_<VenueHandle>& cls);
void bind_venues_book(py::module_& m);

}  // namespace voltcore::bindings
