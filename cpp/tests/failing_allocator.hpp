#pragma once

#include <cstddef>

namespace voltcore::tests {

/// While one lives, the allocation number `first_to_fail` of this thread, counted from 0, throws
/// std::bad_alloc, and so does none after it.
class FailingAllocator {
public:
    explicit FailingAllocator(std::ptrdiff_t first_to_fail) noexcept;
    FailingAllocator(const FailingAllocator&) = delete;
    FailingAllocator& operator=(const FailingAllocator&) = delete;
    ~FailingAllocator();
};

}  // namespace voltcore::tests
