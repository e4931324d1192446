"""Why a case needs a person today, in words: what is due, since when, whom to call."""

import datetime as dt
from collections.abc import Set
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.models import Office
from cases.records.board.handing_over import is_since
from cases.records.days.verdict import Thing
from cases.records.models import RecordItem, ReportLoop
from cases.records.report import loop as report_loop
from cases.records.report import planning as report_planning
from cases.records.rules import Due
from cases.records.standing import ItemStanding
from cases.records.states import IN_TROUBLE, ItemState, Need, ReportState, Route
from portal import when
from portal.pages.facts import Gathered
from portal.texts.business_days import business_days_between

NEEDS = {
    Need.PLAN: gettext_lazy("waits for the patient’s file"),
    Need.SIGNATURE: gettext_lazy("waits for a signature"),
    Need.CHOICE: gettext_lazy("waits for the patient’s choice"),
    Need.FEE: gettext_lazy("waits for a fee"),
    Need.IDENTITY: gettext_lazy("waits for a copy of the ID"),
}
VERY_NEAR = dt.timedelta(days=4)


@dataclass(frozen=True)
class Reason:
    """Why today: the day it was due, a tag, a sentence; the office to call and the record to speak of, if any."""

    on: dt.date
    label: str
    kind: str  # of the tag
    icon: str
    text: str
    office: Office | None = None
    item: ItemStanding | None = None


def of_case(gathered: Gathered, today: dt.date) -> Reason | None:
    """The most pressing thing about the visit and its records that is due by today; None when nothing is."""
    return _of_visit(gathered, today) or _of_lent(gathered, today)


def _of_lent(gathered: Gathered, today: dt.date) -> Reason | None:
    due = [(item, item.due_back_on) for item in gathered.lent if item.due_back_on]
    return next((lent(item) for item, on in due if not is_seen_to(str(item.pk), on, gathered, today)), None)


def _of_visit(gathered: Gathered, today: dt.date) -> Reason | None:
    standing, visit = gathered.standing, gathered.visit
    if standing is None or visit is None:
        return None
    if gathered.facts.visit_happened and (reason := _report(gathered, standing.closed, today)):
        return reason
    if not gathered.facts.visit_happened and visit.on_date and visit.on_date < today:
        text = _("The visit was on %(day)s. Ask whether it took place.") % {"day": when.short_day(visit.on_date)}
        return Reason(visit.on_date, _("Did it take place?"), "info", "cal", text)
    pairs = zip(standing.items, standing.things, strict=True)
    due = [(each, thing) for each, thing in pairs if _is_due(each, today) and not _is_seen_to(each, gathered, today)]
    if not due:
        return None
    first, thing = min(due, key=lambda pair: (not pair[0].item.is_core, pair[0].act_on))
    reason = of_item(gathered, first, thing, today)
    if len(due) == 1:
        return reason
    more = ngettext("%(count)d more record waits.", "%(count)d more records wait.", len(due) - 1)
    text = f"{reason.text} {more % {'count': len(due) - 1}}"
    return Reason(reason.on, reason.label, reason.kind, reason.icon, text, reason.office, reason.item)


def _report(gathered: Gathered, closed: Set[dt.date], today: dt.date) -> Reason | None:
    """The report that nobody has confirmed after the last question about it."""
    loop = gathered.report
    if loop is None or loop.state == ReportState.CONFIRMED or gathered.visit is None:
        return None
    on = report_planning.person_asks_on(loop, gathered.visit, closed)
    if on > today or is_seen_to(str(loop.pk), on, gathered, today):
        return None
    return _of_report(loop, gathered, on, today)


def about_report(gathered: Gathered, loop_id: str, today: dt.date) -> Reason | None:
    """The report of one visit of the case, whichever round it was; None when it is not there any more."""
    found = [loop for loop in gathered.reports if str(loop.pk) == loop_id]
    return _of_report(found[0], gathered, today, today) if found else None


def _of_report(loop: ReportLoop, gathered: Gathered, on: dt.date, today: dt.date) -> Reason:
    """Until it is on its way the second office is asked; from then on the desk that should have it."""
    visit = loop.visit
    assert visit.on_date is not None, "a visit that took place has a day"
    days = report_loop.days_open(visit.on_date, today)
    if loop.state in report_loop.ON_ITS_WAY:
        office = gathered.primary_office
        text = ngettext(
            "The report has been open for %(days)d day, and is on its way. Ask %(desk)s whether it is there.",
            "The report has been open for %(days)d days, and is on its way. Ask %(desk)s whether it is there.",
            days,
        ) % {"days": days, "desk": desk(office) if office else _("the patient’s own doctor")}
        return Reason(on, _("Report open"), "warn", "phone", text, office)
    text = ngettext(
        "The report has been open for %(days)d day. Ask %(desk)s.",
        "The report has been open for %(days)d days. Ask %(desk)s.",
        days,
    ) % {"days": days, "desk": desk(visit.office)}
    return Reason(on, _("Report open"), "warn", "phone", text, visit.office)


def pass_on(today: dt.date) -> Reason:
    """The second doctor's report is here as a file."""
    text = _("The report is here as a file. Send it to the primary doctor’s office, then say so.")
    return Reason(today, _("Pass the report on"), "info", "out", text)


def fax_report(gathered: Gathered, today: dt.date) -> Reason:
    """The primary doctor's office wants the report by fax, and it does not go by itself."""
    office = gathered.primary_office
    named = {"desk": desk(office) if office else _("The primary doctor’s office")}
    text = _("%(desk)s wants the report by fax. Make the page that goes with it, and fax both.") % named
    return Reason(today, _("Fax the report"), "info", "print", text)


def which_report(today: dt.date) -> Reason:
    """A report is here, and can be of more than one visit."""
    text = _("A report is here, and there was more than one visit. Look which one it is of, then say so.")
    return Reason(today, _("A report: which visit?"), "info", "file", text)


def treatment_soon(treatment_on: dt.date, today: dt.date) -> Reason:
    """Treatment is near: what can still be done before it is talked over."""
    text = _("Treatment is planned for %(day)s. Talk about what can still be done before it.")
    return Reason(today, _("Treatment soon"), "stop", "alert", text % {"day": when.short_day(treatment_on)})


def treatment_first(gathered: Gathered, visit_id: str, today: dt.date) -> Reason | None:
    """Treatment is to begin before the visit: nobody decides that for her, but somebody talks it over."""
    visit, treatment_on = gathered.visit, gathered.facts.treatment_on
    if visit is None or str(visit.pk) != visit_id or treatment_on is None or visit.on_date is None:
        return None
    days = {"treatment": when.short_day(treatment_on), "visit": when.short_day(visit.on_date)}
    text = _("Treatment is planned for %(treatment)s, the visit is on %(visit)s. Talk about what can move.") % days
    return Reason(today, _("Treatment before visit"), "stop", "alert", text)


def about_visit(gathered: Gathered, visit_id: str, today: dt.date) -> Reason | None:
    """The second office is asked what it truly needs on the day; None when another visit leads by now."""
    visit = gathered.visit
    if visit is None or str(visit.pk) != visit_id:
        return None
    text = _("Ask %(desk)s which records they truly need on the day.") % {"desk": desk(visit.office)}
    return Reason(today, _("Ask the office"), "warn", "phone", text, visit.office)


def about(gathered: Gathered, item_id: str, today: dt.date) -> Reason | None:
    """What is due about one record of the case; None when it is not there any more or needs nobody."""
    standing = gathered.standing
    for each, thing in zip(standing.items, standing.things, strict=True) if standing else ():
        if str(each.item.pk) == item_id and (each.next_day or each.opens_by):
            return of_item(gathered, each, thing, today)
    return next((lent(item) for item in gathered.lent if str(item.pk) == item_id), None)


def lent(item: RecordItem) -> Reason:
    """What was lent and is to go back: the second office sends it, or it is in the patient's hands."""
    office, day = item.visit.office, item.due_back_on
    assert day is not None
    told = {"name": item.kind.called, "day": when.short_day(day), "desk": desk(office)}
    if item.route == Route.CARRIED:
        text = _("%(name)s is in the patient’s hands and was to go back by %(day)s. Ask whether it is back.") % told
        return Reason(day, _("Goes back"), "warn", "clock", text)
    text = _("%(name)s was to go back by %(day)s. Ask %(desk)s to send it.") % told
    return Reason(day, _("Goes back"), "warn", "clock", text, office)


def _is_seen_to(each: ItemStanding, gathered: Gathered, today: dt.date) -> bool:
    return each.next_day is not None and is_seen_to(str(each.item.pk), each.next_day.on, gathered, today)


def is_seen_to(about_id: str, since: dt.date, gathered: Gathered, today: dt.date) -> bool:
    """Whether the call about a record or report was made since its day, or put off to another day."""
    calls = gathered.calls_about.get(about_id, ())
    return any(is_since(call.asked_at, since) if call.is_done else call.due_on > today for call in calls)


def _is_due(each: ItemStanding, today: dt.date) -> bool:
    return each.act_on is not None and each.act_on <= today


def of_item(gathered: Gathered, each: ItemStanding, thing: Thing, today: dt.date) -> Reason:
    """One record that is due. Its next day is known, or the day it is asked whether it opens."""
    visit = gathered.visit
    if each.next_day is None:
        return _does_it_open(each, thing, visit.office if visit else None, today)
    label, kind, icon = _tag(each, gathered, today)
    text, office = _sentence(each, thing, visit.office if visit else None, today)
    return Reason(each.next_day.on, label, kind, icon, text, office, each)


def _tag(each: ItemStanding, gathered: Gathered, today: dt.date) -> tuple[str, str, str]:
    on = gathered.facts.visit_on
    if each.item.is_core and on and on - today <= VERY_NEAR:
        return _("Core missing"), "stop", "alert"
    if each.item.state in IN_TROUBLE:
        return str(each.item.get_state_display()), "stop", "alert"
    if each.item.state == ItemState.NEEDS_YOU:
        return _("Patient’s part"), "warn", "clock"
    if each.next_day and each.next_day.due == Due.REQUEST:
        return _("To be asked for"), "warn", "clock"
    return _("No word yet"), "warn", "alert"


def _does_it_open(each: ItemStanding, thing: Thing, second: Office | None, today: dt.date) -> Reason:
    """Images that arrived, and nobody has said that they open."""
    assert each.opens_by is not None
    days = business_days_between(each.item.arrived_on or today, today, thing.closed)
    text = ngettext(
        "%(name)s arrived %(days)d business day ago, and nobody has said that it opens: call %(second)s.",
        "%(name)s arrived %(days)d business days ago, and nobody has said that it opens: call %(second)s.",
        days,
    ) % {"name": each.item.kind.called, "days": days, "second": desk(second)}
    return Reason(each.opens_by, _("Does it open?"), "info", "phone", text, second, each)


def _sentence(each: ItemStanding, thing: Thing, second: Office | None, today: dt.date) -> tuple[str, Office | None]:
    """What is due, and the office that knows."""
    item = each.item
    assert each.next_day is not None
    told = {"name": item.kind.called, "day": when.short_day(each.next_day.on), "desk": desk(item.holder)}
    if item.state == ItemState.NEEDS_YOU:
        what = NEEDS.get(Need(item.need), NEEDS[Need.CHOICE]) if item.need else NEEDS[Need.CHOICE]
        return _("%(name)s %(what)s. It is to be asked for by %(day)s.") % (told | {"what": what}), None
    if item.state in IN_TROUBLE:
        told["state"] = item.get_state_display()
        return _("%(name)s: %(state)s. Ask %(desk)s once more.") % told, item.holder
    if item.state == ItemState.NEEDED:
        return _("%(name)s is to be asked for by %(day)s. Ask %(desk)s.") % told, item.holder
    return _no_word(each, thing, second, today, told)


def _no_word(
    each: ItemStanding, thing: Thing, second: Office | None, today: dt.date, told: dict[str, str]
) -> tuple[str, Office | None]:
    item = each.item
    since = item.sent_on or item.held_on or item.last_word_on or today
    days = business_days_between(since, today, thing.closed)
    counted = told | {"days": days, "second": desk(second)}
    if item.state == ItemState.SENT:
        words = ngettext(
            "%(name)s sent %(days)d business day ago, not seen there: call %(second)s.",
            "%(name)s sent %(days)d business days ago, not seen there: call %(second)s.",
            days,
        )
        return words % counted, second
    if item.state == ItemState.HELD and item.route == Route.THROUGH_US:
        words = ngettext(
            "%(name)s has been with us for %(days)d business day: pass it on to %(second)s.",
            "%(name)s has been with us for %(days)d business days: pass it on to %(second)s.",
            days,
        )
        return words % counted, second
    if item.state == ItemState.ACKNOWLEDGED:
        words = ngettext(
            "%(name)s: they said %(days)d business day ago that they work on it. Call %(desk)s.",
            "%(name)s: they said %(days)d business days ago that they work on it. Call %(desk)s.",
            days,
        )
        return words % counted, item.holder
    words = ngettext(
        "%(name)s asked %(days)d business day ago, no word: call %(desk)s.",
        "%(name)s asked %(days)d business days ago, no word: call %(desk)s.",
        days,
    )
    return words % counted, item.holder


def desk(office: Office | None) -> str:
    """Whom to ask for on the phone."""
    if office is None:
        return _("the records desk")
    return ", ".join(part for part in (office.name, office.desk) if part)
