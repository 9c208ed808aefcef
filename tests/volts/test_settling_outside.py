"""A volt turns its result in a perp market into cash."""

from __future__ import annotations

from volts.world import invested, set_price


def test_the_short_pays_for_a_rise_out_of_its_deposit() -> None:
    volt = invested()
    set_price(volt, 51_000)
    venue, account = volt.venue, volt.margin_account
    position = venue.position_value(account, 0)
    loss = position.base_bits + position.quote_bits
    cash = venue.net_balance(account)
    assert -cash < loss < 0
    assert volt.settle_pnl_outside(0, volt.clock) == loss
    venue = volt.venue
    # The balance is kept in units of the bank's index, 10**6 at the start, and cut to whole ones.
    assert abs(venue.net_balance(account) - cash - loss) < 10**6
    after = venue.position_value(account, 0)
    assert after.base_bits + after.quote_bits == 0
    volt.audit()
