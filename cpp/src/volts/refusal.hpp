#pragma once

#include <string>
#include <string_view>

#include "voltcore/math/error.hpp"
#include "voltcore/volts/operations.hpp"

// How the volt refuses, by the names of the original. Out of line and cold.

namespace voltcore::volts {

[[noreturn]] void refuse_caller(const OperationRow& row, std::uint64_t caller);
[[noreturn]] void refuse_stage(const OperationRow& row, Stage stage);
[[noreturn]] void refuse_clock(const OperationRow& row, std::uint64_t now, std::uint64_t last);

/// An amount that is more than there is: both sides are shown.
[[noreturn]] void refuse_amount(ErrorCode code, std::string_view op, std::string_view onchain,
                                std::string_view field, std::uint64_t required,
                                std::uint64_t available);

[[noreturn]] void refuse_rule(ErrorCode code, std::string_view op, std::string_view onchain,
                              std::string_view field, std::string_view bound);

/// AccountEquityLessThanZero.
[[noreturn]] void refuse_equity(std::string_view op);

}  // namespace voltcore::volts
