#include "failing_allocator.hpp"

#include <cstdlib>
#include <new>

namespace {

/// Allocations before the one that fails; below 0: none does.
thread_local std::ptrdiff_t allocations_left = -1;

void* allocate(std::size_t size) {
    if (allocations_left == 0) {
        allocations_left = -1;
        throw std::bad_alloc{};
    }
    if (allocations_left > 0) --allocations_left;
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace voltcore::tests {

FailingAllocator::FailingAllocator(std::ptrdiff_t first_to_fail) noexcept {
    allocations_left = first_to_fail;
}
FailingAllocator::~FailingAllocator() { allocations_left = -1; }

}  // namespace voltcore::tests
