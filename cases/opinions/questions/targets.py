"""What a question is for: the visits, calls and talks of a case, and where one goes that was booked anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case.models import Case
from cases.opinions.questions.models import Question
from cases.opinions.talk.models import Talk
from cases.records.models import Visit
from cases.records.states import VisitState
from cases.records.words import doctor_of
from portal import when

Thing = Visit | Consultation | Talk
KINDS: dict[type, str] = {Visit: "visit", Consultation: "consultation", Talk: "talk"}
LATER = ""


@dataclass(frozen=True)
class Target:
    """One visit, call or talk, as a heading names it. `is_ahead`: something can still be asked there."""

    key: str
    thing: Thing | None
    heading: str
    heading_of_place: str  # as a place where something was answered
    on: date | None
    is_ahead: bool

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def columns(self) -> dict[str, UUID | None]:
        """What the row of a question for it says."""
        pk = self.thing.pk if self.thing else None
        return {f"for_{kind}_id": pk if self.kind == kind else None for kind in KINDS.values()}


@dataclass(frozen=True)
class Targets:
    """Those of one case, each in the order of their days."""

    visits: Sequence[Visit]
    calls: Sequence[Consultation]
    talks: Sequence[Talk]
    now: datetime

    def all(self) -> list[Target]:
        found = [_target(thing, self.now) for thing in (*self.visits, *self.calls, *self.talks) if _stands(thing)]
        return sorted(found, key=lambda each: (each.on is None, each.on or date.max, each.kind != "consultation"))

    def ahead(self) -> list[Target]:
        return [each for each in self.all() if each.is_ahead]

    def by_key(self, key: str) -> Target | None:
        """The one with this key, the one for later with an empty key; None for a key of something else."""
        if not key:
            return later()
        return next((each for each in self.all() if each.key == key), None)

    def of(self, question: Question) -> Target:
        """Where it stands now: a visit or talk that was called off leads to the one booked in its place."""
        thing: Thing | None = None
        if question.for_visit_id:
            thing = _find(self.visits, question.for_visit_id)
            if isinstance(thing, Visit) and not _stands(thing):
                thing = next((each for each in self.visits if each.round == thing.round and _stands(each)), None)
        elif question.for_consultation_id:
            thing = _find(self.calls, question.for_consultation_id)
            if thing is None or not _stands(thing):
                thing = next((each for each in self.calls if is_ahead(each, self.now)), None)
        elif question.for_talk_id:
            thing = _find(self.talks, question.for_talk_id)
            if thing is None or not _stands(thing):
                thing = next((each for each in self.talks if is_ahead(each, self.now)), None)
        return _target(thing, self.now) if thing is not None and _stands(thing) else later()


def of_case(case: Case, now: datetime) -> Targets:
    """In three queries."""
    visits = Visit.objects.filter(case=case).select_related("clinician", "office").order_by("round", "named_at", "pk")
    calls = Consultation.objects.filter(case=case).select_related("consultant", "service").order_by("starts_at")
    talks = Talk.objects.filter(case=case).select_related("clinician", "office").order_by("planned_at")
    return Targets(list(visits), list(calls), list(talks), now)


def later() -> Target:
    return Target(LATER, None, _("Not for a visit or a talk yet"), "", None, True)


def key_of(thing: Thing) -> str:
    return f"{KINDS[type(thing)]}:{thing.pk}"


def _find(things: Iterable[Any], pk: UUID) -> Any:
    return next((thing for thing in things if thing.pk == pk), None)


def _stands(thing: Thing) -> bool:
    """Not called off; a call that nobody came to is to be booked anew."""
    if isinstance(thing, Consultation):
        return thing.state in {Consultation.State.BOOKED, Consultation.State.COMPLETED}
    return thing.state != (VisitState.CANCELLED if isinstance(thing, Visit) else Talk.State.CANCELLED)


def is_ahead(thing: Thing, now: datetime) -> bool:
    if isinstance(thing, Consultation):
        return thing.is_booked and thing.ends_at > now
    if isinstance(thing, Talk):
        return thing.is_open
    return thing.state in {VisitState.PLANNED, VisitState.BOOKED}


def _target(thing: Thing, now: datetime) -> Target:
    return Target(key_of(thing), thing, *_headings(thing), _day(thing), is_ahead(thing, now))


def _day(thing: Thing) -> date | None:
    return when.as_date(thing.starts_at) if isinstance(thing, Consultation) else thing.on_date


def _headings(thing: Thing) -> tuple[str, str]:
    """ "For Dr. Raman, November 24", and "In the visit with Dr. Raman, November 24"."""
    if isinstance(thing, Consultation):
        words, place, name = (
            _("For your call with %(name)s"),
            _("In the call with %(name)s"),
            thing.consultant.first_name,
        )
    elif isinstance(thing, Talk):
        words, place, name = _("For the talk with %(name)s"), _("In the talk with %(name)s"), thing.clinician.name
    else:
        words, place, name = _("For %(name)s"), _("In the visit with %(name)s"), doctor_of(thing)
    day = _day(thing)
    return _dated(words % {"name": name}, day), _dated(place % {"name": name}, day)


def _dated(said: str, day: date | None) -> str:
    return _("%(what)s, %(day)s") % {"what": said, "day": when.month_day(day)} if day else said
