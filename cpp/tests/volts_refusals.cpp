// Refusals of a volt that only a misbehaving market or another customer of its bank can provoke.

#include <doctest/doctest.h>

#include <string>

#include "voltcore/math/bytes.hpp"
#include "voltcore/math/error.hpp"
#include "voltcore/venues/preset.hpp"
#include "voltcore/volts/volt.hpp"

namespace {

using namespace voltcore;
using math::I80F48;
using venues::MarginVenue;
using volts::Fill;
using volts::FillRequest;
using volts::Volt;

constexpr std::uint64_t admin = 1;
constexpr std::uint64_t alice = 11;
constexpr std::uint64_t bob = 12;
constexpr std::int64_t target_price = 25'000;  // the index of 2500, in lots
constexpr std::int64_t hedge_price = 500'000;

/// A market that fills so many lots more than it was asked for.
class GenerousMarket final : public volts::Execution {
public:
    explicit GenerousMarket(std::int64_t more) : more_{more} {}
    [[nodiscard]] Fill estimate(const MarginVenue& venue,
                                const FillRequest& request) const override {
        FillRequest larger = request;
        larger.lots += request.lots < 0 ? -more_ : more_;
        return volts::QuotedExecution{}.estimate(venue, larger);
    }
    void fill(MarginVenue& venue, venues::CallerId owner, venues::AccountId account,
              const FillRequest& request, const Fill& expected, std::uint64_t now) const override {
        volts::QuotedExecution{}.fill(venue, owner, account, request, expected, now);
    }

private:
    std::int64_t more_;
};

/// Market 0 the squared perp, 1 the linear one with a token of its own, 15 the quote.
MarginVenue venue_with_a_token() {
    const venues::VenuePreset preset = venues::entropy();
    venues::VenueConfig config;
    config.admin = admin;
    config.valid_interval = std::uint64_t{1} << 40;
    venues::MarketConfig squared;
    squared.index = {.power = 2, .scale = 1'000'000, .underlying = 1};
    squared.perp = venues::example_squared_market(preset);
    venues::MarketConfig linear;
    linear.index = {.power = 1, .scale = 1, .underlying = 1};
    linear.perp = venues::example_linear_market(preset);
    config.markets = {squared, linear};
    venues::TokenConfig token;
    token.index = 1;
    token.curve = venues::example_curve();
    token.init_leverage = I80F48::from_int(10);
    token.maint_leverage = I80F48::from_int(20);
    venues::TokenConfig quote;
    quote.index = venues::quote_token_index;
    quote.curve = venues::example_curve();
    config.tokens = {token, quote};
    return MarginVenue{config};
}

/// Alice's deposit waits in the first round; the fees of it are taken.
Volt with_fees_taken() {
    Volt volt{volts::crab_config(admin), venue_with_a_token(), 0};
    volt.venue().set_price(admin, 1, I80F48::from_int(50'000), 0);
    volt.venue().cache_prices(0);
    volt.venue().cache_root_banks(0);
    volt.venue().cache_perp_markets(0);
    volt.credit_wallet(alice, 1'000'000'000);
    volt.start_round(admin, 0);
    volt.deposit(alice, 1'000'000'000, 0);
    volt.take_performance_fees(admin, 0);
    return volt;
}

/// The same a round later, in both legs.
Volt invested() {
    Volt volt = with_fees_taken();
    volt.setup_rebalance(admin, 0);
    volt.rebalance_target(admin, 0, target_price, {}, volts::QuotedExecution{});
    volt.rebalance_hedge(admin, 0, hedge_price, {}, volts::QuotedExecution{});
    volt.end_round(admin, 0);
    volt.take_pending_withdrawal_fees(admin, 0);
    volt.start_round(admin, 0);
    volt.claim_pending_deposit(alice, 0);
    return volt;
}

/// The call is refused by this name and nothing has changed.
template <class Call>
void check_refused(Volt& volt, const std::string& name, Call&& call) {
    const Volt before = volt;
    std::string onchain = "nothing was refused";
    try {
        call();
    } catch (const Error& error) {
        onchain = error.refusal().onchain;
    }
    CHECK(onchain == name);
    CHECK(volt == before);
    volt.audit();
}

}  // namespace

TEST_CASE("a fill that overshoots by more than what was missing is refused") {
    Volt volt = with_fees_taken();
    volt.setup_rebalance(admin, 0);
    check_refused(volt, "MustMoveCloserToTargetCollateralization", [&] {
        volt.rebalance_target(admin, 0, target_price, {}, GenerousMarket{2'001});
    });
    volt.rebalance_target(admin, 0, target_price, {}, volts::QuotedExecution{});
    check_refused(volt, "MustMoveCloserToTargetCollateralization",
                  [&] { volt.rebalance_hedge(admin, 0, hedge_price, {}, GenerousMarket{201}); });
}

TEST_CASE("the target leg of the crab never ends long") {
    Volt volt = invested();
    // Half leaves, and the market sells the volt all it has lent it and more.
    volt.withdraw(alice, 500'000'000, 0);
    volt.take_performance_fees(admin, 0);
    volt.setup_rebalance(admin, 0);
    check_refused(volt, "BasePositionMustBeNegative", [&] {
        volt.rebalance_target(admin, 0, target_price, {}, GenerousMarket{1'001});
    });
}

TEST_CASE("a payout waits for liquidity that somebody else has borrowed") {
    Volt volt = invested();
    MarginVenue& venue = volt.venue();
    const venues::AccountId borrower = venue.add_account(bob, 0);
    venue.deposit(bob, borrower, 1, 1'000'000, 0);
    venue.withdraw(bob, borrower, venues::quote_token_index, 990'000'000, true, 0);
    volt.withdraw(alice, 500'000'000, 0);
    volt.take_performance_fees(admin, 0);
    volt.setup_rebalance(admin, 0);
    volt.rebalance_target(admin, 0, target_price, {}, volts::QuotedExecution{});
    volt.rebalance_hedge(admin, 0, hedge_price, {}, volts::QuotedExecution{});
    check_refused(volt, "InsufficientLiquidity", [&] { volt.end_round(admin, 0); });
    venue.deposit(bob, borrower, venues::quote_token_index, 990'000'000, 0);
    CHECK(volt.end_round(admin, 0).paid > 0);
}

TEST_CASE("a short spot hedge never ends with the token in hand") {
    MarginVenue venue = venue_with_a_token();
    venue.set_price(admin, 1, I80F48::from_int(50), 0);
    venue.cache_prices(0);
    const venues::AccountId lender = venue.add_account(bob, 0);
    venue.deposit(bob, lender, 1, 1'000'000'000, 0);
    Volt volt{volts::basis_config(admin, 1), venue, 0};
    volt.credit_wallet(alice, 1'000'000'000);
    volt.start_round(admin, 0);
    volt.deposit(alice, 1'000'000'000, 0);
    volt.take_performance_fees(admin, 0);
    volt.setup_rebalance(admin, 0);
    volt.rebalance_target(admin, 0, 500, {}, volts::QuotedExecution{});
    volt.rebalance_spot(admin, 0, 500, {}, volts::QuotedExecution{});
    volt.end_round(admin, 0);
    volt.take_pending_withdrawal_fees(admin, 0);
    volt.start_round(admin, 0);
    volts::StrategyParams out = volt.config().strategy;
    out.target_leverage = I80F48{};
    volt.set_strategy_params(admin, out, 0);
    volt.take_performance_fees(admin, 0);
    volt.setup_rebalance(admin, 0);
    volt.rebalance_target(admin, 0, 500, {}, volts::QuotedExecution{});
    check_refused(volt, "DepositedAmountOfHedgeAssetShouldBeZero",
                  [&] { volt.rebalance_spot(admin, 0, 500, {}, GenerousMarket{1'000}); });
    CHECK(volt.rebalance_spot(admin, 0, 500, {}, volts::QuotedExecution{}).is_done);
}
