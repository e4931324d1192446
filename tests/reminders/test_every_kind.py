"""Every kind that any room registers, worded for its reader: discreet, the same in both parts, linked only to us."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from bookings import actions as bookings
from bookings.company import actions as company
from bookings.late import actions as late
from bookings.models import Consultation, Service
from bookings.outside import actions as outside
from bookings.outside.models import Trouble
from bookings.stuck import actions as stuck
from bookings.waiting import actions as waiting
from bookings.waiting import notices as waiting_notices
from cases.case.actions import assign, open_case, settle_to_do
from cases.case.corrections import actions as corrections
from cases.case.helping import actions as helping
from cases.case.helping.inviting import actions as inviting
from cases.case.helping.inviting.own_mailbox import name_mailbox
from cases.case.helping.mandates import record_mandate
from cases.case.models import Case
from cases.opinions.deciding import actions as deciding
from cases.records import actions as records
from cases.records.referral import letter_actions
from cases.reviews import actions as reviews
from cases.reviews import opening
from cases.reviews.doctor_note.actions import WRITTEN
from cases.reviews.doctor_note.models import DoctorNote
from cases.reviews.queue import handing
from cases.threads import actions as threads
from cases.threads import answering, digest
from portal import clock, mail
from portal.actors import Actor
from portal.pages import closing_actions, nudges
from portal.pages import erasing_actions as erasing
from portal.reminders import actions as reminders
from portal.reminders import emails, kinds, patterns, rules
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import reader_of
from portal.texts.models import Organisation
from tests import factories, people
from tests.reminders.test_mail import Words
from tests.reviews import world as reading
from tests.world import built, world  # noqa: F401


@pytest.fixture(params=["booked", "canceled"])
def house(world, request):  # noqa: F811
    """The world, with a call of Grace's that stands or was canceled: its messages say other things then.

    A visit of hers took place today, so that its report is asked about; a record of it waits for her, and Ama, who
    helps her, asks us to remind her kindly. Rosa's letter was faxed. Grace and Theo write to each
    other, Joanne is asked to answer, and Theo wants to know each day what waits.
    """
    call = factories.book(Case.objects.get(patient=people.person("grace")))
    visit = factories.case_with_visit(days=0, patient=people.person("grace")).visits.get()
    records.say_took_place(visit, by=Actor.person(people.person("grace")))
    waits = visit.items.get(kind="pathology_report")
    records.tell(waits, "needs_you", need="signature", by=Actor.person(people.person("grace")))
    asked = helping.ask(visit.case, people.person("ama"), by=Actor.person(people.person("theo")))
    helping.agree(asked, chosen="most", by=Actor.person(people.person("grace")))
    inviting.invite(
        visit.case, name="Ben", email="ben@example.org", chosen="dates", by=Actor.person(people.person("grace"))
    )
    begun = open_case(patient_name="Ida Holm", starter=people.person("ama"), by=Actor.person(people.person("ama")))
    name_mailbox(begun, email="ida@example.org", by=Actor.person(people.person("ama")))
    soon = helping.ask(visit.case, people.person("ines"), by=Actor.person(people.person("grace")))
    last = clock.today(visit.case.patient.zone) + dt.timedelta(days=30)
    helping.agree(soon, chosen="dates", until_on=last, by=Actor.person(people.person("grace")))
    theo = Actor.person(people.person("theo"))
    record_mandate(visit.case, people.person("ines"), kind="power", from_on=clock.today(theo.user.zone), by=theo)
    nudges.nudge(visit.case, by=Actor.person(people.person("ama")))
    _write(visit.case)
    _close_and_open()
    _take_time()
    _hand_over()
    fax = letter_actions.ask_to_fax(Case.objects.get(pk=world["case"]), "refer", by=Actor.person(people.person("rosa")))
    settle_to_do(fax, by=Actor.person(people.person("theo")))
    _be_late()
    _wait()
    _read_elsewhere()
    _sit_in(call)
    _put_right()
    erasing.ask(factories.open_case(people.person("grace")), by=Actor.person(people.person("grace")))
    _write_to_primary_doctor(DoctorNote.objects.get())
    if request.param == "canceled":
        bookings.cancel(call, by=Actor.person(call.patient))


def _close_and_open() -> None:
    """A case of Grace's that Joanne read, closed and opened again."""
    theo, case = Actor.person(people.person("theo")), factories.open_case(people.person("grace"))
    assign(case, people.person("joanne"), why="taking", by=theo)
    closing_actions.reopen_case(closing_actions.close_case(case, "asked", by=theo), by=theo)


def _take_time() -> None:
    """Grace wants more time in a case, and to be asked again in ten days."""
    grace = Actor.person(people.person("grace"))
    again = clock.today(grace.user.zone) + dt.timedelta(days=10)
    deciding.decide(factories.open_case(grace.user), choice="time", check_in_on=again, by=grace)


def _put_right() -> None:
    """Something of Grace's was wrong, and is corrected."""
    grace, theo = Actor.person(people.person("grace")), Actor.person(people.person("theo"))
    asked = corrections.ask(factories.open_case(grace.user), about="me", words="My name has one n.", by=grace)
    corrections.answer(asked, outcome="corrected", words="Put right.", by=theo)


def _write_to_primary_doctor(note: DoctorNote) -> None:
    """The world's note waits for its patient's choice."""
    until = clock.now() + dt.timedelta(days=3)
    wait = {"recipient": note.case.patient, "due_at": clock.now(), "useful_until": until, "case": note.case}
    reminders.plan(WRITTEN, note, version=note.version, **wait)


def _sit_in(call: Consultation) -> None:
    """Ben, who has no account, sits in on a call of Grace's."""
    grace = Actor.person(call.patient)
    company.name(call, called="Ben", email="ben@example.org", phone="", how="", by=grace)


def _be_late() -> None:
    """A call of Grace's for which both she and Joanne are late, and neither gets in."""
    call = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    with time_machine.travel(call.starts_at - dt.timedelta(minutes=10), tick=False):
        late.say_late(call, 10, by=Actor.person(call.consultant))
        late.say_late(call, 5, by=Actor.person(call.patient))
        stuck.say_stuck(call, by=Actor.person(call.consultant))
        stuck.say_stuck(call, by=Actor.person(call.patient))


def _wait() -> None:
    """Grace would like an earlier time with Joanne, and one got free."""
    now, grace = clock.now(), Actor.person(people.person("grace"))
    service, until = Service.objects.get(code="first_talk"), clock.today(grace.user.zone) + dt.timedelta(days=20)
    wished = {"service": service, "consultant": people.person("joanne"), "weekdays": range(7), "until_on": until}
    wish = waiting.ask(factories.open_case(grace.user), **wished, by=grace)
    waiting_notices.plan_telling(wish, now + dt.timedelta(days=10), None, now)


def _read_elsewhere() -> None:
    """A calendar of Joanne's elsewhere that cannot be read."""
    joanne = people.person("joanne")
    made = outside.add(joanne, address="https://calendar.example.org/secret.ics", by=Actor.person(joanne))
    outside._keep_trouble(made.pk, Trouble.TOO_MUCH)


def _hand_over() -> None:
    """A plan of Grace's that Amir began to read, and handed over to Joanne: he is away."""
    case = factories.open_case(people.person("grace"))
    reading.plan(case)
    review = reviews.take(opening.ask_for_reading(case, by=reading.by("grace")), by=reading.by("amir"))
    handing.hand_over(review, people.person("joanne"), by=reading.by("amir"))


def _write(case: Case) -> None:
    theo, joanne = people.person("theo"), people.person("joanne")
    assign(case, joanne, why="booking", by=Actor.person(theo))
    threads.send(case, "Hello.", by=Actor.person(theo))
    threads.send(case, "Hello.", by=Actor.person(people.person("grace")))
    answering.assign(case, joanne, due_on=clock.today(theo.zone), by=Actor.person(theo))
    theo.wants_digest = True
    theo.save(update_fields=["wants_digest"])
    digest.plan_digests(clock.now())


CODES = [kind.code for kind in kinds.all_kinds() if not kind.code.startswith("tests.")]


NOT_FOR_PATIENTS = {
    "desk.chase", "desk.page", "desk.primary", "desk.remind", "desk.report", "desk.second",
    "bookings.told_consultant", "bookings.patient_late", "bookings.patient_stuck", "bookings.outside_calendar",
    "documents.new_plan",
    "records.safe_by", "records.check_it_opens", "reminders.missed",
    "reminders.wording_unfit", "documents.store_astray", "threads.yours", "threads.digest",
    "house.record_broken", "house.backup_unproved", "house.line_red", "house.line_green", "urgent.watched",
}  # fmt: skip


def rows_for(code):
    """A row of this kind out of the world; for one that is rare, a row about each thing its room reminds of."""
    found = Reminder.objects.filter(kind=code).order_by("due_at").first()
    if found:
        return [found]
    same_room = Reminder.objects.filter(kind__startswith=code.split(".")[0]).order_by("due_at")
    return [
        Reminder(
            kind=code, about_type=row.about_type, about_id=row.about_id, version=row.version, case_id=row.case_id,
            recipient_type=row.recipient_type, recipient_id=row.recipient_id, due_at=row.due_at,
            useful_until=row.useful_until, message_class=kinds.kind_of(code).message_class,
        )
        for row in same_room or [missed()]
    ]  # fmt: skip


def missed():
    return Reminder(
        recipient_type="role", recipient_id="coordinator", about_id=uuid.uuid4(), about_type="reminders.day", version=1
    )


def reader_for(row):
    recipient = row.recipient if row.recipient_type == "user" else ("user", str(people.person("theo").pk))
    return reader_of(recipient, clock.now())


def worded(code):
    """(words, row, reader) of a kind; KeyError when it can word nothing of the world."""
    for row in rows_for(code):
        reader = reader_for(row)
        try:
            with translation.override(reader.language), timezone.override(reader.zone):
                return emails.words_of([row], reader, clock.now())[row.pk], row, reader
        except KeyError:
            continue
    raise KeyError(code)


@pytest.mark.full
def test_its_words_tell_a_bystander_nothing(house):
    for code in CODES:
        words, _row, _reader = worded(code)
        said = [words.subject, words.lead, words.line, words.question, words.question_hint, words.action_label]
        told = {text: rules.clinical_words(text) for text in [*said, words.path] if rules.clinical_words(text)}
        assert told == {}, code
        assert 0 < len(words.subject) <= 60, code


@pytest.mark.full
def test_what_patients_read_can_be_reworded(house):
    """Every kind that goes to patients and helpers has its words where administrators find them."""
    assert {code for code in CODES if not kinds.kind_of(code).patterns} == NOT_FOR_PATIENTS
    known = {None, *patterns.all_patterns()}
    assert {worded(code)[0].pattern for code in CODES} <= known


def test_its_question_can_be_answered(house):
    asking = {code for code in CODES if worded(code)[0].question}
    assert asking == {code for code in CODES if kinds.kind_of(code).answer is not None}


@pytest.mark.full
def test_its_mail_says_the_same_twice_and_links_only_to_us(house):
    for code in CODES:
        says_the_same_twice_and_links_only_to_us(code)


def says_the_same_twice_and_links_only_to_us(code):
    _words, row, reader = worded(code)
    delivery = Delivery(
        recipient_type=reader.type, recipient_id=reader.id, message_class=row.message_class or "notice",
        message_id="<x@example.org>",
    )  # fmt: skip
    _subject, raw = emails.compose(delivery, [row], reader, clock.now())
    kept = mail.read(raw)
    assert " ".join(kept.plain.split()) == Words(kept.html).all(), code
    links = re.findall(r"https?://\S+", kept.plain)
    assert all(link.startswith(settings.PORTAL_ORIGIN + "/") for link in links), code
    assert [name for name, _type, _content in kept.attachments if not name.endswith(".ics")] == []


def test_rooms_have_registered_their_kinds():
    assert {code.split(".")[0] for code in CODES} >= {"bookings", "records", "summary", "reminders"}


@pytest.mark.full
@pytest.mark.parametrize("person", ["patient", "helper"])
def test_a_persons_page_asks_few_questions_of_whatever_kinds_its_rows_are(house, world, person):  # noqa: F811
    """As if a row of each kind for a person were theirs: every room is asked."""
    Organisation.objects.create(from_at=clock.now(), phone="416 555 0100")  # a house has its facts
    who = people.person({"patient": "rosa", "helper": "ines"}[person])
    each = Reminder.objects.unsettled().filter(recipient_type="user").order_by("kind").distinct("kind")
    kept = [row.pk for row in each.exclude(kind__in=NOT_FOR_PATIENTS)]
    Reminder.objects.exclude(pk__in=kept).delete()
    Reminder.objects.filter(pk__in=kept).update(recipient_id=str(who.pk), case_id=world["case"])
    assert len(kept) >= 15
    browser, address = world.client(person), reverse("pages:ledger", args=[world["case"]])
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).context["coming"]
    assert len(asked) <= 15
