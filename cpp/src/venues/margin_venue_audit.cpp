#include <algorithm>
#include <string>

#include "audit.hpp"
#include "voltcore/math/bytes.hpp"
#include "voltcore/venues/margin_venue.hpp"

// What must hold between operations, whatever happened before.

namespace voltcore::venues {

namespace {

math::i128 magnitude(std::int64_t lots) {
    return lots < 0 ? -static_cast<math::i128>(lots) : static_cast<math::i128>(lots);
}

}  // namespace

void MarginVenue::restore() {
    const auto fits = [](bool holds) {
        if (!holds) math::ByteReader::corrupt("has sections that do not fit each other");
    };
    fits(accounts_.size() <= most_accounts);
    fits(balances_.size() == accounts_.size() * banks_.size());
    fits(perp_accounts_.size() == accounts_.size() * markets_.size());
    fits(perp_books_.empty() || perp_books_.size() == markets_.size());
    fits(open_orders_.size() == accounts_.size() * spot_markets_.size());
    for (std::size_t i = 0; i < spot_markets_.size(); ++i) {
        fits(spot_markets_[i].market < markets_.size() && spot_markets_[i].config.is_listed());
        fits(i == 0 || spot_markets_[i - 1].market < spot_markets_[i].market);
    }
    try {
        validate(config());
    } catch (const Error&) {
        fits(false);
    }
    derive_weights();
}

void MarginVenue::audit() const {
    validate(config());
    hold(clock_ <= latest_time, "clock", "is beyond the last second");
    for (const MarginAccount& account : accounts_) {
        hold(account.owner != 0, "accounts.owner", "is nobody");
    }
    for (std::size_t slot = 0; slot < banks_.size(); ++slot) audit_bank(slot);
    audit_orders();
    audit_off_book();
    for (std::size_t i = 0; i < spot_markets_.size(); ++i) audit_spot(i);
    std::uint32_t listed = 0;
    for (const SpotMarket& spot : spot_markets_) listed |= 1U << spot.market;
    for (const MarginAccount& account : accounts_) {
        hold((account.margin_basket & ~listed) == 0, "accounts.margin_basket",
             "names a market that is not listed");
    }
    for (std::size_t i = 0; i < markets_.size(); ++i) audit_market(i);
}

void MarginVenue::audit_bank(std::size_t slot) const {
    const Bank& bank = banks_[slot];
    const std::string at = "token " + std::to_string(bank.config.index) + " ";
    const I80F48 least_index = I80F48::from_int(starting_index);
    hold(bank.last_updated <= clock_ && bank.cache.last_update <= clock_, at + "last_update",
         "is later than the clock");
    // A socialised loss may take the deposit index down, at most to 0.
    hold(!bank.cache.deposit_index.is_negative() && bank.cache.borrow_index >= least_index,
         at + "cache", "has an index out of its range");
    hold(bank.deposit_index >= bank.cache.deposit_index &&
             bank.borrow_index >= bank.cache.borrow_index,
         at + "index", "is below its cached value");
    I80F48 deposits;
    I80F48 borrows;
    for (AccountId account = 0; account < accounts_.size(); ++account) {
        const Balance& balance = balance_at(account, slot);
        hold(!balance.deposits.is_negative() && !balance.borrows.is_negative(), at + "balance",
             "is negative");
        hold(balance.deposits.is_zero() || balance.borrows.is_zero(), at + "balance",
             "is a deposit and a borrow");
        deposits += balance.deposits;
        borrows += balance.borrows;
    }
    hold(deposits == bank.deposits, at + "deposits", "are not the sum over accounts");
    hold(borrows == bank.borrows, at + "borrows", "are not the sum over accounts");
    // Cash = deposits - borrows + what the outside counterparty has there + dust. The dust falls
    // below 0 by at most one index step for each rounding in the accounts' favour.
    I80F48 owed = bank.deposits * bank.deposit_index - bank.borrows * bank.borrow_index;
    if (slot == quote_slot()) owed += outside_balance_;
    const I80F48 largest_index = std::max(bank.deposit_index, bank.borrow_index);
    const I80F48 allowance =
        I80F48::from_bits(static_cast<math::i128>(bank.roundings) + 1) * largest_index +
        I80F48::from_bits(2);
    hold(I80F48::from_int(bank.vault) >= owed - allowance, at + "vault",
         "holds less than deposits - borrows");
}

void MarginVenue::audit_market(std::size_t index) const {
    const std::string at = "markets[" + std::to_string(index) + "].";
    const Oracle& oracle = markets_[index].oracle;
    const PerpMarket& perp = markets_[index].perp;
    hold(!oracle.price.is_negative() && !oracle.feed_price.is_negative() &&
             !oracle.feed_confidence.is_negative(),
         at + "oracle", "has a negative price");
    hold(oracle.last_update <= clock_ && perp.last_updated <= clock_ &&
             perp.cache.last_update <= clock_,
         at + "last_update", "is later than the clock");
    math::i128 base = perp.counterparty.base_position;
    math::i128 open = magnitude(perp.counterparty.base_position);
    I80F48 quote = (perp.fees_accrued + perp.dust) +
                   quote_after_funding(perp.counterparty, perp.long_funding, perp.short_funding);
    for (AccountId account = 0; account < accounts_.size(); ++account) {
        const PerpAccount& position = perp_at(account, index);
        hold(perp.is_listed() || !position.is_active(), at + "perp", "is traded but not listed");
        hold(position.bids_quantity >= 0 && position.asks_quantity >= 0, at + "open orders",
             "are negative");
        base += position.base_position;
        open += magnitude(position.base_position);
        quote += quote_after_funding(position, perp.long_funding, perp.short_funding);
    }
    hold(base == 0, at + "base positions", "do not sum to zero");
    hold(open == perp.open_interest, at + "open_interest", "is not the sum of |base|");
    // Makers pay their fee when the fill is processed; the market has booked it already.
    const EventQueue<PerpEvent>& events = perp_book_at(index).events;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].kind != PerpEvent::Kind::fill) continue;
        quote -= maker_fee_of(perp.config, events[i].price_lots, events[i].size_lots);
    }
    // Longs pay what shorts receive and fees stay in the market, to the last bit.
    hold(quote.is_zero(), at + "quote positions", "and accrued fees do not sum to zero");
}

}  // namespace voltcore::venues
