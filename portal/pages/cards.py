"""Facts turned into the rows that the pages' parts take."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Consultation
from cases.case import whose
from cases.case.models import Case, CaseClinician
from cases.case.path import ARRIVED_HOPS, Facts, Path, PathStep, Step
from cases.case.people import may
from cases.opinions.talk.known import Known
from cases.records import words as record_words
from cases.records.models import Visit
from cases.records.report import loop as report_loop
from cases.reviews.models import Summary
from portal import when
from portal.accounts.models import User
from portal.pages import words
from portal.pages.facts import Gathered

Row = dict[str, Any]

CLINICIAN_WORDS = {
    CaseClinician.Role.PRIMARY: lambda: _("Your primary doctor"),
    CaseClinician.Role.FIRST: lambda: _("Gave you the plan"),
    CaseClinician.Role.SECOND: lambda: _("Your second doctor"),
    CaseClinician.Role.THIRD: lambda: _("Your third doctor"),
}


def case_lines(cases: list[Case], reader: User) -> dict[str, list[Row]]:
    """The cases of a person who has several: her own apart from those she helps with, each in its color."""
    colors = whose.colors_for(reader, cases)
    lines: dict[str, list[Row]] = {"own": [], "helped": []}
    for case in cases:
        is_own = case.patient_id == reader.pk
        line = {
            "title": _("My own page") if is_own else case.patient.name,
            "href": case.get_absolute_url(),
            "avatar": case.patient.initials,
            "hint": _("Opened on %(day)s") % {"day": when.month_day(case.opened_at)},
        }
        if not is_own:
            line["avatar_kind"] = f"whose{colors[case.patient_id]}"
        lines["own" if is_own else "helped"].append(line)
    return lines


def file_url(case: Case) -> str:
    """The coordinator's page of a case."""
    return reverse("pages:case_file", args=[case.pk])


def step_url(step: Step, case: Case) -> str:
    """Where the step's button leads; empty where there is nothing to press."""
    return reverse(step.url_name, args=[case.pk]) if step.url_name else ""


def due_words(step: Step) -> str:
    """The date beside the step, in a sentence of its own kind."""
    if step.due_on is None:
        return ""
    day = {"day": when.day(step.due_on)}
    if step.code == "call":
        return _("By %(day)s") % day
    if step.code in {"nothing", "talk_ahead"}:
        return _("The next date is %(day)s") % day
    if step.code == "not_today":
        return _("Again on %(day)s") % day
    return _("Helpful by %(day)s") % day


def phases(way: Path, round: int = 2) -> list[Row]:
    """The ten steps, named as the round asks."""
    names = words.THIRD_STEP_NAMES if round == 3 else words.STEP_NAMES
    return [
        {
            "name": words.PHASE_NAMES[phase.code],
            "state": phase.state,
            "steps": [{"name": names[step.code], "state": step.state, "note": step_note(step)} for step in phase.steps],
        }
        for phase in way.phases
    ]


def step_note(step: PathStep) -> str:
    """The small line under a step: its day, or how many of the core records."""
    if step.of:
        counted = {"done": step.done, "of": step.of}
        if step.code == "send":
            return _("%(done)d of %(of)d core records sent") % counted
        return _("%(done)d of %(of)d core records there") % counted
    return when.month_day(step.on) if step.on else ""


def coming(gathered: Gathered, case: UUID, today: dt.date) -> list[Row]:
    """The next dates, nearest first."""
    known, rows = gathered.facts, []
    if gathered.consultation:
        rows.append(_consultation_row(gathered.consultation))
    if gathered.visit and known.visit_on and known.visit_on >= today:
        rows += _visit_rows(gathered, gathered.visit, today)
    if gathered.talk and gathered.talk.is_open and known.talk_on and known.talk_on >= today:
        rows.append(_talk_row(gathered.talk, case))
    if known.treatment_on and known.treatment_on >= today:
        rows.append({"on": known.treatment_on, "title": _("Treatment is planned to begin")})
    return sorted(rows, key=lambda row: row["on"])


def _consultation_row(consultation: Consultation) -> Row:
    words = {"name": consultation.consultant.name, "at": when.moment(consultation.starts_at)}
    return {
        "on": when.as_date(consultation.starts_at),
        "title": _("Call with %(name)s") % words,
        "href": consultation.get_absolute_url(),
        "hint": f"{consultation.get_how_display()}, {when.clock_time(consultation.starts_at)}, {when.zone_name()}",
        "tag": {"label": _("Booked"), "kind": "ok"},
    }


def _visit_rows(gathered: Gathered, visit: Visit, today: dt.date) -> list[Row]:
    known, rows = gathered.facts, []
    core = len(known.core)
    safe_on = gathered.standing.safe_on if gathered.standing else None
    if core and safe_on and safe_on >= today and known.verdict != "some_will_follow":
        counted = {"there": known.core_at(ARRIVED_HOPS), "of": core}
        rows.append(
            {
                "on": safe_on,
                "title": ngettext("The core record is there", "All %(count)d core records are there", core)
                % {"count": core},
                "href": reverse("records:list", args=[visit.case_id]),
                "hint": _("%(there)d of %(of)d have arrived. This is the day if offices are slow.") % counted,
                "tag": verdict_tag(known.verdict),
            }
        )
    rows.append(
        {
            "on": known.visit_on,
            "warm": True,
            "title": _visit_title(known),
            "href": visit.get_absolute_url(),
            "hint": visit_place(visit),
            "tag": {"label": _("Booked"), "kind": "ok"},
        }
    )
    return rows


def _talk_row(talk: Known, case: UUID) -> Row:
    return {
        "on": talk.on,
        "title": _("Talk with %(name)s") % {"name": talk.doctor},
        "href": reverse("opinions:talk", args=[case]),
        "hint": talk_place(talk),
    }


def talk_place(talk: Known) -> str:
    """ "9:20 am, Eastern Time, Elm Street Family Practice"."""
    parts = [when.clock_time(talk.at), when.zone_name(talk.zone)] if talk.at else []
    return ", ".join([*parts, talk.office] if talk.office else parts)


def _visit_title(known: Facts) -> str:
    if known.round == 3:
        return _("Third visit with %(name)s") % {"name": known.visit_with} if known.visit_with else _("Third visit")
    return _("Second visit with %(name)s") % {"name": known.visit_with} if known.visit_with else _("Second visit")


def visit_place(visit: Visit) -> str:
    """ "2:30 pm, Eastern Time, Northfield Medical Center". The time is the office's own, as its paper says it."""
    parts = []
    if visit.at_time:
        parts += [when.clock_time(visit.at_time), when.zone_name(visit.zone)]
    if visit.office:
        parts.append(visit.office.name)
    return ", ".join(parts)


def verdict_tag(verdict: str) -> Row | None:
    """The verdict's tag; None without a verdict."""
    kinds = {"comfortable": "ok", "tight": "warn", "some_will_follow": "info"}
    return {"label": words.VERDICT_NAMES[verdict], "kind": kinds[verdict]} if verdict else None


def report(gathered: Gathered, case: Case, today: dt.date) -> Row | None:
    """Where the report of the visit is, for the team; None before the visit."""
    loop = gathered.report
    teller = loop.moved_by.first_name if loop and loop.moved_by else ""
    if loop is None:
        return None
    days = [
        (_("Asked for"), loop.asked_on),
        (_("Sent"), loop.sent_on),
        (_("Looked for, not there"), loop.missed_on),
        (_("Arrived"), loop.received_on),
        (_("Confirmed"), loop.confirmed_on),
    ]
    return {
        "state": loop.get_state_display(),
        "tag": "ok" if loop.state in report_loop.THERE else "warn",
        "age": words.report_age(gathered, today),
        "next": words.report_next(gathered),
        "days": [{"title": title, "text": when.day(on)} for title, on in days if on],
        "known": record_words.known(loop, False, case.patient.first_name, teller),
        "came": loop.get_came_display() if loop.came else "",
        "href": loop.get_absolute_url(),
    }


def talk_it_over(gathered: Gathered, today: dt.date) -> Row | None:
    """Where the talk with the doctor is, once the visit took place; None before it."""
    known, talk = gathered.facts, gathered.talk
    if not known.visit_happened and talk is None:
        return None
    named = {"name": known.talk_with, "day": when.day(known.talk_on) if known.talk_on else ""}
    if talk is None or talk.on is None:
        text = _("With your primary doctor, or a specialist you choose. It has no date yet.")
    elif known.talk_held:
        text = _("You talked with %(name)s on %(day)s.") % named
    elif talk.on < today:
        text = _("Your talk with %(name)s was to be on %(day)s.") % named
    else:
        text = _("Your talk with %(name)s is on %(day)s.") % named
    return {"text": text, "label": _("See your page for the talk")}


def talk_for_team(gathered: Gathered, case: Case) -> Row | None:
    """The same, as the team reads it: with whom, when and where."""
    talk = gathered.talk
    if talk is None:
        return None
    day = when.day(talk.on) if talk.on else ""
    return {
        "state": talk.state.label,
        "tag": "info" if talk.is_open else "ok",
        "text": ", ".join(part for part in (talk.doctor, day, talk_place(talk)) if part),
        "href": reverse("opinions:talk", args=[case.pk]),
    }


def people(case: Case, reader: User) -> list[Row]:
    """The consultant, the coordinator and the doctors of a case."""
    assigned = case.assignments.filter(ended_at=None).select_related("user").order_by("begun_at")
    rows = [_person(each.user, _("Your consultant"), "plum") for each in assigned]
    coordinators = User.objects.working_as(User.Role.COORDINATOR)
    rows += [_person(user, _("Keeps your records moving"), "warm") for user in coordinators]
    for link in case.clinicians.select_related("clinician").order_by("id"):
        name = link.clinician.name
        rows.append({"avatar": initials(name), "title": name, "hint": CLINICIAN_WORDS[link.role]()})
    return rows


def _person(user: User, hint: str, kind: str) -> Row:
    return {"avatar": user.initials, "avatar_kind": kind, "title": user.name, "hint": hint}


def initials(name: str) -> str:
    """ "Dr. Helen Abara" → "HA"."""
    parts = [part for part in name.split() if not part.endswith(".") and part[:1].isalpha()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def talk(gathered: Gathered, case: Case) -> Row:
    """The card about consultations: the booked one, or the way to a time."""
    booked = gathered.consultation
    if booked:
        words_of = {"name": booked.consultant.name, "at": when.moment(booked.starts_at)}
        return {
            "text": _("Your call with %(name)s is on %(at)s.") % words_of,
            "label": _("See the call"),
            "href": booked.get_absolute_url(),
        }
    return {
        "text": _("A consultation about your plan, by video or phone. One of our consultants reads it first."),
        "label": _("Find a time"),
        "href": reverse("bookings:pick", args=[case.pk]),
    }


def summary(case: Any, reader: User) -> Row | None:
    """The newest summary that stands, for those who may read it; before there is one, what becomes of the plan."""
    newest = (
        Summary.objects.visible_to(reader)
        .live()
        .filter(review__case=case)
        .select_related("shared_by")
        .order_by("-number")
        .first()
    )
    if newest is None:
        return way_to_summary(case) if may("open_summary", case, reader) else None
    told = {"name": newest.shared_by.first_name, "day": when.month_day(newest.shared_at)}
    return {
        "text": _("%(name)s shared it on %(day)s.") % told,
        "label": _("Read the summary"),
        "href": reverse("reviews:summary", args=[case.pk]),
    }


def way_to_summary(case: Any) -> Row | None:
    """What stands on the page of the summary, by what was looked up with the case; None where nothing does."""
    label = _("See what becomes of the plan")
    if case.has_summary:
        text, label = _("It is there to be read."), _("Read the summary")
    elif case.is_taken_back:
        text = _("A version was taken back. The page says why, and what comes next.")
    elif case.has_review:
        text = _("Who reads the plan, by when, and what it waits for.")
    elif case.has_plan:
        text = _("We can read the plan and write it in plain words: before a call, or without one.")
    else:
        return None
    return {"text": text, "label": label, "href": reverse("reviews:summary", args=[case.pk])}


def yes_to_reading(case: Any) -> list[Row]:
    """Who has the plan and waits for the patient's yes to read it: looked at together with the case. No query."""
    if not case.asks_to_read:
        return []
    lead, text = _("%(name)s would like to read the plan."), _("Nobody reads it before you say yes.")
    href = reverse("reviews:summary", args=[case.pk])
    return [{"lead": lead % {"name": case.asks_to_read}, "text": text, "href": href, "link": _("Answer")}]
