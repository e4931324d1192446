"""How hard the answer to a correction is to read: said to the coordinator who types it, and kept meanwhile."""

import pytest
from django.urls import reverse

from cases.case.corrections import actions
from cases.case.corrections.plain_answers import DRAFT
from cases.case.models import Correction
from portal.accounts.models import Draft
from tests import factories, people
from tests.portal.test_reading_grade import HARD
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
COLLEGE = "Reads like a text for college. Shorter sentences help a tired reader."


@pytest.fixture
def asked():
    return actions.ask(factories.open_case(), about="me", words="My birth date is wrong.", by=actor("rosa"))


def typing(key, asked):
    kept = reverse("accounts:draft", args=[DRAFT, asked.pk])
    return people.browser(people.person(key)).post(kept, {"outcome": "kept", "words": HARD}).text


def test_a_coordinator_hears_it_and_finds_the_words_again(asked):
    assert typing("theo", asked).endswith(f". {COLLEGE}")
    own, theo = reverse("case:answer_correction", args=[asked.pk]), people.browser(people.person("theo"))
    page = theo.get(own).text
    assert f"{HARD}</textarea>" in page
    assert f'id="grade-words">{COLLEGE}' in page
    theo.post(own, {"outcome": "kept", "words": HARD})
    assert Correction.objects.select_related("case__key").get().answer == HARD
    assert not Draft.objects.exists()


@pytest.mark.parametrize("key", ["rosa", "amir", "mara", "grace"])
def test_nobody_else_does(asked, key):
    assert "Reads like" not in typing(key, asked)
