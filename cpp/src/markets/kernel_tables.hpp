#pragma once

#include "voltcore/markets/kernels.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define VOLTCORE_X86_LEVELS 1
#endif

namespace voltcore::markets {

extern const Kernels base_kernels;
#if defined(VOLTCORE_X86_LEVELS)
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
#endif

}  // namespace voltcore::markets
