"""What to take to the visit: what is carried, copies of what may follow, papers of one's own."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.documents.lists import rows_of
from cases.records.days.verdict import Timing
from cases.records.models import Visit
from cases.records.standing import ItemStanding
from cases.records.states import THERE, ItemState, Route, VisitState
from portal import when
from portal.accounts.models import User
from portal.onepage import Section, Sheet, Tick, in_the_patients_words, made
from portal.pages import facts
from portal.pages.facts import Gathered
from portal.pages.sheet import visit_place

# A core record that could come on the day itself: a copy in the bag makes it certain.
COULD_BE_LATE = {Timing.MAY_FOLLOW, Timing.EXPECTED}
MEDICINES = "medications"


def is_ahead(visit: Visit | None, today: dt.date) -> bool:
    """Whether there is a visit to take something to."""
    return bool(visit and visit.state == VisitState.BOOKED and visit.on_date and visit.on_date >= today)


@dataclass(frozen=True)
class CarryList:
    """The list, and whether somebody chose to carry: then it belongs to the printed sheet."""

    sheet: Sheet
    is_chosen: bool


def of_case(case: Case, reader: User, now: dt.datetime) -> CarryList | None:
    """The list as it is at `now`, with the files this reader may open; None without a visit ahead."""
    gathered = facts.as_told(case, now, reader)
    visit = gathered.visit
    if visit is None or visit.on_date is None or not is_ahead(visit, when.as_date(now, visit.zone)):
        return None
    with in_the_patients_words(case.patient):
        parts = [
            Section(_("I carry these"), ticks=_carried(gathered)),
            Section(_("Copies, in case theirs are not there yet"), ticks=_copies(gathered)),
            Section(_("Printed copies of my files"), ticks=_files(case, reader)),
            Section(_("And from home"), ticks=_from_home(gathered, visit)),
            Section(_("Will follow. I don’t have to bring these"), rows=_following(gathered)),
        ]
        page = made(
            title=_("What to take on %(day)s") % {"day": when.day(visit.on_date)},
            lead=_at(visit),
            reference=case.reference,
            sections=[part for part in parts if part.ticks or part.rows],
            foot="",
        )
        return CarryList(page, visit.way == "carry" or bool(parts[0].ticks))


def _files(case: Case, reader: User) -> list[Tick]:
    return [
        Tick(row.name, row.about, row.document.get_absolute_url())
        for row in rows_of(case, reader)
        if row.document.withdrawn_at is None and row.version.is_ready
    ]


def _at(visit: Visit) -> str:
    if visit.at_time is None:
        return visit_place(visit)
    return _("At %(time)s, %(where)s") % {"time": when.clock_time(visit.at_time), "where": visit_place(visit)}


def _lines(gathered: Gathered) -> tuple[ItemStanding, ...]:
    """The records that are not there yet."""
    lines = gathered.standing.items if gathered.standing else ()
    return tuple(line for line in lines if line.item.state not in THERE)


def _carried(gathered: Gathered) -> list[Tick]:
    return [
        Tick(
            line.item.called,
            _("In my hands") if line.item.state in {ItemState.HELD, ItemState.SENT} else _("Still to get"),
        )
        for line in _lines(gathered)
        if line.item.route == Route.CARRIED
    ]


def _copies(gathered: Gathered) -> list[Tick]:
    return [Tick(line.item.called, _expected(line)) for line in _lines(gathered) if _wants_a_copy(line)]


def _wants_a_copy(line: ItemStanding) -> bool:
    is_uncertain = line.judged is not None and line.judged.timing in COULD_BE_LATE
    return is_uncertain and line.item.is_core and line.item.route != Route.CARRIED


def _expected(line: ItemStanding) -> str:
    if line.dates.read_expected is None or line.dates.has_no_date:
        return ""
    return _("Theirs should come by %(day)s.") % {"day": when.month_day(line.dates.read_expected)}


def _from_home(gathered: Gathered, visit: Visit) -> list[Tick]:
    own = [Tick(_("Photo ID"))]
    own.append(Tick(_("Health card") if visit.region.startswith("CA") else _("Insurance card, if I have one")))
    lines = gathered.standing.items if gathered.standing else ()
    if not any(line.item.kind_id == MEDICINES and line.item.route == Route.CARRIED for line in lines):
        own.append(Tick(_("A list of my medicines and allergies")))
    own.append(Tick(_("My three questions"), _("They stand on my one-page sheet.")))
    return own


def _following(gathered: Gathered) -> list[dict[str, str]]:
    """What comes later. A core record is named once: among the copies."""
    rows = []
    for line in _lines(gathered):
        if line.item.route == Route.CARRIED or _wants_a_copy(line):
            continue
        if line.judged and line.judged.timing == Timing.MAY_FOLLOW:
            day = line.dates.read_safe
            by = _("By %(day)s") % {"day": when.month_day(day)} if day and not line.dates.has_no_date else ""
            rows.append({"label": line.item.called, "value": by or _("No date yet")})
    return rows
