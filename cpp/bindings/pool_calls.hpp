#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "convert.hpp"
#include "convert_perps.hpp"
#include "engine_handle.hpp"
#include "engine_state.hpp"
#include "voltcore/perps/governance.hpp"
#include "voltcore/perps/price_feed.hpp"

// How the three pools are called from Python.

namespace voltcore::bindings {

/// Runs one operation and hands its receipt back as plain Python. A refusal gets the operation's
/// name; one of the arithmetic keeps the name of the step that left its type in its text.
template <class Engine, class Body>
py::object call_pool(EngineHandle<Engine>& self, const char* op, Body&& body) {
    try {
        if constexpr (std::is_void_v<decltype(self.use(op, body))>) {
            self.use(op, body);
            return py::none();
        } else {
            return state_of(self.use(op, body));
        }
    } catch (const Error& error) {
        Refusal refusal = error.refusal();
        if (refusal.code == ErrorCode::overflow && refusal.bound.empty()) {
            refusal.bound = refusal.op + " left its type";
        }
        refusal.op = op;
        refuse(std::move(refusal));
    }
}

inline std::uint64_t u64_of(py::handle value, const char* field) {
    return exact<std::uint64_t>(value, field);
}
inline perps::CallerId caller_of(py::handle value) { return exact<std::uint64_t>(value, "caller"); }
inline std::int64_t time_of(py::handle value) { return exact<std::int64_t>(value, "now"); }

inline std::string text_of(py::handle value, const char* field) { return exact_text(value, field); }

inline perps::Side side_of(py::handle value) {
    const std::string text = text_of(value, "side");
    if (text == "long") return perps::Side::long_side;
    if (text == "short") return perps::Side::short_side;
    refuse({.code = ErrorCode::unknown_name,
            .field = "side",
            .value = text,
            .bound = "is not one of long, short",
            .op = {},
            .onchain = "InvalidArgument"});
}

/// A flag that Python gave: a bool and nothing else.
inline bool flag_of(py::handle value, const char* field) {
    bool out{};
    read_attributes(value, field, out);
    return out;
}

inline perps::PriceFeed feed_of(py::handle price, py::handle ema, py::handle confidence,
                                py::handle exponent, py::handle publish_time) {
    return {u64_of(price, "price"), u64_of(ema, "ema"), u64_of(confidence, "confidence"),
            exact<std::int32_t>(exponent, "exponent"),
            exact<std::int64_t>(publish_time, "publish_time")};
}

/// An operation on an amount of one custody with a least result: adding and removing liquidity.
template <class Pool, class Receipt>
void def_liquidity(py::class_<EngineHandle<Pool>>& cls, const char* name, const char* field,
                   const char* least_field,
                   Receipt (Pool::*member)(perps::CallerId, std::size_t, std::uint64_t,
                                           std::uint64_t, std::int64_t)) {
    cls.def(name, [name, field, least_field, member](EngineHandle<Pool>& self, py::handle caller,
                                                     py::handle custody, py::handle amount,
                                                     py::handle least, py::handle now) {
        const auto who = caller_of(caller);
        const auto where = text_of(custody, "custody");
        const auto units = u64_of(amount, field);
        const auto fewest = u64_of(least, least_field);
        const auto time = time_of(now);
        return call_pool(self, name, [&](Pool& pool) {
            return (pool.*member)(who, pool.index_of(where), units, fewest, time);
        });
    });
}

/// A swap between two custodies.
template <class Pool, class Receipt>
void def_swap(py::class_<EngineHandle<Pool>>& cls,
              Receipt (Pool::*member)(perps::CallerId, std::size_t, std::size_t, std::uint64_t,
                                      std::uint64_t, std::int64_t)) {
    cls.def("swap", [member](EngineHandle<Pool>& self, py::handle caller, py::handle custody_in,
                             py::handle custody_out, py::handle amount, py::handle min_amount,
                             py::handle now) {
        const auto who = caller_of(caller);
        const auto in = text_of(custody_in, "custody_in");
        const auto out = text_of(custody_out, "custody_out");
        const auto tokens = u64_of(amount, "amount");
        const auto least = u64_of(min_amount, "min_amount");
        const auto time = time_of(now);
        return call_pool(self, "swap", [&](Pool& pool) {
            return (pool.*member)(who, pool.index_of(in), pool.index_of(out), tokens, least, time);
        });
    });
}

/// The flags of one custody.
template <class Permissions, class Pool>
void def_set_permissions(py::class_<EngineHandle<Pool>>& cls) {
    cls.def("set_permissions", [](EngineHandle<Pool>& self, py::handle caller, py::handle custody,
                                  py::handle permissions, py::handle now) {
        const auto who = caller_of(caller);
        const auto name = text_of(custody, "custody");
        Permissions given;
        read_attributes(permissions, "permissions", given);
        const auto time = time_of(now);
        return call_pool(self, "set_permissions", [&](Pool& pool) {
            pool.set_permissions(who, pool.index_of(name), given, time);
        });
    });
}

/// An operation of a role on one custody.
template <class Pool, class Receipt>
void def_custody_crank(py::class_<EngineHandle<Pool>>& cls, const char* name,
                       Receipt (Pool::*member)(perps::CallerId, std::size_t, std::int64_t)) {
    cls.def(name, [name, member](EngineHandle<Pool>& self, py::handle caller, py::handle custody,
                                 py::handle now) {
        const auto who = caller_of(caller);
        const auto where = text_of(custody, "custody");
        const auto time = time_of(now);
        return call_pool(self, name, [&](Pool& pool) {
            return (pool.*member)(who, pool.index_of(where), time);
        });
    });
}

/// What every pool has beside its own operations.
template <class Pool>
void bind_pool_methods(py::class_<EngineHandle<Pool>>& cls) {
    using Handle = EngineHandle<Pool>;
    bind_engine_methods(cls);
    cls.def("propose_admin", [](Handle& self, py::handle caller, py::handle next, py::handle now) {
        const auto who = caller_of(caller);
        const auto heir = u64_of(next, "next");
        const auto time = time_of(now);
        return call_pool(self, "propose_admin",
                         [&](Pool& pool) { pool.propose_admin(who, heir, time); });
    });
    cls.def("accept_admin", [](Handle& self, py::handle caller, py::handle now) {
        const auto who = caller_of(caller);
        const auto time = time_of(now);
        return call_pool(self, "accept_admin", [&](Pool& pool) { pool.accept_admin(who, time); });
    });
    cls.def("clock", [](Handle& self) {
        return self.use("clock", [](const Pool& pool) { return pool.clock(); });
    });
}

}  // namespace voltcore::bindings
