#pragma once

#include <pybind11/pybind11.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>

#include "voltcore/math/error.hpp"
#include "voltcore/math/integer.hpp"

namespace voltcore::bindings {

namespace py = pybind11;

/// The Python int behind `value`: an int or a NumPy integer, through `__index__`; bool, float and
/// everything else are refused as `InputTypeError` with the field's name.
[[nodiscard]] py::int_ exact_int(py::handle value, const char* field);

/// The UTF-8 of a Python str; everything else, and a lone surrogate, is refused by the field's
/// name.
[[nodiscard]] std::string exact_text(py::handle value, const char* field);

/// A Python or NumPy bool; everything else is refused by the field's name.
[[nodiscard]] bool exact_flag(py::handle value, const char* field);

/// Text as a Python str; bytes that are no UTF-8 are shown as escapes.
[[nodiscard]] py::str shown_text(const std::string& text);

/// Little-endian two's complement limbs of a Python int; `false` when it needs more than `bits`.
[[nodiscard]] bool limbs_of(const py::int_& value, bool is_signed, unsigned bits,
                            std::uint64_t* limbs);

[[nodiscard]] py::int_ int_from_limbs(const std::uint64_t* limbs, unsigned count, bool is_signed);

/// Raises `InputRangeError` for a value that does not fit; `bound` reads after the value.
[[noreturn]] void refuse_range(const py::int_& value, const char* field, const std::string& bound);

template <class T>
struct integer_width {
    static constexpr unsigned bits = sizeof(T) * 8;
    static constexpr bool is_signed = std::numeric_limits<T>::is_signed;
};
template <>
struct integer_width<math::u128> {
    static constexpr unsigned bits = 128;
    static constexpr bool is_signed = false;
};
template <>
struct integer_width<math::i128> {
    static constexpr unsigned bits = 128;
    static constexpr bool is_signed = true;
};

/// An exact integer of type T from a Python object, or the refusal that names the field.
/// T is a built-in integer, u128 or i128. Wider types overload this beside their own binding.
template <class T>
[[nodiscard]] T exact(py::handle value, const char* field) {
    using width = integer_width<T>;
    const py::int_ number = exact_int(value, field);
    std::uint64_t limbs[2] = {0, 0};
    constexpr unsigned bits = width::bits;
    if (!limbs_of(number, width::is_signed, bits, limbs)) {
        const std::string range = width::is_signed
                                      ? "is not in [-2^" + std::to_string(bits - 1) + ", 2^" +
                                            std::to_string(bits - 1) + " - 1]"
                                      : "is not in [0, 2^" + std::to_string(bits) + " - 1]";
        refuse_range(number, field, range);
    }
    if constexpr (bits == 128) {
        return static_cast<T>((static_cast<math::u128>(limbs[1]) << 64) | limbs[0]);
    } else {
        return static_cast<T>(limbs[0]);
    }
}

/// The Python int of a 128-bit value (pybind11 converts the built-in widths itself).
[[nodiscard]] inline py::int_ to_python(math::u128 value) {
    const std::uint64_t limbs[2] = {static_cast<std::uint64_t>(value),
                                    static_cast<std::uint64_t>(value >> 64)};
    return int_from_limbs(limbs, 2, false);
}
[[nodiscard]] inline py::int_ to_python(math::i128 value) {
    const auto raw = static_cast<math::u128>(value);
    const std::uint64_t limbs[2] = {static_cast<std::uint64_t>(raw),
                                    static_cast<std::uint64_t>(raw >> 64)};
    return int_from_limbs(limbs, 2, true);
}
[[nodiscard]] inline py::int_ to_python(std::uint64_t value) { return py::int_{value}; }
[[nodiscard]] inline py::int_ to_python(std::int64_t value) { return py::int_{value}; }

}  // namespace voltcore::bindings
