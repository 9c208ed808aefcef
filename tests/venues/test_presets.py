"""The programs by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from voltcore import venues
from voltcore.errors import InputRangeError, InputTypeError

BY_NAME = (venues.VenuePreset.named, venues.PerpMarketConfig.example)


@pytest.mark.parametrize("named", BY_NAME)
@pytest.mark.parametrize(
    ("name", "hint"),
    [("mango", "did you mean 'mango_v3'?"), ("Entropy", "did you mean 'entropy'?"), ("", None)],
)
def test_an_unknown_program_is_refused_with_the_nearest_name(
    named: Callable[[str], object], name: str, hint: str | None
) -> None:
    with pytest.raises(InputRangeError) as caught:
        named(name)
    assert (caught.value.code, caught.value.value, caught.value.hint) == ("E114", name, hint)
    assert caught.value.bound == "is not one of mango_v3, entropy"


@pytest.mark.parametrize("named", BY_NAME)
@pytest.mark.parametrize("name", [None, 3, b"entropy", ["entropy"]])
def test_a_program_is_named_by_text(named: Callable[[object], object], name: object) -> None:
    with pytest.raises(InputTypeError) as caught:
        named(name)
    assert caught.value.code == "E101"


def test_the_programs_differ_where_the_documentation_says() -> None:
    mango, entropy = (venues.VenuePreset.named(name) for name in ("mango_v3", "entropy"))
    assert (mango.squared_funding_period, entropy.squared_funding_period) == (86_400, 604_800)
    assert (mango.off_book_orders, entropy.off_book_orders) == (0, 10)
    assert (mango.dust_threshold_bits, entropy.dust_threshold_bits) == (
        round(2**48 / 10**6),
        round(2**48 / 10**3),
    )
