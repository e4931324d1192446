"""Each test of this room has its own file store."""

import pytest

from tests.documents.files import folder

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def own_store(folder):
    """No test leaves files behind."""
