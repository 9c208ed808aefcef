#include "bind_sim_pools.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "columns.hpp"
#include "convert.hpp"
#include "convert_perps.hpp"
#include "engine_state.hpp"
#include "settings_fields.hpp"
#include "voltcore/sim/imperial_rv.hpp"
#include "voltcore/sim/jlp_stress.hpp"

namespace voltcore::bindings {

namespace {

std::uint32_t count(py::handle from, const char* field) {
    return exact<std::uint32_t>(from.attr(field), field);
}
std::vector<double> reals(py::handle from, const char* field) {
    const auto values = from.attr(field).cast<Doubles>();
    return {values.data(), values.data() + values.size()};
}

sim::TraderFlow flow_of(py::handle from) {
    sim::TraderFlow flow;
    sim::TraderFlow::each_field(flow,
                                [&](const char* name, double& field) { field = real(from, name); });
    return flow;
}

/// Rows of one struct as columns by field name.
template <class Row>
py::dict columns_of(const std::vector<Row>& rows) {
    py::dict out;
    std::size_t index = 0;
    Row probe;
    Row::each_field(probe, [&](const char* name, const auto& kind) {
        using Field = std::remove_cvref_t<decltype(kind)>;
        py::array_t<Field> column(static_cast<py::ssize_t>(rows.size()));
        Field* to = column.mutable_data();
        for (const Row& row : rows) {
            std::size_t at = 0;
            Row::each_field(row, [&](const char*, const auto& field) {
                if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, Field>) {
                    if (at == index) *to = field;
                }
                ++at;
            });
            ++to;
        }
        out[name] = column;
        ++index;
    });
    return out;
}

/// Samples of one quantity: counts in fixed bins at each time, and the first paths whole.
class Samples {
public:
    Samples(std::vector<double> edges, std::size_t times)
        : edges_{std::move(edges)}, times_{times}, counts_(times * (edges_.size() + 1), 0) {}

    void add(std::size_t time, double value, bool traced) {
        const auto bin = static_cast<std::size_t>(
            std::upper_bound(edges_.begin(), edges_.end(), value) - edges_.begin());
        ++counts_[time * (edges_.size() + 1) + bin];
        if (traced) kept_.push_back(value);
    }
    [[nodiscard]] py::array band() const {
        return py::array_t<std::uint64_t>({times_, edges_.size() + 1}, counts_.data());
    }
    [[nodiscard]] py::array traces() const {
        return py::array_t<double>({kept_.size() / times_, times_}, kept_.data());
    }

private:
    std::vector<double> edges_;
    std::size_t times_;
    std::vector<std::uint64_t> counts_;
    std::vector<double> kept_;
};

struct Range {
    std::uint64_t seed;
    std::uint64_t first;
    std::uint64_t paths;
    std::uint64_t traced;
};
Range range_of(py::handle seed, py::handle first, py::handle paths, py::handle traced) {
    return {exact<std::uint64_t>(seed, "seed"), exact<std::uint64_t>(first, "first_path"),
            exact<std::uint64_t>(paths, "n_paths"), exact<std::uint64_t>(traced, "traced")};
}

/// A range of paths: `run(path, row, samples)` does one, or gives false when it was cancelled.
/// `edges` maps each field of a sample to the edges of its bins.
template <class Row, class Sample, class Run>
py::object simulate(const Range& range, std::size_t times, const py::dict& edges,
                    sim::Control& control, Run&& run) {
    std::vector<std::pair<const char*, Samples>> kept;
    Sample probe;
    Sample::each_field(probe, [&](const char* name, double) {
        const auto given = edges[name].cast<Doubles>();
        kept.emplace_back(name, Samples{{given.data(), given.data() + given.size()}, times});
    });
    std::vector<Row> rows(range.paths);
    bool finished = true;
    {
        const py::gil_scoped_release nogil;
        std::vector<Sample> samples;
        for (std::uint64_t i = 0; i < range.paths && finished; ++i) {
            finished = run(range.first + i, rows[i], samples);
            for (std::size_t time = 0; time < samples.size() && finished; ++time) {
                auto to = kept.begin();
                Sample::each_field(samples[time], [&](const char*, double value) {
                    (to++)->second.add(time, value, i < range.traced);
                });
            }
            if (finished) control.add_finished(1);
        }
    }
    if (!finished) return py::none();
    py::dict bands;
    py::dict traces;
    for (const auto& [name, samples] : kept) {
        bands[name] = samples.band();
        traces[name] = samples.traces();
    }
    return py::make_tuple(columns_of(rows), bands, traces);
}

/// What both runs are told of keepers and LPs.
template <class Config>
void read_common(py::handle from, Config& config) {
    read_attributes(from.attr("pool"), "pool", config.pool);
    config.flow = flow_of(from.attr("flow"));
    config.steps_per_day = count(from, "steps_per_day");
    config.liquidation_delay_steps = count(from, "liquidation_delay_steps");
    config.oracle_delay_steps = count(from, "oracle_delay_steps");
    config.lp_exit_share = real(from, "lp_exit_share");
    config.lp_exit_loss = real(from, "lp_exit_loss");
}

struct Imperial {
    sim::ImperialRvConfig config;
};

Imperial imperial_of(py::handle from) {
    Imperial out;
    read_common(from, out.config);
    out.config.weekly_variance = reals(from, "weekly_variance");
    out.config.weeks = count(from, "weeks");
    out.config.block_weeks = count(from, "block_weeks");
    out.config.deposit = exact<std::uint64_t>(from.attr("deposit"), "deposit");
    out.config.insurance = exact<std::uint64_t>(from.attr("insurance"), "insurance");
    return out;
}

py::object simulate_imperial(const Imperial& self, py::handle seed, py::handle first,
                             py::handle paths, py::handle traced, sim::Control& control,
                             const py::dict& edges) {
    const Range range = range_of(seed, first, paths, traced);
    return simulate<sim::ImperialRvPath, sim::ImperialRvWeek>(
        range, self.config.weeks, edges, control,
        [&](std::uint64_t path, sim::ImperialRvPath& row, std::vector<sim::ImperialRvWeek>& weeks) {
            return sim::run_imperial_rv(self.config, range.seed, path, control, row, weeks);
        });
}

struct Jlp {
    sim::JlpStressConfig config;
    markets::CorrelatedAssets prices;
};

std::unique_ptr<Jlp> jlp_of(py::handle from) {
    sim::JlpStressConfig config;
    read_common(from, config);
    config.asset_share = reals(from, "asset_share");
    config.deposits_usd = reals(from, "deposits_usd");
    config.days = count(from, "days");
    const double common = real(from, "common_jumps_per_step");
    std::vector<markets::AssetDynamics> assets;
    for (const py::handle row : from.attr("assets")) {
        markets::AssetDynamics asset{};
        asset.start = real(row, "start");
        asset.volatility = real(row, "volatility");
        asset.jumps_per_step = real(row, "jumps_per_step");
        asset.jump_mean = real(row, "jump_mean");
        asset.jump_volatility = real(row, "jump_volatility");
        asset.common_jump_mean = real(row, "common_jump_mean");
        asset.common_jump_volatility = real(row, "common_jump_volatility");
        asset.drift = markets::compensated_drift(real(row, "growth"), asset, common);
        assets.push_back(asset);
    }
    const std::vector<double> correlation = reals(from, "correlation");
    return std::make_unique<Jlp>(
        Jlp{config, markets::CorrelatedAssets{assets, correlation, common}});
}

py::object simulate_jlp(const Jlp& self, py::handle seed, py::handle first, py::handle paths,
                        py::handle traced, sim::Control& control, const py::dict& edges) {
    const Range range = range_of(seed, first, paths, traced);
    return simulate<sim::JlpStressPath, sim::JlpStressDay>(
        range, self.config.days, edges, control,
        [&](std::uint64_t path, sim::JlpStressPath& row, std::vector<sim::JlpStressDay>& days) {
            return sim::run_jlp_stress(self.config, self.prices, range.seed, path, control, row,
                                       days);
        });
}

}  // namespace

void bind_sim_pools(py::module_& m) {
    py::class_<Imperial>(m, "ImperialRvModel", "See voltcore.sim.imperial_rv.")
        .def(py::init(&imperial_of))
        .def("simulate", &simulate_imperial);
    py::class_<Jlp>(m, "JlpStressModel", "See voltcore.sim.jlp_stress.")
        .def(py::init(&jlp_of))
        .def("simulate", &simulate_jlp);
}

}  // namespace voltcore::bindings
