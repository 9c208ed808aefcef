#pragma once

#include <string>

#include "voltcore/math/i256.hpp"
#include "voltcore/math/u256.hpp"

namespace voltcore::math {

/// Decimal text, as refusals carry values.
[[nodiscard]] std::string to_decimal(const U256& value);
[[nodiscard]] std::string to_decimal(const I256& value);

}  // namespace voltcore::math
