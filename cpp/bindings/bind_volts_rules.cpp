#include <pybind11/pybind11.h>

#include <cmath>
#include <cstdint>
#include <optional>

#include "bind.hpp"
#include "convert.hpp"
#include "scalars.hpp"
#include "voltcore/volts/analytics.hpp"
#include "voltcore/volts/basis.hpp"
#include "voltcore/volts/fees.hpp"
#include "voltcore/volts/shares.hpp"
#include "voltcore/volts/sizing.hpp"

namespace voltcore::bindings {

namespace {

using math::i128;
using math::I80F48;
using volts::SharePrice;

SharePrice price_of(py::handle assets, py::handle supply) {
    return {.assets = u64(assets, "assets"), .supply = u64(supply, "supply")};
}

void bind_shares(py::module_& m) {
    m.def("volts_shares_for_deposit", [](py::handle amount, py::handle supply, py::handle assets) {
        return volts::shares_for_deposit(u64(amount, "amount"), price_of(assets, supply));
    });
    m.def("volts_underlying_for_shares",
          [](py::handle shares, py::handle supply, py::handle assets) {
              return volts::underlying_for_shares(u64(shares, "shares"), price_of(assets, supply));
          });
    m.def("volts_display_price", [](py::handle assets, py::handle supply, py::handle decimals) {
        return price_of(assets, supply).display(exact<std::uint8_t>(decimals, "decimals"));
    });
    m.def("volts_round_amounts", [](py::handle deposits, py::handle withdrawals, py::handle supply,
                                    py::handle assets) {
        const volts::RoundAmounts amounts = volts::round_amounts(
            u64(deposits, "deposits"), u64(withdrawals, "withdrawals"), price_of(assets, supply));
        return py::make_tuple(amounts.withdraw, amounts.mint);
    });
    m.def("volts_capped_payout", [](py::handle most, py::handle withdrawals, py::handle deposits,
                                    py::handle assets_now, py::handle supply_at_setup) {
        return volts::capped_payout(u64(most, "most"), u64(withdrawals, "withdrawals"),
                                    u64(deposits, "deposits"), u64(assets_now, "assets_now"),
                                    u64(supply_at_setup, "supply_at_setup"));
    });
    m.def("volts_claim_pro_rata", [](py::handle record, py::handle balance, py::handle total) {
        return volts::claim_pro_rata(u64(record, "record"), u64(balance, "balance"),
                                     u64(total, "total"));
    });
    m.def("volts_fee", [](py::handle amount, py::handle bps) {
        return volts::fee(exact<i128>(amount, "amount"), u64(bps, "bps"));
    });
    m.def("volts_aum_fee", [](py::handle assets, py::handle bps, py::handle seconds) {
        return volts::aum_fee(u64(assets, "assets"), u64(bps, "bps"), u64(seconds, "seconds"));
    });
}

void bind_sizing(py::module_& m) {
    m.def("volts_target_lots", [](py::handle equity, py::handle leverage, py::handle price,
                                  py::handle base_lot) {
        return volts::target_lots(fixed(equity, "equity_bits"), fixed(leverage, "leverage_bits"),
                                  fixed(price, "price_bits"), i64(base_lot, "base_lot"));
    });
    m.def("volts_hedge_lots_by_ratio", [](py::handle equity, py::handle leverage, py::handle ratio,
                                          py::handle price, py::handle base_lot) {
        return volts::hedge_lots_by_ratio(
            fixed(equity, "equity_bits"), fixed(leverage, "leverage_bits"),
            fixed(ratio, "ratio_bits"), fixed(price, "price_bits"), i64(base_lot, "base_lot"));
    });
    m.def("volts_position_delta", [](py::handle lots, py::handle base_lot, py::handle power,
                                     py::handle scale, py::handle spot) {
        const auto exponent = exact<std::uint8_t>(power, "power");
        if (exponent != 1 && exponent != 2) {
            refuse_range(exact_int(power, "power"), "power", "is not 1 or 2");
        }
        return to_python(volts::position_delta(i64(lots, "lots"), i64(base_lot, "base_lot"),
                                               exponent, i64(scale, "scale"),
                                               fixed(spot, "spot_bits"))
                             .bits());
    });
    m.def("volts_hedge_lots_by_delta", [](py::handle delta, py::handle base_lot) {
        return volts::hedge_lots_by_delta(fixed(delta, "delta_bits"), i64(base_lot, "base_lot"));
    });
    m.def("volts_within_delta_band", [](py::handle delta, py::handle net, py::handle band) {
        return volts::within_delta_band(fixed(delta, "delta_bits"), fixed(net, "net_bits"),
                                        exact<std::uint32_t>(band, "band_bps"));
    });
    m.def("volts_basis_signal", [](py::handle funding) {
        return static_cast<int>(volts::basis_signal(fixed(funding, "trailing_funding_bits")));
    });
    m.def("volts_hedge_accepted",
          [](py::handle delta, py::handle hedge_lots, py::handle base_lot, py::handle band) {
              return volts::hedge_accepted(fixed(delta, "delta_bits"),
                                           i64(hedge_lots, "hedge_lots"), i64(base_lot, "base_lot"),
                                           exact<std::uint32_t>(band, "band_bps"));
          });
    m.def("volts_collateral_ratio_bps",
          [](py::handle equity, py::handle lots, py::handle base_lot,
             py::handle price) -> py::object {
              const std::optional<std::int64_t> ratio = volts::collateral_ratio_bps(
                  fixed(equity, "equity_bits"), i64(lots, "lots"), i64(base_lot, "base_lot"),
                  fixed(price, "price_bits"));
              return ratio ? py::object(py::int_(*ratio)) : py::none();
          });
    m.def("volts_slice_lots", [](py::handle remaining, py::handle max_quote, py::handle limit_price,
                                 py::handle quote_lot) {
        return volts::slice_lots(i64(remaining, "remaining"), u64(max_quote, "max_quote"),
                                 i64(limit_price, "limit_price"), i64(quote_lot, "quote_lot"));
    });
    m.def("volts_basis_size", [](py::handle equity, py::handle price, py::handle base_lot) {
        const volts::BasisSize size = volts::basis_size(
            fixed(equity, "equity_bits"), fixed(price, "price_bits"), i64(base_lot, "base_lot"));
        return py::make_tuple(size.perp_lots, size.short_native);
    });
}

void bind_analytics(py::module_& m) {
    m.def("volts_daily_rate", &volts::daily_rate);
    m.def("volts_apy", &volts::apy);
    m.def("volts_profit_range", &volts::profit_range);
    m.def("volts_crab_return", &volts::crab_return);
    m.def("volts_expected_apy", &volts::expected_apy);
    m.def("volts_basis_daily_return", &volts::basis_daily_return);
    m.def("volts_implied_volatility", &volts::implied_volatility);
    m.def("volts_log1p", &volts::log1p);
    m.def("volts_expm1", &volts::expm1);
}

}  // namespace

void bind_volts_rules(py::module_& m) {
    bind_shares(m);
    bind_sizing(m);
    bind_analytics(m);
}

}  // namespace voltcore::bindings
