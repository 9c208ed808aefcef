// `operator new` that can be told to fail once, to be loaded before every other library.

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

long until_failure = -1;  // allocations that still succeed; below 0: all
long failures = 0;

void* allocate(std::size_t size) noexcept {
    if (until_failure >= 0 && until_failure-- == 0) {
        ++failures;
        return nullptr;
    }
    return std::malloc(size == 0 ? 1 : size);
}

}  // namespace

/// The allocation after the next `count` fails, once; nothing fails if `count` is below 0.
extern "C" void fail_after(long count) { until_failure = count; }
extern "C" long failures_so_far() { return failures; }

void* operator new(std::size_t size) {
    if (void* const memory = allocate(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
