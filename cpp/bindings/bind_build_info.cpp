#include <pybind11/pybind11.h>

#include <string>

#include "bind.hpp"

namespace voltcore::bindings {

namespace {

/// What the compiler was allowed to assume when this module was built.
std::string baseline_simd() {
#if defined(__AVX512F__)
    return "avx512f";
#elif defined(__AVX2__)
    return "avx2";
#elif defined(__SSE2__)
    return "sse2";
#elif defined(__ARM_NEON)
    return "neon";
#else
    return "none";
#endif
}

/// What this machine offers to the kernels that choose at run time.
std::string dispatched_simd() {
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512ifma") != 0) return "avx512ifma";
    if (__builtin_cpu_supports("avx512f") != 0) return "avx512f";
    if (__builtin_cpu_supports("avx2") != 0) return "avx2";
#endif
    return baseline_simd();
}

}  // namespace

void bind_build_info(py::module_& m) {
    m.def(
        "build_info",
        [] {
            py::dict info;
            info["version"] = VOLTCORE_VERSION;
#if defined(__clang__)
            info["compiler"] = std::string{"clang "} + __clang_version__;
#elif defined(__GNUC__)
            info["compiler"] = std::string{"gcc "} + __VERSION__;
#else
            info["compiler"] = "unknown";
#endif
            info["flags"] = VOLTCORE_FLAGS;
            info["simd_baseline"] = baseline_simd();
            info["simd"] = dispatched_simd();
            info["pybind11"] = PYBIND11_TOSTRING(PYBIND11_VERSION_MAJOR) "." PYBIND11_TOSTRING(
                PYBIND11_VERSION_MINOR) "." PYBIND11_TOSTRING(PYBIND11_VERSION_PATCH);
            return info;
        },
        "Version, compiler, flags and SIMD level of the core.");
}

}  // namespace voltcore::bindings
