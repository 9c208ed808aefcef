#pragma once

#include <string_view>

#include "voltcore/math/error.hpp"

namespace voltcore::perps {

/// Throws the refusal that the protocols call `name`: its class and code come from one table, the
/// name itself is what users see as `.onchain`.
[[noreturn]] void refuse_perp(std::string_view name, std::string_view op = {},
                              std::string_view field = {}, std::string_view value = {},
                              std::string_view bound = {});

/// A result left its type, or a division by zero: spec section 1, rules 1 and 3.
[[noreturn]] void math_overflow(std::string_view op);

}  // namespace voltcore::perps
