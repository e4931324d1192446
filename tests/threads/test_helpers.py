"""Helpers in a thread: what their grant says, at once, and never the team's notes or the patient's private words."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.case.helping import actions as helping
from cases.case.helping.rules import Chosen
from cases.documents.models import Document
from portal.reminders.models import Reminder
from tests import factories, people
from tests.documents.files import folder, upload
from tests.records.builders import actor
from tests.threads.builders import ANSWER, QUESTION, note, texts, write
from tests.threads.test_views import OWN_AT_MOST, seen, sent, url

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
PRIVATE = "I am afraid, and do not want Ama to know."


@pytest.fixture
def case():
    return factories.open_case(starter=people.person("ama"))


@pytest.fixture
def ama():
    return people.browser(people.person("ama"))


def agree(case, chosen: str, **wish):
    """Ama helps Rosa, with one of the ready sets."""
    helper = helping.ask(case, people.person("ama"), kin="friend", by=actor("ama"))
    return helping.agree(helper, chosen=chosen, by=actor("rosa"), **wish)


def test_whoever_began_is_not_in_the_thread_and_finds_no_way_to_it(case, ama):
    write(case)

    assert texts(case, "ama") == []
    assert ama.get(url(case)).status_code == 404
    assert url(case) not in ama.get(f"/cases/{case.pk}/").content.decode()
    assert url(case) in people.browser(people.person("rosa")).get(f"/cases/{case.pk}/").content.decode()


@pytest.mark.parametrize(
    ("chosen", "reads"),
    [(Chosen.DATES, []), (Chosen.MOST, [QUESTION]), (Chosen.ACTS, [QUESTION, PRIVATE])],
)
def test_a_helper_reads_what_her_set_says(case, chosen, reads):
    write(case)
    write(case, text=PRIVATE, is_private=True)
    note(case)
    agree(case, chosen)

    assert texts(case, "ama") == reads
    assert texts(case, "theo")[:2] == [QUESTION, PRIVATE]


def test_a_helper_writes_under_her_own_name_and_is_told_of_answers(case, ama):
    agree(case, Chosen.MOST)
    assert ama.post(url(case, "send/"), sent("Can I drive her?")).status_code == 302
    write(case, "theo", ANSWER)

    page = seen(people.browser(people.person("rosa")), case)
    assert "Ama Osei" in page
    assert "your helper" in page
    told = set(Reminder.objects.filter(kind="threads.new").values_list("recipient_id", flat=True))
    assert {str(people.person("ama").pk), str(case.patient_id)} <= told


def test_of_private_words_a_helper_is_told_nothing(case):
    agree(case, Chosen.MOST)
    write(case, text=PRIVATE, is_private=True)

    assert not Reminder.objects.filter(kind="threads.new", recipient_id=str(people.person("ama").pk)).exists()


def test_who_may_not_see_private_words_has_not_read_them(case, ama):
    agree(case, Chosen.MOST)
    message = write(case, text=PRIVATE, is_private=True)
    write(case)
    seen(ama, case)
    rosa = people.browser(people.person("rosa"))
    assert seen(rosa, case).count("take-back") == 1
    rosa.post(f"/messages/{message.pk}/take-back/")

    message.refresh_from_db()
    assert message.taken_back_at
    page = seen(rosa, case)
    assert re.search(r'<input[^>]*name="is_private"[^>]* checked', page)


def test_words_can_be_private_before_anybody_helps(case):
    rosa = people.browser(people.person("rosa"))
    assert 'name="is_private"' in seen(rosa, case)
    rosa.post(url(case, "send/"), sent(PRIVATE, is_private="on"))
    agree(case, Chosen.MOST)

    assert texts(case, "ama") == []


def test_a_file_with_a_private_message_is_kept_from_her_as_well(case, folder):
    agree(case, Chosen.MOST)
    rosa = people.browser(people.person("rosa"))
    answer = rosa.post(url(case, "send/"), sent(PRIVATE, is_private="on", files=[upload("letter.pdf")]))

    assert answer.status_code == 302
    assert Document.objects.get().is_private
    assert not Document.objects.visible_to(people.person("ama")).exists()
    assert Document.objects.visible_to(people.person("theo")).exists()


def test_a_grant_that_ends_while_the_page_is_open_ends_the_thread(case, ama):
    helper = agree(case, Chosen.ACTS)
    seen(ama, case)
    helping.end(helper, by=actor("rosa"))

    assert ama.get(url(case, "news/?upto=0")).status_code == 404
    assert ama.post(url(case, "send/"), sent()).status_code == 404


def test_a_grant_that_runs_out_ends_the_thread(case, ama, november_5):
    agree(case, Chosen.MOST, until_on=dt.date(2026, 11, 6))
    assert ama.get(url(case)).status_code == 200
    november_5.shift(dt.timedelta(days=2))

    assert texts(case, "ama") == []


def test_her_page_asks_as_little(case, ama):
    agree(case, Chosen.MOST)
    write(case)
    seen(ama, case)
    with CaptureQueriesContext(connection) as asked:
        seen(ama, case)

    assert len(asked) - 2 <= OWN_AT_MOST + 3
