#include <pybind11/pybind11.h>

#include <optional>

#include "bind.hpp"
#include "convert_irs.hpp"
#include "rows.hpp"
#include "voltcore/irs/margin_calculator.hpp"

namespace voltcore::bindings {

namespace {

using math::I256;
using math::u128;
using math::U256;

U256 read_now_wad(py::handle now) { return irs::seconds_wad(read_now(now)); }

void bind_fixed_and_variable(py::module_& m) {
    m.def("irs_accrual_factor", [](py::handle seconds_wad) {
        return to_python(irs::accrual_factor(exact<U256>(seconds_wad, "seconds_wad")));
    });
    m.def("irs_fixed_factor", [](bool at_maturity, py::handle start, py::handle end,
                                 py::handle now) {
        return to_python(irs::fixed_factor(at_maturity, read_term(start, end), read_now_wad(now)));
    });
    m.def("irs_excess_balance", [](py::handle fixed_wad, py::handle variable_wad, py::handle factor,
                                   py::handle start, py::handle end, py::handle now) {
        return to_python(irs::excess_balance(
            exact<I256>(fixed_wad, "fixed_wad"), exact<I256>(variable_wad, "variable_wad"),
            exact<U256>(factor, "variable_factor_wad"), read_term(start, end), read_now_wad(now)));
    });
    m.def("irs_balance_without_excess", [](py::handle fixed_wad, py::handle excess_wad,
                                           py::handle start, py::handle end, py::handle now) {
        return to_python(irs::balance_without_excess(exact<I256>(fixed_wad, "fixed_wad"),
                                                     exact<I256>(excess_wad, "excess_wad"),
                                                     read_term(start, end), read_now_wad(now)));
    });
    m.def("irs_fixed_token_balance", [](py::handle fixed, py::handle variable, py::handle factor,
                                        py::handle start, py::handle end, py::handle now) {
        return to_python(irs::fixed_token_balance(
            exact<I256>(fixed, "fixed"), exact<I256>(variable, "variable"),
            exact<U256>(factor, "variable_factor_wad"), read_term(start, end), read_now_wad(now)));
    });
    m.def("irs_settlement_cashflow", [](py::handle fixed, py::handle variable, py::handle start,
                                        py::handle end, py::handle factor, py::handle now) {
        return to_python(irs::settlement_cashflow(
            exact<I256>(fixed, "fixed_token_balance"),
            exact<I256>(variable, "variable_token_balance"), read_term(start, end),
            exact<U256>(factor, "variable_factor_wad"), read_now_wad(now)));
    });
}

/// A margin calculation whose world is given as numbers.
class FixedInputs final : public irs::MarginInputs {
public:
    FixedInputs(const U256& historical_apy_wad, const U256& variable_factor_wad)
        : historical_apy_wad_{historical_apy_wad}, variable_factor_wad_{variable_factor_wad} {}
    U256 historical_apy_wad() override { return historical_apy_wad_; }
    U256 variable_factor_wad() override { return variable_factor_wad_; }
    U256 variable_factor_no_cache_wad() override { return variable_factor_wad_; }

private:
    U256 historical_apy_wad_;
    U256 variable_factor_wad_;
};

struct MarginScratch {
    irs::MarginMemory memory;
    std::optional<FixedInputs> inputs;
    std::optional<irs::MarginCalculator> calculator;
    irs::MarginCalculator::RowMemory rows;
};

/// As Python holds it: immutable but for its memory, which the GIL guards.
struct MarginContext {
    irs::MarginParameters parameters;
    irs::Revision revision{};
    irs::Term term;
    U256 now_wad;
    U256 historical_apy_wad;
    U256 variable_factor_wad;
    mutable irs::MarginMemory memory{};

    template <class Body>
    auto calculate(Body&& body) const {
        FixedInputs inputs{historical_apy_wad, variable_factor_wad};
        irs::MarginCalculator calculator{parameters, revision, term, now_wad, inputs, memory};
        return std::forward<Body>(body)(calculator);
    }
    /// The same for a thread that calculates many.
    void begin(MarginScratch& scratch) const {
        scratch.inputs.emplace(historical_apy_wad, variable_factor_wad);
        scratch.calculator.emplace(parameters, revision, term, now_wad, *scratch.inputs,
                                   scratch.memory);
    }
};

void bind_margin_parts(py::class_<MarginContext>& cls) {
    cls.def("time_factor", [](const MarginContext& self) {
        return to_python(self.calculate([](irs::MarginCalculator& c) { return c.time_factor(); }));
    });
    cls.def("apy_bound", [](const MarginContext& self, py::handle historical_apy, bool is_upper) {
        const auto apy = exact<U256>(historical_apy, "historical_apy_wad");
        return to_python(
            self.calculate([&](irs::MarginCalculator& c) { return c.apy_bound(apy, is_upper); }));
    });
    cls.def("worst_case_variable_factor", [](const MarginContext& self, bool is_fixed_taker,
                                             bool is_lm, py::handle historical_apy) {
        const auto apy = exact<U256>(historical_apy, "historical_apy_wad");
        return to_python(self.calculate([&](irs::MarginCalculator& c) {
            return c.worst_case_variable_factor(is_fixed_taker, is_lm, apy);
        }));
    });
    cls.def("core",
            [](const MarginContext& self, py::handle fixed, py::handle variable, bool is_lm) {
                const auto f = exact<I256>(fixed, "fixed_token_balance");
                const auto v = exact<I256>(variable, "variable_token_balance");
                return to_python(
                    self.calculate([&](irs::MarginCalculator& c) { return c.core(f, v, is_lm); }));
            });
    cls.def("simulated_unwind",
            [](const MarginContext& self, py::handle size, py::handle price, py::handle multiplier,
               py::handle deviation_min, bool is_fixed_taker_unwind) {
                const auto v = exact<U256>(size, "variable_size");
                const auto p = exact<U256>(price, "sqrt_price_x96");
                const auto k = exact<U256>(multiplier, "rate_multiplier_wad");
                const auto d = exact<U256>(deviation_min, "deviation_min_wad");
                return to_python(self.calculate([&](irs::MarginCalculator& c) {
                    return c.simulated_unwind(v, p, k, d, is_fixed_taker_unwind);
                }));
            });
}

/// Requirements of many pairs of balances; the code of a refused row is in the second column.
py::tuple requirements(const MarginContext& self, const LimbRows& fixed, const LimbRows& variable,
                       bool is_lm, py::handle sqrt_price_x96, unsigned threads) {
    const auto price = exact<U256>(sqrt_price_x96, "sqrt_price_x96");
    const std::size_t rows = row_count(fixed);
    LimbRows values = new_limb_rows(rows);
    Column<std::uint16_t> status = new_column<std::uint16_t>(rows);
    const LimbReader f{fixed};
    const LimbReader v{variable};
    const LimbWriter out{values};
    std::uint16_t* codes = status.mutable_data();
    for_each_row_with<MarginScratch>(rows, threads, [&](std::size_t i, MarginScratch& scratch) {
        if (!scratch.calculator) self.begin(scratch);
        try {
            out.put(i, scratch.calculator->requirement_of_row(f.signed_at(i), v.signed_at(i), is_lm,
                                                              price, scratch.rows));
            codes[i] = 0;
        } catch (const Error& error) {
            out.put(i, U256{});
            codes[i] = static_cast<std::uint16_t>(error.code());
        }
    });
    return py::make_tuple(std::move(values), std::move(status));
}

void bind_margin_requirements(py::class_<MarginContext>& cls) {
    cls.def("minimum", [](const MarginContext& self, py::handle fixed, py::handle variable,
                          bool is_lm, py::handle price) {
        const auto f = exact<I256>(fixed, "fixed_token_balance");
        const auto v = exact<I256>(variable, "variable_token_balance");
        const auto p = exact<U256>(price, "sqrt_price_x96");
        return to_python(
            self.calculate([&](irs::MarginCalculator& c) { return c.minimum(f, v, is_lm, p); }));
    });
    cls.def("requirement", [](const MarginContext& self, py::handle fixed, py::handle variable,
                              bool is_lm, py::handle price) {
        const auto f = exact<I256>(fixed, "fixed_token_balance");
        const auto v = exact<I256>(variable, "variable_token_balance");
        const auto p = exact<U256>(price, "sqrt_price_x96");
        return to_python(self.calculate(
            [&](irs::MarginCalculator& c) { return c.requirement(f, v, is_lm, p); }));
    });
    cls.def("extra_balances", [](const MarginContext& self, py::handle from, py::handle to,
                                 py::handle liquidity, py::handle factor) {
        const auto from_tick = exact<std::int32_t>(from, "from_tick");
        const auto to_tick = exact<std::int32_t>(to, "to_tick");
        const auto l = exact<u128>(liquidity, "liquidity");
        const auto vf = exact<U256>(factor, "variable_factor_wad");
        const irs::FixedAndVariable extra = self.calculate(
            [&](irs::MarginCalculator& c) { return c.extra_balances(from_tick, to_tick, l, vf); });
        return py::make_tuple(to_python(extra.fixed), to_python(extra.variable));
    });
    cls.def("position_requirement", [](const MarginContext& self, py::handle liquidity,
                                       py::handle fixed, py::handle variable, py::handle lower,
                                       py::handle upper, bool is_lm, py::handle price,
                                       py::handle tick) {
        const auto l = exact<u128>(liquidity, "liquidity");
        const irs::FixedAndVariable balances = {exact<I256>(fixed, "fixed_token_balance"),
                                                exact<I256>(variable, "variable_token_balance")};
        const auto low = exact<std::int32_t>(lower, "tick_lower");
        const auto high = exact<std::int32_t>(upper, "tick_upper");
        const auto p = exact<U256>(price, "sqrt_price_x96");
        const auto t = exact<std::int32_t>(tick, "tick");
        return to_python(self.calculate([&](irs::MarginCalculator& c) {
            return c.position_requirement(l, balances, low, high, is_lm, p, t);
        }));
    });
}

}  // namespace

void bind_irs_math(py::module_& m) {
    bind_fixed_and_variable(m);
    py::class_<MarginContext> cls(m, "IrsMarginCalculator");
    cls.def(py::init([](py::handle parameters, py::handle revision, py::handle term_start_wad,
                        py::handle term_end_wad, py::handle now, py::handle historical_apy_wad,
                        py::handle variable_factor_wad) {
        return MarginContext{read_margin_parameters(parameters),
                             read_revision(revision),
                             read_term(term_start_wad, term_end_wad),
                             read_now_wad(now),
                             exact<U256>(historical_apy_wad, "historical_apy_wad"),
                             exact<U256>(variable_factor_wad, "variable_factor_wad")};
    }));
    bind_margin_parts(cls);
    bind_margin_requirements(cls);
    cls.def("requirements", &requirements, py::arg("fixed").noconvert(),
            py::arg("variable").noconvert(), py::arg("is_lm"), py::arg("sqrt_price_x96"),
            py::arg("threads"));
}

}  // namespace voltcore::bindings
