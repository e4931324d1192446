"""What the gateway answers about a fax, who is asked when it does not, and the pages of a coordinator."""

import datetime as dt

import pytest

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.desk.fax import answers, sending
from cases.desk.fax.models import Fax
from cases.desk.fax.states import Failure
from portal import mail
from tests import people
from tests.desk.test_fax import DIALED, certificate, clock, fax_line, letter, now_of, pressed, to_dos
from tests.records.builders import actor

__all__ = ["certificate", "clock", "fax_line", "letter", "pressed"]
pytestmark = pytest.mark.django_db


def answer(fax, subject, status=""):
    named = f"In-Reply-To: {mail.message_id_for(str(fax.pk))}\n"
    is_report = 'Content-Type: multipart/report; boundary="x"\n\n--x\n\nStatus: '
    report = f"{is_report}{status}\n--x--\n" if status else "\n"
    return f"From: gateway@fax.example\nSubject: {subject}\n{named}{report}".encode()


@pytest.mark.parametrize(
    ("subject", "status", "is_there"),
    [
        ("Fax delivered successfully", "", True),
        ("Your fax was sent", "", True),
        ("Fax NOT delivered: busy", "", False),
        ("Transmission failed", "", False),
        ("Delivery Status", "5.1.1", False),
        ("Delivery Status", "2.0.0", None),  # of the mail that carried it
        ("Fax not completed", "", False),
        ("Fax was never delivered", "", False),
        ("Unsuccessful fax", "", False),
        ("Fax could not be completed", "", False),
        ("Fax rejected - 0 of 3 pages sent", "", False),
        ("Partially sent: 1 of 3 pages", "", False),
        ("Fax cancelled before it was sent", "", False),
        ("Your fax is queued and will be sent shortly", "", None),
        ("Delivery delayed: fax not yet sent", "", None),
        ("Your fax could not be sent after 3 retry attempts", "", False),
        ("Re: Fax failed", "", False),
        ("Fax failed: busy. It will not be sent again", "", False),
        ("Fax to 15550100179 failed - being returned", "", False),
        ("Fax failed - retry limit reached", "", False),
        ("Line busy, we will retry in 5 minutes", "", None),
    ],
)
def test_the_gateways_answer_is_taken_down(pressed, subject, status, is_there):
    sending.send_due()
    answers.take(answer(pressed, subject, status))
    answers.take(answer(pressed, subject, status))
    found = now_of(pressed)
    assert (bool(found.delivered_at), bool(found.failed_at)) == (is_there is True, is_there is False)
    assert to_dos().count() == (is_there is False)


def unknown():
    return ToDo.objects.open().filter(kind="fax_unknown")


@pytest.mark.parametrize("subject", ["Your invoice", "Re: sent from my phone", ""])
def test_an_answer_that_says_neither_is_read_by_one_of_us(pressed, subject):
    sending.send_due()
    for _twice in range(2):
        answers.take(answer(pressed, subject))
    assert "says neither yes nor no" in unknown().get().note
    assert now_of(pressed).failed_at is None
    answers.take(answer(pressed, "Your fax was sent"))
    answers.take(answer(pressed, subject))
    assert not unknown().exists()


def test_a_fax_of_which_nobody_speaks_is_asked_about_once_after_a_day(pressed, clock):
    sending.send_due()
    clock.shift(dt.timedelta(hours=23))
    sending.send_due()
    assert not unknown().exists()
    clock.shift(dt.timedelta(hours=2))
    sending.send_due()
    row = unknown().get()
    assert (row.about_id, to_dos().count()) == (str(pressed.letter_id), 0)
    page = people.browser(people.person("theo")).get("/staff/cases/").content.decode()
    assert "Did a fax arrive?" in page
    assert f"/letters/{pressed.letter_id}/fax/" in page
    settle_to_do(row, by=actor("theo"))
    sending.send_due()
    assert not unknown().exists()
    answers.take(answer(pressed, "Transmission failed"))
    assert to_dos().count() == 1


def test_a_no_that_comes_later_outweighs_a_yes(pressed):
    sending.send_due()
    answers.take(answer(pressed, "Your fax was sent"))
    answers.take(answer(pressed, "Fax failed: no answer after 5 tries"))
    found = now_of(pressed)
    assert (found.delivered_at, bool(found.failed_at), to_dos().count()) == (None, True, 1)


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"Subject: delivered\n\nno one of ours"])
def test_an_answer_about_nothing_of_ours_changes_nothing(pressed, raw):
    sending.send_due()
    assert answers.take(raw) is None


def test_a_coordinator_faxes_and_notes_the_answer(letter, fax_line):
    theo = people.browser(people.person("theo"))
    page = theo.get(f"/letters/{letter.pk}/fax/")
    assert "(416) 555-0132" in page.content.decode()
    theo.post(f"/letters/{letter.pk}/fax/", {"number": DIALED})
    sending.send_due()
    fax = Fax.objects.get()
    theo.post(f"/faxes/{fax.pk}/did-not/")
    assert now_of(fax).failure == Failure.ANSWERED
    page = theo.get("/staff/cases/").content.decode()
    assert "A fax did not arrive" in page


def test_the_patient_has_no_such_page(letter):
    assert people.browser(people.person("rosa")).get(f"/letters/{letter.pk}/fax/").status_code == 404
