#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "bind.hpp"
#include "convert.hpp"
#include "rows.hpp"
#include "scalars.hpp"
#include "voltcore/perps/accrual.hpp"
#include "voltcore/perps/book.hpp"

namespace voltcore::bindings {

namespace {

using perps::Book;
using perps::BookMarket;
using U64 = Column<std::uint64_t>;
using U8 = Column<std::uint8_t>;
using U16 = Column<std::uint16_t>;

/// The five columns; Python has checked dtypes and lengths.
Book book_of(const py::tuple& columns) {
    const auto size = columns[0].cast<U64>();
    return {size.data(),
            columns[1].cast<U64>().data(),
            columns[2].cast<U64>().data(),
            columns[3].cast<U64>().data(),
            columns[4].cast<U8>().data(),
            row_count(size)};
}

/// (mark, cumulative, close_bps, impact_scalar, max_leverage_bps).
BookMarket market_of(const py::tuple& given) {
    return {u64(given[0], "mark"), u64(given[1], "cumulative"), u64(given[2], "close_bps"),
            u64(given[3], "impact_scalar"), u64(given[4], "max_leverage_bps")};
}

/// `body(begin, end)` over the rows without the GIL, in chunks of whole bitmap bytes; an interrupt
/// is noticed between pieces.
template <class Body>
void for_each_chunk(std::size_t rows, unsigned threads, const Body& body) {
    constexpr std::size_t piece = std::size_t{1} << 24;
    constexpr std::size_t chunk = std::size_t{1} << 16;
    for (std::size_t start = 0; start < rows; start += piece) {
        const std::size_t count = std::min(piece, rows - start);
        {
            const py::gil_scoped_release release;
            math::parallel_for(
                count, threads == 0 ? math::default_threads() : threads, chunk,
                [&](std::size_t begin, std::size_t end) { body(start + begin, start + end); });
        }
        if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
    }
}

unsigned threads_of(py::handle value) {
    return static_cast<unsigned>(std::min<std::uint64_t>(u64(value, "threads"), 1024));
}

py::tuple scan(const py::tuple& columns, const py::tuple& given, const py::object& prefilter,
               bool with_status, bool with_shortfall, py::handle threads) {
    const Book book = book_of(columns);
    const BookMarket market = market_of(given);
    U8 bitmap = new_column<std::uint8_t>((book.rows + 7) / 8);
    U16 status = new_column<std::uint16_t>(with_status ? book.rows : 0);
    U64 shortfall = new_column<std::uint64_t>(with_shortfall ? book.rows : 0);
    if (with_shortfall) std::fill_n(shortfall.mutable_data(), book.rows, std::uint64_t{0});
    const perps::ScanOutput out{bitmap.mutable_data(),
                                with_status ? status.mutable_data() : nullptr,
                                with_shortfall ? shortfall.mutable_data() : nullptr};
    const Column<float> filter =
        prefilter.is_none() ? Column<float>(0) : prefilter.cast<Column<float>>();
    const float* column = prefilter.is_none() ? nullptr : filter.data();
    std::atomic<std::size_t> hits{0};
    std::atomic<std::size_t> bad{0};
    std::atomic<std::size_t> by_integers{0};
    for_each_chunk(book.rows, threads_of(threads), [&](std::size_t begin, std::size_t end) {
        const perps::ScanCount count = perps::scan_rows(book, market, column, begin, end, out);
        hits += count.hits;
        bad += count.bad;
        by_integers += count.exact;
    });
    return py::make_tuple(bitmap, hits.load(), bad.load(), by_integers.load(), status, shortfall);
}

Column<float> prefilter(const py::tuple& columns, const py::tuple& given, py::handle threads) {
    const Book book = book_of(columns);
    const BookMarket market = market_of(given);
    Column<float> out = new_column<float>(book.rows);
    float* data = out.mutable_data();
    for_each_chunk(book.rows, threads_of(threads), [&](std::size_t begin, std::size_t end) {
        perps::prefilter_rows(book, market, begin, end, data);
    });
    return out;
}

py::tuple mark_to_market(const py::tuple& columns, const py::tuple& given, py::handle threads) {
    const Book book = book_of(columns);
    const BookMarket market = market_of(given);
    Column<std::int64_t> pnl = new_column<std::int64_t>(book.rows);
    U16 status = new_column<std::uint16_t>(book.rows);
    std::int64_t* usd = pnl.mutable_data();
    std::uint16_t* codes = status.mutable_data();
    for_each_chunk(book.rows, threads_of(threads), [&](std::size_t begin, std::size_t end) {
        perps::mark_rows(book, market, begin, end, usd, codes);
    });
    return py::make_tuple(pnl, status);
}

py::tuple liquidation_prices(const py::tuple& columns, const py::tuple& given, py::handle threads) {
    const Book book = book_of(columns);
    const BookMarket market = market_of(given);
    U64 price = new_column<std::uint64_t>(book.rows);
    U16 status = new_column<std::uint16_t>(book.rows);
    std::uint64_t* prices = price.mutable_data();
    std::uint16_t* codes = status.mutable_data();
    for_each_chunk(book.rows, threads_of(threads), [&](std::size_t begin, std::size_t end) {
        perps::liquidation_price_rows(book, market, begin, end, prices, codes);
    });
    return py::make_tuple(price, status);
}

/// Notional that is liquidatable at each level, longs and shorts apart.
py::tuple liquidation_grid(const py::tuple& columns, const py::tuple& given, const U64& levels,
                           py::handle threads) {
    const Book book = book_of(columns);
    const BookMarket market = market_of(given);
    const std::size_t count = row_count(levels);
    Column<std::uint32_t> level = new_column<std::uint32_t>(book.rows);
    U16 status = new_column<std::uint16_t>(book.rows);
    std::uint32_t* at = level.mutable_data();
    std::uint16_t* codes = status.mutable_data();
    for_each_chunk(book.rows, threads_of(threads), [&](std::size_t begin, std::size_t end) {
        perps::grid_rows(book, market, levels.data(), count, begin, end, at, codes);
    });
    std::vector<math::u128> longs(count + 1, 0);
    std::vector<math::u128> shorts(count + 1, 0);
    for (std::size_t i = 0; i < book.rows; ++i) {
        if (codes[i] == 0) (book.side[i] == 0 ? longs : shorts)[at[i]] += book.size_usd[i];
    }
    // A long counts on the levels below its number, a short from it on.
    for (std::size_t i = count; i-- > 0;) longs[i] += longs[i + 1];
    for (std::size_t i = 1; i < count; ++i) shorts[i] += shorts[i - 1];
    py::list long_usd;
    py::list short_usd;
    for (std::size_t i = 0; i < count; ++i) {
        long_usd.append(to_python(longs[i + 1]));
        short_usd.append(to_python(shorts[i]));
    }
    return py::make_tuple(long_usd, short_usd, status);
}

py::tuple accrue(const U64& owned, const U64& locked, const U64& cumulative,
                 const Column<std::uint32_t>& seconds, const py::tuple& curve, bool round_up,
                 bool compound, py::handle threads) {
    const std::size_t rows = row_count(owned);
    const perps::SlopeCurve slopes{u64(curve[0], "base_rate"), u64(curve[1], "slope1"),
                                   u64(curve[2], "slope2"), u64(curve[3], "optimal_utilization")};
    if (slopes.optimal_utilization == 0 || slopes.optimal_utilization > perps::rate_scale) {
        refuse_range(py::int_{slopes.optimal_utilization}, "optimal_utilization",
                     "is not in [1, 10^9]");
    }
    const perps::AccrualRule rule{round_up, compound};
    const auto copied = [rows](const U64& from) {
        U64 out = new_column<std::uint64_t>(rows);
        std::copy_n(from.data(), rows, out.mutable_data());
        return out;
    };
    U64 o = copied(owned);
    U64 l = copied(locked);
    U64 c = copied(cumulative);
    U16 status = new_column<std::uint16_t>(rows);
    std::uint64_t* owned_out = o.mutable_data();
    std::uint64_t* locked_out = l.mutable_data();
    std::uint64_t* cumulative_out = c.mutable_data();
    std::uint16_t* codes = status.mutable_data();
    const std::uint32_t* times = seconds.data();
    const std::size_t steps = row_count(seconds);
    const unsigned workers = threads_of(threads);
    // Pieces of about 2^24 steps, so that an interrupt is noticed.
    constexpr std::size_t chunk = 1024;
    const std::size_t piece =
        std::max<std::size_t>(chunk, (std::size_t{1} << 24) / std::max<std::size_t>(steps, 1));
    for (std::size_t start = 0; start < rows; start += piece) {
        const std::size_t count = std::min(piece, rows - start);
        {
            const py::gil_scoped_release release;
            math::parallel_for(count, workers == 0 ? math::default_threads() : workers, chunk,
                               [&](std::size_t begin, std::size_t end) {
                                   perps::accrue_rows(slopes, rule, times, steps, start + begin,
                                                      start + end, owned_out, locked_out,
                                                      cumulative_out, codes);
                               });
        }
        if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
    }
    return py::make_tuple(o, l, c, status);
}

}  // namespace

void bind_perps_book(py::module_& m) {
    m.def("perps_scan", &scan);
    m.def("perps_prefilter", &prefilter);
    m.def("perps_mark_to_market", &mark_to_market);
    m.def("perps_liquidation_prices", &liquidation_prices);
    m.def("perps_liquidation_grid", &liquidation_grid);
    m.def("perps_accrue", &accrue);
}

}  // namespace voltcore::bindings
