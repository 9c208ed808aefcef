#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "voltcore/math/error.hpp"
#include "voltcore/math/i80f48.hpp"
#include "voltcore/math/integer.hpp"

// An engine is a value: it lists its fields once, and writing, reading, comparing bytes and showing
// them follow from the list:
//
//     template <class Self, class Visit>
//     static void each_field(Self& self, Visit&& visit) {
//         visit("supply", self.supply);
//         visit("deposit_pool", self.deposit_pool);
//     }
//
// Canonical bytes: fixed little-endian integers, u64 counts before sequences, no padding.

namespace voltcore::math {

class ByteWriter;
class ByteReader;

struct FieldProbe {
    template <class T>
    void operator()(const char*, T&) const {}
};
template <class T>
concept HasFields = requires(T& value, FieldProbe probe) { T::each_field(value, probe); };

class ByteWriter {
public:
    [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::vector<std::byte> take() noexcept { return std::move(bytes_); }

    template <class T>
    void put(const T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            put(static_cast<std::uint8_t>(value ? 1 : 0));
        } else if constexpr (std::is_enum_v<T>) {
            put(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, u128> ||
                             std::is_same_v<T, i128>) {
            auto raw = static_cast<u128>(value);
            for (std::size_t i = 0; i < sizeof(T); ++i, raw >>= 8) {
                bytes_.push_back(static_cast<std::byte>(static_cast<std::uint8_t>(raw)));
            }
        } else if constexpr (std::is_same_v<T, I80F48>) {
            put(value.bits());
        } else {
            T::each_field(value, [this](const char*, const auto& field) { put(field); });
        }
    }
    void put(const std::string& text) {
        put(static_cast<std::uint64_t>(text.size()));
        for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    }
    template <class T, std::size_t N>
    void put(const std::array<T, N>& values) {
        for (const T& value : values) put(value);
    }
    template <class T>
    void put(const std::vector<T>& values) {
        put(static_cast<std::uint64_t>(values.size()));
        for (const T& value : values) put(value);
    }
    template <class K, class V>
    void put(const std::map<K, V>& entries) {
        put(static_cast<std::uint64_t>(entries.size()));
        for (const auto& [key, value] : entries) {
            put(key);
            put(value);
        }
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }

private:
    std::vector<std::byte> bytes_;
};

/// Reads what ByteWriter wrote. Every count is checked against the bytes left before anything is
/// allocated; damage throws CorruptError.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) noexcept : left_{bytes} {}

    [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }

    /// Throws CorruptError unless everything has been read.
    void finish() const {
        if (!at_end()) corrupt("has trailing bytes");
    }

    template <class T>
    void get(T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            std::uint8_t raw{};
            get(raw);
            if (raw > 1) corrupt("has a flag that is neither 0 nor 1");
            value = raw == 1;
        } else if constexpr (std::is_enum_v<T>) {
            // The range of an enumerator is checked by the owner's audit().
            std::underlying_type_t<T> raw{};
            get(raw);
            value = static_cast<T>(raw);
        } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, u128> ||
                             std::is_same_v<T, i128>) {
            const std::span<const std::byte> part = take(sizeof(T));
            u128 raw = 0;
            for (std::size_t i = sizeof(T); i-- > 0;) {
                raw = (raw << 8) | static_cast<std::uint8_t>(part[i]);
            }
            value = static_cast<T>(raw);
        } else if constexpr (std::is_same_v<T, I80F48>) {
            i128 raw{};
            get(raw);
            value = I80F48::from_bits(raw);
        } else {
            T::each_field(value, [this](const char*, auto& field) { get(field); });
        }
    }
    void get(std::string& text) {
        const std::span<const std::byte> part = take(count(1));
        text.resize(part.size());
        std::memcpy(text.data(), part.data(), part.size());
    }
    template <class T, std::size_t N>
    void get(std::array<T, N>& values) {
        for (T& value : values) get(value);
    }
    template <class T>
    void get(std::vector<T>& values) {
        const std::size_t n = count(1);
        values.clear();
        // Not reserved from the count: an element may be wider than one byte.
        for (std::size_t i = 0; i < n; ++i) get(values.emplace_back());
    }
    template <class K, class V>
    void get(std::map<K, V>& entries) {
        const std::size_t n = count(2);
        entries.clear();
        for (std::size_t i = 0; i < n; ++i) {
            K key{};
            get(key);
            if (!entries.empty() && !(entries.rbegin()->first < key)) {
                corrupt("has keys out of order");
            }
            get(entries.emplace_hint(entries.end(), std::move(key), V{})->second);
        }
    }
    template <class T>
    void get(std::optional<T>& value) {
        bool present{};
        get(present);
        value.reset();
        if (present) get(value.emplace());
    }

    [[noreturn]] static void corrupt(const char* what) {
        refuse({.code = ErrorCode::corrupt,
                .field = "snapshot",
                .value = {},
                .bound = what,
                .op = {},
                .onchain = {}});
    }

private:
    std::span<const std::byte> take(std::size_t n) {
        if (n > left_.size()) corrupt("ends too early");
        const std::span<const std::byte> part = left_.first(n);
        left_ = left_.subspan(n);
        return part;
    }
    std::size_t count(std::size_t least_bytes_each) {
        std::uint64_t n{};
        get(n);
        if (n > left_.size() / least_bytes_each) corrupt("has a count above the bytes left");
        return static_cast<std::size_t>(n);
    }

    std::span<const std::byte> left_;
};

}  // namespace voltcore::math
