#include "voltcore/irs/oracle_engine.hpp"

#include <string>

namespace voltcore::irs {

void OracleEngine::require_clock(std::uint32_t now, std::string_view op) const {
    if (now >= now_) return;
    refuse({.code = ErrorCode::time_order,
            .field = "now",
            .value = std::to_string(now),
            .bound = "is before " + std::to_string(now_),
            .op = std::string{op},
            .onchain = {}});
}

void OracleEngine::audit() const {
    if (oracle_.is_well_formed()) return;
    refuse({.code = ErrorCode::invariant,
            .field = "oracle",
            .value = {},
            .bound = "is not well formed",
            .op = "audit",
            .onchain = {}});
}

}  // namespace voltcore::irs
