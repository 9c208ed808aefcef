#pragma once

#include <algorithm>

#include "voltcore/math/i80f48.hpp"

// Losses that nobody can be made to pay, spread over everyone. Source: Mango v3 `socialize_loss` of
// `PerpMarket` and `RootBank`.

namespace voltcore::venues {

using math::I80F48;

/// Per lot of open interest, of a negative perp quote; 0 when nothing is open. Longs lose it
/// through `long_funding -= loss`, shorts through `short_funding += loss`.
[[nodiscard]] inline I80F48 perp_loss_per_lot(I80F48 quote, std::int64_t open_interest) {
    return open_interest == 0 ? I80F48{} : quote / I80F48::from_int(open_interest);
}

struct TokenLoss {
    I80F48 native_loss;
    I80F48 share;          ///< of all deposits, at most 1
    I80F48 deposit_index;  ///< after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("native_loss", self.native_loss);
        visit("share", self.share);
        visit("deposit_index", self.deposit_index);
    }
};

/// A borrow that is written off, in index units, against all deposits of the bank. A loss above
/// them takes everything: the index must not become negative.
[[nodiscard]] inline TokenLoss token_loss(I80F48 borrows, I80F48 borrow_index, I80F48 deposits,
                                          I80F48 deposit_index) {
    const I80F48 one = I80F48::from_int(1);
    TokenLoss out{.native_loss = borrows * borrow_index, .share = one, .deposit_index = {}};
    const I80F48 native_deposits = deposits * deposit_index;
    if (!native_deposits.is_zero()) out.share = std::min(out.native_loss / native_deposits, one);
    out.deposit_index = deposit_index - out.share * deposit_index;
    return out;
}

}  // namespace voltcore::venues
