"""A file taken back while its check ends: neither waits for the other for ever."""

import threading

import pytest
from django.db import transaction

from cases.documents import actions
from cases.documents.describing import first_look
from cases.documents.models import Guess, Version
from portal.actors import Actor
from tests import factories
from tests.at_once.rivals import at_once
from tests.database import somebody_waits
from tests.documents.files import read
from tests.programs import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.mark.full
def test_a_file_is_taken_back_while_its_check_ends():
    version = read(factories.open_case())
    Guess.objects.all().delete()
    is_held = threading.Event()

    def end_the_check():
        with transaction.atomic():
            held = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
            is_held.set()
            wait_until(somebody_waits, 20, "whoever takes it back to wait for the check")
            first_look.guess(held)

    def take_back():
        assert is_held.wait(20)
        actions.withdraw(version.document, by=Actor.person(version.case.patient))

    outcomes = at_once(end_the_check, take_back)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Guess.objects.get().document_id == version.document_id
    version.refresh_from_db()
    assert version.withdrawn_at
