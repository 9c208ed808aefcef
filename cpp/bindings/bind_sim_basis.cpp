#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <span>
#include <vector>

#include "bind.hpp"
#include "columns.hpp"
#include "convert.hpp"
#include "convert_volts.hpp"
#include "engine_state.hpp"
#include "settings_fields.hpp"
#include "voltcore/sim/basis.hpp"
#include "voltcore/sim/basis_batch.hpp"

namespace voltcore::bindings {

namespace {

using math::I80F48;
using sim::BasisBatch;
using sim::BasisConfig;
using sim::BasisModel;

sim::BankSizes bank_of(const py::object& from) {
    return {.deposits = integer<std::uint64_t>(from, "deposits"),
            .borrows = integer<std::uint64_t>(from, "borrows")};
}

sim::TradingCost trading_cost_of(const py::object& from) {
    return {.half_spread_ppm = integer<std::uint32_t>(from, "half_spread_ppm"),
            .impact_ppm = integer<std::uint32_t>(from, "impact_ppm")};
}

sim::BookDepth book_depth_of(const py::object& from) {
    return {.levels = integer<std::uint32_t>(from, "levels"),
            .level_quote = integer<std::uint64_t>(from, "level_quote")};
}

/// `table`: one row for each week: spot close, perp close, realised variance, funding sum.
BasisConfig config_of(const py::object& from, const Doubles& table) {
    if (table.ndim() != 2 || table.shape(1) != 4) {
        refuse({.code = ErrorCode::array_shape,
                .field = "table",
                .value = {},
                .bound = "is not (weeks, 4)",
                .op = "BasisModel",
                .onchain = {}});
    }
    BasisConfig config;
    config.start_time = integer<std::uint64_t>(from, "start_time");
    config.opening_spot = from.attr("opening_spot").cast<double>();
    config.opening_perp = from.attr("opening_perp").cast<double>();
    for (py::ssize_t i = 0; i < table.shape(0); ++i) {
        config.weeks.push_back({.spot_close = *table.data(i, 0),
                                .perp_close = *table.data(i, 1),
                                .realised_variance = *table.data(i, 2),
                                .funding_sum = *table.data(i, 3)});
    }
    config.rule =
        from.attr("always").cast<bool>() ? sim::BasisRule::always : sim::BasisRule::trailing;
    config.step_hours = integer<std::uint32_t>(from, "step_hours");
    read_attributes(from.attr("perp"), "perp", config.perp);
    read_attributes(from.attr("token"), "token", config.token);
    config.token_bank = bank_of(from.attr("token_bank"));
    config.quote_bank = bank_of(from.attr("quote_bank"));
    config.perp_cost = trading_cost_of(from.attr("perp_cost"));
    config.spot_cost = trading_cost_of(from.attr("spot_cost"));
    config.spot_taker_fee = I80F48::from_bits(integer<math::i128>(from, "spot_taker_fee_bits"));
    config.execution = from.attr("is_on_book").cast<bool>() ? sim::ExecutionKind::book
                                                            : sim::ExecutionKind::quoted;
    config.perp_depth = book_depth_of(from.attr("perp_depth"));
    config.spot_depth = book_depth_of(from.attr("spot_depth"));
    config.spot_taker_fee_bps = integer<std::uint32_t>(from, "spot_taker_fee_bps");
    config.deposit = integer<std::uint64_t>(from, "deposit");
    read_attributes(from.attr("strategy"), "strategy", config.strategy);
    read_attributes(from.attr("fees"), "fees", config.fees);
    return config;
}

py::tuple batch_of(const BasisModel& model, const BasisBatch& batch) {
    py::dict columns;
    sim::BasisColumns::each_column(batch.columns(), [&](const char* name, const auto& values) {
        columns[name] = array_of(values);
    });
    py::dict bands;
    bands["share_price"] = counts_of(batch.share_price());
    bands["epoch_return"] = counts_of(batch.epoch_return());
    py::dict traces;
    sim::BasisTraces::each_column(batch.traces(), [&](const char* name, const auto& values) {
        traces[name] = matrix_of(values, model.weeks());
    });
    return py::make_tuple(columns, bands, traces);
}

}  // namespace

void bind_sim_basis(py::module_& m) {
    py::class_<BasisModel, std::shared_ptr<BasisModel>>(
        m, "BasisModel", "The basis volt through real weeks; see voltcore.sim.basis.")
        .def(py::init([](const py::object& config, const Doubles& table) {
                 return std::make_shared<BasisModel>(config_of(config, table));
             }),
             py::arg("config"), py::arg("table").noconvert())
        .def_property_readonly("weeks", &BasisModel::weeks)
        .def(
            "simulate",
            [](const BasisModel& model, py::handle seed, py::handle first, py::handle count,
               py::handle traced, sim::Control& control, const Doubles& share_price_edges,
               const Doubles& epoch_return_edges) -> py::object {
                const auto key = exact<std::uint64_t>(seed, "seed");
                const auto begin = exact<std::uint64_t>(first, "first_path");
                const auto paths = exact<std::uint64_t>(count, "n_paths");
                const auto kept = exact<std::uint64_t>(traced, "traced");
                const auto view = [](const Doubles& values) {
                    return std::span<const double>{values.data(),
                                                   static_cast<std::size_t>(values.size())};
                };
                BasisBatch batch{model, kept, view(share_price_edges), view(epoch_return_edges)};
                bool finished = false;
                {
                    const py::gil_scoped_release nogil;
                    finished = batch.simulate(key, begin, paths, control);
                }
                if (!finished) return py::none();
                return batch_of(model, batch);
            },
            py::arg("seed"), py::arg("first_path"), py::arg("n_paths"), py::arg("traced"),
            py::arg("control"), py::arg("share_price_edges").noconvert(),
            py::arg("epoch_return_edges").noconvert(),
            "Columns, band counts and traces of a range of paths; None when cancelled.")
        .def(
            "path_state",
            [](const BasisModel& model, py::handle seed, py::handle path) {
                const auto key = exact<std::uint64_t>(seed, "seed");
                const auto index = exact<std::uint64_t>(path, "path");
                const auto runner = std::make_unique<sim::BasisRunner>(model);
                sim::BasisPath result;
                {
                    const py::gil_scoped_release nogil;
                    runner->run(key, index, result);
                    runner->volt().audit();
                }
                return state_of(runner->volt());
            },
            py::arg("seed"), py::arg("path"),
            "Readable state of the volt after one path, audited.");
}

}  // namespace voltcore::bindings
