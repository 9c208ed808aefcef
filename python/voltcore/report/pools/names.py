"""What the stress runs of both pools call what they have in common."""

from __future__ import annotations

from dataclasses import dataclass

from voltcore.report.view import RunView


@dataclass(frozen=True)
class Wording:
    """
    How a kind of pool is spoken of.

    Attributes
    ----------
    result : str
        The column of the LPs' return.
    stake : str
        Whose return that is.
    parts : tuple of (str, str)
        Columns that add up to `lp_change`, and what each is.
    events : tuple of (str, str, str)
        Columns of events, what to call them, and what they mean.
    """

    result: str
    stake: str
    parts: tuple[tuple[str, str], ...]
    events: tuple[tuple[str, str, str], ...]


JLP = Wording(
    "lp_return",
    "the LP token",
    (
        ("lp_fees", "Position fees, their share"),
        ("lp_borrow", "Borrow fees, their share"),
        ("lp_trader_pnl", "Against the traders"),
        ("lp_asset_drift", "Prices of the pool's tokens"),
        ("lp_other", "Rest: average price of the shorts"),
    ),
    (
        ("lp_loss", "The LP token ends lower", "its virtual price at the end below the first"),
        ("traders_won", "Traders win in all", "before fees"),
        (
            "any_bad_debt",
            "Some loss beyond collateral",
            "a position closed too late",
        ),
    ),
)
VOL = Wording(
    "lp_return_at_mark",
    "an LP unit, with open positions at mark,",
    (
        ("lp_fees", "Trade fees, their share"),
        ("lp_borrow", "Borrow fees, their share"),
        ("lp_trader_pnl", "Against the traders"),
        ("lp_insurance", "Paid by the insurance"),
        ("lp_other", "Rest: left by liquidations"),
    ),
    (
        ("insurance_depleted", "Insurance used up", "the account reached 0 at some moment"),
        (
            "any_impairment",
            "Some impairment",
            "a profit taken from the free base",
        ),
        ("any_user_loss", "Some user loss", "a profit that nothing was left to pay"),
        ("lp_loss", "LPs lose", "the unit ends lower, open positions at mark"),
    ),
)


def wording_of(view: RunView) -> Wording:
    """How the pool of this run is spoken of."""
    return VOL if view.kind == "imperial-rv" else JLP
