"""The venue that most tests begin with."""

from __future__ import annotations

import pytest

from venues.model import ONE
from venues.refusals import ALICE, BOB, NOW, USD
from venues.worlds import ADMIN, world
from voltcore.venues import MarginVenue


@pytest.fixture
def venue() -> MarginVenue:
    """BTC at 50 000; Alice and Bob with 1 000 000 USD each."""
    out, _ = world()
    out.set_price(ADMIN, 1, 50_000 * ONE, NOW)
    out.cache_prices(NOW)
    out.update_banks(NOW)
    for owner in (ALICE, BOB):
        account = out.add_account(owner, NOW)
        out.deposit(owner, account, 10**6 * USD, NOW)
    return out
