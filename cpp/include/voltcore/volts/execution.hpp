#pragma once

#include <cstdint>
#include <limits>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/margin_venue.hpp"

namespace voltcore::volts {

using math::I80F48;

/// An immediate-or-cancel order of a volt.
struct FillRequest {
    std::size_t market = 0;
    std::int64_t lots = 0;              ///< signed; negative sells
    std::int64_t limit_price_lots = 0;  ///< quote lots per base lot
    bool off_book = false;              ///< no fees
    bool spot = false;                  ///< trades the market's token instead of its perp
};

/// What an order would get and pay.
struct Fill {
    std::int64_t lots = 0;  ///< signed like the request, at most as many
    I80F48 quote;           ///< native quote into the position, before the fee
    I80F48 fee;             ///< native quote
};

/// How the orders of a volt meet a market. `estimate` changes nothing and `fill` does exactly what
/// it said, so that a crank can refuse before anything has moved.
class Execution {
public:
    Execution() = default;
    Execution(const Execution&) = default;
    Execution& operator=(const Execution&) = default;
    virtual ~Execution() = default;

    [[nodiscard]] virtual Fill estimate(const venues::MarginVenue& venue,
                                        const FillRequest& request) const = 0;
    virtual void fill(venues::MarginVenue& venue, venues::CallerId owner, venues::AccountId account,
                      const FillRequest& request, const Fill& expected,
                      std::uint64_t now) const = 0;
    /// Whether a fill takes several steps on the venue, so that a refusal of a later one has to
    /// undo the earlier.
    [[nodiscard]] virtual bool takes_steps(const FillRequest& /*request*/) const { return false; }
};

/// A counterparty that quotes one bid and one ask. An order fills at the quote when its limit
/// reaches it, and not at all otherwise. Without a quote everything fills at the order's own limit.
class QuotedExecution final : public Execution {
public:
    QuotedExecution() = default;
    /// Prices in quote lots per base lot; 0 for a side without a quote.
    QuotedExecution(std::int64_t bid_lots, std::int64_t ask_lots,
                    std::uint64_t size_lots = std::numeric_limits<std::uint64_t>::max()) noexcept
        : has_quote_{true}, bid_lots_{bid_lots}, ask_lots_{ask_lots}, size_lots_{size_lots} {}
    /// Share of the quote that spot trades pay, rounded up to whole native quote on each fill.
    void set_spot_taker_fee(I80F48 fee) noexcept { spot_taker_fee_ = fee; }

    [[nodiscard]] Fill estimate(const venues::MarginVenue& venue,
                                const FillRequest& request) const override;
    void fill(venues::MarginVenue& venue, venues::CallerId owner, venues::AccountId account,
              const FillRequest& request, const Fill& expected, std::uint64_t now) const override;

private:
    [[nodiscard]] std::int64_t price_for(const FillRequest& request) const noexcept;

    bool has_quote_ = false;
    std::int64_t bid_lots_ = 0;
    std::int64_t ask_lots_ = 0;
    std::uint64_t size_lots_ = std::numeric_limits<std::uint64_t>::max();
    I80F48 spot_taker_fee_;
};

/// The venue's own order books, by immediate-or-cancel orders. On a perp market the makers' side
/// and the position itself move when somebody consumes the market's events; the volt counts what
/// waits there. Tokens in a spot market count for nobody, so a spot trade processes that market's
/// queue and settles in the same call (chosen).
class BookExecution final : public Execution {
public:
    BookExecution(venues::AccountId account, std::uint64_t now) noexcept
        : account_{account}, now_{now} {}

    /// Nothing fills off the book.
    /// @throws Error (InvalidMarket) for a spot market whose lots are not those of the perp.
    [[nodiscard]] Fill estimate(const venues::MarginVenue& venue,
                                const FillRequest& request) const override;
    void fill(venues::MarginVenue& venue, venues::CallerId owner, venues::AccountId account,
              const FillRequest& request, const Fill& expected, std::uint64_t now) const override;
    [[nodiscard]] bool takes_steps(const FillRequest& request) const override {
        return request.spot;
    }

private:
    [[nodiscard]] Fill estimate_spot(const venues::MarginVenue& venue,
                                     const FillRequest& request) const;

    venues::AccountId account_;
    std::uint64_t now_;
};

}  // namespace voltcore::volts
