#include "voltcore/math/error.hpp"

namespace voltcore {

namespace {

std::string text_of(const Refusal& refusal) {
    std::string text = code_text(refusal.code);
    for (const std::string* part : {&refusal.op, &refusal.field}) {
        if (!part->empty()) text.append(" ").append(*part);
    }
    text += ":";
    if (!refusal.onchain.empty()) text.append(" ").append(refusal.onchain);
    if (!refusal.value.empty()) text.append(" ").append(refusal.value);
    if (!refusal.bound.empty()) text.append(" ").append(refusal.bound);
    return text;
}

}  // namespace

std::string code_text(ErrorCode code) {
    return std::string{"E"}.append(std::to_string(static_cast<unsigned>(code)));
}

Error::Error(Refusal refusal) : refusal_{std::move(refusal)}, text_{text_of(refusal_)} {}

void refuse(Refusal refusal) { throw Error{std::move(refusal)}; }

void refuse_overflow(std::string_view operation, std::string_view width) {
    refuse({.code = ErrorCode::overflow,
            .field = {},
            .value = {},
            .bound = "does not fit " + std::string{width},
            .op = std::string{operation},
            .onchain = {}});
}

void refuse_divide_by_zero(std::string_view operation, std::string_view width) {
    refuse({.code = ErrorCode::divide_by_zero,
            .field = {},
            .value = {},
            .bound = "division of " + std::string{width} + " by zero",
            .op = std::string{operation},
            .onchain = {}});
}

void refuse_onchain(ErrorCode code, std::string_view op, std::string_view onchain,
                    std::string_view field, std::string_view value, std::string_view bound) {
    refuse({.code = code,
            .field = std::string{field},
            .value = std::string{value},
            .bound = std::string{bound},
            .op = std::string{op},
            .onchain = std::string{onchain}});
}

}  // namespace voltcore
