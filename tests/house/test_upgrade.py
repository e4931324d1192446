"""`make run` on the data of the former version: everything is still there, and its pages open."""

import json
import os
import signal
import subprocess
import sys

import pytest

from portal import local, local_run
from tests.house.running import ROOT, STEERED

pytestmark = [pytest.mark.full, pytest.mark.timeout(700)]


def former(verb: str, **named: str) -> str:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(STEERED)}
    surroundings |= {"PORTAL_ENV": "development", "DJANGO_SETTINGS_MODULE": "portal.settings"} | named
    command = [sys.executable, "-m", "tests.house.former", verb]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 0
    return done.stdout


def test_the_former_versions_data_come_along(start, tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    database = local.start_postgres(var)
    try:
        named = local.addresses(var) | local_run.keys(var) | {"PORTAL_VAR": str(var)}
        former("make", **named | {"DATABASE_URL": named["DATABASE_OWNER_URL"]})
    finally:
        local.stop(database, signal.SIGINT)

    run = start(var)
    run.wait_until_ready()

    answers = json.loads(former("look", PORTAL_VAR=str(var)).splitlines()[-1])
    assert set(answers.values()) == {200}, answers
    assert run.stop() == 0
