#pragma once

#include <type_traits>
#include <utility>

#include "voltcore/volts/volt.hpp"

namespace voltcore::volts {

/// Puts the venue back unless the crank got to its end. Only cranks that take several steps there
/// pay for the copy, and its memory is reused from one crank to the next.
class Volt::VenueUndo {
public:
    explicit VenueUndo(Volt& volt) : volt_{volt} { volt.before_.get() = volt.venue_; }
    VenueUndo(const VenueUndo&) = delete;
    VenueUndo& operator=(const VenueUndo&) = delete;
    ~VenueUndo() {
        static_assert(std::is_nothrow_move_assignable_v<venues::MarginVenue>);
        if (!kept_) std::swap(volt_.venue_, volt_.before_.get());
    }
    void keep() noexcept { kept_ = true; }

private:
    Volt& volt_;
    bool kept_ = false;
};

}  // namespace voltcore::volts
