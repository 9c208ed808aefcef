#pragma once

#include <string>
#include <string_view>

#include "voltcore/perps/refusal.hpp"

namespace voltcore::perps {

/// Refuses a configuration of a pool unless its `field` is as it must be.
inline void require_config(bool holds, const std::string& field, std::string_view bound) {
    if (!holds) refuse_perp("InvalidArgument", "init", field, {}, bound);
}

}  // namespace voltcore::perps
