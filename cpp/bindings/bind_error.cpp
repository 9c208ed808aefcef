#include <pybind11/gil_safe_call_once.h>
#include <pybind11/pybind11.h>

#include <exception>
#include <string>

#include "bind.hpp"
#include "convert.hpp"
#include "voltcore/math/error.hpp"

namespace voltcore::bindings {

namespace {

const ErrorCodeRow& row_of(ErrorCode code) {
    for (const ErrorCodeRow& row : error_code_table) {
        if (row.code == code) return row;
    }
    return error_code_table[std::size(error_code_table) -
                            1];  // E991: a code without a row is our bug
}

py::object text_or_none(const std::string& text) {
    return text.empty() ? py::none() : py::object(shown_text(text));
}

/// Decimal text becomes an int, other text stays text.
py::object number_or_text(const std::string& text) {
    if (text.empty()) return py::none();
    const std::size_t first = text[0] == '-' ? 1 : 0;
    const bool digits =
        text.size() > first && text.find_first_not_of("0123456789", first) == std::string::npos;
    if (!digits) return shown_text(text);
    return py::int_(py::str(text));
}

py::object kind_or_none(OnchainKind kind) {
    switch (kind) {
        case OnchainKind::require:
            return py::str("require");
        case OnchainKind::custom:
            return py::str("custom");
        case OnchainKind::panic:
            return py::str("panic");
        case OnchainKind::empty:
            return py::str("empty");
        case OnchainKind::unstated:
            break;
    }
    return py::none();
}

/// Sets the class of `voltcore.errors` that the refusal's code names.
void set_refusal(const Error& error) {
    const Refusal& refusal = error.refusal();
    py::dict keywords;
    keywords["code"] = code_text(refusal.code);
    keywords["field"] = text_or_none(refusal.field);
    keywords["value"] = number_or_text(refusal.value);
    keywords["op"] = text_or_none(refusal.op);
    keywords["onchain"] = text_or_none(refusal.onchain);
    keywords["onchain_kind"] = kind_or_none(refusal.onchain_kind);
    py::tuple arguments(refusal.onchain_args.size());
    for (std::size_t i = 0; i < refusal.onchain_args.size(); ++i) {
        arguments[i] = number_or_text(refusal.onchain_args[i]);
    }
    keywords["onchain_args"] = arguments;
    if (refusal.index) keywords["index"] = *refusal.index;
    keywords["required"] = number_or_text(refusal.required);
    keywords["available"] = number_or_text(refusal.available);
    const py::object type = py::module_::import("voltcore.errors")
                                .attr(std::string{row_of(refusal.code).python_class}.c_str());
    const py::object value = type(text_or_none(refusal.bound), **keywords);
    PyErr_SetObject(type.ptr(), value.ptr());
}

/// Allocates through Python alone, so that it works where operator new has just failed.
void set_out_of_memory() {
    // Memory may have run out on the way of throwing a refusal that is already set in Python.
    PyErr_Clear();
    const py::object type = py::module_::import("voltcore.errors").attr("ResourceError");
    PyErr_SetObject(type.ptr(), type("the allocator refused").ptr());
}

void translate(std::exception_ptr pending) {
    try {
        if (pending) std::rethrow_exception(pending);
    } catch (const Error& error) {
        // An exception that leaves a translator makes pybind11 report the first one as it likes.
        try {
            set_refusal(error);
        } catch (const std::bad_alloc&) {
            set_out_of_memory();
        }
    } catch (const std::bad_alloc&) {
        set_out_of_memory();
    }
}

}  // namespace

void bind_error(py::module_& m) {
    py::register_local_exception_translator(&translate);
    m.def(
        "error_codes",
        [] {
            py::list rows;
            for (const ErrorCodeRow& row : error_code_table) {
                rows.append(py::make_tuple(code_text(row.code), std::string{row.python_class},
                                           std::string{row.meaning}));
            }
            return rows;
        },
        "Rows (code, class name, meaning) of every published error code.");
}

}  // namespace voltcore::bindings
