#include <array>
#include <vector>

#include "instructions.hpp"
#include "voltcore/math/i80f48.hpp"
#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/ud60x18.hpp"

namespace voltcore::bench {

namespace {

using math::I80F48;
using math::Revert;
using math::U256;

struct Operands {
    U256 a;
    U256 b;
    U256 d;
};

/// Runs mul_div over operands made by `make(i)`.
template <class Make>
void mul_div_rows(std::size_t rows, Make&& make) {
    std::vector<Operands> operands;
    for (std::size_t i = 0; i < rows; ++i) operands.push_back(make(i));
    std::vector<U256> out(rows);
    measured_section([&] {
        for (std::size_t i = 0; i < rows; ++i) {
            const Operands& row = operands[i];
            if (math::try_mul_div(row.a, row.b, row.d, out[i]) != Revert::none) keep(i);
        }
    });
    keep(out);
}

const Kernel full{
    "math/mul_div/full", 1000, [](std::size_t rows) {
        mul_div_rows(rows, [](std::size_t i) {
            const auto value = [i](std::uint64_t s) {
                return U256::from_limbs(mix(s, i), mix(s + 1, i), mix(s + 2, i), mix(s + 3, i));
            };
            return Operands{value(0) >> 1, value(4), value(8) | U256::power_of_two(255)};
        });
    }};

const Kernel price{"math/mul_div/price", 1000, [](std::size_t rows) {
                       mul_div_rows(rows, [](std::size_t i) {
                           const auto value = [i](std::uint64_t s) {
                               return U256::from_limbs(mix(s, i), mix(s + 1, i),
                                                       mix(s + 2, i) >> 32, 0);
                           };
                           return Operands{U256{value(0).low_half()} << 96, value(4) >> 8,
                                           value(8) | U256::power_of_two(159)};
                       });
                   }};

const Kernel q96{"math/mul_div/q96", 1000, [](std::size_t rows) {
                     mul_div_rows(rows, [](std::size_t i) {
                         return Operands{U256::from_limbs(mix(0, i), mix(1, i), 0, 0),
                                         U256::from_limbs(mix(4, i), mix(5, i), mix(6, i) >> 32, 0),
                                         U256::power_of_two(96)};
                     });
                 }};

const Kernel u64{"math/mul_div/u64", 1000, [](std::size_t rows) {
                     mul_div_rows(rows, [](std::size_t i) {
                         return Operands{U256{mix(0, i)}, U256{mix(4, i)},
                                         U256{mix(8, i) | (std::uint64_t{1} << 63)}};
                     });
                 }};

const Kernel wad_mul{
    "math/ud60x18_mul", 1000, [](std::size_t rows) {
        std::vector<U256> out(rows);
        measured_section([&] {
            for (std::size_t i = 0; i < rows; ++i) {
                const U256 x{mix(0, i)};
                if (math::try_ud60x18_mul(x, U256{mix(1, i)}, out[i]) != Revert::none) keep(i);
            }
        });
        keep(out);
    }};

/// Prices around 1e4 and sizes around 1e6: the operands of a margin venue.
I80F48 venue_price(std::size_t i) {
    return I80F48::from_bits(static_cast<math::i128>(mix(2, i) >> 2));
}
I80F48 venue_size(std::size_t i) {
    return I80F48::from_bits(static_cast<math::i128>(mix(3, i)) << 6);
}

const Kernel fixed_mul{
    "math/i80f48_mul", 1000, [](std::size_t rows) {
        std::vector<I80F48> out(rows);
        measured_section([&] {
            for (std::size_t i = 0; i < rows; ++i) {
                if (try_multiply(venue_price(i), venue_size(i), out[i]) != Revert::none) keep(i);
            }
        });
        keep(out);
    }};

const Kernel fixed_div{
    "math/i80f48_div", 1000, [](std::size_t rows) {
        std::vector<I80F48> out(rows);
        measured_section([&] {
            for (std::size_t i = 0; i < rows; ++i) {
                if (try_divide(venue_size(i), venue_price(i), out[i]) != Revert::none) keep(i);
            }
        });
        keep(out);
    }};

}  // namespace

}  // namespace voltcore::bench
