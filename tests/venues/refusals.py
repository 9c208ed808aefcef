"""Refusals, and the people of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from venues.worlds import START
from voltcore import (
    VoltcoreError,
    _snapshot,
)
from voltcore.venues import MarginVenue

ALICE, BOB, NOBODY = 0x1122334455667788, 22, 0
USD = 1_000_000
NOW = START + 60


def refuses(
    venue: MarginVenue, kind: type[VoltcoreError], onchain: str | None, call: Callable[[], Any]
) -> VoltcoreError:
    """The refusal of `call`, of this class and on-chain name, with nothing changed."""
    before = venue.state_digest()
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.onchain == onchain
    assert caught.value.op
    assert caught.value.code == "E110" or caught.value.code[:2] == kind.default_code[:2]
    assert venue.state_digest() == before
    venue.audit()
    return caught.value


def with_flags(venue: MarginVenue, *, being_liquidated: bool, is_bankrupt: bool) -> MarginVenue:
    """Alice's account with these flags, which only a liquidation sets."""
    payload = venue._core.payload()
    at = payload.index(ALICE.to_bytes(8, "little")) + 8
    flags = bytes([being_liquidated, is_bankrupt])
    return MarginVenue.from_bytes(
        _snapshot.pack("margin_venue", payload[:at] + flags + payload[at + 2 :])
    )
