#include "bind_irs_pool.hpp"

#include <pybind11/pybind11.h>

#include <memory>

#include "receipt.hpp"

namespace voltcore::bindings {

namespace {

using irs::AccountId;
using irs::IrsPool;
using math::I256;
using math::u128;
using math::U256;

AccountId account(py::handle value, const char* field = "caller") {
    return exact<AccountId>(value, field);
}

irs::PositionKey position_key(py::handle owner, py::handle lower, py::handle upper) {
    return {account(owner, "owner"), exact<std::int32_t>(lower, "tick_lower"),
            exact<std::int32_t>(upper, "tick_upper")};
}

py::object swap_receipt(py::handle type, const irs::SwapReceipt& receipt) {
    return new_receipt(type, to_python(receipt.fixed_token_delta),
                       to_python(receipt.variable_token_delta), to_python(receipt.cumulative_fee),
                       to_python(receipt.fixed_token_delta_unbalanced),
                       to_python(receipt.margin_requirement));
}

/// A setting of one number: caller, now, value.
template <class Value, auto method>
void define_setting(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle caller, py::handle now, py::handle value) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const auto given = exact<Value>(value, "value");
        self.use(name, [&](IrsPool& pool) { (pool.*method)(sender, time, given); });
    });
}
template <auto method>
void define_flag(py::class_<PoolHandle>& cls, const char* name, const char* field) {
    cls.def(name,
            [name, field](PoolHandle& self, py::handle caller, py::handle now, py::handle value) {
                const AccountId sender = account(caller);
                const std::uint32_t time = read_now(now);
                const bool given = exact_flag(value, field);
                self.use(name, [&](IrsPool& pool) { (pool.*method)(sender, time, given); });
            });
}
/// About another account: caller, now, account, flag.
template <auto method>
void define_permission(py::class_<PoolHandle>& cls, const char* name, const char* field) {
    cls.def(name, [name, field](PoolHandle& self, py::handle caller, py::handle now,
                                py::handle other, py::handle value) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const AccountId subject = account(other, "account");
        const bool given = exact_flag(value, field);
        self.use(name, [&](IrsPool& pool) { (pool.*method)(sender, time, subject, given); });
    });
}
/// A payment: caller, now, account, amount.
template <auto method>
void define_payment(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle caller, py::handle now, py::handle other,
                         py::handle amount) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const AccountId subject = account(other, "account");
        const auto size = exact<U256>(amount, "amount");
        self.use(name, [&](IrsPool& pool) { (pool.*method)(sender, time, subject, size); });
    });
}

void bind_world(py::class_<PoolHandle>& cls) {
    cls.def("set_rate", [](PoolHandle& self, py::handle now, py::handle rate, py::handle report) {
        const std::uint32_t time = read_now(now);
        const auto rate_ray = exact<U256>(rate, "rate_ray");
        const auto timestamp = exact<std::uint32_t>(report, "report_timestamp");
        self.use("set_rate", [&](IrsPool& pool) { pool.set_rate(time, rate_ray, timestamp); });
    });
    cls.def("fund", [](PoolHandle& self, py::handle to, py::handle amount) {
        const AccountId receiver = account(to, "account");
        const auto size = exact<U256>(amount, "amount");
        self.use("fund", [&](IrsPool& pool) { pool.fund(receiver, size); });
    });
    cls.def("fund_yield_tokens", [](PoolHandle& self, py::handle to, py::handle amount) {
        const AccountId receiver = account(to, "account");
        const auto size = exact<U256>(amount, "amount");
        self.use("fund_yield_tokens",
                 [&](IrsPool& pool) { pool.fund_yield_tokens(receiver, size); });
    });
    cls.def("fund_yield_reserve", [](PoolHandle& self, py::handle amount) {
        const auto size = exact<U256>(amount, "amount");
        self.use("fund_yield_reserve", [&](IrsPool& pool) { pool.fund_yield_reserve(size); });
    });
}

void bind_settings(py::class_<PoolHandle>& cls) {
    cls.def("set_margin_calculator_parameters",
            [](PoolHandle& self, py::handle caller, py::handle now, py::handle parameters) {
                const AccountId sender = account(caller);
                const std::uint32_t time = read_now(now);
                const irs::MarginParameters given = read_margin_parameters(parameters);
                self.use("set_margin_calculator_parameters", [&](IrsPool& pool) {
                    pool.set_margin_calculator_parameters(sender, time, given);
                });
            });
    define_setting<U256, &IrsPool::set_lookback_window_in_seconds>(
        cls, "set_lookback_window_in_seconds");
    define_setting<U256, &IrsPool::set_cache_max_age_in_seconds>(cls,
                                                                 "set_cache_max_age_in_seconds");
    define_setting<U256, &IrsPool::set_liquidator_reward>(cls, "set_liquidator_reward");
    define_setting<U256, &IrsPool::set_fee>(cls, "set_fee");
    define_setting<std::uint8_t, &IrsPool::set_fee_protocol>(cls, "set_fee_protocol");
    define_setting<U256, &IrsPool::set_maturity_buffer>(cls, "set_maturity_buffer");
    define_setting<U256, &IrsPool::set_min_seconds_since_last_update>(
        cls, "set_min_seconds_since_last_update");
    define_setting<std::uint16_t, &IrsPool::increase_observation_cardinality_next>(
        cls, "increase_observation_cardinality_next");
    define_setting<U256, &IrsPool::initialize_vamm>(cls, "initialize_vamm");
    define_setting<U256, &IrsPool::update_protocol_fees>(cls, "update_protocol_fees");
    define_flag<&IrsPool::set_is_alpha>(cls, "set_is_alpha", "is_alpha");
    define_flag<&IrsPool::set_is_alpha_margin_engine>(cls, "set_is_alpha_margin_engine",
                                                      "is_alpha");
    define_flag<&IrsPool::set_pausability>(cls, "set_pausability", "paused");
    define_permission<&IrsPool::change_pauser>(cls, "change_pauser", "permission");
    define_permission<&IrsPool::set_approval>(cls, "set_approval", "allow");
    define_payment<&IrsPool::collect_protocol>(cls, "collect_protocol");
    define_payment<&IrsPool::transfer_margin_to_fcm_trader>(cls, "transfer_margin_to_fcm_trader");
    cls.def("write_oracle_entry", [](PoolHandle& self, py::handle caller, py::handle now) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        self.use("write_oracle_entry",
                 [&](IrsPool& pool) { pool.write_oracle_entry(sender, time); });
    });
}

/// Liquidity: caller, now, position, amount.
template <auto method>
void define_liquidity(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle caller, py::handle now, py::handle owner,
                         py::handle lower, py::handle upper, py::handle amount) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const irs::PositionKey key = position_key(owner, lower, upper);
        const auto size = exact<u128>(amount, "amount");
        return to_python(
            self.use(name, [&](IrsPool& pool) { return (pool.*method)(sender, time, key, size); }));
    });
}

/// Where a swap without a limit stops: at the end of the range.
U256 last_price(const I256& amount_specified) {
    const U256 one{std::uint64_t{1}};
    return amount_specified.is_negative() ? amm::rates_range.min_sqrt_ratio + one
                                          : amm::rates_range.max_sqrt_ratio - one;
}

void bind_vamm(py::class_<PoolHandle>& cls) {
    define_liquidity<&IrsPool::mint>(cls, "mint");
    define_liquidity<&IrsPool::burn>(cls, "burn");
    cls.def("swap", [](PoolHandle& self, py::handle receipt, py::handle caller, py::handle now,
                       py::handle owner, py::handle lower, py::handle upper, py::handle amount,
                       py::handle limit) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const irs::PositionKey key = position_key(owner, lower, upper);
        const auto specified = exact<I256>(amount, "amount_specified");
        const U256 price =
            limit.is_none() ? last_price(specified) : exact<U256>(limit, "sqrt_price_limit_x96");
        return swap_receipt(receipt, self.use("swap", [&](IrsPool& pool) {
            return pool.swap(sender, time, key, specified, price);
        }));
    });
    cls.def("compute_growth_inside", [](PoolHandle& self, py::handle lower, py::handle upper) {
        const auto low = exact<std::int32_t>(lower, "tick_lower");
        const auto high = exact<std::int32_t>(upper, "tick_upper");
        const irs::GrowthInside inside =
            self.use("compute_growth_inside",
                     [&](const IrsPool& pool) { return pool.compute_growth_inside(low, high); });
        return py::make_tuple(to_python(inside.fixed_token_growth_x128),
                              to_python(inside.variable_token_growth_x128),
                              to_python(inside.fee_growth_x128));
    });
}

/// An operation on a position: caller, now, position.
template <auto method>
void define_on_position(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle caller, py::handle now, py::handle owner,
                         py::handle lower, py::handle upper) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const irs::PositionKey key = position_key(owner, lower, upper);
        const auto act = [&](IrsPool& pool) { return (pool.*method)(sender, time, key); };
        if constexpr (std::is_void_v<decltype(act(std::declval<IrsPool&>()))>) {
            self.use(name, act);
        } else {
            return state_of(self.use(name, act));
        }
    });
}

/// A query that may refresh what it reads: caller, now.
template <auto method>
void define_query(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle caller, py::handle now) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        return to_python(
            self.use(name, [&](IrsPool& pool) { return (pool.*method)(sender, time); }));
    });
}

void bind_margin_engine(py::class_<PoolHandle>& cls) {
    cls.def("update_position_margin", [](PoolHandle& self, py::handle caller, py::handle now,
                                         py::handle owner, py::handle lower, py::handle upper,
                                         py::handle margin_delta) {
        const AccountId sender = account(caller);
        const std::uint32_t time = read_now(now);
        const irs::PositionKey key = position_key(owner, lower, upper);
        const auto delta = exact<I256>(margin_delta, "margin_delta");
        self.use("update_position_margin",
                 [&](IrsPool& pool) { pool.update_position_margin(sender, time, key, delta); });
    });
    define_on_position<&IrsPool::settle_position>(cls, "settle_position");
    define_on_position<&IrsPool::liquidate_position>(cls, "liquidate_position");
    define_on_position<&IrsPool::get_position>(cls, "get_position");
    cls.def("get_position_margin_requirement",
            [](PoolHandle& self, py::handle caller, py::handle now, py::handle owner,
               py::handle lower, py::handle upper, py::handle is_lm) {
                const AccountId sender = account(caller);
                const std::uint32_t time = read_now(now);
                const irs::PositionKey key = position_key(owner, lower, upper);
                const bool liquidation = exact_flag(is_lm, "is_lm");
                return to_python(self.use("get_position_margin_requirement", [&](IrsPool& pool) {
                    return pool.get_position_margin_requirement(sender, time, key, liquidation);
                }));
            });
    define_query<&IrsPool::get_historical_apy>(cls, "get_historical_apy");
    define_query<&IrsPool::variable_factor>(cls, "variable_factor");
}

template <auto method>
void define_module_swap(py::class_<PoolHandle>& cls, const char* name) {
    cls.def(name, [name](PoolHandle& self, py::handle receipt, py::handle caller, py::handle now,
                         py::handle notional, py::handle limit) {
        const AccountId trader = account(caller);
        const std::uint32_t time = read_now(now);
        const auto size = exact<U256>(notional, "notional");
        const auto price = exact<U256>(limit, "sqrt_price_limit_x96");
        return swap_receipt(receipt, self.use(name, [&](IrsPool& pool) {
            return (pool.*method)(trader, time, size, price);
        }));
    });
}

void bind_module(py::class_<PoolHandle>& cls) {
    define_module_swap<&IrsPool::initiate_fully_collateralised_fixed_taker_swap>(
        cls, "initiate_fully_collateralised_fixed_taker_swap");
    define_module_swap<&IrsPool::unwind_fully_collateralised_fixed_taker_swap>(
        cls, "unwind_fully_collateralised_fixed_taker_swap");
    define_query<&IrsPool::settle_trader>(cls, "settle_trader");
}

}  // namespace

void bind_irs_pool(py::module_& m) {
    py::class_<PoolHandle> cls(m, "IrsPool");
    cls.def(py::init([](py::handle revision, py::handle owner, py::handle periphery,
                        py::handle term_start_wad, py::handle term_end_wad, py::handle spacing,
                        bool has_module, py::handle kind, const py::sequence& times,
                        const py::sequence& values, py::handle rate_ray, py::handle report,
                        py::handle now) {
        const OracleArguments oracle = read_oracle(kind, times, values, rate_ray, report);
        const irs::PoolConfig config = {
            .revision = read_revision(revision),
            .owner = account(owner, "owner"),
            .periphery = account(periphery, "periphery"),
            .term = read_term(term_start_wad, term_end_wad),
            .tick_spacing = exact<std::int32_t>(spacing, "tick_spacing"),
            .max_liquidity_per_tick = 0,
            .has_module = has_module};
        return std::make_unique<PoolHandle>(IrsPool{config,
                                                    {.kind = oracle.kind,
                                                     .times = oracle.times,
                                                     .values = oracle.values,
                                                     .rate_ray = oracle.rate_ray,
                                                     .report_timestamp = oracle.report_timestamp},
                                                    read_now(now)});
    }));
    bind_engine_methods<IrsPool>(cls);
    bind_irs_pool_reads(cls);
    bind_irs_pool_rows(cls);
    bind_world(cls);
    bind_settings(cls);
    bind_vamm(cls);
    bind_margin_engine(cls);
    bind_module(cls);
}

}  // namespace voltcore::bindings
