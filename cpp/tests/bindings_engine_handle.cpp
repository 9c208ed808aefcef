#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "../bindings/engine_handle.hpp"

// The guard around every engine: what Python cannot provoke at will.

using namespace voltcore;
using bindings::EngineHandle;

namespace {

struct Counter {
    int value = 0;
    bool sound = true;

    void audit() const {
        if (sound) return;
        refuse({.code = ErrorCode::invariant,
                .field = "value",
                .value = {},
                .bound = "is broken",
                .op = "audit",
                .onchain = {}});
    }
};

ErrorCode refusal_of(auto&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode{};
}

}  // namespace

TEST_CASE("a failed audit poisons the handle for good") {
    EngineHandle<Counter> handle{Counter{}};
    handle.audit();
    handle.use("break", [](Counter& counter) { counter.sound = false; });
    CHECK(refusal_of([&] { handle.audit(); }) == ErrorCode::invariant);
    CHECK(refusal_of([&] { handle.audit(); }) == ErrorCode::poisoned);
    CHECK(refusal_of([&] { handle.use("read", [](Counter& c) { return c.value; }); }) ==
          ErrorCode::poisoned);
}

TEST_CASE("a call from inside a call is refused and the outer one goes on") {
    EngineHandle<Counter> handle{Counter{}};
    handle.use("outer", [&](Counter& counter) {
        CHECK(refusal_of([&] { handle.use("inner", [](Counter& c) { ++c.value; }); }) ==
              ErrorCode::reentered);
        counter.value += 10;
    });
    CHECK(handle.use("read", [](Counter& counter) { return counter.value; }) == 10);
}

TEST_CASE("a second thread is refused at once and the engine is free afterwards") {
    EngineHandle<Counter> handle{Counter{}};
    std::promise<void> inside;
    std::promise<void> leave;
    std::thread holder{[&] {
        handle.use("hold", [&](Counter&) {
            inside.set_value();
            leave.get_future().wait();
        });
    }};
    inside.get_future().wait();
    CHECK(refusal_of([&] { handle.use("second", [](Counter& c) { ++c.value; }); }) ==
          ErrorCode::busy);
    leave.set_value();
    holder.join();
    CHECK(handle.use("read", [](Counter& counter) { return counter.value; }) == 0);
}

TEST_CASE("a refusal inside a call gives the engine back") {
    EngineHandle<Counter> handle{Counter{}};
    CHECK(refusal_of([&] {
              handle.use("refuse", [](Counter&) { refuse_overflow("add", "u64"); });
          }) == ErrorCode::overflow);
    CHECK(handle.use("read", [](Counter& counter) { return counter.value; }) == 0);
}

TEST_CASE("an engine that was busy at the fork is poisoned in the child") {
    EngineHandle<Counter> handle{Counter{}};
    handle.use("hold", [&](Counter&) {
        bindings::fork_generation.fetch_add(1);  // what the fork handler does in the child
        CHECK(refusal_of([&] { handle.use("child", [](Counter&) {}); }) == ErrorCode::poisoned);
    });
}
