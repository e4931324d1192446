"""Attacks beside the table of pages: another's ids in one's own forms, a role or account that changes under an open
page, pages that ask by themselves, forms without words, names that turn or break a line.
"""

import datetime as dt
import email
import functools
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from icalendar import Calendar

from bookings.company import actions as company
from bookings.company.models import Companion
from bookings.models import Consultation
from cases.case.actions import end_assignment
from cases.case.models import Case
from portal import mail
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.history.models import Event
from portal.lines import TURNING
from tests import people
from tests.hostile_shapes import FORM, body
from tests.pages_table import PAGES
from tests.test_access import KEPT_IN, LOGIN, address_of, ask, expected, in_lines, outcome, walk
from tests.test_fuzz import Site
from tests.world import NAMES

# What belongs to Rosa alone: no row of another case may name one of these.
HERS = (
    "document", "version", "visit", "item", "released_item", "release", "letter", "review", "summary", "consultation",
    "hold", "talk", "question", "point", "message", "consent", "second", "office_link", "case", "asking", "correction",
    "joined", "page_image", "todo", "other_helper", "invite", "doctor_note", "reminder", "sentence", "office",
    "asked_hold", "departure", "urgent_look", "incoming", "filed_paper", "fax", "mandate", "cover",
)  # fmt: skip
OWN_KEYS = {("threads_message", "send_id")}  # a press's own id, which counts beside its author alone


@pytest.fixture
def site(world):
    site = Site(world)
    yield site
    site.close()


def naming(keys: list[uuid.UUID]) -> Counter:
    """How many rows name one of these ids, column by column. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE data_type = 'uuid' AND table_schema = 'public'"
        )
        columns = [row for row in cursor.fetchall() if row[0].startswith(KEPT_IN) and row not in OWN_KEYS]
        counts = (f"SELECT '{t}', '{c}', count(*) FROM {t} WHERE {c} = ANY(%(keys)s)" for t, c in columns)  # noqa: S608
        cursor.execute(" UNION ALL ".join(counts), {"keys": keys})
        return Counter({(table, column): count for table, column, count in cursor.fetchall() if count})


def is_id(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


@walk
@pytest.mark.full
@pytest.mark.timeout(900)
def test_ones_own_form_reaches_nobody_elses_row(site, world):
    """Grace sends to her own case what Rosa's page would send, with each of Rosa's ids where an id or nothing stood."""
    own, client, wrong = Case.objects.get(patient=people.person("grace")).pk, world.client("other_patient"), []
    client.raise_request_exception = False
    keys = [world[name] for name in HERS]
    before = naming(keys)
    for name in [name for name, page in PAGES.items() if page.args == ("case",) and page.posts]:
        fields = site.fields(name)
        for key in keys:
            put = {each: [str(key)] if not said[0] or is_id(said[0]) else said for each, said in fields.items()}
            with transaction.atomic():
                status = client.generic("POST", reverse(name, args=[own]), body(put), FORM).status_code
                more = naming(keys) - before
                transaction.set_rollback(True)
            if more or status == 500:
                wrong.append((name, HERS[keys.index(key)], status, dict(more)))
    assert not wrong, in_lines(wrong)


# Who became what under a session that nobody ended, and whose pages are theirs since.
BECAME = [
    ("assigned", "", "past_helper"),
    ("assigned", "coordinator", "coordinator"),
    ("second_reader", "", "past_helper"),
    ("urgent_reader", "administrator", "administrator"),
    ("coordinator", "consultant", "unassigned"),
    ("coordinator", "administrator", "administrator"),
    ("administrator", "", "past_helper"),
]


@walk
@pytest.mark.full
@pytest.mark.parametrize(("person", "role", "like"), BECAME)
def test_another_role_shuts_what_the_former_opened(person, role, like, world):
    client, wrong = world.client(person), []
    User.objects.filter(pk=people.person(NAMES[person]).pk).update(role=role)
    for name, page in PAGES.items():
        if page.posts != "only" and page.is_ours:
            got = outcome(ask(client, "get", name, world))
            if got == "opens" and got != expected(name, like):
                wrong.append((name, got))
    assert not wrong, in_lines(wrong)


@walk
@pytest.mark.full
@pytest.mark.parametrize("person", ["patient", "helper", "assigned", "second_reader", "urgent_reader", "coordinator"])
def test_a_closed_account_opens_nothing_under_an_open_page(person, world):
    client, wrong = world.client(person), []
    User.objects.filter(pk=people.person(NAMES[person]).pk).update(can_sign_in=False)
    for name, page in PAGES.items():
        if page.is_ours and "anonymous" not in page.who and not page.by_link:
            method = "post" if page.posts == "only" else "get"
            if (got := outcome(ask(client, method, name, world))) != "sign in":
                wrong.append((name, got))
    assert not wrong, in_lines(wrong)


# What an open page asks for by itself, and with which words behind the question mark.
POLLED = {
    "threads:news": {"upto": "0", "shown": "0", "heard": "0"},
    "bookings:call": {},
    "documents:detail": {"mark": "made-up"},
    "documents:add_plan": {"mark": "made-up", "told": "1"},
}
HTMX = {"HX-Request": "true"}


def polled(client, name: str, world, **more: str):
    return client.get(address_of(name, world), POLLED[name] | more, headers=HTMX)


@walk
@pytest.mark.parametrize("name", ["threads:news", "bookings:call", "documents:detail"])
def test_a_page_that_asks_by_itself_is_shut_when_the_place_ends(name, world):
    joanne, client = people.person("joanne"), world.client("assigned")
    assert polled(client, name, world).status_code < 300
    call = Consultation.objects.get(pk=world["consultation"])
    Consultation.objects.filter(pk=call.pk).update(state=Consultation.State.COMPLETED)
    end_assignment(Case.objects.get(pk=world["case"]), joanne, by=SYSTEM)
    answer = polled(client, name, world)
    assert answer.status_code == 404 or name == "bookings:call"  # her own call stays hers


@walk
@pytest.mark.parametrize("name", sorted(POLLED))
def test_a_page_that_asks_by_itself_moves_to_sign_in_when_the_account_is_closed(name, world):
    client = world.client("patient")
    assert polled(client, name, world).status_code < 300
    User.objects.filter(pk=people.person("rosa").pk).update(can_sign_in=False)
    answer = polled(client, name, world)
    assert LOGIN in answer.headers["HX-Redirect"]
    assert not answer.content


@walk
@pytest.mark.parametrize("name", sorted(POLLED))
def test_asking_by_itself_again_writes_nothing(name, world):
    client = world.client("coordinator")
    polled(client, name, world)
    lines = Event.objects.count()
    for said in ("made-up", "\0", "\u202e" * 500, "-1", "9" * 30):
        assert polled(client, name, world, **dict.fromkeys(POLLED[name], said)).status_code in {200, 204, 400, 404, 422}
    assert Event.objects.count() == lines


LOOKS = (".seen", ".opened", ".read", ".looked", ".previewed", ".briefed", ".list_taken", ".searched")


@walk
@pytest.mark.full
def test_a_form_without_words_that_shows_nothing_is_no_look(world):
    """Who reads the record finds no look there that showed nothing."""
    client_of, wrong = functools.cache(world.client), []
    for name, page in PAGES.items():
        if not page.posts or not page.is_ours:
            continue
        for person in {page.owner, *(page.who & {"coordinator", "assigned", "helper"})}:
            last: Any = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
            with transaction.atomic():
                status = client_of(person).post(address_of(name, world), {}).status_code
                said = Event.objects.filter(pk__gt=last).values_list("verb", flat=True)
                looks = [verb for verb in said if verb.endswith(LOOKS)]
                transaction.set_rollback(True)
            if looks and status not in {200, 409, 422}:
                wrong.append((name, person, status, looks))
    assert not wrong, in_lines(wrong)


EVIL = "Rosa\u202egnp.exe\u2066\r\nBCC: evil@example.net\r\n" + "x" * 300


def test_a_header_neither_breaks_nor_turns():
    raw = mail.compose(
        mail.Mail(
            to="rosa@example.org", subject=EVIL, plain=EVIL, html="<p>x</p>", sender_name=EVIL, message_id="<a@b>",
            at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC), headers={"X-Reminder-Key": EVIL},
            attachments=((EVIL, "text/calendar", b"x"),),
        )
    )  # fmt: skip
    made = mail.read(raw)
    assert not TURNING & set(made.subject + made.sender)
    assert len(made.subject) <= 200
    assert email.message_from_bytes(raw)["Bcc"] is None


@walk
def test_a_companion_with_a_hostile_name_has_one_line_that_turns_nowhere(world):
    call = Consultation.objects.get(pk=world["consultation"])
    company.remove(Companion.objects.get(call=call, ended_at=None), by=Actor.person(call.patient))
    named = company.name(call, called=EVIL[:100], email="ben@example.org", by=Actor.person(call.patient))
    named.refresh_from_db()
    assert named.name.startswith("Rosagnp.exe BCC:")
    assert not TURNING & set(named.name)
    entry = world.client("patient").get(address_of("bookings:calendar_file", world))
    assert not TURNING & set(entry.content.decode())
    assert Calendar.from_ical(entry.content).walk("VEVENT")[0].get("BCC") is None


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "called"])
def test_a_name_turns_nowhere(field):
    rosa = people.person("rosa")
    setattr(rosa, field, EVIL[:50])
    rosa.save()
    rosa.refresh_from_db()
    assert getattr(rosa, field).startswith("Rosagnp.exe BCC:")
