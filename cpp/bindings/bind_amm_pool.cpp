#include <pybind11/pybind11.h>

#include <memory>

#include "all_or_nothing.hpp"
#include "bind.hpp"
#include "convert_wide.hpp"
#include "fast_method.hpp"
#include "receipt.hpp"
#include "rows.hpp"
#include "state_wide.hpp"
#include "voltcore/amm/tick_bitmap.hpp"
#include "voltcore/amm/uniswap_v3_pool.hpp"

namespace voltcore::bindings {

namespace {

using amm::UniswapSwap;
using amm::UniswapV3Pool;
using math::I256;
using math::u128;
using math::U256;
using Handle = EngineHandle<UniswapV3Pool>;

amm::PositionKey position_key(py::handle owner, py::handle lower, py::handle upper) {
    return {exact<std::uint64_t>(owner, "owner"), exact<std::int32_t>(lower, "tick_lower"),
            exact<std::int32_t>(upper, "tick_upper")};
}

py::tuple amounts_tuple(const amm::TokenAmounts& amounts) {
    return py::make_tuple(to_python(amounts.amount0), to_python(amounts.amount1));
}

py::object swap_receipt(py::handle type, const UniswapSwap& swap) {
    return new_receipt(type, to_python(swap.amount0), to_python(swap.amount1),
                       to_python(swap.sqrt_price_x96), py::int_{swap.tick},
                       to_python(swap.liquidity), py::int_{swap.steps});
}

/// The columns of a batch of swaps.
struct SwapColumns {
    explicit SwapColumns(std::size_t rows)
        : amount0{new_limb_rows(rows)},
          amount1{new_limb_rows(rows)},
          price{new_limb_rows(rows)},
          tick{new_column<std::int32_t>(rows)},
          liquidity{new_limb_rows(rows)},
          steps{new_column<std::uint32_t>(rows)},
          status{new_column<std::uint16_t>(rows)} {}

    LimbRows amount0, amount1, price;
    Column<std::int32_t> tick;
    LimbRows liquidity;
    Column<std::uint32_t> steps;
    Column<std::uint16_t> status;

    [[nodiscard]] py::tuple take() {
        return py::make_tuple(std::move(amount0), std::move(amount1), std::move(price),
                              std::move(tick), std::move(liquidity), std::move(steps),
                              std::move(status));
    }
};

/// The same columns as the loop writes them, without the GIL.
struct SwapWriter {
    explicit SwapWriter(SwapColumns& columns)
        : amount0{columns.amount0},
          amount1{columns.amount1},
          price{columns.price},
          liquidity{columns.liquidity},
          tick{columns.tick.mutable_data()},
          steps{columns.steps.mutable_data()},
          status{columns.status.mutable_data()} {}

    LimbWriter amount0, amount1, price, liquidity;
    std::int32_t* tick;
    std::uint32_t* steps;
    std::uint16_t* status;

    void put(std::size_t i, math::Revert revert, const UniswapSwap& swap) const noexcept {
        static constexpr UniswapSwap nothing{};
        const UniswapSwap& row = revert == math::Revert::none ? swap : nothing;
        amount0.put(i, row.amount0);
        amount1.put(i, row.amount1);
        price.put(i, row.sqrt_price_x96);
        liquidity.put(i, U256{row.liquidity});
        tick[i] = row.tick;
        steps[i] = row.steps;
        status[i] = math::revert_code(revert);
    }
};

/// Swaps one after the other, the state carried on. `atomic`: the first refused row takes all back
/// and is thrown with its number.
py::tuple swap_many(Handle& self, const Column<std::uint8_t>& zero_for_one, const LimbRows& amounts,
                    const LimbRows& limits, bool atomic, bool plain) {
    const std::size_t rows = row_count(amounts);
    SwapColumns columns{rows};
    const SwapWriter write{columns};
    const LimbReader amount{amounts};
    const LimbReader limit{limits};
    const std::uint8_t* direction = zero_for_one.data();
    self.use("swap_many", [&](UniswapV3Pool& pool) {
        AllOrNothing<UniswapV3Pool> change{pool};
        constexpr std::size_t piece = std::size_t{1} << 16;
        for (std::size_t start = 0; start < rows; start += piece) {
            const std::size_t end = std::min(rows, start + piece);
            std::size_t failed = end;
            math::Revert failure = math::Revert::none;
            {
                const py::gil_scoped_release release;
                UniswapSwap out;
                for (std::size_t i = start; i < end; ++i) {
                    const math::Revert revert =
                        plain
                            ? pool.try_swap_plain(direction[i] != 0, amount.signed_at(i), limit[i],
                                                  out)
                            : pool.try_swap(direction[i] != 0, amount.signed_at(i), limit[i], out);
                    write.put(i, revert, out);
                    if (atomic && revert != math::Revert::none) {
                        failed = i;
                        failure = revert;
                        break;
                    }
                }
            }
            if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
            if (failed != end) {
                const math::RevertRow& row = math::revert_row(failure);
                refuse({.code = row.code,
                        .field = {},
                        .value = {},
                        .bound = {},
                        .op = "swap_many",
                        .onchain = std::string{row.text},
                        .index = static_cast<std::int64_t>(failed),
                        .onchain_kind = row.kind});
            }
        }
        change.keep();
    });
    return columns.take();
}

py::tuple quote_many(Handle& self, const Column<std::uint8_t>& zero_for_one,
                     const LimbRows& amounts, const LimbRows& limits, unsigned threads) {
    const std::size_t rows = row_count(amounts);
    SwapColumns columns{rows};
    const SwapWriter write{columns};
    const LimbReader amount{amounts};
    const LimbReader limit{limits};
    const std::uint8_t* direction = zero_for_one.data();
    self.use("quote_many", [&](const UniswapV3Pool& pool) {
        for_each_row_with<amm::SwapScratch>(
            rows, threads, [&](std::size_t i, amm::SwapScratch& scratch) {
                UniswapSwap out;
                const math::Revert revert =
                    pool.try_quote(direction[i] != 0, amount.signed_at(i), limit[i], scratch, out);
                write.put(i, revert, out);
            });
    });
    return columns.take();
}

void bind_reads(py::class_<Handle>& cls) {
    cls.def("config", [](Handle& self) {
        return self.use("config", [](const UniswapV3Pool& pool) {
            return py::make_tuple(pool.fee_pips(), pool.tick_spacing(),
                                  to_python(pool.max_liquidity_per_tick()));
        });
    });
    cls.def("slot", [](Handle& self) {
        return self.use("slot", [](const UniswapV3Pool& pool) { return state_of(pool.state()); });
    });
    cls.def("tick", [](Handle& self, py::handle tick) {
        const auto key = exact<std::int32_t>(tick, "tick");
        return self.use("tick",
                        [&](const UniswapV3Pool& pool) { return state_of(pool.ticks().get(key)); });
    });
    cls.def("position", [](Handle& self, py::handle owner, py::handle lower, py::handle upper) {
        const amm::PositionKey key = position_key(owner, lower, upper);
        return self.use("position", [&](const UniswapV3Pool& pool) {
            return state_of(pool.positions().get(key));
        });
    });
    cls.def("initialized_ticks", [](Handle& self) {
        return self.use("initialized_ticks",
                        [](const UniswapV3Pool& pool) { return state_of(pool.ticks().keys()); });
    });
    cls.def("bitmap_word", [](Handle& self, py::handle index) {
        const auto word = exact<std::int16_t>(index, "index");
        return self.use("bitmap_word", [&](const UniswapV3Pool& pool) {
            return to_python(pool.bitmap().word(word));
        });
    });
}

/// What `method` gives for (receipt, zero_for_one, amount_specified, sqrt_price_limit_x96).
template <auto method>
py::object traded(Handle& self, PyObject* const* arguments, const char* op) {
    const bool zero_for_one = exact_flag(arguments[1], "zero_for_one");
    const auto amount = exact<I256>(arguments[2], "amount_specified");
    const auto limit = exact<U256>(arguments[3], "sqrt_price_limit_x96");
    return swap_receipt(arguments[0], self.use(op, [&](UniswapV3Pool& pool) {
        return (pool.*method)(zero_for_one, amount, limit);
    }));
}
py::object swap_once(Handle& self, PyObject* const* arguments) {
    return traded<&UniswapV3Pool::swap>(self, arguments, "swap");
}
py::object quote_once(Handle& self, PyObject* const* arguments) {
    return traded<&UniswapV3Pool::quote>(self, arguments, "quote");
}

void bind_operations(py::class_<Handle>& cls) {
    cls.def("initialize", [](Handle& self, py::handle sqrt_price_x96) {
        const auto price = exact<U256>(sqrt_price_x96, "sqrt_price_x96");
        self.use("initialize", [&](UniswapV3Pool& pool) { pool.initialize(price); });
    });
    cls.def("mint", [](Handle& self, py::handle owner, py::handle lower, py::handle upper,
                       py::handle amount) {
        const amm::PositionKey key = position_key(owner, lower, upper);
        const auto size = exact<u128>(amount, "amount");
        return amounts_tuple(
            self.use("mint", [&](UniswapV3Pool& pool) { return pool.mint(key, size); }));
    });
    cls.def("burn", [](Handle& self, py::handle owner, py::handle lower, py::handle upper,
                       py::handle amount) {
        const amm::PositionKey key = position_key(owner, lower, upper);
        const auto size = exact<u128>(amount, "amount");
        return amounts_tuple(
            self.use("burn", [&](UniswapV3Pool& pool) { return pool.burn(key, size); }));
    });
    cls.def("collect", [](Handle& self, py::handle owner, py::handle lower, py::handle upper,
                          py::handle amount0_requested, py::handle amount1_requested) {
        const amm::PositionKey key = position_key(owner, lower, upper);
        const auto amount0 = exact<u128>(amount0_requested, "amount0_requested");
        const auto amount1 = exact<u128>(amount1_requested, "amount1_requested");
        return amounts_tuple(self.use(
            "collect", [&](UniswapV3Pool& pool) { return pool.collect(key, amount0, amount1); }));
    });
    def_fast<4, &swap_once>(cls, "swap");
    def_fast<4, &quote_once>(cls, "quote");
    cls.def("set_fee_protocol", [](Handle& self, py::handle fee_protocol0,
                                   py::handle fee_protocol1) {
        const auto p0 = exact<std::uint8_t>(fee_protocol0, "fee_protocol0");
        const auto p1 = exact<std::uint8_t>(fee_protocol1, "fee_protocol1");
        self.use("set_fee_protocol", [&](UniswapV3Pool& pool) { pool.set_fee_protocol(p0, p1); });
    });
}

/// A bitmap with its spacing, as Python holds it.
struct BitmapHandle {
    amm::TickBitmap bitmap;
    std::int32_t spacing{1};
};

std::int32_t int24(py::handle value, const char* field) {
    const py::int_ number = exact_int(value, field);
    const auto tick = exact<std::int32_t>(number, field);
    if (tick < -(1 << 23) || tick >= 1 << 23) {
        refuse_range(number, field, "is not in [-2^23, 2^23 - 1]");
    }
    return tick;
}

void bind_bitmap(py::module_& m) {
    py::class_<BitmapHandle>(m, "TickBitmap")
        .def(py::init([](py::handle tick_spacing) {
            BitmapHandle handle;
            handle.spacing = exact<std::int32_t>(tick_spacing, "tick_spacing");
            u128 unused{};
            math::check(amm::max_liquidity_per_tick(handle.spacing, amm::general_range, unused),
                        "TickBitmap");
            return handle;
        }))
        .def("flip",
             [](BitmapHandle& self, py::handle tick) {
                 math::check(self.bitmap.flip(int24(tick, "tick"), self.spacing), "flip");
             })
        .def("word",
             [](const BitmapHandle& self, py::handle index) {
                 return to_python(self.bitmap.word(exact<std::int16_t>(index, "index")));
             })
        .def("next_initialized_tick_within_one_word",
             [](const BitmapHandle& self, py::handle tick, bool lte) {
                 const amm::NextTick next =
                     self.bitmap.next_within_one_word(int24(tick, "tick"), self.spacing, lte);
                 return py::make_tuple(next.tick, next.initialized);
             });
}

}  // namespace

void bind_amm_pool(py::module_& m) {
    bind_bitmap(m);
    py::class_<Handle> cls(m, "UniswapV3Pool");
    cls.def(py::init([](py::handle fee_pips, py::handle tick_spacing) {
        return std::make_unique<Handle>(
            UniswapV3Pool{exact<std::uint32_t>(fee_pips, "fee_pips"),
                          exact<std::int32_t>(tick_spacing, "tick_spacing")});
    }));
    bind_engine_methods<UniswapV3Pool>(cls);
    bind_reads(cls);
    bind_operations(cls);
    cls.def("swap_many", &swap_many, py::arg("zero_for_one").noconvert(),
            py::arg("amounts").noconvert(), py::arg("limits").noconvert(), py::arg("atomic"),
            py::arg("plain"));
    cls.def("quote_many", &quote_many, py::arg("zero_for_one").noconvert(),
            py::arg("amounts").noconvert(), py::arg("limits").noconvert(), py::arg("threads"));
}

}  // namespace voltcore::bindings
