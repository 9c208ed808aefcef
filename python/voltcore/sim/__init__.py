"""
Scenarios, runs, run folders and results.

`run` takes a scenario to `Results`; `load_scenario` checks one without running it; `Results.load`
reads a finished run folder; `resume` finishes an interrupted one. `sweep` runs a scenario for every
combination of some of its settings.
"""

from voltcore.sim.execute import Progress
from voltcore.sim.model import Band, Column, Model, ModelSettings, Series, Shard, Trace
from voltcore.sim.results import Results
from voltcore.sim.runs import resume, run
from voltcore.sim.scenario import Scenario, load_scenario, parse_scenario, shipped_scenarios
from voltcore.sim.statistics import BandCounts, TraceValues
from voltcore.sim.summary import Probability, Summary
from voltcore.sim.sweep_results import Sweep
from voltcore.sim.sweep_runs import resume_sweep, sweep

__all__ = [
    "Band",
    "BandCounts",
    "Column",
    "Model",
    "ModelSettings",
    "Probability",
    "Progress",
    "Results",
    "Scenario",
    "Series",
    "Shard",
    "Summary",
    "Sweep",
    "Trace",
    "TraceValues",
    "load_scenario",
    "parse_scenario",
    "resume",
    "resume_sweep",
    "run",
    "shipped_scenarios",
    "sweep",
]
