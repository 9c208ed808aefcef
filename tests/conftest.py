"""The two modes of the suite: the gate, and ``--long`` for the night or before a release."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

from case_counts import is_long, use_long_counts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="take the case counts of the long mode, and run the tests marked `long`",
    )


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what it puts in the background with Ctrl-C ignored, and a child inherits that;
    # the tests of Ctrl-C must not depend on who started them.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    use_long_counts(config.getoption("--long"))
    # The gate tries the same examples each time, so it cannot turn red without a change; the long
    # mode looks for new ones, and prints how to repeat what it finds.
    settings.register_profile("gate", deadline=None, derandomize=True)
    settings.register_profile("long", deadline=None, max_examples=10_000, print_blob=True)
    settings.load_profile("long" if is_long() else "gate")


def pytest_report_header() -> str:
    return f"case counts: {'long' if is_long() else 'gate (more with --long)'}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if is_long():
        return
    skip = pytest.mark.skip(reason="runs with --long")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)
