"""The bench measures what docs/performance.md lists, and says it in a form that programs read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import Figure, show

ROOT = Path(__file__).parent.parent.parent


def test_figures_are_a_table_and_a_line_of_json_each():
    said = show([Figure("start", 1.25, "s"), Figure("page", 30.0, "ms", 4.2, "slow")]).splitlines()

    assert said[2].split("|")[1:3] == [" start  ", " 1.2 s   "]
    assert [json.loads(line) for line in said[-2:]] == [
        {"name": "start", "value": 1.25, "unit": "s"},
        {"name": "page", "value": 30.0, "unit": "ms", "ratio": 4.2, "words": "slow"},
    ]


@pytest.mark.full
@pytest.mark.timeout(700)
def test_bench_measures_what_the_docs_list():
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"], cwd=ROOT, capture_output=True, text=True, timeout=680, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    figures = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    listed = (ROOT / "docs" / "performance.md").read_text()

    assert [figure["name"] for figure in figures if f"| {figure['name']} " not in listed] == []
    assert all(figure["value"] > 0 for figure in figures)
