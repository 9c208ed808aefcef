#include <optional>

#include "all_or_nothing.hpp"
#include "bind_irs_pool.hpp"
#include "rows.hpp"

namespace voltcore::bindings {

namespace {

using irs::IrsPool;

/// The columns of a batch of swaps, as Python gets them and as the loop writes them.
struct SwapRows {
    explicit SwapRows(std::size_t rows)
        : fixed{new_limb_rows(rows)},
          variable{new_limb_rows(rows)},
          fee{new_limb_rows(rows)},
          unbalanced{new_limb_rows(rows)},
          requirement{new_limb_rows(rows)},
          status{new_column<std::uint16_t>(rows)} {}

    LimbRows fixed, variable, fee, unbalanced, requirement;
    Column<std::uint16_t> status;

    struct Writer {
        explicit Writer(SwapRows& rows)
            : fixed{rows.fixed},
              variable{rows.variable},
              fee{rows.fee},
              unbalanced{rows.unbalanced},
              requirement{rows.requirement},
              status{rows.status.mutable_data()} {}
        void put(std::size_t i, const irs::SwapReceipt& receipt,
                 std::uint16_t code) const noexcept {
            fixed.put(i, receipt.fixed_token_delta);
            variable.put(i, receipt.variable_token_delta);
            fee.put(i, receipt.cumulative_fee);
            unbalanced.put(i, receipt.fixed_token_delta_unbalanced);
            requirement.put(i, receipt.margin_requirement);
            status[i] = code;
        }
        LimbWriter fixed, variable, fee, unbalanced, requirement;
        std::uint16_t* status;
    };
    [[nodiscard]] py::tuple take() {
        return py::make_tuple(std::move(fixed), std::move(variable), std::move(fee),
                              std::move(unbalanced), std::move(requirement), std::move(status));
    }
};

/// The time of each row: one for all, or a column.
class Times {
public:
    explicit Times(py::handle now) {
        if (py::isinstance<Column<std::uint32_t>>(now)) {
            column_ = now.cast<Column<std::uint32_t>>();
            each_ = column_.data();
        } else {
            all_ = read_now(now);
        }
    }
    [[nodiscard]] std::uint32_t operator[](std::size_t i) const noexcept {
        return each_ != nullptr ? each_[i] : all_;
    }

private:
    Column<std::uint32_t> column_;
    const std::uint32_t* each_ = nullptr;
    std::uint32_t all_ = 0;
};

/// Swaps one after the other, each by the owner of its position.
py::tuple swap_many(PoolHandle& self, py::handle now, const Column<std::uint64_t>& owners,
                    py::handle lower, py::handle upper, const LimbRows& amounts,
                    const LimbRows& limits, bool atomic) {
    const Times time{now};
    const auto low = exact<std::int32_t>(lower, "tick_lower");
    const auto high = exact<std::int32_t>(upper, "tick_upper");
    const std::size_t rows = row_count(amounts);
    SwapRows out{rows};
    const SwapRows::Writer write{out};
    const LimbReader amount{amounts};
    const LimbReader limit{limits};
    const std::uint64_t* owner = owners.data();
    self.use("swap_many", [&](IrsPool& pool) {
        AllOrNothing<IrsPool> change{pool};
        constexpr std::size_t piece = 4096;
        for (std::size_t start = 0; start < rows; start += piece) {
            std::optional<Refusal> refused;
            {
                const py::gil_scoped_release release;
                for (std::size_t i = start; i < std::min(rows, start + piece) && !refused; ++i) {
                    try {
                        write.put(i,
                                  pool.swap(owner[i], time[i], {owner[i], low, high},
                                            amount.signed_at(i), limit[i]),
                                  0);
                    } catch (const Error& error) {
                        write.put(i, {}, static_cast<std::uint16_t>(error.code()));
                        if (!atomic) continue;
                        refused = error.refusal();
                        refused->index = static_cast<std::int64_t>(i);
                    }
                }
            }
            if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
            if (refused) refuse(std::move(*refused));
        }
        change.keep();
    });
    return out.take();
}

}  // namespace

void bind_irs_pool_rows(py::class_<PoolHandle>& cls) {
    cls.def("swap_many", &swap_many, py::arg("now"), py::arg("owners").noconvert(),
            py::arg("tick_lower"), py::arg("tick_upper"), py::arg("amounts").noconvert(),
            py::arg("limits").noconvert(), py::arg("atomic"));
}

}  // namespace voltcore::bindings
