#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>
#include <utility>

#include "convert.hpp"
#include "voltcore/math/error.hpp"
#include "voltcore/perps/checked.hpp"
#include "voltcore/perps/jlp_records.hpp"
#include "voltcore/perps/liquidation.hpp"
#include "voltcore/perps/ratio_fee.hpp"
#include "voltcore/perps/vol_records.hpp"

// The enumerations of the pools cross the border as their protocol names.

namespace pybind11::detail {

template <class Enum, class Names>
struct named_enum_caster {
    // pybind11 asks for `name` to print signatures.
    PYBIND11_TYPE_CASTER(Enum, const_name("str"));

    bool load(handle source, bool) {
        const std::string text = voltcore::bindings::exact_text(source, Names::field);
        for (const auto& [label, entry] : Names::rows) {
            if (label == text) {
                value = entry;
                return true;
            }
        }
        std::string known;
        for (const auto& [label, entry] : Names::rows) {
            known.append(known.empty() ? "is not one of " : ", ").append(label);
        }
        voltcore::refuse({.code = voltcore::ErrorCode::unknown_name,
                          .field = Names::field,
                          .value = text,
                          .bound = known,
                          .op = {},
                          .onchain = {}});
    }

    static handle cast(Enum source, return_value_policy, handle) {
        for (const auto& [label, entry] : Names::rows) {
            if (entry == source) return str(std::string{label}).release();
        }
        return none().release();
    }
};

struct side_names {
    static constexpr const char* field = "side";
    static constexpr std::pair<std::string_view, voltcore::perps::Side> rows[] = {
        {"long", voltcore::perps::Side::long_side}, {"short", voltcore::perps::Side::short_side}};
};
struct fee_mode_names {
    static constexpr const char* field = "mode";
    static constexpr std::pair<std::string_view, voltcore::perps::FeeMode> rows[] = {
        {"fixed", voltcore::perps::FeeMode::fixed},
        {"linear", voltcore::perps::FeeMode::linear},
        {"optimal", voltcore::perps::FeeMode::optimal}};
};
struct vol_state_names {
    static constexpr const char* field = "state";
    static constexpr std::pair<std::string_view, voltcore::perps::VolState> rows[] = {
        {"healthy", voltcore::perps::VolState::healthy},
        {"over_leverage", voltcore::perps::VolState::over_leverage},
        {"over_profit", voltcore::perps::VolState::over_profit}};
};

struct surplus_names {
    static constexpr const char* field = "surplus";
    static constexpr std::pair<std::string_view, voltcore::perps::Surplus> rows[] = {
        {"refund", voltcore::perps::Surplus::refund},
        {"forfeit", voltcore::perps::Surplus::forfeit}};
};
struct impact_mode_names {
    static constexpr const char* field = "impact_mode";
    static constexpr std::pair<std::string_view, voltcore::perps::ImpactMode> rows[] = {
        {"integer", voltcore::perps::ImpactMode::integer},
        {"decimal", voltcore::perps::ImpactMode::decimal}};
};

struct vol_product_names {
    static constexpr const char* field = "product";
    static constexpr std::pair<std::string_view, voltcore::perps::VolProduct> rows[] = {
        {"iv", voltcore::perps::VolProduct::iv},
        {"rv", voltcore::perps::VolProduct::rv},
        {"rv_diff_iv", voltcore::perps::VolProduct::rv_diff_iv}};
};
struct rate_mode_names {
    static constexpr const char* field = "rate_mode";
    static constexpr std::pair<std::string_view, voltcore::perps::RateMode> rows[] = {
        {"published", voltcore::perps::RateMode::published},
        {"exact", voltcore::perps::RateMode::exact}};
};
struct lock_covers_names {
    static constexpr const char* field = "lock_covers";
    static constexpr std::pair<std::string_view, voltcore::perps::LockCovers> rows[] = {
        {"profit", voltcore::perps::LockCovers::profit},
        {"position", voltcore::perps::LockCovers::position}};
};

template <>
struct type_caster<voltcore::perps::VolProduct>
    : named_enum_caster<voltcore::perps::VolProduct, vol_product_names> {};
template <>
struct type_caster<voltcore::perps::RateMode>
    : named_enum_caster<voltcore::perps::RateMode, rate_mode_names> {};
template <>
struct type_caster<voltcore::perps::LockCovers>
    : named_enum_caster<voltcore::perps::LockCovers, lock_covers_names> {};
template <>
struct type_caster<voltcore::perps::Surplus>
    : named_enum_caster<voltcore::perps::Surplus, surplus_names> {};
template <>
struct type_caster<voltcore::perps::ImpactMode>
    : named_enum_caster<voltcore::perps::ImpactMode, impact_mode_names> {};
template <>
struct type_caster<voltcore::perps::Side> : named_enum_caster<voltcore::perps::Side, side_names> {};
template <>
struct type_caster<voltcore::perps::FeeMode>
    : named_enum_caster<voltcore::perps::FeeMode, fee_mode_names> {};
template <>
struct type_caster<voltcore::perps::VolState>
    : named_enum_caster<voltcore::perps::VolState, vol_state_names> {};

}  // namespace pybind11::detail
