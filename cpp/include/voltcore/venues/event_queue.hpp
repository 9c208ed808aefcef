#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace voltcore::venues {

/// First in, first out, in one ring of memory that only grows.
template <class Event>
class EventQueue {
public:
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// The event `index` places behind the oldest.
    [[nodiscard]] const Event& operator[](std::size_t index) const noexcept {
        return ring_[(first_ + index) & (ring_.size() - 1)];
    }
    [[nodiscard]] const Event& front() const noexcept { return ring_[first_]; }

    /// Memory for `more` events; as many `push` after it cannot fail.
    void reserve(std::size_t more) {
        if (count_ + more <= ring_.size()) return;
        std::size_t size = std::max<std::size_t>(16, ring_.size());
        while (size < count_ + more) size *= 2;
        std::vector<Event> grown(size);
        for (std::size_t i = 0; i < count_; ++i) grown[i] = (*this)[i];
        ring_.swap(grown);
        first_ = 0;
    }
    void push(const Event& event) noexcept {
        ring_[(first_ + count_) & (ring_.size() - 1)] = event;
        ++count_;
    }
    void pop() noexcept {
        first_ = (first_ + 1) & (ring_.size() - 1);
        --count_;
    }
    [[nodiscard]] std::vector<Event> rows() const {
        std::vector<Event> out;
        out.reserve(count_);
        for (std::size_t i = 0; i < count_; ++i) out.push_back((*this)[i]);
        return out;
    }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        if constexpr (std::is_const_v<Self>) {
            const std::vector<Event> rows = self.rows();
            visit("waiting", rows);
        } else {
            std::vector<Event> rows;
            visit("waiting", rows);
            self = EventQueue{};
            self.reserve(rows.size());
            for (const Event& event : rows) self.push(event);
        }
    }
    friend bool operator==(const EventQueue& a, const EventQueue& b) {
        if (a.count_ != b.count_) return false;
        for (std::size_t i = 0; i < a.count_; ++i) {
            if (!(a[i] == b[i])) return false;
        }
        return true;
    }

private:
    std::vector<Event> ring_;  ///< size 0 or a power of two
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace voltcore::venues
