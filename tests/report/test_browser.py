"""The page in a real browser, where one is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from report_views import crab_view

from voltcore.report.write import view_html

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_every_figure_is_drawn_and_the_policy_is_never_broken(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(view_html(crab_view(50)), encoding="utf-8")
    assert BROWSER is not None
    ran = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--enable-logging=stderr",
            "--virtual-time-budget=5000",
            "--window-size=1280,900",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    figures = ran.stdout.count('data-figure="')
    assert figures >= 8
    drawn = re.findall(r'<div class="plot js-plotly-plot" id="figure-\d+"', ran.stdout)
    assert len(drawn) == figures
    messages = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]
    assert messages == []
