"""One case with everything around it, and the people who may and may not see it."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bookings import actions as booking_actions
from bookings import asking, availability, availability_actions, feeds
from bookings.closed import actions as closed
from bookings.company import actions as company
from bookings.company import links as company_links
from bookings.models import Practice, Service
from bookings.outside import actions as outside
from cases.case.actions import add_office, assign, set_clinician
from cases.case.authority_actions import sign_authority
from cases.case.away import actions as aways
from cases.case.corrections import actions as corrections
from cases.case.helping import actions as helping
from cases.case.helping.inviting import actions as inviting
from cases.case.helping.inviting.links import path_of
from cases.case.helping.models import Mandate
from cases.case.left import actions as left
from cases.case.models import Case, Consent, Office
from cases.case.second import actions as second_actions
from cases.case.signatures import Signature, SignedHow, drawing
from cases.case.urgent import actions as urgent
from cases.desk.fax.models import Fax
from cases.desk.letters import actions as letters
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.desk.models import OfficeLink
from cases.documents.describing.actions import say_kind
from cases.documents.joining import actions as joining
from cases.documents.models import PageImage
from cases.opinions.comparing import actions as comparing
from cases.opinions.questions import actions as questions
from cases.opinions.talk import actions as talks
from cases.records import actions as records
from cases.records.models import RecordItem
from cases.records.release import actions as release_actions
from cases.records.release import form as release_form
from cases.records.release.form import Details
from cases.records.report.passing import SECOND_REPORT
from cases.reviews import actions as reviews
from cases.reviews import opening
from cases.reviews.asking import actions as askings
from cases.reviews.colleague import actions as colleague
from cases.reviews.ending.actions import end_over
from cases.reviews.models import DoctorNote, Review
from cases.reviews.notes.actions import add_note
from cases.reviews.sentences import actions as sentences
from cases.threads import actions as threads
from portal import clock
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import actions as page_actions
from portal.pages.month.actions import count_finished
from portal.reminders import links, muting, sender
from portal.reminders.models import Delivery, Reminder
from tests import factories, people, plan_files
from tests.case.test_signatures import png
from tests.desk import papers
from tests.documents import files as put_in
from tests.records import want_builders
from tests.reviews import world as reading

MORNING = dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)  # Tuesday, 10 am in Toronto: messages may go
OUTSIDE = "https://calendar.example.org/secret/joanne.ics"
NAMES = {
    "patient": "rosa",
    "other_patient": "grace",
    "starter": "ama",
    "helper": "ines",
    "dates_only": "bea",
    "past_helper": "egon",
    "assigned": "joanne",
    "unassigned": "amir",
    "past_assigned": "odd",
    "second_reader": "vera",
    "urgent_reader": "liv",
    "coordinator": "theo",
    "administrator": "mara",
    "unready": "nils",
}


@dataclass
class World:
    """Things by name, for the arguments of addresses; browsers by person."""

    things: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.things[name]

    def client(self, person: str) -> Client:
        if person == "anonymous":
            return people.browser()
        if person == "unverified":
            return people.unverified()
        if person == "disabled":
            return people.disabled()
        if person == "office":
            return self._at_its_desk()
        client = people.browser(people.person(NAMES[person]))
        client.post(reverse("accounts:stay"))  # the session begins here, not anew in each request that is undone
        return client

    def _at_its_desk(self) -> Client:
        """A browser in which the holder's and the second doctor's office have opened their pages."""
        client = people.browser()
        for name in ("office_link", "second_link", "primary_link"):
            code = codes.paper_code(OfficeLink.objects.get(pk=self[name]))
            client.post("/o/", {"code": code, "born": "5 2 1961"})
        return client


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, made once for a module's tests; each of them undoes what it does."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        from django.conf import settings

        patch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
        with time_machine.travel(MORNING), transaction.atomic():
            yield make_world()
            transaction.set_rollback(True)


@pytest.fixture
def world(built, db) -> World:
    return built


@pytest.fixture
def at_one_moment(world):
    """A walk over every address takes no time: sessions neither grow old in it nor write down that they were used."""
    with time_machine.travel(clock.now(), tick=False):
        yield


def make_world() -> World:
    """Rosa's case, begun by Ama for her, with Joanne as its consultant; others have cases of their own."""
    for key in people.CAST:
        people.person(key)
    rosa, joanne, mara = people.person("rosa"), people.person("joanne"), people.person("mara")
    case = factories.open_case(rosa, starter=people.person("ama"))
    grace = people.person("grace")
    page_actions.rest_until(
        factories.open_case(grace), clock.today(grace.zone) + dt.timedelta(days=5), by=Actor.person(grace)
    )
    things: dict[str, Any] = {"case": case.pk, "number": 1, "other_consultant": people.person("amir").pk}
    things["consultant"] = people.person("joanne").pk
    things["patient_pk"] = case.patient_id
    things["starter_pk"] = case.starter_id
    things |= _report(grace) | _words() | _visit(case) | _talk(case) | _signed(case) | _asked(case)
    things |= _plan(case) | _hold(case)
    things["consent"] = Consent.objects.get(case=case, kind=Consent.Kind.READ, consultant=joanne).pk
    words = "My birth date is the 28th."
    things["departure"] = left.tell(case, people.person("amir"), by=Actor.person(mara)).pk
    things["correction"] = corrections.ask(case, about="me", words=words, by=Actor.person(rosa)).pk
    things["todo"] = page_actions.ask_for_a_call(case, by=Actor.person(rosa)).pk
    invitation = accounts.invite(name="Otto Beck", email="otto@example.org", role="consultant", by=Actor.person(mara))
    things |= _papers(case) | _helping(case) | _thread(case)
    things |= _away(case, joanne)
    things |= _second(case)
    _past_call(case)
    why = "Joanne fell ill an hour before the call."
    things["urgent_look"] = urgent.begin(case, why, by=Actor.person(people.person("liv"))).pk
    things |= {"invitation": invitation.pk, "invitation_token": accounts.token_of(invitation)}
    count_finished(clock.now() + dt.timedelta(days=31))
    return World(things | _messages(case))


def _past_call(case: Case) -> None:
    """Odd talked with Rosa, who let him read; a month later his place ended by itself."""
    with clock.lived_at(clock.now() - dt.timedelta(days=40)):
        call = reading.talk(case, people.person("odd"), days=2)
    booking_actions.complete(call, by=Actor.person(people.person("odd")))
    assert end_over(clock.now()) == 1


def _helping(case: Case) -> dict[str, Any]:
    """Grace was asked about, and a paper names her: neither opens anything without Rosa's yes."""
    grace, theo = people.person("grace"), people.person("theo")
    helper = helping.ask(case, grace, by=Actor.person(theo))
    today = clock.today(grace.zone)
    mandate = Mandate.objects.create(
        case=case, person=grace, kind="power", from_on=today, recorded_at=clock.now(), recorded_by=theo
    )
    _agreed(case, "bea", "dates")
    with clock.lived_at(clock.now() - dt.timedelta(days=30)):
        _agreed(case, "egon", "acts", until_on=clock.today(case.patient.zone) + dt.timedelta(days=20))
    asked = inviting.invite(
        case, name="Olu Adu", email="olu@example.org", chosen="dates", by=Actor.person(case.patient)
    )
    token = path_of(asked).split("/")[2]
    return {"other_helper": helper.pk, "mandate": mandate.pk, "invite": asked.pk, "invite_token": token}


def _agreed(case: Case, key: str, chosen: str, **wish: Any) -> None:
    by = Actor.person(case.patient)
    helper = helping.ask(case, people.person(key), by=by)
    helping.agree(helper, chosen=chosen, by=by, **wish)


def _away(case: Case, joanne: User) -> dict[str, Any]:
    """Amir is away and Joanne stands in: she has read for Rosa before, and still does."""
    amir, theo = people.person("amir"), people.person("theo")
    today = clock.today(amir.zone)
    by = Actor.person(theo)
    said = aways.say_away(amir, from_on=today, until_on=today + dt.timedelta(days=9), stands_in=joanne, by=by)
    assign(case, amir, why="booking", by=by)
    cover = aways.hand_over(said, case, by=by)
    return {"away": said.pk, "cover": cover.pk}


def _second(case: Case) -> dict[str, Any]:
    """Vera reads along for Joanne, and has written a note; Rosa said yes."""
    vera, joanne = people.person("vera"), Actor.person(people.person("joanne"))
    days = second_actions.last_days()
    words = {"question": "Is the order of the two parts usual?", "why": "A second pair of eyes on your plan."}
    second = second_actions.ask(case, vera, **words, until_on=days[2], by=joanne)
    second = second_actions.agree(second, by=Actor.person(vera))
    second_actions.let_read(second, True, by=Actor.person(case.patient))
    review = Review.objects.get(case=case)
    note = colleague.add_note(second, review, page=1, words="See the second area.", by=Actor.person(vera))
    return {"second": second.pk, "second_note": note.pk}


def _words() -> dict[str, str]:
    """Arguments that are words of the address itself."""
    verbs = {"document_verb": "hide", "visit_verb": "cancel", "item_verb": "asked", "referral_verb": "asked"}
    verbs |= {"report_verb": "asked", "release_verb": "take-back", "talk_verb": "cancel", "office_talk_verb": "time"}
    verbs |= {"link_verb": "new-code", "question_verb": "ticked", "point_verb": "remove"}
    verbs["kind"] = "slides"
    verbs["second_verb"] = "yes"
    verbs["sentence_verb"] = "down"
    verbs["message_verb"] = "take-back"
    verbs |= {"report_verb": "asked", "release_verb": "take-back"}
    verbs |= {"kind": "slides", "letter_kind": "records", "letter_how": "posted", "fax_said": "arrived"}
    verbs["wording_code"] = "bookings.day_before"
    return {"about_slug": "scope", "draft_form": "review", "change_verb": "close", "summary_part": "steps", **verbs}


def _visit(case: Case) -> dict[str, Any]:
    """A second visit in six weeks, with its records laid out."""
    by = Actor.person(case.patient)
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Northfield Medical Center", by=by)
    on = clock.today(case.patient.zone) + dt.timedelta(days=42)
    records.set_visit_date(visit, on=on, at=dt.time(14, 30), by=by)
    office = Office.objects.get(for_case=case)
    records.set_due_back(RecordItem.objects.get(visit=visit, kind="slides"), on=on + dt.timedelta(days=28), by=by)
    return {"visit": visit.pk, "office": office.pk, "item": RecordItem.objects.filter(visit=visit).first().pk}


def _talk(case: Case) -> dict[str, Any]:
    """A talk with a specialist of her choice, a week after the visit, and what she wants to ask."""
    by, on = Actor.person(case.patient), clock.today(case.patient.zone) + dt.timedelta(days=49)
    talk = talks.arrange(case, doctor="Dr. Abara", office_name="Elm Street", on=on, at=dt.time(9, 20), by=by)
    talks.change_agenda(talk, questions=["Is a smaller operation possible?"], points=["Time"], seen_at=None, by=by)
    question = questions.add(case, text="How long can I take to decide?", by=by)
    point = comparing.add(case, topic="suggests", text="Remove the lump.", pages={"second": (2, None)}, by=by)
    return {"talk": talk.pk, "question": question.pk, "point": point.pk}


def _signed(case: Case) -> dict[str, Any]:
    """A clinic that may send its notes, and that we may ask about records: both drawn by hand."""
    by = Actor.person(case.patient)
    notes = RecordItem.objects.get(visit__case=case, kind="clinic_notes")
    notes = records.set_holder(notes, office_name="Lakeside Cancer Clinic", by=by)
    drawn = Signature(SignedHow.DRAWN, drawing(png()))
    form = release_form.of(notes.visit, notes.holder, clock.now())
    details = Details(born_on=dt.date(1961, 5, 2))
    release = release_actions.sign(
        notes.visit, notes.holder, drawn, details=details, until_on=form.until_on, seen=form.code, by=by
    )
    sign_authority(case, drawn, version=1, by=by)
    letter = letters.make("records", notes, by=by)
    theo = people.person("theo")
    fax = Fax.objects.create(letter=letter, number="14165550132", asked_at=clock.now(), asked_by=theo)
    want_builders.put_in(notes)
    things = {"released_item": notes.pk, "release": release.pk, "letter": letter.pk, "fax": fax.pk}
    return things | _links(notes)


def _links(notes: RecordItem) -> dict[str, Any]:
    """The pages of the clinic that has the notes, and of the second doctor's office."""
    by = Actor.person(people.person("theo"))
    link = link_for(notes.visit, notes.holder, by=by)
    second = link_for(notes.visit, notes.visit.office, by=by)
    return {"office_link": link.pk, "second_link": second.pk, "office_token": codes.mailed_token(link)}


def _report(grace: User) -> dict[str, Any]:
    """The page of a primary doctor's office: Grace's visit took place today, and its report is with us as a file."""
    by, staff = Actor.person(grace), Actor.person(people.person("theo"))
    grace.birth_date = dt.date(1961, 5, 2)
    grace.save(update_fields=["birth_date"])
    case = Case.objects.get(patient=grace)
    elm = add_office(case, name="Elm Street", by=by)
    set_clinician(case, "primary", name="Dr. Abara", office=elm, by=by)
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Northfield Medical Center", by=by)
    visit = records.set_visit_date(visit, on=clock.today(visit.zone), by=by)
    visit = records.say_took_place(visit, by=by)
    sign_authority(case, Signature(SignedHow.TYPED, grace.name), version=1, by=by)
    talk = talks.arrange(case, role="primary", on=clock.today(visit.zone) + dt.timedelta(days=7), by=by)
    talk = talks.change_agenda(talk, questions=["How long can I wait?"], points=[], seen_at=None, by=by)
    talks.show_agenda(talk, True, by=by)
    version = put_in.read(case, "report.pdf", plan_files.pdf(pages=2))
    say_kind(version.document, SECOND_REPORT, by=by)
    return {"primary_link": link_for(visit, elm, by=staff).pk, "report_version": version.pk}


def _doctor_note(talk: Any) -> DoctorNote:
    """What Joanne wrote for the primary doctor; the call is still to come in this world, so the row is made here."""
    note = DoctorNote(call=talk, written_at=clock.now(), written_by=talk.consultant)
    note.words = "The second area was not sampled yet."
    note.save(force_insert=True)
    return note


def _plan(case: Case) -> dict[str, Any]:
    """A plan that was read, with a note on its first page, and the summary that was shared."""
    joanne = Actor.person(people.person("joanne"))
    version = reading.plan(case)
    talk = reading.talk(case, people.person("joanne"))
    opening.open_due_reviews(clock.now())
    review = reviews.take(Review.objects.get(case=case), by=joanne)
    asking = askings.ask(review, kind="copy", page=2, words="The left edge is cut off.", by=joanne)
    reading.look_for_all(reading.write(review))
    add_note(review, page=1, place="top", words="Ask about the second area.", by=joanne)
    summary = reviews.share(Review.objects.get(pk=review.pk), is_ticked=True, by=joanne)
    sentence = sentences.add(part="plain", title="Pause", text="Take your time.", pk=uuid.uuid4(), by=joanne)
    found = {
        "sentence": sentence.pk,
        "asking": asking.pk,
        "review": review.pk,
        "summary": summary.pk,
        "consultation": talk.pk,
        "companion_token": company_links.token_of(company.name(talk, called="Ben Adu", by=Actor.person(case.patient))),
        "doctor_note": _doctor_note(talk).pk,
    }
    locked = put_in.checked(case, "locked.pdf", plan_files.locked_pdf())
    found |= {"locked_version": locked.pk, "page_image": PageImage.objects.filter(version=version).first().pk}
    photos = [
        put_in.added(case, f"{shade}.jpg", plan_files.photo(is_dark=shade)).document_id for shade in (True, False)
    ]
    found["joined"] = joining.join(case, photos, by=Actor.person(case.patient)).pk
    return found | {"document": version.document_id, "version": version.pk}


def _thread(case: Case) -> dict[str, Any]:
    """A question of Rosa's, which waits for an answer, and a note of the team."""
    message = threads.send(case, "How do the slides travel?", by=Actor.person(case.patient))
    threads.note(case, "Rang the lab.", by=Actor.person(people.person("theo")))
    return {"message": message.pk}


def _papers(case: Case) -> dict[str, Any]:
    """A fax of two pages that waits in the tray, and a letter that was filed with the case."""
    paper = papers.read(plan_files.pdf(pages=2))
    filed = papers.filed_letter(case)
    return {"incoming": paper.pk, "incoming_page": paper.page_images.first().pk, "filed_paper": filed.document_id}


def _asked(case: Case) -> dict[str, Any]:
    """A time that Inés, who helps, chose before Rosa had accepted what calls are; Rosa books another one since."""
    _agreed(case, "ines", "most")
    by, practice = Actor.person(people.person("ines")), factories.open_hours()
    service = Service.objects.get(code="first_talk")
    start = availability.free_starts(case, practice, service, clock.now())[-1]
    wish = {"case": case, "consultant": practice.consultant, "service": service, "starts_at": start, "how": "phone"}
    return {"asked_hold": asking.ask(booking_actions.hold(**wish, by=by), by=by).pk}


def _hold(case: Case) -> dict[str, Any]:
    """A time that Rosa keeps for half an hour, and a holiday of Joanne's."""
    kept = factories.hold(case, service="first_talk")
    away = clock.now().date() + dt.timedelta(days=60)
    joanne = people.person("joanne")
    practice = Practice.objects.get(consultant=joanne)
    availability_actions.add_time_off(practice, from_on=away, until_on=away, by=Actor.person(joanne))
    availability_actions.add_extra_hours(
        practice, on_date=away, from_time=dt.time(18), until_time=dt.time(19), by=Actor.person(joanne)
    )
    return {
        "hold": kept.pk,
        "time_off": practice.time_off.get().pk,
        "closed_day": closed.close_day(region="CA-YT", on_date=away, by=Actor.person(people.person("mara"))).pk,
        "extra_hours": practice.extra_hours.get().pk,
        "outside_calendar": outside.add(joanne, address=OUTSIDE, by=Actor.person(joanne)).pk,
        "feed_token": feeds.make(case.patient, by=Actor.person(case.patient)),
    }


def _messages(case: Case) -> dict[str, Any]:
    """A message that went to Rosa, and a reminder that is to come and can be answered."""
    with clock.lived_at(MORNING + dt.timedelta(hours=23, minutes=10)):  # messages are gathered at 9 am
        sender.run()
    delivery = Delivery.objects.filter(recipient_id=case.patient_id).first()
    coming = Reminder.objects.unsettled().filter(recipient_id=case.patient_id).order_by("due_at").first()
    mute = muting.mute(people.person("grace"), "records.chase", by=Actor.person(people.person("theo")))
    return {
        "mute": mute.pk,
        "delivery": delivery.pk,
        "text_token": links.text_path(delivery).strip("/").split("/")[-1],
        "pause_token": links.pause_path(delivery).strip("/").split("/")[-1],
        "reminder": coming.pk,
        "answer_token": links.answer_path(coming).split("?")[0].strip("/").split("/")[-1],
    }
