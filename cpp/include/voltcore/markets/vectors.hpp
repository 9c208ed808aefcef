#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

// Vectors of doubles and of 64-bit integers (GCC vector extension), and pairs of them, so that one
// template is a scalar, a vector and an interleaved kernel: the same operations lane by lane.

#if defined(__GNUC__) || defined(__clang__)
#define VOLTCORE_KERNEL [[gnu::always_inline]] inline
#else
#define VOLTCORE_KERNEL inline
#endif

namespace voltcore::markets {

template <std::size_t lanes>
struct VectorOf;  // GCC drops a vector_size that depends on a template argument
template <>
struct VectorOf<2> {
    using real = double __attribute__((vector_size(16)));
    using bits = std::uint64_t __attribute__((vector_size(16)));
    using sign = std::int64_t __attribute__((vector_size(16)));
};
template <>
struct VectorOf<4> {
    using real = double __attribute__((vector_size(32)));
    using bits = std::uint64_t __attribute__((vector_size(32)));
    using sign = std::int64_t __attribute__((vector_size(32)));
};
template <>
struct VectorOf<8> {
    using real = double __attribute__((vector_size(64)));
    using bits = std::uint64_t __attribute__((vector_size(64)));
    using sign = std::int64_t __attribute__((vector_size(64)));
};

/// Two vectors that take every operation side by side. A kernel is one long chain of dependent
/// operations, and a processor looks ahead less far than to the next vector's: two chains in turn
/// keep its pipes busy.
template <class V>
struct Twice {
    V first;
    V second;
};

#define VOLTCORE_TWICE(op)                                                                \
    template <class V>                                                                    \
    [[nodiscard]] VOLTCORE_KERNEL Twice<V> operator op(const Twice<V>& a,                 \
                                                       const Twice<V>& b) noexcept {      \
        return {a.first op b.first, a.second op b.second};                                \
    }                                                                                     \
    template <class V, class S>                                                           \
        requires std::is_arithmetic_v<S>                                                  \
    [[nodiscard]] VOLTCORE_KERNEL Twice<V> operator op(const Twice<V>& a, S b) noexcept { \
        return {a.first op b, a.second op b};                                             \
    }                                                                                     \
    template <class V, class S>                                                           \
        requires std::is_arithmetic_v<S>                                                  \
    [[nodiscard]] VOLTCORE_KERNEL Twice<V> operator op(S a, const Twice<V>& b) noexcept { \
        return {a op b.first, a op b.second};                                             \
    }
VOLTCORE_TWICE(+)
VOLTCORE_TWICE(-)
VOLTCORE_TWICE(*)
VOLTCORE_TWICE(/)
VOLTCORE_TWICE(&)
VOLTCORE_TWICE(|)
VOLTCORE_TWICE(^)
VOLTCORE_TWICE(<<)
VOLTCORE_TWICE(>>)
#undef VOLTCORE_TWICE

/// 64-bit integers of the same shape as V, unsigned and signed.
template <class V>
struct BitsOf {
    using type = typename VectorOf<sizeof(V) / sizeof(double)>::bits;
    using sign = typename VectorOf<sizeof(V) / sizeof(double)>::sign;
};
template <>
struct BitsOf<double> {
    using type = std::uint64_t;
    using sign = std::int64_t;
};
template <class V>
struct BitsOf<Twice<V>> {
    using type = Twice<typename BitsOf<V>::type>;
    using sign = Twice<typename BitsOf<V>::sign>;
};

/// The bits of `value` as a T of the same shape.
template <class T>
struct Recast {
    template <class V>
    VOLTCORE_KERNEL static T of(const V& value) noexcept {
        return __builtin_bit_cast(T, value);
    }
};
template <class T>
struct Recast<Twice<T>> {
    template <class V>
    VOLTCORE_KERNEL static Twice<T> of(const Twice<V>& value) noexcept {
        return {__builtin_bit_cast(T, value.first), __builtin_bit_cast(T, value.second)};
    }
};
template <class T, class V>
[[nodiscard]] VOLTCORE_KERNEL T recast(const V& value) noexcept {
    return Recast<T>::of(value);
}

/// a where the sign bit of `mask` is set, else b.
template <class V, class B>
[[nodiscard]] VOLTCORE_KERNEL V choose_by_sign(const B& mask, const V& a, const V& b) noexcept {
    return __builtin_bit_cast(typename BitsOf<V>::sign, mask) < 0 ? a : b;
}
template <class V, class B>
[[nodiscard]] VOLTCORE_KERNEL Twice<V> choose_by_sign(const Twice<B>& mask, const Twice<V>& a,
                                                      const Twice<V>& b) noexcept {
    return {choose_by_sign(mask.first, a.first, b.first),
            choose_by_sign(mask.second, a.second, b.second)};
}

}  // namespace voltcore::markets
