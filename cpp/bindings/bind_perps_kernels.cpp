#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "bind.hpp"
#include "convert.hpp"
#include "convert_perps.hpp"
#include "scalars.hpp"
#include "voltcore/perps/basket_position.hpp"
#include "voltcore/perps/borrow_rate.hpp"
#include "voltcore/perps/decimal.hpp"
#include "voltcore/perps/liquidation.hpp"
#include "voltcore/perps/liquidity.hpp"
#include "voltcore/perps/profit.hpp"
#include "voltcore/perps/ratio_fee.hpp"
#include "voltcore/perps/trade_fee.hpp"

namespace voltcore::bindings {

namespace {

using perps::i128;
using perps::u128;

/// An exponent or a number of decimals: small enough that sums of three cannot overflow.
int exponent(py::handle value, const char* field) {
    const auto number = exact<std::int32_t>(value, field);
    if (number < -38 || number > 38) {
        refuse_range(py::int_{number}, field, "is not in [-38, 38]");
    }
    return number;
}

perps::Price price(py::handle mantissa, py::handle expo) {
    return {u64(mantissa, "price"), exponent(expo, "exponent")};
}

perps::JumpRate curve(py::handle least, py::handle most, py::handle target, py::handle kink) {
    return {u64(least, "min_rate_bps"), u64(most, "max_rate_bps"), u64(target, "target_rate_bps"),
            u64(kink, "target_utilization")};
}

py::tuple pair(const perps::PositionFee& fee) {
    return py::make_tuple(fee.fee_usd, fee.impact_usd);
}

void bind_decimal(py::module_& m) {
    m.def("perps_dec_mul", [](py::handle c1, py::handle e1, py::handle c2, py::handle e2,
                              py::handle target, bool ceil) {
        return perps::dec_mul(u64(c1, "c1"), exponent(e1, "e1"), u64(c2, "c2"), exponent(e2, "e2"),
                              exponent(target, "target"), ceil);
    });
    m.def("perps_dec_div", [](py::handle c1, py::handle e1, py::handle c2, py::handle e2,
                              py::handle target, bool ceil) {
        return perps::dec_div(u64(c1, "c1"), exponent(e1, "e1"), u64(c2, "c2"), exponent(e2, "e2"),
                              exponent(target, "target"), ceil);
    });
}

void bind_rates(py::module_& m) {
    m.def("perps_vol_rate_published", [](py::handle utilization, py::handle least, py::handle most,
                                         py::handle target, py::handle kink) {
        return perps::vol_rate_published(u64(utilization, "utilization_bps"),
                                         curve(least, most, target, kink));
    });
    m.def("perps_vol_rate_exact", [](py::handle base, py::handle locked, py::handle least,
                                     py::handle most, py::handle target, py::handle kink) {
        return perps::vol_rate_exact(u64(base, "base"), u64(locked, "locked"),
                                     curve(least, most, target, kink));
    });
    m.def("perps_vol_accrue", [](py::handle cumulative, py::handle rate, py::handle seconds) {
        return perps::vol_accrue(u64(cumulative, "cumulative"), u64(rate, "rate_e9"),
                                 u64(seconds, "seconds"));
    });
    m.def("perps_jlp_linear_rate", [](py::handle owned, py::handle locked, py::handle dbps) {
        return perps::jlp_linear_rate(u64(owned, "owned"), u64(locked, "locked"),
                                      u64(dbps, "hourly_funding_dbps"));
    });
    m.def("perps_jlp_jump_rate", [](py::handle owned, py::handle locked, py::handle least,
                                    py::handle most, py::handle target, py::handle kink) {
        return perps::jlp_jump_rate(u64(owned, "owned"), u64(locked, "locked"),
                                    curve(least, most, target, kink));
    });
    m.def("perps_anc_hourly_rate", [](py::handle owned, py::handle locked, py::handle base,
                                      py::handle slope1, py::handle slope2, py::handle optimal) {
        return perps::anc_hourly_rate(u64(owned, "owned"), u64(locked, "locked"),
                                      u64(base, "base_rate"), u64(slope1, "slope1"),
                                      u64(slope2, "slope2"), u64(optimal, "optimal_utilization"));
    });
    m.def("perps_hourly_accrue", [](py::handle cumulative, py::handle last, py::handle now,
                                    py::handle rate) {
        return to_python(perps::hourly_accrue(wide(cumulative, "cumulative"), i64(last, "last"),
                                              i64(now, "now"), u64(rate, "hourly_rate_e9")));
    });
    m.def("perps_borrow_fee", [](py::handle cumulative, py::handle snapshot, py::handle size) {
        return perps::borrow_fee(wide(cumulative, "cumulative"), wide(snapshot, "snapshot"),
                                 u64(size, "size"));
    });
    m.def("perps_anc_interest",
          [](py::handle cumulative, py::handle snapshot, py::handle borrowed) {
              return perps::anc_interest(wide(cumulative, "cumulative"), wide(snapshot, "snapshot"),
                                         u64(borrowed, "borrow_size_usd"));
          });
}

void bind_profit(py::module_& m) {
    m.def("perps_jlp_profit",
          [](perps::Side side, py::handle size, py::handle entry, py::handle mark) {
              const perps::Profit profit = perps::jlp_profit(
                  side, u64(size, "size_usd"), u64(entry, "entry"), u64(mark, "mark"));
              return py::make_tuple(profit.in_profit, profit.usd);
          });
    m.def("perps_jlp_merged_price", [](perps::Side side, py::handle size, py::handle entry,
                                       py::handle added, py::handle mark) {
        return perps::jlp_merged_price(side, u64(size, "size_usd"), u64(entry, "entry"),
                                       u64(added, "added_usd"), u64(mark, "mark"));
    });
    m.def("perps_vol_profit",
          [](perps::Side side, py::handle size, py::handle entry, py::handle current) {
              return to_python(perps::vol_profit(side, u64(size, "size"), i32(entry, "entry"),
                                                 i32(current, "current")));
          });
    m.def("perps_vol_merged_entry", [](perps::Side side, py::handle size, py::handle entry,
                                       py::handle added, py::handle current) {
        return perps::vol_merged_entry(side, u64(size, "size"), i32(entry, "entry"),
                                       u64(added, "added"), i32(current, "current"));
    });
}

void bind_fees(py::module_& m) {
    m.def("perps_position_fee", [](py::handle size, py::handle bps, py::handle scalar) {
        return perps::position_fee(u64(size, "size"), u64(bps, "base_bps"), u64(scalar, "scalar"));
    });
    m.def("perps_jlp_position_fee", [](py::handle size, py::handle bps, py::handle scalar) {
        return pair(perps::jlp_position_fee(u64(size, "size_usd"), u64(bps, "base_bps"),
                                            u64(scalar, "scalar")));
    });
    m.def("perps_jlp_additive_fee", [](py::handle size, py::handle bps, py::handle scalar,
                                       py::handle imbalance, py::handle threshold,
                                       py::handle factor, py::handle power, py::handle most) {
        return pair(perps::jlp_additive_fee(u64(size, "size_usd"), u64(bps, "base_bps"),
                                            u64(scalar, "scalar"),
                                            exact<i128>(imbalance, "imbalance_usd"),
                                            {u64(threshold, "threshold_usd"), u64(factor, "factor"),
                                             u64(power, "exponent"), u64(most, "max_bps")}));
    });
    m.def("perps_enter_flow",
          [](const py::sequence& slots, py::handle last, py::handle now, py::handle amount) {
              perps::FlowWindow window{};
              if (py::len(slots) != window.size()) {
                  refuse({.code = ErrorCode::array_length,
                          .field = "slots",
                          .value = std::to_string(py::len(slots)),
                          .bound = "is not 60 slots",
                          .op = {},
                          .onchain = {}});
              }
              for (std::size_t i = 0; i < window.size(); ++i) window[i] = i64(slots[i], "slots");
              const i128 sum = perps::enter_flow(window, i64(last, "last"), i64(now, "now"),
                                                 i64(amount, "amount"));
              py::list after;
              for (const std::int64_t value : window) after.append(value);
              return py::make_tuple(to_python(sum), after);
          });
    m.def("perps_jlp_fee_bps",
          [](py::handle current, py::handle target, py::handle aum, py::handle delta,
             py::handle base, py::handle tax, py::handle multiplier, bool increases) {
              return perps::jlp_fee_bps(u64(current, "current_usd"), u64(target, "target_bps"),
                                        u64(aum, "aum_usd"), u64(delta, "delta_usd"),
                                        u64(base, "base_bps"), u64(tax, "tax_bps"),
                                        u64(multiplier, "multiplier"), increases);
          });
    m.def("perps_anc_entry_fee", [](py::handle bps, py::handle size, py::handle lock,
                                    py::handle owned, py::handle locked, py::handle multiplier,
                                    py::handle optimal) {
        return perps::anc_entry_fee(u64(bps, "base_fee_bps"), u64(size, "size"), u64(lock, "lock"),
                                    u64(owned, "owned"), u64(locked, "locked"),
                                    u64(multiplier, "utilization_multiplier"),
                                    u64(optimal, "optimal_utilization"));
    });
    m.def("perps_anc_ratio",
          [](py::handle mantissa, py::handle expo, py::handle decimals, py::handle owned,
             py::handle aum, py::handle added, py::handle removed) {
              return perps::anc_ratio(price(mantissa, expo), exponent(decimals, "decimals"),
                                      u64(owned, "owned"), u64(aum, "aum_usd"), u64(added, "added"),
                                      u64(removed, "removed"));
          });
    m.def("perps_anc_fee", [](perps::FeeMode mode, py::handle multiplier, py::handle target,
                              py::handle least, py::handle most, py::handle fee_max,
                              py::handle fee_optimal, py::handle base, py::handle mantissa,
                              py::handle expo, py::handle decimals, py::handle owned,
                              py::handle aum, py::handle added, py::handle removed) {
        const perps::RatioFeeRule rule{mode,
                                       u64(multiplier, "ratio_multiplier_bps"),
                                       u64(target, "target_bps"),
                                       u64(least, "min_bps"),
                                       u64(most, "max_bps"),
                                       u64(fee_max, "fee_max_bps"),
                                       u64(fee_optimal, "fee_optimal_bps")};
        return perps::anc_fee(rule, u64(base, "base_bps"), price(mantissa, expo),
                              exponent(decimals, "decimals"), u64(owned, "owned"),
                              u64(aum, "aum_usd"), u64(added, "added"), u64(removed, "removed"));
    });
}

perps::LiquidityView view(py::handle mantissa, py::handle decimals, bool stable, py::handle owned,
                          py::handle locked, py::handle guaranteed, py::handle target) {
    return {{u64(mantissa, "price"), -perps::usd_decimals},
            exponent(decimals, "decimals"),
            stable,
            u64(owned, "owned"),
            u64(locked, "locked"),
            u64(guaranteed, "guaranteed_usd"),
            u64(target, "target_bps")};
}

perps::LiquidityFees liquidity_fees(py::handle base, py::handle tax, py::handle multiplier) {
    return {u64(base, "base_bps"), u64(tax, "tax_bps"), u64(multiplier, "multiplier")};
}

void bind_liquidity(py::module_& m) {
    m.def("perps_jlp_mint_quote", [](py::handle amount, py::handle mantissa, py::handle decimals,
                                     bool stable, py::handle owned, py::handle locked,
                                     py::handle guaranteed, py::handle target, py::handle aum,
                                     py::handle supply, py::handle base, py::handle tax,
                                     py::handle multiplier) {
        const perps::MintQuote quote = perps::jlp_mint_quote(
            u64(amount, "amount"), {u64(mantissa, "price"), -perps::usd_decimals},
            view(mantissa, decimals, stable, owned, locked, guaranteed, target),
            u64(aum, "aum_usd"), u64(supply, "supply"), liquidity_fees(base, tax, multiplier));
        return py::make_tuple(quote.fee_bps, quote.fee, quote.net, quote.lp);
    });
    m.def("perps_jlp_burn_quote",
          [](py::handle lp, py::handle mantissa, py::handle decimals, bool stable, py::handle owned,
             py::handle locked, py::handle guaranteed, py::handle target, py::handle aum,
             py::handle supply, py::handle base, py::handle tax, py::handle multiplier) {
              const perps::BurnQuote quote = perps::jlp_burn_quote(
                  u64(lp, "lp"), {u64(mantissa, "price"), -perps::usd_decimals},
                  view(mantissa, decimals, stable, owned, locked, guaranteed, target),
                  u64(aum, "aum_usd"), u64(supply, "supply"),
                  liquidity_fees(base, tax, multiplier));
              return py::make_tuple(quote.fee_bps, quote.fee, quote.gross, quote.out);
          });
    m.def("perps_jlp_swap_amount",
          [](py::handle price_in, py::handle exponent_in, py::handle price_out,
             py::handle exponent_out, py::handle decimals_in, py::handle decimals_out,
             py::handle amount) {
              return perps::jlp_swap_amount(
                  {u64(price_in, "price_in"), exponent(exponent_in, "exponent_in")},
                  {u64(price_out, "price_out"), exponent(exponent_out, "exponent_out")},
                  exponent(decimals_in, "decimals_in"), exponent(decimals_out, "decimals_out"),
                  u64(amount, "amount"));
          });
    m.def("perps_vol_lp_out", [](py::handle net, py::handle outstanding, py::handle value) {
        return perps::vol_lp_out(u64(net, "net"), u64(outstanding, "outstanding"),
                                 u64(value, "pool_value"));
    });
    m.def("perps_vol_lp_in", [](py::handle lp, py::handle outstanding, py::handle value) {
        return perps::vol_lp_in(u64(lp, "lp"), u64(outstanding, "outstanding"),
                                u64(value, "pool_value"));
    });
}

perps::JlpExposure jlp_exposure(perps::Side side, py::handle entry, py::handle size,
                                py::handle collateral, py::handle close_bps, py::handle scalar,
                                py::handle max_leverage, py::handle cumulative,
                                py::handle snapshot) {
    return {side,
            u64(entry, "entry"),
            u64(size, "size_usd"),
            u64(collateral, "collateral_usd"),
            u64(close_bps, "close_bps"),
            u64(scalar, "scalar"),
            u64(max_leverage, "max_leverage_bps"),
            wide(cumulative, "cumulative"),
            wide(snapshot, "snapshot")};
}

void bind_liquidation(py::module_& m) {
    m.def("perps_jlp_liquidation_price", [](perps::Side side, py::handle entry, py::handle size,
                                            py::handle collateral, py::handle close_bps,
                                            py::handle scalar, py::handle max_leverage,
                                            py::handle cumulative, py::handle snapshot) {
        return perps::jlp_liquidation_price(jlp_exposure(
            side, entry, size, collateral, close_bps, scalar, max_leverage, cumulative, snapshot));
    });
    m.def("perps_jlp_liquidatable",
          [](perps::Side side, py::handle entry, py::handle size, py::handle collateral,
             py::handle close_bps, py::handle scalar, py::handle max_leverage,
             py::handle cumulative, py::handle snapshot, py::handle mark) {
              const perps::JlpHealth health =
                  perps::jlp_health(jlp_exposure(side, entry, size, collateral, close_bps, scalar,
                                                 max_leverage, cumulative, snapshot),
                                    u64(mark, "mark"));
              return py::make_tuple(health.liquidatable, to_python(health.remaining_usd));
          });
    m.def("perps_vol_health", [](perps::Side side, py::handle size, py::handle collateral,
                                 py::handle entry, py::handle decrease_bps, py::handle scalar,
                                 py::handle max_leverage, py::handle modifier, py::handle max_size,
                                 py::handle cumulative, py::handle snapshot, py::handle value) {
        const perps::VolHealth health = perps::vol_health(
            {side, u64(size, "size"), u64(collateral, "collateral"), i32(entry, "entry"),
             u64(decrease_bps, "decrease_bps"), u64(scalar, "scalar"),
             u64(max_leverage, "max_leverage"), u64(modifier, "modifier_bps"),
             u64(max_size, "max_size"), wide(cumulative, "cumulative"), wide(snapshot, "snapshot")},
            i32(value, "value"));
        return py::make_tuple(to_python(health.pnl), to_python(health.effective_size),
                              health.close_fee, health.borrow_fee,
                              to_python(health.effective_collateral), health.state);
    });
    m.def("perps_vol_modifier", [](perps::Side side, py::handle longed, py::handle shorted) {
        return perps::vol_modifier(side, u64(longed, "longed"), u64(shorted, "shorted"));
    });
    m.def("perps_vol_max_size", [](py::handle pool_limit, py::handle custody_limit,
                                   py::handle modifier, py::handle base, py::handle locked) {
        return perps::vol_max_size(
            u64(pool_limit, "pool_limit"), u64(custody_limit, "custody_limit"),
            u64(modifier, "modifier_bps"), u64(base, "base"), u64(locked, "locked"));
    });
}

void bind_basket(py::module_& m) {
    m.def("perps_anc_spread_price", [](perps::Side side, py::handle spot, py::handle ema,
                                       py::handle expo, py::handle spread) {
        const perps::PricePair both{price(spot, expo), price(ema, expo)};
        const std::uint64_t bps = u64(spread, "spread_bps");
        const perps::Price out = side == perps::Side::long_side ? perps::price_up(both, bps)
                                                                : perps::price_down(both, bps);
        return py::make_tuple(out.mantissa, out.exponent);
    });
    m.def("perps_anc_position_quote",
          [](perps::Side side, py::handle entry, py::handle size, py::handle borrowed,
             py::handle collateral_usd, py::handle collateral_amount, py::handle locked,
             py::handle snapshot, py::handle open_time, py::handle spot, py::handle ema,
             py::handle expo, py::handle decimals, py::handle spread_long, py::handle spread_short,
             py::handle close_fee, py::handle liquidation_fee, py::handle max_leverage,
             py::handle cumulative, py::handle now) {
              const perps::BasketPosition position{side,
                                                   u64(entry, "entry"),
                                                   u64(size, "size_usd"),
                                                   u64(borrowed, "borrow_size_usd"),
                                                   u64(collateral_usd, "collateral_usd"),
                                                   u64(locked, "locked_amount"),
                                                   u64(collateral_amount, "collateral_amount"),
                                                   wide(snapshot, "snapshot"),
                                                   i64(open_time, "open_time")};
              const perps::PricePair both{price(spot, expo), price(ema, expo)};
              const int digits = exponent(decimals, "decimals");
              const perps::BasketMarket market{both,
                                               digits,
                                               both,
                                               digits,
                                               false,
                                               u64(spread_long, "spread_long_bps"),
                                               u64(spread_short, "spread_short_bps"),
                                               u64(close_fee, "close_fee_bps"),
                                               u64(liquidation_fee, "liquidation_fee_bps"),
                                               u64(max_leverage, "max_leverage_bps"),
                                               wide(cumulative, "cumulative"),
                                               i64(now, "now")};
              const perps::BasketClose close = perps::basket_close(position, market, false);
              const perps::BasketClose liquidation = perps::basket_close(position, market, true);
              return py::make_tuple(close.profit.profit_usd, close.profit.loss_usd,
                                    close.profit.exit_fee, perps::basket_leverage(position, market),
                                    perps::basket_liquidation_price(position, market), close.amount,
                                    liquidation.amount, liquidation.profit.exit_fee);
          });
}

}  // namespace

void bind_perps_kernels(py::module_& m) {
    bind_decimal(m);
    bind_rates(m);
    bind_profit(m);
    bind_fees(m);
    bind_liquidity(m);
    bind_liquidation(m);
    bind_basket(m);
}

}  // namespace voltcore::bindings
