#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "voltcore/perps/checked.hpp"

// Who may do what, and the clock: the same in all three pools. Spec section 2.

namespace voltcore::perps {

/// A caller; 0 is nobody and never a role.
using CallerId = std::uint64_t;

struct PoolRoles {
    CallerId admin = 0;                 ///< parameters, permission flags, fee clearing
    CallerId keeper = 0;                ///< executes requests, also called crank; 0: nobody
    CallerId oracle = 0;                ///< feeds prices; 0: nobody
    std::vector<CallerId> liquidators;  ///< whitelisted; the admin is one

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("admin", self.admin);
        visit("keeper", self.keeper);
        visit("oracle", self.oracle);
        visit("liquidators", self.liquidators);
    }
    friend bool operator==(const PoolRoles&, const PoolRoles&) = default;
};

/// The roles of one pool, the pending hand-over of its admin, and its clock.
class Governance {
public:
    Governance() = default;
    Governance(const PoolRoles& roles, std::int64_t now);

    [[nodiscard]] const PoolRoles& roles() const noexcept { return roles_; }
    [[nodiscard]] std::int64_t clock() const noexcept { return clock_; }
    [[nodiscard]] CallerId pending_admin() const noexcept { return pending_admin_; }

    // Checks throw Unauthorized naming the role, or E705 for a clock that runs backwards.

    void require_admin(const char* op, CallerId caller) const;
    void require_keeper(const char* op, CallerId caller) const;
    void require_oracle(const char* op, CallerId caller) const;
    void require_liquidator(const char* op, CallerId caller) const;
    /// Anyone but nobody.
    static void require_somebody(const char* op, CallerId caller);
    static void require_owner(const char* op, CallerId caller, CallerId owner);
    void require_time(const char* op, std::int64_t now) const;

    void tick(std::int64_t now) noexcept { clock_ = now; }

    /// First step of the hand-over; 0 takes a proposal back.
    void propose_admin(CallerId caller, CallerId next, std::int64_t now);
    /// Second step, by the proposed one.
    void accept_admin(CallerId caller, std::int64_t now);

    void audit() const;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("roles", self.roles_);
        visit("pending_admin", self.pending_admin_);
        visit("clock", self.clock_);
    }
    friend bool operator==(const Governance&, const Governance&) = default;

private:
    PoolRoles roles_;
    CallerId pending_admin_ = 0;
    std::int64_t clock_ = 0;
};

/// Throws E991 naming a broken invariant.
void hold(bool holds, const std::string& field, std::string_view bound);

/// LP tokens by holder.
class LpHolders {
public:
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] std::uint64_t of(CallerId holder) const noexcept {
        const auto found = balances_.find(holder);
        return found == balances_.end() ? 0 : found->second;
    }
    [[nodiscard]] const std::map<CallerId, std::uint64_t>& balances() const noexcept {
        return balances_;
    }
    /// On any error nothing has changed.
    void credit(CallerId holder, std::uint64_t lp) {
        const std::uint64_t total = add_u64(total_, lp);
        if (lp == 0) return;
        balances_[holder] += lp;  // below the total, which fits
        total_ = total;
    }
    /// The caller has checked that `holder` has that much.
    void debit(CallerId holder, std::uint64_t lp) noexcept {
        const auto found = balances_.find(holder);
        if (found == balances_.end()) return;
        found->second -= lp;
        total_ -= lp;
        if (found->second == 0) balances_.erase(found);
    }
    void audit() const;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("total", self.total_);
        visit("balances", self.balances_);
    }
    friend bool operator==(const LpHolders&, const LpHolders&) = default;

private:
    std::uint64_t total_ = 0;
    std::map<CallerId, std::uint64_t> balances_;
};

}  // namespace voltcore::perps
