#include <algorithm>
#include <string>

#include "bind.hpp"
#include "math_operation.hpp"

namespace voltcore::bindings {

namespace {

/// One integer into one row; `name` gives its field when it has to be shown.
template <class Name>
void store_int(py::handle value, std::uint64_t* row, unsigned width, bool is_signed, Name&& name) {
    const py::int_ number = PyLong_CheckExact(value.ptr()) != 0
                                ? py::reinterpret_borrow<py::int_>(value)
                                : exact_int(value, name().c_str());
    if (!limbs_of(number, is_signed, width * 64, row)) {
        const std::string bits = std::to_string(width * 64 - (is_signed ? 1 : 0));
        refuse_range(number, name().c_str(),
                     is_signed ? "is not in [-2^" + bits + ", 2^" + bits + " - 1]"
                               : "is not in [0, 2^" + bits + " - 1]");
    }
}

void limbs_from_int(py::handle value, LimbArray& out, bool is_signed, const std::string& field) {
    store_int(value, out.mutable_data(), static_cast<unsigned>(out.shape(1)), is_signed,
              [&field] { return field; });
}

void limbs_from_ints(const py::list& values, LimbArray& out, bool is_signed,
                     const std::string& field) {
    const auto width = static_cast<unsigned>(out.shape(1));
    std::uint64_t* row = out.mutable_data();
    const std::size_t n = std::min(values.size(), static_cast<std::size_t>(out.shape(0)));
    for (std::size_t i = 0; i < n; ++i, row += width) {
        const py::object value = values[i];  // owned: an element's __index__ may change the list
        store_int(value, row, width, is_signed,
                  [&] { return field + "[" + std::to_string(i) + "]"; });
    }
}

py::list ints_from_limbs(const LimbArray& limbs, bool is_signed) {
    const auto n = static_cast<std::size_t>(limbs.shape(0));
    const auto width = static_cast<unsigned>(limbs.shape(1));
    py::list out(n);
    const std::uint64_t* row = limbs.data();
    for (std::size_t i = 0; i < n; ++i, row += width) {
        out[i] = int_from_limbs(row, width, is_signed);
    }
    return out;
}

unsigned thread_count(py::handle threads) {
    const auto count = exact<std::int64_t>(threads, "threads");
    constexpr std::int64_t most = 1024;
    if (count < 1 || count > most) {
        refuse_range(exact_int(threads, "threads"), "threads", "is not in [1, 1024]");
    }
    return static_cast<unsigned>(count);
}

void float64_from_limbs(const LimbArray& limbs, py::array_t<double>& out, bool is_signed) {
    double* const results = out.mutable_data();
    const Operand<math::U256> rows{limbs, static_cast<std::size_t>(limbs.shape(0)), "limbs"};
    (void)run_rows(
        static_cast<std::size_t>(limbs.shape(0)), 0, nullptr, [&, results](std::size_t i) noexcept {
            results[i] =
                is_signed ? math::I256::from_bits(rows[i]).to_double() : rows[i].to_double();
            return math::Revert::none;
        });
}

}  // namespace

void bind_math_limbs(py::module_& m) {
    m.def("math_limbs_from_int", &limbs_from_int, py::arg("value"), py::arg("out").noconvert(),
          py::arg("is_signed"), py::arg("field"), py::pos_only{});
    m.def("math_limbs_from_ints", &limbs_from_ints, py::arg("values"), py::arg("out").noconvert(),
          py::arg("is_signed"), py::arg("field"), py::pos_only{});
    m.def("math_ints_from_limbs", &ints_from_limbs, py::arg("limbs").noconvert(),
          py::arg("is_signed"), py::pos_only{});
    m.def("math_thread_count", &thread_count, py::arg("threads"), py::pos_only{});
    m.def("math_float64_from_limbs", &float64_from_limbs, py::arg("limbs").noconvert(),
          py::arg("out").noconvert(), py::arg("is_signed"), py::pos_only{});
}

}  // namespace voltcore::bindings
