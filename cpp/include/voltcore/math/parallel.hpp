#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace voltcore::math {

/// Threads that a call may use when its caller does not say: one for each core.
[[nodiscard]] inline unsigned default_threads() noexcept {
    return std::max(1U, std::thread::hardware_concurrency());
}

/// f(begin, end) over [0, n) in chunks of `chunk` indices, on up to `threads` threads.
///
/// Which thread runs a chunk depends on its number alone, so an f that writes only what its indices
/// own gives the same result for every thread count. Threads live for this call only: nothing is
/// left to go wrong in a fork. If f throws, the exception of the lowest chunk is rethrown once all
/// threads are done; when the system refuses a thread, the calling thread does its share.
template <class F>
void parallel_for(std::size_t n, unsigned threads, std::size_t chunk, F&& f) {
    chunk = std::max<std::size_t>(chunk, 1);
    const std::size_t chunks = n / chunk + (n % chunk != 0 ? 1 : 0);
    const std::size_t workers = std::min<std::size_t>(std::max(threads, 1U), chunks);
    if (workers <= 1) {
        for (std::size_t begin = 0; begin < n; begin += std::min(chunk, n - begin)) {
            f(begin, begin + std::min(chunk, n - begin));
        }
        return;
    }
    struct Failure {
        std::size_t chunk;
        std::exception_ptr error;
    };
    std::vector<Failure> failures(workers, Failure{chunks, nullptr});
    const auto work = [&](std::size_t worker) noexcept {
        for (std::size_t c = worker; c < chunks; c += workers) {
            const std::size_t begin = c * chunk;
            try {
                f(begin, begin + std::min(chunk, n - begin));
            } catch (...) {
                failures[worker] = {c, std::current_exception()};
                return;
            }
        }
    };
    std::vector<std::thread> running;
    running.reserve(workers - 1);
    std::size_t started = 1;
    try {
        for (; started < workers; ++started) running.emplace_back(work, started);
    } catch (const std::system_error&) {
        // No more threads to be had: `started` says whose shares are left.
    }
    work(0);
    for (std::size_t worker = started; worker < workers; ++worker) work(worker);
    for (std::thread& thread : running) thread.join();
    const auto first = std::ranges::min_element(failures, {}, &Failure::chunk);
    if (first->error) std::rethrow_exception(first->error);
}

}  // namespace voltcore::math
