#pragma once

#include "convert_wide.hpp"
#include "voltcore/irs/irs_state.hpp"
#include "voltcore/irs/rate_oracle.hpp"

// What the rates protocol's bindings read from Python.

namespace voltcore::bindings {

[[nodiscard]] inline irs::Term read_term(py::handle start_wad, py::handle end_wad) {
    return {exact<math::U256>(start_wad, "term_start_wad"),
            exact<math::U256>(end_wad, "term_end_wad")};
}

[[nodiscard]] inline std::uint32_t read_now(py::handle now) {
    return exact<std::uint32_t>(now, "now");
}

[[nodiscard]] inline irs::Revision read_revision(py::handle revision) {
    return exact<std::uint8_t>(revision, "revision") == 0 ? irs::Revision::r22 : irs::Revision::r23;
}

/// From any object with attributes of the fields' names.
[[nodiscard]] inline irs::MarginParameters read_margin_parameters(py::handle object) {
    irs::MarginParameters parameters;
    irs::MarginParameters::each_field(parameters, [&](const char* name, auto& field) {
        field = exact<std::remove_cvref_t<decltype(field)>>(object.attr(name), name);
    });
    return parameters;
}

struct OracleArguments {
    irs::OracleKind kind;
    std::vector<std::uint32_t> times;
    std::vector<math::U256> values;
    math::U256 rate_ray;
    std::uint32_t report_timestamp;
};

[[nodiscard]] inline OracleArguments read_oracle(py::handle kind, const py::sequence& times,
                                                 const py::sequence& values, py::handle rate_ray,
                                                 py::handle report_timestamp) {
    OracleArguments out{static_cast<irs::OracleKind>(exact<std::uint8_t>(kind, "oracle_kind")),
                        {},
                        {},
                        exact<math::U256>(rate_ray, "rate_ray"),
                        exact<std::uint32_t>(report_timestamp, "report_timestamp")};
    for (const py::handle time : times) {
        out.times.push_back(exact<std::uint32_t>(time, "observations"));
    }
    for (const py::handle value : values) {
        out.values.push_back(exact<math::U256>(value, "observations"));
    }
    return out;
}

}  // namespace voltcore::bindings
