"""The command that gives the same numbers again."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from voltcore.sim.scenario import Scenario, load_scenario, shipped_scenarios

if TYPE_CHECKING:
    from voltcore.sim.results import Results


def command_of(results: Results) -> str:
    """
    One line for a shell.

    A shipped scenario is named, with every setting in which this run differs from it; another one
    is named as a file, since it may lie anywhere.
    """
    scenario = results.scenario
    words = ["voltcore", "run"]
    if scenario.name in shipped_scenarios():
        words.append(scenario.name)
        words += [f"--set={item}" for item in changed_settings(scenario)]
    else:
        words.append(f"{scenario.name}.toml")
    paths = next(iter(results.variants.values())).paths
    words += ["--paths", str(paths), "--seed", str(results.seed)]
    return shlex.join(words)


def changed_settings(scenario: Scenario) -> list[str]:
    """``key=value`` of every setting that is not that of the shipped scenario of this name."""
    shipped = load_scenario(scenario.name)
    if shipped.digest == scenario.digest:
        return []
    original = {row.key: row.value for row in shipped.rows()}
    return [
        f"{row.key}={json.dumps(row.value, ensure_ascii=False)}"
        for row in scenario.rows()
        if not row.key.startswith("run.")
        and row.key != "title"
        and original.get(row.key, _UNSET) != row.value
    ]


_UNSET = object()
