"""What an office asked for itself: to be reminded of its report, on a day after the visit."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, settle_to_do, settle_to_dos
from cases.case.models import Case, Office, ToDo
from cases.desk.links.actions import link_for, standing_of, wake
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Ended, Standing
from cases.desk.mail import kinds, planning, rules
from cases.desk.mail.facts import Facts
from cases.desk.receiving.models import ReportWish
from cases.records.days.closed_days import closed_days
from cases.records.items.telling import lock_case
from cases.records.models import ReportLoop, Visit
from cases.records.release import keeping
from cases.records.states import VisitState
from portal import clock, phones
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders.actions import plan_row, unplan
from portal.reminders.models import Outcome, Reminder
from portal.texts.words import organisation

REMIND_OFFICE = "remind_office"  # on the coordinator's board: an office asked to be reminded, and is not emailed
TOGETHER = ("office", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
ONE_DAY = timedelta(days=1)


def day_for(visit: Visit, office: Office, now: datetime) -> date | None:
    """The day on which this office can be reminded: its first one after the visit, and after today. None where there
    is no report to remind it of.
    """
    if not is_wanted(visit) or visit.on_date is None:
        return None
    zone = ZoneInfo(office.time_zone)
    last = max(visit.on_date, now.astimezone(zone).date())
    morning = datetime.combine(last + ONE_DAY, time(0), zone)
    return rules.first_morning(office.hours, morning, zone, closed_days([office.region], last)[office.region]).date()


def is_wanted(visit: Visit) -> bool:
    """Whether the report of this visit is, or will be, awaited from its office, and we may ask for it."""
    return _is_awaited(visit) and keeping.may_ask(visit.case)


def _is_awaited(visit: Visit) -> bool:
    if visit.case.state != Case.State.OPEN or visit.state not in {VisitState.BOOKED, VisitState.HAPPENED}:
        return False
    loop = ReportLoop.objects.filter(visit=visit).first()
    if loop is None or visit.state == VisitState.BOOKED:
        return True
    return loop.state in kinds.REPORT_WANTED and loop.missed_on is None


def waiting(link: OfficeLink) -> ReportWish | None:
    return ReportWish.objects.filter(link=link, settled_at=None).first()


@transaction.atomic
def ask(link: OfficeLink, *, by: Actor) -> ReportWish:
    """The office asks to be reminded, on the day that its page offers. Pressed twice is pressed once."""
    now, visit = clock.now(), link.visit
    lock_case(visit.case)
    visit.refresh_from_db()
    if there := waiting(link):
        return there
    on = day_for(visit, link.office, now)
    if on is None:
        raise Refused(_("There is nothing to remind you of any more. Look at the page once more."), code="state")
    wish = ReportWish.objects.filter(link=link).first() or ReportWish(link=link, version=0)
    wish.on_date, wish.asked_at, wish.settled_at = on, now, None
    wish.version += 1
    wish.save()
    record(by, "office_link.remind", link, patient=visit.case.patient_id, case=visit.case_id)
    return wish


@transaction.atomic
def take_back(link: OfficeLink, *, by: Actor) -> None:
    """No reminder is needed. What waits, or is on its way, is withdrawn. Twice is once."""
    lock_case(link.visit.case)
    found = ReportWish.objects.filter(link=link).first()
    if found is None:
        return
    unplan(found)
    _settle_calls(link, by=by)
    found.delete()
    record(by, "office_link.no_reminder", link, patient=link.visit.case.patient_id, case=link.visit.case_id)


def put_due(now: datetime) -> int:
    """Remind those whose day has come: by mail, where the office takes it, else one of us calls. Answers how many.

    Twice, or late, reminds once.
    """
    for pk in list(_not_written().values_list("pk", flat=True)):
        _open_again(pk)
    due = ReportWish.objects.filter(settled_at=None, on_date__lte=now.date() + ONE_DAY).order_by("on_date", "pk")
    count = sum(_put(pk, now) for pk in list(due.values_list("pk", flat=True)))
    for todo in ToDo.objects.open().filter(kind=REMIND_OFFICE):
        link = OfficeLink.objects.select_related(*TOGETHER).filter(pk=todo.about_id).first()
        if link is None or not is_wanted(link.visit):
            settle_to_do(todo, by=SYSTEM)
    return count


def _not_written() -> QuerySet[ReportWish]:
    """Those whose mail was planned and did not go: it was no time for it then, or the office became another one."""
    rows = Reminder.objects.filter(kind=kinds.REMIND, about_id=OuterRef("pk"), version=OuterRef("version"))
    return ReportWish.objects.filter(Exists(rows.filter(settled_as=Outcome.NOT_NEEDED)), settled_at__isnull=False)


@transaction.atomic
def _open_again(pk: UUID) -> None:
    """What was not written is looked at once more, as on its day."""
    lock_case(ReportWish.objects.select_related("link__visit__case").get(pk=pk).link.visit.case)
    _not_written().filter(pk=pk).update(settled_at=None, version=F("version") + 1)


@transaction.atomic
def _put(pk: UUID, now: datetime) -> bool:
    lock_case(ReportWish.objects.select_related("link__visit__case").get(pk=pk).link.visit.case)
    wish = ReportWish.objects.select_related(*(f"link__{part}" for part in TOGETHER)).filter(pk=pk).first()
    if wish is None or wish.settled_at is not None:
        return False
    link = wish.link = _twin(wish.link)
    visit = link.visit
    if wish.on_date > now.astimezone(ZoneInfo(link.office.time_zone)).date():
        return False
    if is_wanted(visit) and visit.on_date and visit.on_date >= wish.on_date:  # it was moved: after the new day
        wish.on_date = day_for(visit, link.office, now) or wish.on_date
        wish.save(update_fields=["on_date"])
        return False
    if ReportWish.objects.filter(link=link).exclude(pk=pk).exists():  # its twin asked for itself
        wish.delete()
        return False
    if _is_awaited(visit) and not keeping.may_ask(visit.case):  # it waits until that is signed anew
        return False
    wish.settled_at = now
    wish.save(update_fields=["link", "settled_at"])
    if not is_wanted(visit) or standing_of(link) == Standing.OVER:
        return False
    if not _mail(wish, visit, now):
        _call(link)
    return True


def _twin(link: OfficeLink) -> OfficeLink:
    """The link that stands for one whose office became part of another."""
    if link.ended_why != Ended.MERGED:
        return link
    office = link.office.merged_into_id or link.office_id
    found = OfficeLink.objects.standing().filter(visit=link.visit_id, office=office).select_related(*TOGETHER).first()
    return found or link


def _mail(wish: ReportWish, visit: Visit, now: datetime) -> bool:
    """Plan its mail, with the link that it names; False where this office is not emailed."""
    office = wish.link.office
    if not Facts([visit], now).may_plan(visit, office):
        return False
    due_at = planning.goes_at(visit, office, now)
    try:
        link = wake(link_for(visit, office, by=SYSTEM), until=due_at, by=SYSTEM)
    except Refused:  # the patient closed its page
        return False
    row = planning.row_for(kinds.REMIND, wish, wish.version, visit, office, due_at)
    row.useful_until = due_at + planning.USEFUL_FOR
    return link.office_id == office.pk and plan_row(row) is not None


def _call(link: OfficeLink) -> None:
    note = " · ".join(part for part in (link.office.name, phones.shown(link.office.phone)) if part)
    today = organisation().today()
    ask_to_do(REMIND_OFFICE, link, case=link.visit.case, due_on=today, note=note, by=SYSTEM)


def _settle_calls(link: OfficeLink, *, by: Actor) -> None:
    settle_to_dos(link, REMIND_OFFICE, by=by)
