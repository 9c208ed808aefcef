#pragma once

#include <pybind11/pybind11.h>

#include "engine_handle.hpp"
#include "engine_state.hpp"
#include "margin_venue_handle.hpp"
#include "voltcore/volts/volt.hpp"

// What the bindings of the volt share.

namespace voltcore::bindings {

using VoltHandle = EngineHandle<volts::Volt>;

/// The volt refuses its own id, and 0, in its own words.
inline volts::CallerId volt_caller(py::handle caller) {
    return exact<volts::CallerId>(caller, "caller");
}

/// A readable result: receipts become dicts, amounts ints.
template <class T>
py::object shown(const T& value) {
    return state_of(value);
}

void bind_volt_keeper(py::class_<VoltHandle>& cls);

}  // namespace voltcore::bindings
