"""The venue as a value: bytes, copies, threads."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest

from venues.refusals import ALICE, BOB, NOW, USD
from voltcore import (
    CorruptError,
    _snapshot,
    errors,
)
from voltcore.venues import MarginVenue


def test_copies_pickles_and_snapshots_are_equal_and_go_their_own_way(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 0, -2000, 25_500, NOW)
    twins = [
        venue.copy(),
        copy.copy(venue),
        copy.deepcopy(venue),
        pickle.loads(pickle.dumps(venue)),
        MarginVenue.from_bytes(venue.to_bytes()),
    ]
    for twin in twins:
        assert twin == venue
        assert twin.state_digest() == venue.state_digest()
        twin.deposit(ALICE, 0, 1, NOW)
        assert twin != venue
        twin.audit()
    assert venue != "venue"
    with pytest.raises(TypeError):
        hash(venue)


def test_the_digest_is_in_the_name(venue: MarginVenue) -> None:
    assert repr(venue) == f"<MarginVenue {venue.state_digest().hex()[:12]}>"


def test_every_flipped_bit_of_a_snapshot_is_found(venue: MarginVenue) -> None:
    snapshot = venue.to_bytes()
    for position in range(0, len(snapshot) * 8, 7):
        damaged = bytearray(snapshot)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(CorruptError):
            MarginVenue.from_bytes(bytes(damaged))


def test_a_payload_that_no_operations_could_have_left_is_refused(venue: MarginVenue) -> None:
    """Every byte of the payload changed under a right digest: refused or another sound venue."""
    venue.deposit(BOB, 1, 10**6, NOW, token=1)
    venue.fill_at_quote(ALICE, 0, 0, -2000, 25_500, NOW)
    payload = venue._core.payload()
    refused = 0
    for position in range(len(payload)):
        for flip in (1, 0x80, 0xFF):
            damaged = bytearray(payload)
            damaged[position] ^= flip
            try:
                twin = MarginVenue.from_bytes(_snapshot.pack("margin_venue", bytes(damaged)))
            except CorruptError:
                refused += 1
            else:
                twin.audit()
                assert twin._core.payload() == bytes(damaged)
    assert refused > len(payload)


@pytest.mark.parametrize("cut", [0, 1, 8, 100])
def test_a_payload_that_ends_early_or_late_is_refused(venue: MarginVenue, cut: int) -> None:
    payload = venue._core.payload()
    for bad in (payload[: len(payload) - 1 - cut], payload + bytes(1 + cut), b""):
        with pytest.raises(CorruptError):
            MarginVenue.from_bytes(_snapshot.pack("margin_venue", bad))


def test_a_huge_count_is_refused_before_anything_is_allocated(venue: MarginVenue) -> None:
    payload = venue._core.payload()
    at = payload.index(ALICE.to_bytes(8, "little")) - 8
    assert int.from_bytes(payload[at : at + 8], "little") == 2
    for count in (2**63, 2**64 - 1, 10**12, 3, 1):
        bad = payload[:at] + count.to_bytes(8, "little") + payload[at + 8 :]
        with pytest.raises(CorruptError):
            MarginVenue.from_bytes(_snapshot.pack("margin_venue", bad))


def test_another_kind_of_engine_is_refused(venue: MarginVenue) -> None:
    with pytest.raises(CorruptError):
        MarginVenue.from_bytes(_snapshot.pack("vamm", venue._core.payload()))


def test_an_argument_that_calls_the_engine_back_is_read_before_the_call(venue: MarginVenue) -> None:
    class Sneaky:
        def __index__(self) -> int:
            venue.deposit(BOB, 1, 7, NOW)
            return 5

    venue.deposit(ALICE, 0, Sneaky(), NOW)  # type: ignore[arg-type]
    assert venue.bank()["vault"] == 2 * 10**6 * USD + 12


def test_threads_get_their_turn_or_busy_and_never_a_race(venue: MarginVenue) -> None:
    done = []

    def work() -> None:
        for _ in range(200):
            try:
                venue.deposit(ALICE, 0, 1, NOW)
            except errors.BusyError:
                continue
            done.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert venue.bank()["vault"] == 2 * 10**6 * USD + len(done)
    venue.audit()
