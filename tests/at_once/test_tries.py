"""Tries are counted one after the other, however many come together."""

import pytest

from portal import tries
from tests.at_once.rivals import at_once


@pytest.mark.django_db(transaction=True)
def test_of_eight_together_three_may():
    outcomes = at_once(*[lambda: tries.may_once_more("together", 3, 600)] * 8)
    assert sorted(outcome.result for outcome in outcomes) == [False] * 5 + [True] * 3
