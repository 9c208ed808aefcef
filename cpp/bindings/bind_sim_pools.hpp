#pragma once

#include <pybind11/pybind11.h>

namespace voltcore::bindings {

/// The stress runs of the perps pools.
void bind_sim_pools(pybind11::module_& m);

}  // namespace voltcore::bindings
