"""Questions of a patient who signs in nowhere: written down as hers, answers read out to her."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from cases.opinions.questions import actions, by_phone
from cases.opinions.questions.models import Question
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.by_hand import theo, to_email, to_phone, to_read
from tests.records.builders import actor
from tests.threads.builders import case_with_joanne

pytestmark = pytest.mark.django_db
ASKS = "Can I keep my own doctor?"
ANSWER = "Yes. Both doctors get each report."


@pytest.fixture
def case():
    made = case_with_joanne()
    to_phone(made.patient)
    return made


def page(case, key="theo"):
    return people.browser(people.person(key)).get(reverse("opinions:questions", args=[case.pk]))


def press(case, name, pk=None, **said):
    return people.browser(people.person("theo")).post(reverse(f"opinions:{name}", args=[pk or case.pk]), said)


def asked(case, **said) -> Question:
    return actions.add(case, text=ASKS, **said, by=theo())


def test_her_question_stands_as_hers_and_says_who_wrote_it(case):
    press(case, "add_question", text=ASKS, is_hers="on")
    question = Question.objects.get()
    assert (question.put_in_by, question.written_by) == (case.patient, theo().user)
    for key in ("theo", "joanne"):
        assert "Written down by Theo Lindqvist for Rosa on the phone." in page(case, key).content.decode()
    assert Event.objects.get(verb="question.added").for_patient == case.patient_id


def test_without_the_tick_it_is_the_coordinators_own(case):
    press(case, "add_question", text=ASKS)
    assert (Question.objects.get().put_in_by, Question.objects.get().written_by) == (theo().user, None)


def test_an_answer_is_one_thing_to_read_out(case):
    first, second = asked(case), actions.add(case, text="And the cost?", by=theo())
    actions.answer(first, where="message", note=ANSWER, by=actor("joanne"))
    actions.answer(second, where="message", note=ANSWER, by=actor("joanne"))
    assert to_read(case) == ["read_answer"]


@pytest.mark.parametrize("more", [{"note": ANSWER, "is_known": True}, {}])
def test_what_she_knows_or_what_says_nothing_is_not_read_out(case, more):
    actions.answer(asked(case), where="message", **more, by=theo())
    assert to_read(case) == []


def test_read_out_is_on_record_once_and_not_past_a_newer_answer(case):
    actions.answer(asked(case), where="message", note=ANSWER, by=actor("joanne"))
    shown = page(case).context["to_read"].asked_at
    assert press(case, "read_out", until="").status_code == 422
    assert press(case, "read_out", until="2020-01-01T00:00:00+00:00").status_code == 409
    for _press in range(2):
        assert press(case, "read_out", until=shown.isoformat()).status_code == 302
    assert to_read(case) == []
    [line] = Event.objects.filter(verb="question.read_out")
    assert (line.actor_id, line.for_patient) == (theo().id, case.patient_id)


def test_nobody_speaks_for_a_patient_who_signs_in(case):
    to_email(case.patient)
    with pytest.raises(Refused):
        asked(case, is_hers=True)
    with pytest.raises(Refused):
        by_phone.read_out(case, until=clock.now(), by=theo())


def test_with_an_address_she_reads_the_answers_herself(case):
    actions.answer(asked(case), where="message", note=ANSWER, by=actor("joanne"))
    to_email(case.patient)
    assert to_read(case) == []


def test_the_database_refuses_a_question_that_its_owner_wrote_down(case):
    question = asked(case, is_hers=True)
    with pytest.raises(IntegrityError):
        Question.objects.filter(pk=question.pk).update(written_by=case.patient)
