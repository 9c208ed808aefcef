#pragma once

#include <array>
#include <cstdint>

#include "crab_desk.hpp"
#include "voltcore/sim/crab.hpp"

namespace voltcore::sim {

/// A double near the value of I80F48 bits: two roundings instead of one and no call.
[[nodiscard]] inline double estimate(i128 bits) noexcept {
    return static_cast<double>(static_cast<std::int64_t>(bits >> 64)) * 0x1p16 +
           static_cast<double>(static_cast<std::uint64_t>(bits)) * 0x1p-48;
}

/// The hour in which the operator trades.
struct TradingHour {
    I80F48 price;  ///< of the linear underlying
    I80F48 index;  ///< of the squared market
    Mids mids;
    std::uint64_t now = 0;
    double equity = 0.0;  ///< of the account before it trades, estimated
};

/// What one path changes in its volt and venue between two StartRounds, and nothing else: the
/// operator's two jobs as plain integer arithmetic. Everything a job would find unusual (a loss
/// above the deposit, a margin that a double cannot tell, a pool that is not empty) makes it return
/// false with nothing changed; the engine then decides. The state it stores is the engine's, byte
/// for byte (tests/sim: both loops).
///
/// By construction of the venue and of the run: one account, whose counterparty holds the opposite
/// of every position; nobody borrows, so the bank's index stays at 10^6; long and short
/// accumulators move alike; no deposits or withdrawals are pending; the volt is ACTIVE.
class CrabBooks {
public:
    explicit CrabBooks(const CrabModel& model);

    /// Reads an ACTIVE volt.
    void load(const volts::Volt& volt);
    /// Brings the volt that was loaded last to the present state, at the prices of `hour`.
    void store(volts::Volt& volt, const TradingHour& hour) const;
    /// The same when only hours have passed: prices, funding and clocks. No account changes, so it
    /// holds for a venue with makers too.
    void pass_hours(volts::Volt& volt, const TradingHour& hour) const;

    /// Funding of hours that have gone by: what the accumulators gained a lot, in I80F48 bits.
    void gain(i128 squared, i128 linear, ProfitParts& profit);
    /// Redoes the hedge leg, as Volt::rehedge does slice by slice.
    [[nodiscard]] bool hedge(const TradingHour& hour, PathMetrics& metrics);
    /// The settling of both legs and the twelve steps, as CrabDesk does.
    [[nodiscard]] bool cycle(const TradingHour& hour, PathMetrics& metrics);

    /// Equity without the positions' value at the present prices.
    [[nodiscard]] I80F48 fixed() const noexcept;
    /// floor of the equity with both legs at these mids, and the pool.
    [[nodiscard]] std::int64_t nav_at_mark(const TradingHour& hour) const;
    [[nodiscard]] std::int64_t lots(Leg leg) const noexcept {
        return state_.legs[static_cast<std::size_t>(leg)].base;
    }
    [[nodiscard]] std::uint64_t pool() const noexcept { return state_.pool; }

private:
    /// Position and funding of the volt (`quote`, `settled`) and of its counterparty in one market;
    /// I80F48 bits.
    struct LegState {
        std::int64_t base = 0;
        i128 accumulator = 0;
        i128 quote = 0;
        i128 settled = 0;  ///< the accumulator up to which funding is in `quote`
        i128 maker_quote = 0;
        i128 maker_settled = 0;
        i128 fees_accrued = 0;

        void settle_funding() noexcept;
    };
    struct State {
        std::array<LegState, leg_count> legs;
        i128 units = 0;  ///< the account's deposit in index units
        i128 outside_balance = 0;
        std::uint64_t vault = 0;
        std::uint64_t roundings = 0;
        std::uint64_t pool = 0;
        std::uint64_t fee_account = 0;
        std::uint64_t moved_from_venue = 0;  ///< since `load`
        std::uint64_t round_number = 0;
        std::uint64_t epoch_start = 0;
        std::uint64_t epoch_assets = 0;  ///< A at StartRound
        std::uint64_t volt_clock = 0;    ///< last operation of the volt
        std::uint32_t calls = 0;         ///< of the legs since StartRound
        bool has_new_round = false;      ///< a round began since `load`
    };
    struct MarketTerms {
        std::int64_t base_lot = 0;
        std::int64_t quote_lot = 0;
        std::int64_t taker_fee = 0;  ///< bits
        std::int64_t maker_fee = 0;
        TradingCost cost;
        double margin =
            0.0;  ///< 1 - init asset weight of a long, init liability weight - 1 of a short
    };

    [[nodiscard]] const MarketTerms& terms(Leg leg) const noexcept {
        return terms_[static_cast<std::size_t>(leg)];
    }
    [[nodiscard]] static LegState& leg_of(State& state, Leg leg) noexcept {
        return state.legs[static_cast<std::size_t>(leg)];
    }
    [[nodiscard]] double lot_value(Leg leg, const TradingHour& hour) const noexcept;
    [[nodiscard]] i128 value_of(const State& state, Leg leg,
                                const TradingHour& hour) const noexcept;
    [[nodiscard]] i128 equity_bits(const State& state, const TradingHour& hour) const noexcept;
    [[nodiscard]] bool is_margin_safe(const State& state, const TradingHour& hour,
                                      double equity) const noexcept;
    [[nodiscard]] bool settle(State& state, Leg leg, const TradingHour& hour) const noexcept;
    [[nodiscard]] bool pay_fees(State& state, std::uint64_t assets, ProfitParts& profit,
                                const TradingHour& hour) const;
    [[nodiscard]] bool trade(State& state, Leg leg, std::int64_t target, const TradingHour& hour,
                             double& equity, ProfitParts& profit) const;
    [[nodiscard]] std::int64_t hedge_target(const State& state, const TradingHour& hour) const;

    volts::StrategyParams strategy_;
    volts::FeeRates fees_;
    std::uint64_t supply_ = 0;
    std::int64_t scale_;
    std::array<MarketTerms, leg_count> terms_;
    State state_;
};

}  // namespace voltcore::sim
