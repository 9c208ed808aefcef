#include <pybind11/pybind11.h>

#include <vector>

#include "bind.hpp"
#include "convert.hpp"
#include "engine_state.hpp"
#include "scalars.hpp"
#include "voltcore/venues/bank.hpp"
#include "voltcore/venues/bankruptcy.hpp"
#include "voltcore/venues/health.hpp"
#include "voltcore/venues/liquidation.hpp"
#include "voltcore/venues/perp_market.hpp"

namespace voltcore::bindings {

namespace {

using math::I80F48;

template <class T>
T attributes(py::handle object, const char* field) {
    T out{};
    read_attributes(object, field, out);
    return out;
}

}  // namespace

void bind_venues_kernels(py::module_& m) {
    using namespace venues;
    m.def("venues_interest_rate", [](py::handle curve, py::handle utilization) {
        return state_of(interest_rate(attributes<InterestCurve>(curve, "curve"),
                                      fixed(utilization, "utilization_bits")));
    });
    m.def(
        "venues_accrue", [](py::handle curve, py::handle deposits, py::handle borrows,
                            py::handle deposit_index, py::handle borrow_index, py::handle elapsed) {
            return state_of(accrue(
                attributes<InterestCurve>(curve, "curve"), fixed(deposits, "deposits_bits"),
                fixed(borrows, "borrows_bits"), fixed(deposit_index, "deposit_index_bits"),
                fixed(borrow_index, "borrow_index_bits"), exact<std::int64_t>(elapsed, "elapsed")));
        });
    m.def("venues_credit", [](py::handle balance, py::handle deposit_index, py::handle borrow_index,
                              py::handle native) {
        auto next = attributes<Balance>(balance, "balance");
        credit(next, fixed(deposit_index, "deposit_index_bits"),
               fixed(borrow_index, "borrow_index_bits"), fixed(native, "native_bits"));
        return state_of(next);
    });
    m.def("venues_debit", [](py::handle balance, py::handle deposit_index, py::handle borrow_index,
                             py::handle native) {
        auto next = attributes<Balance>(balance, "balance");
        static_cast<void>(debit(next, fixed(deposit_index, "deposit_index_bits"),
                                fixed(borrow_index, "borrow_index_bits"),
                                fixed(native, "native_bits")));
        return state_of(next);
    });
    m.def("venues_index_price", [](py::handle config, py::handle price) {
        return state_of(
            index_price(attributes<IndexConfig>(config, "config"), fixed(price, "price_bits")));
    });
    m.def("venues_funding_diff", [](py::handle config, py::handle index, py::handle bid_lots,
                                    py::handle ask_lots) {
        return state_of(funding_diff(
            attributes<PerpMarketConfig>(config, "config"), fixed(index, "index_bits"),
            exact<std::int64_t>(bid_lots, "bid_lots"), exact<std::int64_t>(ask_lots, "ask_lots")));
    });
    m.def("venues_funding_delta",
          [](py::handle config, py::handle index, py::handle diff, py::handle elapsed) {
              return state_of(funding_delta(attributes<PerpMarketConfig>(config, "config"),
                                            fixed(index, "index_bits"), fixed(diff, "diff_bits"),
                                            exact<std::int64_t>(elapsed, "elapsed")));
          });
    m.def("venues_impact_price", [](const py::iterable& levels, py::handle quantity) {
        std::vector<BookLevel> book;
        for (const py::handle row : levels) {
            const auto pair = py::reinterpret_borrow<py::sequence>(row);
            book.push_back({.price_lots = exact<std::int64_t>(pair[0], "levels.price_lots"),
                            .size_lots = exact<std::int64_t>(pair[1], "levels.size_lots")});
        }
        return impact_price(book, exact<std::int64_t>(quantity, "quantity"));
    });
    m.def("venues_settle_position_funding",
          [](py::handle account, py::handle long_funding, py::handle short_funding) {
              auto next = attributes<PerpAccount>(account, "account");
              settle_funding(next, fixed(long_funding, "long_funding_bits"),
                             fixed(short_funding, "short_funding_bits"));
              return state_of(next);
          });
    m.def("venues_perp_value", [](py::handle account, py::handle config, py::handle price,
                                  py::handle long_funding, py::handle short_funding) {
        const auto market = attributes<PerpMarketConfig>(config, "config");
        return state_of(perp_value(
            attributes<PerpAccount>(account, "account"), market.base_lot_size,
            market.quote_lot_size, fixed(price, "price_bits"),
            fixed(long_funding, "long_funding_bits"), fixed(short_funding, "short_funding_bits")));
    });
    m.def("venues_spot_value", [](py::handle net, py::handle price, const py::object& orders) {
        const I80F48 balance = fixed(net, "net_bits");
        const I80F48 at = fixed(price, "price_bits");
        if (orders.is_none()) return state_of(spot_value(balance, at));
        return state_of(spot_value(balance, at, attributes<OpenOrdersBalance>(orders, "orders")));
    });
    m.def("venues_leverage_weights", [](py::handle leverage) {
        const I80F48 given = fixed(leverage, "leverage_bits");
        if (!given.is_positive()) {
            refuse({.code = ErrorCode::not_positive,
                    .field = "leverage_bits",
                    .value = {},
                    .bound = "is not positive",
                    .op = {},
                    .onchain = "InvalidParam"});
        }
        return state_of(leverage_weights(given));
    });
    m.def("venues_weighted", [](py::handle value, py::handle asset, py::handle liability) {
        const Weights pair{.asset = fixed(asset, "asset_bits"),
                           .liability = fixed(liability, "liability_bits")};
        return state_of(weighted(attributes<PositionValue>(value, "value"),
                                 {.init = pair, .maint = pair}, HealthKind::init));
    });
    m.def("venues_settlement", [](py::handle a, py::handle b) {
        return state_of(settlement(fixed(a, "profit_a_bits"), fixed(b, "profit_b_bits")));
    });
    m.def("venues_liquidation_deficit", [](py::handle init_health, py::handle asset,
                                           py::handle liability) {
        return state_of(liquidation_deficit(fixed(init_health, "init_health_bits"),
                                            attributes<LiquidationSide>(asset, "asset"),
                                            attributes<LiquidationSide>(liability, "liability")));
    });
    m.def("venues_liquidation_amounts", [](py::handle deficit, py::handle request,
                                           py::handle native_deposit, py::handle native_borrow,
                                           py::handle asset, py::handle liability) {
        return state_of(liquidation_amounts(
            fixed(deficit, "deficit_bits"), fixed(request, "request_bits"),
            fixed(native_deposit, "native_deposit_bits"),
            fixed(native_borrow, "native_borrow_bits"), attributes<LiquidationSide>(asset, "asset"),
            attributes<LiquidationSide>(liability, "liability")));
    });
    m.def("venues_perp_liquidation_amounts", [](py::handle init_health, py::handle base_position,
                                                py::handle request, py::handle price,
                                                py::handle config) {
        const auto market = attributes<PerpMarketConfig>(config, "config");
        return state_of(perp_liquidation_amounts(
            fixed(init_health, "init_health_bits"),
            exact<std::int64_t>(base_position, "base_position"),
            exact<std::int64_t>(request, "request"), fixed(price, "price_bits"),
            market.base_lot_size, leverage_weights(market.init_leverage), market.liquidation_fee));
    });
    m.def("venues_perp_loss_per_lot", [](py::handle quote, py::handle open_interest) {
        return state_of(perp_loss_per_lot(fixed(quote, "quote_bits"),
                                          exact<std::int64_t>(open_interest, "open_interest")));
    });
    m.def("venues_token_loss", [](py::handle borrows, py::handle borrow_index, py::handle deposits,
                                  py::handle deposit_index) {
        return state_of(token_loss(
            fixed(borrows, "borrows_bits"), fixed(borrow_index, "borrow_index_bits"),
            fixed(deposits, "deposits_bits"), fixed(deposit_index, "deposit_index_bits")));
    });
}

}  // namespace voltcore::bindings
