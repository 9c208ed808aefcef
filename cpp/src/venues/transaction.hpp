#pragma once

#include <type_traits>

#include "voltcore/math/error.hpp"

namespace voltcore::venues {

/// Runs one public operation. A refusal of the arithmetic underneath gets the operation's name and
/// the venue's own word for it.
template <class Operation>
auto transact(const char* op, Operation&& operation) {
    try {
        return operation();
    } catch (const Error& error) {
        const ErrorCode code = error.code();
        if (code != ErrorCode::overflow && code != ErrorCode::divide_by_zero) throw;
        Refusal refusal = error.refusal();
        refusal.bound = refusal.op + " " + refusal.bound;
        refusal.op = op;
        refusal.onchain = "MathError";
        refuse(std::move(refusal));
    }
}

/// Puts the old value back unless the operation got to its end.
template <class T>
class Undo {
public:
    static_assert(std::is_trivially_copyable_v<T>, "putting back must not throw");

    explicit Undo(T& target) noexcept : target_{target}, before_{target} {}
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        if (!kept_) target_ = before_;
    }
    void keep() noexcept { kept_ = true; }

private:
    T& target_;
    T before_;
    bool kept_ = false;
};

}  // namespace voltcore::venues
