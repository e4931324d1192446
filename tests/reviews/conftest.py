"""Each test of this room has its own file store."""

import pytest

from tests.documents.files import folder

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def own_store(request):
    """No test that reaches the database leaves files behind."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("folder")
