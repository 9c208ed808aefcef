#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "voltcore/markets/epoch_bridge.hpp"
#include "voltcore/sim/control.hpp"
#include "voltcore/sim/crab.hpp"
#include "voltcore/volts/basis.hpp"
#include "voltcore/volts/volt.hpp"

// The basis volt through real weeks: long a perp, short its token on credit, in or out by the sign
// of the funding. Exact engines all the way; one step is the interval in which funding is paid.

namespace voltcore::sim {

/// One real week of a token and its perp.
struct BasisWeek {
    double spot_close = 0.0;         ///< USD
    double perp_close = 0.0;         ///< USD
    double realised_variance = 0.0;  ///< sum of the squared hourly log returns of the token
    double funding_sum = 0.0;        ///< sum of the perp's funding rates, paid by longs
};

/// When the volt holds its position.
enum class BasisRule : std::uint8_t {
    trailing,  ///< by volts::basis_signal of the week that ends
    always
};

/// What others have lent and borrowed before the volt comes, native units.
struct BankSizes {
    std::uint64_t deposits = 0;
    std::uint64_t borrows = 0;
};

struct BasisConfig {
    std::uint64_t start_time = 0;  ///< seconds; the first week begins here
    double opening_spot = 0.0;     ///< USD at that time
    double opening_perp = 0.0;     ///< USD at that time
    std::vector<BasisWeek> weeks;
    BasisRule rule = BasisRule::trailing;
    std::uint32_t step_hours = 8;  ///< a divisor of the week

    venues::PerpMarketConfig perp;
    venues::TokenConfig token;  ///< its index is set to the market's
    BankSizes token_bank;
    BankSizes quote_bank;
    TradingCost perp_cost;
    TradingCost spot_cost;
    I80F48 spot_taker_fee;
    ExecutionKind execution = ExecutionKind::quoted;
    BookDepth perp_depth;  ///< of the makers' ladders, for execution on the books
    BookDepth spot_depth;
    std::uint32_t spot_taker_fee_bps = 0;  ///< of the spot book

    std::uint64_t deposit = 0;  ///< native underlying of the one depositor
    volts::StrategyParams strategy;
    volts::FeeSettings fees;
};

/// The venue has this market alone; its token has the same index.
inline constexpr std::uint8_t basis_market = 0;
inline constexpr venues::CallerId lender_id = 4;    ///< lends the token, borrows the quote
inline constexpr venues::CallerId borrower_id = 5;  ///< lends the quote, borrows the token
/// The makers come after the two, for execution on the books.
inline constexpr venues::AccountId basis_makers = 2;

inline constexpr std::int64_t no_health = std::numeric_limits<std::int64_t>::max();

/// Where the profit of a path comes from. Exact; money in is positive, costs are positive.
struct BasisProfit {
    I80F48 perp;              ///< position at the oracle price, trades at the mid
    I80F48 spot;              ///< the same of the token, interest owed left out
    I80F48 funding;           ///< received
    I80F48 borrow_interest;   ///< on the token, at the prices of the steps it grew in
    I80F48 deposit_interest;  ///< on the quote
    I80F48 spread_cost;       ///< half spread and impact
    I80F48 taker_fees;
    std::uint64_t performance_fees = 0;
    std::uint64_t withdrawal_fees = 0;
    std::uint64_t aum_fees = 0;
    I80F48 liquidation_cost;

    friend bool operator==(const BasisProfit&, const BasisProfit&) = default;
};

struct BasisMetrics {
    PathEnd end = PathEnd::complete;
    std::uint16_t stop_code = 0;  ///< numeric error code of the refusal that stopped the path
    std::int32_t end_hour = -1;
    std::uint64_t supply = 0;        ///< shares
    std::uint64_t final_assets = 0;  ///< A at the end, native
    std::uint64_t peak_assets = 0;
    double max_drawdown = 0.0;  ///< of A over all steps, before that step's trades
    /// Least maintenance health over equity while a position is held, bps.
    std::int64_t min_health = no_health;
    std::uint64_t round_assets = 0;  ///< A at the last StartRound
    double worst_round_return = 0.0;
    std::uint32_t rounds = 0;  ///< finished ones
    std::uint32_t winning_rounds = 0;
    std::uint32_t entries = 0;
    std::uint32_t exits = 0;
    std::uint32_t steps_in_position = 0;
    std::array<std::uint32_t, 6> rebalances{};  ///< by volts::Trigger
    BasisProfit profit;

    friend bool operator==(const BasisMetrics&, const BasisMetrics&) = default;
};

/// A path at the end of one week, after that week's rebalance.
struct BasisSample {
    std::uint64_t assets = 0;      ///< A, native; what is left once a path has ended
    std::int64_t nav_at_mark = 0;  ///< the same with the perp at its own price, native
    std::int64_t funding = 0;      ///< received in the week, native, rounded down
    std::int64_t interest = 0;     ///< deposit interest less borrow interest, native, rounded down
    std::uint32_t rebalances = 0;
    bool in_position = false;

    friend bool operator==(const BasisSample&, const BasisSample&) = default;
};

/// Everything that is the same for all paths of a scenario. Immutable once made.
class BasisModel {
public:
    /// @throws Error for numbers that no volt or venue accepts.
    explicit BasisModel(BasisConfig config);

    [[nodiscard]] const BasisConfig& config() const noexcept { return config_; }
    [[nodiscard]] std::size_t weeks() const noexcept { return config_.weeks.size(); }
    [[nodiscard]] std::size_t steps_per_week() const noexcept {
        return hours_per_week / config_.step_hours;
    }
    [[nodiscard]] const markets::EpochBridge& bridge() const noexcept { return bridge_; }
    [[nodiscard]] const volts::Volt& initial() const noexcept { return initial_; }
    [[nodiscard]] std::uint64_t time_of(std::size_t hour) const noexcept {
        return config_.start_time + static_cast<std::uint64_t>(hour_seconds) * hour;
    }
    /// Price lots of the token for one oracle step.
    [[nodiscard]] double lots_per_step() const noexcept { return lots_per_step_; }
    /// perp / spot - 1 at the end of a week; week 0 is the opening.
    [[nodiscard]] double basis_at(std::size_t week) const noexcept;
    [[nodiscard]] bool is_on_book() const noexcept {
        return config_.execution == ExecutionKind::book;
    }
    [[nodiscard]] I80F48 funding_of(std::size_t week) const noexcept { return funding_[week]; }

private:
    BasisConfig config_;
    double lots_per_step_;
    std::vector<I80F48> funding_;
    markets::EpochBridge bridge_;
    volts::Volt initial_;
};

struct BasisPath {
    BasisMetrics metrics;
    std::vector<BasisSample> weeks;  ///< one for each week of the scenario
};

/// Runs paths on one thread; keeps its buffers from path to path.
class BasisRunner {
public:
    /// `model` must outlive the runner.
    explicit BasisRunner(const BasisModel& model) : model_{model} {}

    /// False, with `out` unfinished, when `control` was cancelled; it is asked every week.
    bool run(std::uint64_t seed, std::uint64_t path, BasisPath& out,
             const Control* control = nullptr);

    /// Volt and venue as the last path left them.
    [[nodiscard]] const volts::Volt& volt() const noexcept { return volt_; }

private:
    const BasisModel& model_;
    volts::Volt volt_;
    std::vector<std::int64_t> prices_;
};

}  // namespace voltcore::sim
