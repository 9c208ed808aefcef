#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace voltcore::amm {

/// A sorted map that can take back what has changed since the last commit.
///
/// Keys and values lie in two vectors: a few hundred ticks or positions are searched and copied
/// faster there than in a tree. Every change is written to a journal first; `rollback` cannot
/// throw, because it never needs more room than there was before.
template <class Key, class Value>
class JournaledMap {
public:
    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
    [[nodiscard]] const std::vector<Key>& keys() const noexcept { return keys_; }
    [[nodiscard]] const std::vector<Value>& values() const noexcept { return values_; }
    [[nodiscard]] const Value& at(std::size_t i) const noexcept { return values_[i]; }

    /// Place of the first key that is not below `key`.
    [[nodiscard]] std::size_t lower_bound(const Key& key) const noexcept {
        return static_cast<std::size_t>(std::lower_bound(keys_.begin(), keys_.end(), key) -
                                        keys_.begin());
    }

    [[nodiscard]] const Value* find(const Key& key) const noexcept {
        const std::size_t i = lower_bound(key);
        return holds(i, key) ? &values_[i] : nullptr;
    }
    /// The value, or a default one for an unknown key (what a contract's mapping returns).
    [[nodiscard]] Value get(const Key& key) const {
        const Value* value = find(key);
        return value != nullptr ? *value : Value{};
    }

    /// The value to be changed; made if the key is new.
    [[nodiscard]] Value& edit(const Key& key) {
        const std::size_t i = lower_bound(key);
        if (holds(i, key)) return edit_at(i);
        journal_.push_back({key, std::nullopt});
        insert(i, Key{key}, Value{});
        return values_[i];
    }
    [[nodiscard]] Value& edit_at(std::size_t i) {
        journal_.push_back({keys_[i], values_[i]});
        return values_[i];
    }
    /// For the last step of an operation that can no longer fail: not written to the journal.
    [[nodiscard]] Value& settle_at(std::size_t i) noexcept { return values_[i]; }
    void erase(const Key& key) {
        const std::size_t i = lower_bound(key);
        if (!holds(i, key)) return;
        journal_.push_back({key, values_[i]});
        remove(i);
    }

    void commit() noexcept { journal_.clear(); }
    void rollback() noexcept {
        for (; !journal_.empty(); journal_.pop_back()) {
            Change& change = journal_.back();
            const std::size_t i = lower_bound(change.key);
            const bool present = holds(i, change.key);
            if (!change.before) {
                if (present) remove(i);
            } else if (present) {
                values_[i] = std::move(*change.before);
            } else {
                insert(i, std::move(change.key), std::move(*change.before));
            }
        }
    }

    friend bool operator==(const JournaledMap& a, const JournaledMap& b) {
        return a.keys_ == b.keys_ && a.values_ == b.values_;
    }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("keys", self.keys_);
        visit("values", self.values_);
    }
    /// Whether keys and values belong together: to be asked after reading bytes.
    [[nodiscard]] bool is_well_formed() const noexcept {
        return keys_.size() == values_.size() &&
               std::adjacent_find(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) {
                   return !(a < b);
               }) == keys_.end();
    }

private:
    struct Change {
        Key key;
        std::optional<Value> before;
    };

    [[nodiscard]] bool holds(std::size_t i, const Key& key) const noexcept {
        return i < keys_.size() && keys_[i] == key;
    }
    void insert(std::size_t i, Key&& key, Value&& value) {
        // Room for both before either changes.
        if (keys_.size() == keys_.capacity()) keys_.reserve(2 * keys_.size() + 4);
        if (values_.size() == values_.capacity()) values_.reserve(2 * values_.size() + 4);
        keys_.insert(keys_.begin() + static_cast<std::ptrdiff_t>(i), std::move(key));
        values_.insert(values_.begin() + static_cast<std::ptrdiff_t>(i), std::move(value));
    }
    void remove(std::size_t i) noexcept {
        keys_.erase(keys_.begin() + static_cast<std::ptrdiff_t>(i));
        values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(i));
    }

    std::vector<Key> keys_;
    std::vector<Value> values_;
    std::vector<Change> journal_;
};

}  // namespace voltcore::amm
