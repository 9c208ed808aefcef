#include "voltcore/markets/kernels.hpp"

#include "kernel_tables.hpp"

namespace voltcore::markets {

const Kernels* kernels_of(SimdLevel level) noexcept {
    switch (level) {
        case SimdLevel::base:
            return &base_kernels;
#if defined(VOLTCORE_X86_LEVELS)
        case SimdLevel::avx2:
            return __builtin_cpu_supports("avx2") != 0 ? &avx2_kernels : nullptr;
        case SimdLevel::avx512:
            return __builtin_cpu_supports("avx512f") != 0 &&
                           __builtin_cpu_supports("avx512dq") != 0 &&
                           __builtin_cpu_supports("avx512vl") != 0
                       ? &avx512_kernels
                       : nullptr;
#endif
        default:
            return nullptr;
    }
}

const Kernels& best_kernels() noexcept {
    static const Kernels& best = []() -> const Kernels& {
        for (const SimdLevel level : {SimdLevel::avx512, SimdLevel::avx2}) {
            if (const Kernels* kernels = kernels_of(level)) return *kernels;
        }
        return base_kernels;
    }();
    return best;
}

}  // namespace voltcore::markets
