"""A note that a patient reads beside a changed time: whoever of us writes it hears where it is hard to read."""

import pytest
from django.urls import reverse

from tests import factories, people
from tests.portal.test_reading_grade import HARD, PLAIN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
COLLEGE = "Reads like a text for college. Shorter sentences help a tired reader."


@pytest.fixture
def call(case):
    return factories.book(case)


def day_of(call):
    return call.starts_at.astimezone(call.zone).date().isoformat()


def time_off(call):
    return "joanne", reverse("bookings:time_off"), {"from_on": day_of(call), "until_on": day_of(call), "note": "Leave"}


def away(call):
    days = {"from_on": day_of(call), "until_on": day_of(call)}
    stands_in = {"consultant": str(call.consultant_id), "stands_in": str(people.person("amir").pk)}
    return "theo", reverse("pages:away"), days | stands_in


def closed(call):
    return "theo", reverse("bookings:closed_days"), {"on_date": day_of(call), "region": "US"}


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("where", [time_off, away, closed])
def test_a_hard_note_is_sent_and_its_writer_told_once(call, where):
    who, page, form = where(call)
    browser, note = people.browser(people.person(who)), f"note-{call.pk}"
    again = browser.post(page, form | {note: HARD})  # without an answer: shown once more
    assert again.status_code == 409
    assert COLLEGE in words(again).split(f'id="grade-{call.pk}"')[1].split("</p>")[0]
    saved = browser.post(page, form | {note: HARD, f"answer-{call.pk}": "move"}, follow=True)
    assert f"The note to Rosa: {COLLEGE}" in words(saved)
    assert COLLEGE not in words(browser.get(page))
    call.refresh_from_db()
    assert call.note == HARD.strip()


@pytest.mark.parametrize(("note", "answer"), [(PLAIN, "cancel"), (HARD, "keep"), ("", "move")])
def test_a_plain_note_and_one_that_nobody_reads_say_nothing(call, note, answer):
    who, page, form = time_off(call)
    sent = form | {f"note-{call.pk}": note, f"answer-{call.pk}": answer}
    assert "The note to" not in words(people.browser(people.person(who)).post(page, sent, follow=True))


def test_another_ones_call_says_nothing(call):
    factories.open_hours(people.person("amir"))
    amirs = people.browser(people.person("amir"))
    sent = {"from_on": "2026-12-01", "until_on": "2026-12-01", "note": ""}
    sent |= {f"note-{call.pk}": HARD, f"answer-{call.pk}": "cancel"}
    assert "The note to" not in words(amirs.post(reverse("bookings:time_off"), sent, follow=True))
    call.refresh_from_db()
    assert call.is_booked
