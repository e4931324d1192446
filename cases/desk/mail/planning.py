"""Which offices are to be written to today: found by the clock from how each case stands, or by a press."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import ask_to_do, settle_to_do
from cases.case.models import Case, Office, ToDo
from cases.desk.links import parts
from cases.desk.links.actions import SEND_CODE, link_for, wake
from cases.desk.links.models import OfficeLink
from cases.desk.mail import desks, kinds, rules
from cases.desk.mail.desks import Desk
from cases.desk.mail.facts import VISIT, Facts
from cases.records import rules as record_rules
from cases.records.days.closed_days import closed_days
from cases.records.items.telling import lock_case, role_of
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.planning import visit_begins
from cases.records.report import loop as report_loop
from cases.records.report.planning import said_on, went_out_on
from cases.records.rules import Due
from cases.records.standing import ItemStanding, Standing, standings
from cases.records.states import ItemState, VisitState
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders.actions import plan_row, settle
from portal.reminders.models import Outcome, RecipientType, Reminder
from portal.texts.words import organisation

ONE_DAY = timedelta(days=1)  # the widest that local dates differ from those of UTC
USEFUL_FOR = timedelta(days=10)
TOGETHER = ("case__patient", "case__key", "office", "clinician")
CODES = [kind.code for kind in kinds.KINDS]
PAGE_HELD = "office_page_held"  # a to-do about a link: a mail that was pressed for waits for another press


@dataclass(frozen=True)
class Question:
    """Something to ask of an office today."""

    kind: str
    about: RecordItem | ReportLoop
    visit: Visit
    office: Office
    step: int = 0

    @property
    def key(self) -> str:
        return Desk(self.office.pk, self.visit.case.patient_id).pk

    @property
    def asking(self) -> tuple[str, UUID, int, int]:
        return self.kind, self.about.pk, self.about.version, self.step


def plan_due(now: datetime) -> int:
    """Plan what offices are to be asked today. Answers how much was new; twice, or late, changes nothing.

    A fixed number of queries while nothing new is due, however many offices there are.
    """
    cases = Case.objects.filter(state=Case.State.OPEN, act_by__lte=now.date() + ONE_DAY)
    visits = list(Visit.objects.live().filter(case__in=cases).select_related(*TOGETHER))
    questions = [each for stands in standings(visits, now).values() for each in _of_records(stands, now)]
    questions += _of_reports(visits, now)
    questions = _may_be_put(questions, now)
    return sum(_plan(each, now) for each in _new(questions))


def _of_records(stands: Standing, now: datetime) -> Iterator[Question]:
    """Where the record is and whether it opens, on the day of its chase. What a person takes over is a person's."""
    visit = stands.visit
    if visit.state not in kinds.AHEAD:
        return
    for line in stands.items:
        item = line.item
        if item.holder and item.asked_by_us and item.state in kinds.WITH_HOLDER and _is_chased(line, now):
            yield Question(kinds.CHASE, item, visit, item.holder)
        is_asked = _is_chased(line, now) if item.state == ItemState.SENT else _is_in_doubt(line, now)
        if visit.office and kinds.is_for_second(item) and is_asked:
            yield Question(kinds.SECOND, item, visit, visit.office)


def _is_chased(line: ItemStanding, now: datetime) -> bool:
    today = now.astimezone(line.dates.thing.zone).date()
    return line.next_day is not None and line.next_day.due == Due.CHASE and line.next_day.on <= today


def _is_in_doubt(line: ItemStanding, now: datetime) -> bool:
    return line.opens_by is not None and line.opens_by <= now.astimezone(line.dates.thing.zone).date()


def _of_reports(visits: Iterable[Visit], now: datetime) -> Iterator[Question]:
    """On the same days on which the patient is asked: the second office for its report, and once that is on its way
    the primary one whether it came. What was looked for in vain is a person's.
    """
    held = {visit.pk: visit for visit in visits if visit.state == VisitState.HAPPENED and visit.on_date}
    loops = list(ReportLoop.objects.open().filter(visit__in=held))
    if not loops:
        return
    closed = closed_days({visit.region for visit in held.values()}, now.date())
    primary = kinds.primary_offices({visit.case_id for visit in held.values()})
    for loop in loops:
        visit = loop.visit = held[loop.visit_id]
        assert visit.on_date is not None
        today = now.astimezone(visit.zone).date()
        days = report_loop.days_to_ask(visit.on_date, said_on(loop, visit), closed[visit.region], went_out_on(loop))
        step = max((step for step, day in days if day <= today), default=None)
        if step is None or loop.missed_on:
            continue
        if visit.office and loop.state in kinds.REPORT_WANTED:
            yield Question(kinds.REPORT, loop, visit, visit.office, step)
        office = primary.get(visit.case_id)
        if office and loop.state in kinds.REPORT_AWAITED:
            yield Question(kinds.PRIMARY, loop, visit, office, step)


def _may_be_put(questions: list[Question], now: datetime) -> list[Question]:
    facts = Facts((each.visit for each in questions), now)
    return [
        each
        for each in questions
        if facts.may_plan(each.visit, each.office) and (each.kind != kinds.CHASE or facts.may_be_sent(each.about))  # type: ignore[arg-type]
    ]


def _new(questions: list[Question]) -> list[Question]:
    """Those that were not put before: neither to this office, nor sent to one that became part of it."""
    rows = Reminder.objects.filter(kind__in=CODES, about_id__in=[each.about.pk for each in questions])
    rows = rows.exclude(settled_as=Outcome.WITHDRAWN) if questions else rows.none()
    told = rows.values_list("kind", "about_id", "version", "step", "recipient_id", "settled_as")
    there, sent = set(), set()
    for kind, about, version, step, recipient, settled_as in told:
        there.add((kind, about, version, step, recipient))
        if settled_as == Outcome.SENT:
            sent.add((kind, about, version, step))
    return [each for each in questions if each.asking not in sent and (*each.asking, each.key) not in there]


@transaction.atomic
def _plan(question: Question, now: datetime) -> bool:
    """One row, with the link that its message names. A sleeping one wakes: what goes, goes to the address on file."""
    visit, office = question.visit, question.office
    lock_case(visit.case)
    due_at = goes_at(visit, office, now)
    try:
        link = wake(link_for(visit, office, by=SYSTEM), until=due_at, by=SYSTEM)
    except Refused:  # the patient closed its page
        return False
    if link.office_id != office.pk:  # it became part of another one in this moment
        return False
    row = row_for(question.kind, question.about, question.about.version, visit, office, due_at, step=question.step)
    return plan_row(row) is not None


def goes_at(visit: Visit, office: Office, now: datetime) -> datetime:
    """9 am of the first of its days on which a message of this case can still go: one a day, today's may be out."""
    zone, key = ZoneInfo(office.time_zone), Desk(office.pk, visit.case.patient_id).pk
    closed = closed_days([office.region], now.date())[office.region]
    if desks.written_to({key: office}, now):
        now = max(now, datetime.combine(now.astimezone(zone).date(), rules.CLOSES, zone))
    return rules.first_morning(office.hours, now, zone, closed)


def row_for(
    kind: str, about: Any, version: int, visit: Visit, office: Office, due_at: datetime, *, step: int = 0
) -> Reminder:
    useful_until = due_at + USEFUL_FOR
    if visit.state == VisitState.BOOKED and visit.on_date:
        useful_until = min(useful_until, visit_begins(visit))
    return Reminder(
        kind=kind,
        about_type=about._meta.label_lower,
        about_id=about.pk,
        version=version,
        case_id=visit.case_id,
        recipient_type=RecipientType.OFFICE,
        recipient_id=Desk(office.pk, visit.case.patient_id).pk,
        step=step,
        due_at=due_at,
        useful_until=useful_until,
    )


WHYS = {
    rules.Why.MERGED: gettext_lazy("This entry became part of another one. Look there."),
    rules.Why.NO_ADDRESS: gettext_lazy("There is no email address of this office. Call them, or send a letter."),
    rules.Why.HELD_BACK: gettext_lazy("This office is not emailed. Call them, or send a letter."),
}


def why_not_page(visit: Visit, office: Office, now: datetime) -> str:
    """Why our page cannot be sent to this office by mail; empty when it can."""
    if reason := rules.why_not(office, is_pressed=True):
        return str(WHYS[reason])
    facts = Facts([visit], now)
    if not facts.may_ask(visit.case_id):
        return _("First the patient signs that we may ask.")
    if not facts.may_plan(visit, office, is_pressed=True):
        return _("Their page is closed, or their address does not work. Call them first.")
    link = facts.link(visit, office.pk) or OfficeLink(visit=visit, office=office)
    if not kinds.open_with([link], facts):
        return _("Nothing is open with this office that we may write about.")
    return ""


@transaction.atomic
def send_page(visit: Visit, office: Office, *, email: str | None = None, by: Actor) -> Reminder:
    """Send an office the address of its page, in its hours. Pressed twice before it goes, it goes once.

    `email`: where it would go, as the person saw it. Raises Refused without permission, without an address, with
    another one by now, and when one went out today.
    """
    now = clock.now()
    lock_case(visit.case)
    visit = Visit.objects.select_related(*TOGETHER).get(pk=visit.pk)
    if role_of(visit.case, by, "write_to_offices") not in record_rules.DOERS:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if reason := why_not_page(visit, office, now):
        raise Refused(reason, code="state")
    if email is not None and email != office.email:
        raise Refused(_("The address has changed since you opened the page. Look at it once more."), code="state")
    return _send_page(link_for(visit, office, by=by), visit, now, by)


def _send_page(link: OfficeLink, visit: Visit, now: datetime, by: Actor) -> Reminder:
    due_at = goes_at(visit, link.office, now)
    link = wake(link, until=due_at, by=by)
    before = Reminder.objects.filter(kind=kinds.PAGE, about_id=link.pk, version=link.generation)
    if waiting := before.unsettled().first():
        return waiting
    if before.filter(settled_as=Outcome.SENT, settled_at__gte=now - ONE_DAY).exists():
        raise Refused(_("It went out to them a short while ago. Call them if it cannot wait."), code="state")
    row = plan_row(row_for(kinds.PAGE, link, link.generation, visit, link.office, due_at, step=before.count()))
    if row is None:
        raise Refused(_("The visit comes before they are at their desk again. Call them."), code="state")
    own = OfficeLink.objects.filter(visit=visit, office=link.office).values_list("pk", flat=True)
    for todo in ToDo.objects.open().filter(kind=PAGE_HELD, about_id__in=[str(pk) for pk in own]):
        settle_to_do(todo, by=by)
    record(by, "office_mail.asked", link, patient=visit.case.patient_id, case=visit.case_id)
    return row


@transaction.atomic
def address_changed(office: Office, before: Mapping[str, object], *, by: Actor) -> None:
    """What was pressed for goes to the address that was seen, or not at all: one of us looks at the new one."""
    if "email" in before:
        hold_pages(office, office, by=by)


@transaction.atomic
def hold_pages(office: Office, now: Office, *, by: Actor) -> None:
    """What waits to go to an office waits for another press. `now`: its entry from now on."""
    rows = Reminder.objects.unsettled().filter(kind=kinds.PAGE, recipient_id__startswith=Desk.office_part(office.pk))
    links = {row.about_id for row in rows}
    settle(rows, Outcome.WITHDRAWN, clock.now())
    today = organisation().today()
    for link in OfficeLink.objects.filter(pk__in=links).select_related("visit__case"):
        note = " · ".join(part for part in (now.name, now.email) if part)
        ask_to_do(PAGE_HELD, link, case=link.visit.case, due_on=today, note=note, by=by)


def send_codes(now: datetime) -> int:
    """Offices that asked for their code get their page's address anew, where it is another one by now and a checked
    address is on file. Answers how many.

    No mail ever has the code: where the page needs it, and where no mail goes, a person sends a letter with it.
    """
    todos = {todo.about_id: todo for todo in ToDo.objects.open().filter(kind=SEND_CODE)}
    links = OfficeLink.objects.standing().filter(pk__in=todos).select_related("office", *VISIT)
    return sum(_send_code(link, todos[str(link.pk)], now) for link in by_mail(list(links) if todos else [], now))


def by_mail(links: list[OfficeLink], now: datetime) -> list[OfficeLink]:
    """Those to whose offices a new address goes by itself: nobody has mailed them the one that holds."""
    links = [link for link in links if link.office.checked_at and not _is_mailed(link)]
    facts = Facts((link.visit for link in links), now)
    is_open = kinds.open_with(links, facts) if links else set()
    found = [link for link in links if link.pk in is_open]
    return [link for link in found if facts.may_write(link.visit, link.office, is_pressed=True)]


def _is_mailed(link: OfficeLink) -> bool:
    rows = Reminder.objects.filter(kind__in=CODES, recipient_id=Desk(link.office_id, link.visit.case.patient_id).pk)
    if rows.filter(settled_as=Outcome.SENT, settled_at__gte=link.holds_since).exists():
        return True
    return rows.unsettled().filter(kind=kinds.PAGE, about_id=link.pk, version=link.generation).exists()


@transaction.atomic
def _send_code(link: OfficeLink, todo: ToDo, now: datetime) -> bool:
    lock_case(link.visit.case)
    try:
        _send_page(link, link.visit, now, SYSTEM)
    except Refused:  # it went a short while ago, or comes too late: a person looks
        return False
    if not parts.need_code(link, now):
        settle_to_do(todo, by=SYSTEM)
    return True
