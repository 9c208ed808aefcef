#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>

#include "voltcore/math/i256.hpp"
#include "voltcore/math/parallel.hpp"
#include "voltcore/math/u256.hpp"

// Batches of 256-bit integers: uint64 arrays of shape (n, 4), least significant limb first. The
// Python layer has checked dtype, shape and length; here they are only read.

namespace voltcore::bindings {

namespace py = pybind11;

template <class T>
using Column = py::array_t<T, py::array::c_style>;
using LimbRows = Column<std::uint64_t>;

[[nodiscard]] inline std::size_t row_count(const py::array& rows) {
    return static_cast<std::size_t>(rows.shape(0));
}
[[nodiscard]] inline LimbRows new_limb_rows(std::size_t rows) {
    return LimbRows({static_cast<py::ssize_t>(rows), py::ssize_t{4}});
}
template <class T>
[[nodiscard]] Column<T> new_column(std::size_t rows) {
    return Column<T>(static_cast<py::ssize_t>(rows));
}

/// Reading and writing rows without the GIL.
class LimbReader {
public:
    explicit LimbReader(const LimbRows& rows) : data_{rows.data()} {}
    [[nodiscard]] math::U256 operator[](std::size_t i) const noexcept {
        const std::uint64_t* limbs = data_ + 4 * i;
        return math::U256::from_limbs(limbs[0], limbs[1], limbs[2], limbs[3]);
    }
    [[nodiscard]] math::I256 signed_at(std::size_t i) const noexcept {
        return math::I256::from_bits((*this)[i]);
    }

private:
    const std::uint64_t* data_;
};
class LimbWriter {
public:
    explicit LimbWriter(LimbRows& rows) : data_{rows.mutable_data()} {}
    void put(std::size_t i, const math::U256& value) const noexcept {
        for (int j = 0; j < 4; ++j) data_[4 * i + static_cast<std::size_t>(j)] = value.limb(j);
    }
    void put(std::size_t i, const math::I256& value) const noexcept { put(i, value.to_bits()); }

private:
    std::uint64_t* data_;
};

/// `body(i, scratch)` for every row without the GIL, on `threads` threads (0: one for each core),
/// each piece of work with a scratch of its own. An interrupt is noticed between rounds of a
/// million rows.
template <class Scratch, class Body>
void for_each_row_with(std::size_t rows, unsigned threads, const Body& body) {
    constexpr std::size_t round = std::size_t{1} << 20;
    constexpr std::size_t chunk = std::size_t{1} << 13;
    for (std::size_t start = 0; start < rows; start += round) {
        const std::size_t count = rows - start < round ? rows - start : round;
        {
            const py::gil_scoped_release release;
            math::parallel_for(count, threads == 0 ? math::default_threads() : threads, chunk,
                               [&](std::size_t begin, std::size_t end) {
                                   Scratch scratch;
                                   for (std::size_t i = begin; i < end; ++i) {
                                       body(start + i, scratch);
                                   }
                               });
        }
        if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
    }
}

/// The same without scratch.
template <class Body>
void for_each_row(std::size_t rows, unsigned threads, const Body& body) {
    struct None {};
    for_each_row_with<None>(rows, threads, [&](std::size_t i, None&) { body(i); });
}

}  // namespace voltcore::bindings
