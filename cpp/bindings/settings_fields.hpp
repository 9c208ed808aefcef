#pragma once

#include <pybind11/pybind11.h>

#include "convert.hpp"
#include "voltcore/math/i80f48.hpp"

// A model's settings, read from the attributes of a Python object.

namespace voltcore::bindings {

template <class T>
[[nodiscard]] T integer(py::handle from, const char* field) {
    return exact<T>(from.attr(field), field);
}
[[nodiscard]] inline math::I80F48 fixed_field(py::handle from, const char* field) {
    return math::I80F48::from_bits(integer<math::i128>(from, field));
}
[[nodiscard]] inline double real(py::handle from, const char* field) {
    return from.attr(field).cast<double>();
}
[[nodiscard]] inline bool flag(py::handle from, const char* field) {
    return from.attr(field).cast<bool>();
}

}  // namespace voltcore::bindings
