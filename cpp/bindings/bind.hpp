#pragma once

#include <pybind11/pybind11.h>

namespace voltcore::bindings {

namespace py = pybind11;

// math
void bind_error(py::module_& m);
void bind_build_info(py::module_& m);
void bind_math_integers(py::module_& m);
void bind_math_decimals(py::module_& m);
void bind_math_limbs(py::module_& m);
void bind_math_i80f48(py::module_& m);

// amm
void bind_amm_math(py::module_& m);
void bind_amm_rows(py::module_& m);
void bind_amm_pool(py::module_& m);

// markets
void bind_markets(py::module_& m);

// irs
void bind_irs_math(py::module_& m);
void bind_irs_oracle(py::module_& m);
void bind_irs_pool(py::module_& m);

// perps
void bind_perps_kernels(py::module_& m);
void bind_perps_basket_pool(py::module_& m);
void bind_perps_jlp_pool(py::module_& m);
void bind_perps_vol_pool(py::module_& m);
void bind_perps_book(py::module_& m);

// venues
void bind_venues_kernels(py::module_& m);
void bind_venues_margin_venue(py::module_& m);

// volts
void bind_volts_rules(py::module_& m);
void bind_volts_volt(py::module_& m);

// sim
void bind_sim_control(py::module_& m);
void bind_sim_crab(py::module_& m);
void bind_sim_price_paths(py::module_& m);
void bind_sim_basis(py::module_& m);
void bind_sim_irs_risk(py::module_& m);

}  // namespace voltcore::bindings
