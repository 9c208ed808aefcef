"""Makes the toy model known to the tests of this folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import toy_model

from voltcore.sim import Scenario, parse_scenario

toy_model.register()


@pytest.fixture
def toy() -> Scenario:
    """100 base paths and 50 of a variant, in 20 shards."""
    return parse_scenario(toy_model.SCENARIO)
