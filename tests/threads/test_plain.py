"""How hard a message to the patient is to read, said to the one of us who writes it and to nobody else."""

import uuid

import pytest
from django.urls import reverse

from cases.threads import actions
from cases.threads.models import Message
from portal.accounts import drafts
from portal.accounts.models import User
from tests import factories, people
from tests.portal.test_reading_grade import HARD, PLAIN
from tests.threads.builders import case_with_joanne

pytestmark = pytest.mark.django_db
COLLEGE = "Reads like a text for college. Shorter sentences help a tired reader."


@pytest.fixture
def case():
    return case_with_joanne()


def typing(key: str, case, words: str, form: str = actions.DRAFT, about=None) -> str:
    """What the autosave answers."""
    url = reverse("accounts:draft", args=[form, about or case.pk])
    answer = people.browser(people.person(key)).post(url, {"text": words})
    assert answer.status_code == 200
    return answer.text


def sending(key: str, case, words: str):
    url = reverse("threads:send", args=[case.pk])
    said = {"text": words, "send_id": str(uuid.uuid4())}
    return people.browser(people.person(key)).post(url, said, follow=True)


@pytest.mark.parametrize("key", ["joanne", "theo"])
def test_who_of_us_writes_is_told_while_typing_and_finds_it_with_the_draft(case, key):
    assert typing(key, case, HARD).endswith(f". {COLLEGE}")
    assert COLLEGE in people.browser(people.person(key)).get(reverse("threads:thread", args=[case.pk])).text


@pytest.mark.parametrize("key", ["rosa", "amir", "mara"])
def test_nobody_else_is(case, key):
    assert "Reads like" not in typing(key, case, HARD)


def test_a_note_for_the_team_is_not_measured(case):
    assert "Reads like" not in typing("joanne", case, HARD, form=actions.NOTE_DRAFT)


@pytest.mark.parametrize("about", ["nonsense", "0", str(uuid.UUID(int=7))])
def test_a_draft_about_nothing_is_kept_and_not_measured(case, about):
    assert "Reads like" not in typing("joanne", case, HARD, about=about)


def test_whoever_of_us_is_the_patient_is_not_told_in_her_own_case():
    case = factories.open_case(people.person("joanne"))
    drafts.keep(people.person("joanne"), actions.DRAFT, case, {"text": HARD})
    assert "Reads like" not in typing("joanne", case, HARD)


def test_hard_words_are_sent_and_plainly_said_to_be_hard(case):
    assert COLLEGE in sending("joanne", case, HARD).text
    assert Message.objects.get(case=case).text == HARD


def test_plain_words_and_her_own_pass_without_a_word(case):
    assert "Reads like" not in sending("joanne", case, PLAIN).text
    assert "Reads like" not in sending("rosa", case, HARD).text


def test_without_english_nothing_is_said(case):
    User.objects.filter(pk=case.patient_id).update(language="es")
    assert "Reads like" not in typing("joanne", case, HARD)
    assert "Reads like" not in sending("joanne", case, HARD).text
