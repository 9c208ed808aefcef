#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace voltcore::bindings {

namespace py = pybind11;

/// The C++ object behind an instance of a bound class, or TypeError before its `__init__`.
template <class Bound>
[[nodiscard]] Bound& bound_value(PyObject* self) {
    static const py::detail::type_info* const info = py::detail::get_type_info(typeid(Bound), true);
    auto* instance = reinterpret_cast<py::detail::instance*>(self);
    auto* value = instance->get_value_and_holder(info).template value_ptr<Bound>();
    if (value == nullptr) throw py::type_error("the object has not been initialised");
    return *value;
}

/// What the interpreter calls: positional arguments as they are, exceptions as pybind11 turns them.
template <class Bound, int arguments, py::object (*body)(Bound&, PyObject* const*)>
PyObject* call_fast_method(PyObject* self, PyObject* const* values, Py_ssize_t count) noexcept {
    try {
        if (count != arguments) {
            throw py::type_error("takes " + std::to_string(arguments) + " arguments, not " +
                                 std::to_string(count));
        }
        return body(bound_value<Bound>(self), values).release().ptr();
    } catch (py::error_already_set& error) {
        error.restore();
    } catch (...) {
        py::detail::try_translate_exceptions();
    }
    return nullptr;
}

/// Gives a bound class a method that the interpreter calls without pybind11's dispatch between
/// overloads, which takes longer than a swap. For methods that are called once a swap; `name` has
/// to outlive the class.
template <int arguments, auto body, class Bound>
void def_fast(py::class_<Bound>& cls, const char* name) {
    static PyMethodDef method = {name,
                                 reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(
                                     &call_fast_method<Bound, arguments, body>)),
                                 METH_FASTCALL, nullptr};
    PyObject* descriptor = PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(cls.ptr()), &method);
    if (descriptor == nullptr) throw py::error_already_set{};
    cls.attr(name) = py::reinterpret_steal<py::object>(descriptor);
}

}  // namespace voltcore::bindings
