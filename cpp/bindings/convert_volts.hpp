#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "voltcore/volts/config.hpp"

// Enumerators of a volt by their names; found by `read_attributes` through the types' namespace.

namespace voltcore::volts {

void read_attributes(pybind11::handle object, const std::string& path, VoltKind& value);
void read_attributes(pybind11::handle object, const std::string& path, HedgeMode& value);
void read_attributes(pybind11::handle object, const std::string& path, SizePrice& value);

}  // namespace voltcore::volts
