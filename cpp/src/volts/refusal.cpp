#include "refusal.hpp"

namespace voltcore::volts {

void refuse_caller(const OperationRow& row, std::uint64_t caller) {
    std::string_view who = "may not act as a user";
    if (row.access == Access::admin) who = "is not the admin";
    if (row.access == Access::crank) who = "is not the admin, and cranks are not permissionless";
    if (row.access == Access::heir) who = "is not the proposed admin";
    refuse_onchain(ErrorCode::not_authorized, row.name, "Unauthorized", "caller",
                   std::to_string(caller), who);
}

void refuse_stage(const OperationRow& row, Stage stage) {
    refuse_onchain(row.wrong_stage, row.name, row.onchain, "stage", {},
                   "is " + std::string{name_of(stage)});
}

void refuse_clock(const OperationRow& row, std::uint64_t now, std::uint64_t last) {
    refuse({.code = ErrorCode::time_order,
            .field = "now",
            .value = std::to_string(now),
            .bound = "is before " + std::to_string(last),
            .op = std::string{row.name},
            .onchain = {}});
}

void refuse_amount(ErrorCode code, std::string_view op, std::string_view onchain,
                   std::string_view field, std::uint64_t required, std::uint64_t available) {
    refuse({.code = code,
            .field = std::string{field},
            .value = {},
            .bound = {},
            .op = std::string{op},
            .onchain = std::string{onchain},
            .index = {},
            .required = std::to_string(required),
            .available = std::to_string(available)});
}

void refuse_rule(ErrorCode code, std::string_view op, std::string_view onchain,
                 std::string_view field, std::string_view bound) {
    refuse_onchain(code, op, onchain, field, {}, bound);
}

void refuse_equity(std::string_view op) {
    refuse_onchain(ErrorCode::funds, op, "AccountEquityLessThanZero", "equity", {}, "is negative");
}

}  // namespace voltcore::volts
