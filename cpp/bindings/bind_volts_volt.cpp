#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bind.hpp"
#include "convert.hpp"
#include "convert_volts.hpp"
#include "engine_handle.hpp"
#include "engine_state.hpp"
#include "scalars.hpp"
#include "volt_handle.hpp"
#include "voltcore/volts/volt.hpp"

namespace voltcore::volts {

namespace {

/// An enumerator by its name; found by `read_attributes` through the type's namespace.
template <class Enum>
void read_name(pybind11::handle object, const std::string& path, Enum& value, const char* first,
               const char* second) {
    const std::string name = pybind11::isinstance<pybind11::str>(object)
                                 ? bindings::exact_text(object, path.c_str())
                                 : std::string{pybind11::repr(object)};
    if (name != first && name != second) {
        refuse({.code = ErrorCode::unknown_name,
                .field = path,
                .value = name,
                .bound = std::string{"is not "} + first + " or " + second,
                .op = {},
                .onchain = {}});
    }
    value = static_cast<Enum>(name == first ? 0 : 1);
}

}  // namespace

void read_attributes(pybind11::handle object, const std::string& path, VoltKind& value) {
    read_name(object, path, value, "crab", "basis");
}
void read_attributes(pybind11::handle object, const std::string& path, HedgeMode& value) {
    read_name(object, path, value, "delta", "ratio");
}
void read_attributes(pybind11::handle object, const std::string& path, SizePrice& value) {
    read_name(object, path, value, "oracle", "mark");
}

}  // namespace voltcore::volts

namespace voltcore::bindings {

namespace {

using math::I80F48;
using venues::MarginVenue;
using volts::CallerId;
using volts::Operation;
using volts::QuotedExecution;
using volts::Volt;
using Handle = VoltHandle;

std::optional<I80F48> optional_fixed(py::handle bits, const char* field) {
    if (bits.is_none()) return std::nullopt;
    return fixed(bits, field);
}

std::optional<std::uint64_t> optional_u64(py::handle value, const char* field) {
    if (value.is_none()) return std::nullopt;
    return exact<std::uint64_t>(value, field);
}

/// None, "book", or (bid, ask, size, spot taker fee).
std::unique_ptr<volts::Execution> execution_of(const py::object& quote, const Volt& volt,
                                               std::uint64_t now) {
    if (py::isinstance<py::str>(quote)) {
        return std::make_unique<volts::BookExecution>(volt.margin_account(), now);
    }
    if (quote.is_none()) return std::make_unique<QuotedExecution>();
    const auto parts = py::reinterpret_borrow<py::tuple>(quote);
    const auto size = optional_u64(parts[2], "quote.size_lots");
    auto out = std::make_unique<QuotedExecution>(exact<std::int64_t>(parts[0], "quote.bid_lots"),
                                                 exact<std::int64_t>(parts[1], "quote.ask_lots"),
                                                 size.value_or(volts::unlimited));
    out->set_spot_taker_fee(fixed(parts[3], "quote.spot_taker_fee_bits"));
    return out;
}

/// method(caller, now).
template <class Result>
void bind_crank(py::class_<Handle>& cls, const char* name,
                Result (Volt::*method)(CallerId, std::uint64_t)) {
    cls.def(name, [name, method](Handle& self, py::handle caller, py::handle now) {
        const CallerId who = volt_caller(caller);
        const std::uint64_t time = seconds(now);
        return self.use(name, [&](Volt& volt) {
            if constexpr (std::is_void_v<Result>) {
                (volt.*method)(who, time);
            } else {
                return shown((volt.*method)(who, time));
            }
        });
    });
}

/// method(caller, amount, now).
template <class Result>
void bind_amount(py::class_<Handle>& cls, const char* name, const char* field,
                 Result (Volt::*method)(CallerId, std::uint64_t, std::uint64_t)) {
    cls.def(name, [name, field, method](Handle& self, py::handle caller, py::handle amount,
                                        py::handle now) {
        const CallerId who = volt_caller(caller);
        const auto given = exact<std::uint64_t>(amount, field);
        const std::uint64_t time = seconds(now);
        return self.use(name, [&](Volt& volt) {
            if constexpr (std::is_void_v<Result>) {
                (volt.*method)(who, given, time);
            } else {
                return shown((volt.*method)(who, given, time));
            }
        });
    });
}

/// method(caller, switch, now).
void bind_switch(py::class_<Handle>& cls, const char* name,
                 void (Volt::*method)(CallerId, bool, std::uint64_t)) {
    cls.def(name, [name, method](Handle& self, py::handle caller, py::handle on, py::handle now) {
        const CallerId who = volt_caller(caller);
        bool given = false;
        read_attributes(on, "on", given);
        const std::uint64_t time = seconds(now);
        self.use(name, [&](Volt& volt) { (volt.*method)(who, given, time); });
    });
}

void bind_users(py::class_<Handle>& cls) {
    cls.def("credit_wallet", [](Handle& self, py::handle user, py::handle amount) {
        const auto who = exact<CallerId>(user, "user");
        const auto given = exact<std::uint64_t>(amount, "amount");
        self.use("credit_wallet", [&](Volt& volt) { volt.credit_wallet(who, given); });
    });
    bind_amount(cls, "deposit", "amount", &Volt::deposit);
    bind_amount(cls, "withdraw", "shares", &Volt::withdraw);
    bind_amount(cls, "deposit_with_claim", "amount", &Volt::deposit_with_claim);
    bind_amount(cls, "withdraw_with_claim", "shares", &Volt::withdraw_with_claim);
    bind_crank(cls, "cancel_pending_deposit", &Volt::cancel_pending_deposit);
    bind_crank(cls, "cancel_pending_withdrawal", &Volt::cancel_pending_withdrawal);
    bind_crank(cls, "claim_pending_deposit", &Volt::claim_pending_deposit);
    bind_crank(cls, "claim_pending_withdrawal", &Volt::claim_pending_withdrawal);
}

void bind_cycle(py::class_<Handle>& cls) {
    bind_crank(cls, "take_performance_fees", &Volt::take_performance_fees);
    bind_crank(cls, "take_pending_withdrawal_fees", &Volt::take_pending_withdrawal_fees);
    bind_crank(cls, "start_round", &Volt::start_round);
    bind_crank(cls, "init_spot_open_orders", &Volt::init_spot_open_orders);
    cls.def("setup_rebalance", [](Handle& self, py::handle caller, py::handle now,
                                  py::handle expected, py::handle mark) {
        const CallerId who = volt_caller(caller);
        const std::uint64_t time = seconds(now);
        const auto oracle_price = optional_fixed(expected, "expected_oracle_price_bits");
        const auto mark_price = optional_fixed(mark, "mark_price_bits");
        return self.use("setup_rebalance", [&](Volt& volt) {
            return shown(volt.setup_rebalance(who, time, oracle_price, mark_price));
        });
    });
    cls.def("end_round", [](Handle& self, py::handle caller, py::handle now, py::handle bypass) {
        const CallerId who = volt_caller(caller);
        const std::uint64_t time = seconds(now);
        const bool bypasses = exact_flag(bypass, "bypass");
        return self.use("end_round",
                        [&](Volt& volt) { return shown(volt.end_round(who, time, bypasses)); });
    });
    cls.def("rebalance_target", [](Handle& self, py::handle caller, py::handle now,
                                   py::handle limit, py::handle max_quote, const py::object& quote,
                                   py::handle off_book) {
        const CallerId who = volt_caller(caller);
        const std::uint64_t time = seconds(now);
        const auto price = exact<std::int64_t>(limit, "limit_price_lots");
        const auto most = optional_u64(max_quote, "max_quote");
        const bool is_off_book = exact_flag(off_book, "off_book");
        return self.use("rebalance_target", [&](Volt& volt) {
            const auto execution = execution_of(quote, volt, time);
            return shown(volt.rebalance_target(who, time, price, most, *execution, is_off_book));
        });
    });
    cls.def("setup_rebalance_off_book",
            [](Handle& self, py::handle caller, py::handle counterparty, py::handle price_lots,
               py::handle expires, py::handle now) {
                const CallerId who = volt_caller(caller);
                const auto other = account_id(counterparty, "counterparty");
                const auto price = exact<std::int64_t>(price_lots, "price_lots");
                const auto until = exact<std::uint64_t>(expires, "expires");
                const std::uint64_t time = seconds(now);
                return self.use("setup_rebalance_off_book", [&](Volt& volt) {
                    return shown(volt.setup_rebalance_off_book(who, other, price, until, time));
                });
            });
    bind_crank(cls, "cancel_rebalance_off_book", &Volt::cancel_rebalance_off_book);
    const auto bind_hedge = [&cls](const char* name, auto method) {
        cls.def(name,
                [name, method](Handle& self, py::handle caller, py::handle now, py::handle limit,
                               py::handle max_quote, const py::object& quote) {
                    const CallerId who = volt_caller(caller);
                    const std::uint64_t time = seconds(now);
                    const auto price = exact<std::int64_t>(limit, "limit_price_lots");
                    const auto most = optional_u64(max_quote, "max_quote");
                    return self.use(name, [&](Volt& volt) {
                        const auto execution = execution_of(quote, volt, time);
                        return shown((volt.*method)(who, time, price, most, *execution));
                    });
                });
    };
    bind_hedge("rebalance_hedge", &Volt::rebalance_hedge);
    bind_hedge("rebalance_spot", &Volt::rebalance_spot);
    bind_hedge("rehedge", &Volt::rehedge);
    bind_switch(cls, "reset_rebalancing", &Volt::reset_rebalancing);
}

void bind_admin(py::class_<Handle>& cls) {
    cls.def("set_strategy_params",
            [](Handle& self, py::handle caller, py::handle params, py::handle now) {
                const CallerId who = volt_caller(caller);
                volts::StrategyParams given;
                read_attributes(params, "", given);
                const std::uint64_t time = seconds(now);
                self.use("set_strategy_params",
                         [&](Volt& volt) { volt.set_strategy_params(who, given, time); });
            });
    cls.def("change_fees", [](Handle& self, py::handle caller, py::handle fees, py::handle now) {
        const CallerId who = volt_caller(caller);
        volts::FeeSettings given;
        read_attributes(fees, "", given);
        const std::uint64_t time = seconds(now);
        self.use("change_fees", [&](Volt& volt) { volt.change_fees(who, given, time); });
    });
    cls.def("change_capacity", [](Handle& self, py::handle caller, py::handle capacity,
                                  py::handle individual, py::handle now) {
        const CallerId who = volt_caller(caller);
        const auto total = exact<std::uint64_t>(capacity, "capacity");
        const auto each = exact<std::uint64_t>(individual, "individual_capacity");
        const std::uint64_t time = seconds(now);
        self.use("change_capacity",
                 [&](Volt& volt) { volt.change_capacity(who, total, each, time); });
    });
    bind_switch(cls, "set_permissionless_cranks", &Volt::set_permissionless_cranks);
    bind_switch(cls, "turn_off_deposits_and_withdrawals", &Volt::turn_off_deposits_and_withdrawals);
    bind_amount(cls, "propose_admin", "heir", &Volt::propose_admin);
    bind_crank(cls, "accept_admin", &Volt::accept_admin);
}

void bind_views(py::class_<Handle>& cls) {
    cls.def("assets", [](Handle& self, py::handle now) {
        const std::uint64_t time = seconds(now);
        return self.use("assets", [&](const Volt& volt) { return volt.assets(time); });
    });
    cls.def("shares_outstanding", [](Handle& self) {
        return self.use("shares_outstanding",
                        [](const Volt& volt) { return volt.shares_outstanding(); });
    });
    cls.def("share_price", [](Handle& self, py::handle now) -> py::object {
        const std::uint64_t time = seconds(now);
        const auto price =
            self.use("share_price", [&](const Volt& volt) { return volt.share_price(time); });
        return price ? py::object(py::make_tuple(price->assets, price->supply)) : py::none();
    });
    cls.def("nav_at_mark", [](Handle& self, py::handle target, py::handle hedge) {
        const I80F48 target_mark = fixed(target, "target_mark_bits");
        const I80F48 hedge_mark = fixed(hedge, "hedge_mark_bits");
        return to_python(self.use("nav_at_mark", [&](const Volt& volt) {
            return volt.nav_at_mark(target_mark, hedge_mark);
        }));
    });
    cls.def("exposure", [](Handle& self) {
        const volts::Exposure held =
            self.use("exposure", [](const Volt& volt) { return volt.exposure(); });
        py::dict out;
        out["equity_bits"] = to_python(held.equity.bits());
        out["target_notional_bits"] = to_python(held.target_notional.bits());
        out["target_delta_bits"] = to_python(held.target_delta.bits());
        out["net_delta_bits"] = to_python(held.net_delta.bits());
        return out;
    });
    cls.def("collateral_ratio_bps", [](Handle& self) -> py::object {
        const auto ratio = self.use("collateral_ratio_bps",
                                    [](const Volt& volt) { return volt.collateral_ratio_bps(); });
        return ratio ? py::object(py::int_(*ratio)) : py::none();
    });
    cls.def("hedge_target_lots", [](Handle& self) {
        return self.use("hedge_target_lots",
                        [](const Volt& volt) { return volt.hedge_target_lots(); });
    });
    cls.def("check_triggers", [](Handle& self, py::handle now, py::handle daily_volume) {
        const std::uint64_t time = seconds(now);
        const auto volume = optional_u64(daily_volume, "daily_volume");
        const volts::TriggerReport report = self.use(
            "check_triggers", [&](const Volt& volt) { return volt.check_triggers(time, volume); });
        return py::make_tuple(static_cast<int>(report.trigger), report.hedge_only);
    });
    cls.def("has_open_off_book_order", [](Handle& self, py::handle now) {
        const std::uint64_t time = seconds(now);
        return self.use("has_open_off_book_order",
                        [&](const Volt& volt) { return volt.has_open_off_book_order(time); });
    });
    cls.def("user", [](Handle& self, py::handle id) {
        const auto who = exact<CallerId>(id, "user");
        return self.use("user", [&](const Volt& volt) { return shown(volt.user(who)); });
    });
    cls.def("summary", [](Handle& self) {
        return self.use("summary", [](const Volt& volt) {
            py::dict out;
            out["stage"] = static_cast<int>(volt.stage());
            out["round_number"] = volt.round_number();
            out["supply"] = volt.supply();
            out["deposit_pool"] = volt.deposit_pool();
            out["fee_account"] = volt.fee_account();
            out["clock"] = volt.clock();
            out["admin"] = volt.admin();
            out["margin_account"] = volt.margin_account();
            return out;
        });
    });
    cls.def("config", [](Handle& self) {
        return self.use("config", [](const Volt& v) { return shown(v.config()); });
    });
    cls.def("entropy_round", [](Handle& self) {
        return self.use("entropy_round", [](const Volt& v) { return shown(v.entropy_round()); });
    });
    cls.def("epoch_info", [](Handle& self) {
        return self.use("epoch_info", [](const Volt& v) { return shown(v.epoch_info()); });
    });
    cls.def("finished_epochs", [](Handle& self) {
        return self.use("finished_epochs",
                        [](const Volt& v) { return shown(v.finished_epochs()); });
    });
    cls.def("rounds", [](Handle& self) {
        return self.use("rounds", [](const Volt& v) { return shown(v.rounds()); });
    });
    cls.def("venue_payload", [](Handle& self) {
        return self.use("venue", [](const Volt& v) { return canonical_bytes(v.venue()); });
    });
}

constexpr const char* access_names[] = {"anyone", "crank", "admin", "heir"};

}  // namespace

void bind_volts_volt(py::module_& m) {
    py::class_<Handle> cls{m, "Volt"};
    cls.def(py::init([](py::handle config, const py::bytes& venue, py::handle now) {
        volts::VoltConfig given;
        read_attributes(config, "", given);
        return std::make_unique<Handle>(
            Volt{given, from_canonical_bytes<MarginVenue>(venue), seconds(now)});
    }));
    bind_engine_methods(cls);
    bind_users(cls);
    bind_cycle(cls);
    bind_admin(cls);
    bind_volt_keeper(cls);
    bind_views(cls);

    m.def("volts_operations", [] {
        py::list rows;
        for (const volts::OperationRow& row : volts::operation_table) {
            py::list stages;
            for (std::uint8_t i = 0; i < volts::stage_count; ++i) {
                const auto stage = static_cast<volts::Stage>(i);
                if (row.stages.contains(stage)) stages.append(std::string{name_of(stage)});
            }
            rows.append(py::make_tuple(
                std::string{row.name}, access_names[static_cast<std::uint8_t>(row.access)],
                py::tuple(stages), code_text(row.wrong_stage), std::string{row.onchain}));
        }
        return rows;
    });
    m.def("volts_stage_flags", [](py::handle stage) {
        const auto index = exact<std::uint8_t>(stage, "stage");
        if (index >= volts::stage_count)
            refuse_range(exact_int(stage, "stage"), "stage", "is no stage");
        const volts::StageFlags flags = volts::flags_of(static_cast<volts::Stage>(index));
        py::dict out;
        out["round_has_started"] = flags.round_has_started;
        out["instant_transfers_enabled"] = flags.instant_transfers_enabled;
        out["have_taken_performance_fees"] = flags.have_taken_performance_fees;
        out["rebalance_is_ready"] = flags.rebalance_is_ready;
        out["done_rebalancing_target_perp"] = flags.done_rebalancing_target_perp;
        out["done_rebalancing"] = flags.done_rebalancing;
        out["have_resolved_deposits"] = flags.have_resolved_deposits;
        out["have_taken_withdrawal_fees"] = flags.have_taken_withdrawal_fees;
        return out;
    });
}

}  // namespace voltcore::bindings
