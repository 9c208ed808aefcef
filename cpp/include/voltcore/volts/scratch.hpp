#pragma once

namespace voltcore::volts {

/// Room that a value keeps for its own operations, so that they need not allocate it each time. It
/// is no part of the value: copies start with an empty one and all compare equal.
template <class T>
class Scratch {
public:
    Scratch() = default;
    Scratch(const Scratch&) noexcept {}
    Scratch(Scratch&&) noexcept = default;
    Scratch& operator=(const Scratch&) noexcept { return *this; }
    Scratch& operator=(Scratch&&) noexcept = default;
    ~Scratch() = default;

    [[nodiscard]] T& get() noexcept { return value_; }

    friend bool operator==(const Scratch&, const Scratch&) noexcept { return true; }

private:
    T value_{};
};

}  // namespace voltcore::volts
