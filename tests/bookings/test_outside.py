"""A consultant's own calendar is read as busy: new offers leave it out, what is booked stays and is listed to her."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from bookings import availability
from bookings.hours_zone.actions import set_zone
from bookings.models import OutsideBusy, OutsideCalendar, Service
from bookings.outside import actions, net, reading
from portal import clock
from portal.accounts import changes
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.kinds import kind_of
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import factories, people
from tests.bookings.calendar_host import NAME, Host, Network
from tests.bookings.test_outside_reading import calendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
ADDRESS = f"https://{NAME}/secret-d3adbeef/basic.ics"


@pytest.fixture
def host(settings):
    settings.OUTSIDE_NET = "tests.bookings.calendar_host.Network"
    made = Host()
    yield made
    made.stop()


@pytest.fixture
def own(joanne):
    return actions.add(joanne, address=ADDRESS, by=Actor.person(joanne))


def busy_at(host, start, title="Dentist: root canal", **headers):
    content = calendar(f"SUMMARY:{title}\nDTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}\nDURATION:PT1H")
    host.answers(host.say(content, **headers))


def free(practice, case):
    return availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())


def words(answer):
    return " ".join(answer.content.decode().split())


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def read():
    return actions.read_due(clock.now())


def test_busy_times_are_not_offered_and_come_back(host, own, practice, case, monday):
    first = free(practice, case)[3]
    busy_at(host, first)
    assert read() == 1
    assert first not in free(practice, case)
    assert first + timedelta(hours=1) in free(practice, case)
    host.answers(host.say(calendar()))
    monday.shift(timedelta(minutes=16))
    assert read() == 1
    assert first in free(practice, case)


def test_nobody_can_book_it_who_had_it_in_view(host, own, practice, case):
    first = free(practice, case)[0]
    busy_at(host, first)
    read()
    with pytest.raises(Refused):
        factories.hold(case, service="first_talk", starts_at=first)


def test_neither_the_address_nor_a_title_is_kept_in_the_open_or_shown(host, own, practice, case, joanne):
    busy_at(host, free(practice, case)[0])
    read()
    with connection.cursor() as cursor:
        for table in ("bookings_outsidecalendar", "bookings_outsidebusy"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")  # noqa: S608
            stored = str(cursor.fetchall())
            assert "d3adbeef" not in stored
            assert "Dentist" not in stored
    page = words(people.browser(joanne).get(reverse("bookings:outside")))
    assert NAME in page
    assert "d3adbeef" not in page
    assert "Dentist" not in page
    assert "d3adbeef" not in str(list(Event.objects.values()))


def test_a_booked_call_stays_and_is_listed(host, own, case, joanne):
    call = factories.book(case, service="first_talk")
    busy_at(host, call.starts_at)
    read()
    call.refresh_from_db()
    assert call.state == "booked"
    page = words(people.browser(joanne).get(reverse("bookings:outside")))
    assert call.get_absolute_url() in page


def test_failure_is_said_and_what_it_said_before_stays(host, own, practice, case, joanne, monday):
    first = free(practice, case)[0]
    busy_at(host, first)
    read()
    host.answers(host.say(b"", status=404))
    monday.shift(timedelta(minutes=16))
    read()
    assert first not in free(practice, case)
    browser = people.browser(joanne)
    assert "The other side said no." in words(browser.get(reverse("bookings:outside")))
    assert "Your own calendar could not be read." in words(browser.get(reverse("bookings:hours")))
    monday.move_to(first + timedelta(days=3))
    read()
    assert not OutsideBusy.objects.exists()


UNREADABLE = ("DTSTART:20261110T150000Z\nDTEND:banana", "DTSTART:20261111T150000Z\nRRULE:FREQ=NEVER", "SUMMARY:x")


def told(joanne):
    return Reminder.objects.to_person(joanne).filter(kind="bookings.outside_calendar").order_by("version")


def due(joanne):
    """The messages that would go out now."""
    waiting = [row for row in told(joanne).filter(settled_at=None) if row.due_at <= clock.now()]
    still = kind_of("bookings.outside_calendar").still_due(waiting, clock.now())
    return [row for row in waiting if row.pk in still]


def test_entries_that_cannot_be_read_are_counted_shown_and_told_once(host, own, joanne, monday):
    host.answers(host.say(calendar(*UNREADABLE)))
    read()
    said = "3 entries could not be read; times under them may be offered."
    browser = people.browser(joanne)
    for page in ("bookings:outside", "bookings:hours", "bookings:calendar", "pages:today"):
        assert said in words(browser.get(reverse(page))), page
    for _turn in range(3):
        monday.shift(timedelta(minutes=16))
        read()
    assert len(due(joanne)) == told(joanne).count() == 1
    host.answers(host.say(calendar(*UNREADABLE, "DTSTART:20261112T150000Z\nDURATION:x")))
    monday.shift(timedelta(minutes=16))
    read()
    assert [row.version for row in due(joanne)] == [2]
    host.answers(host.say(calendar()))
    monday.shift(timedelta(minutes=16))
    read()
    assert due(joanne) == []
    assert "could not be read" not in words(browser.get(reverse("pages:today")))


def test_a_failure_is_told_when_it_lasts_and_once_each_time(host, own, joanne, monday):
    host.answers(host.say(calendar()))
    read()
    host.answers(host.say(b"", status=404))
    monday.shift(timedelta(minutes=16))
    read()
    browser = people.browser(joanne)
    for page in ("pages:today", "bookings:calendar"):
        assert "Your own calendar could not be read. It was last read on" in text_of(browser.get(reverse(page)))
    assert due(joanne) == []
    for _turn in range(8):
        monday.shift(timedelta(hours=1))
        read()
    assert len(due(joanne)) == 1
    Reminder.objects.filter(pk=due(joanne)[0].pk).update(settled_at=clock.now(), settled_as="sent")
    for _turn in range(8):
        monday.shift(timedelta(hours=1))
        read()
    assert due(joanne) == []
    host.answers(host.say(calendar()))
    monday.shift(timedelta(hours=1))
    read()
    host.answers(host.say(b"", status=404))
    for _turn in range(8):
        monday.shift(timedelta(hours=1))
        read()
    assert [row.version for row in due(joanne)] == [2]


def test_a_failure_that_is_over_is_told_to_nobody(host, own, joanne, monday):
    host.answers(host.say(b"", status=404))
    read()
    host.answers(host.say(calendar()))
    monday.shift(timedelta(hours=2))
    read()
    assert due(joanne) == []


def test_a_calendar_that_was_never_read_is_told_after_an_hour(host, own, joanne, monday):
    host.answers(host.say(b"", status=404))
    read()
    monday.shift(timedelta(minutes=61))
    row = due(joanne)[0]
    message = kind_of(row.kind).words([row], reader_of(("user", str(joanne.pk)), clock.now()), clock.now())[row.pk]
    assert "Nothing of it was read yet" in message.line
    assert NAME not in str(message)
    actions.remove(own, by=Actor.person(joanne))
    assert due(joanne) == []


def test_it_is_read_each_quarter_of_an_hour_and_once(host, own, monday):
    host.answers(host.say(calendar(), ETag='"1"'))
    assert (read(), read()) == (1, 0)
    monday.shift(timedelta(minutes=16))
    host.answers(host.say(b"", status=304))
    assert read() == 1
    assert host.requests[-1][1]["If-None-Match"] == '"1"'
    own.refresh_from_db()
    assert (own.trouble, own.read_at) == ("", clock.now())
    monday.shift(timedelta(days=8))  # the days ahead have moved on: the whole file comes again
    host.answers(host.say(calendar()))
    read()
    assert "If-None-Match" not in host.requests[-1][1]


def test_what_goes_wrong_with_one_leaves_the_others(host, own, joanne, monkeypatch, caplog):
    other = actions.add(joanne, address=f"{ADDRESS}?other", by=Actor.person(joanne))
    tried = []

    def broken(pk):
        tried.append(pk)
        raise KeyError("secret")

    monkeypatch.setattr(actions, "read", broken)
    assert read() == 2
    assert set(tried) == {own.pk, other.pk}
    assert set(OutsideCalendar.objects.values_list("trouble", "claimed_at")) == {("no_calendar", None)}
    assert "secret" not in caplog.text


def test_a_turn_is_short_and_the_next_one_goes_on(host, own, joanne, monkeypatch):
    actions.add(joanne, address=f"{ADDRESS}?other", by=Actor.person(joanne))
    monkeypatch.setattr(actions, "TURN", 0.0)
    assert read() == 0
    monkeypatch.setattr(actions, "TURN", 30.0)
    monkeypatch.setattr(actions, "read", lambda pk: None)
    assert read() == 2


def test_a_worker_that_died_holds_nothing_up(host, own, monday):
    OutsideCalendar.objects.update(claimed_at=clock.now())
    assert read() == 0
    monday.shift(timedelta(minutes=6))
    host.answers(host.say(calendar()))
    assert read() == 1


def test_it_is_not_read_for_one_who_left(host, own, joanne):
    joanne.can_sign_in = False
    joanne.save(update_fields=["can_sign_in"])
    assert read() == 0


def test_with_another_role_or_a_closed_account_it_is_forgotten(own, joanne):
    changes.access_changed(joanne, by=Actor.person(people.person("mara")))
    assert not OutsideCalendar.objects.exists()


def test_removed_all_of_it_is_gone(host, own, practice, case, joanne):
    busy_at(host, free(practice, case)[0])
    read()
    browser = people.browser(joanne)
    assert browser.post(reverse("bookings:remove_outside", args=[own.pk])).status_code == 302
    assert not OutsideCalendar.objects.exists()
    assert not OutsideBusy.objects.exists()
    assert browser.post(reverse("bookings:remove_outside", args=[own.pk])).status_code == 404
    actions.read(own.pk)


def test_the_page_adds_and_refuses_in_words(host, joanne):
    browser = people.browser(joanne)
    page = reverse("bookings:outside")
    assert browser.post(page, {"address": f"webcal://{NAME}/x.ics"}).status_code == 302
    assert OutsideCalendar.objects.get().address == f"https://{NAME}/x.ics"
    assert browser.post(page, {"address": f"https://{NAME}/x.ics"}).status_code == 302
    assert OutsideCalendar.objects.count() == 1
    for wrong in ("", "http://x.org/", "https://me:pw@x.org/", "x" * 3000, "https://x.org:22/"):
        assert browser.post(page, {"address": wrong}).status_code == 422
    for number in range(4):
        browser.post(page, {"address": f"https://{NAME}/{number}.ics"})
    assert "Remove one first" in words(browser.post(page, {"address": f"https://{NAME}/last.ics"}))


def test_an_address_inside_gets_words(host, joanne):
    Network.names["inside.example.org"] = [["10.0.0.1"]]
    actions.add(joanne, address="https://inside.example.org/x.ics", by=Actor.person(joanne))
    read()
    assert OutsideCalendar.objects.get().trouble == "address"
    assert not Network.dialed


def test_only_the_consultant_touches_it(own, joanne):
    amir = people.person("amir")
    with pytest.raises(Refused):
        actions.add(joanne, address=ADDRESS, by=Actor.person(amir))
    with pytest.raises(Refused):
        actions.remove(own, by=Actor.person(amir))
    assert people.browser(amir).post(reverse("bookings:remove_outside", args=[own.pk])).status_code == 404


def test_a_file_that_takes_too_long_is_given_up(host, own, monkeypatch):
    monkeypatch.setattr(actions, "READ_WITHIN", 0.01)
    host.answers(host.say(calendar()))
    read()
    own.refresh_from_db()
    assert own.trouble == "too_much"


def test_the_process_that_reads_has_little_time(host, own):
    """A repeat that every day is asked for a thousand years ago is refused before it is counted through."""
    host.answers(host.say(calendar("DTSTART:10260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY")))
    read()
    own.refresh_from_db()
    assert own.trouble == reading.TOO_MUCH


def test_the_database_refuses_bad_rows(own):
    now = datetime(2026, 11, 9, 14, tzinfo=UTC)
    for change in ({"trouble": "words"}, {"read_at": now, "tried_at": now - timedelta(seconds=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutsideCalendar.objects.filter(pk=own.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutsideBusy.objects.create(calendar=own, consultant=own.consultant, starts_at=now, ends_at=now)


def test_read_again_at_a_press(host, own, practice, case, joanne):
    first = free(practice, case)[0]
    busy_at(host, first)
    read()
    host.answers(host.say(calendar()))
    for _twice in range(2):
        assert people.browser(joanne).post(reverse("bookings:read_outside_again", args=[own.pk])).status_code == 302
    assert "Last read" in words(people.browser(joanne).get(reverse("bookings:outside")))
    assert read() == 1
    assert first in free(practice, case)


# While it is read


@pytest.fixture
def meanwhile(monkeypatch):
    """Something that happens once, after the answer came and before it is kept."""

    def happens(what):
        fetch, todo = net.fetch, [what]

        def then(*args, **kwargs):
            answer = fetch(*args, **kwargs)
            while todo:
                todo.pop()()
            return answer

        monkeypatch.setattr(net, "fetch", then)

    return happens


def at_noon(host, day, **headers):
    """An entry that names no zone: noon where its reader lives."""
    content = calendar(f"SUMMARY:x\nDTSTART:{day:%Y%m%d}T120000\nDURATION:PT1H")
    host.answers(host.say(content, **headers))


@pytest.mark.parametrize("is_unchanged", [False, True])
def test_what_was_understood_in_another_zone_is_read_anew(host, own, practice, joanne, monday, meanwhile, is_unchanged):
    day = clock.now().date() + timedelta(days=8)
    at_noon(host, day, ETag='"1"')
    if is_unchanged:
        read()
        monday.shift(timedelta(minutes=16))
        host.answers(host.say(b"", status=304))
    west, hand = "America/Los_Angeles", Actor.person(joanne)
    meanwhile(lambda: set_zone(practice, time_zone=west, by=hand))
    assert read() == 1
    assert OutsideBusy.objects.count() == is_unchanged
    at_noon(host, day, ETag='"1"')
    assert read() == 1  # with the next turn, not after a quarter of an hour
    assert "If-None-Match" not in host.requests[-1][1]
    assert OutsideBusy.objects.get().starts_at == datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(west))
    assert read() == 0


@pytest.mark.parametrize("is_unchanged", [False, True])
def test_a_press_while_it_is_read_is_answered_by_another_reading(host, own, joanne, monday, meanwhile, is_unchanged):
    host.answers(host.say(calendar(), ETag='"1"'))
    read()
    monday.shift(timedelta(minutes=16))
    if is_unchanged:
        host.answers(host.say(b"", status=304))
    meanwhile(lambda: actions.ask_again(own, by=Actor.person(joanne)))
    assert read() == 1
    host.answers(host.say(calendar(), ETag='"1"'))
    assert read() == 1
    assert "If-None-Match" not in host.requests[-1][1]
    assert read() == 0
