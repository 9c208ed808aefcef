#include "voltcore/perps/refusal.hpp"

#include <string>

namespace voltcore::perps {

namespace {

struct Row {
    std::string_view name;
    ErrorCode code;
};

// The protocols' own names. What is not listed is a name of ours that is missing here: E991.
constexpr Row rows[] = {
    {"MathOverflow", ErrorCode::overflow},
    {"Unauthorized", ErrorCode::not_authorized},
    {"InstructionNotAllowed", ErrorCode::paused},
    {"InvalidArgument", ErrorCode::bad_combination},
    {"InvalidPositionState", ErrorCode::wrong_state},
    {"InvalidPositionRequest", ErrorCode::wrong_state},
    {"ExceedExecutionPeriod", ErrorCode::wrong_phase},
    {"TriggerNotReached", ErrorCode::wrong_phase},
    {"PositionNotLiquidatable", ErrorCode::not_liquidatable},
    {"InvalidCollateralCustody", ErrorCode::bad_combination},
    {"InvalidCollateralAccount", ErrorCode::bad_combination},
    {"InvalidCollateralAmount", ErrorCode::insufficient_funds},
    {"InsufficientCollateral", ErrorCode::insufficient_funds},
    {"InsufficientFunds", ErrorCode::insufficient_funds},
    {"InsufficientAmountReturned", ErrorCode::slippage},
    {"MaxPriceSlippage", ErrorCode::slippage},
    {"VolSlippageExceeded", ErrorCode::slippage},
    {"MaxLeverage", ErrorCode::margin},
    {"MinLeverage", ErrorCode::margin},
    {"MaxSize", ErrorCode::cap},
    {"MaxUtilization", ErrorCode::cap},
    {"PoolAmountLimit", ErrorCode::cap},
    {"PersonalPoolAmountLimit", ErrorCode::cap},
    {"PositionAmountLimit", ErrorCode::cap},
    {"CustodyAmountLimit", ErrorCode::cap},
    {"ExceedTokenWeightage", ErrorCode::cap},
    {"TokenRatioOutOfRange", ErrorCode::cap},
    {"TradeBlockageUtilization", ErrorCode::liquidity},
    {"PoolInsolvent", ErrorCode::liquidity},
    {"EntrySignMismatch", ErrorCode::bad_combination},
    {"InvalidOraclePrice", ErrorCode::oracle},
    {"StaleOraclePrice", ErrorCode::stale_price},
    {"InvalidTimeWindow", ErrorCode::unknown_name},
};

}  // namespace

void refuse_perp(std::string_view name, std::string_view op, std::string_view field,
                 std::string_view value, std::string_view bound) {
    ErrorCode code = ErrorCode::invariant;
    for (const Row& row : rows) {
        if (row.name == name) code = row.code;
    }
    refuse_onchain(code, op, name, field, value, bound);
}

void math_overflow(std::string_view op) { refuse_perp("MathOverflow", op); }

}  // namespace voltcore::perps
