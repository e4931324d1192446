"""Gathers what is known of a case, or of a page of cases, in a fixed number of queries."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from bookings.models import Consultation, Practice
from bookings.slots import plan_due_on
from cases.case import people
from cases.case.models import Case, CaseClinician, Office, ToDo
from cases.case.path import ARRIVED_HOPS, ConsultationFacts, Facts, ItemFacts
from cases.case.people import begins
from cases.documents.models import PLAN, Version
from cases.opinions.comparing import known as comparing
from cases.opinions.deciding import known as decisions
from cases.opinions.talk import known as talks
from cases.opinions.talk.known import Known
from cases.records.days.closed_days import ClosedDays
from cases.records.models import RecordItem, Referral, ReportLoop, Visit
from cases.records.planning import CALL_HOLDER, GIVE_BACK
from cases.records.report.loop import ON_ITS_WAY
from cases.records.report.planning import ASK_REPORT
from cases.records.standing import ItemStanding, Standing, standings
from cases.records.states import ReferralState, ReportState, VisitState
from portal import beside, when
from portal.accounts.models import User
from portal.once import once
from portal.texts.models import Organisation
from portal.texts.words import organisation

CALL_KINDS = ("call", "visit_soon")
CALLS_TO_OFFICES = (CALL_HOLDER, GIVE_BACK, ASK_REPORT)
__all__ = ["ARRIVED_HOPS", "Facts", "Gathered", "of_case", "of_cases"]
READY = Version.State.READY
MOVING = {Version.State.RECEIVED, Version.State.CHECKING, Version.State.UNSCANNED, Version.State.STUCK}


@dataclass(frozen=True)
class CallAbout:
    """A call to an office about a record or a report: asked for, and made or put off."""

    asked_at: dt.datetime
    due_on: dt.date
    is_done: bool


@dataclass(frozen=True)
class Gathered:
    """The facts that the path is found from, and the rows they came from, for the pages that show more."""

    facts: Facts
    visit: Visit | None = None
    standing: Standing | None = None
    consultation: Consultation | None = None
    referral: Referral | None = None
    report: ReportLoop | None = None
    reports: tuple[ReportLoop, ...] = ()  # of all rounds
    calls_about: Mapping[str, list[CallAbout]] = field(default_factory=dict)  # by the id of the record or report
    primary_office: Office | None = None  # looked up where a report is on its way to it
    lent: tuple[RecordItem, ...] = ()  # whose day to go back has come; the team's pages only
    talk: Known | None = None  # the one to come, else the last that took place since the visit


@dataclass
class _Rows:
    """What the queries found, by case."""

    visits: dict[UUID, Visit] = field(default_factory=dict)
    standings: dict[UUID, Standing] = field(default_factory=dict)
    plans: dict[UUID, set[str]] = field(default_factory=dict)
    consultations: dict[UUID, Consultation] = field(default_factory=dict)
    reports: dict[UUID, list[ReportLoop]] = field(default_factory=dict)
    primary_offices: dict[UUID, Office] = field(default_factory=dict)
    calls: dict[UUID | None, dt.date] = field(default_factory=dict)
    calls_about: dict[str, list[CallAbout]] = field(default_factory=dict)
    lent: dict[UUID, list[RecordItem]] = field(default_factory=dict)
    closed: dict[UUID, frozenset[dt.date]] = field(default_factory=dict)  # where the consultant of the case is


def of_case(case: Case, now: dt.datetime, *, for_team: bool = False, with_tellers: bool = False) -> Gathered:
    """The facts of one case at `now`."""
    return of_cases([case], now, for_team=for_team, with_tellers=with_tellers)[case.pk]


def as_told(case: Case, now: dt.datetime, reader: User) -> Gathered:
    """The facts of a case as this person may know them: whoever only began it, from what she put in."""
    if not begins(case, reader):
        return of_case(case, now)
    rows = _look_up({case.pk: case}, now, None, reader)
    return _gather(people.as_told(case, reader), rows)


def of_cases(
    cases: Sequence[Case],
    now: dt.datetime,
    here: Organisation | None = None,
    *,
    for_team: bool = False,
    with_tellers: bool = False,
) -> dict[UUID, Gathered]:
    """The facts of each case at `now`; as many queries for thirty cases as for one. Cases come with `patient`.

    `here` spares a query where the page has our own house's facts already. The team also sees what is to go back;
    with tellers, who spoke of each record last.
    """
    known = {case.pk: case for case in cases}
    key = ("facts", frozenset(known), now, for_team, with_tellers)
    rows = once(key, lambda: _look_up(known, now, here, for_team=for_team, with_tellers=with_tellers))
    return {case.pk: _gather(case, rows) for case in cases}


def _look_up(
    cases: Mapping[UUID, Case],
    now: dt.datetime,
    here: Organisation | None,
    beginner: User | None = None,
    *,
    for_team: bool = False,
    with_tellers: bool = False,
) -> _Rows:
    # A third doctor's visit is a later round and takes the second's place.
    parts = ("office", "clinician", "referral", "report")
    seen = Visit.objects.visible_to(beginner) if beginner else Visit.objects.all()
    known = {"talks_of_case": talks.beside("case", beginner), "decided": decisions.beside("case")}
    live = seen.live().filter(case__in=cases).annotate(**known, opinions=comparing.beside("case"))
    visits = live.select_related(*parts).order_by("round")
    rows = _Rows()
    for visit in visits:
        visit.case = cases[visit.case_id]  # already here, with its patient
        rows.visits[visit.case_id] = visit
        if beginner:
            _leave_out(visit, beginner)
        if loop := getattr(visit, "report", None):
            rows.reports.setdefault(visit.case_id, []).append(loop)
    closed = ClosedDays(now.date())
    rows.standings = standings(rows.visits.values(), now, closed, with_tellers=with_tellers, reader=beginner)
    _look_up_beside(cases, now, rows, beginner, _with_more_lent(cases.values(), rows, now) if for_team else set())
    to_read = {case: call for case, call in rows.consultations.items() if call.needs_plan}
    if to_read:
        house = (here or organisation()).region
        rows.closed = {case: closed[call.region or house] for case, call in to_read.items()}
    return rows


def _leave_out(visit: Visit, beginner: User) -> None:
    """What others have said of her visit, and what was decided since."""
    visit.decided, visit.opinions = None, 0
    for part in ("referral", "report"):
        row = getattr(visit, part, None)
        if row is not None and row.put_in_by_id != beginner.pk:
            visit._state.fields_cache[part] = None


def _with_more_lent(cases: Iterable[Case], rows: _Rows, now: dt.datetime) -> set[UUID]:
    """Puts down what is to go back by today of the visits that lead. The cases where a day to act has come that those
    know nothing of: there something was lent for another visit, or one that was called off.
    """
    today, others = when.as_date(now), set()
    for case in cases:
        visit = rows.visits.get(case.pk)
        stands = rows.standings[visit.pk] if visit else None
        own = [each.item for each in stands.items] if stands else []
        rows.lent[case.pk] = [item for item in own if item.is_to_go_back(today)]
        is_known = bool(rows.lent[case.pk]) or bool(stands and stands.act_by and stands.act_by <= today)
        if case.act_by and case.act_by <= today and not is_known:
            others.add(case.pk)
    return others


def _look_up_beside(
    cases: Mapping[UUID, Case], now: dt.datetime, rows: _Rows, beginner: User | None, more_lent: Collection[UUID]
) -> None:
    """What comes beside the rows of the cases, in one query: their plans, consultations and calls; and where it is
    wanted, the primary doctor's office, and what is to go back. For a beginner, her own files and wishes.
    """
    files = Version.objects.visible_to(beginner) if beginner else Version.objects.all()
    plans = files.live().filter(document__kind=PLAN, document__withdrawn_at=None)
    booked = Consultation.objects.visible_to(beginner) if beginner else Consultation.objects.all()
    region = Subquery(Practice.objects.filter(pk=OuterRef("consultant")).values("region"))
    booked = booked.upcoming(now).filter(case=OuterRef("pk")).annotate(region=region)
    booked = booked.select_related("consultant", "service")[:1]
    primary = CaseClinician.objects.filter(role=CaseClinician.Role.PRIMARY).select_related("clinician__office")
    primary, reported = primary.filter(case=OuterRef("pk")), _with_report_on_its_way(rows.reports)
    lent = RecordItem.objects.to_give_back().filter(visit__case=OuterRef("pk"), due_back_on__lte=when.as_date(now))
    lent = lent.select_related("kind", "visit__office").order_by("due_back_on")
    wanted = {
        "plans": ArraySubquery(plans.filter(case=OuterRef("pk")).values("state")),
        "said_of_calls": _calls(beginner),
        "booked": beside.of(booked),
        "primary": beside.of(primary if reported else primary.none()),
        "lent": beside.of(lent if more_lent else lent.none()),
    }
    for found in Case.objects.filter(pk__in=cases).annotate(**wanted).values("pk", *wanted):
        case = found["pk"]
        rows.plans[case] = set(found["plans"])
        for consultation in beside.read(booked, found["booked"]):
            rows.consultations[case] = consultation
        for link in beside.read(primary, found["primary"]) if case in reported else ():
            if link.clinician.office:
                rows.primary_offices[case] = link.clinician.office
        if case in more_lent:
            rows.lent[case] += beside.read(lent, found["lent"])
        _put_down_calls(case, found["said_of_calls"], rows)


def _with_report_on_its_way(reports: Mapping[UUID, Sequence[ReportLoop]]) -> set[UUID]:
    """The cases whose report has left the second doctor; mostly none."""
    return {case for case, loops in reports.items() if any(loop.state in ON_ITS_WAY for loop in loops)}


def _calls(beginner: User | None) -> ArraySubquery:
    """Calls that wait, and those to offices that were made or put off."""
    wanted = Q(kind__in=CALL_KINDS, done_at=None) | Q(kind__in=CALLS_TO_OFFICES)
    said = {name: name for name in ("kind", "about_id", "asked_at", "due_on", "done_at")}
    asked = ToDo.objects.filter(asked_by=beginner) if beginner else ToDo.objects.all()
    return ArraySubquery(asked.filter(wanted, case=OuterRef("pk")).order_by("-due_on").values(said=JSONObject(**said)))


def _put_down_calls(case: UUID, called: Iterable[Mapping[str, Any]], rows: _Rows) -> None:
    for todo in called:
        due_on = dt.date.fromisoformat(todo["due_on"])
        if todo["kind"] in CALL_KINDS:
            rows.calls[case] = due_on
        else:
            asked_at, is_done = dt.datetime.fromisoformat(todo["asked_at"]), todo["done_at"] is not None
            rows.calls_about.setdefault(todo["about_id"], []).append(CallAbout(asked_at, due_on, is_done))


def _gather(case: Case, rows: _Rows) -> Gathered:
    visit = rows.visits.get(case.pk)
    standing = rows.standings.get(visit.pk) if visit else None
    referral = getattr(visit, "referral", None)
    happened = visit is not None and visit.state == VisitState.HAPPENED
    report = getattr(visit, "report", None) if happened else None
    consultation = rows.consultations.get(case.pk)
    talk = talks.that_counts(talks.read(visit.talks_of_case), visit.on_date if happened else None) if visit else None
    facts = Facts(
        opened_on=when.as_date(case.opened_at, case.patient.zone),
        referral=_referral_state(referral),
        referral_on=referral and (referral.sent_on or referral.answered_on),
        round=visit.round if visit else 2,
        visit_on=visit and visit.on_date,
        visit_named_on=when.as_date(visit.booked_at, case.patient.zone) if visit and visit.booked_at else None,
        visit_with=visit.clinician.name if visit and visit.clinician else "",
        visit_happened=happened,
        verdict=standing.verdict.answer.value if standing and standing.verdict else "",
        items=tuple(_item(each) for each in standing.items) if standing else (),
        plan=_plan_state(rows.plans.get(case.pk, set())),
        consultation=_consultation(consultation, case, rows) if consultation else None,
        treatment_on=case.treatment_on,
        talk_on=talk and talk.on,
        talk_with=talk.doctor if talk else "",
        talk_held=talk is not None and not talk.is_open,
        opinions=visit.opinions if visit else 0,
        decision=decisions.in_a_word(visit.decided) if visit else "",
        report="" if report is None or report.state == ReportState.NOT_ASKED else str(report.state),
        call_wanted=case.pk in rows.calls,
        call_by=rows.calls.get(case.pk),
        not_today_until=case.rests_until,
    )
    return Gathered(
        facts,
        visit,
        standing,
        consultation,
        referral,
        report,
        tuple(rows.reports.get(case.pk, ())),
        rows.calls_about,
        rows.primary_offices.get(case.pk),
        tuple(rows.lent.get(case.pk, ())),
        talk,
    )


def _referral_state(referral: Referral | None) -> str:
    if referral is None or referral.state == ReferralState.NEEDED:
        return ""
    return str(referral.state)


def _item(each: ItemStanding) -> ItemFacts:
    return ItemFacts(
        name=each.item.kind.called,
        hop=str(each.item.state),
        is_core=each.item.is_core,
        is_plan=each.item.kind_id == "treatment_plan",
        needs=each.item.need,
        needs_by=each.request_by,
        request_by=each.request_by,
    )


def _plan_state(states: set[str]) -> str:
    if READY in states:
        return "ready"
    if states & MOVING:
        return "checking"
    return "needs_you" if states else ""


def _consultation(consultation: Consultation, case: Case, rows: _Rows) -> ConsultationFacts:
    closed = rows.closed.get(case.pk, frozenset())
    return ConsultationFacts(
        on=when.as_date(consultation.starts_at, case.patient.zone),
        consultant=consultation.consultant.first_name,
        needs_plan=consultation.needs_plan,
        plan_by=plan_due_on(consultation.starts_at, consultation.zone, consultation.talk, closed),
    )
