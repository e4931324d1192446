import pytest

from tests.records.builders import on_november_5


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller
