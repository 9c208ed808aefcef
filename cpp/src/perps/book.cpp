#include "voltcore/perps/book.hpp"

#include <limits>

#include "voltcore/math/error_code.hpp"

namespace voltcore::perps {

namespace {

constexpr auto bad_value = static_cast<std::uint16_t>(ErrorCode::out_of_range);
constexpr auto bad_arithmetic = static_cast<std::uint16_t>(ErrorCode::overflow);

constexpr u128 ceil_of(u128 a, u128 b) noexcept { return a / b + (a % b != 0 ? 1 : 0); }
constexpr bool wide(u128 value) noexcept { return value >> 64 != 0; }

struct Costs {
    bool fits = false;
    std::uint64_t bps = 0;
    u128 close = 0;   ///< rounded up
    u128 borrow = 0;  ///< rounded up
};

Costs costs_of(std::uint64_t size, std::uint64_t snapshot, const BookMarket& market) noexcept {
    Costs out;
    u128 bps = market.close_bps;
    if (market.impact_scalar != 0) {
        const u128 impact = ceil_of(static_cast<u128>(size) * bps_scale, market.impact_scalar);
        if (wide(impact)) return out;
        bps += impact;
    }
    if (wide(bps)) return out;
    out.bps = static_cast<std::uint64_t>(bps);
    out.close = ceil_of(static_cast<u128>(size) * out.bps, bps_scale);
    out.borrow = ceil_of(static_cast<u128>(market.cumulative - snapshot) * size, rate_scale);
    out.fits = !wide(out.close) && !wide(out.borrow);
    return out;
}

}  // namespace

RowHealth row_health(const Book& book, std::size_t row, const BookMarket& market) noexcept {
    RowHealth out;
    const std::uint64_t size = book.size_usd[row];
    const std::uint64_t entry = book.entry[row];
    const std::uint8_t side = book.side[row];
    if (size == 0 || entry == 0 || market.mark == 0 || side > 1 ||
        book.snapshot[row] > market.cumulative) {
        out.status = bad_value;
        return out;
    }
    const u128 move = static_cast<u128>(size) * distance(market.mark, entry) / entry;
    const Costs costs = costs_of(size, book.snapshot[row], market);
    if (wide(move) || !costs.fits) {
        out.status = bad_arithmetic;
        return out;
    }
    const bool gains = (market.mark > entry) == (side == 0);
    out.pnl_usd = gains ? static_cast<i128>(move) : -static_cast<i128>(move);
    out.remaining_usd = static_cast<i128>(book.collateral_usd[row]) + out.pnl_usd -
                        static_cast<i128>(costs.close) - static_cast<i128>(costs.borrow);
    if (out.remaining_usd < 0) {
        out.liquidatable = true;
        return out;
    }
    u128 covered{};
    const bool beyond = __builtin_mul_overflow(
        static_cast<u128>(out.remaining_usd), static_cast<u128>(market.max_leverage_bps), &covered);
    out.liquidatable = !beyond && covered < static_cast<u128>(size) * bps_scale;
    return out;
}

void mark_rows(const Book& book, const BookMarket& market, std::size_t begin, std::size_t end,
               std::int64_t* pnl_usd, std::uint16_t* status) noexcept {
    constexpr i128 most = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = begin; i < end; ++i) {
        const std::uint64_t entry = book.entry[i];
        pnl_usd[i] = 0;
        status[i] = 0;
        if (book.size_usd[i] == 0 || entry == 0 || market.mark == 0 || book.side[i] > 1) {
            status[i] = bad_value;
            continue;
        }
        const u128 move =
            static_cast<u128>(book.size_usd[i]) * distance(market.mark, entry) / entry;
        if (move > static_cast<u128>(most)) {
            status[i] = bad_arithmetic;
            continue;
        }
        const auto usd = static_cast<std::int64_t>(move);
        pnl_usd[i] = (market.mark > entry) == (book.side[i] == 0) ? usd : -usd;
    }
}

void liquidation_price_rows(const Book& book, const BookMarket& market, std::size_t begin,
                            std::size_t end, std::uint64_t* price, std::uint16_t* status) noexcept {
    for (std::size_t i = begin; i < end; ++i) {
        const std::uint64_t size = book.size_usd[i];
        const std::uint64_t entry = book.entry[i];
        price[i] = 0;
        status[i] = bad_value;
        if (size == 0 || entry == 0 || book.side[i] > 1 || market.max_leverage_bps == 0 ||
            book.snapshot[i] > market.cumulative) {
            continue;
        }
        status[i] = bad_arithmetic;
        const Costs costs = costs_of(size, book.snapshot[i], market);
        if (!costs.fits) continue;
        // Fees floor in this display.
        const u128 close = static_cast<u128>(size) * costs.bps / bps_scale;
        const u128 borrow =
            static_cast<u128>(market.cumulative - book.snapshot[i]) * size / rate_scale;
        const u128 limit = static_cast<u128>(size) * bps_scale / market.max_leverage_bps;
        const u128 most = limit + close + borrow;  // three values below 2^78
        if (wide(limit) || wide(most)) continue;
        const auto max_loss = static_cast<std::uint64_t>(most);
        const u128 gap =
            static_cast<u128>(distance(max_loss, book.collateral_usd[i])) * entry / size;
        if (wide(gap)) continue;
        const bool above = (max_loss > book.collateral_usd[i]) == (book.side[i] == 0);
        const u128 shown = above ? gap + entry : (gap > entry ? 0 : entry - gap);
        if (wide(shown)) continue;
        price[i] = static_cast<std::uint64_t>(shown);
        status[i] = 0;
    }
}

void grid_rows(const Book& book, const BookMarket& market, const std::uint64_t* levels,
               std::size_t count, std::size_t begin, std::size_t end, std::uint32_t* level,
               std::uint16_t* status) noexcept {
    for (std::size_t i = begin; i < end; ++i) {
        status[i] = 0;
        level[i] = 0;
        if (count == 0) continue;
        // What overflows somewhere on the grid overflows at one of its ends.
        BookMarket at = market;
        at.mark = levels[0];
        status[i] = row_health(book, i, at).status;
        at.mark = levels[count - 1];
        if (status[i] == 0) status[i] = row_health(book, i, at).status;
        if (status[i] != 0) continue;
        std::size_t low = 0;
        std::size_t high = count;
        // Longs are liquidatable on levels [0, low), shorts on [low, count).
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            at.mark = levels[middle];
            if (row_health(book, i, at).liquidatable == (book.side[i] == 0)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        level[i] = static_cast<std::uint32_t>(low);
    }
}

}  // namespace voltcore::perps
