"""What a mail to an office says, and what of it can never be read: no name, no clinical word, no second address."""

import re

import pytest
import time_machine
from django.conf import settings

from cases.desk.links import codes
from cases.desk.links.models import OfficeLink
from cases.desk.mail import planning
from portal import clock as clocks
from portal import mail
from portal.history.models import Event
from portal.reminders import rules, sender
from portal.reminders.models import Delivery
from portal.texts.words import organisation
from tests import people
from tests.desk.mail_builders import CHASE_DAY, ask, signed_visit
from tests.records.builders import NOVEMBER_5
from tests.reminders.test_mail import Words

pytestmark = pytest.mark.django_db
URGENT = ("urgent", "immediately", "at once", "deadline", "verify your", "suspended", "act now", "asap", "final notice")


@pytest.fixture
def clock():
    with time_machine.travel(NOVEMBER_5, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asked(clock):
    visit = signed_visit()
    ask(visit)
    clock.move_to(CHASE_DAY)
    return visit


@pytest.fixture
def sent(asked, smtp_sink):
    planning.plan_due(clocks.now())
    sender.run()
    [message] = [each for each in smtp_sink.messages if each["To"].endswith(".example")]
    return message


def delivery():
    return Delivery.objects.get(recipient_type="office")


def kept(message):
    return mail.read(message.as_bytes())


def test_both_parts_say_the_same_and_nothing_hangs_on_it(sent):
    read = kept(sent)
    shown_twice = re.compile(r"(https?://\S+) \1")  # as the words of the link, and as its address
    assert " ".join(read.plain.split()) == shown_twice.sub(r"\1", Words(read.html).all())
    assert read.attachments == []


def test_it_says_who_asks_for_whom_why_how_to_answer_and_how_to_stop(sent, asked):
    plain = kept(sent).plain
    facts = organisation()
    reference = asked.case.reference
    assert sent["Subject"] == f"Reference {reference}: records we asked you for"
    for said in (facts.name, f"Reference {reference}", "Who asks:", "by phone", "Why you get this:", "Not our patient"):
        assert said in plain


def test_no_name_no_clinical_word_and_no_hurry(sent, asked):
    read = kept(sent)
    rosa = people.person("rosa")
    everything = "\n".join([str(value) for value in sent.values()] + [read.plain, read.html])
    for word in (*rosa.name.split(), "Raman", "Lakeside", "slides", "Northfield"):
        assert word.casefold() not in everything.casefold().replace("desk@lakeside.example", ""), word
    said = (read.subject + read.plain).replace(organisation().name, "")
    assert rules.clinical_words(said) == []
    assert [word for word in URGENT if word in said.casefold()] == []


def test_its_only_address_is_the_page_in_full(sent, asked):
    link = OfficeLink.objects.get(visit=asked)
    address = f"{settings.PORTAL_ORIGIN}/o/{codes.mailed_token(link)}/"
    read = kept(sent)
    assert set(re.findall(r"https?://[^\s\"<]+", read.plain + read.html)) == {address}
    assert sent["List-Unsubscribe"] == f"<{address}>"
    assert "List-Unsubscribe-Post" not in sent


def test_its_headers_are_stable(sent):
    assert sent["X-Reminder-Key"] == str(delivery().pk)
    assert sent["Message-ID"] == mail.message_id_for(str(delivery().pk))
    assert sent["Auto-Submitted"] == "auto-generated"


def test_the_patient_reads_that_we_wrote(sent, asked):
    event = Event.objects.get(verb="office_mail.sent")
    assert (event.patient, event.case_id) == (asked.case.patient_id, asked.case_id)


def test_the_log_names_the_office(sent, client, asked):
    client.force_login(people.person("theo"))
    page = client.get("/staff/reminders/").content.decode()
    assert "Lakeside" in page
    assert "Records asked of an office" in page
