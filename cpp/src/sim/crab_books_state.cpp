// The books and the volt they stand for.
#include <string_view>
#include <type_traits>

#include "crab_books.hpp"

namespace voltcore::sim {

namespace {

/// A field of an engine, found through the engine's own list of fields. Writing what hours of
/// public operations would have left there is the quick loop's only write that is none itself; the
/// plain loop is its test.
template <class T, class Engine>
[[nodiscard]] T& field_of(Engine& engine, std::string_view name) {
    T* found = nullptr;
    Engine::each_field(engine, [&](const char* field, auto& value) {
        if constexpr (std::is_same_v<T, std::remove_reference_t<decltype(value)>>) {
            if (name == field) found = &value;
        }
    });
    return *found;
}

constexpr std::size_t market_of(std::size_t leg) noexcept {
    return leg == static_cast<std::size_t>(Leg::squared) ? squared_market : linear_market;
}

}  // namespace

void CrabBooks::load(const volts::Volt& volt) {
    const venues::MarginVenue& venue = volt.venue();
    const venues::AccountId account = volt.margin_account();
    State next;
    for (std::size_t leg = 0; leg < leg_count; ++leg) {
        const venues::PerpMarket& perp = venue.market(market_of(leg)).perp;
        const venues::PerpAccount& held = venue.perp_account(account, market_of(leg));
        next.legs[leg] = {.base = held.base_position,
                          .accumulator = perp.long_funding.bits(),
                          .quote = held.quote_position.bits(),
                          .settled = held.long_settled_funding.bits(),
                          .maker_quote = perp.counterparty.quote_position.bits(),
                          .maker_settled = perp.counterparty.long_settled_funding.bits(),
                          .fees_accrued = perp.fees_accrued.bits()};
    }
    const venues::Bank& bank = venue.bank(venues::quote_token_index);
    next.units = venue.balance(account, venues::quote_token_index).deposits.bits();
    next.outside_balance = venue.outside_balance().bits();
    next.vault = bank.vault;
    next.roundings = bank.roundings;
    next.pool = volt.deposit_pool();
    next.fee_account = volt.fee_account();
    next.round_number = volt.round_number();
    next.epoch_start = volt.epoch_info().start_time;
    next.epoch_assets = volt.entropy_round().acct_equity_start;
    next.volt_clock = volt.clock();
    next.calls = volt.epoch_info().num_times_called_enter;
    supply_ = volt.supply();
    state_ = next;
}

void CrabBooks::pass_hours(volts::Volt& volt, const TradingHour& hour) const {
    venues::MarginVenue& venue = volt.venue();
    auto& markets = field_of<std::vector<venues::Market>>(venue, "markets");
    markets[linear_market].oracle.feed_price = hour.price;
    for (std::size_t leg = 0; leg < leg_count; ++leg) {
        venues::Market& market = markets[market_of(leg)];
        market.oracle.price = market_of(leg) == squared_market ? hour.index : hour.price;
        market.oracle.last_update = hour.now;
        venues::PerpMarket& perp = market.perp;
        perp.long_funding = I80F48::from_bits(state_.legs[leg].accumulator);
        perp.short_funding = perp.long_funding;
        perp.last_updated = hour.now;
        perp.cache = {.long_funding = perp.long_funding,
                      .short_funding = perp.short_funding,
                      .last_update = hour.now};
    }
    venues::Bank& bank = field_of<std::vector<venues::Bank>>(venue, "banks").front();
    bank.last_updated = hour.now;
    bank.cache.last_update = hour.now;
    field_of<std::uint64_t>(venue, "clock") = hour.now;
}

void CrabBooks::store(volts::Volt& volt, const TradingHour& hour) const {
    pass_hours(volt, hour);
    venues::MarginVenue& venue = volt.venue();
    auto& markets = field_of<std::vector<venues::Market>>(venue, "markets");
    auto& positions = field_of<std::vector<venues::PerpAccount>>(venue, "perp_accounts");
    const auto move = [](venues::PerpAccount& account, std::int64_t base, i128 quote,
                         i128 settled) {
        account.base_position = base;
        account.quote_position = I80F48::from_bits(quote);
        account.long_settled_funding = I80F48::from_bits(settled);
        account.short_settled_funding = I80F48::from_bits(settled);
    };
    for (std::size_t leg = 0; leg < leg_count; ++leg) {
        const LegState& held = state_.legs[leg];
        venues::PerpMarket& perp = markets[market_of(leg)].perp;
        perp.fees_accrued = I80F48::from_bits(held.fees_accrued);
        perp.open_interest = 2 * (held.base < 0 ? -held.base : held.base);
        move(positions[market_of(leg)], held.base, held.quote, held.settled);
        move(perp.counterparty, -held.base, held.maker_quote, held.maker_settled);
    }
    venues::Bank& bank = field_of<std::vector<venues::Bank>>(venue, "banks").front();
    bank.deposits = I80F48::from_bits(state_.units);
    bank.vault = state_.vault;
    bank.roundings = state_.roundings;
    field_of<std::vector<venues::Balance>>(venue, "balances").front().deposits = bank.deposits;
    field_of<I80F48>(venue, "outside_balance") = I80F48::from_bits(state_.outside_balance);

    field_of<std::uint64_t>(volt, "clock") = state_.volt_clock;
    field_of<std::uint64_t>(volt, "fee_account") = state_.fee_account;
    field_of<math::u128>(volt, "moved_from_venue") += state_.moved_from_venue;
    auto& epoch = field_of<volts::EpochInfo>(volt, "epoch");
    if (state_.has_new_round) {
        field_of<std::uint64_t>(volt, "round_number") = state_.round_number;
        field_of<std::uint64_t>(volt, "epoch_start") = state_.epoch_start;
        auto& work = field_of<volts::EntropyRound>(volt, "entropy_round");
        work = {};
        work.acct_equity_start = state_.epoch_assets;
        epoch = {};
        epoch.number = state_.round_number;
        epoch.start_time = state_.epoch_start;
        epoch.aum_start = state_.epoch_assets;
        epoch.share_price_assets = state_.epoch_assets;
        epoch.share_price_supply = supply_;
        // Rounds without claims are dropped when the next one begins, and nobody claims here.
        auto& rounds = field_of<std::vector<volts::Round>>(volt, "rounds");
        rounds.resize(1);
        rounds.front() = {};
        rounds.front().number = state_.round_number;
        rounds.front().aum_at_epoch_start = state_.epoch_assets;
    }
    epoch.num_times_called_enter = state_.calls;
}

}  // namespace voltcore::sim
