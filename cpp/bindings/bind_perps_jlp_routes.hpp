#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "pool_calls.hpp"
#include "voltcore/perps/jlp_pool.hpp"

namespace voltcore::bindings {

/// A trade as Python gives it; custody names become indices inside the call.
struct NamedTrade {
    std::string custody;
    std::string collateral_custody;
    perps::JlpTrade trade;

    [[nodiscard]] perps::JlpTrade in(const perps::JlpPool& pool) const {
        perps::JlpTrade out = trade;
        out.custody = static_cast<std::uint32_t>(pool.index_of(custody));
        out.collateral_custody = static_cast<std::uint32_t>(pool.index_of(collateral_custody));
        return out;
    }
    [[nodiscard]] perps::JlpKey key(const perps::JlpPool& pool, perps::CallerId owner) const {
        const perps::JlpTrade found = in(pool);
        return {owner, found.custody, found.collateral_custody, found.side};
    }
};

/// (custody, collateral_custody, side, size_usd, collateral, entire, price_slippage).
[[nodiscard]] inline NamedTrade trade_of(const py::tuple& given) {
    NamedTrade out;
    out.custody = text_of(given[0], "custody");
    out.collateral_custody = text_of(given[1], "collateral_custody");
    out.trade.side = side_of(given[2]);
    out.trade.size_usd = u64_of(given[3], "size_usd");
    out.trade.collateral = u64_of(given[4], "collateral");
    out.trade.entire = flag_of(given[5], "entire");
    out.trade.price_slippage = u64_of(given[6], "price_slippage");
    return out;
}

/// Operations with a swap before or after them.
void bind_perps_jlp_routes(py::class_<EngineHandle<perps::JlpPool>>& cls);

}  // namespace voltcore::bindings
