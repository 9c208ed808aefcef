#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "voltcore/amm/journaled_map.hpp"
#include "voltcore/irs/fixed_and_variable_math.hpp"
#include "voltcore/irs/revision.hpp"

namespace voltcore::irs {

/// How a source of the rate index behaves.
enum class OracleKind : std::uint8_t {
    spot,    ///< the index of now
    push,    ///< the index of its last report
    linear,  ///< as push, but the index grows along a line (R23)
};

struct Observation {
    std::uint32_t timestamp{};
    U256 value{};  ///< ray, below 2^216
    bool initialized{};

    friend bool operator==(const Observation&, const Observation&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("timestamp", self.timestamp);
        visit("value", self.value);
        visit("initialized", self.initialized);
    }
};

/// The rate index over time: a circular buffer of observations, interpolation, the variable factor.
/// Source: Voltz BaseRateOracle.sol, OracleBuffer.sol, CompoundingRateOracle.sol,
/// LinearRateOracle.sol.
///
/// Times are whole seconds below 2^32. What can fail throws; nothing here takes back what it did:
/// the pool that holds the oracle does.
class RateOracle {
public:
    RateOracle() = default;
    /// The present report is added to the observations given.
    RateOracle(OracleKind kind, Revision revision, const std::vector<std::uint32_t>& times,
               const std::vector<U256>& values, const U256& rate_ray,
               std::uint32_t report_timestamp, std::uint32_t now);

    [[nodiscard]] OracleKind kind() const noexcept { return head_.kind; }
    [[nodiscard]] std::uint16_t index() const noexcept { return head_.index; }
    [[nodiscard]] std::uint16_t cardinality() const noexcept { return head_.cardinality; }
    [[nodiscard]] std::uint16_t cardinality_next() const noexcept { return head_.cardinality_next; }
    [[nodiscard]] const Observation& newest() const noexcept { return observations_[head_.index]; }
    [[nodiscard]] const std::vector<Observation>& observations() const noexcept {
        return observations_;
    }

    /// What the source reports from now on; a timestamp of 0 means "as of now".
    void set_report(const U256& rate_ray, std::uint32_t report_timestamp) noexcept {
        head_.rate_ray = rate_ray;
        head_.report_timestamp = report_timestamp;
        latest_.reset();
    }
    void set_min_seconds_since_last_update(const U256& seconds) noexcept {
        head_.min_seconds = seconds;
    }
    void increase_observation_cardinality_next(std::uint16_t next);
    void write_oracle_entry(std::uint32_t now);

    struct Report {
        std::uint32_t timestamp;
        U256 rate_ray;
    };
    [[nodiscard]] Report last_updated(std::uint32_t now) const noexcept {
        const bool as_of_now = head_.kind == OracleKind::spot || head_.report_timestamp == 0;
        return {as_of_now ? now : head_.report_timestamp, head_.rate_ray};
    }
    /// Value and time between the two newest observations.
    [[nodiscard]] std::pair<U256, std::uint32_t> last_rate_slope() const;
    [[nodiscard]] U256 last_rate_apy() const;
    [[nodiscard]] U256 current_rate_ray(std::uint32_t now) const;
    [[nodiscard]] U256 observe(std::uint32_t when, std::uint32_t now) const;
    /// The return between two times, wad; 0 when the index has fallen.
    [[nodiscard]] U256 rate_from_to(const U256& from, const U256& to, std::uint32_t now) const;
    [[nodiscard]] U256 apy_from_to(const U256& from, const U256& to, std::uint32_t now) const;
    [[nodiscard]] U256 apy_from_rate(const U256& rate_wad, const U256& years_wad) const;
    [[nodiscard]] U256 interpolate_rate_value(const U256& value_ray, const U256& apy_wad,
                                              const U256& elapsed_wad) const;
    /// The variable factor of a term so far, or, from its end on, of the whole term; that is then
    /// kept (`variable_factor`) or only looked up (`variable_factor_no_cache`).
    [[nodiscard]] U256 variable_factor(const Term& term, std::uint32_t now);
    [[nodiscard]] U256 variable_factor_no_cache(const Term& term, std::uint32_t now) const;

    struct TermKey {
        std::uint32_t start{};
        std::uint32_t end{};
        friend auto operator<=>(const TermKey&, const TermKey&) = default;
        template <class Self, class Visit>
        static void each_field(Self& self, Visit&& visit) {
            visit("start", self.start);
            visit("end", self.end);
        }
    };
    struct Head {
        OracleKind kind{};
        Revision revision{};
        std::uint32_t report_timestamp{};
        std::uint16_t index{};
        std::uint16_t cardinality{};
        std::uint16_t cardinality_next{};
        U256 rate_ray{};
        U256 min_seconds{};

        friend bool operator==(const Head&, const Head&) = default;
        template <class Self, class Visit>
        static void each_field(Self& self, Visit&& visit) {
            visit("kind", self.kind);
            visit("revision", self.revision);
            visit("report_timestamp", self.report_timestamp);
            visit("index", self.index);
            visit("cardinality", self.cardinality);
            visit("cardinality_next", self.cardinality_next);
            visit("rate_ray", self.rate_ray);
            visit("min_seconds_since_last_update", self.min_seconds);
        }
    };
    // For the pool's transaction.
    [[nodiscard]] const Head& head() const noexcept { return head_; }
    void commit() noexcept;
    void rollback(const Head& before) noexcept;
    /// Whether the numbers fit each other: to be asked after reading bytes.
    [[nodiscard]] bool is_well_formed() const noexcept;

    friend bool operator==(const RateOracle& a, const RateOracle& b) {
        return a.head_ == b.head_ && a.observations_ == b.observations_ && a.settled_ == b.settled_;
    }
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("head", self.head_);
        visit("observations", self.observations_);
        visit("settlement_cache", self.settled_);
    }

private:
    [[nodiscard]] const Observation& previous() const;
    [[nodiscard]] U256 return_wad(const U256& before_ray, const U256& after_ray) const;
    [[nodiscard]] U256 value_between(const Observation& before, const Observation& after,
                                     std::uint32_t when) const;
    [[nodiscard]] std::pair<const Observation*, const Observation*> stored_pair(
        std::uint32_t when) const;
    struct FactorQuery {
        TermKey key;
        U256 value;
        bool final;
    };
    [[nodiscard]] FactorQuery query_factor(const Term& term, std::uint32_t now) const;

    /// The last factor of an unfinished term, until time, report or observations change.
    struct LatestFactor {
        Term term;
        std::uint32_t now;
        U256 value;
    };
    struct Overwritten {
        std::uint16_t slot;
        Observation before;
    };

    Head head_{};
    std::vector<Observation> observations_;
    amm::JournaledMap<TermKey, U256> settled_;
    std::vector<Overwritten> journal_;
    std::optional<LatestFactor> latest_;  ///< can be calculated again; no part of the value
    std::size_t size_before_growth_{};    ///< 0: has not grown since the last commit
};

/// `timestamp` in uint32, or "TSOFLOW".
[[nodiscard]] std::uint32_t timestamp_as_uint32(const U256& timestamp);

}  // namespace voltcore::irs
