#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

// A kernel whose instructions are counted. To add one, write `cpp/bench/kernels_<area>.cpp`:
//
//     const Kernel quote{"irs/quote", 1000, [](std::size_t rows) {
//         const auto inputs = ...;                      // not counted
//         measured_section([&] { for (...) ... });      // counted
//         keep(result);
//     }};
//
// then `python bench/instruction_gate.py --record` and commit the counts.

namespace voltcore::bench {

struct Kernel {
    using Run = void (*)(std::size_t rows);

    /// Registers the kernel; `rows` is what one unit of the recorded count is divided by.
    Kernel(std::string_view kernel_name, std::size_t row_count, Run function);

    std::string_view name;
    std::size_t rows;
    Run run;
};

/// Every registered kernel, in the order of the names.
[[nodiscard]] std::vector<Kernel> kernels();

/// Runs `section` under a name that the counter looks for.
template <class Section>
[[gnu::noinline]] void measured_section(Section&& section) {
    section();
}

/// Makes `value` count as used.
template <class T>
void keep(const T& value) {
    asm volatile("" : : "r"(&value) : "memory");
}

/// A 64-bit hash of (stream, index): inputs that need no library (the finaliser of splitmix64).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t stream, std::uint64_t index) noexcept {
    std::uint64_t z = (stream + 1) * 0xD1342543DE82EF95U + (index + 1) * 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

}  // namespace voltcore::bench
