#include <pybind11/numpy.h>

#include <memory>

#include "bind.hpp"
#include "bind_irs_pool.hpp"
#include "columns.hpp"
#include "convert.hpp"
#include "voltcore/math/bytes.hpp"
#include "voltcore/sim/irs_risk_batch.hpp"

namespace voltcore::bindings {

namespace {

using sim::IrsRiskBatch;
using sim::IrsRiskConfig;

irs::PositionKey key_of(const py::handle& from) {
    const auto key = from.cast<py::tuple>();
    return {.owner = exact<std::uint64_t>(key[0], "owner"),
            .tick_lower = exact<std::int32_t>(key[1], "tick_lower"),
            .tick_upper = exact<std::int32_t>(key[2], "tick_upper")};
}

IrsRiskConfig config_of(PoolHandle& pool, const markets::CoxIngersollRoss& rate,
                        const py::object& from) {
    const auto whole = [&]<class T>(T& field, const char* name) {
        field = exact<T>(from.attr(name), name);
    };
    const auto real = [&](const char* name) { return from.attr(name).cast<double>(); };
    IrsRiskConfig config{
        .pool = pool.use("IrsRiskModel", [](const irs::IrsPool& value) { return value; }),
        .rate = rate};
    whole(config.term_end, "term_end");
    whole(config.step_seconds, "step_seconds");
    whole(config.steps_per_day, "steps_per_day");
    whole(config.trading_ends, "trading_ends");
    whole(config.liquidator, "liquidator");
    whole(config.block, "block");
    whole(config.replicates, "replicates");
    config.market_taker = key_of(from.attr("market_taker"));
    config.tilt = real("tilt");
    config.low_rate = real("low_rate");
    config.high_rate = real("high_rate");
    for (const py::handle seat : from.attr("seats")) {
        config.seats.push_back({.key = key_of(seat.attr("position")),
                                .margin = exact<math::U256>(seat.attr("margin"), "seats.margin")});
    }
    return config;
}

/// The config, checked once, that several threads run paths of.
class IrsRiskModel {
public:
    explicit IrsRiskModel(IrsRiskConfig config) : config_{std::move(config)} {
        const sim::IrsRiskRunner checked{config_};
        steps_ = checked.steps();
    }
    [[nodiscard]] const IrsRiskConfig& config() const noexcept { return config_; }
    [[nodiscard]] std::uint32_t steps() const noexcept { return steps_; }

private:
    IrsRiskConfig config_;
    std::uint32_t steps_ = 0;
};

py::object batch_of(const IrsRiskConfig& config, const IrsRiskBatch& batch) {
    const std::size_t seats = config.seats.size();
    const std::size_t days = batch.days();
    py::dict seat_columns;
    sim::IrsSeatColumns::each_column(batch.seats(), [&](const char* name, const auto& values) {
        seat_columns[name] = matrix_of(values, seats);
    });
    py::dict path_columns;
    sim::IrsPathColumns::each_column(batch.paths(), [&](const char* name, const auto& values) {
        path_columns[name] = matrix_of(values, 1);
    });
    py::list headroom;
    for (const sim::TimeBins& band : batch.headroom()) headroom.append(counts_of(band));
    py::dict bands;
    bands["headroom"] = headroom;
    bands["variable_rate"] = counts_of(batch.variable_rate());
    bands["fixed_rate"] = counts_of(batch.fixed_rate());
    py::dict traces;
    traces["variable_rate"] = matrix_of(batch.traced_variable_rate(), days);
    traces["fixed_rate"] = matrix_of(batch.traced_fixed_rate(), days);
    traces["headroom"] = matrix_of(batch.traced_headroom(), seats * days);
    return py::make_tuple(seat_columns, path_columns, bands, traces);
}

py::object simulate_irs(const IrsRiskModel& model, py::handle seed, py::handle first,
                        py::handle count, py::handle traced, sim::Control& control,
                        const Doubles& headroom_edges, const Doubles& rate_edges) {
    const auto key = exact<std::uint64_t>(seed, "seed");
    const auto begin = exact<std::uint64_t>(first, "first_path");
    const auto paths = exact<std::uint64_t>(count, "n_paths");
    const auto kept = exact<std::uint64_t>(traced, "traced");
    IrsRiskBatch batch{model.config(), kept, view(headroom_edges), view(rate_edges)};
    bool finished = false;
    {
        const py::gil_scoped_release nogil;
        finished = batch.simulate(key, begin, paths, control);
    }
    if (!finished) return py::none();
    return batch_of(model.config(), batch);
}

/// The canonical bytes of the pool after one path: what a test replays through the pool's own
/// operations.
py::bytes irs_path_state(const IrsRiskModel& model, py::handle seed, py::handle path) {
    const auto key = exact<std::uint64_t>(seed, "seed");
    const auto index = exact<std::uint64_t>(path, "path");
    math::ByteWriter bytes;
    {
        const py::gil_scoped_release nogil;
        sim::IrsRiskRunner runner{model.config()};
        sim::IrsPathResult result;
        runner.run(key, index, result);
        runner.pool().audit();
        bytes.put(runner.pool());
    }
    return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size()};
}

py::tuple block_bootstrap(const Doubles& series, py::handle block, py::handle replicates,
                          py::handle seed) {
    if (series.ndim() != 2) {
        refuse({.code = ErrorCode::array_shape,
                .field = "series",
                .value = {},
                .bound = "is not of two dimensions",
                .op = "block_bootstrap",
                .onchain = {}});
    }
    const auto rows = static_cast<std::size_t>(series.shape(0));
    const auto length = static_cast<std::size_t>(series.shape(1));
    sim::BlockBootstrap bootstrap{exact<std::uint32_t>(block, "block"),
                                  exact<std::uint32_t>(replicates, "replicates")};
    const auto key = exact<std::uint64_t>(seed, "seed");
    py::array_t<double> mean(static_cast<py::ssize_t>(rows));
    py::array_t<double> deviation(static_cast<py::ssize_t>(rows));
    const double* values = series.data();
    double* means = mean.mutable_data();
    double* deviations = deviation.mutable_data();
    {
        const py::gil_scoped_release nogil;
        for (std::size_t row = 0; row < rows; ++row) {
            const auto moments =
                bootstrap.moments({values + row * length, length},
                                  markets::Stream::of(key, markets::Purpose::bootstrap, row));
            means[row] = moments.mean;
            deviations[row] = moments.deviation;
        }
    }
    return py::make_tuple(mean, deviation);
}

}  // namespace

void bind_sim_irs_risk(py::module_& m) {
    py::class_<IrsRiskModel, std::shared_ptr<IrsRiskModel>>(
        m, "IrsRiskModel", "Positions in a rates pool over simulated rates; see voltcore.sim.irs.")
        .def(py::init([](PoolHandle& pool, const markets::CoxIngersollRoss& rate,
                         const py::object& config) {
                 return std::make_shared<IrsRiskModel>(config_of(pool, rate, config));
             }),
             py::arg("pool"), py::arg("rate"), py::arg("config"))
        .def_property_readonly("steps", &IrsRiskModel::steps)
        .def("simulate", &simulate_irs, py::arg("seed"), py::arg("first_path"), py::arg("n_paths"),
             py::arg("traced"), py::arg("control"), py::arg("headroom_edges").noconvert(),
             py::arg("rate_edges").noconvert(),
             "Columns by seat and by path, band counts and traces; None when cancelled.")
        .def("path_state", &irs_path_state, py::arg("seed"), py::arg("path"),
             "Canonical bytes of the pool after one path, audited.");
    m.def(
        "grown_index",
        [](py::handle index_ray, double from, double to, double step_years) {
            return to_python(sim::IrsRiskRunner::grown(exact<math::U256>(index_ray, "index_ray"),
                                                       from, to, step_years));
        },
        py::arg("index_ray"), py::arg("from_rate"), py::arg("to_rate"), py::arg("step_years"),
        "The index of a lending pool after a step over which the rate changed.");
    m.def("block_bootstrap", &block_bootstrap, py::arg("series").noconvert(), py::arg("block"),
          py::arg("replicates"), py::arg("seed"),
          "Mean and deviation of the means of circular block resamples of each row.");
}

}  // namespace voltcore::bindings
