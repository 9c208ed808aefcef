#include <string>

#include "voltcore/perps/jlp_pool.hpp"

// Two-step trades of JLP. Spec section 8.

namespace voltcore::perps {

namespace {

[[noreturn]] void refuse_request(const char* op, std::uint64_t id, const char* bound) {
    refuse_perp("InvalidPositionRequest", op, "request", std::to_string(id), bound);
}

}  // namespace

void JlpPool::request(CallerId caller, std::uint64_t id, const JlpRequest& wish, std::int64_t now) {
    constexpr const char* op = "request";
    Governance::require_somebody(op, caller);
    if (requests_.contains(id)) refuse_request(op, id, "is in use");
    if (wish.action > TradeAction::decrease) refuse_request(op, id, "has an unknown action");
    check_market(op, wish.trade);
    governance_.require_time(op, now);
    JlpRequest entry = wish;
    entry.owner = caller;
    entry.created = now;
    requests_.emplace(id, entry);
    governance_.tick(now);
}

JlpTradeReceipt JlpPool::execute(CallerId caller, std::uint64_t id, std::int64_t now) {
    constexpr const char* op = "execute";
    const auto found = requests_.find(id);
    if (found == requests_.end()) refuse_request(op, id, "does not exist");
    governance_.require_keeper(op, caller);
    governance_.require_time(op, now);
    const JlpRequest wish = found->second;
    if (wish.trigger == 0) {
        if (static_cast<u128>(now - wish.created) > settings_.max_request_execution_sec) {
            refuse_perp("ExceedExecutionPeriod", op, "request", std::to_string(id), "is too old");
        }
    } else {
        const std::uint64_t mark = price(wish.trade.custody, now).mantissa;
        if (wish.above ? mark < wish.trigger : mark > wish.trigger) {
            refuse_perp("TriggerNotReached", op, "trigger", std::to_string(wish.trigger),
                        "is not reached by the mark");
        }
    }
    JlpTradeReceipt receipt;
    if (wish.action == TradeAction::increase) {
        receipt = apply_increase(op, wish.owner, wish.trade, now);
    } else {
        receipt = apply_decrease(op, wish.owner, wish.trade, false, now);
    }
    requests_.erase(id);
    return receipt;
}

std::uint64_t JlpPool::cancel(CallerId caller, std::uint64_t id, std::int64_t now) {
    constexpr const char* op = "cancel";
    const auto found = requests_.find(id);
    if (found == requests_.end()) refuse_request(op, id, "does not exist");
    if (caller != found->second.owner) governance_.require_keeper(op, caller);
    governance_.require_time(op, now);
    const JlpRequest& wish = found->second;
    const std::uint64_t refund = wish.action == TradeAction::increase ? wish.trade.collateral : 0;
    requests_.erase(found);
    governance_.tick(now);
    return refund;
}

}  // namespace voltcore::perps
