"""What stands on the one-page sheet and the list of what to take: the same words on the page and on paper.

Both are the patient's: in her language and on her clock, whoever prints them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from cases.case.models import Case, CaseClinician, Office
from cases.case.path import Step, next_step
from cases.case.people import COORDINATOR, HELPER, PATIENT, role_in
from cases.opinions.models import Talk
from cases.opinions.questions import showing
from cases.opinions.talk.known import Known
from cases.records.days.verdict import Timing
from cases.records.models import Visit
from cases.records.standing import ItemStanding
from cases.records.states import THERE, ItemState, Need, Route
from cases.records.words import doctor_of, listed
from portal import onepage, phones, when
from portal.accounts.models import User
from portal.onepage import Section, Sheet, in_the_patients_words, made
from portal.pages import cards, facts, words
from portal.pages.facts import Gathered
from portal.texts.models import Organisation
from portal.texts.templatetags.facts import EMPTY, NUMBERS
from portal.texts.words import organisation, text

QUESTIONS = 3
ASKED = {ItemState.ASKED, ItemState.ACKNOWLEDGED}
# Her own words of what she hopes for are hers and the team's; a helper's copy has lines to write on.
READS_QUESTIONS = {PATIENT, COORDINATOR}


def of_case(case: Case, role: str, now: dt.datetime, reader: User | None = None) -> Sheet:
    """The sheet of a case as it is at `now`, for someone of this role in it; with what this reader may know, the whole
    without one. A fixed number of queries.
    """
    gathered = facts.as_told(case, now, reader) if reader else facts.of_case(case, now)
    known = CaseClinician.objects.visible_to(reader).filter(case=case) if reader else case.clinicians.all()
    clinicians = list(known.select_related("clinician__office").order_by("id"))
    coordinators = list(User.objects.working_as(User.Role.COORDINATOR))
    here = organisation()
    with in_the_patients_words(case.patient):
        today = when.as_date(now)
        return made(
            title=_whose(case.patient),
            lead=_("As of %(at)s, %(zone)s. Reference") % {"at": when.moment(now), "zone": when.zone_name()},
            reference=case.reference,
            sections=[
                Section(_("My dates"), rows=_dates(gathered, today)),
                Section(_("Next for me"), lines=_next(gathered, today)),
                *_records(gathered),
                _questions(case, gathered, role, now),
                Section(_("Whom to call"), rows=_calls(case, gathered, clinicians, coordinators, here)),
            ],
            foot=text("scope_short").body,
        )


def pdf(pages: Sequence[Sheet], patient: User, now: dt.datetime) -> bytes:
    """The pages on paper; raises paper.MissingLetters when a letter cannot be shown."""
    with in_the_patients_words(patient):
        return onepage.pdf(pages, title=_("One-page sheet"), author=organisation().name, made_at=now)


def _whose(patient: User) -> str:
    if patient.birth_date is None:
        return patient.name
    on = patient.birth_date
    born = {"name": patient.name, "day": when.month_day(on), "year": on.year}
    return _("%(name)s, born %(day)s, %(year)d") % born


def _row(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def _ring(label: str, value: str, number: object) -> dict[str, str]:
    """The same with a number in it, which the page rings at a press."""
    written, href = phones.shown(number), phones.href(number)
    if not written or not href or written not in value:
        return _row(label, value)
    before, _written, after = value.partition(written)
    return _row(label, value) | {"before": before, "number": written, "after": after, "href": href}


# --- dates and the next steps


def _dates(gathered: Gathered, today: dt.date) -> list[dict[str, str]]:
    rows, known, call, visit = [], gathered.facts, gathered.consultation, gathered.visit
    if call:
        at = _day_and_time(when.as_date(call.starts_at), when.clock_time(call.starts_at))
        told = {"how": call.get_how_display(), "name": call.consultant.name, "zone": when.zone_name()}
        rows.append((when.as_date(call.starts_at), at, _("%(how)s with %(name)s. %(zone)s.") % told))
    if visit and visit.on_date and visit.on_date >= today:
        at = _day_and_time(visit.on_date, when.clock_time(visit.at_time) if visit.at_time else "")
        rows.append((visit.on_date, at, visit_place(visit)))
    talk = gathered.talk
    if talk and talk.is_open and talk.on and talk.on >= today:
        at = _day_and_time(talk.on, when.clock_time(talk.at) if talk.at else "")
        rows.append((talk.on, at, _talk_place(talk)))
    if known.treatment_on and known.treatment_on >= today:
        rows.append((known.treatment_on, _day_and_time(known.treatment_on), _("Treatment is planned to begin.")))
    if not rows:
        return [_row(_("No dates yet"), "")]
    return [_row(at, what) for _on, at, what in sorted(rows)]


def visit_place(visit: Visit) -> str:
    """ "Dr. Raman, Northfield Medical Center, 200 Harbor Road. Eastern Time."."""
    office = visit.office
    parts = [doctor_of(visit), office.name if office else "", office.place if office else ""]
    where = ", ".join(part for part in parts if part) + "."
    return f"{where} {when.zone_name(visit.zone)}." if visit.at_time else where


def _talk_place(talk: Known) -> str:
    """ "I talk it over with Dr. Abara, Elm Street Family Practice. Eastern Time."."""
    where = ", ".join(part for part in (talk.doctor, talk.office) if part)
    said = _("I talk it over with %(where)s.") % {"where": where}
    return f"{said} {when.zone_name(talk.zone)}." if talk.at else said


def _day_and_time(on: dt.date, time: str = "") -> str:
    day = when.short_day(on)
    return _("%(day)s, %(time)s") % {"day": day, "time": time} if time else day


def _next(gathered: Gathered, today: dt.date) -> list[str]:
    """The one next step, also where it was put off for today, and what else waits for the patient."""
    known = replace(gathered.facts, not_today_until=None)
    step = next_step(known, today)
    waiting = [
        _("%(name)s: %(need)s") % {"name": item.name, "need": Need(item.needs).label}
        for item in known.items
        if item.hop == ItemState.NEEDS_YOU and not item.is_plan and item.name != step.about and item.needs
    ]
    if known.visit_happened:
        waiting = []
    return [_with_day(step), *waiting]


def _with_day(step: Step) -> str:
    parts = [words.step_words(step).title, cards.due_words(step)]
    return ". ".join(part.rstrip(".") for part in parts if part)


# --- who has which record


def _records(gathered: Gathered) -> list[Section]:
    visit, standing = gathered.visit, gathered.standing
    if visit is None or standing is None or not standing.items:
        return []
    doctor = doctor_of(visit)
    labels = {
        "there": _("%(doctor)s has") % {"doctor": doctor},
        "sent": _("On its way there"),
        "with_us": _("With us"),
        "carried": _("I carry"),
        "asked": _("Asked for"),
        "open": _("Still to ask for"),
        "follows": _("Will follow"),
    }
    found: dict[str, list[str]] = {group: [] for group in labels}
    for line in standing.items:
        group = _group(line)
        found[group].append(_record(line, group))
    rows = [_row(labels[group], listed(names)) for group, names in found.items() if names]
    return [Section(_("Who has which record"), rows=rows)]


def _group(line: ItemStanding) -> str:
    item = line.item
    if item.state in THERE:
        return "there"
    if item.route == Route.CARRIED:
        return "carried"
    if item.state == ItemState.HELD:
        return "with_us"
    if item.state == ItemState.SENT:
        return "sent"
    if line.judged and line.judged.timing == Timing.MAY_FOLLOW:
        return "follows"
    return "asked" if item.state in ASKED else "open"


def _record(line: ItemStanding, group: str) -> str:
    """The record's name, with the office that has it or the day it comes where that helps."""
    item, dates = line.item, line.dates
    if group in {"asked", "open"} and item.holder:
        return _("%(record)s (%(holder)s)") % {"record": item.called, "holder": item.holder.name}
    if group == "follows" and dates.read_safe and not dates.has_no_date:
        return _("%(record)s, by %(day)s") % {"record": item.called, "day": when.month_day(dates.read_safe)}
    return item.called


# --- questions, and whom to call


def _questions(case: Case, gathered: Gathered, role: str, now: dt.datetime) -> Section:
    words = _own_words(case, gathered, now) if role in READS_QUESTIONS else ""
    lines = [line.strip() for line in words.splitlines() if line.strip()][:QUESTIONS]
    return Section(_("My three questions"), lines=lines, blank=QUESTIONS - len(lines))


def _own_words(case: Case, gathered: Gathered, now: dt.datetime) -> str:
    """What she wants to ask: in the talk that is next once the visit took place, else in her next consultation."""
    talk, call = gathered.talk, gathered.consultation
    if gathered.facts.visit_happened and talk and talk.is_open:
        written = Talk.objects.open().filter(case=case).select_related("case__key").first()
        if written and written.questions:
            return written.questions
    if call is None:
        return ""
    # On paper that others may find stands what the team may read as well, and nothing that she keeps private.
    return "\n".join(showing.asked_in_call(case, call, call.consultant, now)[:QUESTIONS])


def _calls(
    case: Case,
    gathered: Gathered,
    clinicians: list[CaseClinician],
    coordinators: list[User],
    here: Organisation,
) -> list[dict[str, str]]:
    ours = listed([user.name for user in coordinators]) or here.name
    rows = [_ring(ours, ", ".join([_fact(here, "phone"), _fact(here, "hours")]), here.phone)]
    offices: dict[Any, tuple[str, Office]] = {}
    # The doctor of the coming visit first, each desk once.
    visit = gathered.visit
    named = [(visit.clinician, visit.office)] if visit and visit.clinician else []
    named += [(link.clinician, link.clinician.office) for link in clinicians]
    for clinician, office in named:
        if office and office.phone:
            offices.setdefault(office.pk, (clinician.name, office))
    rows += [
        _ring(_("%(name)s’s office") % {"name": name}, phones.shown(office.phone), office.phone)
        for name, office in offices.values()
    ]
    if case.starter and case.starter.phone and role_in(case, case.starter) == HELPER:
        helps = _("%(name)s, who helps me") % {"name": case.starter.name}
        rows.append(_ring(helps, phones.shown(case.starter.phone), case.starter.phone))
    unwell = _("My cancer team, or %(number)s") % {"number": _fact(here, "emergency_number")}
    return [*rows, _ring(_("If I feel very unwell"), unwell, here.emergency_number)]


def _fact(here: Organisation, name: str) -> str:
    """A fact of ours; its name in brackets while nobody has filled it in."""
    value = getattr(here, name)
    return (phones.shown(value) if name in NUMBERS else value) or f"[{EMPTY[name]}]"
