"""A volt as bytes: damage of any kind is found before anything is used."""

from __future__ import annotations

import pytest

from voltcore import _snapshot, venues, volts
from voltcore.errors import CorruptError, FormatVersionError
from volts.world import ADMIN, ALICE, BOB, DEPOSIT, TARGET_LOTS, invested

MAKER = 55


@pytest.fixture(scope="module")
def busy() -> volts.Volt:
    """In the middle of a rebalance, with orders, events and an off-book order around it."""
    volt = invested()
    maker = volt.on_venue(lambda venue: venue.add_account(MAKER, 0))

    def quote(venue: venues.MarginVenue) -> None:
        venue.deposit(MAKER, maker, 10**12, 0)
        venue.place_perp_order(MAKER, maker, 0, "bid", TARGET_LOTS - 5, 300, 0)
        venue.place_perp_order(MAKER, maker, 0, "ask", TARGET_LOTS + 5, 5_000, 0)

    volt.on_venue(quote)
    volt.deposit(BOB, DEPOSIT, 0)
    volt.withdraw(ALICE, DEPOSIT // 3, 0)
    volt.take_performance_fees(ADMIN, 0)
    volt.setup_rebalance(ADMIN, 0)
    assert volt.rebalance_target(ADMIN, 0, TARGET_LOTS - 5, quote="book").filled_lots == -300
    volt.setup_rebalance_off_book(ADMIN, maker, TARGET_LOTS, 600, 0)
    volt.audit()
    return volt


def test_a_snapshot_gives_the_volt_back(busy: volts.Volt) -> None:
    again = volts.Volt.from_bytes(busy.to_bytes())
    assert again == busy
    assert again.state() == busy.state()
    assert again.to_bytes() == busy.to_bytes()


def test_every_flipped_byte_of_a_snapshot_is_found(busy: volts.Volt) -> None:
    snapshot = busy.to_bytes()
    for position in range(0, len(snapshot), 7):
        damaged = bytearray(snapshot)
        damaged[position] ^= 0x10
        with pytest.raises((CorruptError, FormatVersionError)):
            volts.Volt.from_bytes(bytes(damaged))


def test_every_truncated_snapshot_is_refused(busy: volts.Volt) -> None:
    snapshot = busy.to_bytes()
    for length in [*range(200), *range(200, len(snapshot), 41), len(snapshot) - 1]:
        with pytest.raises(CorruptError):
            volts.Volt.from_bytes(snapshot[:length])
    with pytest.raises(CorruptError):
        volts.Volt.from_bytes(snapshot + b"\0")


def test_a_changed_payload_under_a_right_digest_is_refused_or_another_sound_volt(
    busy: volts.Volt,
) -> None:
    payload = busy._core.payload()
    refused = 0
    for position in range(len(payload)):
        damaged = bytearray(payload)
        damaged[position] ^= 0x81
        try:
            twin = volts.Volt.from_bytes(_snapshot.pack("volt", bytes(damaged)))
        except CorruptError:
            refused += 1
        else:
            twin.audit()
            assert twin._core.payload() == bytes(damaged)
    assert refused > len(payload) // 4


@pytest.mark.parametrize("cut", [1, 2, 9, 64, 500])
def test_a_payload_that_ends_early_or_late_is_refused(busy: volts.Volt, cut: int) -> None:
    payload = busy._core.payload()
    for bad in (payload[:-cut], payload + bytes(cut)):
        with pytest.raises(CorruptError):
            volts.Volt.from_bytes(_snapshot.pack("volt", bad))


def test_a_venue_is_no_volt(busy: volts.Volt) -> None:
    with pytest.raises(CorruptError):
        volts.Volt.from_bytes(busy.venue.to_bytes())
    with pytest.raises(CorruptError):
        venues.MarginVenue.from_bytes(busy.to_bytes())
