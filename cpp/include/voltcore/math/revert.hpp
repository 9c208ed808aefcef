#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "voltcore/math/error.hpp"
#include "voltcore/math/error_code.hpp"

namespace voltcore::math {

/// The outcome of a kernel: `none`, or which failure of the contract it stands for.
///
/// Kernels are noexcept and return this; the throwing forms pass it to `check`. A batch stores the
/// number of the row's error code (`revert_code`), so what a user sees does not depend on this
/// enum's order.
enum class [[nodiscard]] Revert : std::uint16_t {
    none = 0,
#define VOLTCORE_REVERT(name, code, kind, text) name,
#include "voltcore/math/reverts.def"
#undef VOLTCORE_REVERT
};

struct RevertRow {
    std::string_view name;
    ErrorCode code;
    OnchainKind kind;
    std::string_view text;
};

inline constexpr RevertRow revert_table[] = {
    {"none", ErrorCode{}, OnchainKind::unstated, ""},
#define VOLTCORE_REVERT(name, code, kind, text) {#name, ErrorCode::code, OnchainKind::kind, text},
#include "voltcore/math/reverts.def"
#undef VOLTCORE_REVERT
};

[[nodiscard]] constexpr const RevertRow& revert_row(Revert revert) noexcept {
    return revert_table[static_cast<std::size_t>(revert)];
}

/// The number that batches write in their status column: 0, or the error code of the row.
[[nodiscard]] constexpr std::uint16_t revert_code(Revert revert) noexcept {
    return static_cast<std::uint16_t>(revert_row(revert).code);
}

/// Throws the Error that `revert` stands for; `args` are the arguments of a named error.
[[noreturn]] void throw_revert(Revert revert, std::string_view op,
                               std::vector<std::string> args = {});

/// Throws unless `revert` is none.
constexpr void check(Revert revert, std::string_view op) {
    if (revert != Revert::none) [[unlikely]]
        throw_revert(revert, op);
}

}  // namespace voltcore::math
