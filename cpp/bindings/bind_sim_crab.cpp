#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <span>
#include <string>

#include "bind.hpp"
#include "columns.hpp"
#include "convert.hpp"
#include "engine_state.hpp"
#include "settings_fields.hpp"
#include "voltcore/sim/crab.hpp"
#include "voltcore/sim/crab_batch.hpp"

namespace voltcore::bindings {

namespace {

using sim::CrabBatch;
using sim::CrabConfig;
using sim::CrabModel;

sim::FundingRule funding_of(const py::object& from) {
    sim::FundingRule rule;
    rule.variance_premium = real(from, "variance_premium");
    rule.carry = real(from, "carry");
    rule.is_constant = flag(from, "is_constant");
    rule.constant_daily = real(from, "constant_daily");
    rule.daily_cap = real(from, "daily_cap");
    rule.trailing_weeks = integer<std::uint32_t>(from, "trailing_weeks");
    rule.variance_before = real(from, "variance_before");
    return rule;
}

volts::StrategyParams strategy_of(const py::object& from) {
    volts::StrategyParams strategy = volts::crab_config(sim::operator_id).strategy;
    strategy.target_leverage = fixed_field(from, "target_leverage_bits");
    strategy.target_leverage_lenience = fixed_field(from, "target_leverage_lenience_bits");
    strategy.target_hedge_lenience_bps = integer<std::uint32_t>(from, "target_hedge_lenience_bps");
    strategy.is_hedging_on = flag(from, "is_hedging_on");
    strategy.max_quote_pos_change = integer<std::uint64_t>(from, "max_quote_pos_change");
    strategy.min_collateral_ratio_bps = integer<std::uint32_t>(from, "min_collateral_ratio_bps");
    strategy.hedge_band_bps = integer<std::uint32_t>(from, "hedge_band_bps");
    strategy.hedge_only = flag(from, "hedge_only");
    return strategy;
}

volts::FeeSettings fees_of(const py::object& from) {
    volts::FeeSettings fees;
    fees.use_custom_fees = true;
    fees.custom.performance_bps = integer<std::uint32_t>(from, "performance_fee_bps");
    fees.custom.withdrawal_bps = integer<std::uint32_t>(from, "withdrawal_fee_bps");
    fees.custom.aum_bps = integer<std::uint32_t>(from, "aum_fee_bps");
    return fees;
}

sim::TradingCost cost_of(const py::object& from) {
    return {.half_spread_ppm = integer<std::uint32_t>(from, "half_spread_ppm"),
            .impact_ppm = integer<std::uint32_t>(from, "impact_ppm")};
}

sim::BookDepth depth_of(const py::object& from) {
    return {.levels = integer<std::uint32_t>(from, "levels"),
            .level_quote = integer<std::uint64_t>(from, "level_quote")};
}

CrabConfig config_of(const py::object& from, const Doubles& closes, const Doubles& variances,
                     const Doubles& funding_sums) {
    if (closes.ndim() != 1 || variances.ndim() != 1 || funding_sums.ndim() != 1 ||
        closes.size() != variances.size() || closes.size() != funding_sums.size()) {
        refuse({.code = ErrorCode::array_length,
                .field = "closes, variances, funding_sums",
                .value = {},
                .bound = "are not three columns of one length",
                .op = "CrabModel",
                .onchain = {}});
    }
    CrabConfig config;
    config.start_time = integer<std::uint64_t>(from, "start_time");
    config.opening_price = real(from, "opening_price");
    for (py::ssize_t i = 0; i < closes.size(); ++i) {
        config.weeks.push_back({.close = closes.data()[i],
                                .realised_variance = variances.data()[i],
                                .funding_sum = funding_sums.data()[i]});
    }
    config.funding = funding_of(from.attr("funding"));
    read_attributes(from.attr("linear"), "linear", config.linear);
    read_attributes(from.attr("squared"), "squared", config.squared);
    config.squared_scale = integer<std::uint64_t>(from, "squared_scale");
    config.linear_cost = cost_of(from.attr("linear_cost"));
    config.squared_cost = cost_of(from.attr("squared_cost"));
    config.execution =
        flag(from, "is_on_book") ? sim::ExecutionKind::book : sim::ExecutionKind::quoted;
    config.linear_depth = depth_of(from.attr("linear_depth"));
    config.squared_depth = depth_of(from.attr("squared_depth"));
    config.deposit = integer<std::uint64_t>(from, "deposit");
    config.strategy = strategy_of(from.attr("strategy"));
    config.fees = fees_of(from.attr("fees"));
    return config;
}

py::dict rates_of(const CrabModel& model) {
    const std::size_t n = model.rates().size();
    py::array_t<double> variance(static_cast<py::ssize_t>(n));
    py::array_t<double> linear(static_cast<py::ssize_t>(n));
    py::array_t<double> squared(static_cast<py::ssize_t>(n));
    py::array_t<bool> capped(static_cast<py::ssize_t>(n));
    for (std::size_t i = 0; i < n; ++i) {
        const sim::WeekRates& week = model.rates()[i];
        variance.mutable_data()[i] = week.daily_variance;
        linear.mutable_data()[i] = week.daily_linear;
        squared.mutable_data()[i] = week.daily_squared;
        capped.mutable_data()[i] = week.is_capped;
    }
    py::dict out;
    out["daily_variance"] = variance;
    out["daily_linear"] = linear;
    out["daily_squared"] = squared;
    out["is_capped"] = capped;
    return out;
}

py::object batch_of(const CrabModel& model, const CrabBatch& batch) {
    py::dict columns;
    sim::CrabColumns::each_column(batch.columns(), [&](const char* name, const auto& values) {
        columns[name] = array_of(values);
    });
    py::dict bands;
    bands["share_price"] = counts_of(batch.share_price());
    bands["epoch_return"] = counts_of(batch.epoch_return());
    bands["cr"] = counts_of(batch.cr());
    py::dict traces;
    sim::CrabTraces::each_column(batch.traces(), [&](const char* name, const auto& values) {
        traces[name] = matrix_of(values, model.weeks());
    });
    return py::make_tuple(columns, bands, traces);
}

/// The canonical bytes of venue and volt after one path, for the test that compares both loops.
py::tuple path_state(const CrabModel& model, std::uint64_t seed, std::uint64_t path,
                     bool reference) {
    const auto runner = std::make_unique<sim::CrabRunner>(model);
    sim::PathResult result;
    {
        const py::gil_scoped_release nogil;
        if (reference) {
            runner->run_reference(seed, path, result);
        } else {
            runner->run(seed, path, result);
        }
    }
    math::ByteWriter bytes;
    bytes.put(runner->volt());
    return py::make_tuple(
        py::bytes(reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size()),
        state_of(runner->volt()));
}

}  // namespace

void bind_sim_crab(py::module_& m) {
    py::class_<CrabModel, std::shared_ptr<CrabModel>>(
        m, "CrabModel", "The crab volt through real weeks; see voltcore.sim.crab.")
        .def(py::init([](const py::object& config, const Doubles& closes, const Doubles& variances,
                         const Doubles& funding_sums) {
                 return std::make_shared<CrabModel>(
                     config_of(config, closes, variances, funding_sums));
             }),
             py::arg("config"), py::arg("closes").noconvert(), py::arg("variances").noconvert(),
             py::arg("funding_sums").noconvert())
        .def_property_readonly("weeks", &CrabModel::weeks)
        .def("rates", &rates_of, "Variance, funding rates and clamp of every week, per day.")
        .def(
            "simulate",
            [](const CrabModel& model, py::handle seed, py::handle first, py::handle count,
               py::handle traced, sim::Control& control, const Doubles& share_price_edges,
               const Doubles& epoch_return_edges, const Doubles& cr_edges,
               bool reference) -> py::object {
                const auto key = exact<std::uint64_t>(seed, "seed");
                const auto begin = exact<std::uint64_t>(first, "first_path");
                const auto paths = exact<std::uint64_t>(count, "n_paths");
                const auto kept = exact<std::uint64_t>(traced, "traced");
                CrabBatch batch{model, kept, view(share_price_edges), view(epoch_return_edges),
                                view(cr_edges)};
                bool finished = false;
                {
                    const py::gil_scoped_release nogil;
                    finished = batch.simulate(key, begin, paths, control, reference);
                }
                if (!finished) return py::none();
                return batch_of(model, batch);
            },
            py::arg("seed"), py::arg("first_path"), py::arg("n_paths"), py::arg("traced"),
            py::arg("control"), py::arg("share_price_edges").noconvert(),
            py::arg("epoch_return_edges").noconvert(), py::arg("cr_edges").noconvert(),
            py::arg("reference") = false,
            "Columns, band counts and traces of a range of paths; None when cancelled.")
        .def(
            "path_state",
            [](const CrabModel& model, py::handle seed, py::handle path, bool reference) {
                return path_state(model, exact<std::uint64_t>(seed, "seed"),
                                  exact<std::uint64_t>(path, "path"), reference);
            },
            py::arg("seed"), py::arg("path"), py::arg("reference"),
            "Canonical bytes and readable state of the volt after one path.");
}

}  // namespace voltcore::bindings
