#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <variant>

#include "bind.hpp"
#include "bind_perps_jlp_routes.hpp"
#include "pool_calls.hpp"
#include "voltcore/perps/jlp_pool.hpp"

namespace voltcore::bindings {

namespace {

using perps::JlpPool;
using JlpHandle = EngineHandle<JlpPool>;

perps::TradeAction action_of(py::handle value) {
    const std::string text = text_of(value, "action");
    if (text == "increase") return perps::TradeAction::increase;
    if (text == "decrease") return perps::TradeAction::decrease;
    refuse({.code = ErrorCode::unknown_name,
            .field = "action",
            .value = text,
            .bound = "is not one of increase, decrease",
            .op = {},
            .onchain = "InvalidPositionRequest"});
}

void bind_admin(py::class_<JlpHandle>& cls) {
    cls.def("set_price",
            [](JlpHandle& self, py::handle caller, py::handle custody, py::handle price,
               py::handle confidence, py::handle publish_time, py::handle now) {
                const auto who = caller_of(caller);
                const auto name = text_of(custody, "custody");
                const auto feed = feed_of(price, price, confidence, py::int_{-6}, publish_time);
                const auto time = time_of(now);
                return call_pool(self, "set_price", [&](JlpPool& pool) {
                    pool.set_price(who, pool.index_of(name), feed, time);
                });
            });
    def_set_permissions<perps::JlpPermissions>(cls);
    def_custody_crank(cls, "distribute_fees", &JlpPool::distribute_fees);
}

void bind_liquidity(py::class_<JlpHandle>& cls) {
    def_liquidity(cls, "mint", "amount", "min_lp", &JlpPool::mint);
    def_liquidity(cls, "burn", "lp", "min_amount", &JlpPool::burn);
    def_swap(cls, &JlpPool::swap);
}

void bind_trades(py::class_<JlpHandle>& cls) {
    cls.def("increase",
            [](JlpHandle& self, py::handle caller, const py::tuple& trade, py::handle now) {
                const auto who = caller_of(caller);
                const NamedTrade named = trade_of(trade);
                const auto time = time_of(now);
                return call_pool(self, "increase", [&](JlpPool& pool) {
                    return pool.increase(who, named.in(pool), time);
                });
            });
    cls.def("decrease",
            [](JlpHandle& self, py::handle caller, const py::tuple& trade, py::handle now) {
                const auto who = caller_of(caller);
                const NamedTrade named = trade_of(trade);
                const auto time = time_of(now);
                return call_pool(self, "decrease", [&](JlpPool& pool) {
                    return pool.decrease(who, named.in(pool), time);
                });
            });
    cls.def("liquidate", [](JlpHandle& self, py::handle caller, py::handle owner,
                            const py::tuple& trade, py::handle now) {
        const auto who = caller_of(caller);
        const auto whose = u64_of(owner, "owner");
        const NamedTrade named = trade_of(trade);
        const auto time = time_of(now);
        return call_pool(self, "liquidate", [&](JlpPool& pool) {
            return pool.liquidate(who, named.key(pool, whose), time);
        });
    });
}

void bind_requests(py::class_<JlpHandle>& cls) {
    cls.def("request",
            [](JlpHandle& self, py::handle caller, py::handle request, py::handle action,
               const py::tuple& trade, py::handle trigger, py::handle above, py::handle now) {
                const auto who = caller_of(caller);
                const auto id = u64_of(request, "request");
                perps::JlpRequest wish;
                wish.action = action_of(action);
                // A trigger needs both its price and its direction.
                if (trigger.is_none() != above.is_none() ||
                    (!trigger.is_none() && u64_of(trigger, "trigger") == 0)) {
                    perps::refuse_perp("InvalidPositionRequest", "request", "trigger", {},
                                       "is 0 or comes without its direction");
                }
                if (!trigger.is_none()) {
                    wish.trigger = u64_of(trigger, "trigger");
                    wish.above = flag_of(above, "above");
                }
                const NamedTrade named = trade_of(trade);
                const auto time = time_of(now);
                return call_pool(self, "request", [&](JlpPool& pool) {
                    wish.trade = named.in(pool);
                    pool.request(who, id, wish, time);
                });
            });
    cls.def("execute", [](JlpHandle& self, py::handle caller, py::handle request, py::handle now) {
        const auto who = caller_of(caller);
        const auto id = u64_of(request, "request");
        const auto time = time_of(now);
        perps::JlpTradeReceipt receipt;
        call_pool(self, "execute", [&](JlpPool& pool) { receipt = pool.execute(who, id, time); });
        return std::visit([](const auto& leg) { return state_of(leg); }, receipt);
    });
    cls.def("cancel", [](JlpHandle& self, py::handle caller, py::handle request, py::handle now) {
        const auto who = caller_of(caller);
        const auto id = u64_of(request, "request");
        const auto time = time_of(now);
        return call_pool(self, "cancel", [&](JlpPool& pool) { return pool.cancel(who, id, time); });
    });
}

void bind_views(py::class_<JlpHandle>& cls) {
    cls.def("aum", [](JlpHandle& self, py::handle now) {
        const auto time = time_of(now);
        return call_pool(self, "aum", [&](JlpPool& pool) { return pool.aum(time); });
    });
    cls.def("custody_aum", [](JlpHandle& self, py::handle custody, py::handle now) {
        const auto name = text_of(custody, "custody");
        const auto time = time_of(now);
        return call_pool(self, "custody_aum", [&](JlpPool& pool) {
            return pool.custody_aum(pool.index_of(name), time);
        });
    });
    cls.def("virtual_price", [](JlpHandle& self, py::handle now) {
        const auto time = time_of(now);
        return call_pool(self, "virtual_price",
                         [&](JlpPool& pool) { return pool.virtual_price(time); });
    });
    cls.def("hourly_rate", [](JlpHandle& self, py::handle custody) {
        const auto name = text_of(custody, "custody");
        return call_pool(self, "hourly_rate",
                         [&](JlpPool& pool) { return pool.hourly_rate(pool.index_of(name)); });
    });
    cls.def("position_view",
            [](JlpHandle& self, py::handle owner, const py::tuple& trade, py::handle now) {
                const auto whose = u64_of(owner, "owner");
                const NamedTrade named = trade_of(trade);
                const auto time = time_of(now);
                return call_pool(self, "position_view", [&](JlpPool& pool) {
                    return pool.value_of(named.key(pool, whose), time);
                });
            });
}

}  // namespace

void bind_perps_jlp_pool(py::module_& m) {
    py::class_<JlpHandle> cls{m, "JlpPool"};
    cls.def(py::init([](py::handle config, py::handle now) {
        perps::JlpConfig given;
        read_attributes(config, "", given);
        return std::make_unique<JlpHandle>(JlpPool{given, time_of(now)});
    }));
    bind_pool_methods(cls);
    bind_admin(cls);
    bind_liquidity(cls);
    bind_trades(cls);
    bind_requests(cls);
    bind_views(cls);
    bind_perps_jlp_routes(cls);
}

}  // namespace voltcore::bindings
