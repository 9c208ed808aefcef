#include "bind_irs_pool.hpp"
#include "voltcore/math/ray.hpp"

namespace voltcore::bindings {

namespace {

using irs::AccountId;
using irs::IrsPool;

/// A record by its name in the state.
template <auto method>
void define_record(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self) {
        return self.use(name, [](const IrsPool& pool) { return state_of((pool.*method)()); });
    });
}

template <auto method>
void define_of_account(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle account) {
        const auto id = exact<AccountId>(account, "account");
        return self.use(name, [&](const IrsPool& pool) { return state_of((pool.*method)(id)); });
    });
}

}  // namespace

void bind_irs_pool_reads(py::class_<PoolHandle>& cls) {
    define_record<&IrsPool::config>(cls, "config");
    define_record<&IrsPool::vamm>(cls, "vamm");
    define_record<&IrsPool::margin_engine>(cls, "margin_engine");
    define_record<&IrsPool::module_state>(cls, "module_state");
    define_record<&IrsPool::now>(cls, "now");
    define_of_account<&IrsPool::balance_of>(cls, "balance_of");
    define_of_account<&IrsPool::yield_balance_of>(cls, "yield_balance_of");
    define_of_account<&IrsPool::module_trader>(cls, "module_trader");
    cls.def("is_approved", [](PoolHandle& self, py::handle owner, py::handle integration) {
        const auto who = exact<AccountId>(owner, "owner");
        const auto whom = exact<AccountId>(integration, "integration");
        return self.use("is_approved",
                        [&](const IrsPool& pool) { return pool.is_approved(who, whom); });
    });
    cls.def("rate_oracle", [](PoolHandle& self) {
        return self.use("rate_oracle", [](const IrsPool& pool) {
            py::dict head = state_of(pool.rate_oracle().head());
            head["newest"] = state_of(pool.rate_oracle().newest());
            return head;
        });
    });
    cls.def("tick", [](PoolHandle& self, py::handle tick) {
        const auto key = exact<std::int32_t>(tick, "tick");
        return self.use("tick",
                        [&](const IrsPool& pool) { return state_of(pool.ticks().get(key)); });
    });
    cls.def("initialized_ticks", [](PoolHandle& self) {
        return self.use("initialized_ticks",
                        [](const IrsPool& pool) { return state_of(pool.ticks().keys()); });
    });
    cls.def("bitmap_word", [](PoolHandle& self, py::handle index) {
        const auto word = exact<std::int16_t>(index, "index");
        return self.use("bitmap_word",
                        [&](const IrsPool& pool) { return to_python(pool.bitmap().word(word)); });
    });
    cls.def("position", [](PoolHandle& self, py::handle owner, py::handle lower, py::handle upper) {
        const irs::PositionKey key = {exact<AccountId>(owner, "owner"),
                                      exact<std::int32_t>(lower, "tick_lower"),
                                      exact<std::int32_t>(upper, "tick_upper")};
        return self.use("position",
                        [&](const IrsPool& pool) { return state_of(pool.positions().get(key)); });
    });
    cls.def("position_keys", [](PoolHandle& self) {
        return self.use("position_keys", [](const IrsPool& pool) {
            py::list out;
            for (const irs::PositionKey& key : pool.positions().keys()) {
                out.append(py::make_tuple(key.owner, key.tick_lower, key.tick_upper));
            }
            return out;
        });
    });
    cls.def("variable_factor_no_cache", [](PoolHandle& self, py::handle now) {
        const std::uint32_t time = read_now(now);
        return self.use("variable_factor_no_cache", [&](const IrsPool& pool) {
            return to_python(pool.rate_oracle().variable_factor_no_cache(pool.config().term, time));
        });
    });
    cls.def("rate_between", [](PoolHandle& self, py::handle now, py::handle from, py::handle to) {
        const std::uint32_t time = read_now(now);
        const auto start = exact<math::U256>(from, "start");
        const auto end = exact<math::U256>(to, "end");
        return self.use("rate_between", [&](const IrsPool& pool) {
            const irs::RateOracle& oracle = pool.rate_oracle();
            return py::make_tuple(to_python(oracle.rate_from_to(start, end, time)),
                                  to_python(oracle.apy_from_to(start, end, time)));
        });
    });
}

}  // namespace voltcore::bindings
