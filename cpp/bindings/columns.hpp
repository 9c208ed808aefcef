#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <span>
#include <vector>

#include "voltcore/sim/time_bins.hpp"

// Columns, counts and traces of a shard as arrays of their own.

namespace voltcore::bindings {

namespace py = pybind11;

using Doubles = py::array_t<double, py::array::c_style>;

[[nodiscard]] inline std::span<const double> view(const Doubles& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}
template <class T>
[[nodiscard]] py::array_t<T> array_of(const std::vector<T>& values) {
    return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}
/// Row by row.
template <class T>
[[nodiscard]] py::array_t<T> matrix_of(const std::vector<T>& values, std::size_t columns) {
    const std::size_t rows = columns == 0 ? 0 : values.size() / columns;
    return py::array_t<T>({rows, columns}, values.data());
}
[[nodiscard]] inline py::array_t<std::uint64_t> counts_of(const sim::TimeBins& bins) {
    return matrix_of(bins.counts, bins.edges.size() + 1);
}

}  // namespace voltcore::bindings
