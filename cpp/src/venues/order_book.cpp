#include "voltcore/venues/order_book.hpp"

#include <algorithm>
#include <bit>

#include "voltcore/math/bytes.hpp"

namespace voltcore::venues {

OrderBook::Node OrderBook::find(std::uint64_t id) const noexcept {
    return index_.empty() ? none : index_[slot_of(id)];
}

OrderBook::Node OrderBook::best_valid(Side side, std::uint64_t now) const noexcept {
    Node node = best(side);
    while (node != none && !order(node).is_valid(now)) node = next(node);
    return node;
}

std::int64_t OrderBook::impact_price(Side side, std::int64_t quantity,
                                     std::uint64_t now) const noexcept {
    std::int64_t wanted = quantity;
    for (Node node = best(side); node != none; node = next(node)) {
        const BookOrder& at = order(node);
        if (!at.is_valid(now)) continue;
        // What is still wanted is compared, so that huge sizes cannot overflow a sum.
        if (at.size_lots >= wanted) return at.price_lots;
        wanted -= at.size_lots;
    }
    return 0;
}

std::vector<BookOrder> OrderBook::orders(Side side) const {
    std::vector<BookOrder> out;
    out.reserve(size(side));
    for (Node node = best(side); node != none; node = next(node)) out.push_back(order(node));
    return out;
}

bool operator==(const OrderBook& a, const OrderBook& b) {
    const auto same = [&](Side side) {
        OrderBook::Node left = a.best(side);
        OrderBook::Node right = b.best(side);
        for (; left != OrderBook::none && right != OrderBook::none;
             left = a.next(left), right = b.next(right)) {
            if (!(a.order(left) == b.order(right))) return false;
        }
        return left == right;  // both none
    };
    return a.next_id_ == b.next_id_ && same(Side::bid) && same(Side::ask);
}

/// Position of the first level that is not worse than `price`.
std::size_t OrderBook::level_at(const Half& half, Side side, std::int64_t price) noexcept {
    const std::vector<Level>& levels = half.levels;
    // Most changes are at the best prices: look there before searching.
    for (std::size_t i = levels.size(); i > 0 && i + 4 > levels.size(); --i) {
        if (is_better(side, price, levels[i - 1].price)) return i;
        if (levels[i - 1].price == price) return i - 1;
    }
    const auto found = std::lower_bound(levels.begin(), levels.end(), price,
                                        [side](const Level& level, std::int64_t wanted) {
                                            return is_better(side, wanted, level.price);
                                        });
    return static_cast<std::size_t>(found - levels.begin());
}

/// Where the walk for `id` begins: ids rise one by one, and multiples of the golden ratio spread
/// them evenly however many have gone (Knuth, The Art of Computer Programming 6.4).
std::size_t OrderBook::home_of(std::uint64_t id) const noexcept {
    return static_cast<std::size_t>((id * 0x9E37'79B9'7F4A'7C15U) >>
                                    std::countl_zero(index_.size() - 1));
}

/// Where `id` is, or where it would go. The table is at most half full, so that the walk ends.
std::size_t OrderBook::slot_of(std::uint64_t id) const noexcept {
    const std::size_t mask = index_.size() - 1;
    std::size_t slot = home_of(id);
    while (index_[slot] != none && pool_[index_[slot]].order.id != id) slot = (slot + 1) & mask;
    return slot;
}

void OrderBook::index(Node node) noexcept { index_[slot_of(pool_[node].order.id)] = node; }

void OrderBook::forget(std::uint64_t id) noexcept {
    const std::size_t mask = index_.size() - 1;
    std::size_t hole = slot_of(id);
    // Close the hole: move back every later entry of the run that may start at or before it.
    for (std::size_t slot = (hole + 1) & mask; index_[slot] != none; slot = (slot + 1) & mask) {
        const std::size_t home = home_of(pool_[index_[slot]].order.id);
        if (((slot - home) & mask) >= ((slot - hole) & mask)) {
            index_[hole] = index_[slot];
            hole = slot;
        }
    }
    index_[hole] = none;
}

void OrderBook::reserve() {
    // A half has at most as many levels as there are orders in the pool.
    if (free_ == none && pool_.size() == pool_.capacity()) {
        pool_.reserve(std::max<std::size_t>(16, 2 * pool_.capacity()));
    }
    for (Half* side : {&bids_, &asks_}) {
        if (side->levels.size() == side->levels.capacity()) {
            side->levels.reserve(std::max<std::size_t>(16, 2 * side->levels.capacity()));
        }
    }
    const std::size_t wanted = 2 * (std::size_t{bids_.count} + asks_.count + 1);
    if (index_.size() >= wanted) return;
    std::vector<Node> grown(std::max<std::size_t>(32, 2 * index_.size()), none);
    index_.swap(grown);
    for (const Side side : {Side::bid, Side::ask}) {
        for (Node node = best(side); node != none; node = next(node)) index(node);
    }
}

OrderBook::Node OrderBook::insert(Side side, const BookOrder& given) noexcept {
    BookOrder order = given;
    order.id = next_id_++;
    place(side, order);
    return find(order.id);
}

void OrderBook::place(Side side, const BookOrder& order) noexcept {
    Node node = free_;
    if (node != none) {
        free_ = pool_[node].next;
    } else {
        node = static_cast<Node>(pool_.size());
        pool_.emplace_back();
    }
    Entry& entry = pool_[node];
    entry.order = order;
    entry.side = side;
    Half& into = half(side);
    const std::size_t at = level_at(into, side, order.price_lots);
    const bool known = at < into.levels.size() && into.levels[at].price == order.price_lots;
    // The order goes behind the last one of its price, or of the next better price.
    entry.previous = at < into.levels.size() ? into.levels[at].last : none;
    entry.next = entry.previous == none ? into.best : pool_[entry.previous].next;
    (entry.previous == none ? into.best : pool_[entry.previous].next) = node;
    (entry.next == none ? into.worst : pool_[entry.next].previous) = node;
    if (known) {
        into.levels[at].last = node;
    } else {
        into.levels.insert(into.levels.begin() + static_cast<std::ptrdiff_t>(at),
                           {.price = order.price_lots, .last = node});
    }
    ++into.count;
    index(node);
}

void OrderBook::remove(Node node) noexcept {
    Entry& entry = pool_[node];
    Half& from = half(entry.side);
    const std::int64_t price = entry.order.price_lots;
    if (entry.next == none || order(entry.next).price_lots != price) {  // the last of its price
        const std::size_t at = level_at(from, entry.side, price);
        if (entry.previous != none && order(entry.previous).price_lots == price) {
            from.levels[at].last = entry.previous;
        } else {
            from.levels.erase(from.levels.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    (entry.previous == none ? from.best : pool_[entry.previous].next) = entry.next;
    (entry.next == none ? from.worst : pool_[entry.next].previous) = entry.previous;
    --from.count;
    forget(entry.order.id);
    entry.next = free_;
    free_ = node;
}

void OrderBook::assign(const std::vector<BookOrder>& bids, const std::vector<BookOrder>& asks) {
    const auto require = [](bool holds) {
        if (!holds) math::ByteReader::corrupt("has orders that are no book");
    };
    const std::uint64_t next_id = next_id_;
    *this = OrderBook{};
    next_id_ = next_id;
    for (const Side side : {Side::bid, Side::ask}) {
        const std::vector<BookOrder>& rows = side == Side::bid ? bids : asks;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const BookOrder& row = rows[i];
            require(row.id < next_id && row.price_lots > 0 && row.size_lots > 0);
            if (i > 0) {
                const BookOrder& before = rows[i - 1];
                require(is_better(side, before.price_lots, row.price_lots) ||
                        (before.price_lots == row.price_lots && before.id < row.id));
            }
            reserve();
            require(find(row.id) == none);
            place(side, row);
        }
    }
}

bool OrderBook::is_sound() const noexcept {
    for (const Side side : {Side::bid, Side::ask}) {
        const Half& from = half(side);
        std::size_t count = 0;
        std::size_t level = from.levels.size();
        Node last = none;
        for (Node node = from.best; node != none; last = node, node = next(node), ++count) {
            const Entry& entry = pool_[node];
            if (entry.previous != last || entry.side != side || find(entry.order.id) != node ||
                entry.order.size_lots <= 0 || entry.order.price_lots <= 0) {
                return false;
            }
            const bool opens = last == none || order(last).price_lots != entry.order.price_lots;
            if (!opens && order(last).id >= entry.order.id) return false;
            if (opens) {
                if (level == 0 || from.levels[level - 1].price != entry.order.price_lots) {
                    return false;
                }
                --level;
            }
            const bool closes =
                entry.next == none || order(entry.next).price_lots != entry.order.price_lots;
            if (closes && from.levels[level].last != node) return false;
        }
        if (count != from.count || last != from.worst || level != 0) return false;
        for (std::size_t i = 1; i < from.levels.size(); ++i) {
            if (!is_better(side, from.levels[i].price, from.levels[i - 1].price)) return false;
        }
    }
    return true;
}

}  // namespace voltcore::venues
