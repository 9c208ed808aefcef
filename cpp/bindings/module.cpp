#include <pybind11/pybind11.h>

#include "bind.hpp"
#include "bind_sim_pools.hpp"

// A table of contents: one line per part, in the order of the floors.
PYBIND11_MODULE(_core, m) {
    using namespace voltcore::bindings;
    m.doc() = "The C++ core of voltcore. Use the modules of the package; this one is not public.";
    bind_error(m);
    bind_build_info(m);
    bind_math_integers(m);
    bind_math_decimals(m);
    bind_math_limbs(m);
    bind_math_i80f48(m);
    bind_amm_math(m);
    bind_amm_rows(m);
    bind_amm_pool(m);
    bind_markets(m);
    bind_irs_math(m);
    bind_irs_oracle(m);
    bind_irs_pool(m);
    bind_perps_kernels(m);
    bind_perps_basket_pool(m);
    bind_perps_jlp_pool(m);
    bind_perps_vol_pool(m);
    bind_perps_book(m);
    bind_venues_kernels(m);
    bind_venues_margin_venue(m);
    bind_volts_rules(m);
    bind_volts_volt(m);
    bind_sim_control(m);
    bind_sim_crab(m);
    bind_sim_price_paths(m);
    bind_sim_basis(m);
    bind_sim_irs_risk(m);
    bind_sim_pools(m);
}
