#include "instructions.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace voltcore::bench {

namespace {

std::vector<Kernel>& registered() {
    static std::vector<Kernel> all;
    return all;
}

}  // namespace

Kernel::Kernel(std::string_view kernel_name, std::size_t row_count, Run function)
    : name{kernel_name}, rows{row_count}, run{function} {
    registered().push_back(*this);
}

std::vector<Kernel> kernels() {
    std::vector<Kernel> all = registered();
    std::ranges::sort(all, {}, &Kernel::name);
    return all;
}

}  // namespace voltcore::bench

/// --list: name and rows of every kernel; --compiler: what built this; NAME: run one kernel.
int main(int argc, char** argv) {
    using voltcore::bench::Kernel;
    if (argc != 2) {
        std::fputs("usage: voltcore_instructions --list | --compiler | NAME\n", stderr);
        return 2;
    }
    if (std::strcmp(argv[1], "--compiler") == 0) {
#if defined(__clang__)
        std::puts("clang " __clang_version__);
#elif defined(__GNUC__)
        std::puts("gcc " __VERSION__);
#else
        std::puts("unknown");
#endif
        return 0;
    }
    const bool list = std::strcmp(argv[1], "--list") == 0;
    for (const Kernel& kernel : voltcore::bench::kernels()) {
        if (list) {
            std::printf("%s %zu\n", kernel.name.data(), kernel.rows);
        } else if (kernel.name == argv[1]) {
            kernel.run(kernel.rows);
            return 0;
        }
    }
    if (!list) std::fprintf(stderr, "no kernel of the name %s\n", argv[1]);
    return list ? 0 : 2;
}
