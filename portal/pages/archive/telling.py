"""All that her case says, part by part: read by people in one page, by machines in one file. The patient's own view."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from bookings import call_needs
from bookings.models import Consultation
from cases.case.models import Case, Correction, Worry
from cases.opinions.comparing import showing as compared
from cases.opinions.comparing.models import Point
from cases.opinions.deciding import showing as decided
from cases.opinions.deciding.models import Decision
from cases.opinions.models import Talk
from cases.opinions.questions import showing as asked
from cases.opinions.questions import targets
from cases.opinions.questions.models import Question
from cases.records.models import RecordItem, Visit
from cases.records.words import doctor_of, item_tag
from cases.reviews import frozen
from cases.reviews import sheet as summary_sheet
from cases.reviews.models import DoctorNote, Outcome, Summary
from cases.threads.changes import abouts
from cases.threads.models import Message
from cases.threads.showing import written_down
from portal import phones, when
from portal.accounts.models import User
from portal.pages import privacy_parts, signed

Line = dict[str, Any]  # `lead` and `text` for people; all of it for machines
AT_ONCE = 200


@dataclass(frozen=True)
class Part:
    """One part of the copy. Its lines come when they are written: a long thread is never held whole."""

    code: str
    title: str
    lines: Callable[[], Iterator[Line]]


def parts(case: Case, now: dt.datetime) -> list[Part]:
    patient = case.patient
    return [
        Part("me", _("About me"), lambda: _me(patient)),
        Part("case", _("My case"), lambda: _case(case)),
        Part("decisions", _("My decision"), lambda: _decisions(case)),
        Part("opinions", _("What the doctors say"), lambda: _opinions(case)),
        Part("visits", _("Visits"), lambda: _visits(case)),
        Part("consultations", _("Calls with Remission Support"), lambda: _calls(case)),
        Part("talks", _("Talks with my doctor"), lambda: _talks(case)),
        Part("records", _("Records"), lambda: _records(case)),
        Part("questions", _("Questions"), lambda: _questions(case, now)),
        Part("messages", _("Messages"), lambda: _messages(case)),
        Part("summaries", _("My plan in plain words"), lambda: _summaries(case)),
        Part("corrections", _("What I said is wrong"), lambda: _corrections(case)),
        Part("worries", _("When one of the team was worried about me"), lambda: _worries(case)),
        Part("can_open", _("Who can open what"), lambda: _can_open(case)),
        Part("consents", _("What I said yes to"), lambda: _consents(case)),
        Part("signed", _("What I signed"), lambda: _signed(case)),
    ]


def _line(lead: object, text: object = "", **more: object) -> Line:
    return {"lead": str(lead), "text": str(text), **more}


def _me(patient: User) -> Iterator[Line]:
    born = when.month_day(patient.birth_date, year=True) if patient.birth_date else ""
    said = [
        ("name", _("Name"), patient.name),
        ("birth_date", _("Birth date"), born),
        ("email", _("Email"), patient.email or ""),
        ("phone", _("Phone"), phones.shown(patient.phone) if patient.phone else ""),
        ("postal", _("Postal address"), patient.postal),
        ("time_zone", _("Time zone"), patient.time_zone),
    ]
    yield from (_line(label, value, field=field) for field, label, value in said if value)


def _case(case: Case) -> Iterator[Line]:
    treatment = when.day(case.treatment_on, year=True) if case.treatment_on else ""
    said = [
        ("reference", _("Reference"), case.reference),
        ("opened_at", _("Opened on"), when.moment(case.opened_at)),
        ("diagnosis", _("What it is about"), case.diagnosis),
        ("treatment_on", _("Treatment is planned to begin"), treatment),
        ("matters", _("What matters to me"), case.matters),
    ]
    yield from (_line(label, value, field=field) for field, label, value in said if value)


def _decisions(case: Case) -> Iterator[Line]:
    found = Decision.objects.visible_to(case.patient).filter(case=case).select_related("clinician", "written_by")
    for each in found.order_by("decided_at"):
        each.case = case
        text = "\n".join(filter(None, (each.words, decided.written_down(each.written_by, case))))
        yield _line(decided.in_words(each), text, at=each.decided_at, replaced_at=each.replaced_at)


def _opinions(case: Case) -> Iterator[Line]:
    """The lines of the comparison, each with its doctors and their pages, and who put it in."""
    found = Point.objects.visible_to(case.patient).filter(case=case).standing().select_related("put_in_by")
    for each in found.prefetch_related("sources__clinician").order_by("put_in_at", "pk"):
        each.case = case
        of = ". ".join(compared.source_words(source) for source in each.sources.all())
        lead = f"{each.get_topic_display()}. {of}"
        yield _line(lead, each.text, topic=each.topic, put_in_by=each.put_in_by.name, put_in_at=each.put_in_at)


def _visits(case: Case) -> Iterator[Line]:
    for visit in Visit.objects.visible_to(case.patient).filter(case=case).select_related("office", "clinician"):
        where = ", ".join(filter(None, (doctor_of(visit), visit.office.name if visit.office else "")))
        day = when.day(visit.on_date, year=True) if visit.on_date else _("No date yet")
        time = when.clock_time(visit.at_time) if visit.at_time else ""
        at = ", ".join(filter(None, (day, time, when.zone_name(visit.zone) if time else "")))
        yield _line(where, f"{at}. {visit.get_state_display()}.", on=visit.on_date, at=visit.at_time, state=visit.state)


def _calls(case: Case) -> Iterator[Line]:
    found = Consultation.objects.visible_to(case.patient).filter(case=case).select_related("consultant", "service")
    went = {each.call_id: each for each in Outcome.objects.filter(call__case=case).order_by("number")}  # the newest
    notes = {each.call_id: each for each in DoctorNote.objects.filter(call__case=case)}
    for call in found.order_by("starts_at"):
        call.case = case
        needs = "".join(f" {need}." for need in call_needs.said(call))
        text = f"{call.get_how_display()}. {call.get_state_display()}.{needs}"
        if note := notes.get(call.pk):
            note.call, went_to = call, _("A note to the primary doctor")
            text = "\n".join((text, f"{went_to}: {note.words}"))
        if last := went.get(call.pk):
            last.call, call.case = call, case
            text = "\n".join(
                filter(None, (text, f"{last.get_went_display()}. {last.get_follows_display()}.", last.follow_words))
            )
        lead = _("%(at)s with %(name)s") % {"at": when.moment(call.starts_at), "name": call.consultant.name}
        yield _line(lead, text, starts_at=call.starts_at, ends_at=call.ends_at, state=call.state)


def _talks(case: Case) -> Iterator[Line]:
    for talk in Talk.objects.filter(case=case).select_related("case__key", "clinician").order_by("pk"):
        day = when.day(talk.on_date, year=True) if talk.on_date else _("No date yet")
        text = "\n".join(filter(None, (str(talk.get_state_display()), talk.questions, talk.points)))
        yield _line(day, text, on=talk.on_date, state=talk.state)


def _records(case: Case) -> Iterator[Line]:
    items = RecordItem.objects.visible_to(case.patient).filter(visit__case=case)
    for item in items.select_related("kind", "holder", "visit__case__key", "visit__office").order_by("visit", "pk"):
        state = str(item_tag(item)["label"])
        days = {"asked_on": item.asked_on, "sent_on": item.sent_on, "arrived_on": item.arrived_on}
        text = ". ".join(filter(None, (state, item.holder.name if item.holder else "")))
        yield _line(item.called, text, kind=item.kind_id, state=item.state, **days)


def _questions(case: Case, now: dt.datetime) -> Iterator[Line]:
    known = targets.of_case(case, now)
    for each in asked.of_case(case, case.patient):
        hints = asked.hints_of(each, known, "patient", case.patient)
        text = "\n".join([*(hint for hint in hints if each.state != Question.State.DROPPED), each.answer]).strip()
        yield _line(each.text, text, state=each.state, put_in_at=each.put_in_at, is_private=each.is_private)


def _messages(case: Case) -> Iterator[Line]:
    found = Message.objects.visible_to(case.patient).filter(case=case).select_related("author", "written_by")
    rows = found.order_by("number").iterator(AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        about = abouts(some, case.patient)
        for each in some:
            each.case = case
            lead = _("%(who)s, %(at)s") % {"who": each.author.name, "at": when.moment(each.sent_at)}
            what = about[each.pk].words if each.pk in about else ""
            text = "\n".join(filter(None, (what, each.text, written_down(each))))
            yield _line(lead, text, at=each.sent_at, by=each.author.name, is_private=each.is_private)


def _summaries(case: Case) -> Iterator[Line]:
    found = Summary.objects.visible_to(case.patient).live().filter(review__case=case)
    for each in found.select_related("review__consultation", "review__case__key").order_by("shared_at"):
        lead = f"{summary_sheet.about(each.frozen)}. {summary_sheet.summary_lead(each)}"
        paper = frozen.on_paper(each.frozen, title="", lead=lead, scope="")
        said = [
            " ".join(filter(None, (item["heading"], item["text"], item["page"])))
            for part in paper["sections"]
            for item in ({"heading": part["heading"], "text": "", "page": ""}, *part["items"])
        ]
        yield _line(lead, "\n".join(said), shared_at=each.shared_at, number=each.number)


def _corrections(case: Case) -> Iterator[Line]:
    for each in Correction.objects.filter(case=case).select_related("case__key").order_by("asked_at", "pk"):
        text = "\n".join(filter(None, (each.words, f"{each.get_state_display()}.", each.answer)))
        yield _line(each.get_about_display(), text, asked_at=each.asked_at, state=each.state, ended_at=each.ended_at)


def _worries(case: Case) -> Iterator[Line]:
    """On none of her pages, and part of the record when she asks for it."""
    for each in Worry.objects.filter(case=case).select_related("case__key", "raised_by").order_by("raised_at", "pk"):
        lead = _("%(who)s, %(at)s") % {"who": each.raised_by.name, "at": when.moment(each.raised_at)}
        text = "\n".join(filter(None, (each.reason, each.done)))
        yield _line(lead, text, at=each.raised_at, ended_at=each.cleared_at)


def _can_open(case: Case) -> Iterator[Line]:
    for each in privacy_parts.can_open(case, case.patient):
        text = " ".join(filter(None, (each["kinds"], each["until"])))
        yield _line(f"{each['name']}, {each['words']}", text)


def _consents(case: Case) -> Iterator[Line]:
    for given in privacy_parts.consents(case):
        said = privacy_parts.consent(given, False)
        yield _line(said["words"], said["when"], at=given.given_at, kind=given.kind, withdrawn_at=given.withdrawn_at)


def _signed(case: Case) -> Iterator[Line]:
    for each in signed.of_case(case, case.patient):
        yield _line(each["title"], f"{each['tag']['label']}. {each['hint']}".strip())
