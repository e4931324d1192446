"""A form for someone who rings that is sent twice at once: one account, and no error."""

import uuid
from functools import partial

import pytest

from portal.accounts import by_phone
from portal.accounts.models import User
from tests import people
from tests.at_once.rivals import at_once
from tests.records.builders import actor

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 4


def test_a_form_that_is_sent_twice_at_once_opens_one_account():
    people.person("theo")
    fields = {"name": "Walter Ames", "channel": "letter", "postal": "12 Elm Street\nToronto"}
    press = partial(by_phone.open_by_phone, ticket=uuid.uuid4(), fields=fields, rang=by_phone.RANG, by=actor("theo"))
    outcomes = at_once(*[press] * RIVALS)

    assert [outcome.error for outcome in outcomes] == [None] * RIVALS
    assert sum(outcome.result[1] for outcome in outcomes) == 1
    assert User.objects.filter(name="Walter Ames").count() == 1
