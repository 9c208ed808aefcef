#pragma once

#include <cstdint>
#include <string_view>

namespace voltcore::volts {

/// Where a volt stands in its cycle. One value instead of eight flags: every combination of flags
/// that can occur is a stage, and no other can be stored.
enum class Stage : std::uint8_t {
    between,  ///< before the first round
    active,
    fees_taken,
    ready,
    target_done,
    done,
    resolved,              ///< between rounds, the withdrawal fee is due
    withdrawal_fees_taken  ///< between rounds, StartRound may follow
};

inline constexpr std::uint8_t stage_count = 8;

inline constexpr std::string_view stage_names[stage_count] = {
    "BETWEEN", "ACTIVE", "FEES_TAKEN", "READY", "TARGET_DONE", "DONE", "RESOLVED", "WFEES"};

[[nodiscard]] constexpr std::string_view name_of(Stage stage) noexcept {
    return stage_names[static_cast<std::uint8_t>(stage)];
}

/// A set of stages.
class Stages {
public:
    constexpr Stages() noexcept = default;
    constexpr Stages(Stage stage) noexcept  // NOLINT: a stage is a set of one
        : bits_{static_cast<std::uint8_t>(1U << static_cast<std::uint8_t>(stage))} {}
    [[nodiscard]] constexpr bool contains(Stage stage) const noexcept {
        return (bits_ >> static_cast<std::uint8_t>(stage) & 1U) != 0;
    }
    friend constexpr Stages operator|(Stages a, Stages b) noexcept {
        Stages out;
        out.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
        return out;
    }

private:
    std::uint8_t bits_ = 0;
};

constexpr Stages operator|(Stage a, Stage b) noexcept { return Stages{a} | Stages{b}; }

/// Instant deposits and withdrawals; the round has not started.
inline constexpr Stages between_rounds =
    Stages{Stage::between} | Stage::resolved | Stage::withdrawal_fees_taken;
inline constexpr Stages any_stage = between_rounds | Stage::active | Stage::fees_taken |
                                    Stage::ready | Stage::target_done | Stage::done;
/// The amounts of the round are fixed and its legs are being traded.
inline constexpr Stages rebalancing = Stages{Stage::ready} | Stage::target_done | Stage::done;

/// The flags of the original account, as a reading of the stage.
struct StageFlags {
    bool round_has_started;
    bool instant_transfers_enabled;
    bool have_taken_performance_fees;
    bool rebalance_is_ready;
    bool done_rebalancing_target_perp;
    bool done_rebalancing;
    bool have_resolved_deposits;
    bool have_taken_withdrawal_fees;
};

[[nodiscard]] constexpr StageFlags flags_of(Stage stage) noexcept {
    const bool between = between_rounds.contains(stage);
    return {
        .round_has_started = !between,
        .instant_transfers_enabled = between,
        .have_taken_performance_fees = stage != Stage::between && stage != Stage::active,
        .rebalance_is_ready = rebalancing.contains(stage),
        .done_rebalancing_target_perp = stage == Stage::target_done || stage == Stage::done,
        .done_rebalancing = stage == Stage::done,
        .have_resolved_deposits = stage == Stage::resolved || stage == Stage::withdrawal_fees_taken,
        .have_taken_withdrawal_fees =
            stage == Stage::between || stage == Stage::withdrawal_fees_taken};
}

}  // namespace voltcore::volts
