#include "convert.hpp"

#include <bit>
#include <cstring>
#include <string_view>

// Until 3.11 an int lies open as its sign and digits of 30 bits: for numbers beyond 64 bits some
// 50 ns shorter, each, than through the byte arrays of the interface.
#if PY_VERSION_HEX < 0x030C0000 && !defined(PYPY_VERSION) && PYLONG_BITS_IN_DIGIT == 30
#define VOLTCORE_INT_DIGITS
#endif

namespace voltcore::bindings {

namespace {

#ifdef VOLTCORE_INT_DIGITS
constexpr unsigned digit_bits = 30;

/// |value| in limbs; false where it needs more than `words` of them.
bool magnitude_of(PyObject* value, unsigned words, std::uint64_t* limbs) {
    const auto* number = reinterpret_cast<const PyLongObject*>(value);
    const auto digits = static_cast<unsigned>(Py_ABS(Py_SIZE(value)));
    if (digits > (64 * words + digit_bits - 1) / digit_bits) return false;
    std::memset(limbs, 0, 8 * words);
    for (unsigned i = 0; i < digits; ++i) {
        const std::uint64_t bits_of_it = number->ob_digit[i];
        const unsigned word = i * digit_bits / 64;
        const unsigned shift = i * digit_bits % 64;
        limbs[word] |= bits_of_it << shift;
        const std::uint64_t above = shift > 64 - digit_bits ? bits_of_it >> (64 - shift) : 0;
        if (above != 0) {
            if (word + 1 == words) return false;
            limbs[word + 1] |= above;
        }
    }
    return true;
}

/// The int of |value| in limbs without zeros at the top.
PyObject* new_magnitude(const std::uint64_t* limbs, unsigned count) {
    const auto bits = 64 * count - static_cast<unsigned>(std::countl_zero(limbs[count - 1]));
    const unsigned digits = (bits + digit_bits - 1) / digit_bits;
    PyLongObject* number = _PyLong_New(static_cast<Py_ssize_t>(digits));
    if (number == nullptr) return nullptr;
    for (unsigned i = 0; i < digits; ++i) {
        const unsigned word = i * digit_bits / 64;
        const unsigned shift = i * digit_bits % 64;
        std::uint64_t bits_of_it = limbs[word] >> shift;
        if (shift > 64 - digit_bits && word + 1 < count) {
            bits_of_it |= limbs[word + 1] << (64 - shift);
        }
        number->ob_digit[i] = static_cast<digit>(bits_of_it & ((1U << digit_bits) - 1));
    }
    return reinterpret_cast<PyObject*>(number);
}
#endif

/// An instance of `voltcore.errors.<name>` built from keyword arguments.
[[noreturn]] void raise(const char* name, const py::object& bound, const py::dict& keywords) {
    const py::object type = py::module_::import("voltcore.errors").attr(name);
    const py::object error = type(bound, **keywords);
    PyErr_SetObject(type.ptr(), error.ptr());
    throw py::error_already_set{};
}

}  // namespace

py::int_ exact_int(py::handle value, const char* field) {
    // numpy.bool_ has no __index__; Python's bool is an int and must be refused by name.
    if (PyBool_Check(value.ptr()) == 0 && PyIndex_Check(value.ptr()) != 0) {
        PyObject* number = PyNumber_Index(value.ptr());
        if (number == nullptr) throw py::error_already_set{};
        return py::reinterpret_steal<py::int_>(number);
    }
    py::dict keywords;
    keywords["code"] = "E101";
    keywords["field"] = field;
    keywords["value"] = value;
    const std::string type = py::str(py::type::handle_of(value).attr("__name__"));
    raise("InputTypeError", py::str("is " + type + ", not an integer"), keywords);
}

namespace {

[[noreturn]] void refuse_value(ErrorCode code, const char* field, const char* bound) {
    refuse({.code = code, .field = field, .value = {}, .bound = bound, .op = {}, .onchain = {}});
}

}  // namespace

std::string exact_text(py::handle value, const char* field) {
    if (!py::isinstance<py::str>(value)) {
        refuse_value(ErrorCode::wrong_type, field, "is not a str");
    }
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
    if (text == nullptr) {
        PyErr_Clear();
        refuse_value(ErrorCode::bad_text, field, "has a character that is no text");
    }
    return {text, static_cast<std::size_t>(size)};
}

bool exact_flag(py::handle value, const char* field) {
    if (value.ptr() == Py_True) return true;
    if (value.ptr() == Py_False) return false;
    const std::string_view type = Py_TYPE(value.ptr())->tp_name;
    if (type != "numpy.bool" && type != "numpy.bool_") {
        refuse_value(ErrorCode::wrong_type, field, "is not a bool");
    }
    const int found = PyObject_IsTrue(value.ptr());
    if (found < 0) throw py::error_already_set{};
    return found == 1;
}

py::str shown_text(const std::string& text) {
    PyObject* out =
        PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "backslashreplace");
    if (out == nullptr) throw py::error_already_set{};
    return py::reinterpret_steal<py::str>(out);
}

bool limbs_of(const py::int_& value, bool is_signed, unsigned bits, std::uint64_t* limbs) {
    constexpr unsigned most_words = 8;
    const unsigned words = (bits + 63) / 64;
    if (words > most_words) return false;
    int overflow = 0;
    const long long small = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow == 0) {
        if (small < 0 && !is_signed) return false;
        const std::uint64_t fill = small < 0 ? ~std::uint64_t{0} : 0;
        limbs[0] = static_cast<std::uint64_t>(small);
        for (unsigned i = 1; i < words; ++i) limbs[i] = fill;
    } else {
        if (overflow < 0 && !is_signed) return false;
#if defined(VOLTCORE_INT_DIGITS)
        // Beyond 64 bits, so that the magnitude of a negative number has a sign bit to lose.
        if (!magnitude_of(value.ptr(), words, limbs)) return false;
        if (is_signed) {
            const std::uint64_t top = limbs[words - 1];
            if (overflow > 0) {
                if (top >> 63 != 0) return false;
            } else {
                std::uint64_t below = 0;
                for (unsigned i = 0; i + 1 < words; ++i) below |= limbs[i];
                constexpr std::uint64_t least = std::uint64_t{1} << 63;
                if (top > least || (top == least && below != 0)) return false;
                std::uint64_t carry = 1;
                for (unsigned i = 0; i < words; ++i) {
                    limbs[i] = ~limbs[i] + carry;
                    carry = static_cast<std::uint64_t>(carry != 0 && limbs[i] == 0);
                }
            }
        }
#elif PY_VERSION_HEX >= 0x030D0000
        // One more limb than asked for, so that an unsigned value keeps a zero sign bit.
        std::uint64_t wide[most_words + 1] = {};
        const auto size = static_cast<Py_ssize_t>((words + 1) * 8);
        const Py_ssize_t needed =
            PyLong_AsNativeBytes(value.ptr(), wide, size, Py_ASNATIVEBYTES_LITTLE_ENDIAN);
        if (needed < 0) throw py::error_already_set{};
        if (needed > size) return false;
        const std::uint64_t extension = wide[words];
        const bool fits = is_signed
                              ? extension == ((wide[words - 1] >> 63) != 0 ? ~std::uint64_t{0} : 0)
                              : extension == 0;
        if (!fits) return false;
        std::memcpy(limbs, wide, words * 8);
#else
        if (_PyLong_AsByteArray(reinterpret_cast<PyLongObject*>(value.ptr()),
                                reinterpret_cast<unsigned char*>(limbs), words * 8, 1,
                                is_signed ? 1 : 0) != 0) {
            if (PyErr_ExceptionMatches(PyExc_OverflowError) == 0) throw py::error_already_set{};
            PyErr_Clear();
            return false;
        }
#endif
    }
    if (bits % 64 != 0) {
        // A type narrower than its limbs: what lies above it must be the extension of its sign.
        const unsigned shift = bits % 64 - (is_signed ? 1 : 0);
        const std::uint64_t above = limbs[words - 1] >> shift;
        if (above != 0 && !(is_signed && above == ~std::uint64_t{0} >> shift)) return false;
    }
    return true;
}

py::int_ int_from_limbs(const std::uint64_t* limbs, unsigned count, bool is_signed) {
    std::uint64_t differs = 0;
    const std::uint64_t fill = is_signed && (limbs[0] >> 63) != 0 ? ~std::uint64_t{0} : 0;
    for (unsigned i = 1; i < count; ++i) differs |= limbs[i] ^ fill;
    if (differs == 0) {
        // One limb, its sign included: the interpreter's shorter way.
        PyObject* small = is_signed ? PyLong_FromLongLong(static_cast<long long>(limbs[0]))
                                    : PyLong_FromUnsignedLongLong(limbs[0]);
        if (small == nullptr) throw py::error_already_set{};
        return py::reinterpret_steal<py::int_>(small);
    }
    if (!is_signed) {
        while (limbs[count - 1] == 0) --count;  // one is not: the value has more than one limb
    }
#ifdef VOLTCORE_INT_DIGITS
    if (!is_signed || limbs[count - 1] >> 63 == 0) {
        while (limbs[count - 1] == 0) --count;
        PyObject* positive = new_magnitude(limbs, count);
        if (positive == nullptr) throw py::error_already_set{};
        return py::reinterpret_steal<py::int_>(positive);
    }
#endif
    const std::size_t size = std::size_t{count} * 8;
#if PY_VERSION_HEX >= 0x030D0000
    const int flags =
        Py_ASNATIVEBYTES_LITTLE_ENDIAN | (is_signed ? 0 : Py_ASNATIVEBYTES_UNSIGNED_BUFFER);
    PyObject* number = PyLong_FromNativeBytes(limbs, size, flags);
#else
    PyObject* number =
        _PyLong_FromByteArray(reinterpret_cast<const unsigned char*>(limbs), size, 1, is_signed);
#endif
    if (number == nullptr) throw py::error_already_set{};
    return py::reinterpret_steal<py::int_>(number);
}

void refuse_range(const py::int_& value, const char* field, const std::string& bound) {
    py::dict keywords;
    keywords["code"] = "E110";
    keywords["field"] = field;
    keywords["value"] = value;
    raise("InputRangeError", py::str(bound), keywords);
}

}  // namespace voltcore::bindings
