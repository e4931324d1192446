"""The kinds of mail to an office: when each still stands, and what it asks, without a name or a clinical word."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.models import CaseClinician, Office
from cases.desk.links.models import OfficeLink
from cases.desk.mail.facts import VISIT, Facts
from cases.desk.packet import contents
from cases.desk.receiving.models import ReportWish
from cases.records.items import opening
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.report import loop as report_loop
from cases.records.states import ItemState, ReportState, Route, VisitState
from portal.reminders.kinds import REMINDER, Kind, Words
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import things

PAGE, CHASE, SECOND = "desk.page", "desk.chase", "desk.second"
REPORT, PRIMARY, REMIND = "desk.report", "desk.primary", "desk.remind"

Rows = Sequence[Reminder]
AHEAD = {VisitState.PLANNED, VisitState.BOOKED}
WITH_HOLDER = {ItemState.ASKED, ItemState.ACKNOWLEDGED}
REPORT_WANTED = {ReportState.NOT_ASKED, ReportState.ASKED}
REPORT_AWAITED = report_loop.ON_ITS_WAY


def items_of(rows: Rows) -> dict[UUID, RecordItem]:
    return things(rows, lambda: RecordItem.objects.select_related("kind", "holder", *VISIT))


def loops_of(rows: Rows) -> dict[UUID, ReportLoop]:
    return things(rows, lambda: ReportLoop.objects.select_related(*VISIT))


def wishes_of(rows: Rows) -> dict[UUID, ReportWish]:
    return things(rows, lambda: ReportWish.objects.select_related("link__office", *(f"link__{part}" for part in VISIT)))


def links_of(rows: Rows) -> dict[UUID, OfficeLink]:
    return things(rows, lambda: OfficeLink.objects.select_related("office", *VISIT))


def page_still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Somebody pressed for it: while its page has the address that was pressed for, and something is open with them.

    When the office gets another email address, it is withdrawn: `planning.address_changed`.
    """
    links = links_of(rows)
    facts = Facts((link.visit for link in links.values()), now)
    is_open = open_with(links.values(), facts)
    return {
        row.pk
        for row in rows
        if (link := links.get(row.about_id))
        and link.generation == row.version
        and link.pk in is_open
        and facts.may_write(link.visit, link.office, key=row.recipient_id, is_pressed=True)
    }


Besides = Callable[[Sequence[OfficeLink]], set[UUID]]
_besides: list[Besides] = []


def open_besides(found: Besides) -> None:
    """A room above has more that can be open with an office: `found` answers which of some links have it."""
    if found not in _besides:
        _besides.append(found)


def besides(links: Sequence[OfficeLink]) -> set[UUID]:
    """The links of offices with whom a room above has something open."""
    return {pk for found in _besides for pk in found(links)}


def open_with(links: Iterable[OfficeLink], facts: Facts) -> set[UUID]:
    """The links of offices with whom something is open: a record to send or to receive, a report, a talk."""
    links = list(links)
    visits = {link.visit_id: link.visit for link in links}
    items = list(RecordItem.objects.wanted().filter(visit__in=visits).select_related("kind"))
    loops = {loop.visit_id: loop for loop in ReportLoop.objects.filter(visit__in=visits)}
    primary = primary_offices({visit.case_id for visit in visits.values()})
    for item in items:
        item.visit = visits[item.visit_id]
    return {
        link.pk
        for link in links
        if any(_is_open(item, link.office_id, facts) for item in items if item.visit_id == link.visit_id)
        or _is_report_open(loops.get(link.visit_id), link, primary.get(link.visit.case_id))
        or _waits_in_packet(link, facts)
    } | besides(links)


def _is_open(item: RecordItem, office: UUID, facts: Facts) -> bool:
    if item.holder_id == office and item.state in WITH_HOLDER:
        return facts.may_be_sent(item)
    return item.visit.office_id == office and is_for_second(item)


def _is_report_open(loop: ReportLoop | None, link: OfficeLink, primary: Office | None) -> bool:
    if loop is None or link.visit.state != VisitState.HAPPENED:
        return False
    if link.visit.office_id == link.office_id:
        return loop.state in REPORT_WANTED
    return primary is not None and primary.pk == link.office_id and loop.state in REPORT_AWAITED


def _waits_in_packet(link: OfficeLink, facts: Facts) -> bool:
    """Whether we have what the visit's office is to take from its page."""
    visit = link.visit
    if visit.office_id != link.office_id or visit.state not in AHEAD or not facts.may_ask(visit.case_id):
        return False
    parts = contents.for_office(visit, facts.today(visit)).parts
    return any(part.item is not None and part.item.state == ItemState.HELD for part in parts)


def is_for_second(item: RecordItem) -> bool:
    """Whether the second office may know where a record is: it was sent there, or arrived and may not open."""
    if item.route == Route.CARRIED:
        return False
    return item.state == ItemState.SENT or opening.is_in_doubt(item)


def chase_still_due(rows: Rows, now: datetime) -> set[UUID]:
    def is_due(item: RecordItem, facts: Facts) -> bool:
        return item.state in WITH_HOLDER and facts.may_be_sent(item)

    return _items_due(rows, now, lambda item: item.holder, is_due)


def second_still_due(rows: Rows, now: datetime) -> set[UUID]:
    return _items_due(rows, now, lambda item: item.visit.office, lambda item, facts: is_for_second(item))


def _items_due(
    rows: Rows,
    now: datetime,
    office_of: Callable[[RecordItem], Office | None],
    is_due: Callable[[RecordItem, Facts], bool],
) -> set[UUID]:
    """Each word about a record raises its version, so an older question is over."""
    items = items_of(rows)
    facts = Facts((item.visit for item in items.values()), now)
    return {
        row.pk
        for row in rows
        if (item := items.get(row.about_id))
        and item.version == row.version
        and item.visit.state in AHEAD
        and is_due(item, facts)
        and facts.may_write(item.visit, office_of(item), key=row.recipient_id)
    }


def report_still_due(rows: Rows, now: datetime) -> set[UUID]:
    return _loops_due(rows, now, REPORT_WANTED, lambda visit, primary: visit.office)


def primary_still_due(rows: Rows, now: datetime) -> set[UUID]:
    return _loops_due(rows, now, REPORT_AWAITED, lambda visit, primary: primary)


def remind_still_due(rows: Rows, now: datetime) -> set[UUID]:
    """They asked for it, and the report is not on its way; also where nobody has said yet that the visit took place."""
    wishes = wishes_of(rows)
    facts = Facts((wish.visit for wish in wishes.values()), now)
    loops = {loop.visit_id: loop for loop in ReportLoop.objects.filter(visit__in=[w.visit for w in wishes.values()])}

    def is_due(wish: ReportWish) -> bool:
        visit, loop = wish.visit, loops.get(wish.visit.pk)
        if visit.state == VisitState.HAPPENED:
            return loop is not None and loop.state in REPORT_WANTED and loop.missed_on is None
        return visit.state == VisitState.BOOKED and visit.on_date is not None and visit.on_date < wish.on_date

    return {
        row.pk
        for row in rows
        if (wish := wishes.get(row.about_id))
        and wish.version == row.version
        and is_due(wish)
        and facts.may_write(wish.visit, wish.link.office, key=row.recipient_id)
    }


def _loops_due(
    rows: Rows, now: datetime, states: Set[ReportState], office_of: Callable[[Visit, Office | None], Office | None]
) -> set[UUID]:
    loops = loops_of(rows)
    facts = Facts((loop.visit for loop in loops.values()), now)
    primary = primary_offices({loop.visit.case_id for loop in loops.values()})
    return {
        row.pk
        for row in rows
        if (loop := loops.get(row.about_id))
        and loop.version == row.version
        and loop.state in states
        and loop.missed_on is None
        and loop.visit.state == VisitState.HAPPENED
        and facts.may_write(loop.visit, office_of(loop.visit, primary.get(loop.visit.case_id)), key=row.recipient_id)
    }


def primary_offices(cases: Iterable[UUID]) -> dict[UUID, Office]:
    """The office of each case's primary doctor. One query."""
    found = CaseClinician.objects.filter(case__in=list(cases), role=CaseClinician.Role.PRIMARY)
    found = found.filter(clinician__office__isnull=False).select_related("clinician__office")
    return {each.case_id: each.clinician.office for each in found if each.clinician.office}


def visits_of(rows: Rows) -> dict[UUID, Visit]:
    """The visit that each row is about, by row."""
    by_kind: dict[str, list[Reminder]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    found: dict[UUID, Visit] = {}
    for code, same in by_kind.items():
        about = LOOK_UP[code](same)
        found |= {row.pk: about[row.about_id].visit for row in same if row.about_id in about}
    return found


LOOK_UP: dict[str, Callable[[Rows], dict]] = {
    PAGE: links_of,
    CHASE: items_of,
    SECOND: items_of,
    REPORT: loops_of,
    PRIMARY: loops_of,
    REMIND: wishes_of,
}


def subject(code: str, reference: str) -> str:
    said = {
        PAGE: _("Reference %(reference)s: our page for your office"),
        CHASE: _("Reference %(reference)s: records we asked you for"),
        SECOND: _("Reference %(reference)s: did the records arrive?"),
        REPORT: _("Reference %(reference)s: the report of a visit"),
        PRIMARY: _("Reference %(reference)s: did the report of a visit arrive?"),
        REMIND: _("Reference %(reference)s: the report, as you asked us"),
    }
    return said[code] % {"reference": reference}


def asks(code: str, count: int) -> str:
    """What a message asks of an office, in a sentence or two."""
    if code == CHASE:
        return ngettext(
            "We asked your office for %(count)d record. Please tell us if it is sent, if you cannot find it, or what "
            "you need first.",
            "We asked your office for %(count)d records. Please tell us of each if it is sent, if you cannot find it, "
            "or what you need first.",
            count,
        ) % {"count": count}
    if code == SECOND:
        return ngettext(
            "%(count)d record was sent to your office for a visit. Please tell us if it is there and opens.",
            "%(count)d records were sent to your office for a visit. Please tell us if they are there and open.",
            count,
        ) % {"count": count}
    said = {
        PAGE: _("Our page for this reference shows what is open with your office, and takes your answer."),
        REPORT: _("The visit took place. Please send your report to the patient’s primary doctor, and tell us once it "
                  "is sent."),
        REMIND: _("You asked us to remind you. Please send your report of the visit to the patient’s primary doctor, "
                  "and tell us once it is sent."),
        PRIMARY: _("A report of a visit should reach your office. Please tell us if it is there."),
    }  # fmt: skip
    return said[code]


def _words(code: str) -> Callable[[Rows, Reader, datetime], dict[UUID, Words]]:
    """For those who look over what goes out: one row, told as it would be told alone."""

    def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
        said = Words(subject=str(LABELS[code]), lead=str(LABELS[code]), line=asks(code, 1))
        return {row.pk: said for row in rows}

    return words


LABELS = {
    PAGE: gettext_lazy("Our page, to an office"),
    CHASE: gettext_lazy("Records asked of an office"),
    SECOND: gettext_lazy("Did the records arrive at an office?"),
    REPORT: gettext_lazy("The report, asked of an office"),
    PRIMARY: gettext_lazy("Did the report arrive at an office?"),
    REMIND: gettext_lazy("The report, as an office asked to be reminded"),
}


def _kind(code: str, still_due: Callable[[Rows, datetime], set[UUID]], why: str, rank: int) -> Kind:
    return Kind(
        code=code,
        message_class=REMINDER,
        label=LABELS[code],
        still_due=still_due,
        words=_words(code),
        why=lambda row: str(why),
        rank=rank,
    )


KINDS = (
    _kind(CHASE, chase_still_due, gettext_lazy("It was asked for, and nobody has said that it is there."), 10),
    _kind(SECOND, second_still_due, gettext_lazy("It was sent, and nobody has said that it is there and opens."), 20),
    _kind(REPORT, report_still_due, gettext_lazy("The visit took place, and the report is awaited."), 30),
    _kind(REMIND, remind_still_due, gettext_lazy("The office asked to be reminded of its report."), 25),
    _kind(PRIMARY, primary_still_due, gettext_lazy("The report was asked for, and should arrive."), 40),
    _kind(PAGE, page_still_due, gettext_lazy("Somebody pressed to send it."), 50),
)
