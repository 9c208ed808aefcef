"""The target leg offered to one counterparty: set up, taken, cancelled, expired."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from voltcore import venues, volts
from voltcore.errors import (
    NotAuthorizedError,
    PhaseError,
    ReentrancyError,
    SlippageError,
    StateError,
    VoltcoreError,
)
from volts.world import (
    ADMIN,
    ALICE,
    DEPOSIT,
    HEDGE_LOTS,
    ONE,
    STRANGER,
    TARGET_LOTS,
    advance,
    new_venue,
    new_volt,
    set_price,
)

DESK = 66
EXPIRES = 600


def ready(stage: volts.Stage = "READY", **config: object) -> tuple[volts.Volt, int]:
    """A volt before its target leg, and the account of a desk that may take it."""
    volt = new_volt(new_venue(), **config)
    desk = volt.on_venue(lambda venue: venue.add_account(DESK, 0))
    volt.on_venue(lambda venue: venue.deposit(DESK, desk, 10**12, 0))
    volt.deposit(ALICE, DEPOSIT, 0)
    return advance(volt, stage), desk


def take(volt: volts.Volt, desk: int, index: int = 0, now: int = 0) -> venues.FillReceipt:
    return volt.on_venue(
        lambda venue: venue.take_off_book_order(DESK, desk, volt.margin_account, 0, index, now)
    )


def refused(volt: volts.Volt, call: Callable[[], object]) -> VoltcoreError:
    before = volt.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        call()
    assert volt.state_digest() == before
    volt.audit()
    return caught.value


def test_the_whole_leg_changes_hands_without_fees_and_the_next_crank_goes_on() -> None:
    volt, desk = ready()
    order = volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    assert (order.size_lots, order.price_lots, order.counterparty) == (-2_000, TARGET_LOTS, desk)
    assert volt.has_open_off_book_order(EXPIRES - 1)
    fill = take(volt, desk)
    assert (fill.base_lots, fill.fee_bits) == (2_000, 0)
    assert fill.quote_bits == -2_000 * TARGET_LOTS * 10 * ONE
    held = volt.venue.perp_account(volt.margin_account, 0)
    assert (held.base_position, held.quote_position_bits) == (
        -2_000,
        2_000 * TARGET_LOTS * 10 * ONE,
    )
    assert volt.stage == "READY"
    done = volt.rebalance_target(ADMIN, 0, TARGET_LOTS)
    assert (done.filled_lots, done.missing_lots, done.is_done) == (0, 0, True)
    volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS)
    assert volt.exposure().net_delta_bits == 0
    advance(volt, "ACTIVE")
    assert volt.finished_epochs[0].used_off_book
    volt.audit()


def test_while_an_order_is_open_nothing_else_trades_the_leg_or_ends_the_round() -> None:
    volt, desk = ready()
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    calls: list[Callable[[], object]] = [
        lambda: volt.rebalance_target(ADMIN, 0, TARGET_LOTS),
        lambda: volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book"),
        lambda: volt.rebalance_target(ADMIN, 0, TARGET_LOTS, off_book=True),
        lambda: volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0),
        lambda: volt.end_round(ADMIN, 0, bypass=True),
        lambda: volt.reset_rebalancing(ADMIN, 0),
    ]
    for call in calls:
        error = refused(volt, call)
        assert isinstance(error, StateError)
        assert (error.code, error.onchain) == ("E501", "InvalidRebalanceEntropyState")
        assert error.field == "otc_setup_rebalance_block"


def test_a_cancelled_order_leaves_ready_as_it_was_and_cannot_be_taken() -> None:
    volt, desk = ready()
    before = volt.exposure()
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    volt.cancel_rebalance_off_book(ADMIN, 0)
    assert not volt.has_open_off_book_order(0)
    assert (volt.exposure(), volt.stage) == (before, "READY")
    assert refused(volt, lambda: take(volt, desk)).onchain == "InvalidOtcOrderStatus"
    error = refused(volt, lambda: volt.cancel_rebalance_off_book(ADMIN, 0))
    assert (type(error), error.onchain) == (StateError, "InvalidOtcOrderStatus")
    assert volt.rebalance_target(ADMIN, 0, TARGET_LOTS).is_done


def test_an_expired_order_blocks_nothing_and_makes_room_for_the_next() -> None:
    volt, desk = ready()
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    assert not volt.has_open_off_book_order(EXPIRES)
    assert refused(volt, lambda: take(volt, desk, now=EXPIRES)).onchain == "OtcOrderExpired"
    again = volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, 2 * EXPIRES, EXPIRES)
    statuses = [order.status for order in volt.venue.off_book_orders(volt.margin_account)]
    assert statuses == ["cancelled", "created"]
    take(volt, desk, again.index, EXPIRES)
    assert volt.rebalance_target(ADMIN, EXPIRES, TARGET_LOTS).is_done


def test_more_orders_than_the_list_holds_push_out_finished_ones() -> None:
    volt, desk = ready()
    for _ in range(13):
        order = volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
        volt.cancel_rebalance_off_book(ADMIN, 0)
    assert order.index == 9
    assert len(volt.venue.off_book_orders(volt.margin_account)) == 10


def test_a_part_on_the_book_and_the_rest_beside_it() -> None:
    volt, desk = ready()
    volt.rebalance_target(ADMIN, 0, TARGET_LOTS, max_quote=10**8)
    order = volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    assert order.size_lots == -1_600
    take(volt, desk)
    assert volt.rebalance_target(ADMIN, 0, TARGET_LOTS).is_done
    assert volt.stage == "TARGET_DONE"


def test_buying_back_is_offered_as_a_bid() -> None:
    volt, desk = ready("ACTIVE")
    advance(volt, "FEES_TAKEN")
    advance(volt, "ACTIVE")
    volt.withdraw(ALICE, DEPOSIT // 2, 0)
    advance(volt, "READY")
    # Half of 2000 lots, and one that the taker fees have cost.
    assert volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0).size_lots == 1_001
    take(volt, desk)
    assert volt.venue.perp_account(desk, 0).base_position == -1_001
    volt.audit()


@pytest.mark.parametrize(("basis", "price"), [("0.01", 24_749), ("0", 24_999), ("0.2", 1)])
def test_a_price_worse_than_the_oracle_allows_is_refused(basis: str, price: int) -> None:
    strategy = volts.StrategyParams(required_basis_from_oracle_bits=volts.fixed_point_bits(basis))
    volt, desk = ready(strategy=strategy)
    error = refused(volt, lambda: volt.setup_rebalance_off_book(ADMIN, desk, price, EXPIRES, 0))
    assert (type(error), error.code) == (SlippageError, "E606")
    assert error.onchain == "InvalidOtcOrderPrice"


@pytest.mark.parametrize(
    ("price", "expires", "other", "onchain"),
    [
        (TARGET_LOTS, 0, None, "InvalidTimeArgument"),
        (TARGET_LOTS, EXPIRES, 10**6, "InvalidAccount"),
        (TARGET_LOTS, EXPIRES, 2**64 - 1, "InvalidAccount"),
    ],
)
def test_what_the_venue_refuses_leaves_no_order(
    price: int, expires: int, other: int | None, onchain: str
) -> None:
    volt, desk = ready()
    error = refused(
        volt,
        lambda: volt.setup_rebalance_off_book(
            ADMIN, desk if other is None else other, price, expires, 0
        ),
    )
    assert error.onchain == onchain


def test_the_volt_cannot_be_its_own_counterparty() -> None:
    volt, _ = ready()
    own = volt.margin_account
    error = refused(
        volt, lambda: volt.setup_rebalance_off_book(ADMIN, own, TARGET_LOTS, EXPIRES, 0)
    )
    assert error.onchain == "InvalidAccount"


def test_strangers_neither_offer_nor_cancel_though_the_cranks_are_theirs() -> None:
    volt, desk = ready()
    volt.set_permissionless_cranks(ADMIN, True, 0)
    error = refused(
        volt, lambda: volt.setup_rebalance_off_book(STRANGER, desk, TARGET_LOTS, EXPIRES, 0)
    )
    assert (type(error), error.onchain) == (NotAuthorizedError, "Unauthorized")
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    assert refused(volt, lambda: volt.cancel_rebalance_off_book(STRANGER, 0)).code == "E401"
    assert refused(volt, lambda: take(volt, volt.margin_account)).onchain == "InvalidAccount"


def test_only_the_named_counterparty_may_take() -> None:
    volt, desk = ready()
    other = volt.on_venue(lambda venue: venue.add_account(STRANGER, 0))
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    for caller, account, name in (
        (STRANGER, other, "InvalidAccount"),
        (STRANGER, desk, "InvalidOwner"),
    ):
        error = refused(
            volt,
            lambda caller=caller, account=account: volt.on_venue(  # type: ignore[misc]
                lambda venue: venue.take_off_book_order(
                    caller, account, volt.margin_account, 0, 0, 0
                )
            ),
        )
        assert error.onchain == name


def test_a_counterparty_without_margin_leaves_the_order_open() -> None:
    volt, desk = ready()
    volt.on_venue(lambda venue: venue.withdraw(DESK, desk, 10**12 - 10**6, 0))
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    assert refused(volt, lambda: take(volt, desk)).onchain == "InsufficientFunds"
    assert volt.has_open_off_book_order(0)


def test_a_finished_target_has_nothing_to_offer() -> None:
    volt, desk = ready()
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    take(volt, desk)
    error = refused(
        volt, lambda: volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    )
    assert (error.code, error.onchain) == ("E501", "InvalidRebalanceEntropyState")
    volt.rebalance_target(ADMIN, 0, TARGET_LOTS)
    error = refused(
        volt, lambda: volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    )
    assert (type(error), error.onchain) == (PhaseError, "InvalidRebalanceEntropyState")


# --- acting on the venue --------------------------------------------------------------------------


def test_an_action_that_raises_leaves_the_venue_as_it_was() -> None:
    volt, desk = ready()

    def half(venue: venues.MarginVenue) -> None:
        venue.deposit(DESK, desk, 10**6, 0)
        raise KeyError("stop")

    before = volt.state_digest()
    with pytest.raises(KeyError):
        volt.on_venue(half)
    assert volt.state_digest() == before


def test_nobody_acts_as_the_volt_on_its_venue() -> None:
    volt, desk = ready()
    for call in (
        lambda venue: venue.withdraw(volts.VOLT_AUTHORITY, 0, 1, 0),
        lambda venue: venue.place_perp_order(volts.VOLT_AUTHORITY, 0, 0, "bid", 1, 1, 0),
        lambda venue: venue.take_off_book_order(volts.VOLT_AUTHORITY, 0, desk, 0, 0, 0),
    ):
        error = refused(volt, lambda call=call: volt.on_venue(call))  # type: ignore[misc]
        assert (type(error), error.onchain) == (NotAuthorizedError, "InvalidOwner")


def test_an_action_inside_which_the_volt_trades_is_dropped() -> None:
    volt, desk = ready()
    alone = volt.copy()
    alone.rebalance_target(ADMIN, 0, TARGET_LOTS)

    def both(venue: venues.MarginVenue) -> None:
        assert volt.stage == "READY"  # reading is free
        venue.deposit(DESK, desk, 10**6, 0)
        volt.rebalance_target(ADMIN, 0, TARGET_LOTS)

    with pytest.raises(ReentrancyError) as caught:
        volt.on_venue(both)
    assert caught.value.code == "E508"
    assert volt == alone


def test_a_venue_kept_from_an_action_is_a_copy() -> None:
    volt, desk = ready()
    kept = volt.on_venue(lambda venue: venue)
    before = volt.state_digest()
    kept.deposit(DESK, desk, 10**6, 0)
    assert volt.state_digest() == before


def test_an_order_survives_a_snapshot_and_damage_to_it_is_found() -> None:
    volt, desk = ready()
    set_price(volt, 50_000)
    volt.setup_rebalance_off_book(ADMIN, desk, TARGET_LOTS, EXPIRES, 0)
    copy = volts.Volt.from_bytes(volt.to_bytes())
    assert copy == volt
    take(copy, desk)
    assert copy.rebalance_target(ADMIN, 0, TARGET_LOTS).is_done
    assert msgspec.structs.asdict(volt.exposure())["net_delta_bits"] == 0
