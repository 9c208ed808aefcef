#include "voltcore/math/i80f48.hpp"

#include <algorithm>
#include <cmath>

#include "voltcore/math/u256.hpp"
#include "voltcore/math/wide_text.hpp"

namespace voltcore::math {

namespace {

[[noreturn]] void refuse_text(std::string_view text, ErrorCode code, const char* bound) {
    refuse({.code = code,
            .field = "decimal",
            .value = std::string{text.substr(0, 80)},
            .bound = bound,
            .op = "from_decimal",
            .onchain = {}});
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

I80F48 signed_from(const U256& size, bool negative) {
    const U256 most = U256::power_of_two(127) - U256{static_cast<unsigned>(negative ? 0 : 1)};
    if (size > most) refuse_overflow("convert", "I80F48");
    const u128 bits = size.low_half();
    return I80F48::from_bits(static_cast<i128>(negative ? ~bits + 1 : bits));
}

}  // namespace

I80F48 I80F48::from_decimal(std::string_view text) {
    constexpr std::size_t most_characters = 256;
    std::string_view rest = text.substr(0, most_characters + 1);
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    const std::size_t point = std::min(rest.find('.'), rest.size());
    const std::string_view whole = rest.substr(0, point);
    const std::string_view places = point < rest.size() ? rest.substr(point + 1) : "";
    if (text.size() > most_characters || whole.size() + places.size() == 0 || !all_digits(whole) ||
        !all_digits(places)) {
        refuse_text(text, ErrorCode::bad_text, "is not a decimal number such as \"-0.0125\"");
    }
    U256 units;
    for (const char c : whole) {
        units = units * U256{10U} + U256{static_cast<unsigned>(c - '0')};
        if (units > U256::power_of_two(79)) refuse_overflow("convert", "I80F48");
    }
    // 60 places: digits * 2^48 < 10^60 * 2^48 < 2^248. What follows can only break a tie.
    constexpr std::size_t most_places = 60;
    U256 digits;
    U256 power{1U};
    for (const char c : places.substr(0, most_places)) {
        digits = digits * U256{10U} + U256{static_cast<unsigned>(c - '0')};
        power = power * U256{10U};
    }
    const bool more = places.size() > most_places &&
                      places.find_first_not_of('0', most_places) != std::string_view::npos;
    const U256Division fraction = divide_nonzero(digits << fraction_bits, power);
    const U256 twice = fraction.remainder << 1;
    const bool odd = (fraction.quotient.limb(0) & 1) != 0;
    const bool up = twice > power || (twice == power && (more || odd));
    return signed_from(
        (units << fraction_bits) + fraction.quotient + U256{static_cast<unsigned>(up ? 1 : 0)},
        negative);
}

I80F48 I80F48::from_double(double value) {
    if (!std::isfinite(value)) {
        refuse({.code = ErrorCode::not_finite,
                .field = "value",
                .value = {},
                .bound = "is not a finite number",
                .op = "from_double",
                .onchain = {}});
    }
    const double scaled = value * 0x1p48;  // exact: a power of two, and the range is checked next
    if (scaled >= 0x1p127 || scaled < -0x1p127) refuse_overflow("convert", "I80F48");
    auto bits = static_cast<i128>(scaled);
    const double rest = scaled - static_cast<double>(bits);  // exact; 0 from 2^53 on
    if (rest > 0.5 || (rest == 0.5 && (bits & 1) != 0)) ++bits;
    if (rest < -0.5 || (rest == -0.5 && (bits & 1) != 0)) --bits;
    return from_bits(bits);
}

std::string I80F48::to_decimal() const {
    const u128 size = magnitude(bits_);
    std::string text = math::to_decimal(U256{size >> fraction_bits});
    if (bits_ < 0) text.insert(text.begin(), '-');
    u128 fraction = size & static_cast<u128>(fraction_mask);
    if (fraction != 0) text.push_back('.');
    while (fraction != 0) {
        fraction *= 10;
        text.push_back(static_cast<char>('0' + static_cast<int>(fraction >> fraction_bits)));
        fraction &= static_cast<u128>(fraction_mask);
    }
    return text;
}

}  // namespace voltcore::math
