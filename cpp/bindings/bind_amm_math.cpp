#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "amm_protocol.hpp"
#include "bind.hpp"
#include "convert_wide.hpp"
#include "voltcore/amm/swap_step.hpp"
#include "voltcore/amm/tick_math.hpp"

namespace voltcore::bindings {

namespace {

using amm::Arithmetic;
using math::I256;
using math::u128;
using math::U256;

U256 exact_price(py::handle value, const char* field) {
    const py::int_ number = exact_int(value, field);
    const U256 price = exact<U256>(number, field);
    if (!price.fits_u160()) refuse_range(number, field, "is not in [0, 2^160 - 1]");
    return price;
}

std::int32_t exact_tick(py::handle value, const char* field) {
    return exact<std::int32_t>(value, field);
}

/// What `call` gives with the arithmetic style as a constant; the contracts' refusal under `op`.
template <class Out, class Call>
py::object with_style(bool voltz, const char* op, const Call& call) {
    Out out;
    math::check(voltz ? call.template operator()<Arithmetic::checked>(out)
                      : call.template operator()<Arithmetic::wrapping>(out),
                op);
    return to_python(out);
}

/// The arguments of a next price.
struct PriceMove {
    U256 price;
    u128 liquidity;
    U256 amount;
};

PriceMove price_move(py::handle price, py::handle liquidity, py::handle amount,
                     const char* amount_field) {
    return {exact_price(price, "sqrt_price_x96"), exact<u128>(liquidity, "liquidity"),
            exact<U256>(amount, amount_field)};
}

py::tuple step_tuple(const amm::SwapStep& step) {
    return py::make_tuple(to_python(step.next_price), to_python(step.amount_in),
                          to_python(step.amount_out), to_python(step.fee));
}

void bind_ticks(py::module_& m) {
    m.def("amm_sqrt_ratio_at_tick", [](py::handle tick, bool voltz) {
        U256 out;
        math::check(amm::sqrt_ratio_at_tick(exact_tick(tick, "tick"), range_of(voltz), out),
                    "sqrt_ratio_at_tick");
        return to_python(out);
    });
    m.def("amm_tick_at_sqrt_ratio", [](py::handle sqrt_price_x96, bool voltz) {
        std::int32_t out{};
        math::check(amm::tick_at_sqrt_ratio(exact<U256>(sqrt_price_x96, "sqrt_price_x96"),
                                            range_of(voltz), out),
                    "tick_at_sqrt_ratio");
        return out;
    });
    m.def("amm_max_liquidity_per_tick", [](py::handle tick_spacing, bool voltz) {
        u128 out{};
        math::check(amm::max_liquidity_per_tick(exact_tick(tick_spacing, "tick_spacing"),
                                                range_of(voltz), out),
                    "max_liquidity_per_tick");
        return to_python(out);
    });
    // The contracts' own loop, for the tests of the fast forms.
    m.def("amm_sqrt_ratio_at_tick_plain", [](std::int32_t tick) {
        if (tick < -887272 || tick > 887272) {
            math::check(math::Revert::tick_out_of_range, "sqrt_ratio_at_tick_plain");
        }
        return to_python(amm::sqrt_ratio_at_tick_plain(tick));
    });
}

void bind_sqrt_prices(py::module_& m) {
    m.def("amm_next_sqrt_price_from_amount0",
          [](py::handle price, py::handle liquidity, py::handle amount, bool add, bool voltz) {
              const PriceMove move = price_move(price, liquidity, amount, "amount");
              return with_style<U256>(voltz, "next_sqrt_price_from_amount0",
                                      [&]<Arithmetic style>(U256& out) {
                                          return amm::next_sqrt_price_from_amount0<style>(
                                              move.price, move.liquidity, move.amount, add, out);
                                      });
          });
    m.def("amm_next_sqrt_price_from_amount1",
          [](py::handle price, py::handle liquidity, py::handle amount, bool add, bool voltz) {
              const PriceMove move = price_move(price, liquidity, amount, "amount");
              return with_style<U256>(voltz, "next_sqrt_price_from_amount1",
                                      [&]<Arithmetic style>(U256& out) {
                                          return amm::next_sqrt_price_from_amount1<style>(
                                              move.price, move.liquidity, move.amount, add, out);
                                      });
          });
    m.def("amm_next_sqrt_price_from_input",
          [](py::handle price, py::handle liquidity, py::handle amount_in, bool zero_for_one,
             bool voltz) {
              const PriceMove move = price_move(price, liquidity, amount_in, "amount_in");
              return with_style<U256>(
                  voltz, "next_sqrt_price_from_input", [&]<Arithmetic style>(U256& out) {
                      return amm::next_sqrt_price_from_input<style>(move.price, move.liquidity,
                                                                    move.amount, zero_for_one, out);
                  });
          });
    m.def("amm_next_sqrt_price_from_output",
          [](py::handle price, py::handle liquidity, py::handle amount_out, bool zero_for_one,
             bool voltz) {
              const PriceMove move = price_move(price, liquidity, amount_out, "amount_out");
              return with_style<U256>(
                  voltz, "next_sqrt_price_from_output", [&]<Arithmetic style>(U256& out) {
                      return amm::next_sqrt_price_from_output<style>(
                          move.price, move.liquidity, move.amount, zero_for_one, out);
                  });
          });
}

void bind_amounts(py::module_& m) {
    m.def("amm_amount0_delta",
          [](py::handle a, py::handle b, py::handle liquidity, bool round_up, bool voltz) {
              const U256 pa = exact_price(a, "sqrt_ratio_a_x96");
              const U256 pb = exact_price(b, "sqrt_ratio_b_x96");
              const auto l = exact<u128>(liquidity, "liquidity");
              return with_style<U256>(voltz, "amount0_delta", [&]<Arithmetic style>(U256& out) {
                  return amm::amount0_delta<style>(pa, pb, l, round_up, out);
              });
          });
    m.def("amm_amount1_delta", [](py::handle a, py::handle b, py::handle liquidity, bool round_up) {
        return to_python(amm::amount1_delta(exact_price(a, "sqrt_ratio_a_x96"),
                                            exact_price(b, "sqrt_ratio_b_x96"),
                                            exact<u128>(liquidity, "liquidity"), round_up));
    });
    m.def("amm_amount0_delta_signed", [](py::handle a, py::handle b, py::handle liquidity,
                                         bool voltz) {
        const U256 pa = exact_price(a, "sqrt_ratio_a_x96");
        const U256 pb = exact_price(b, "sqrt_ratio_b_x96");
        const auto l = exact<math::i128>(liquidity, "liquidity");
        return with_style<I256>(voltz, "amount0_delta_signed", [&]<Arithmetic style>(I256& out) {
            return amm::amount0_delta_signed<style>(pa, pb, l, out);
        });
    });
    m.def("amm_amount1_delta_signed", [](py::handle a, py::handle b, py::handle liquidity,
                                         bool voltz) {
        const U256 pa = exact_price(a, "sqrt_ratio_a_x96");
        const U256 pb = exact_price(b, "sqrt_ratio_b_x96");
        const auto l = exact<math::i128>(liquidity, "liquidity");
        return with_style<I256>(voltz, "amount1_delta_signed", [&]<Arithmetic style>(I256& out) {
            return amm::amount1_delta_signed<style>(pa, pb, l, out);
        });
    });
    m.def("amm_mul_div", [](py::handle a, py::handle b, py::handle d) {
        U256 out;
        math::check(
            amm::detail::mul_div<Arithmetic::wrapping>(exact<U256>(a, "a"), exact<U256>(b, "b"),
                                                       exact<U256>(d, "denominator"), out),
            "mul_div");
        return to_python(out);
    });
    m.def("amm_add_delta", [](py::handle liquidity, py::handle change) {
        u128 out{};
        math::check(amm::add_delta(exact<u128>(liquidity, "liquidity"),
                                   exact<math::i128>(change, "change"), out),
                    "add_delta");
        return to_python(out);
    });
}

void bind_swap_steps(py::module_& m) {
    m.def("amm_swap_step_uniswap", [](py::handle current, py::handle target, py::handle liquidity,
                                      py::handle remaining, py::handle fee_pips) {
        const auto fee = exact<std::uint32_t>(fee_pips, "fee_pips");
        if (fee >= 1'000'000) {
            refuse_range(exact_int(fee_pips, "fee_pips"), "fee_pips", "is not in [0, 999999]");
        }
        amm::SwapStep step;
        math::check(amm::swap_step_uniswap(exact_price(current, "sqrt_ratio_current_x96"),
                                           exact_price(target, "sqrt_ratio_target_x96"),
                                           exact<u128>(liquidity, "liquidity"),
                                           exact<I256>(remaining, "amount_remaining"), fee, step),
                    "swap_step_uniswap");
        return step_tuple(step);
    });
    m.def("amm_swap_step_voltz", [](py::handle current, py::handle target, py::handle liquidity,
                                    py::handle remaining, py::handle fee_wad, py::handle time_wad) {
        amm::SwapStep step;
        math::check(amm::swap_step_voltz(exact_price(current, "sqrt_ratio_current_x96"),
                                         exact_price(target, "sqrt_ratio_target_x96"),
                                         exact<u128>(liquidity, "liquidity"),
                                         exact<I256>(remaining, "amount_remaining"),
                                         exact<U256>(fee_wad, "fee_wad"),
                                         exact<U256>(time_wad, "time_to_maturity_wad"), step),
                    "swap_step_voltz");
        return step_tuple(step);
    });
    m.def("amm_fee_amount", [](py::handle notional_wad, py::handle time_wad, py::handle fee_wad) {
        U256 out;
        math::check(amm::fee_amount(exact<U256>(notional_wad, "notional_wad"),
                                    exact<U256>(time_wad, "time_to_maturity_wad"),
                                    exact<U256>(fee_wad, "fee_wad"), out),
                    "fee_amount");
        return to_python(out);
    });
}

}  // namespace

void bind_amm_math(py::module_& m) {
    bind_ticks(m);
    bind_sqrt_prices(m);
    bind_amounts(m);
    bind_swap_steps(m);
}

}  // namespace voltcore::bindings
