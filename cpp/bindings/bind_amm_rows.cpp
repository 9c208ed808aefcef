#include <algorithm>

#include "amm_protocol.hpp"
#include "bind.hpp"
#include "rows.hpp"
#include "voltcore/amm/swap_step.hpp"
#include "voltcore/amm/tick_math.hpp"
#include "voltcore/amm/tick_rows.hpp"

namespace voltcore::bindings {

namespace {

using amm::Arithmetic;
using math::I256;
using math::Revert;
using math::u128;
using math::U256;

using Status = Column<std::uint16_t>;
using Flags = Column<std::uint8_t>;

constexpr auto out_of_range = static_cast<std::uint16_t>(ErrorCode::out_of_range);

/// Writes 256-bit results of `kernel(i, out) -> status` in rows; a failed row is 0.
template <class Kernel>
py::tuple limb_results(std::size_t rows, unsigned threads, const Kernel& kernel) {
    LimbRows values = new_limb_rows(rows);
    Status status = new_column<std::uint16_t>(rows);
    const LimbWriter write{values};
    std::uint16_t* codes = status.mutable_data();
    for_each_row(rows, threads, [&](std::size_t i) {
        U256 out;
        codes[i] = kernel(i, out);
        write.put(i, codes[i] == 0 ? out : U256{});
    });
    return py::make_tuple(std::move(values), std::move(status));
}

template <class Call>
Revert styled(bool voltz, const Call& call) {
    return voltz ? call.template operator()<Arithmetic::checked>()
                 : call.template operator()<Arithmetic::wrapping>();
}

bool operands_fit(const U256& price, const U256& liquidity) {
    return price.fits_u160() && liquidity.fits_u128();
}

void bind_tick_rows(py::module_& m) {
    m.def(
        "amm_sqrt_ratio_at_tick_rows",
        [](const Column<std::int32_t>& ticks, bool voltz, unsigned threads) {
            const std::size_t rows = row_count(ticks);
            LimbRows prices = new_limb_rows(rows);
            Status status = new_column<std::uint16_t>(rows);
            const std::int32_t* in = ticks.data();
            std::uint64_t* out = prices.mutable_data();
            std::uint16_t* codes = status.mutable_data();
            const amm::TickRange& range = range_of(voltz);
            constexpr std::size_t together = amm::ratio_rows_at_once;
            for_each_row((rows + together - 1) / together, threads, [&](std::size_t group) {
                const std::size_t i = group * together;
                amm::sqrt_ratio_at_tick_rows(in + i, std::min(together, rows - i), range,
                                             out + 4 * i, codes + i);
            });
            return py::make_tuple(std::move(prices), std::move(status));
        },
        py::arg("ticks").noconvert(), py::arg("voltz"), py::arg("threads"));
    m.def(
        "amm_tick_at_sqrt_ratio_rows",
        [](const LimbRows& prices, bool voltz, unsigned threads) {
            const std::size_t rows = row_count(prices);
            Column<std::int32_t> ticks = new_column<std::int32_t>(rows);
            Status status = new_column<std::uint16_t>(rows);
            const std::uint64_t* in = prices.data();
            std::int32_t* out = ticks.mutable_data();
            std::uint16_t* codes = status.mutable_data();
            const amm::TickRange& range = range_of(voltz);
            constexpr std::size_t together = amm::tick_rows_at_once;
            for_each_row((rows + together - 1) / together, threads, [&](std::size_t group) {
                const std::size_t i = group * together;
                amm::tick_at_sqrt_ratio_rows(in + 4 * i, std::min(together, rows - i), range,
                                             out + i, codes + i);
            });
            return py::make_tuple(std::move(ticks), std::move(status));
        },
        py::arg("sqrt_prices_x96").noconvert(), py::arg("voltz"), py::arg("threads"));
}

void bind_amount_rows(py::module_& m) {
    m.def(
        "amm_amount_delta_rows",
        [](const LimbRows& a, const LimbRows& b, const LimbRows& liquidity, bool token1,
           bool round_up, bool voltz, unsigned threads) {
            const LimbReader pa{a};
            const LimbReader pb{b};
            const LimbReader l{liquidity};
            return limb_results(row_count(a), threads, [&](std::size_t i, U256& out) {
                if (!operands_fit(pa[i], l[i]) || !pb[i].fits_u160()) return out_of_range;
                const u128 size = l[i].low_half();
                if (token1) {
                    out = amm::amount1_delta(pa[i], pb[i], size, round_up);
                    return std::uint16_t{0};
                }
                return math::revert_code(styled(voltz, [&]<Arithmetic style>() {
                    return amm::amount0_delta<style>(pa[i], pb[i], size, round_up, out);
                }));
            });
        },
        py::arg("a").noconvert(), py::arg("b").noconvert(), py::arg("liquidity").noconvert(),
        py::arg("token1"), py::arg("round_up"), py::arg("voltz"), py::arg("threads"));
}

/// `form`: 0 from input, 1 from output, 2 from amount0, 3 from amount1; `flags` is the direction
/// (zero_for_one) of the first two and `add` of the others.
void bind_next_price_rows(py::module_& m) {
    m.def(
        "amm_next_sqrt_price_rows",
        [](const LimbRows& prices, const LimbRows& liquidity, const LimbRows& amounts,
           const Flags& flags, int form, bool voltz, unsigned threads) {
            const LimbReader p{prices};
            const LimbReader l{liquidity};
            const LimbReader a{amounts};
            const std::uint8_t* f = flags.data();
            return limb_results(row_count(prices), threads, [&](std::size_t i, U256& out) {
                if (!operands_fit(p[i], l[i])) return out_of_range;
                const u128 size = l[i].low_half();
                const bool flag = f[i] != 0;
                return math::revert_code(styled(voltz, [&]<Arithmetic style>() {
                    switch (form) {
                        case 0:
                            return amm::next_sqrt_price_from_input<style>(p[i], size, a[i], flag,
                                                                          out);
                        case 1:
                            return amm::next_sqrt_price_from_output<style>(p[i], size, a[i], flag,
                                                                           out);
                        case 2:
                            return amm::next_sqrt_price_from_amount0<style>(p[i], size, a[i], flag,
                                                                            out);
                        default:
                            return amm::next_sqrt_price_from_amount1<style>(p[i], size, a[i], flag,
                                                                            out);
                    }
                }));
            });
        },
        py::arg("sqrt_prices_x96").noconvert(), py::arg("liquidity").noconvert(),
        py::arg("amounts").noconvert(), py::arg("flags").noconvert(), py::arg("form"),
        py::arg("voltz"), py::arg("threads"));
}

/// Runs `step(i, out) -> Revert` over rows whose prices and liquidity fit.
template <class Step>
py::tuple step_results(const LimbRows& current, const LimbRows& target, const LimbRows& liquidity,
                       unsigned threads, const Step& step) {
    const std::size_t rows = row_count(current);
    LimbRows next = new_limb_rows(rows);
    LimbRows amount_in = new_limb_rows(rows);
    LimbRows amount_out = new_limb_rows(rows);
    LimbRows fee = new_limb_rows(rows);
    Status status = new_column<std::uint16_t>(rows);
    const LimbReader c{current};
    const LimbReader t{target};
    const LimbReader l{liquidity};
    const LimbWriter writers[] = {LimbWriter{next}, LimbWriter{amount_in}, LimbWriter{amount_out},
                                  LimbWriter{fee}};
    std::uint16_t* codes = status.mutable_data();
    for_each_row(rows, threads, [&](std::size_t i) {
        amm::SwapStep out;
        codes[i] = operands_fit(c[i], l[i]) && t[i].fits_u160()
                       ? math::revert_code(step(i, c[i], t[i], l[i].low_half(), out))
                       : out_of_range;
        if (codes[i] != 0) out = {};
        writers[0].put(i, out.next_price);
        writers[1].put(i, out.amount_in);
        writers[2].put(i, out.amount_out);
        writers[3].put(i, out.fee);
    });
    return py::make_tuple(std::move(next), std::move(amount_in), std::move(amount_out),
                          std::move(fee), std::move(status));
}

void bind_step_rows(py::module_& m) {
    m.def(
        "amm_swap_step_uniswap_rows",
        [](const LimbRows& current, const LimbRows& target, const LimbRows& liquidity,
           const LimbRows& remaining, std::uint32_t fee_pips, unsigned threads) {
            const LimbReader r{remaining};
            return step_results(
                current, target, liquidity, threads,
                [&](std::size_t i, const U256& c, const U256& t, u128 l, amm::SwapStep& out) {
                    return amm::swap_step_uniswap(c, t, l, r.signed_at(i), fee_pips, out);
                });
        },
        py::arg("current").noconvert(), py::arg("target").noconvert(),
        py::arg("liquidity").noconvert(), py::arg("remaining").noconvert(), py::arg("fee_pips"),
        py::arg("threads"));
    m.def(
        "amm_swap_step_voltz_rows",
        [](const LimbRows& current, const LimbRows& target, const LimbRows& liquidity,
           const LimbRows& remaining, const LimbRows& fee_wad, const LimbRows& time_wad,
           unsigned threads) {
            const LimbReader r{remaining};
            // One fee and one time for all rows.
            const U256 fee = LimbReader{fee_wad}[0];
            const U256 time = LimbReader{time_wad}[0];
            return step_results(
                current, target, liquidity, threads,
                [&](std::size_t i, const U256& c, const U256& t, u128 l, amm::SwapStep& out) {
                    return amm::swap_step_voltz(c, t, l, r.signed_at(i), fee, time, out);
                });
        },
        py::arg("current").noconvert(), py::arg("target").noconvert(),
        py::arg("liquidity").noconvert(), py::arg("remaining").noconvert(),
        py::arg("fee_wad").noconvert(), py::arg("time_wad").noconvert(), py::arg("threads"));
}

}  // namespace

void bind_amm_rows(py::module_& m) {
    bind_tick_rows(m);
    bind_amount_rows(m);
    bind_next_price_rows(m);
    bind_step_rows(m);
}

}  // namespace voltcore::bindings
