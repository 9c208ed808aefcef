#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "voltcore/math/parallel.hpp"

namespace voltcore::math {

TEST_CASE("every index is visited once for every thread count and chunk") {
    for (const std::size_t n : {0U, 1U, 7U, 64U, 1001U}) {
        for (const unsigned threads : {0U, 1U, 2U, 3U, 16U}) {
            for (const std::size_t chunk : {0U, 1U, 5U, 64U, 5000U}) {
                std::vector<std::atomic<int>> seen(n);
                parallel_for(n, threads, chunk, [&](std::size_t begin, std::size_t end) {
                    CHECK(begin < end);
                    for (std::size_t i = begin; i < end; ++i) seen[i].fetch_add(1);
                });
                for (std::size_t i = 0; i < n; ++i) CHECK(seen[i].load() == 1);
            }
        }
    }
}

TEST_CASE("the exception of the lowest failing chunk is the one that is seen") {
    for (const unsigned threads : {1U, 2U, 5U}) {
        std::string seen;
        try {
            parallel_for(100, threads, 3, [](std::size_t begin, std::size_t) {
                if (begin >= 30) throw std::runtime_error{std::to_string(begin)};
            });
        } catch (const std::runtime_error& error) {
            seen = error.what();
        }
        CHECK(seen == "30");
    }
}

}  // namespace voltcore::math
