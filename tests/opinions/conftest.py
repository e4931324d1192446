import pytest

from tests.records.builders import booked_visit, on_november_5


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def case():
    """Rosa's, with a second visit that is booked; a test of something else makes its own."""
    return booked_visit().case
