#include "bind.hpp"
#include "math_operation.hpp"
#include "voltcore/math/mul_div.hpp"

namespace voltcore::bindings {

namespace {

using math::I256;
using math::Revert;
using math::U256;

constexpr Revert try_div_up_unsafe(const U256& x, const U256& y, U256& out) noexcept {
    out = math::div_up_unsafe(x, y);
    return Revert::none;
}

// There is one of the same name for 64-bit operands.
constexpr U256 (*mul_div_ceil)(const U256&, const U256&, const U256&) = math::mul_div_ceil;

}  // namespace

void bind_math_integers(py::module_& m) {
    define_ternary<math::try_mul_div, math::mul_div, U256, U256, U256, U256>(m, "mul_div", "a", "b",
                                                                             "denominator");
    define_ternary<math::try_mul_div_ceil, mul_div_ceil, U256, U256, U256, U256>(
        m, "mul_div_ceil", "a", "b", "denominator");
    define_ternary<math::try_mul_div_signed, math::mul_div_signed, I256, U256, U256, I256>(
        m, "mul_div_signed", "a", "b", "denominator");
    define_binary<try_div_up_unsafe, math::div_up_unsafe, U256, U256, U256>(m, "div_up_unsafe", "x",
                                                                            "y");
}

}  // namespace voltcore::bindings
