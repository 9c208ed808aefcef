"""Worked numbers of the crab's public example: printed figure, exact figure, why they differ."""

from __future__ import annotations

from voltcore import volts

ONE = 1 << 48
LOT = 100
"""Native base in a lot; with six decimals on both sides a lot is 0.0001."""
DEPOSIT, SPOT, INDEX, MARK = 1_000_000_000, 50_000, 2500, 2550
HALF = volts.fixed_point_bits("-0.5")

Row = tuple[str, str, str, str]


def percent(value: float, places: int = 2) -> str:
    return f"{100 * value:.{places}f} %"


def ratio(lots: int, price: int) -> str:
    bps = volts.collateral_ratio_bps(DEPOSIT * ONE, lots, LOT, price * ONE)
    assert bps is not None
    return percent(bps / 10_000)


def example() -> list[Row]:
    """Quantity, what the page prints, the exact figure, the reason."""
    at_mark = volts.target_lots(DEPOSIT * ONE, HALF, MARK * ONE, LOT)
    at_oracle = volts.target_lots(DEPOSIT * ONE, HALF, INDEX * ONE, LOT)
    delta = volts.position_delta_bits(at_mark, LOT, power=2, spot_bits=SPOT * ONE)
    hedge = volts.hedge_lots_by_delta(delta, LOT)
    assert not volts.hedge_accepted(delta, 200, LOT)
    exact = volts.daily_rate(MARK, INDEX)
    truncated, chart = 0.0028, 0.0020
    on_mark = (MARK - INDEX) / MARK / 7
    same_premium = (truncated * INDEX / MARK) ** 0.5
    return [
        ("scale", "10e6", f"{SPOT**2 // INDEX:,}", "10e6 is 10 000 000; the factor is 10^6"),
        ("short", "~0.196", f"{-at_mark} lots", "500/2550 = 0.196078, whole lots of 0.0001"),
        ("short at the oracle", "", f"{-at_oracle} lots", "what the published client sizes with"),
        ("hedge", "0.02 BTC", f"{hedge} lots", "index delta 0.0196; 0.02 is 2.0 % too long"),
        ("CR at the mark", "~200 %", ratio(at_mark, MARK), "whole lots"),
        ("CR at the oracle", "", ratio(at_mark, INDEX), "1000/490; the triggers read this one"),
        ("funding a day", "0.28 %", percent(exact, 4), "truncated; rounded it is 0.29 %"),
        ("  on the mark", "", percent(on_mark, 4), "50/2550/7: the venue pays on the index"),
        ("funding an epoch", "", percent(7 * exact), "the formula beside it is for one day"),
        ("APY", "177 %", percent(volts.apy(truncated)), "of 0.28 %, on the short notional"),
        ("  exact rate", "", percent(volts.apy(exact)), "of 0.2857 %"),
        (
            "  on the deposit",
            "",
            percent(volts.apy(truncated / 2), 1),
            "which is twice the notional",
        ),
        (
            "profit range",
            "5.2 %",
            percent(volts.profit_range(truncated), 4),
            "truncated, of 0.28 %",
        ),
        ("  exact rate", "", percent(volts.profit_range(exact), 4), "of 0.2857 %"),
        (
            "  490.2 of 500",
            "",
            percent(same_premium, 3),
            "sqrt(0.0028 * 490.2/500) prints as 5.2 too",
        ),
        ("APY at 20 bps", "100 %+", percent(volts.apy(chart)), "of the payoff chart"),
        ("  range", "", percent(volts.profit_range(chart), 4), "the chart's zeros"),
        (
            "  best",
            "",
            percent(volts.crab_return(chart, 0)),
            "on the notional; half on the deposit",
        ),
        ("  volatility", "", percent(volts.implied_volatility(chart)), "sqrt(365 * 0.0020)"),
    ]


def shares() -> list[Row]:
    """Examples of shares; 1 is 1 000 000 native units."""
    unit = 10**6
    minted = volts.shares_for_deposit(unit, supply=105 * unit, assets=100 * unit)
    paid = volts.underlying_for_shares(10 * unit, supply=105 * unit, assets=101 * unit)
    # 100 shares on 1.0, 0.1 of profit, 5 shares leave and 0.25 comes in at 0.011 a share.
    left, joined = volts.round_amounts(
        unit // 4, 5 * unit, supply=100 * unit, assets=11 * unit // 10
    )
    total = 11 * unit // 10 - left + unit // 4
    return [
        ("1 into 100, 105 shares", "1.05", f"{minted / unit}", ""),
        ("10 of 105, assets 101", "9.61904761905", f"{paid / unit}", "rounded down to the unit"),
        ("5 of 100, assets 1.1", "0.055", f"{left / unit}", ""),
        ("0.25 at 0.011 a share", "0.22727", f"{joined / unit}", "the page divided by 100"),
        ("assets after both", "1.3", f"{total / unit}", "the page let 0.05 leave, not 0.055"),
    ]


def funding() -> list[tuple[int, str, str, str]]:
    """Daily funding in basis points: profit range, APY, implied volatility."""
    return [
        (
            bps,
            percent(volts.profit_range(bps / 10_000), 3),
            percent(volts.apy(bps / 10_000), 1),
            percent(volts.implied_volatility(bps / 10_000), 1),
        )
        for bps in (5, 10, 15, 20, 25, 28, 30, 40, 50)
    ]


def show() -> str:
    lines = [f"{'quantity':<24}{'printed':>14}{'exact':>14}  why"]
    lines += [f"{a:<24}{b:>14}{c:>14}  {d}".rstrip() for a, b, c, d in example() + shares()]
    lines += ["", f"{'bps a day':>9}{'range':>10}{'APY':>10}{'IV':>10}"]
    lines += [f"{a:>9}{b:>10}{c:>10}{d:>10}" for a, b, c, d in funding()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(show())
