#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "bind.hpp"
#include "convert.hpp"
#include "margin_venue_handle.hpp"
#include "voltcore/venues/preset.hpp"

namespace voltcore::bindings {

namespace {

using math::I80F48;
using venues::HealthKind;
using venues::MarginVenue;
using Handle = VenueHandle;

venues::VenuePreset preset_named(const std::string& name) {
    const auto place = one_of<std::uint8_t>("preset", name, {"mango_v3", "entropy"});
    return place == 0 ? venues::mango_v3() : venues::entropy();
}

HealthKind health_kind(const std::string& kind) {
    return one_of<HealthKind>("kind", kind, {"init", "maint", "equity"});
}

void bind_keeper(py::class_<Handle>& cls) {
    cls.def("set_price", [](Handle& self, py::handle caller, py::handle market, py::handle price,
                            py::handle confidence, py::handle trading, py::handle now) {
        const auto who = caller_id(caller);
        const auto index = market_index(market);
        const auto value = fixed(price, "price_bits");
        const auto width = fixed(confidence, "confidence_bits");
        const bool is_trading = exact_flag(trading, "trading");
        const auto time = seconds(now);
        self.use("set_price", [&](MarginVenue& venue) {
            venue.set_price(who, index, value, width, is_trading, time);
        });
    });
    cls.def("cache_prices", [](Handle& self, py::handle now) {
        const auto time = seconds(now);
        self.use("cache_prices", [&](MarginVenue& venue) { venue.cache_prices(time); });
    });
    cls.def("update_banks", [](Handle& self, py::handle now) {
        const auto time = seconds(now);
        self.use("update_banks", [&](MarginVenue& venue) { venue.update_banks(time); });
    });
    cls.def("cache_root_banks", [](Handle& self, py::handle now) {
        const auto time = seconds(now);
        self.use("cache_root_banks", [&](MarginVenue& venue) { venue.cache_root_banks(time); });
    });
    cls.def("update_funding", [](Handle& self, py::handle market, py::handle bid_lots,
                                 py::handle ask_lots, py::handle now) {
        const auto index = market_index(market);
        const auto bid = exact<std::int64_t>(bid_lots, "bid_lots");
        const auto ask = exact<std::int64_t>(ask_lots, "ask_lots");
        const auto time = seconds(now);
        return state_of(self.use("update_funding", [&](MarginVenue& venue) {
            return venue.update_funding(index, bid, ask, time);
        }));
    });
    cls.def("cache_perp_markets", [](Handle& self, py::handle now) {
        const auto time = seconds(now);
        self.use("cache_perp_markets", [&](MarginVenue& venue) { venue.cache_perp_markets(time); });
    });
}

void bind_accounts(py::class_<Handle>& cls) {
    cls.def("add_account", [](Handle& self, py::handle caller, py::handle now) {
        const auto who = caller_id(caller);
        const auto time = seconds(now);
        return self.use("add_account",
                        [&](MarginVenue& venue) { return venue.add_account(who, time); });
    });
    cls.def("deposit", [](Handle& self, py::handle caller, py::handle account, py::handle token,
                          py::handle amount, py::handle now) {
        const auto who = caller_id(caller);
        const auto id = account_id(account);
        const auto index = token_index(token);
        const auto native = exact<std::uint64_t>(amount, "amount");
        const auto time = seconds(now);
        return state_of(self.use("deposit", [&](MarginVenue& venue) {
            return venue.deposit(who, id, index, native, time);
        }));
    });
    cls.def("withdraw", [](Handle& self, py::handle caller, py::handle account, py::handle token,
                           py::handle amount, py::handle allow_borrow, py::handle now) {
        const auto who = caller_id(caller);
        const auto id = account_id(account);
        const auto index = token_index(token);
        const auto native = exact<std::uint64_t>(amount, "amount");
        const auto time = seconds(now);
        const bool may_borrow = exact_flag(allow_borrow, "allow_borrow");
        return state_of(self.use("withdraw", [&](MarginVenue& venue) {
            return venue.withdraw(who, id, index, native, may_borrow, time);
        }));
    });
    cls.def("fill_at_quote",
            [](Handle& self, py::handle caller, py::handle account, py::handle market,
               py::handle base_lots, py::handle price_lots, py::handle now, py::handle off_book) {
                const auto who = caller_id(caller);
                const auto id = account_id(account);
                const auto index = market_index(market);
                const auto base = exact<std::int64_t>(base_lots, "base_lots");
                const auto price = exact<std::int64_t>(price_lots, "price_lots");
                const auto time = seconds(now);
                const bool is_off_book = exact_flag(off_book, "off_book");
                return state_of(self.use("fill_at_quote", [&](MarginVenue& venue) {
                    return venue.fill_at_quote(who, id, index, base, price, time, is_off_book);
                }));
            });
    cls.def("fill_spot_at_quote",
            [](Handle& self, py::handle caller, py::handle account, py::handle market,
               py::handle base_lots, py::handle price_lots, py::handle fee, py::handle now) {
                const auto who = caller_id(caller);
                const auto id = account_id(account);
                const auto index = market_index(market);
                const auto base = exact<std::int64_t>(base_lots, "base_lots");
                const auto price = exact<std::int64_t>(price_lots, "price_lots");
                const auto rate = I80F48::from_bits(exact<math::i128>(fee, "taker_fee_bits"));
                const auto time = seconds(now);
                return state_of(self.use("fill_spot_at_quote", [&](MarginVenue& venue) {
                    return venue.fill_spot_at_quote(who, id, index, base, price, rate, time);
                }));
            });
}

void bind_settling(py::class_<Handle>& cls) {
    cls.def("settle_funding",
            [](Handle& self, py::handle account, py::handle market, py::handle now) {
                const auto id = account_id(account);
                const auto index = market_index(market);
                const auto time = seconds(now);
                return state_of(self.use("settle_funding", [&](MarginVenue& venue) {
                    return venue.settle_funding(id, index, time);
                }));
            });
    cls.def("settle_pnl",
            [](Handle& self, py::handle a, py::handle b, py::handle market, py::handle now) {
                const auto first = account_id(a);
                const auto second = account_id(b);
                const auto index = market_index(market);
                const auto time = seconds(now);
                return state_of(self.use("settle_pnl", [&](MarginVenue& venue) {
                    return venue.settle_pnl(first, second, index, time);
                }));
            });
    cls.def("settle_pnl_outside",
            [](Handle& self, py::handle account, py::handle market, py::handle now) {
                const auto id = account_id(account);
                const auto index = market_index(market);
                const auto time = seconds(now);
                return state_of(self.use("settle_pnl_outside", [&](MarginVenue& venue) {
                    return venue.settle_pnl_outside(id, index, time);
                }));
            });
    cls.def("settle_fees", [](Handle& self, py::handle account, py::handle market, py::handle now) {
        const auto id = account_id(account);
        const auto index = market_index(market);
        const auto time = seconds(now);
        return self.use("settle_fees",
                        [&](MarginVenue& venue) { return venue.settle_fees(id, index, time); });
    });
}

void bind_views(py::class_<Handle>& cls) {
    cls.def("require_fresh", [](Handle& self, py::handle account, py::handle now) {
        const auto id = account_id(account);
        const auto time = seconds(now);
        self.use("require_fresh", [&](MarginVenue& venue) { venue.require_fresh(id, time); });
    });
    cls.def("health", [](Handle& self, py::handle account, py::handle kind) {
        const auto id = account_id(account);
        const auto which = health_kind(exact_text(kind, "kind"));
        return state_of(
            self.use("health", [&](MarginVenue& venue) { return venue.health(id, which); }));
    });
    cls.def("position_value", [](Handle& self, py::handle account, py::handle market) {
        const auto id = account_id(account);
        const auto index = market_index(market);
        return state_of(self.use(
            "position_value", [&](MarginVenue& venue) { return venue.position_value(id, index); }));
    });
    cls.def("net_balance", [](Handle& self, py::handle account, py::handle token) {
        const auto id = account_id(account);
        const auto index = token_index(token);
        return state_of(self.use("net_balance",
                                 [&](MarginVenue& venue) { return venue.net_balance(id, index); }));
    });
    cls.def("market", [](Handle& self, py::handle market) {
        const auto index = market_index(market);
        return self.use("market",
                        [&](MarginVenue& venue) { return state_of(venue.market(index)); });
    });
    cls.def("bank", [](Handle& self, py::handle token) {
        const auto index = token_index(token);
        return self.use("bank", [&](MarginVenue& venue) { return state_of(venue.bank(index)); });
    });
    cls.def("account", [](Handle& self, py::handle account) {
        const auto id = account_id(account);
        return self.use("account", [&](MarginVenue& venue) { return state_of(venue.account(id)); });
    });
    cls.def("balance", [](Handle& self, py::handle account, py::handle token) {
        const auto id = account_id(account);
        const auto index = token_index(token);
        return self.use("balance",
                        [&](MarginVenue& venue) { return state_of(venue.balance(id, index)); });
    });
    cls.def("perp_account", [](Handle& self, py::handle account, py::handle market) {
        const auto id = account_id(account);
        const auto index = market_index(market);
        return self.use("perp_account", [&](MarginVenue& venue) {
            return state_of(venue.perp_account(id, index));
        });
    });
    cls.def("clock", [](Handle& self) {
        return self.use("clock", [](MarginVenue& venue) { return venue.clock(); });
    });
}

}  // namespace

void bind_venues_margin_venue(py::module_& m) {
    py::class_<Handle> cls{m, "MarginVenue"};
    cls.def(py::init([](py::handle config, py::handle now) {
        venues::VenueConfig given;
        read_attributes(config, "", given);
        return std::make_unique<Handle>(MarginVenue{given, seconds(now)});
    }));
    bind_engine_methods(cls);
    bind_keeper(cls);
    bind_accounts(cls);
    bind_settling(cls);
    bind_views(cls);
    bind_venue_orders(cls);
    bind_venue_off_book(cls);
    bind_venue_spot(cls);
    bind_venue_liquidation(cls);
    bind_venues_book(m);

    m.def("venues_preset", [](const std::string& name) { return state_of(preset_named(name)); });
    m.def("venues_example_perp_market", [](const std::string& name, bool squared) {
        const venues::VenuePreset preset = preset_named(name);
        return state_of(squared ? venues::example_squared_market(preset)
                                : venues::example_linear_market(preset));
    });
    m.def("venues_example_interest_curve", [] { return state_of(venues::example_curve()); });
}

}  // namespace voltcore::bindings
