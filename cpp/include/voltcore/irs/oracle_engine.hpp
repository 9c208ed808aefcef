#pragma once

#include "voltcore/irs/rate_oracle.hpp"

namespace voltcore::irs {

/// A rate oracle that stands alone, with its clock: a value whose operations change all or nothing.
class OracleEngine {
public:
    OracleEngine() = default;
    OracleEngine(OracleKind kind, Revision revision, const std::vector<std::uint32_t>& times,
                 const std::vector<U256>& values, const U256& rate_ray,
                 std::uint32_t report_timestamp, std::uint32_t now)
        : oracle_{kind, revision, times, values, rate_ray, report_timestamp, now}, now_{now} {}

    [[nodiscard]] const RateOracle& oracle() const noexcept { return oracle_; }
    [[nodiscard]] std::uint32_t now() const noexcept { return now_; }

    /// `body` on the oracle at the time `now`; a failure takes back all that it did.
    template <class Body>
    auto change(std::uint32_t now, std::string_view op, Body&& body) {
        require_clock(now, op);
        const RateOracle::Head before = oracle_.head();
        try {
            if constexpr (std::is_void_v<decltype(body(oracle_))>) {
                body(oracle_);
                oracle_.commit();
                now_ = now;
            } else {
                auto result = body(oracle_);
                oracle_.commit();
                now_ = now;
                return result;
            }
        } catch (...) {
            oracle_.rollback(before);
            throw;
        }
    }

    /// Throws InvariantError when the numbers do not fit each other.
    void audit() const;
    void require_clock(std::uint32_t now, std::string_view op) const;

    friend bool operator==(const OracleEngine&, const OracleEngine&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("oracle", self.oracle_);
        visit("now", self.now_);
    }

private:
    RateOracle oracle_;
    std::uint32_t now_{};
};

}  // namespace voltcore::irs
