#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "voltcore/perps/basket_records.hpp"

namespace voltcore::perps {

inline constexpr std::size_t most_custodies = 16;

/// How AUM values a token: its spot price, its EMA, the lesser or the greater of the two.
enum class AumMode : std::uint8_t { last, ema, min, max };

/// The open-source ancestor of the LP-to-trader pools ("perpetuals", Solana Labs) as one plain
/// value. Every rule is published, so every number can be checked. Spec section 5.
///
/// Every mutating operation names its caller and the clock; it does what it says or throws one
/// Error and changes nothing. Custodies are addressed by index.
class BasketPool {
public:
    BasketPool() = default;
    explicit BasketPool(const BasketConfig& config, std::int64_t now = 0);

    void set_price(CallerId caller, std::size_t custody, const PriceFeed& feed, std::int64_t now);
    /// `custody` npos: the flags of the pool.
    void set_permissions(CallerId caller, std::size_t custody, const BasketPermissions& permissions,
                         std::int64_t now);
    void propose_admin(CallerId caller, CallerId next, std::int64_t now) {
        governance_.propose_admin(caller, next, now);
    }
    void accept_admin(CallerId caller, std::int64_t now) { governance_.accept_admin(caller, now); }

    /// Refreshes the cached AUM (EMA prices) that swaps and trades take fees on; anyone may.
    std::uint64_t update_aum(CallerId caller, std::int64_t now);

    BasketLiquidityReceipt add_liquidity(CallerId caller, std::size_t custody, std::uint64_t amount,
                                         std::uint64_t min_lp, std::int64_t now);
    BasketLiquidityReceipt remove_liquidity(CallerId caller, std::size_t custody, std::uint64_t lp,
                                            std::uint64_t min_amount, std::int64_t now);
    BasketSwapReceipt swap(CallerId caller, std::size_t custody_in, std::size_t custody_out,
                           std::uint64_t amount, std::uint64_t min_amount, std::int64_t now);

    BasketOpenReceipt open(CallerId caller, const BasketOpenOrder& order, std::int64_t now);
    BasketCloseReceipt close(CallerId caller, std::uint64_t position, std::uint64_t price,
                             std::int64_t now);
    BasketCloseReceipt liquidate(CallerId caller, std::uint64_t position, std::int64_t now);
    BasketCollateralReceipt add_collateral(CallerId caller, std::uint64_t position,
                                           std::uint64_t amount, std::int64_t now);
    BasketCollateralReceipt remove_collateral(CallerId caller, std::uint64_t position,
                                              std::uint64_t usd, std::int64_t now);

    // Views.

    [[nodiscard]] std::uint64_t aum(AumMode mode, std::int64_t now) const;
    [[nodiscard]] std::uint64_t lp_price(std::int64_t now) const;
    [[nodiscard]] BasketProfit profit(std::uint64_t position, std::int64_t now) const;
    [[nodiscard]] std::uint64_t leverage(std::uint64_t position, std::int64_t now) const;
    [[nodiscard]] std::uint64_t liquidation_price(std::uint64_t position, std::int64_t now) const;
    [[nodiscard]] bool liquidatable(std::uint64_t position, std::int64_t now) const;

    [[nodiscard]] std::size_t index_of(std::string_view name) const;
    [[nodiscard]] const std::vector<BasketCustodyConfig>& configs() const noexcept {
        return configs_;
    }
    [[nodiscard]] const std::vector<BasketCustody>& custodies() const noexcept {
        return custodies_;
    }
    [[nodiscard]] const std::map<std::uint64_t, BasketHolding>& positions() const noexcept {
        return positions_;
    }
    [[nodiscard]] const LpHolders& lp() const noexcept { return lp_; }
    [[nodiscard]] std::int64_t clock() const noexcept { return governance_.clock(); }

    /// Throws E991 naming the first broken invariant.
    void audit() const;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("governance", self.governance_);
        visit("permissions", self.permissions_);
        visit("configs", self.configs_);
        visit("custodies", self.custodies_);
        visit("aum_usd", self.aum_usd_);
        visit("lp", self.lp_);
        visit("positions", self.positions_);
        visit("opened", self.opened_);
    }
    friend bool operator==(const BasketPool&, const BasketPool&) = default;

private:
    using Flag = bool BasketPermissions::*;

    void check_custody(const char* op, std::size_t custody) const;
    void check_flag(const char* op, std::size_t custody, Flag flag) const;
    [[nodiscard]] const BasketHolding& holding(const char* op, std::uint64_t position) const;
    [[nodiscard]] const BasketHolding& owned_by(const char* op, CallerId caller,
                                                std::uint64_t position) const;
    [[nodiscard]] PricePair prices(std::size_t custody, std::int64_t now) const;
    [[nodiscard]] BasketMarket market(const BasketHolding& holding, std::int64_t now) const;
    [[nodiscard]] u128 cumulative_at(std::size_t custody, std::int64_t now) const;
    [[nodiscard]] std::uint64_t aum_with(AumMode mode, std::size_t changed,
                                         const BasketCustody& custody, std::int64_t now) const;
    [[nodiscard]] std::uint64_t with_unrealized(std::uint64_t aum, std::size_t index,
                                                const BasketCustody& custody,
                                                std::int64_t now) const;
    [[nodiscard]] RatioFeeRule fee_rule(std::size_t custody) const;
    void check_ratio(const char* op, std::size_t custody, Price price, std::uint64_t aum,
                     std::uint64_t added, std::uint64_t removed) const;
    /// Accrues at the stored rate up to `now`, then sets the rate of the new ledger.
    void accrue_and_rate(std::size_t index, BasketCustody& custody, std::int64_t now) const;
    void check_initial_leverage(const char* op, const BasketHolding& holding,
                                std::int64_t now) const;
    BasketCloseReceipt settle(const char* op, std::uint64_t position, bool liquidation,
                              std::int64_t now);
    void enter_sides(const BasketHolding& holding, BasketCustody& traded, BasketCustody& collateral,
                     std::int64_t now) const;
    void leave_sides(const BasketHolding& holding, BasketCustody& traded, BasketCustody& collateral,
                     std::int64_t now) const;

    Governance governance_;
    BasketPermissions permissions_;
    std::vector<BasketCustodyConfig> configs_;
    std::vector<BasketCustody> custodies_;
    std::uint64_t aum_usd_ = 0;  ///< cached
    LpHolders lp_;
    std::map<std::uint64_t, BasketHolding> positions_;
    std::uint64_t opened_ = 0;  ///< ids count from 1
};

}  // namespace voltcore::perps
