#pragma once

#include <type_traits>
#include <utility>

namespace voltcore::bindings {

/// Takes back what a batch has done to an engine unless `keep` is called: a refused row, Ctrl-C or
/// a refused allocation then leaves the state as it was before the call.
template <class Engine>
class AllOrNothing {
    static_assert(std::is_nothrow_move_assignable_v<Engine>);

public:
    explicit AllOrNothing(Engine& engine) : engine_{engine}, before_{engine} {}
    AllOrNothing(const AllOrNothing&) = delete;
    AllOrNothing& operator=(const AllOrNothing&) = delete;
    ~AllOrNothing() {
        if (!kept_) engine_ = std::move(before_);
    }
    void keep() noexcept { kept_ = true; }

private:
    Engine& engine_;
    Engine before_;
    bool kept_ = false;
};

}  // namespace voltcore::bindings
