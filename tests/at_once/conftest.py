"""The Monday on which rivals book, and whose hours they meet in."""

import pytest
import time_machine

from tests import factories, people
from tests.bookings.conftest import NOW


@pytest.fixture
def monday():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def joannes(monday, transactional_db):
    return factories.open_hours(people.person("joanne"))


@pytest.fixture
def amirs(joannes):
    return factories.open_hours(people.person("amir"), time_zone="America/Toronto")
