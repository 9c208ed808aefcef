#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>

#include "convert.hpp"
#include "voltcore/math/i80f48.hpp"

// Exact integers by the short names of their types, for bindings that read many of them.

namespace voltcore::bindings {

[[nodiscard]] inline std::uint64_t u64(py::handle value, const char* field) {
    return exact<std::uint64_t>(value, field);
}
[[nodiscard]] inline std::int64_t i64(py::handle value, const char* field) {
    return exact<std::int64_t>(value, field);
}
[[nodiscard]] inline std::int32_t i32(py::handle value, const char* field) {
    return exact<std::int32_t>(value, field);
}
[[nodiscard]] inline math::u128 wide(py::handle value, const char* field) {
    return exact<math::u128>(value, field);
}

/// An I80F48 crosses the border as its raw bits.
[[nodiscard]] inline math::I80F48 fixed(py::handle bits, const char* field) {
    return math::I80F48::from_bits(exact<math::i128>(bits, field));
}

}  // namespace voltcore::bindings
