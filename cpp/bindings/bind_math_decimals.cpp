#include "bind.hpp"
#include "math_operation.hpp"
#include "voltcore/math/ray.hpp"
#include "voltcore/math/sd59x18.hpp"
#include "voltcore/math/ud60x18.hpp"

namespace voltcore::bindings {

namespace {

using math::I256;
using math::U256;

template <auto kernel, auto scalar>
void unsigned_unary(py::module_& m, const char* name) {
    define_unary<kernel, scalar, U256, U256>(m, name, "x");
}
template <auto kernel, auto scalar>
void unsigned_binary(py::module_& m, const char* name, const char* a = "x", const char* b = "y") {
    define_binary<kernel, scalar, U256, U256, U256>(m, name, a, b);
}
template <auto kernel, auto scalar>
void signed_unary(py::module_& m, const char* name) {
    define_unary<kernel, scalar, I256, I256>(m, name, "x");
}
template <auto kernel, auto scalar>
void signed_binary(py::module_& m, const char* name) {
    define_binary<kernel, scalar, I256, I256, I256>(m, name, "x", "y");
}

}  // namespace

void bind_math_decimals(py::module_& m) {
    unsigned_binary<math::try_ud60x18_mul, math::ud60x18_mul>(m, "ud60x18_mul");
    unsigned_binary<math::try_ud60x18_div, math::ud60x18_div>(m, "ud60x18_div");
    unsigned_binary<math::try_ud60x18_pow, math::ud60x18_pow>(m, "ud60x18_pow");
    unsigned_unary<math::try_ud60x18_exp, math::ud60x18_exp>(m, "ud60x18_exp");
    unsigned_unary<math::try_ud60x18_exp2, math::ud60x18_exp2>(m, "ud60x18_exp2");
    unsigned_unary<math::try_ud60x18_log2, math::ud60x18_log2>(m, "ud60x18_log2");
    unsigned_unary<math::try_ud60x18_sqrt, math::ud60x18_sqrt>(m, "ud60x18_sqrt");
    unsigned_unary<math::try_ud60x18_from_uint, math::ud60x18_from_uint>(m, "ud60x18_from_uint");
    unsigned_unary<math::try_ud60x18_to_uint, math::ud60x18_to_uint>(m, "ud60x18_to_uint");

    signed_binary<math::try_sd59x18_mul, math::sd59x18_mul>(m, "sd59x18_mul");
    signed_binary<math::try_sd59x18_div, math::sd59x18_div>(m, "sd59x18_div");
    signed_binary<math::try_sd59x18_pow, math::sd59x18_pow>(m, "sd59x18_pow");
    signed_unary<math::try_sd59x18_exp, math::sd59x18_exp>(m, "sd59x18_exp");
    signed_unary<math::try_sd59x18_exp2, math::sd59x18_exp2>(m, "sd59x18_exp2");
    signed_unary<math::try_sd59x18_log2, math::sd59x18_log2>(m, "sd59x18_log2");
    signed_unary<math::try_sd59x18_sqrt, math::sd59x18_sqrt>(m, "sd59x18_sqrt");
    signed_unary<math::try_sd59x18_from_int, math::sd59x18_from_int>(m, "sd59x18_from_int");
    signed_unary<math::try_sd59x18_to_int, math::sd59x18_to_int>(m, "sd59x18_to_int");

    unsigned_binary<math::try_ray_mul, math::ray_mul>(m, "ray_mul", "a", "b");
    unsigned_binary<math::try_ray_div, math::ray_div>(m, "ray_div", "a", "b");
    unsigned_binary<math::try_wad_mul, math::wad_mul>(m, "wad_mul", "a", "b");
    unsigned_binary<math::try_wad_div, math::wad_div>(m, "wad_div", "a", "b");
    unsigned_unary<math::try_ray_to_wad, math::ray_to_wad>(m, "ray_to_wad");
    unsigned_unary<math::try_wad_to_ray, math::wad_to_ray>(m, "wad_to_ray");
}

}  // namespace voltcore::bindings
