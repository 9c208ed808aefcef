#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "convert.hpp"
#include "engine_handle.hpp"
#include "voltcore/math/bytes.hpp"

// Engines list their fields once (`each_field`); from that list follow their readable state, the
// reading of their configuration and the methods that every handle has.

namespace voltcore::bindings {

/// How a type without fields of its own looks from Python; specialise it for wide integers.
template <class T>
struct StateOf;

/// The dict key of a field. Made by Python alone: a receipt is shown after its operation is done,
/// so nothing here may fail where only operator new does.
template <class Field>
[[nodiscard]] py::str key_of(const char* name) {
    PyObject* const key = std::is_same_v<Field, math::I80F48>
                              ? PyUnicode_FromFormat("%s_bits", name)
                              : PyUnicode_InternFromString(name);
    if (key == nullptr) throw py::error_already_set{};
    return py::reinterpret_steal<py::str>(key);
}

/// A value as plain Python: dicts of fields, lists, ints. I80F48 is its raw bits, and the name of
/// such a field ends in `_bits`.
template <class T>
[[nodiscard]] py::object state_of(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return py::bool_{value};
    } else if constexpr (std::is_enum_v<T>) {
        return py::int_{static_cast<std::underlying_type_t<T>>(value)};
    } else if constexpr (std::is_same_v<T, math::u128> || std::is_same_v<T, math::i128>) {
        return to_python(value);
    } else if constexpr (std::is_integral_v<T>) {
        return py::int_{value};
    } else if constexpr (std::is_same_v<T, math::I80F48>) {
        return to_python(value.bits());
    } else if constexpr (requires { StateOf<T>::show(value); }) {
        return StateOf<T>::show(value);
    } else {
        py::dict out;
        T::each_field(value, [&out](const char* name, const auto& field) {
            using Field = std::remove_cvref_t<decltype(field)>;
            out[key_of<Field>(name)] = state_of(field);
        });
        return out;
    }
}

template <>
struct StateOf<std::string> {
    static py::object show(const std::string& value) { return py::str(value); }
};
template <class T>
struct StateOf<std::vector<T>> {
    static py::object show(const std::vector<T>& values) {
        py::list out;
        for (const T& value : values) out.append(state_of(value));
        return out;
    }
};
template <class T, std::size_t N>
struct StateOf<std::array<T, N>> {
    static py::object show(const std::array<T, N>& values) {
        py::list out;
        for (const T& value : values) out.append(state_of(value));
        return out;
    }
};
template <class K, class V>
struct StateOf<std::map<K, V>> {
    static py::object show(const std::map<K, V>& entries) {
        if constexpr (math::HasFields<const K>) {  // no dict key: one row with all fields
            py::list rows;
            for (const auto& [key, value] : entries) {
                py::dict row = state_of(key);
                row.attr("update")(state_of(value));
                rows.append(row);
            }
            return rows;
        } else {
            py::dict out;
            for (const auto& [key, value] : entries) out[state_of(key)] = state_of(value);
            return out;
        }
    }
};
template <class T>
struct StateOf<std::optional<T>> {
    static py::object show(const std::optional<T>& value) {
        return value ? state_of(*value) : py::object(py::none());
    }
};

[[noreturn]] inline void refuse_shape(const std::string& path, const char* bound) {
    refuse({.code = ErrorCode::wrong_type,
            .field = path,
            .value = {},
            .bound = bound,
            .op = {},
            .onchain = {}});
}

/// Fills `value` from the attributes of a Python object with the same names (`_bits` for I80F48);
/// a refusal names the whole path, "markets[0].perp.base_lot_size".
template <class T>
void read_attributes(py::handle object, const std::string& path, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        value = exact_flag(object, path.c_str());
    } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, math::u128> ||
                         std::is_same_v<T, math::i128>) {
        value = exact<T>(object, path.c_str());
    } else if constexpr (std::is_same_v<T, math::I80F48>) {
        value = math::I80F48::from_bits(exact<math::i128>(object, path.c_str()));
    } else if constexpr (std::is_enum_v<T>) {  // by its name, through its type_caster
        value = object.cast<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = exact_text(object, path.c_str());
    } else if constexpr (!math::HasFields<T>) {  // a sequence
        if (!py::isinstance<py::iterable>(object)) {
            refuse_shape(path, "is not a sequence");
        }
        value.clear();
        for (const py::handle item : object) {
            const std::string at = path + "[" + std::to_string(value.size()) + "]";
            read_attributes(item, at, value.emplace_back());
        }
    } else {
        T::each_field(value, [&](const char* name, auto& field) {
            using Field = std::remove_cvref_t<decltype(field)>;
            std::string key{name};
            if constexpr (std::is_same_v<Field, math::I80F48>) key += "_bits";
            const std::string at = path.empty() ? key : path + "." + key;
            if (!py::hasattr(object, key.c_str())) refuse_shape(at, "is missing");
            const py::object part = object.attr(key.c_str());
            read_attributes(part, at, field);
        });
    }
}
/// Canonical bytes of a value: what snapshots frame and digests hash.
template <class T>
[[nodiscard]] py::bytes canonical_bytes(const T& value) {
    math::ByteWriter writer;
    writer.put(value);
    const auto& bytes = writer.bytes();
    return py::bytes{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The value of canonical bytes. Sections that do not fit each other and states that no sequence
/// of operations could have left are refused as CorruptError.
template <class Engine>
[[nodiscard]] Engine from_canonical_bytes(const py::bytes& payload) {
    const std::string_view view{payload};
    math::ByteReader reader{
        std::span{reinterpret_cast<const std::byte*>(view.data()), view.size()}};
    Engine engine;
    reader.get(engine);
    reader.finish();
    if constexpr (requires { engine.restore(); }) engine.restore();
    try {
        engine.audit();
    } catch (const Error& error) {
        Refusal refusal = error.refusal();
        refusal.code = ErrorCode::corrupt;
        refusal.op = {};
        refuse(std::move(refusal));
    }
    return engine;
}

/// The methods that `voltcore._engine.Engine` builds on.
template <class Engine>
void bind_engine_methods(py::class_<EngineHandle<Engine>>& cls) {
    using Handle = EngineHandle<Engine>;
    cls.def("payload", [](Handle& self) {
        return self.use("to_bytes", [](const Engine& e) { return canonical_bytes(e); });
    });
    cls.def_static("from_payload", [](const py::bytes& payload) {
        return std::make_unique<Handle>(from_canonical_bytes<Engine>(payload));
    });
    cls.def("clone", [](Handle& self) {
        return self.use("copy", [](const Engine& e) { return std::make_unique<Handle>(e); });
    });
    cls.def("audit", &Handle::audit);
    cls.def("state", [](Handle& self) {
        return self.use("state", [](const Engine& e) { return state_of(e); });
    });
}

}  // namespace voltcore::bindings
