#pragma once

namespace voltcore::volts {

// Report quantities of the crab, in doubles; none of them takes part in a balance, share or fee.
// No libm but sqrt and the exact frexp and ldexp: the bits are the same on every machine.

/// log(1 + x) and exp(x) - 1 without the cancellation near 0.
[[nodiscard]] double log1p(double x) noexcept;
[[nodiscard]] double expm1(double x) noexcept;

/// Funding a day of a perp at `mark` over `index`: (mark / index - 1) / period_days, before the
/// venue's clamp.
[[nodiscard]] double daily_rate(double mark, double index, double period_days) noexcept;

/// (1 + rate)^periods - 1, as expm1(periods * log1p(rate)).
[[nodiscard]] double apy(double rate, double periods) noexcept;

/// The move up to which a hedged short of the squared perp profits: sqrt(rate * days).
[[nodiscard]] double profit_range(double rate, double days) noexcept;

/// Return on the notional over one period: funding - move^2.
[[nodiscard]] double crab_return(double funding, double move) noexcept;

/// Expected return a year on the notional: 365 * funding - volatility^2.
[[nodiscard]] double expected_apy(double daily_funding, double volatility) noexcept;

/// Annualised implied volatility of a funding rate a day: sqrt(rate * 365).
[[nodiscard]] double implied_volatility(double daily_rate) noexcept;

}  // namespace voltcore::volts
