"""Each test of this room has its own file store, and Rosa with her case."""

import pytest

from tests import factories, people
from tests.documents.files import folder

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
