"""What she wants to go over, on one page: her questions on top, further lines, ideas to take from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Consultation
from cases.case.models import Case
from cases.case.people import may
from cases.opinions.questions import showing
from cases.opinions.talk.models import Talk
from cases.opinions.talk.rules import QUESTIONS, why_not_agenda
from portal import onepage, when
from portal.onepage import Section, Sheet, Tick
from portal.texts.words import organisation

LINES_TO_WRITE = 3  # for the answers

# The points of a plan on which two doctors may differ, and what to ask about them.
IDEAS = {
    "agree": gettext_lazy("Where do the two opinions agree?"),
    "differ": gettext_lazy("Where do they differ, and why?"),
    "asks": gettext_lazy("What does each way ask of me, and what does it give?"),
    "time": gettext_lazy("How long can I take to decide?"),
    "goal": gettext_lazy("What is each plan meant to do: cure, slow it down, or help me feel better?"),
    "options": gettext_lazy("Is there another way that nobody has named yet?"),
    "benefit": gettext_lazy("How much is each way likely to help me, and how do you know?"),
    "harms": gettext_lazy("What might each way do to me, now and later?"),
    "tests": gettext_lazy("Are there tests to be done that could change the plan?"),
    "cost": gettext_lazy("What will each way cost me?"),
    "contact": gettext_lazy("Who is in charge of my care, and whom do I call?"),
    "third": gettext_lazy("Would a third opinion help?"),
}
OURS = ("agree", "differ", "asks")  # stand on the page until somebody writes their own


@dataclass(frozen=True)
class Idea:
    """A line to take over with one press."""

    code: str
    text: str


@dataclass(frozen=True)
class Agenda:
    """The lines as they stand."""

    questions: tuple[str, ...]
    points: tuple[str, ...]


def of(talk: Talk, *, is_read: bool = True) -> Agenda:
    """Her lines; ours until somebody writes their own, and for those who do not read hers."""
    if talk.agenda_changed_at is None or not is_read:
        return Agenda((), tuple(str(IDEAS[code]) for code in OURS))
    return Agenda(tuple(talk.questions.splitlines()), tuple(talk.points.splitlines()))


def ideas(case: Case, agenda: Agenda, reader: Any) -> list[Idea]:
    """What is not on the page yet: what she asked us before, then ours."""
    found = [Idea(code, str(text)) for code, text in IDEAS.items()]
    there = {*agenda.questions, *agenda.points}
    return [idea for idea in [*_asked_before(case, reader), *found] if idea.text not in there]


def _asked_before(case: Case, reader: Any) -> list[Idea]:
    """Her questions that are still open, as far as the reader may know of them; else what she wrote when she booked."""
    if found := showing.open_ones(case, reader):
        return [Idea(f"before-{number}", line) for number, line in enumerate(found) if not why_not_agenda([], [line])]
    booked = Consultation.objects.filter(case=case).exclude(state=Consultation.State.CANCELLED)
    last = booked.order_by("-starts_at").first()
    if last is None or not may("see_questions", case, reader):
        return []
    lines = showing.words_of_booking(case, last)[:QUESTIONS]
    return [Idea(f"before-{number}", line) for number, line in enumerate(lines)]


def sheet(talk: Talk, *, is_read: bool) -> Sheet:
    """The page to hand over. Call it in the patient's own words."""
    case, said = talk.case, of(talk, is_read=is_read)
    patient = case.patient
    who = patient.name
    if patient.birth_date:
        born = {"name": patient.name, "day": when.month_day(patient.birth_date, year=True)}
        who = _("%(name)s, born %(day)s") % born
    sections = [
        Section(_("My talk"), rows=[_when_and_where(talk)]),
        Section(_("My three questions"), lines=list(said.questions), blank=QUESTIONS - len(said.questions)),
        *([Section(_("I would also like to go over"), ticks=[Tick(line) for line in said.points])] * bool(said.points)),
        Section(_("What I heard"), blank=LINES_TO_WRITE, is_spare=True),
    ]
    title = _("For my talk with %(name)s") % {"name": talk.clinician.name}
    lead = _("%(who)s. Reference") % {"who": who}
    return onepage.made(title=title, lead=lead, reference=case.reference, sections=sections, foot="")


def _when_and_where(talk: Talk) -> dict[str, str]:
    office = talk.office.name if talk.office else ""
    where = ", ".join(part for part in (talk.clinician.name, office) if part) + "."
    if talk.on_date is None:
        return {"label": _("With"), "value": where}
    label = when.short_day(talk.on_date)
    if talk.at_time:
        label = _("%(day)s, %(time)s") % {"day": label, "time": when.clock_time(talk.at_time)}
        where = f"{where} {when.zone_name(talk.zone)}."
    return {"label": label, "value": where}


def pdf(talk: Talk, now: datetime, *, is_read: bool) -> bytes:
    """The same on paper. Raises paper.MissingLetters when a name cannot be set."""
    with onepage.in_the_patients_words(talk.case.patient):
        page = sheet(talk, is_read=is_read)
        return onepage.pdf([page], title=_("Page for a talk"), author=organisation().name, made_at=now)
