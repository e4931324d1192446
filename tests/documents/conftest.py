"""Each test of this room has its own file store, Rosa with her case and, where it wants one, a real virus scanner."""

import tempfile
from pathlib import Path

import pytest

from cases.documents.sandbox import run as sandbox
from cases.documents.worker import machine_text
from tests import factories, people, plan_files, programs
from tests.documents.files import folder
from tests.programs import Clamd

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def own_store(folder):
    """No test leaves files behind."""


@pytest.fixture
def case():
    return factories.assign(factories.open_case(), people.person("joanne"))


@pytest.fixture
def rosa(case):
    return people.browser(case.patient)


@pytest.fixture
def clamd(settings):
    """A real clamd, started; the portal knows it."""
    with tempfile.TemporaryDirectory(prefix="rs-clamd-", dir="/tmp") as place:  # a socket's address must be short
        scanner = Clamd(Path(place), plan_files.EICAR)
        scanner.start()
        settings.CLAMD_URL = scanner.address
        yield scanner
        scanner.stop()


@pytest.fixture
def text_engine(settings, monkeypatch):
    """The real program that reads pictures; the portal knows it. It does not step back: tests keep the machine busy."""
    monkeypatch.setattr(sandbox, "MORE_GENTLY", 0)
    settings.TEXT_ENGINE = programs.text_engine()
    return machine_text.engine()
