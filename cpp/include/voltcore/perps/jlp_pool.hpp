#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <variant>
#include <vector>

#include "voltcore/perps/jlp_receipts.hpp"
#include "voltcore/perps/jlp_records.hpp"
#include "voltcore/perps/liquidity.hpp"

namespace voltcore::perps {

using JlpTradeReceipt = std::variant<JlpIncreaseReceipt, JlpDecreaseReceipt>;

/// What decides an order of a path is in one place; see JlpPool::value_of.
struct JlpPositionView {
    bool profit = false;
    std::uint64_t pnl_usd = 0;
    std::uint64_t borrow_fee_usd = 0;
    std::uint64_t close_fee_usd = 0;
    i128 remaining_usd = 0;
    bool liquidatable = false;
    std::uint64_t liquidation_price = 0;  ///< as interfaces show it

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("profit", self.profit);
        visit("pnl_usd", self.pnl_usd);
        visit("borrow_fee_usd", self.borrow_fee_usd);
        visit("close_fee_usd", self.close_fee_usd);
        visit("remaining_usd", self.remaining_usd);
        visit("liquidatable", self.liquidatable);
        visit("liquidation_price", self.liquidation_price);
    }
};

/// Jupiter's pool of SOL, ETH, WBTC, USDC and USDT (any custodies) as one plain value. Spec 6, 8.
///
/// Every mutating operation names its caller and the clock; it does what it says or throws one
/// Error and changes nothing. Prices have 6 decimals per whole token.
class JlpPool {
public:
    JlpPool() = default;
    explicit JlpPool(const JlpConfig& config, std::int64_t now = 0);

    void set_price(CallerId caller, std::size_t custody, const PriceFeed& feed, std::int64_t now);
    void set_permissions(CallerId caller, std::size_t custody, const JlpPermissions& permissions,
                         std::int64_t now);
    void propose_admin(CallerId caller, CallerId next, std::int64_t now) {
        governance_.propose_admin(caller, next, now);
    }
    void accept_admin(CallerId caller, std::int64_t now) { governance_.accept_admin(caller, now); }

    JlpMintReceipt mint(CallerId caller, std::size_t custody, std::uint64_t amount,
                        std::uint64_t min_lp, std::int64_t now);
    JlpBurnReceipt burn(CallerId caller, std::size_t custody, std::uint64_t lp,
                        std::uint64_t min_amount, std::int64_t now);
    JlpSwapReceipt swap(CallerId caller, std::size_t custody_in, std::size_t custody_out,
                        std::uint64_t amount, std::uint64_t min_amount, std::int64_t now);

    JlpIncreaseReceipt increase(CallerId caller, const JlpTrade& trade, std::int64_t now);
    JlpDecreaseReceipt decrease(CallerId caller, const JlpTrade& trade, std::int64_t now);
    JlpDecreaseReceipt liquidate(CallerId caller, const JlpKey& key, std::int64_t now);
    /// Keeper or admin.
    JlpDistributionReceipt distribute_fees(CallerId caller, std::size_t custody, std::int64_t now);

    void request(CallerId caller, std::uint64_t id, const JlpRequest& wish, std::int64_t now);
    JlpTradeReceipt execute(CallerId caller, std::uint64_t id, std::int64_t now);
    /// The escrow that goes back. The owner, or the keeper.
    std::uint64_t cancel(CallerId caller, std::uint64_t id, std::int64_t now);

    // Views.

    [[nodiscard]] std::uint64_t aum(std::int64_t now) const;
    [[nodiscard]] std::uint64_t custody_aum(std::size_t custody, std::int64_t now) const;
    [[nodiscard]] std::uint64_t virtual_price(std::int64_t now) const;
    [[nodiscard]] std::uint64_t hourly_rate(std::size_t custody) const;
    [[nodiscard]] JlpPositionView value_of(const JlpKey& key, std::int64_t now) const;

    [[nodiscard]] std::size_t index_of(std::string_view name) const;
    [[nodiscard]] const JlpSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] const std::vector<JlpCustodyConfig>& configs() const noexcept { return configs_; }
    [[nodiscard]] const std::vector<JlpCustody>& custodies() const noexcept { return custodies_; }
    [[nodiscard]] const std::map<JlpKey, JlpPosition>& positions() const noexcept {
        return positions_;
    }
    [[nodiscard]] const LpHolders& lp() const noexcept { return lp_; }
    [[nodiscard]] std::int64_t clock() const noexcept { return governance_.clock(); }
    /// The exposure that decides liquidation, fees accrued up to `now`.
    [[nodiscard]] JlpExposure exposure(const JlpKey& key, const JlpPosition& position,
                                       std::int64_t now) const;

    void audit() const;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("governance", self.governance_);
        visit("settings", self.settings_);
        visit("configs", self.configs_);
        visit("custodies", self.custodies_);
        visit("lp", self.lp_);
        visit("positions", self.positions_);
        visit("requests", self.requests_);
    }
    friend bool operator==(const JlpPool&, const JlpPool&) = default;

private:
    using Flag = bool JlpPermissions::*;

    void check_custody(const char* op, std::size_t custody) const;
    void check_flag(const char* op, std::size_t custody, Flag flag) const;
    /// Custodies and side of a trade, first of all checks.
    void check_market(const char* op, const JlpTrade& trade) const;
    void check_slippage(const char* op, const JlpTrade& trade, bool upward, std::int64_t now) const;
    [[nodiscard]] Price price(std::size_t custody, std::int64_t now) const {
        return custodies_[custody].feed.read(configs_[custody].feed, false, now);
    }
    [[nodiscard]] u128 cumulative_at(std::size_t custody, std::int64_t now) const;
    void accrue(std::size_t index, JlpCustody& custody, std::int64_t now) const;
    [[nodiscard]] LiquidityView view(std::size_t custody, std::int64_t now) const;
    void check_weight(const char* op, std::size_t custody, std::uint64_t aum,
                      std::uint64_t delta_usd, bool increases, std::int64_t now) const;
    /// The position fee; the signed flow enters the traded custody's window.
    [[nodiscard]] PositionFee trade_fee(std::size_t index, JlpCustody& traded,
                                        std::uint64_t size_usd, bool increase,
                                        std::int64_t now) const;
    [[nodiscard]] bool liquidatable(std::size_t traded, const JlpKey& key,
                                    const JlpPosition& position, u128 cumulative,
                                    std::uint64_t mark) const;

    JlpIncreaseReceipt apply_increase(const char* op, CallerId owner, const JlpTrade& trade,
                                      std::int64_t now);
    JlpDecreaseReceipt apply_decrease(const char* op, CallerId owner, const JlpTrade& trade,
                                      bool liquidation, std::int64_t now);

    Governance governance_;
    JlpSettings settings_;
    std::vector<JlpCustodyConfig> configs_;
    std::vector<JlpCustody> custodies_;
    LpHolders lp_;
    std::map<JlpKey, JlpPosition> positions_;
    std::map<std::uint64_t, JlpRequest> requests_;
};

}  // namespace voltcore::perps
