#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bind.hpp"
#include "convert.hpp"
#include "voltcore/markets/correlated_assets.hpp"
#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/epoch_bridge.hpp"
#include "voltcore/markets/kernels.hpp"
#include "voltcore/markets/path_models.hpp"
#include "voltcore/markets/philox.hpp"
#include "voltcore/markets/rejection.hpp"
#include "voltcore/markets/short_rate.hpp"
#include "voltcore/math/parallel.hpp"

namespace voltcore::bindings {

namespace {

using namespace markets;

template <class T>
using Array = py::array_t<T, py::array::c_style>;

template <class T>
std::span<const T> view(const Array<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class T>
std::byte* bytes_of(Array<T>& array) {
    return reinterpret_cast<std::byte*>(array.mutable_data());
}

constexpr std::pair<const char*, SimdLevel> level_names[] = {
    {"base", SimdLevel::base}, {"avx2", SimdLevel::avx2}, {"avx512", SimdLevel::avx512}};

/// The kernels of a named level; empty text stands for the fastest.
const Kernels& kernels_named(const std::string& name) {
    if (name.empty()) return best_kernels();
    for (const auto& [known, level] : level_names) {
        if (name == known) {
            if (const Kernels* kernels = kernels_of(level)) return *kernels;
        }
    }
    refuse({.code = ErrorCode::unknown_name,
            .field = "level",
            .value = name,
            .bound = "is not an instruction set of this machine",
            .op = {},
            .onchain = {}});
}

/// Rows of `out` are the paths first_path, first_path + 1, ...
template <class Model, class T>
void fill_rows(const Model& model, py::handle seed, py::handle first_path, Array<T>& out,
               py::handle threads, const std::string& level) {
    const auto seed_value = exact<std::uint64_t>(seed, "seed");
    const auto first = exact<std::uint64_t>(first_path, "first_path");
    const auto workers = exact<std::uint32_t>(threads, "threads");
    const Kernels& kernels = kernels_named(level);
    const auto rows = static_cast<std::size_t>(out.shape(0));
    const auto columns = rows == 0 ? 0 : static_cast<std::size_t>(out.size()) / rows;
    T* const data = out.mutable_data();
    const py::gil_scoped_release nogil;
    math::parallel_for(rows, workers, 16, [&](std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end; ++row) {
            model.fill(kernels, seed_value, first + row,
                       std::span<T>{data + row * columns, columns});
        }
    });
}

template <class Model, class... Options>
void def_fill(py::class_<Model, Options...>& type) {
    type.def(
        "fill",
        [](const Model& model, py::handle seed, py::handle first_path, Array<double>& out,
           py::handle threads,
           const std::string& level) { fill_rows(model, seed, first_path, out, threads, level); },
        py::arg("seed"), py::arg("first_path"), py::arg("out").noconvert(), py::arg("threads"),
        py::arg("level") = "");
}

/// Rows of eight numbers: the parameters of an asset.
std::vector<AssetDynamics> assets_of(const Array<double>& rows) {
    std::vector<AssetDynamics> assets;
    const double* at = rows.data();
    for (py::ssize_t i = 0; i < rows.shape(0); ++i, at += 8) {
        assets.push_back({at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]});
    }
    return assets;
}

/// A row of exact prices: the start, then every step of every epoch the row has room for.
struct BridgedUnits {
    const EpochBridge& bridge;

    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<std::int64_t> prices) const noexcept {
        const std::size_t steps = bridge.steps_per_epoch();
        prices[0] = bridge.close(0);
        for (std::size_t epoch = 0; epoch * steps + 1 < prices.size(); ++epoch) {
            bridge.fill_epoch(kernels, seed, path, epoch, prices.subspan(epoch * steps + 1, steps));
        }
    }
};

using RowKernel = void (*Kernels::*)(const std::byte*, std::byte*, std::size_t) noexcept;

Array<double> map_rows(RowKernel kernel, const Array<double>& values, const std::string& level) {
    const Kernels& kernels = kernels_named(level);
    Array<double> out(values.size());
    const auto in = std::as_bytes(view(values));
    std::byte* const to = bytes_of(out);
    const py::gil_scoped_release nogil;
    (kernels.*kernel)(in.data(), to, in.size() / sizeof(double));
    return out;
}

template <class Draw>
Array<double> rejected_rows(std::size_t count, Draw draw) {
    Array<double> out(static_cast<py::ssize_t>(count));
    double* const to = out.mutable_data();
    const py::gil_scoped_release nogil;
    for (std::size_t i = 0; i < count; ++i) to[i] = draw(static_cast<std::uint32_t>(i));
    return out;
}

}  // namespace

void bind_markets(py::module_& m) {
    m.def(
        "markets_levels",
        [] {
            py::list names;
            for (const auto& [name, level] : level_names) {
                if (kernels_of(level) != nullptr) names.append(name);
            }
            return names;
        },
        "Instruction sets this machine can run the kernels with; all give the same bits.");
    m.def(
        "markets_philox",
        [](const Array<std::uint32_t>& counters, py::handle key_0, py::handle key_1) {
            const auto k0 = exact<std::uint32_t>(key_0, "key[0]");
            const auto k1 = exact<std::uint32_t>(key_1, "key[1]");
            Array<std::uint32_t> out({counters.shape(0), py::ssize_t{4}});
            const std::uint32_t* in = counters.data();
            std::uint32_t* to = out.mutable_data();
            const py::gil_scoped_release nogil;
            for (py::ssize_t row = 0; row < out.shape(0); ++row, in += 4, to += 4) {
                const Words words = philox4x32({in[0], in[1], in[2], in[3]}, k0, k1);
                for (std::size_t i = 0; i < 4; ++i) to[i] = words[i];
            }
            return out;
        },
        py::arg("counters").noconvert(), py::arg("key_0"), py::arg("key_1"),
        "Philox4x32-10 of each counter.");
    m.def(
        "markets_gamma",
        [](double shape, py::handle seed, py::handle path, std::size_t count) {
            const Stream stream =
                Stream::of(exact<std::uint64_t>(seed, "seed"), Purpose::short_rate,
                           exact<std::uint64_t>(path, "path"));
            return rejected_rows(count,
                                 [&](std::uint32_t i) { return gamma_at(shape, {stream, i}); });
        },
        py::arg("shape"), py::arg("seed"), py::arg("path"), py::arg("count"),
        "Gamma variates of the short rate's blocks 0, 1, ...");
    m.def(
        "markets_poisson",
        [](double mean, py::handle seed, py::handle path, std::size_t count) {
            const Stream stream =
                Stream::of(exact<std::uint64_t>(seed, "seed"), Purpose::rate_mixture,
                           exact<std::uint64_t>(path, "path"));
            return rejected_rows(count,
                                 [&](std::uint32_t i) { return poisson_at(mean, {stream, i}); });
        },
        py::arg("mean"), py::arg("seed"), py::arg("path"), py::arg("count"),
        "Poisson variates of the short rate's blocks 0, 1, ...");
    m.def("markets_log_factorial", &log_factorial, py::arg("n"));
    m.def(
        "markets_normals",
        [](py::handle seed, py::handle path, py::handle purpose, py::handle part,
           py::handle first_block, std::size_t count, const std::string& level) {
            const Stream stream =
                Stream::of(exact<std::uint64_t>(seed, "seed"),
                           static_cast<Purpose>(exact<std::uint8_t>(purpose, "purpose")),
                           exact<std::uint64_t>(path, "path"), exact<std::uint32_t>(part, "part"));
            const auto block = exact<std::uint32_t>(first_block, "first_block");
            const Kernels& kernels = kernels_named(level);
            Array<double> out(static_cast<py::ssize_t>(count));
            std::byte* const to = bytes_of(out);
            const py::gil_scoped_release nogil;
            kernels.normals(stream, block, to, count);
            return out;
        },
        py::arg("seed"), py::arg("path"), py::arg("purpose"), py::arg("part"),
        py::arg("first_block"), py::arg("count"), py::arg("level") = "");
    m.def(
        "markets_exp",
        [](const Array<double>& values, const std::string& level) {
            return map_rows(&Kernels::exp, values, level);
        },
        py::arg("values").noconvert(), py::arg("level") = "");
    m.def(
        "markets_log",
        [](const Array<double>& values, const std::string& level) {
            return map_rows(&Kernels::log, values, level);
        },
        py::arg("values").noconvert(), py::arg("level") = "");
    m.def(
        "markets_inverse_normal",
        [](const Array<double>& values) {
            Array<double> out(values.size());
            const auto in = view(values);
            double* const to = out.mutable_data();
            const py::gil_scoped_release nogil;
            for (std::size_t i = 0; i < in.size(); ++i) to[i] = inverse_normal(in[i]);
            return out;
        },
        py::arg("values").noconvert());

    py::class_<GeometricBrownianMotion> gbm(m, "MarketsGeometricBrownianMotion");
    gbm.def(py::init([](double start, double drift, double volatility) {
                return GeometricBrownianMotion{start, drift, volatility};
            }),
            py::arg("start"), py::arg("drift"), py::arg("volatility"));
    def_fill(gbm);

    py::class_<MertonJumps> merton(m, "MarketsMertonJumps");
    merton.def(py::init([](double start, double drift, double volatility, double jumps,
                           double jump_mean, double jump_volatility) {
                   return MertonJumps{GeometricBrownianMotion{start, drift, volatility}, jumps,
                                      jump_mean, jump_volatility};
               }),
               py::arg("start"), py::arg("drift"), py::arg("volatility"), py::arg("jumps"),
               py::arg("jump_mean"), py::arg("jump_volatility"));
    def_fill(merton);

    py::class_<BlockBootstrap> bootstrap(m, "MarketsBlockBootstrap");
    bootstrap.def(py::init([](double start, const Array<double>& returns, py::handle block_length,
                              bool stationary) {
                      return BlockBootstrap{
                          start, view(returns), exact<std::uint32_t>(block_length, "block_length"),
                          stationary ? BlockKind::stationary : BlockKind::circular};
                  }),
                  py::arg("start"), py::arg("returns").noconvert(), py::arg("block_length"),
                  py::arg("stationary"));
    def_fill(bootstrap);

    py::class_<CoxIngersollRoss> short_rate(m, "MarketsCoxIngersollRoss");
    short_rate.def(py::init([](double start, double speed, double level, double volatility,
                               double step_years, py::handle series) {
                       return CoxIngersollRoss{start,      speed,
                                               level,      volatility,
                                               step_years, exact<std::uint32_t>(series, "series")};
                   }),
                   py::arg("start"), py::arg("speed"), py::arg("level"), py::arg("volatility"),
                   py::arg("step_years"), py::arg("series"));
    short_rate.def_property_readonly("degrees", &CoxIngersollRoss::degrees);
    def_fill(short_rate);

    py::class_<CorrelatedAssets> correlated(m, "MarketsCorrelatedAssets");
    correlated.def(py::init([](const Array<double>& assets, const Array<double>& correlation,
                               double common_jumps) {
                       return CorrelatedAssets{assets_of(assets), view(correlation), common_jumps};
                   }),
                   py::arg("assets").noconvert(), py::arg("correlation").noconvert(),
                   py::arg("common_jumps"));
    correlated.def("factor", [](const CorrelatedAssets& self) {
        const auto n = static_cast<py::ssize_t>(self.assets());
        Array<double> out({n, n});
        for (py::ssize_t i = 0; i < n * n; ++i) {
            out.mutable_data()[i] =
                self.factor(static_cast<std::size_t>(i / n), static_cast<std::size_t>(i % n));
        }
        return out;
    });
    def_fill(correlated);

    py::class_<EpochBridge> bridge(m, "MarketsEpochBridge");
    bridge.def(py::init([](const Array<std::int64_t>& closes, const Array<double>& variance,
                           py::handle steps, py::handle scale) {
                   return EpochBridge{view(closes), view(variance),
                                      exact<std::uint32_t>(steps, "steps_per_epoch"),
                                      exact<std::int64_t>(scale, "scale")};
               }),
               py::arg("closes").noconvert(), py::arg("realised_variance").noconvert(),
               py::arg("steps_per_epoch"), py::arg("scale"));
    bridge.def("step_volatility", [](const EpochBridge& self) {
        Array<double> out(static_cast<py::ssize_t>(self.epochs()));
        for (std::size_t e = 0; e < self.epochs(); ++e) {
            out.mutable_at(static_cast<py::ssize_t>(e)) = self.step_volatility(e);
        }
        return out;
    });
    bridge.def("is_clamped", [](const EpochBridge& self) {
        Array<bool> out(static_cast<py::ssize_t>(self.epochs()));
        for (std::size_t e = 0; e < self.epochs(); ++e) {
            out.mutable_at(static_cast<py::ssize_t>(e)) = self.is_clamped(e);
        }
        return out;
    });
    bridge.def(
        "fill",
        [](const EpochBridge& self, py::handle seed, py::handle first_path, Array<double>& out,
           py::handle threads, const std::string& level) {
            fill_rows(BridgedPath{self}, seed, first_path, out, threads, level);
        },
        py::arg("seed"), py::arg("first_path"), py::arg("out").noconvert(), py::arg("threads"),
        py::arg("level") = "");
    bridge.def(
        "fill_units",
        [](const EpochBridge& self, py::handle seed, py::handle first_path,
           Array<std::int64_t>& out, py::handle threads, const std::string& level) {
            fill_rows(BridgedUnits{self}, seed, first_path, out, threads, level);
        },
        py::arg("seed"), py::arg("first_path"), py::arg("out").noconvert(), py::arg("threads"),
        py::arg("level") = "");
}

}  // namespace voltcore::bindings
