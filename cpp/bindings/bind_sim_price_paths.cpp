#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <span>
#include <vector>

#include "bind.hpp"
#include "columns.hpp"
#include "convert.hpp"
#include "voltcore/markets/path_models.hpp"
#include "voltcore/sim/price_path_batch.hpp"

namespace voltcore::bindings {

namespace {

using sim::PricePathBatch;

py::tuple batch_of(const PricePathBatch& batch, std::size_t times) {
    py::dict columns;
    sim::PricePathColumns::each_column(batch.columns(), [&](const char* name, const auto& values) {
        columns[name] = array_of(values);
    });
    py::dict bands;
    bands["price"] = counts_of(batch.price());
    bands["drawdown"] = counts_of(batch.drawdown());
    py::dict traces;
    traces["price"] = matrix_of(batch.price_traces(), times);
    traces["drawdown"] = matrix_of(batch.drawdown_traces(), times);
    return py::make_tuple(columns, bands, traces);
}

/// `Drawn` fills a path of the model that Python holds as `Model`.
template <class Model, class Drawn = const Model&>
void def_simulate(py::module_& m) {
    m.def(
        "simulate_price_paths",
        [](const Model& model, py::handle steps, py::handle steps_shown, double years,
           py::handle seed, py::handle first, py::handle count, py::handle traced,
           sim::Control& control, const Doubles& price_edges,
           const Doubles& drawdown_edges) -> py::object {
            const auto key = exact<std::uint64_t>(seed, "seed");
            const auto begin = exact<std::uint64_t>(first, "first_path");
            const auto paths = exact<std::uint64_t>(count, "n_paths");
            const sim::PricePathPlan plan{
                .steps = exact<std::uint32_t>(steps, "steps"),
                .steps_shown = exact<std::uint32_t>(steps_shown, "steps_shown"),
                .years = years,
                .traced = exact<std::uint64_t>(traced, "traced")};
            PricePathBatch batch{plan, view(price_edges), view(drawdown_edges)};
            bool finished = false;
            {
                const py::gil_scoped_release nogil;
                finished = batch.simulate(Drawn{model}, key, begin, paths, control);
            }
            if (!finished) return py::none();
            return batch_of(batch, plan.times());
        },
        py::arg("model"), py::arg("steps"), py::arg("steps_shown"), py::arg("years"),
        py::arg("seed"), py::arg("first_path"), py::arg("n_paths"), py::arg("traced"),
        py::arg("control"), py::arg("price_edges").noconvert(),
        py::arg("drawdown_edges").noconvert(),
        "Columns, band counts and traces of a range of paths; None when cancelled.");
}

}  // namespace

void bind_sim_price_paths(py::module_& m) {
    def_simulate<markets::GeometricBrownianMotion>(m);
    def_simulate<markets::MertonJumps>(m);
    def_simulate<markets::BlockBootstrap>(m);
    def_simulate<markets::EpochBridge, markets::BridgedPath>(m);
}

}  // namespace voltcore::bindings
