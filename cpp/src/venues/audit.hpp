#pragma once

#include <string>
#include <string_view>

#include "voltcore/math/error.hpp"

namespace voltcore::venues {

/// @throws Error (invariant) unless it holds.
inline void hold(bool holds, const std::string& field, std::string_view bound) {
    if (holds) return;
    refuse({.code = ErrorCode::invariant,
            .field = field,
            .value = {},
            .bound = std::string{bound},
            .op = "audit",
            .onchain = {}});
}

}  // namespace voltcore::venues
