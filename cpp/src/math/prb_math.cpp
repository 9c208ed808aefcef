#include <string>
#include <utility>
#include <vector>

#include "voltcore/math/sd59x18.hpp"
#include "voltcore/math/ud60x18.hpp"
#include "voltcore/math/wide_text.hpp"

namespace voltcore::math::prb {

namespace {

/// What the errors of the multiplications and divisions carry, from the magnitudes of x and y.
std::vector<std::string> arguments_of(Revert revert, const U256& x, const U256& y) {
    switch (revert) {
        case Revert::prb_mul_div_fixed_point_overflow:
            return {to_decimal(multiply_full(x, y).high())};
        case Revert::prb_mul_div_overflow:
            return {to_decimal(multiply_full(x, wad).high()), to_decimal(y)};
        case Revert::sd59x18_mul_overflow: {
            U256 size;
            (void)mul_div_fixed_point(x, y, size);
            return {to_decimal(size)};
        }
        case Revert::sd59x18_div_overflow: {
            U256 size;
            (void)mul_div(x, wad, y, size);
            return {to_decimal(size)};
        }
        case Revert::panic_divide_by_zero:
        case Revert::sd59x18_mul_input_too_small:
        case Revert::sd59x18_div_input_too_small:
            return {};
        default:
            return {to_decimal(x)};
    }
}

/// Whether the argument is the operand itself, which keeps its sign.
bool takes_the_operand(Revert revert) {
    switch (revert) {
        case Revert::sd59x18_from_int_underflow:
        case Revert::sd59x18_from_int_overflow:
        case Revert::sd59x18_log_input_too_small:
        case Revert::sd59x18_sqrt_negative_input:
        case Revert::sd59x18_sqrt_overflow:
            return true;
        default:
            return false;
    }
}

}  // namespace

void throw_revert_of(Revert revert, std::string_view op, const U256& x, const U256& y) {
    throw_revert(revert, op, arguments_of(revert, x, y));
}

void throw_revert_of(Revert revert, std::string_view op, const I256& x, const I256& y) {
    std::vector<std::string> args = takes_the_operand(revert)
                                        ? std::vector<std::string>{to_decimal(x)}
                                        : arguments_of(revert, x.magnitude(), y.magnitude());
    throw_revert(revert, op, std::move(args));
}

}  // namespace voltcore::math::prb
