#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "voltcore/perps/accrual.hpp"
#include "voltcore/perps/book.hpp"
#include "voltcore/perps/book_filter.hpp"

// The vector kernels against one row at a time, on borders and at the ends of the types.

namespace {

using voltcore::perps::u128;
using namespace voltcore::perps;

constexpr std::uint64_t ends[] = {0,
                                  1,
                                  std::uint64_t{1} << 32,
                                  std::uint64_t{1} << 53,
                                  std::uint64_t{1} << 62,
                                  (std::uint64_t{1} << 63) - 1,
                                  std::uint64_t{1} << 63,
                                  ~std::uint64_t{0}};

struct Columns {
    std::vector<std::uint64_t> size, collateral, entry, snapshot;
    std::vector<std::uint8_t> side;

    [[nodiscard]] Book book() const {
        return {size.data(),     collateral.data(), entry.data(),
                snapshot.data(), side.data(),       size.size()};
    }
};

/// Rows within a few units of the border, and some with values no position can have.
Columns rows_near_the_border(std::mt19937_64& random, const BookMarket& market, bool wild) {
    constexpr std::size_t rows = 1'003;
    Columns out{std::vector<std::uint64_t>(rows), std::vector<std::uint64_t>(rows, 0),
                std::vector<std::uint64_t>(rows), std::vector<std::uint64_t>(rows),
                std::vector<std::uint8_t>(rows)};
    for (std::size_t i = 0; i < rows; ++i) {
        out.size[i] = (std::uint64_t{1} << (8 + random() % 50)) + random() % 1'000;
        out.entry[i] = 100'000'000 + random() % 100'000'000;
        out.snapshot[i] = random() % 5'000'000;
        out.side[i] = random() & 1;
        const RowHealth bare = row_health(out.book(), i, market);
        const auto needed = static_cast<i128>(static_cast<u128>(out.size[i]) * bps_scale /
                                              market.max_leverage_bps) -
                            bare.remaining_usd + static_cast<i128>(random() % 9) - 4;
        if (bare.status == 0 && needed > 0 && needed < static_cast<i128>(ends[5])) {
            out.collateral[i] = static_cast<std::uint64_t>(needed);
        }
        if (!wild || random() % 4 != 0) continue;
        std::uint64_t* const columns[] = {&out.size[i], &out.collateral[i], &out.entry[i],
                                          &out.snapshot[i]};
        *columns[random() % 4] = ends[random() % std::size(ends)];
        if (random() % 4 == 0) out.side[i] = static_cast<std::uint8_t>(random());
    }
    return out;
}

TEST_CASE("perps: a scan decides every row as one position is decided") {
    std::mt19937_64 random{5};
    std::size_t wrong = 0;
    for (int round = 0; round < 60; ++round) {
        const std::uint64_t scalars[] = {0, 1'250'000'000'000'000, 10'000'000'000, 7};
        BookMarket market{100'000'000 + random() % 100'000'000, 5'000'000 + random() % 5'000'000,
                          random() % 50, scalars[round % 4], 2'000'000};
        const Columns rows = rows_near_the_border(random, market, round % 3 == 0);
        const Book book = rows.book();
        BookMarket bound = market;
        bound.mark *= 2;
        std::vector<float> prefilter(book.rows);
        prefilter_rows(book, bound, 0, book.rows, prefilter.data());
        std::vector<std::uint8_t> bitmap(book.rows / 8 + 1);
        for (const float* column :
             {static_cast<const float*>(nullptr), static_cast<const float*>(prefilter.data())}) {
            const ScanCount count =
                scan_rows(book, market, column, 0, book.rows, {bitmap.data(), nullptr, nullptr});
            std::size_t bad = 0;
            for (std::size_t i = 0; i < book.rows; ++i) {
                const RowHealth health = row_health(book, i, market);
                bad += health.status != 0 ? 1 : 0;
                const bool found = (bitmap[i / 8] >> (i % 8) & 1) != 0;
                wrong += found != health.liquidatable ? 1 : 0;
            }
            wrong += bad != count.bad ? 1 : 0;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("perps: the filter leaves the same rows open and decides the same at every level") {
    std::mt19937_64 random{6};
    for (int round = 0; round < 40; ++round) {
        const std::uint64_t scalars[] = {0, 1'250'000'000'000'000, 7};
        const BookMarket market{100'000'000 + random() % 100'000'000, 5'000'000 + random() % 999,
                                random() % 50, scalars[round % 3], 2'000'000};
        const Columns rows = rows_near_the_border(random, market, round % 2 == 0);
        const FilterLimits limits{market};
        const std::size_t groups = rows.size.size() / 8;
        std::vector<std::uint8_t> hits(groups), open(groups), plain_hits(groups),
            plain_open(groups);
        filter_rows(rows.book(), limits, 0, groups, hits.data(), open.data());
        filter_rows_plain(rows.book(), limits, 0, groups, plain_hits.data(), plain_open.data());
        CHECK(open == plain_open);
        CHECK(hits == plain_hits);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < 8 * groups; ++i) {
            if ((plain_open[i / 8] >> (i % 8) & 1) != 0) continue;
            const RowHealth health = row_health(rows.book(), i, market);
            const bool found = (plain_hits[i / 8] >> (i % 8) & 1) != 0;
            wrong += health.status != 0 || found != health.liquidatable ? 1 : 0;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("perps: accrual of a row is that of 128-bit integers, or a status") {
    std::mt19937_64 random{7};
    std::size_t wrong = 0;
    for (int round = 0; round < 60; ++round) {
        constexpr std::size_t rows = 300;
        const std::uint64_t kinks[] = {1, 500'000'000, 800'000'000, 999'999'999, 1'000'000'000};
        const SlopeCurve curve{random() % 5'000, random() % 400'000, random() % 4'000'000,
                               kinks[round % 5]};
        const AccrualRule rule{(random() & 1) != 0, (random() & 1) != 0};
        std::vector<std::uint32_t> seconds(20);
        for (std::uint32_t& passed : seconds) passed = static_cast<std::uint32_t>(random() % 9'000);
        std::vector<std::uint64_t> owned(rows), locked(rows), cumulative(rows);
        for (std::size_t i = 0; i < rows; ++i) {
            const bool at_an_end = random() % 10 == 0;
            owned[i] = at_an_end ? ends[random() % 8] : 1 + (random() >> (random() % 60));
            locked[i] = at_an_end ? ends[random() % 8] : owned[i] / 1'000 * (random() % 1'001);
            cumulative[i] = at_an_end ? ends[random() % 8] : random() >> (1 + random() % 40);
        }
        const auto owned_before = owned, locked_before = locked, cumulative_before = cumulative;
        std::vector<std::uint16_t> status(rows);
        accrue_rows(curve, rule, seconds.data(), seconds.size(), 0, rows, owned.data(),
                    locked.data(), cumulative.data(), status.data());
        for (std::size_t i = 0; i < rows; ++i) {
            std::array<u128, 3> held{owned_before[i], locked_before[i], cumulative_before[i]};
            bool fits = true;
            for (const std::uint32_t passed : seconds) {
                if (held[0] == 0 || !fits) continue;
                const u128 used = held[1] * rate_scale / held[0];
                const bool below =
                    used < curve.optimal_utilization || curve.optimal_utilization == rate_scale;
                const u128 rate =
                    curve.base_rate +
                    (below ? used * curve.slope1 / curve.optimal_utilization
                           : curve.slope1 + (used - curve.optimal_utilization) * curve.slope2 /
                                                (rate_scale - curve.optimal_utilization));
                const u128 step = (rate * passed + (rule.round_up ? 3'599 : 0)) / 3'600;
                const u128 interest = rule.compound ? held[1] * step / rate_scale : 0;
                held = {held[0] + interest, held[1] + interest, held[2] + step};
                for (const u128 value : held) fits = fits && value >> 64 == 0;
                fits = fits && rate >> 64 == 0 && step >> 64 == 0;
            }
            const bool same =
                owned[i] == held[0] && locked[i] == held[1] && cumulative[i] == held[2];
            wrong += (fits ? status[i] == 0 && same : status[i] != 0) ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
}

}  // namespace
