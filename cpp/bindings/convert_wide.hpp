#pragma once

#include "convert.hpp"
#include "voltcore/math/i256.hpp"
#include "voltcore/math/u256.hpp"

namespace voltcore::bindings {

template <>
[[nodiscard]] inline math::U256 exact<math::U256>(py::handle value, const char* field) {
    const py::int_ number = exact_int(value, field);
    std::uint64_t limbs[4] = {0, 0, 0, 0};
    if (!limbs_of(number, false, 256, limbs)) {
        refuse_range(number, field, "is not in [0, 2^256 - 1]");
    }
    return math::U256::from_limbs(limbs[0], limbs[1], limbs[2], limbs[3]);
}

template <>
[[nodiscard]] inline math::I256 exact<math::I256>(py::handle value, const char* field) {
    const py::int_ number = exact_int(value, field);
    std::uint64_t limbs[4] = {0, 0, 0, 0};
    if (!limbs_of(number, true, 256, limbs)) {
        refuse_range(number, field, "is not in [-2^255, 2^255 - 1]");
    }
    return math::I256::from_bits(math::U256::from_limbs(limbs[0], limbs[1], limbs[2], limbs[3]));
}

[[nodiscard]] inline py::int_ to_python(const math::U256& value) {
    return int_from_limbs(value.limbs().data(), 4, false);
}
[[nodiscard]] inline py::int_ to_python(const math::I256& value) {
    return int_from_limbs(value.to_bits().limbs().data(), 4, true);
}

}  // namespace voltcore::bindings
