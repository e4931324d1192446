"""The brief: one screen between the queue and the text, for a reader who has ten minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bookings import call_needs
from bookings.models import Practice
from cases.case.helping.models import Helper
from cases.case.models import Consent
from cases.documents.models import PageImage
from cases.opinions.questions import showing as questions
from cases.records import standing as records
from cases.records import words as record_words
from cases.records.models import Visit
from cases.records.standing import Standing
from cases.records.states import THERE
from cases.reviews import actions, her_questions
from cases.reviews.models import Finding, Note, Review, Section
from cases.reviews.queue import changes, showing, standing
from cases.reviews.queue.reading_time import reading_minutes
from cases.reviews.queue.views import RELATED
from cases.reviews.rules import MOVES, POINT_COUNT, no_consent
from portal import clock, moves, when
from portal.access import find_or_404, open_to
from portal.actors import Actor

START_LINES = 6
START_LETTERS = 480


@dataclass(frozen=True)
class Start:
    """How the plan begins: its first lines, or none where its first page is a picture."""

    words: str
    is_read_by_machine: bool = False


@open_to("consultant")
@require_safe
def brief(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the call is about, what to look at, what is new; the plan itself is one press further."""
    user: Any = request.user
    now = clock.now()
    review = find_or_404(_known(user), pk=pk)
    before = review.looked_at
    if request.method == "GET":
        actions.look(review, verb="review.briefed", by=Actor.of(request))
    call = review.consultation
    asked, answered = her_questions.asked_and_answered(review, user)
    hope = [line for line in questions.hope_of_call(review.case, call) if line not in answered] if call else []
    page = {
        "review": review,
        "case": review.case,
        "call": call,
        "asked": [] if asked == hope[: len(asked)] else asked,  # the same words once
        "answered": len(answered),
        "hope": hope,
        "matters": review.case.matters if review.case.matters_is_shared else "",
        "start": _start(review, user) if review.may_read else None,
        "no_consent": "" if review.may_read else no_consent(),
        "rows": [*_call_rows(review, user), *_case_rows(review, now), _consent_row(review)],
        "plan": showing.plan_words(review.pages, len(review.plan), is_photos=review.is_photos),
        "minutes": reading_minutes(review.pages, words=review.words, photos=review.is_photos),
        "written": _written(review),
        "looked_at": before,
        "changed": changes.since(review, user, before) if before else [],
        "can": moves.allowed(MOVES, review.state, "reader" if review.reader_id == user.pk else "consultant"),
    }
    return render(request, "reviews/brief.html", page)


def _known(user: Any) -> Any:
    """One query with all that is counted beside the review."""
    consent = Consent.objects.standing().filter(case=OuterRef("case"), kind=Consent.Kind.READ, consultant=user)
    companions = Helper.objects.granted().filter(case=OuterRef("case"), bookings=True).order_by("person__name")
    return (
        Review.objects.visible_to(user)
        .with_asking()
        .select_related(*RELATED, "consultation__service", "consultation__consultant")
        .annotate(
            may_read=Exists(consent),
            is_photos=standing.has_pictures(),
            looked_at=changes.last_look(user),
            speaks=Subquery(Practice.objects.filter(consultant=user).values("languages")[:1]),
            companions=ArraySubquery(companions.values("person__name")),
            parts=ArraySubquery(Section.objects.filter(review=OuterRef("pk")).values("code")),
            points=ArraySubquery(Finding.objects.filter(review=OuterRef("pk")).values("point")),
            remarks=ArraySubquery(Note.objects.filter(review=OuterRef("pk")).values("number")),
        )
    )


def _start(review: Review, user: Any) -> Start:
    """The first lines of the first page, as far as they are words."""
    pages = PageImage.objects.visible_to(user).filter(version=review.plan[0], number=1)
    page = pages.select_related("version__case__key").first()
    lines = [line for line in page.words.splitlines() if line.strip()][:START_LINES] if page else []
    words = Truncator("\n".join(lines)).chars(START_LETTERS)
    return Start(words, page is not None and page.is_read_by_machine)


def _written(review: Any) -> str:
    """ "4 of 12 points looked at, 2 notes"; "" before anything is written."""
    said = []
    if review.points:
        said.append(_("%(count)d of %(of)d points looked at") % {"count": len(review.points), "of": POINT_COUNT})
    if review.remarks:
        said.append(ngettext("%(count)d note", "%(count)d notes", len(review.remarks)) % {"count": len(review.remarks)})
    parts = {Section.Code.PLAIN, Section.Code.QUESTIONS, Section.Code.OPTIONS} & set(review.parts)
    if parts:
        said.append(ngettext("%(count)d part begun", "%(count)d parts begun", len(parts)) % {"count": len(parts)})
    return ", ".join(said)


def _call_rows(review: Any, user: Any) -> list[dict[str, str]]:
    """When and how it is, and what makes it easier for her."""
    call, patient = review.consultation, review.case.patient
    rows = []
    if call:
        how = f"{call.get_how_display()}, {call.service.name}, {_minutes(call.minutes)}"
        rows.append({"label": _("Call"), "value": when.moment(call.starts_at), "hint": how})
        if call.consultant_id != user.pk:
            rows[0]["hint"] += ". " + _("With %(name)s.") % {"name": call.consultant.name}
        call.case = review.case
        if needs := call_needs.said(call):
            rows.append({"label": _("To follow it"), "value": ". ".join(needs)})
    rows.append({"label": _("Language"), "value": language_words(patient.language, review.speaks or "")})
    if review.companions:
        rows.append({"label": _("May join"), "value": ", ".join(review.companions)})
    reached = [patient.safe_to_ring] if patient.safe_to_ring else []
    if patient.phone and patient.may_leave_message:
        reached.append(_("A message may be left."))
    if reached:
        rows.append({"label": _("Best reached"), "value": " ".join(reached)})
    return rows


def _minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def language_words(code: str, speaks: str) -> str:
    """ "English"; for a language that this consultant does not name as theirs, with a word about an interpreter."""
    try:
        known = translation.get_language_info(code)
    except KeyError:
        return code
    name = translation.gettext(known["name"])
    own = speaks.casefold()
    if code == "en" or not own or known["name"].casefold() in own or known["name_local"].casefold() in own:
        return name
    return _("%(language)s. You may need an interpreter.") % {"language": name}


def _case_rows(review: Any, now: datetime) -> list[dict[str, str]]:
    """The second visit, and how far the records for it are."""
    visits = Visit.objects.live().filter(case=review.case_id).select_related("office", "clinician")
    visit = visits.order_by("-round").first()
    if visit is None:
        return [{"label": _("Second visit"), "value": _("Not booked")}]
    visit.case = review.case
    found = records.standing(visit, now)
    doctor = record_words.doctor_of(visit)
    on = when.day(visit.on_date) if visit.on_date else _("No date yet")
    rows = [{"label": _("Second visit"), "value": on, "hint": doctor}]
    if said := records_words(found):
        rows.append({"label": _("Records"), "value": said[0], "hint": said[1]})
    return rows


def _consent_row(review: Any) -> dict[str, str]:
    may = _("You may read the plan.") if review.may_read else _("Not given: you cannot read the plan.")
    return {"label": _("Consent to read"), "value": may}


def records_words(found: Standing) -> tuple[str, str] | None:
    """ "2 of 4 core records are there." and what is still to come, by name and day; None where nothing is wanted."""
    if not found.items:
        return None
    there, core = found.core_there, len(found.core)
    said = _("%(there)d of %(of)d core records are there.") % {"there": there, "of": core}
    if not core:
        said = _("Nothing has to be there on the day.")
    elif there == core:
        said = ngettext("The one core record is there.", "All %(of)d core records are there.", core) % {"of": core}
    waits = [each for each in found.items if each.item.state not in THERE]
    hints = []
    if coming := [_coming(each) for each in waits if each.item.is_core]:
        hints.append(_("Still to come: %(records)s.") % {"records": "; ".join(coming)})
    if more := sum(not each.item.is_core for each in waits):
        hints.append(ngettext("%(count)d more can follow.", "%(count)d more can follow.", more) % {"count": more})
    return said, " ".join(hints)


def _coming(each: Any) -> str:
    day = each.dates.there_expected
    named = {"record": each.item.called, "day": when.month_day(day) if day else ""}
    return _("%(record)s, expected %(day)s") % named if day else each.item.called
