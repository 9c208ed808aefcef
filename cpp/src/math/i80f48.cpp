#include "voltcore/math/i80f48.hpp"

namespace voltcore::math {

namespace {

/// |value| without the trap at the least value: 2^127 fits u128.
u128 magnitude(i128 value) noexcept {
    return value < 0 ? ~static_cast<u128>(value) + 1 : static_cast<u128>(value);
}

I80F48 with_sign(u128 size, bool negative, const char* operation) {
    const u128 most = (u128{1} << 127) - (negative ? 0 : 1);
    if (size > most) refuse_overflow(operation, "I80F48");
    return I80F48::from_bits(static_cast<i128>(negative ? ~size + 1 : size));
}

}  // namespace

I80F48 I80F48::multiply_wide(I80F48 a, I80F48 b) {
    const bool negative = (a.bits_ < 0) != (b.bits_ < 0);
    const u128 x = magnitude(a.bits_);
    const u128 y = magnitude(b.bits_);
    // Schoolbook on 64-bit halves; `high` and `low` are the 256-bit product.
    constexpr u128 half = ~std::uint64_t{0};
    const u128 ll = (x & half) * (y & half);
    const u128 lh = (x & half) * (y >> 64);
    const u128 hl = (x >> 64) * (y & half);
    const u128 middle = (ll >> 64) + (lh & half) + (hl & half);  // < 3 * 2^64
    const u128 low = (ll & half) | (middle << 64);
    const u128 high = (x >> 64) * (y >> 64) + (lh >> 64) + (hl >> 64) + (middle >> 64);
    if (high >> fraction_bits != 0) refuse_overflow("multiply", "I80F48");
    u128 size = (high << (128 - fraction_bits)) | (low >> fraction_bits);
    // Floor: a negative product with a remainder is one unit further from zero.
    if (negative && (low & static_cast<u128>(fraction_mask)) != 0) {
        if (++size == 0) refuse_overflow("multiply", "I80F48");
    }
    return with_sign(size, negative, "multiply");
}

I80F48 I80F48::divide_wide(I80F48 a, I80F48 b) {
    const bool negative = (a.bits_ < 0) != (b.bits_ < 0);
    const u128 numerator = magnitude(a.bits_);
    const u128 divisor = magnitude(b.bits_);
    u128 quotient = numerator / divisor;
    u128 remainder = numerator % divisor;
    // 48 more quotient bits by long division. The remainder stays below the divisor <= 2^127, so
    // doubling it cannot overflow.
    if (quotient >> (128 - fraction_bits) != 0) refuse_overflow("divide", "I80F48");
    for (int i = 0; i < fraction_bits; ++i) {
        remainder <<= 1;
        quotient <<= 1;
        if (remainder >= divisor) {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    return with_sign(quotient, negative, "divide");
}

}  // namespace voltcore::math
