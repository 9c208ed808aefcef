#include <pybind11/pybind11.h>

#include <cstdint>

#include "bind.hpp"
#include "convert.hpp"
#include "voltcore/sim/control.hpp"

namespace voltcore::bindings {

void bind_sim_control(py::module_& m) {
    using sim::Control;
    py::class_<Control>(m, "Control",
                        "Cancels running shards and counts their finished paths; shared by threads "
                        "of one process.")
        .def(py::init<>())
        .def("cancel", &Control::cancel, "Ask every shard that polls this object to stop.")
        .def_property_readonly("cancelled", &Control::cancelled)
        .def(
            "add_finished",
            [](Control& control, py::handle paths) {
                control.add_finished(exact<std::uint64_t>(paths, "paths"));
            },
            py::arg("paths"), "Count finished paths; the core's own loops do it themselves.")
        .def_property_readonly("finished", &Control::finished, "Paths finished so far.");
}

}  // namespace voltcore::bindings
