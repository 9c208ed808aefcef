"""Worked numbers of the public example: printed figure, exact figure, why they differ."""

from __future__ import annotations

from voltcore import volts

ONE = 1 << 48
DEPOSIT, SPOT, INDEX, MARK = 1_000_000_000, 50_000, 2500, 2550
HALF = volts.fixed_point_bits("-0.5")


def rows() -> list[tuple[str, str, str, str]]:
    """Each row: quantity, what the page prints, the exact figure, the reason."""
    at_mark = volts.target_lots(DEPOSIT * ONE, HALF, MARK * ONE, 100)
    at_index = volts.target_lots(DEPOSIT * ONE, HALF, INDEX * ONE, 100)
    delta = volts.position_delta_bits(at_mark, 100, power=2, spot_bits=SPOT * ONE)
    hedge = volts.hedge_lots_by_delta(delta, 100)
    ratio = volts.collateral_ratio_bps(DEPOSIT * ONE, at_mark, 100, MARK * ONE)
    assert ratio is not None
    rate = volts.daily_rate(MARK, INDEX)
    return [
        ("short, lots", "~0.196", f"{at_mark}", f"sized at the mark; {at_index} at the oracle"),
        ("hedge, lots", "0.02 BTC", f"{hedge}", "the index delta; printed is 2.0 % too long"),
        ("CR", "~200 %", f"{ratio / 100:.2f} %", "whole lots"),
        ("funding a day", "0.28 %", f"{rate:.4%}", "the page truncates"),
        ("APY", "177 %", f"{volts.apy(rate):.2%}", "177.48 % comes from the truncated rate"),
        ("profit range", "5.2 %", f"{volts.profit_range(rate):.4%}", "truncated"),
    ]


if __name__ == "__main__":
    for quantity, printed, exact, reason in rows():
        print(f"{quantity:<14} {printed:>9} {exact:>10}  {reason}")
