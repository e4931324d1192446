"""A patient who signs in nowhere: what is written to her is read out, what she says is written down."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.models import ToDo
from cases.threads import by_phone, heard
from cases.threads.actions import take_back
from cases.threads.models import Message, ReadMark
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import people
from tests.by_hand import theo, to_email, to_phone, to_read
from tests.threads import builders

pytestmark = pytest.mark.django_db
SAYS = "I slept badly. Can I take the call lying down?"


@pytest.fixture
def case():
    made = builders.case_with_joanne()
    to_phone(made.patient)
    return made


def page(case, key="theo"):
    return people.browser(people.person(key)).get(reverse("threads:thread", args=[case.pk]))


def press(case, name, key="theo", **said):
    return people.browser(people.person(key)).post(reverse(f"threads:{name}", args=[case.pk]), said, follow=True)


def words(case, **said):
    return press(case, "write_down", **({"text": SAYS, "send_id": "7a1f2a4e-0000-4000-8000-000000000001"} | said))


def told(verb) -> list[Event]:
    return list(Event.objects.filter(verb=verb))


def test_a_message_to_her_is_one_thing_to_do_and_no_reminder(case):
    builders.write(case, "joanne", builders.ANSWER)
    builders.write(case, "joanne", "And bring a sweater.")
    assert to_read(case) == ["read_message"]
    assert not Reminder.objects.filter(recipient_id=str(case.patient_id), kind="threads.new", settled_at=None)


def test_notes_and_her_own_words_ask_for_nothing(case):
    builders.note(case)
    by_phone.write_down(case, SAYS, by=theo())
    assert to_read(case) == []


def test_read_out_settles_it_and_says_who_and_when(case):
    builders.write(case, "joanne", builders.ANSWER)
    upto = page(case).context["window"].upto
    for _press in range(2):
        press(case, "read_out", heard=upto)
    assert to_read(case) == []
    [line] = told("message.read_out")
    assert (line.actor_id, line.for_patient) == (theo().id, case.patient_id)
    assert ReadMark.objects.get(case=case, person=case.patient).upto == 1


def test_what_came_after_the_page_still_waits(case):
    builders.write(case, "joanne", builders.ANSWER)
    upto = page(case).context["window"].upto
    builders.write(case, "joanne", "One more thing.")
    answer = press(case, "read_out", heard=upto)
    assert "There is a newer message" in answer.content.decode()
    assert to_read(case) == ["read_message"]


def test_nobody_reads_out_what_their_page_never_showed(case):
    builders.write(case, "joanne", builders.ANSWER)
    press(case, "read_out", heard="999")
    assert to_read(case) == ["read_message"]


def test_a_message_taken_back_is_read_to_nobody(case):
    message = builders.write(case, "joanne", builders.ANSWER)
    take_back(message, by=builders.actor("joanne"))
    assert to_read(case) == []


def test_her_words_stand_as_hers_and_say_who_wrote_them(case):
    for _press in range(2):
        words(case)
    [message] = Message.objects.filter(case=case)
    assert (message.author, message.written_by, message.text) == (case.patient, theo().user, SAYS)
    for key in ("theo", "joanne"):
        assert "Written down by Theo Lindqvist for Rosa on the phone." in page(case, key).content.decode()
    [line] = told("message.written_down")
    assert (line.actor_id, line.for_patient) == (theo().id, case.patient_id)
    assert ToDo.objects.open().filter(kind="answer_message", case=case).count() == 1


def test_who_wrote_them_down_takes_them_back_into_their_own_box(case):
    message = by_phone.write_down(case, SAYS, by=theo())
    with pytest.raises(Refused):
        take_back(message, by=builders.actor("joanne"))
    take_back(message, by=theo())
    assert page(case).context["words_form"].initial["text"] == SAYS
    assert not ToDo.objects.open().filter(kind="answer_message", case=case).exists()


def test_private_words_stay_from_a_helper_without_the_switch(case):
    words(case, is_private="on")
    assert Message.objects.get().is_private


@pytest.mark.parametrize("said", [{"text": " "}, {"text": "x" * 5001}])
def test_nothing_and_too_much_are_no_words(case, said):
    assert words(case, **said).status_code == 422
    assert not Message.objects.exists()


@pytest.mark.parametrize("key", ["joanne", "amir", "grace"])
def test_nobody_else_speaks_for_her(case, key):
    for name in ("write_down", "read_out"):
        assert press(case, name, key, text=SAYS).status_code in {404, 200}
    assert not told("message.written_down")
    with pytest.raises(Refused):
        by_phone.write_down(case, SAYS, by=builders.actor(key))


def test_nobody_speaks_for_a_patient_who_signs_in():
    case = builders.case_with_joanne()
    with pytest.raises(Refused):
        by_phone.write_down(case, SAYS, by=theo())
    builders.write(case, "joanne", builders.ANSWER)
    with pytest.raises(Refused):
        heard.read_out(case, upto=1, by=theo())
    assert to_read(case) == []


def test_with_an_address_she_is_told_of_what_nobody_read_out_and_of_nothing_else(case):
    builders.write(case, "joanne", builders.ANSWER)
    page(case)
    heard.read_out(case, upto=1, by=theo())
    to_email(case.patient)
    assert not Reminder.objects.filter(recipient_id=str(case.patient_id), kind="threads.new")
    to_phone(case.patient)
    builders.write(case, "joanne", "One more thing.")
    to_email(case.patient)
    assert to_read(case) == []
    assert Reminder.objects.filter(recipient_id=str(case.patient_id), kind="threads.new", settled_at=None).count() == 1


def test_without_her_address_what_waited_in_a_mail_is_read_out():
    case = builders.case_with_joanne()
    builders.write(case, "joanne", builders.ANSWER)
    to_phone(case.patient)
    assert to_read(case) == ["read_message"]
    assert not Reminder.objects.filter(recipient_id=str(case.patient_id), kind="threads.new", settled_at=None)


def test_the_database_refuses_words_that_their_author_wrote_down(case):
    message = by_phone.write_down(case, SAYS, by=theo())
    for wrong in ({"written_by": case.patient}, {"is_internal": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**wrong)
