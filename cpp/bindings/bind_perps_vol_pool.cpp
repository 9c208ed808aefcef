#include <pybind11/pybind11.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bind.hpp"
#include "pool_calls.hpp"
#include "voltcore/perps/vol_pool.hpp"

namespace voltcore::bindings {

namespace {

using perps::VolPool;
using VolHandle = EngineHandle<VolPool>;

perps::VolWindow window_of(py::handle value) {
    constexpr std::string_view names[] = {"1d", "1w", "2w", "30d", "60d", "90d"};
    const std::string text = text_of(value, "window");
    for (std::size_t i = 0; i < perps::vol_windows; ++i) {
        if (names[i] == text) return static_cast<perps::VolWindow>(i);
    }
    perps::refuse_perp("InvalidTimeWindow", {}, "window", text,
                       "is not one of 1d, 1w, 2w, 30d, 60d, 90d");
}

/// A volatility, or nothing; beyond i32 it is no oracle value.
std::optional<std::int32_t> volatility_of(py::handle value, const char* field) {
    if (value.is_none()) return std::nullopt;
    const py::int_ number = exact_int(value, field);
    std::uint64_t bits = 0;
    if (!limbs_of(number, true, 32, &bits)) {
        perps::refuse_perp("InvalidOraclePrice", "set_oracle", field, std::string{py::str(number)},
                           "is not an i32");
    }
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
}

/// A position as Python names it: (custody, owner, window, side).
struct NamedKey {
    std::string custody;
    perps::VolKey key;

    [[nodiscard]] perps::VolKey in(const VolPool& pool) const {
        perps::VolKey out = key;
        out.custody = static_cast<std::uint32_t>(pool.index_of(custody));
        return out;
    }
};

NamedKey key_of(const py::tuple& given) {
    return {text_of(given[0], "custody"),
            {0, u64_of(given[1], "owner"), window_of(given[2]), side_of(given[3])}};
}

/// (size, collateral, entire, entry_value, vol_slippage); the last two may be None together.
perps::VolOrder order_of(const py::tuple& given) {
    perps::VolOrder order;
    order.size = u64_of(given[0], "size");
    order.collateral = u64_of(given[1], "collateral");
    order.entire = flag_of(given[2], "entire");
    const py::object seen = given[3];
    const py::object slippage = given[4];
    if (seen.is_none() != slippage.is_none()) {
        perps::refuse_perp("InvalidArgument", {}, "entry_value", {},
                           "and vol_slippage go together");
    }
    if (!seen.is_none()) {
        order.slippage = perps::VolSlippage{exact<std::int32_t>(seen, "entry_value"),
                                            u64_of(slippage, "vol_slippage")};
    }
    return order;
}

perps::VolAction vol_action_of(py::handle value) {
    const std::string text = text_of(value, "action");
    if (text == "increase") return perps::VolAction::increase;
    if (text == "decrease") return perps::VolAction::decrease;
    refuse({.code = ErrorCode::unknown_name,
            .field = "action",
            .value = text,
            .bound = "is not one of increase, decrease",
            .op = {},
            .onchain = "InvalidPositionRequest"});
}

void bind_admin(py::class_<VolHandle>& cls) {
    cls.def("set_oracle", [](VolHandle& self, py::handle caller, py::handle window,
                             py::handle implied, py::handle realized, py::handle now) {
        const auto who = caller_of(caller);
        const auto which = window_of(window);
        const auto iv = volatility_of(implied, "implied_volatility");
        const auto rv = volatility_of(realized, "realized_volatility");
        const auto time = time_of(now);
        return call_pool(self, "set_oracle",
                         [&](VolPool& pool) { pool.set_oracle(who, which, iv, rv, time); });
    });
    def_set_permissions<perps::VolPermissions>(cls);
    def_custody_crank(cls, "clear_fee_reserves", &VolPool::clear_fee_reserves);
}

void bind_liquidity(py::class_<VolHandle>& cls) {
    cls.def("fund_insurance", [](VolHandle& self, py::handle caller, py::handle custody,
                                 py::handle amount, py::handle now) {
        const auto who = caller_of(caller);
        const auto name = text_of(custody, "custody");
        const auto units = u64_of(amount, "amount");
        const auto time = time_of(now);
        return call_pool(self, "fund_insurance", [&](VolPool& pool) {
            pool.fund_insurance(who, pool.index_of(name), units, time);
        });
    });
    def_liquidity(cls, "deposit", "amount", "min_lp", &VolPool::deposit);
    def_liquidity(cls, "withdraw", "lp", "min_amount", &VolPool::withdraw);
}

void bind_trades(py::class_<VolHandle>& cls) {
    cls.def("increase", [](VolHandle& self, py::handle caller, const py::tuple& key,
                           const py::tuple& order, py::handle now) {
        const auto who = caller_of(caller);
        const NamedKey named = key_of(key);
        const auto wish = order_of(order);
        const auto time = time_of(now);
        return call_pool(self, "increase", [&](VolPool& pool) {
            return pool.increase(who, named.in(pool), wish, time);
        });
    });
    cls.def("decrease", [](VolHandle& self, py::handle caller, const py::tuple& key,
                           const py::tuple& order, py::handle now) {
        const auto who = caller_of(caller);
        const NamedKey named = key_of(key);
        const auto wish = order_of(order);
        const auto time = time_of(now);
        return call_pool(self, "decrease", [&](VolPool& pool) {
            return pool.decrease(who, named.in(pool), wish, time);
        });
    });
    cls.def("liquidate",
            [](VolHandle& self, py::handle caller, const py::tuple& key, py::handle now) {
                const auto who = caller_of(caller);
                const NamedKey named = key_of(key);
                const auto time = time_of(now);
                return call_pool(self, "liquidate", [&](VolPool& pool) {
                    return pool.liquidate(who, named.in(pool), time);
                });
            });
}

void bind_requests(py::class_<VolHandle>& cls) {
    cls.def("create_request", [](VolHandle& self, py::handle caller, const py::tuple& key,
                                 py::handle action, const py::tuple& order, py::handle now) {
        const auto who = caller_of(caller);
        const NamedKey named = key_of(key);
        const auto which = vol_action_of(action);
        const auto wish = order_of(order);
        const auto time = time_of(now);
        return call_pool(self, "create_request", [&](VolPool& pool) {
            pool.create_request(who, named.in(pool), which, wish, time);
        });
    });
    cls.def("execute_request",
            [](VolHandle& self, py::handle caller, const py::tuple& key, py::handle now) {
                const auto who = caller_of(caller);
                const NamedKey named = key_of(key);
                const auto time = time_of(now);
                perps::VolTradeReceipt receipt;
                call_pool(self, "execute_request", [&](VolPool& pool) {
                    receipt = pool.execute_request(who, named.in(pool), time);
                });
                return std::visit([](const auto& leg) { return state_of(leg); }, receipt);
            });
    cls.def("cancel_request",
            [](VolHandle& self, py::handle caller, const py::tuple& key, py::handle now) {
                const auto who = caller_of(caller);
                const NamedKey named = key_of(key);
                const auto time = time_of(now);
                return call_pool(self, "cancel_request", [&](VolPool& pool) {
                    return pool.cancel_request(who, named.in(pool), time);
                });
            });
}

void bind_views(py::class_<VolHandle>& cls) {
    cls.def("pool_value", [](VolHandle& self) {
        return call_pool(self, "pool_value", [](VolPool& pool) { return pool.pool_value(); });
    });
    cls.def("mark_to_market", [](VolHandle& self, py::handle now) {
        const auto time = time_of(now);
        return call_pool(self, "mark_to_market",
                         [&](VolPool& pool) { return pool.mark_to_market(time); });
    });
    cls.def("value_of", [](VolHandle& self, py::handle window, py::handle now) {
        const auto which = window_of(window);
        const auto time = time_of(now);
        return call_pool(self, "value_of",
                         [&](VolPool& pool) { return pool.value_of(which, time); });
    });
    cls.def("liquidatable", [](VolHandle& self, py::handle now) {
        const auto time = time_of(now);
        return call_pool(self, "liquidatable",
                         [&](VolPool& pool) { return pool.liquidatable(time); });
    });
    cls.def("health", [](VolHandle& self, const py::tuple& key, py::handle now) {
        const NamedKey named = key_of(key);
        const auto time = time_of(now);
        perps::VolHealth health;
        call_pool(self, "health",
                  [&](VolPool& pool) { health = pool.health(named.in(pool), time); });
        return py::make_tuple(to_python(health.pnl), to_python(health.effective_size),
                              health.close_fee, health.borrow_fee,
                              to_python(health.effective_collateral), health.state);
    });
}

}  // namespace

void bind_perps_vol_pool(py::module_& m) {
    py::class_<VolHandle> cls{m, "VolPool"};
    cls.def(py::init([](py::handle config, py::handle now) {
        perps::VolConfig given;
        read_attributes(config, "", given);
        return std::make_unique<VolHandle>(VolPool{given, time_of(now)});
    }));
    bind_pool_methods(cls);
    bind_admin(cls);
    bind_liquidity(cls);
    bind_trades(cls);
    bind_requests(cls);
    bind_views(cls);
}

}  // namespace voltcore::bindings
