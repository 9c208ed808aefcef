#include <string>

#include "bind.hpp"
#include "math_operation.hpp"
#include "voltcore/math/i80f48.hpp"

namespace voltcore::bindings {

namespace {

using math::I80F48;
using math::Revert;

constexpr Revert add(I80F48 a, I80F48 b, I80F48& out) noexcept { return try_add(a, b, out); }
constexpr Revert sub(I80F48 a, I80F48 b, I80F48& out) noexcept { return try_subtract(a, b, out); }
constexpr Revert mul(I80F48 a, I80F48 b, I80F48& out) noexcept { return try_multiply(a, b, out); }
constexpr Revert div(I80F48 a, I80F48 b, I80F48& out) noexcept { return try_divide(a, b, out); }
constexpr I80F48 sum(I80F48 a, I80F48 b) { return a + b; }
constexpr I80F48 difference(I80F48 a, I80F48 b) { return a - b; }
constexpr I80F48 product(I80F48 a, I80F48 b) { return a * b; }
constexpr I80F48 quotient(I80F48 a, I80F48 b) { return a / b; }

I80F48 from_python(py::handle bits) { return exact<I80F48>(bits, "bits"); }

template <auto kernel, auto scalar>
void binary(py::module_& m, const char* name) {
    define_binary<kernel, scalar, I80F48, I80F48, I80F48>(m, name, "a_bits", "b_bits");
}

}  // namespace

void bind_math_i80f48(py::module_& m) {
    binary<add, sum>(m, "i80f48_add");
    binary<sub, difference>(m, "i80f48_sub");
    binary<mul, product>(m, "i80f48_mul");
    binary<div, quotient>(m, "i80f48_div");
    m.def("math_i80f48_from_int", [](py::handle value) {
        return to_python(I80F48::from_int(exact<math::i128>(value, "value")));
    });
    m.def("math_i80f48_from_decimal",
          [](const std::string& text) { return to_python(I80F48::from_decimal(text)); });
    m.def("math_i80f48_from_float",
          [](double value) { return to_python(I80F48::from_double(value)); });
    m.def("math_i80f48_to_decimal", [](py::handle bits) { return from_python(bits).to_decimal(); });
    m.def("math_i80f48_to_float", [](py::handle bits) { return from_python(bits).to_double(); });
    m.def("math_i80f48_floor",
          [](py::handle bits) { return to_python(from_python(bits).floor()); });
    m.def("math_i80f48_ceil", [](py::handle bits) { return to_python(from_python(bits).ceil()); });
    m.def("math_i80f48_trunc",
          [](py::handle bits) { return to_python(from_python(bits).trunc()); });
}

}  // namespace voltcore::bindings
