#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "voltcore/math/revert.hpp"
#include "voltcore/math/u256.hpp"

namespace voltcore::amm {

using math::Revert;
using math::U256;

/// floor(tick / spacing): the bit that a tick owns. Precondition: spacing > 0.
[[nodiscard]] constexpr std::int32_t compress(std::int32_t tick, std::int32_t spacing) noexcept {
    // C++ divides toward zero; the bitmap counts toward minus infinity.
    return tick / spacing - static_cast<std::int32_t>(tick % spacing < 0);
}

struct NextTick {
    std::int32_t tick;
    bool initialized;
};

/// Which ticks hold liquidity: one 256-bit word for each 256 ticks of the spacing.
/// Source: TickBitmap.sol of both protocols.
///
/// Only words that are not zero are kept, in order.
class TickBitmap {
public:
    struct Word {
        std::int16_t index;
        U256 bits;
        friend bool operator==(const Word&, const Word&) = default;
        template <class Self, class Visit>
        static void each_field(Self& self, Visit&& visit) {
            visit("index", self.index);
            visit("bits", self.bits);
        }
    };

    [[nodiscard]] U256 word(std::int16_t index) const noexcept {
        const auto at = find(index);
        return at != words_.end() && at->index == index ? at->bits : U256{};
    }
    [[nodiscard]] const std::vector<Word>& words() const noexcept { return words_; }

    /// Toggles the tick's bit. Fails when the tick is off the spacing. May allocate (and throw
    /// std::bad_alloc) before anything has changed.
    Revert flip(std::int32_t tick, std::int32_t spacing) {
        if (tick % spacing != 0) return Revert::tick_off_spacing;
        const std::int32_t bit = tick / spacing;
        const auto index = static_cast<std::int16_t>(bit >> 8);
        const U256 mask = U256::power_of_two(bit & 255);
        const auto at = words_.begin() + (find(index) - words_.cbegin());
        if (at == words_.end() || at->index != index) {
            words_.insert(at, Word{index, mask});
        } else {
            at->bits ^= mask;
            if (at->bits.is_zero()) words_.erase(at);
        }
        return Revert::none;
    }

    /// The next initialised tick in the word of `tick`, or the end of that word: at or below the
    /// tick (`lte`), or above it. The range of ticks is not looked at.
    [[nodiscard]] NextTick next_within_one_word(std::int32_t tick, std::int32_t spacing,
                                                bool lte) const noexcept {
        if (lte) {
            const std::int32_t bit = compress(tick, spacing);
            const std::int32_t place = bit & 255;
            // The bits up to and including `place`.
            const U256 below =
                shift_left_truncating(word_of(bit), static_cast<unsigned>(255 - place));
            if (below.is_zero()) return {(bit - place) * spacing, false};
            return {(bit - (256 - below.bit_length())) * spacing, true};
        }
        const std::int32_t bit = compress(tick, spacing) + 1;
        const std::int32_t place = bit & 255;
        const U256 above = word_of(bit) >> static_cast<unsigned>(place);
        if (above.is_zero()) return {(bit + 255 - place) * spacing, false};
        return {(bit + above.trailing_zeros()) * spacing, true};
    }

    friend bool operator==(const TickBitmap&, const TickBitmap&) = default;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("words", self.words_);
    }

private:
    [[nodiscard]] U256 word_of(std::int32_t bit) const noexcept {
        return word(static_cast<std::int16_t>(bit >> 8));
    }
    [[nodiscard]] std::vector<Word>::const_iterator find(std::int16_t index) const noexcept {
        return std::lower_bound(words_.begin(), words_.end(), index,
                                [](const Word& w, std::int16_t i) { return w.index < i; });
    }

    std::vector<Word> words_;
};

}  // namespace voltcore::amm
