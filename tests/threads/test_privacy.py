"""Who reads what the patient wrote: made private afterwards, with its files, on open pages too, and back."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen
from cases.documents.models import Document
from cases.threads import by_phone, privacy, reminders
from cases.threads.models import Message
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.by_hand import theo, to_phone
from tests.documents.files import added, folder
from tests.records.builders import actor
from tests.threads.builders import ANSWER, QUESTION, note, texts, write
from tests.threads.test_helpers import agree
from tests.threads.test_views import number_on, seen, url

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    made = factories.open_case(starter=people.person("ama"))
    agree(made, Chosen.MOST)
    return made


@pytest.fixture
def ama():
    return people.browser(people.person("ama"))


def press(message, verb, key="rosa"):
    return people.browser(people.person(key)).post(reverse("threads:move", args=[message.pk, verb]))


def look(client, case, page: str):
    as_of = page.split('id="as-of" value="')[1].split('"')[0]
    said = {"upto": number_on(page), "as_of": as_of}
    return client.get(url(case, "news/"), said, headers={"hx-request": "true"})


def test_kept_private_and_shared_again(case):
    message = write(case)
    for verb, reads in (("private", []), ("private", []), ("share", [QUESTION])):
        assert press(message, verb).status_code == 302
        assert texts(case, "ama") == reads
        assert texts(case, "theo") == [QUESTION]
    assert Event.objects.filter(verb="message.made_private").count() == 1
    assert Event.objects.filter(verb="message.private_no_more").count() == 1


def test_its_files_follow_and_stay_where_another_private_message_names_them(case, folder):
    document = added(case).document
    first, second = write(case, files=[document.pk]), write(case, text="Again.", files=[document.pk])
    for message in (first, second):
        press(message, "private")
    sees = Document.objects.visible_to(people.person("ama")).filter(pk=document.pk)
    assert not sees.exists()
    assert Document.objects.visible_to(people.person("theo")).filter(pk=document.pk).exists()
    press(first, "share")
    assert not sees.exists()
    press(second, "share")
    assert sees.exists()


def test_a_helper_with_the_private_switch_reads_on(case, folder):
    document = added(case).document
    press(write(case, files=[document.pk]), "private")
    helping.change(Helper.objects.get(), chosen=Chosen.ACTS, by=actor("rosa"))
    assert texts(case, "ama") == [QUESTION]
    assert Document.objects.visible_to(people.person("ama")).filter(pk=document.pk).exists()


def test_it_goes_from_the_page_that_a_helper_has_open(case, ama, november_5):
    message = write(case)
    page = seen(ama, case)
    november_5.shift(60)
    press(message, "private")
    answer = look(ama, case, page)
    assert f'id="m-{message.pk}" hx-swap-oob="delete"' in answer.content.decode()
    assert QUESTION not in answer.content.decode()
    assert look(ama, case, seen(ama, case)).status_code == 204


def test_who_never_read_it_does_not_learn_of_it(case, ama, november_5):
    page = seen(ama, case)
    message = write(case)
    november_5.shift(60)
    press(message, "private")
    assert look(ama, case, page).status_code == 204


def test_pages_of_a_helper_count_nothing_that_she_may_not_see(case, ama):
    write(case)
    note(case)
    write(case, text="Only for you.", is_private=True)
    last = write(case, "theo", ANSWER)
    page = seen(ama, case)
    assert number_on(page) == str(last.pk)
    assert f'id="m{last.number}"' not in page
    assert f'value="{last.number}"' not in page


def test_a_notice_that_was_planned_is_not_due_any_more(case):
    message = write(case)
    row = Reminder.objects.get(kind="threads.new", recipient_id=str(people.person("ama").pk))
    assert reminders.is_new([row], clock.now()) == {row.pk}
    press(message, "private")
    assert reminders.is_new([row], clock.now()) == set()


@pytest.mark.parametrize("key", ["theo", "ama"])
def test_nobody_else_says_who_reads_her_words(case, key):
    message = write(case)
    press(message, "private", key)
    with pytest.raises(Refused):
        privacy.set_private(message, True, by=actor(key))
    message.refresh_from_db()
    assert not message.is_private


def test_nobody_hides_words_of_others_or_notes(case):
    answer, noted = write(case, "theo", ANSWER), note(case)
    for message, key in ((answer, "rosa"), (answer, "theo"), (noted, "theo")):
        with pytest.raises(Refused):
            privacy.set_private(message, True, by=actor(key))


def test_who_wrote_it_down_for_her_may(case):
    to_phone(case.patient)
    message = by_phone.write_down(case, QUESTION, by=theo())
    privacy.set_private(message, True, by=theo())
    assert texts(case, "ama") == []
    line = Event.objects.get(verb="message.made_private")
    assert (line.actor_id, line.for_patient) == (theo().id, case.patient_id)


def test_the_database_refuses_what_was_hidden_and_is_not_private(case):
    message = write(case)
    with pytest.raises(IntegrityError):
        Message.objects.filter(pk=message.pk).update(hidden_at=clock.now())
