#pragma once

#include <atomic>
#include <cstdint>

namespace voltcore::sim {

/// What a running shard and the thread that waits for it tell each other.
///
/// A path loop polls `cancelled()` at least every few milliseconds and calls `add_finished` after
/// each path. Neither changes a result: a cancelled shard returns nothing at all. Relaxed ordering
/// is enough, because no other memory is published through these two words.
class Control {
public:
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool cancelled() const noexcept {
        return cancelled_.load(std::memory_order_relaxed);
    }

    void add_finished(std::uint64_t paths) noexcept {
        finished_.fetch_add(paths, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t finished() const noexcept {
        return finished_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<bool> cancelled_{false};
    std::atomic<std::uint64_t> finished_{0};
};

}  // namespace voltcore::sim
