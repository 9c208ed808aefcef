"""
Bugs that have cost other protocols money, as they would look in this package.

`run.py` puts each behind a run-time switch of one test-only module: ``PLANTED`` in the text is
true when the switch of that bug is on. The tests named with a bug must then fail.
"""

from __future__ import annotations

from typing import NamedTuple


class Bug(NamedTuple):
    """
    One bug.

    Attributes
    ----------
    name : str
    source : str
        File below ``cpp/src``.
    sound, planted : str
        Text that stands there once, and what it becomes.
    tests : str
        What must fail, below ``tests``; as pytest takes it.
    also : tuple of (str, str)
        Further places, where one guard stands behind another.
    """

    name: str
    source: str
    sound: str
    planted: str
    tests: str
    also: tuple[tuple[str, str], ...] = ()


# Two implementations of the JLP pool side by side, in one of their configurations.
MODEL = "perps/test_jlp_model.py::test_two_implementations_keep_the_same_books[refund-0]"

BUGS = (
    Bug(
        "wrong guard before a shift",
        "math/i80f48.cpp",
        "if (units > U256::power_of_two(79))",
        "if (units > U256::power_of_two(PLANTED ? 240 : 79))",
        "math/test_properties.py::test_a_decimal_beyond_the_range_is_refused_however_large",
        (
            (
                "(units << fraction_bits) +",
                "(PLANTED ? shift_left_truncating(units, fraction_bits)"
                " : units << fraction_bits) +",
            ),
        ),
    ),
    Bug(
        "reversed balance check",
        "volts/volt_users.cpp",
        "if (held < shares)",
        "if (PLANTED ? held > shares : held < shares)",
        "volts/test_volt_walk.py",
    ),
    Bug(
        "a tick crossed by amount instead of price",
        "irs/irs_swap.cpp",
        "if (vamm.sqrt_price_x96 == next_price)",
        "if (PLANTED ? !remaining.is_zero() : vamm.sqrt_price_x96 == next_price)",
        "irs/test_swaps_by_plain_python.py",
    ),
    Bug(
        "scaled up and rounded down",
        "perps/jlp_trades.cpp",
        "receipt.fee_tokens = fee_tokens_of(credit, fees, paying.decimals);",
        "receipt.fee_tokens = PLANTED ? tokens_of(credit, fees, paying.decimals)"
        " : fee_tokens_of(credit, fees, paying.decimals);",
        MODEL,
    ),
    Bug(
        "profit and loss of one side only",
        "perps/jlp_pool.cpp",
        "return shorts.in_profit ?",
        "if (PLANTED && shorts.in_profit) return held;\n    return shorts.in_profit ?",
        MODEL,
    ),
    Bug(
        "a fee at the wrong token's price",
        "perps/jlp_trades.cpp",
        "receipt.fee_tokens = tokens_of(debit, receipt.fee_usd, paying.decimals);",
        "receipt.fee_tokens ="
        " tokens_of(PLANTED ? price(trade.custody, now) : debit, receipt.fee_usd,"
        " paying.decimals);",
        MODEL,
    ),
    Bug(
        "a sum of 64 bits that wraps",
        "perps/jlp_pool.cpp",
        "total = add_u64(total, custody_aum(i, now));",
        "total = PLANTED ? total + custody_aum(i, now) : add_u64(total, custody_aum(i, now));",
        "perps/test_jlp_model.py::test_an_aum_beyond_64_bits_is_refused_and_not_wrapped",
    ),
    Bug(
        "swapped sides of a book",
        "venues/perp_book.cpp",
        "OrderBook::Node node = book.best(opposite(order.side));",
        "OrderBook::Node node = book.best(PLANTED ? order.side : opposite(order.side));",
        "venues/test_perp_orders.py",
    ),
    Bug(
        "a stale index on deposit",
        "perps/jlp_liquidity.cpp",
        "accrue(index, next, now);\n    next.owned = add_u64(next.owned, quote.net);",
        "if (!PLANTED) accrue(index, next, now);\n    next.owned = add_u64(next.owned, quote.net);",
        MODEL,
    ),
    Bug(
        "the first case of an enum whatever the value",
        "perps/vol_pool.cpp",
        "switch (settings_.product)",
        "switch (PLANTED ? VolProduct::iv : settings_.product)",
        "perps/test_vol_model.py::test_two_implementations_keep_the_same_books[rv_diff_iv-exact-profit]",
    ),
    Bug(
        "kept before the last check",
        "venues/margin_venue_account.cpp",
        "held = balance;\n        if (enforce_health_) {\n"
        "            const I80F48 after = health(account, HealthKind::init);",
        "held = balance;\n        if (PLANTED) undo.keep();\n        if (enforce_health_) {\n"
        "            const I80F48 after = health(account, HealthKind::init);",
        "venues/test_balances.py",
    ),
    Bug(
        "missing check of the caller",
        "perps/jlp_trades.cpp",
        "governance_.require_liquidator(op, caller);",
        "if (!PLANTED) governance_.require_liquidator(op, caller);",
        "perps/test_authority.py",
    ),
    Bug(
        "settled twice",
        "volts/volt_users.cpp",
        "user.volt_tokens += shares;  // a part of the supply\n    user.pending_deposit = {};",
        "user.volt_tokens += shares;\n    if (!PLANTED) user.pending_deposit = {};",
        "volts/test_volt_walk.py",
    ),
    Bug(
        "an oracle read as a float",
        "perps/jlp_pool.cpp",
        "custodies_[custody].feed.publish(configs_[custody].feed, feed, now);",
        "PriceFeed given = feed;\n    if (PLANTED) given.price ="
        " static_cast<std::uint64_t>(static_cast<double>(feed.price) / 1e6 * 1e6);\n"
        "    custodies_[custody].feed.publish(configs_[custody].feed, given, now);",
        MODEL,
    ),
)
