#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "voltcore/irs/margin_calculator.hpp"

namespace voltcore::irs {

namespace {

class GivenInputs final : public MarginInputs {
public:
    U256 apy;
    U256 factor;
    int reads = 0;
    U256 historical_apy_wad() override {
        ++reads;
        return apy;
    }
    U256 variable_factor_wad() override { return factor; }
    U256 variable_factor_no_cache_wad() override { return factor; }
};

U256 per_mille(std::uint64_t n) { return U256{math::wad_u64 / 1000 * n}; }

MarginParameters parameters(std::mt19937_64& draw) {
    const auto share = [&](std::uint64_t top) { return per_mille(draw() % top + 1); };
    MarginParameters p;
    p.apy_upper_multiplier_wad = share(3000);
    p.apy_lower_multiplier_wad = share(1000);
    p.sigma_squared_wad = math::to_int256(share(100));
    p.alpha_wad = math::to_int256(share(100));
    p.beta_wad = math::to_int256(share(2000));
    p.xi_upper_wad = math::to_int256(share(40'000));
    p.xi_lower_wad = math::to_int256(share(40'000));
    p.t_max_wad = math::to_int256(seconds_wad(31'536'000));
    p.dev_mul_left_unwind_lm_wad = share(1000);
    p.dev_mul_right_unwind_lm_wad = share(1000);
    p.dev_mul_left_unwind_im_wad = share(1000);
    p.dev_mul_right_unwind_im_wad = share(1000);
    p.fixed_rate_deviation_min_left_unwind_lm_wad = share(500);
    p.fixed_rate_deviation_min_right_unwind_lm_wad = share(500);
    p.fixed_rate_deviation_min_left_unwind_im_wad = share(500);
    p.fixed_rate_deviation_min_right_unwind_im_wad = share(500);
    p.gamma_wad = share(3000);
    p.eta_im_wad = share(50);
    p.eta_lm_wad = share(50);
    p.min_margin_to_incentivise_liquidators = U256{draw() >> (draw() % 64)};
    return p;
}

/// A balance of any size, often at the borders of the short way.
I256 balance(std::mt19937_64& draw) {
    const auto some = [&]() -> U256 {
        switch (draw() % 7) {
            case 4:
                return U256::from_limbs(draw(), draw(), draw(), draw() >> (1 + draw() % 63));
            case 0:
                return U256{draw() % 3};
            case 1:
                return U256{(std::uint64_t{1} << 62) - 2 + draw() % 4};
            case 2:
                return U256::from_limbs(draw(), draw() >> (draw() % 64), 0, 0);
            case 3:
                return U256{draw()};
            default:
                return U256{draw() >> (draw() % 64)};
        }
    };
    const I256 size = I256::from_bits(some());
    return draw() % 2 == 0 ? size : -size;
}

/// The requirement, or the refusal's text.
struct Outcome {
    U256 value;
    std::string refusal;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};
template <class Ask>
Outcome outcome(Ask&& ask) {
    try {
        return {ask(), {}};
    } catch (const Error& error) {
        return {{}, error.refusal().op + error.refusal().onchain};
    }
}

}  // namespace

TEST_CASE("the short way of a requirement gives what the calculation proper gives") {
    std::mt19937_64 draw{7};
    int different = 0;
    int positive = 0;
    int refused = 0;
    for (int world = 0; world < 400; ++world) {
        const MarginParameters given = parameters(draw);
        const Revision revision = world % 2 == 0 ? Revision::r22 : Revision::r23;
        const Term term = {seconds_wad(1'660'000'000),
                           seconds_wad(1'660'000'000 + 86'400 * (1 + draw() % 700))};
        const std::uint64_t left = draw() % 86'400;
        const U256 now = term.start_wad + seconds_wad(left);
        GivenInputs inputs;
        inputs.apy = per_mille(draw() % 400);
        inputs.factor = per_mille(draw() % 300);
        MarginMemory short_memory;
        MarginCalculator calculator{given, revision, term, now, inputs, short_memory};
        std::vector<U256> prices;
        for (int i = 0; i < 3; ++i) {
            prices.push_back(amm::sqrt_ratio_at_legal_tick(
                static_cast<std::int32_t>(draw() % 138'200) - 69'100));
        }
        for (int i = 0; i < 120; ++i) {
            // Prices and what the world says change now and then, as they do between positions.
            const U256& price = prices[draw() % 8 == 0 ? draw() % 3 : 0];
            if (draw() % 16 == 0) inputs.apy = per_mille(draw() % 400);
            if (draw() % 16 == 0) inputs.factor = per_mille(draw() % 300);
            const bool is_lm = draw() % 2 == 0;
            const I256 fixed = balance(draw);
            const I256 variable = balance(draw);
            MarginMemory nothing;
            MarginCalculator fresh{given, revision, term, now, inputs, nothing};
            const Outcome expected =
                outcome([&] { return fresh.requirement_plain(fixed, variable, is_lm, price); });
            const Outcome got =
                outcome([&] { return calculator.requirement(fixed, variable, is_lm, price); });
            different += got == expected ? 0 : 1;
            positive += expected.value.is_zero() ? 0 : 1;
            refused += expected.refusal.empty() ? 0 : 1;
        }
    }
    CHECK(different == 0);
    CHECK(positive > 10'000);
    CHECK(refused > 100);
}

TEST_CASE("the short way reads the historical rate each time, because reading refreshes it") {
    std::mt19937_64 draw{9};
    const MarginParameters given = parameters(draw);
    const Term term = {seconds_wad(1'660'000'000), seconds_wad(1'670'000'000)};
    GivenInputs inputs;
    inputs.apy = per_mille(50);
    inputs.factor = per_mille(10);
    MarginMemory memory;
    MarginCalculator calculator{given,  Revision::r22, term, seconds_wad(1'661'000'000),
                                inputs, memory};
    const U256 price = amm::sqrt_ratio_at_legal_tick(-16'096);
    const I256 variable{std::int64_t{-1'000'000}};
    for (int i = 0; i < 5; ++i) {
        const int before = inputs.reads;
        (void)calculator.requirement(I256{std::int64_t{5'000'000 + i}}, variable, true, price);
        CHECK(inputs.reads > before);
    }
    REQUIRE(memory.narrow[3].requirement.has_value());
}

}  // namespace voltcore::irs
