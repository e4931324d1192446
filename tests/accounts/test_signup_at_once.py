"""Two sign-ups with one address at the same moment: one account, and no error."""

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.at_once.rivals import at_once

NEW = {"email": "new@example.org", "privacy": "on"}


@pytest.mark.django_db(transaction=True)
def test_signed_up_twice_at_once_it_is_one_account():
    outcomes = at_once(*[lambda: Client().post("/accounts/signup/", NEW).status_code] * 2)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert sorted(outcome.result for outcome in outcomes) in ([302, 302], [302, 429])  # a second mail so soon may wait
    assert User.objects.filter(email=NEW["email"]).count() == 1
