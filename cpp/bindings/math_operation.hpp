#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "convert.hpp"
#include "convert_wide.hpp"
#include "voltcore/math/error.hpp"
#include "voltcore/math/i256.hpp"
#include "voltcore/math/i80f48.hpp"
#include "voltcore/math/parallel.hpp"
#include "voltcore/math/revert.hpp"
#include "voltcore/math/u256.hpp"

// One arithmetic operation becomes two Python functions: `name`, ints in and int out, and
// `name_batch`, which runs the same kernel over rows of limbs.

namespace voltcore::bindings {

/// An I80F48 crosses the border as its raw bits.
template <std::same_as<math::I80F48> T>
[[nodiscard]] T exact(py::handle value, const char* field) {
    return T::from_bits(exact<math::i128>(value, field));
}
[[nodiscard]] inline py::int_ to_python(math::I80F48 value) { return to_python(value.bits()); }

using LimbArray = py::array_t<std::uint64_t, py::array::c_style>;
using StatusArray = py::array_t<std::uint16_t, py::array::c_style>;

/// How a number type lies in a row of limbs.
template <class T>
struct limb_row;
template <>
struct limb_row<math::U256> {
    static constexpr std::size_t limbs = 4;
    static math::U256 load(const std::uint64_t* row) noexcept {
        return math::U256::from_limbs(row[0], row[1], row[2], row[3]);
    }
    static void store(std::uint64_t* row, const math::U256& value) noexcept {
        for (int i = 0; i < 4; ++i) row[i] = value.limb(i);
    }
};
template <>
struct limb_row<math::I256> {
    static constexpr std::size_t limbs = 4;
    static math::I256 load(const std::uint64_t* row) noexcept {
        return math::I256::from_bits(limb_row<math::U256>::load(row));
    }
    static void store(std::uint64_t* row, const math::I256& value) noexcept {
        limb_row<math::U256>::store(row, value.to_bits());
    }
};
template <>
struct limb_row<math::I80F48> {
    static constexpr std::size_t limbs = 2;
    static math::I80F48 load(const std::uint64_t* row) noexcept {
        return math::I80F48::from_bits(
            static_cast<math::i128>((static_cast<math::u128>(row[1]) << 64) | row[0]));
    }
    static void store(std::uint64_t* row, math::I80F48 value) noexcept {
        const auto bits = static_cast<math::u128>(value.bits());
        row[0] = static_cast<std::uint64_t>(bits);
        row[1] = static_cast<std::uint64_t>(bits >> 64);
    }
};

/// A column of operands; one row stands for all when `step` is 0.
template <class T>
struct Operand {
    const std::uint64_t* data;
    std::size_t step;

    Operand(const LimbArray& array, std::size_t rows, const char* field)
        : data{array.data()}, step{array.shape(0) == 1 ? 0 : limb_row<T>::limbs} {
        const auto given = static_cast<std::size_t>(array.shape(0));
        if (array.ndim() != 2 || array.shape(1) != limb_row<T>::limbs ||
            (given != 1 && given != rows)) {
            refuse({.code = ErrorCode::array_shape,
                    .field = field,
                    .value = {},
                    .bound = "does not have the rows of the result",
                    .op = {},
                    .onchain = {}});
        }
    }
    [[nodiscard]] T operator[](std::size_t i) const noexcept {
        return limb_row<T>::load(data + i * step);
    }
};

/// Runs `row(i) -> Revert` for i in [0, n), in slices between which Ctrl-C is noticed, and returns
/// the first row that failed, or n. A status column, when there is one, gets a code for each row.
template <class Row>
std::size_t run_rows(std::size_t n, unsigned threads, std::uint16_t* status, Row&& row) {
    constexpr std::size_t slice = std::size_t{1} << 18;  // below 200 ms for the slowest kernel
    constexpr std::size_t chunk = std::size_t{1} << 14;
    if (threads == 0) threads = n < 2 * chunk ? 1 : math::default_threads();
    std::atomic<std::size_t> first_failed{n};
    for (std::size_t done = 0; done < n; done += std::min(slice, n - done)) {
        {
            const py::gil_scoped_release nogil;
            math::parallel_for(
                std::min(slice, n - done), threads, chunk, [&](std::size_t begin, std::size_t end) {
                    std::size_t failed = n;
                    for (std::size_t i = done + begin; i < done + end; ++i) {
                        const math::Revert revert = row(i);
                        if (revert != math::Revert::none && failed == n) failed = i;
                        if (status != nullptr) status[i] = math::revert_code(revert);
                    }
                    std::size_t seen = first_failed.load();
                    while (failed < seen && !first_failed.compare_exchange_weak(seen, failed)) {
                    }
                });
        }
        if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
    }
    return first_failed.load();
}

/// `call` of the row that failed, so that its refusal is the scalar's own with the row added.
template <class Call>
void refuse_row(std::size_t row, Call&& call) {
    try {
        (void)call(row);
    } catch (const Error& error) {
        Refusal refusal = error.refusal();
        refusal.index = static_cast<std::int64_t>(row);
        refuse(std::move(refusal));
    }
}

inline std::uint16_t* status_data(std::optional<StatusArray>& status) {
    return status ? status->mutable_data() : nullptr;
}

/// Declares `math_<name>` and `math_<name>_batch` for a kernel of one operand.
template <auto kernel, auto scalar, class A, class R>
void define_unary(py::module_& m, const std::string& name, const char* a_name) {
    m.def(("math_" + name).c_str(),
          [a_name](py::handle a) { return to_python(scalar(exact<A>(a, a_name))); },
          py::arg(a_name), py::pos_only{});
    m.def(("math_" + name + "_batch").c_str(),
          [a_name](const LimbArray& a, LimbArray& out, std::optional<StatusArray> status,
                   unsigned threads) {
              const auto n = static_cast<std::size_t>(out.shape(0));
              const Operand<A> as{a, n, a_name};
              std::uint64_t* const results = out.mutable_data();
              const std::size_t failed =
                  run_rows(n, threads, status_data(status), [&, results](std::size_t i) noexcept {
                      R result;
                      const math::Revert revert = kernel(as[i], result);
                      if (revert == math::Revert::none) {
                          limb_row<R>::store(results + i * limb_row<R>::limbs, result);
                      }
                      return revert;
                  });
              if (failed < n && !status) {
                  refuse_row(failed, [&](std::size_t i) { return scalar(as[i]); });
              }
          },
          py::arg("a").noconvert(), py::arg("out").noconvert(), py::arg("status").noconvert(),
          py::arg("threads"), py::pos_only{});
}

/// The same for a kernel of two operands.
template <auto kernel, auto scalar, class A, class B, class R>
void define_binary(py::module_& m, const std::string& name, const char* a_name,
                   const char* b_name) {
    m.def(("math_" + name).c_str(),
          [a_name, b_name](py::handle a, py::handle b) {
              const A left = exact<A>(a, a_name);
              return to_python(scalar(left, exact<B>(b, b_name)));
          },
          py::arg(a_name), py::arg(b_name), py::pos_only{});
    m.def(("math_" + name + "_batch").c_str(),
          [a_name, b_name](const LimbArray& a, const LimbArray& b, LimbArray& out,
                           std::optional<StatusArray> status, unsigned threads) {
              const auto n = static_cast<std::size_t>(out.shape(0));
              const Operand<A> as{a, n, a_name};
              const Operand<B> bs{b, n, b_name};
              std::uint64_t* const results = out.mutable_data();
              const std::size_t failed =
                  run_rows(n, threads, status_data(status), [&, results](std::size_t i) noexcept {
                      R result;
                      const math::Revert revert = kernel(as[i], bs[i], result);
                      if (revert == math::Revert::none) {
                          limb_row<R>::store(results + i * limb_row<R>::limbs, result);
                      }
                      return revert;
                  });
              if (failed < n && !status) {
                  refuse_row(failed, [&](std::size_t i) { return scalar(as[i], bs[i]); });
              }
          },
          py::arg("a").noconvert(), py::arg("b").noconvert(), py::arg("out").noconvert(),
          py::arg("status").noconvert(), py::arg("threads"), py::pos_only{});
}

/// The same for a kernel of three operands.
template <auto kernel, auto scalar, class A, class B, class C, class R>
void define_ternary(py::module_& m, const std::string& name, const char* a_name, const char* b_name,
                    const char* c_name) {
    m.def(("math_" + name).c_str(),
          [a_name, b_name, c_name](py::handle a, py::handle b, py::handle c) {
              const A first = exact<A>(a, a_name);
              const B second = exact<B>(b, b_name);
              return to_python(scalar(first, second, exact<C>(c, c_name)));
          },
          py::arg(a_name), py::arg(b_name), py::arg(c_name), py::pos_only{});
    m.def(("math_" + name + "_batch").c_str(),
          [a_name, b_name, c_name](const LimbArray& a, const LimbArray& b, const LimbArray& c,
                                   LimbArray& out, std::optional<StatusArray> status,
                                   unsigned threads) {
              const auto n = static_cast<std::size_t>(out.shape(0));
              const Operand<A> as{a, n, a_name};
              const Operand<B> bs{b, n, b_name};
              const Operand<C> cs{c, n, c_name};
              std::uint64_t* const results = out.mutable_data();
              const std::size_t failed =
                  run_rows(n, threads, status_data(status), [&, results](std::size_t i) noexcept {
                      R result;
                      const math::Revert revert = kernel(as[i], bs[i], cs[i], result);
                      if (revert == math::Revert::none) {
                          limb_row<R>::store(results + i * limb_row<R>::limbs, result);
                      }
                      return revert;
                  });
              if (failed < n && !status) {
                  refuse_row(failed, [&](std::size_t i) { return scalar(as[i], bs[i], cs[i]); });
              }
          },
          py::arg("a").noconvert(), py::arg("b").noconvert(), py::arg("c").noconvert(),
          py::arg("out").noconvert(), py::arg("status").noconvert(), py::arg("threads"),
          py::pos_only{});
}

}  // namespace voltcore::bindings
