#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "bind.hpp"
#include "pool_calls.hpp"
#include "voltcore/perps/basket_pool.hpp"

namespace voltcore::bindings {

namespace {

using perps::BasketPool;
using BasketHandle = EngineHandle<BasketPool>;

perps::AumMode aum_mode(const std::string& mode) {
    if (mode == "last") return perps::AumMode::last;
    if (mode == "ema") return perps::AumMode::ema;
    if (mode == "min") return perps::AumMode::min;
    if (mode == "max") return perps::AumMode::max;
    refuse({.code = ErrorCode::unknown_name,
            .field = "mode",
            .value = mode,
            .bound = "is not one of last, ema, min, max",
            .op = "aum",
            .onchain = {}});
}

void bind_admin(py::class_<BasketHandle>& cls) {
    cls.def("set_price", [](BasketHandle& self, py::handle caller, py::handle custody,
                            py::handle price, py::handle ema, py::handle confidence,
                            py::handle exponent, py::handle publish_time, py::handle now) {
        const auto who = caller_of(caller);
        const auto name = text_of(custody, "custody");
        const auto feed = feed_of(price, ema, confidence, exponent, publish_time);
        const auto time = time_of(now);
        return call_pool(self, "set_price", [&](BasketPool& pool) {
            pool.set_price(who, pool.index_of(name), feed, time);
        });
    });
    cls.def("set_permissions", [](BasketHandle& self, py::handle caller, py::handle custody,
                                  py::handle permissions, py::handle now) {
        const auto who = caller_of(caller);
        const bool whole = custody.is_none();
        const auto name = whole ? std::string{} : text_of(custody, "custody");
        perps::BasketPermissions given;
        read_attributes(permissions, "permissions", given);
        const auto time = time_of(now);
        return call_pool(self, "set_permissions", [&](BasketPool& pool) {
            pool.set_permissions(who, whole ? ~std::size_t{0} : pool.index_of(name), given, time);
        });
    });
    cls.def("update_aum", [](BasketHandle& self, py::handle caller, py::handle now) {
        const auto who = caller_of(caller);
        const auto time = time_of(now);
        return call_pool(self, "update_aum",
                         [&](BasketPool& pool) { return pool.update_aum(who, time); });
    });
}

void bind_liquidity(py::class_<BasketHandle>& cls) {
    def_liquidity(cls, "add_liquidity", "amount", "min_lp", &BasketPool::add_liquidity);
    def_liquidity(cls, "remove_liquidity", "lp", "min_amount", &BasketPool::remove_liquidity);
    def_swap(cls, &BasketPool::swap);
}

void bind_trades(py::class_<BasketHandle>& cls) {
    cls.def("open", [](BasketHandle& self, py::handle caller, py::handle custody,
                       py::handle collateral, py::handle side, py::handle size, py::handle amount,
                       py::handle price, py::handle now) {
        const auto who = caller_of(caller);
        const auto traded = text_of(custody, "custody");
        const auto paying = text_of(collateral, "collateral_custody");
        perps::BasketOpenOrder order{0,
                                     0,
                                     side_of(side),
                                     u64_of(size, "size"),
                                     u64_of(amount, "collateral"),
                                     u64_of(price, "price")};
        const auto time = time_of(now);
        return call_pool(self, "open", [&](BasketPool& pool) {
            order.custody = pool.index_of(traded);
            order.collateral_custody = pool.index_of(paying);
            return pool.open(who, order, time);
        });
    });
    cls.def("close", [](BasketHandle& self, py::handle caller, py::handle position,
                        py::handle price, py::handle now) {
        const auto who = caller_of(caller);
        const auto id = u64_of(position, "position");
        const auto limit = u64_of(price, "price");
        const auto time = time_of(now);
        return call_pool(self, "close",
                         [&](BasketPool& pool) { return pool.close(who, id, limit, time); });
    });
    cls.def("liquidate",
            [](BasketHandle& self, py::handle caller, py::handle position, py::handle now) {
                const auto who = caller_of(caller);
                const auto id = u64_of(position, "position");
                const auto time = time_of(now);
                return call_pool(self, "liquidate",
                                 [&](BasketPool& pool) { return pool.liquidate(who, id, time); });
            });
    cls.def("add_collateral", [](BasketHandle& self, py::handle caller, py::handle position,
                                 py::handle amount, py::handle now) {
        const auto who = caller_of(caller);
        const auto id = u64_of(position, "position");
        const auto tokens = u64_of(amount, "amount");
        const auto time = time_of(now);
        return call_pool(self, "add_collateral", [&](BasketPool& pool) {
            return pool.add_collateral(who, id, tokens, time);
        });
    });
    cls.def("remove_collateral", [](BasketHandle& self, py::handle caller, py::handle position,
                                    py::handle usd, py::handle now) {
        const auto who = caller_of(caller);
        const auto id = u64_of(position, "position");
        const auto value = u64_of(usd, "usd");
        const auto time = time_of(now);
        return call_pool(self, "remove_collateral", [&](BasketPool& pool) {
            return pool.remove_collateral(who, id, value, time);
        });
    });
}

void bind_views(py::class_<BasketHandle>& cls) {
    cls.def("aum", [](BasketHandle& self, py::handle mode, py::handle now) {
        const auto which = aum_mode(exact_text(mode, "mode"));
        const auto time = time_of(now);
        return call_pool(self, "aum", [&](BasketPool& pool) { return pool.aum(which, time); });
    });
    cls.def("lp_price", [](BasketHandle& self, py::handle now) {
        const auto time = time_of(now);
        return call_pool(self, "lp_price", [&](BasketPool& pool) { return pool.lp_price(time); });
    });
    cls.def("position_view", [](BasketHandle& self, py::handle position, py::handle now) {
        const auto id = u64_of(position, "position");
        const auto time = time_of(now);
        py::dict out;
        call_pool(self, "position_view", [&](BasketPool& pool) {
            const perps::BasketProfit profit = pool.profit(id, time);
            out["profit_usd"] = profit.profit_usd;
            out["loss_usd"] = profit.loss_usd;
            out["leverage_bps"] = pool.leverage(id, time);
            out["liquidation_price"] = pool.liquidation_price(id, time);
            out["liquidatable"] = pool.liquidatable(id, time);
        });
        return out;
    });
}

}  // namespace

void bind_perps_basket_pool(py::module_& m) {
    py::class_<BasketHandle> cls{m, "BasketPool"};
    cls.def(py::init([](py::handle config, py::handle now) {
        perps::BasketConfig given;
        read_attributes(config, "", given);
        return std::make_unique<BasketHandle>(BasketPool{given, time_of(now)});
    }));
    bind_pool_methods(cls);
    bind_admin(cls);
    bind_liquidity(cls);
    bind_trades(cls);
    bind_views(cls);
}

}  // namespace voltcore::bindings
