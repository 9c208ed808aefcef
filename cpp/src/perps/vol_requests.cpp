#include <string>

#include "voltcore/perps/vol_pool.hpp"

// Two-step trades of a VolPool. Spec section 8.

namespace voltcore::perps {

namespace {

[[noreturn]] void refuse_request(const char* op, const char* bound) {
    refuse_perp("InvalidPositionRequest", op, "request", {}, bound);
}

}  // namespace

void VolPool::create_request(CallerId caller, const VolKey& key, VolAction action,
                             const VolOrder& order, std::int64_t now) {
    constexpr const char* op = "create_request";
    check_key(op, key);
    Governance::require_owner(op, caller, key.owner);
    if (action > VolAction::decrease) refuse_request(op, "has an unknown action");
    if (requests_.contains(key)) refuse_request(op, "is live already");
    governance_.require_time(op, now);
    requests_.emplace(key, VolRequest{action, order, now});
    governance_.tick(now);
}

VolTradeReceipt VolPool::execute_request(CallerId caller, const VolKey& key, std::int64_t now) {
    constexpr const char* op = "execute_request";
    check_key(op, key);
    const auto found = requests_.find(key);
    if (found == requests_.end()) refuse_request(op, "does not exist");
    governance_.require_keeper(op, caller);
    governance_.require_time(op, now);
    const VolRequest wish = found->second;
    if (static_cast<u128>(now - wish.created) > settings_.max_request_execution_sec) {
        refuse_perp("ExceedExecutionPeriod", op, "request", std::to_string(wish.created),
                    "is too old");
    }
    VolTradeReceipt receipt;
    if (wish.action == VolAction::increase) {
        receipt = apply_increase(op, key, wish.order, now);
    } else {
        receipt = apply_decrease(op, key, wish.order, now);
    }
    requests_.erase(key);
    return receipt;
}

std::uint64_t VolPool::cancel_request(CallerId caller, const VolKey& key, std::int64_t now) {
    constexpr const char* op = "cancel_request";
    check_key(op, key);
    const auto found = requests_.find(key);
    if (found == requests_.end()) refuse_request(op, "does not exist");
    if (caller == 0 || caller != key.owner) governance_.require_keeper(op, caller);
    governance_.require_time(op, now);
    const std::uint64_t refund =
        found->second.action == VolAction::increase ? found->second.order.collateral : 0;
    requests_.erase(found);
    governance_.tick(now);
    return refund;
}

}  // namespace voltcore::perps
