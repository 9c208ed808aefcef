#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

#include <atomic>
#include <cstdint>
#include <utility>

#include "voltcore/math/error.hpp"

namespace voltcore::bindings {

/// Rises in every child process, so that a handle knows a call that began before the fork.
inline std::atomic<std::uint64_t> fork_generation{1};
#if defined(__unix__) || defined(__APPLE__)
inline const int fork_handler = pthread_atfork(
    nullptr, nullptr, [] { fork_generation.fetch_add(1, std::memory_order_relaxed); });
#endif

/// One id for each running thread, never 0.
[[nodiscard]] inline std::uint64_t thread_token() noexcept {
    static std::atomic<std::uint64_t> next{1};
    thread_local const std::uint64_t token = next.fetch_add(1, std::memory_order_relaxed);
    return token;
}

/// An engine as Python holds it: one caller at a time, and unusable after a failed audit.
///
/// A second thread gets BusyError at once and the same thread ReentrancyError; there is no wait and
/// no race. An engine that was busy when the process forked is poisoned in the child.
template <class Engine>
class EngineHandle {
public:
    explicit EngineHandle(Engine engine) : engine_{std::move(engine)} {}

    /// Runs `body` on the engine; every access from Python goes through here.
    template <class Body>
    auto use(const char* op, Body&& body) {
        const Turn turn{*this, op};
        return std::forward<Body>(body)(engine_);
    }

    /// Checks every invariant; a broken one poisons the handle.
    void audit() {
        use("audit", [this](const Engine& engine) {
            try {
                engine.audit();
            } catch (const Error& error) {
                if (error.code() == ErrorCode::invariant) poisoned_ = true;
                throw;
            }
        });
    }

private:
    class Turn {
    public:
        Turn(EngineHandle& handle, const char* op) : handle_{handle} {
            std::uint64_t idle = 0;
            const std::uint64_t self = thread_token();
            if (!handle.holder_.compare_exchange_strong(idle, self, std::memory_order_acquire)) {
                handle.refuse_second_caller(op, idle == self);
            }
            handle.generation_ = fork_generation.load(std::memory_order_relaxed);
            if (handle.poisoned_) {
                handle.holder_.store(0, std::memory_order_release);
                refuse_poisoned(op);
            }
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { handle_.holder_.store(0, std::memory_order_release); }

    private:
        EngineHandle& handle_;
    };

    [[noreturn]] static void refuse_poisoned(const char* op) {
        refuse({.code = ErrorCode::poisoned,
                .field = {},
                .value = {},
                .bound = "an audit failed or a fork cut a call short; make a new engine",
                .op = op,
                .onchain = {}});
    }
    [[noreturn]] void refuse_second_caller(const char* op, bool same_thread) const {
        if (generation_ != fork_generation.load(std::memory_order_relaxed)) refuse_poisoned(op);
        refuse({.code = same_thread ? ErrorCode::reentered : ErrorCode::busy,
                .field = {},
                .value = {},
                .bound = same_thread ? "the engine is inside one of its own calls"
                                     : "another thread is using the engine",
                .op = op,
                .onchain = {}});
    }

    Engine engine_;
    bool poisoned_ = false;
    std::atomic<std::uint64_t> holder_{0};
    std::uint64_t generation_ = 0;
};

}  // namespace voltcore::bindings
