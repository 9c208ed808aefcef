#pragma once

#include <pybind11/pybind11.h>

#include <utility>

#include "voltcore/math/error.hpp"

namespace voltcore::bindings {

namespace py = pybind11;

/// An instance of `type`, a NamedTuple of Python, made of Python objects: a quarter of the time of
/// calling the class.
template <class... Values>
[[nodiscard]] py::object new_receipt(py::handle type, Values&&... values) {
    auto* cls = reinterpret_cast<PyTypeObject*>(type.ptr());
    if (PyType_Check(type.ptr()) == 0 || PyType_IsSubtype(cls, &PyTuple_Type) == 0 ||
        cls->tp_basicsize != PyTuple_Type.tp_basicsize) {
        refuse({.code = ErrorCode::wrong_type,
                .field = "receipt",
                .value = {},
                .bound = "is not a plain subclass of tuple",
                .op = {},
                .onchain = {}});
    }
    // The values first: between here and the last of them nothing may run that could look inside.
    py::object members[] = {py::object{std::forward<Values>(values)}...};
    PyObject* receipt = cls->tp_alloc(cls, sizeof...(values));
    if (receipt == nullptr) throw py::error_already_set{};
    Py_ssize_t place = 0;
    for (py::object& member : members) {
        PyTuple_SET_ITEM(receipt, place++, member.release().ptr());
    }
    return py::reinterpret_steal<py::object>(receipt);
}

}  // namespace voltcore::bindings
