"""What people call themselves stays words: in a page, a calendar, a mail's header, a table, the name of a file."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bookings import calendars
from cases.records.board.export import cell
from portal.accounts.models import User
from tests import people

MARK = "<b>Rosa</b>"
EVIL = 'Rosa"\r\nATTENDEE:mailto:evil@example.net\r\nBCC: evil@example.net\r\n<script>alert(1)</script>;,\\n=1+1'


def about(name: str) -> dict[str, str]:
    return {"name": name, "called": name, "birth_date": "1961-03-04", "time_zone": "America/Toronto", "language": "en"}


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "called"])
def test_a_name_has_one_line(field):
    rosa, client = people.person("rosa"), people.browser(people.person("rosa"))
    client.post("/account/you/", about("Rosa Delgado") | {field: EVIL})
    rosa.refresh_from_db()
    assert "\n" not in getattr(rosa, field)
    assert "\r" not in getattr(rosa, field)


@pytest.mark.django_db
def test_a_name_is_words_on_every_page_that_shows_it():
    User.objects.filter(pk=people.person("rosa").pk).update(name=MARK, called=MARK)
    for path in ("/account/", "/home/", "/account/you/"):
        page = people.browser(User.objects.get(email="rosa@example.org")).get(path, follow=True).content.decode()
        assert MARK not in page
    assert "&lt;b&gt;Rosa" in page


def test_a_calendar_entry_stays_one_entry():
    at = dt.datetime(2026, 12, 1, 15, tzinfo=dt.UTC)
    entry = calendars.Entry(
        uid="a", version=1, starts_at=at, ends_at=at + dt.timedelta(hours=1), zone=ZoneInfo("America/Toronto"),
        title=EVIL, note=EVIL, url="https://portal.example.org/", organizer_name=EVIL,
        organizer_email="office@example.org",
    )  # fmt: skip
    made = Calendar.from_ical(calendars.feed([entry], at))
    (event,) = made.walk("VEVENT")
    assert "ATTENDEE" not in event
    assert {"evil@example.net" in str(event[name]) for name in ("UID", "URL")} == {False}
    assert b"\nATTENDEE" not in made.to_ical()
    assert b"\nBCC" not in made.to_ical()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r\n=", "＝"])
def test_a_cell_of_a_table_is_no_formula(start):
    assert cell(f"{start}cmd|'/c calc'!A1").startswith("'")
