#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <vector>

#include "convert.hpp"
#include "margin_venue_handle.hpp"
#include "voltcore/venues/book_replay.hpp"

namespace voltcore::bindings {

void bind_venues_book(py::module_& m) {
    using venues::BookOperation;
    using venues::BookResult;
    using Table = py::array_t<std::int64_t, py::array::c_style>;
    static_assert(sizeof(BookOperation) == 7 * sizeof(std::int64_t));
    static_assert(sizeof(BookResult) == 4 * sizeof(std::int64_t));
    m.def(
        "venues_replay_book",
        [](const Table& operations, py::handle orders_per_side) {
            const auto most = exact<std::uint32_t>(orders_per_side, "orders_per_side");
            const auto rows = static_cast<std::size_t>(operations.shape(0));
            const auto* first = reinterpret_cast<const BookOperation*>(operations.data());
            // The caller may write his array while the core runs: it reads a copy.
            const std::vector<BookOperation> copied(first, first + rows);
            Table results({static_cast<py::ssize_t>(rows), py::ssize_t{4}});
            py::array_t<std::uint16_t> status(static_cast<py::ssize_t>(rows));
            auto* out = reinterpret_cast<BookResult*>(results.mutable_data());
            std::uint16_t* codes = status.mutable_data();
            {
                const py::gil_scoped_release nogil;
                venues::replay_book(copied, most, {out, rows}, {codes, rows});
            }
            return py::make_tuple(results, status);
        },
        py::arg("operations").noconvert(), py::arg("orders_per_side"));
}

}  // namespace voltcore::bindings
