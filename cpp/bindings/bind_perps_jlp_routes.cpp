#include "bind_perps_jlp_routes.hpp"

#include <pybind11/pybind11.h>

#include <optional>
#include <string>

#include "voltcore/perps/jlp_routes.hpp"

namespace voltcore::bindings {

namespace {

using perps::JlpPool;
using perps::Token;
using JlpHandle = EngineHandle<JlpPool>;

/// (token, route): the other token's name, and None or (price_e9, fee_bps, min_amount).
struct NamedRoute {
    std::string token;
    std::optional<perps::OutsideRoute> route;

    [[nodiscard]] Token in(const JlpPool& pool) const {
        if (route) return std::nullopt;
        return pool.index_of(token);
    }
};

NamedRoute route_of(const py::tuple& given) {
    NamedRoute out{text_of(given[0], "token"), std::nullopt};
    const py::object route = given[1];
    if (!route.is_none()) {
        const auto parts = route.cast<py::tuple>();
        out.route = perps::OutsideRoute{u64_of(parts[0], "route.price_e9"),
                                        u64_of(parts[1], "route.fee_bps"),
                                        u64_of(parts[2], "route.min_amount")};
    }
    return out;
}

}  // namespace

void bind_perps_jlp_routes(py::class_<JlpHandle>& cls) {
    cls.def("mint_with", [](JlpHandle& self, py::handle caller, py::handle custody,
                            const py::tuple& route, py::handle amount, py::handle min_lp,
                            py::handle now) {
        const auto who = caller_of(caller);
        const auto name = text_of(custody, "custody");
        const NamedRoute via = route_of(route);
        const auto given = u64_of(amount, "amount");
        const auto least = u64_of(min_lp, "min_lp");
        const auto time = time_of(now);
        return call_pool(self, "mint_with", [&](JlpPool& pool) {
            return perps::atomically(pool, [&](JlpPool& trial) {
                const std::size_t into = trial.index_of(name);
                const perps::SwapLeg leg =
                    perps::swap_by_route(trial, who, via.in(trial), into, given, via.route, time);
                return perps::Routed<perps::JlpMintReceipt>{
                    leg, trial.mint(who, into, leg.amount_out, least, time)};
            });
        });
    });
    cls.def("burn_to", [](JlpHandle& self, py::handle caller, py::handle custody,
                          const py::tuple& route, py::handle lp, py::handle min_amount,
                          py::handle now) {
        const auto who = caller_of(caller);
        const auto name = text_of(custody, "custody");
        const NamedRoute via = route_of(route);
        const auto units = u64_of(lp, "lp");
        const auto least = u64_of(min_amount, "min_amount");
        const auto time = time_of(now);
        return call_pool(self, "burn_to", [&](JlpPool& pool) {
            return perps::atomically(pool, [&](JlpPool& trial) {
                const std::size_t from = trial.index_of(name);
                const perps::JlpBurnReceipt burnt = trial.burn(who, from, units, least, time);
                return perps::Routed<perps::JlpBurnReceipt>{
                    perps::swap_by_route(trial, who, from, via.in(trial), burnt.amount, via.route,
                                         time),
                    burnt};
            });
        });
    });
    cls.def("increase_with", [](JlpHandle& self, py::handle caller, const py::tuple& trade,
                                const py::tuple& route, py::handle now) {
        const auto who = caller_of(caller);
        const NamedTrade named = trade_of(trade);
        const NamedRoute via = route_of(route);
        const auto time = time_of(now);
        return call_pool(self, "increase_with", [&](JlpPool& pool) {
            return perps::atomically(pool, [&](JlpPool& trial) {
                perps::JlpTrade order = named.in(trial);
                const perps::SwapLeg leg =
                    perps::swap_by_route(trial, who, via.in(trial), order.collateral_custody,
                                         order.collateral, via.route, time);
                order.collateral = leg.amount_out;
                return perps::Routed<perps::JlpIncreaseReceipt>{leg,
                                                                trial.increase(who, order, time)};
            });
        });
    });
    cls.def("decrease_to", [](JlpHandle& self, py::handle caller, const py::tuple& trade,
                              const py::tuple& route, py::handle now) {
        const auto who = caller_of(caller);
        const NamedTrade named = trade_of(trade);
        const NamedRoute via = route_of(route);
        const auto time = time_of(now);
        return call_pool(self, "decrease_to", [&](JlpPool& pool) {
            return perps::atomically(pool, [&](JlpPool& trial) {
                const perps::JlpTrade order = named.in(trial);
                const perps::JlpDecreaseReceipt left = trial.decrease(who, order, time);
                return perps::Routed<perps::JlpDecreaseReceipt>{
                    perps::swap_by_route(trial, who, order.collateral_custody, via.in(trial),
                                         left.amount_out, via.route, time),
                    left};
            });
        });
    });
}

}  // namespace voltcore::bindings
