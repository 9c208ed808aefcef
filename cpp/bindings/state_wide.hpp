#pragma once

#include "convert_wide.hpp"
#include "engine_state.hpp"
#include "voltcore/math/wrapping_u256.hpp"

namespace voltcore::bindings {

template <>
struct StateOf<math::U256> {
    static py::object show(const math::U256& value) { return to_python(value); }
};
template <>
struct StateOf<math::I256> {
    static py::object show(const math::I256& value) { return to_python(value); }
};
template <>
struct StateOf<math::WrappingU256> {
    static py::object show(const math::WrappingU256& value) { return to_python(value.value()); }
};

}  // namespace voltcore::bindings
