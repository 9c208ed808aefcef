#include <pybind11/pybind11.h>

#include <memory>

#include "bind.hpp"
#include "convert_irs.hpp"
#include "state_wide.hpp"
#include "voltcore/irs/oracle_engine.hpp"

namespace voltcore::bindings {

namespace {

using irs::OracleEngine;
using irs::RateOracle;
using math::U256;
using Handle = EngineHandle<OracleEngine>;

/// A query at `now`, which may not lie before the oracle's clock.
template <class Body>
auto query(Handle& self, py::handle now, const char* op, Body&& body) {
    const std::uint32_t time = read_now(now);
    return self.use(op, [&](const OracleEngine& engine) {
        engine.require_clock(time, op);
        return body(engine.oracle(), time);
    });
}

template <class Body>
auto change(Handle& self, py::handle now, const char* op, Body&& body) {
    const std::uint32_t time = read_now(now);
    return self.use(op, [&](OracleEngine& engine) {
        return engine.change(time, op, [&](RateOracle& oracle) { return body(oracle, time); });
    });
}

void bind_changes(py::class_<Handle>& cls) {
    cls.def("set_rate", [](Handle& self, py::handle now, py::handle rate_ray, py::handle report) {
        const auto rate = exact<U256>(rate_ray, "rate_ray");
        const auto timestamp = exact<std::uint32_t>(report, "report_timestamp");
        change(self, now, "set_rate",
               [&](RateOracle& oracle, std::uint32_t) { oracle.set_report(rate, timestamp); });
    });
    cls.def("set_min_seconds_since_last_update",
            [](Handle& self, py::handle now, py::handle value) {
                const auto seconds = exact<U256>(value, "seconds");
                change(self, now, "set_min_seconds_since_last_update",
                       [&](RateOracle& oracle, std::uint32_t) {
                           oracle.set_min_seconds_since_last_update(seconds);
                       });
            });
    cls.def("increase_observation_cardinality_next",
            [](Handle& self, py::handle now, py::handle value) {
                const auto next = exact<std::uint16_t>(value, "observation_cardinality_next");
                change(self, now, "increase_observation_cardinality_next",
                       [&](RateOracle& oracle, std::uint32_t) {
                           oracle.increase_observation_cardinality_next(next);
                       });
            });
    cls.def("write_oracle_entry", [](Handle& self, py::handle now) {
        change(self, now, "write_oracle_entry",
               [](RateOracle& oracle, std::uint32_t time) { oracle.write_oracle_entry(time); });
    });
    cls.def("variable_factor", [](Handle& self, py::handle now, py::handle start, py::handle end) {
        const irs::Term term = read_term(start, end);
        return to_python(
            change(self, now, "variable_factor", [&](RateOracle& oracle, std::uint32_t time) {
                return oracle.variable_factor(term, time);
            }));
    });
}

void bind_queries(py::class_<Handle>& cls) {
    cls.def("current_rate_ray", [](Handle& self, py::handle now) {
        return to_python(
            query(self, now, "current_rate_ray", [](const RateOracle& oracle, std::uint32_t time) {
                return oracle.current_rate_ray(time);
            }));
    });
    cls.def("observe", [](Handle& self, py::handle now, py::handle when) {
        const auto at = exact<std::uint32_t>(when, "when");
        return to_python(
            query(self, now, "observe", [&](const RateOracle& oracle, std::uint32_t time) {
                return oracle.observe(at, time);
            }));
    });
    cls.def("last_rate_slope", [](Handle& self) {
        const auto [value, time] = self.use("last_rate_slope", [](const OracleEngine& engine) {
            return engine.oracle().last_rate_slope();
        });
        return py::make_tuple(to_python(value), time);
    });
    cls.def("last_rate_apy", [](Handle& self) {
        return to_python(self.use("last_rate_apy", [](const OracleEngine& engine) {
            return engine.oracle().last_rate_apy();
        }));
    });
    cls.def("rate_from_to", [](Handle& self, py::handle now, py::handle from, py::handle to) {
        const auto start = exact<U256>(from, "start");
        const auto end = exact<U256>(to, "end");
        return to_python(
            query(self, now, "rate_from_to", [&](const RateOracle& oracle, std::uint32_t time) {
                return oracle.rate_from_to(start, end, time);
            }));
    });
    cls.def("apy_from_to", [](Handle& self, py::handle now, py::handle from, py::handle to) {
        const auto start = exact<U256>(from, "start");
        const auto end = exact<U256>(to, "end");
        return to_python(
            query(self, now, "apy_from_to", [&](const RateOracle& oracle, std::uint32_t time) {
                return oracle.apy_from_to(start, end, time);
            }));
    });
    cls.def("variable_factor_no_cache",
            [](Handle& self, py::handle now, py::handle start, py::handle end) {
                const irs::Term term = read_term(start, end);
                return to_python(query(self, now, "variable_factor_no_cache",
                                       [&](const RateOracle& oracle, std::uint32_t time) {
                                           return oracle.variable_factor_no_cache(term, time);
                                       }));
            });
    cls.def("interpolate_rate_value", [](Handle& self, py::handle value, py::handle apy,
                                         py::handle elapsed) {
        const auto v = exact<U256>(value, "value_ray");
        const auto a = exact<U256>(apy, "apy_wad");
        const auto t = exact<U256>(elapsed, "elapsed_wad");
        return to_python(self.use("interpolate_rate_value", [&](const OracleEngine& engine) {
            return engine.oracle().interpolate_rate_value(v, a, t);
        }));
    });
    cls.def("apy_from_rate", [](Handle& self, py::handle rate, py::handle years) {
        const auto r = exact<U256>(rate, "rate_wad");
        const auto y = exact<U256>(years, "years_wad");
        return to_python(self.use("apy_from_rate", [&](const OracleEngine& engine) {
            return engine.oracle().apy_from_rate(r, y);
        }));
    });
}

}  // namespace

void bind_irs_oracle(py::module_& m) {
    py::class_<Handle> cls(m, "IrsRateOracle");
    cls.def(py::init([](py::handle kind, py::handle revision, const py::sequence& times,
                        const py::sequence& values, py::handle rate_ray,
                        py::handle report_timestamp, py::handle now) {
        const OracleArguments in = read_oracle(kind, times, values, rate_ray, report_timestamp);
        return std::make_unique<Handle>(OracleEngine{in.kind, read_revision(revision), in.times,
                                                     in.values, in.rate_ray, in.report_timestamp,
                                                     read_now(now)});
    }));
    bind_engine_methods<OracleEngine>(cls);
    cls.def("head", [](Handle& self) {
        return self.use(
            "head", [](const OracleEngine& engine) { return state_of(engine.oracle().head()); });
    });
    cls.def("newest", [](Handle& self) {
        return self.use("newest", [](const OracleEngine& engine) {
            return state_of(engine.oracle().newest());
        });
    });
    bind_changes(cls);
    bind_queries(cls);
}

}  // namespace voltcore::bindings
