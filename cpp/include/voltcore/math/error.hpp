#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "voltcore/math/error_code.hpp"

namespace voltcore {

/// How a contract refused: with a short text, a named error, a language panic or no data at all.
/// `unstated` where the protocol has no such distinction.
enum class OnchainKind : std::uint8_t { unstated, require, custom, panic, empty };

/// What every refusal says. Empty text means "does not apply".
struct Refusal {
    ErrorCode code{};
    std::string field;    ///< "pool.tick_spacing"
    std::string value;    ///< what was given, as decimal text where it is an integer
    std::string bound;    ///< what would have been accepted: "is not in [1, 16383]"
    std::string op;       ///< the public operation, "take_performance_fees"
    std::string onchain;  ///< the protocol's own name for it, "InvalidTakePerformanceFeesState"
    std::optional<std::int64_t> index{};      ///< batch row
    std::string required{};                   ///< economic refusals: how much was needed
    std::string available{};                  ///< economic refusals: how much there is
    OnchainKind onchain_kind{};               ///< one text may be used by two kinds
    std::vector<std::string> onchain_args{};  ///< arguments of a named error, decimal text
};

/// A rule was broken; nothing has changed. Seen from Python as a class of `voltcore.errors`.
class Error : public std::exception {
public:
    explicit Error(Refusal refusal);

    [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }
    [[nodiscard]] ErrorCode code() const noexcept { return refusal_.code; }
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    Refusal refusal_;
    std::string text_;
};

// Out of line and cold: the check stays small where it is inlined.

[[noreturn]] void refuse(Refusal refusal);

/// A checked operation left its width: `operation` names it, `width` the type ("u64", "I80F48").
[[noreturn]] void refuse_overflow(std::string_view operation, std::string_view width);

[[noreturn]] void refuse_divide_by_zero(std::string_view operation, std::string_view width);

/// A protocol's own refusal: `onchain` is the name that the contract or program gives it.
[[noreturn]] void refuse_onchain(ErrorCode code, std::string_view op, std::string_view onchain,
                                 std::string_view field = {}, std::string_view value = {},
                                 std::string_view bound = {});

}  // namespace voltcore
