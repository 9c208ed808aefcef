#include "voltcore/math/wide_text.hpp"

#include <algorithm>
#include <array>

namespace voltcore::math {

std::string to_decimal(const U256& value) {
    // 19 digits at a time: 10^19 is the greatest power of ten below 2^64.
    constexpr std::uint64_t chunk = 10'000'000'000'000'000'000U;
    constexpr int chunk_digits = 19;
    std::array<std::uint64_t, 4> left = value.limbs();
    std::string reversed;
    const auto more = [&left] { return (left[0] | left[1] | left[2] | left[3]) != 0; };
    do {
        std::uint64_t digits = limbs::divide_by_limb(left.data(), 4, chunk);
        for (int i = 0; i < chunk_digits && (more() || digits != 0 || reversed.empty()); ++i) {
            reversed.push_back(static_cast<char>('0' + digits % 10));
            digits /= 10;
        }
    } while (more());
    std::ranges::reverse(reversed);
    return reversed;
}

std::string to_decimal(const I256& value) {
    std::string text = to_decimal(value.magnitude());
    if (value.is_negative()) text.insert(text.begin(), '-');
    return text;
}

}  // namespace voltcore::math
