"""The pages that read the most ask few questions for everybody who opens them. `test_queries` walks all pages."""

import pytest
import time_machine
from django.urls import reverse

from portal import clock
from tests.page_rows import SIGNED_IN
from tests.pages_table import PAGES
from tests.test_queries import AT_MOST, questions_of

READ_MUCH = ("bookings:move", "desk:letter", "documents:detail", "opinions:compare", "reviews:edit", "reviews:preview")


@pytest.mark.parametrize("name", READ_MUCH)
def test_it_asks_few_questions_for_everybody(name, world):
    address = reverse(name, args=[world[key] for key in PAGES[name].args])
    with time_machine.travel(clock.now(), tick=False):
        asked = {person: questions_of(world.client(person), address)[0] for person in PAGES[name].who & SIGNED_IN}
    assert max(asked.values()) > 0  # somebody has it open
    assert not {person: number for person, number in asked.items() if number > AT_MOST}
