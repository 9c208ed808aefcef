#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/epoch_bridge.hpp"
#include "voltcore/markets/kernels.hpp"
#include "voltcore/markets/normals.hpp"
#include "voltcore/markets/philox.hpp"

using namespace voltcore::markets;

namespace {

std::byte* bytes_of(std::vector<double>& values) {
    return std::as_writable_bytes(std::span{values}).data();
}

std::vector<const Kernels*> every_level() {
    std::vector<const Kernels*> found;
    for (const SimdLevel level : {SimdLevel::base, SimdLevel::avx2, SimdLevel::avx512}) {
        if (const Kernels* kernels = kernels_of(level)) found.push_back(kernels);
    }
    return found;
}

std::uint64_t bits_of(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

}  // namespace

TEST_CASE("philox4x32-10 gives the published known answers") {
    // Random123, tests/kat_vectors, "philox4x32 10".
    CHECK(philox4x32({0, 0, 0, 0}, 0, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox4x32({ones, ones, ones, ones}, ones, ones) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("every field of a stream has its own bits of counter and key") {
    // One bit changed anywhere in (seed, path, purpose, part, block) changes one bit of the 192
    // that go into Philox, and no other field can set that bit.
    const auto packed = [](std::uint64_t seed, std::uint64_t path, std::uint8_t purpose,
                           std::uint32_t part, std::uint32_t block) {
        const Stream stream = Stream::of(seed, static_cast<Purpose>(purpose), path, part);
        return std::array<std::uint64_t, 3>{stream.seed, stream.path,
                                            (std::uint64_t{stream.purpose_and_part} << 32) | block};
    };
    std::set<std::array<std::uint64_t, 3>> seen{packed(0, 0, 0, 0, 0)};
    for (int bit = 0; bit < 64; ++bit) seen.insert(packed(std::uint64_t{1} << bit, 0, 0, 0, 0));
    for (int bit = 0; bit < 64; ++bit) seen.insert(packed(0, std::uint64_t{1} << bit, 0, 0, 0));
    for (int bit = 0; bit < 8; ++bit) {
        seen.insert(packed(0, 0, static_cast<std::uint8_t>(1u << bit), 0, 0));
    }
    for (int bit = 0; bit < 24; ++bit) seen.insert(packed(0, 0, 0, 1u << bit, 0));
    for (int bit = 0; bit < 32; ++bit) seen.insert(packed(0, 0, 0, 0, 1u << bit));
    CHECK(seen.size() == 193);
}

TEST_CASE("vector normals, walks and prices equal the scalar definition bit for bit") {
    const Stream stream = Stream::of(0xfedcba9876543210, Purpose::diffusion, 0x8000000000000005, 9);
    for (const Kernels* kernels : every_level()) {
        for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 31u, 32u, 33u, 64u, 168u, 1003u}) {
            std::vector<double> normals(count), walk(count), prices(count);
            kernels->normals(stream, 3, bytes_of(normals), count);
            WalkPosition position{3, 0.25};
            kernels->walk(stream, position, bytes_of(walk), count);
            kernels->price(7.5, -1e-4, 0.03, 1.0, 1e4, bytes_of(walk), bytes_of(prices), count);
            double carry = 0.25;
            for (std::size_t i = 0; i < count; ++i) {
                const auto z = normals_at(stream, static_cast<std::uint32_t>(3 + i / 4));
                double sum = z[0];
                for (std::size_t j = 1; j <= i % 4; ++j) sum = sum + z[j];
                REQUIRE(bits_of(normals[i]) == bits_of(z[i % 4]));
                REQUIRE(bits_of(normals[i]) == bits_of(normal_at(stream, 12 + i)));
                REQUIRE(bits_of(walk[i]) == bits_of(carry + sum));
                const double exponent =
                    (1.0 + static_cast<double>(i)) * (-1e-4 * log_2_e) + walk[i] * (0.03 * log_2_e);
                REQUIRE(bits_of(prices[i]) == bits_of(7.5 * exp2_kernel(exponent)));
                if (i % 4 == 3 || i + 1 == count) carry = carry + (((z[0] + z[1]) + z[2]) + z[3]);
            }
            CHECK(position.block == 3 + (count + 3) / 4);
            CHECK(bits_of(position.carry) == bits_of(carry));
        }
    }
}

TEST_CASE("a walk in pieces is the walk in one") {
    const Stream stream = Stream::of(1, Purpose::diffusion, 2);
    for (const Kernels* kernels : every_level()) {
        std::vector<double> whole(400), pieces(400);
        WalkPosition position;
        kernels->walk(stream, position, bytes_of(whole), 400);
        WalkPosition piecewise;
        std::size_t done = 0;
        for (const std::size_t count : {4u, 8u, 20u, 64u, 100u, 204u}) {
            kernels->walk(stream, piecewise, bytes_of(pieces) + done * sizeof(double), count);
            done += count;
        }
        CHECK(whole == pieces);
        CHECK(position.block == piecewise.block);
        CHECK(bits_of(position.carry) == bits_of(piecewise.carry));
    }
}

TEST_CASE("blocks wrap at 2^32 in the block word alone") {
    const Stream stream = Stream::of(3, Purpose::jump_size, ~std::uint64_t{0}, 0xffffff);
    for (const Kernels* kernels : every_level()) {
        std::vector<double> out(64);
        kernels->normals(stream, 0xfffffffd, bytes_of(out), out.size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            const auto block = static_cast<std::uint32_t>(0xfffffffd + i / 4);
            REQUIRE(bits_of(out[i]) == bits_of(normals_at(stream, block)[i % 4]));
        }
    }
}

TEST_CASE("quantise rounds to nearest even and stays in [1, 2^51]") {
    for (const Kernels* kernels : every_level()) {
        std::vector<double> in{0.0, 0.4, 0.5, 1.5, 2.5, 2.6, 1e300, 0x1p51, 12345.5, -3.0, 3.5};
        const std::vector<std::int64_t> expected{
            1, 1, 1, 2, 2, 3, std::int64_t{1} << 51, std::int64_t{1} << 51, 12346, 1, 4};
        kernels->quantise(1.0, bytes_of(in), bytes_of(in), in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            CHECK(static_cast<std::int64_t>(bits_of(in[i])) == expected[i]);
        }
    }
}

TEST_CASE("the batch exp and log equal the scalar ones over every kind of double") {
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> in{
        0.0,   -0.0,     1.0,    -1.0,      708.0,        708.5,     709.7,
        709.9, -708.0,   -709.0, -744.0,    -746.0,       1e-320,    5e-324,
        1e308, infinity, -1e308, -infinity, std::nan(""), 0x1p-1022, 0.9999999999999999};
    for (std::uint32_t i = 0; i < 200; ++i) in.push_back(300.0 * normal_at(Stream{}, i));
    for (const Kernels* kernels : every_level()) {
        std::vector<double> out(in.size());
        kernels->exp(bytes_of(in), bytes_of(out), in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            const double expected = voltcore::markets::exp(in[i]);
            CHECK((expected != expected ? out[i] != out[i] : bits_of(out[i]) == bits_of(expected)));
        }
        kernels->log(bytes_of(in), bytes_of(out), in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            const double expected = voltcore::markets::log(in[i]);
            CHECK((expected != expected ? out[i] != out[i] : bits_of(out[i]) == bits_of(expected)));
        }
    }
}

TEST_CASE("draws are those of the stream's blocks in order, at every level and from any block on") {
    const Stream stream = Stream::of(0x123456789abcdef, Purpose::bootstrap, 3, 5);
    for (const Kernels* kernels : every_level()) {
        for (std::size_t count = 0; count < 140; ++count) {
            for (const std::uint32_t first : {0U, 1U, 7U, 0xfffffff0U}) {
                std::vector<std::uint64_t> out(count + 1, 99);
                kernels->draws(stream, first, std::as_writable_bytes(std::span{out}).data(), count);
                for (std::uint32_t i = 0; i < count; ++i) {
                    const Words words = words_at(stream, first + i / 2);
                    REQUIRE(out[i] == draw_64(words, static_cast<int>(i % 2)));
                }
                REQUIRE(out[count] == 99);
            }
        }
    }
}

TEST_CASE("an epoch of the bridge ends on its close and follows the formula") {
    const std::vector<std::int64_t> closes{6'888'850'000, 7'804'990'000, 8'738'510'000};
    const std::vector<double> variance{0.00856558, 0.00521596};
    const EpochBridge bridge{closes, variance};
    CHECK(bridge.epochs() == 2);
    for (const Kernels* kernels : every_level()) {
        for (std::size_t epoch = 0; epoch < 2; ++epoch) {
            std::vector<std::int64_t> units(168);
            std::vector<double> prices(168), walk(168);
            bridge.fill_epoch(*kernels, 7, 11, epoch, std::span{units});
            bridge.fill_epoch(*kernels, 7, 11, epoch, std::span{prices});
            CHECK(units.back() == closes[epoch + 1]);
            CHECK(prices.back() == static_cast<double>(closes[epoch + 1]) / 1e6);
            WalkPosition position;
            kernels->walk(Stream::of(7, Purpose::bridge, 11, static_cast<std::uint32_t>(epoch)),
                          position, bytes_of(walk), 168);
            const double start = static_cast<double>(closes[epoch]);
            const double move = std::log(static_cast<double>(closes[epoch + 1]) / start);
            const double volatility = std::sqrt((variance[epoch] - move * move / 168) / 167);
            CHECK(bridge.step_volatility(epoch) == doctest::Approx(volatility).epsilon(1e-12));
            for (std::size_t k = 1; k < 168; ++k) {
                const double place = static_cast<double>(k) / 168;
                const double expected =
                    start * std::exp(place * move + volatility * (walk[k - 1] - place * walk[167]));
                REQUIRE(std::abs(static_cast<double>(units[k - 1]) - expected) < 0.51);
            }
        }
    }
}
