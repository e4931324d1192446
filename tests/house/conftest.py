"""Whole portals started beside the suite, in folders of their own."""

import signal
import tempfile
from pathlib import Path

import pytest

from tests.house.running import Run


@pytest.fixture
def start():
    runs = []

    def start(var: Path | None = None, **more: str) -> Run:
        run = Run(var or Path(folder) / f"run{len(runs)}", **more)
        runs.append(run)
        return run

    with tempfile.TemporaryDirectory(prefix="rs-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield start
        for run in runs:
            if run.process.poll() is None:
                run.stop(signal.SIGTERM)
