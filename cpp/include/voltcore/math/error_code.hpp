#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace voltcore {

/// The published error codes: one row per kind of refusal, `VOLTCORE_ERROR_CODE(name, number,
/// class, meaning)`.
///
/// `class` is the class in `voltcore.errors` that the binding raises; `number` is what users see as
/// "E113". A number never changes its meaning once released. `docs/errors.md` is generated from
/// this table.
enum class ErrorCode : std::uint16_t {
#define VOLTCORE_ERROR_CODE(name, number, python_class, meaning) name = number,
#include "voltcore/math/error_codes.def"
#undef VOLTCORE_ERROR_CODE
};

struct ErrorCodeRow {
    ErrorCode code;
    std::string_view name;
    std::string_view python_class;
    std::string_view meaning;
};

inline constexpr ErrorCodeRow error_code_table[] = {
#define VOLTCORE_ERROR_CODE(name, number, python_class, meaning) \
    {ErrorCode::name, #name, python_class, meaning},
#include "voltcore/math/error_codes.def"
#undef VOLTCORE_ERROR_CODE
};

/// "E113".
[[nodiscard]] std::string code_text(ErrorCode code);

}  // namespace voltcore
