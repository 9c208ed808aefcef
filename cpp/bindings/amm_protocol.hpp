#pragma once

#include "voltcore/amm/tick_range.hpp"

namespace voltcore::bindings {

/// The ticks and prices of the protocol that Python names.
[[nodiscard]] inline const amm::TickRange& range_of(bool voltz) {
    return voltz ? amm::rates_range : amm::general_range;
}

}  // namespace voltcore::bindings
