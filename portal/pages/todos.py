"""One thing to do, with its case in three lines: what and why, the visit, how to reach the person."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import ways_back
from bookings.actions import ASK_TO_READ
from bookings.asked_ending import ASKED_GONE, ASKED_TIME
from bookings.asked_moves import ASK_TO_MOVE, CLOCKS_LEFT
from bookings.call_needs import ARRANGE
from bookings.company import actions as company
from bookings.late.actions import TELL_LATE
from bookings.missed import NEW_TIME
from bookings.models import AskedHold
from bookings.stuck.notices import OURS
from bookings.waiting.ending import EARLIER, LEFT
from cases.case import office_hours
from cases.case.actions import CHECK_OFFICE, TREATMENT_SOON, WORRY
from cases.case.away.actions import HAND_BACK
from cases.case.calls import FIX_ADDRESS
from cases.case.corrections.actions import CORRECTION
from cases.case.hands import READ_ANSWER, READ_MESSAGE, READ_OUT, READ_OUTCOME, READ_SUMMARY, TO_READ
from cases.case.helping.inviting.actions import RING
from cases.case.helping.rules import ASK_PATIENT, HELPER_STOPPED
from cases.case.leaving import CONSULTANT_LEFT
from cases.case.models import Case, Departure, Office, ToDo
from cases.case.path import ARRIVED_HOPS, Facts
from cases.desk.fax import telling as faxes
from cases.desk.letters.sending import LETTER_OUT
from cases.desk.letters.states import LetterKind
from cases.desk.links import actions as office_links
from cases.desk.mail.desks import OFFICE_ADDRESS
from cases.desk.mail.planning import PAGE_HELD
from cases.desk.mail.wishes import REMIND_OFFICE
from cases.desk.receiving.actions import MISSED
from cases.desk.tray.asking_back import OTHERS_PAPER
from cases.opinions.talk.actions import TALK_TIME
from cases.records.board import urgent
from cases.records.board.urgent import RING_OFFICE
from cases.records.planning import ASK_OFFICE, ASK_REFERRAL, FAX_LETTER, TREATMENT_FIRST
from cases.records.release.actions import TELL_HOLDER
from cases.records.report.planning import ASK_REPORT, FAX_REPORT, PASS_ON, WHICH_REPORT
from cases.records.wants.fees import TELL_OPEN, TELL_PAID
from cases.reviews.after.actions import PASSED_ON, PROMISED
from cases.reviews.asking.actions import ASKING
from cases.reviews.doctor_note.actions import ASK_NOTE, SEND_NOTE
from cases.reviews.ending.rules import DRAFT_ENDS
from cases.threads.actions import MISPLACED
from cases.threads.answering import ANSWER
from portal import clock, phones, when
from portal.accounts.models import User
from portal.pages import cards, reasons, words
from portal.pages.actions import CALL_HELPER
from portal.pages.closing_actions import CLOSE_CASE, REOPENED
from portal.pages.facts import Gathered
from portal.texts.closed import public_days

# kind → (words, tag, icon). A kind that no one named here shows as a plain thing to do.
KINDS = {
    "call": (gettext_lazy("Call back"), "plum", "phone"),
    "call_again": (gettext_lazy("Call again"), "plum", "phone"),
    CALL_HELPER: (gettext_lazy("Call a helper back"), "plum", "phone"),
    WORRY: (gettext_lazy("Worried about this person"), "stop", "heart"),
    "visit_soon": (gettext_lazy("Visit soon"), "stop", "alert"),
    TREATMENT_FIRST: (gettext_lazy("Treatment before visit"), "stop", "alert"),
    RING_OFFICE: (gettext_lazy("Urgent: ring the office"), "stop", "phone"),
    "call_holder": (gettext_lazy("Call the office"), "warn", "phone"),
    "ask_report": (gettext_lazy("Ask for the report"), "info", "phone"),
    PASS_ON: (gettext_lazy("Pass the report on"), "info", "out"),
    FAX_REPORT: (gettext_lazy("Fax the report"), "info", "print"),
    WHICH_REPORT: (gettext_lazy("A report: which visit?"), "info", "file"),
    REMIND_OFFICE: (gettext_lazy("Remind an office of its report"), "info", "phone"),
    "ask_office": (gettext_lazy("Ask the office"), "warn", "phone"),
    "give_back": (gettext_lazy("Goes back"), "warn", "clock"),
    "file_failed": (gettext_lazy("File not opened"), "warn", "file"),
    HAND_BACK: (gettext_lazy("Hand cases back"), "info", "user"),
    CONSULTANT_LEFT: (gettext_lazy("A consultant left"), "warn", "user"),
    CORRECTION: (gettext_lazy("Something to be corrected"), "plum", "alert"),
    CLOSE_CASE: (gettext_lazy("Asks to close"), "plum", "lock"),
    REOPENED: (gettext_lazy("Open again"), "plum", "user"),
    FIX_ADDRESS: (gettext_lazy("Address does not work"), "warn", "alert"),
    CHECK_OFFICE: (gettext_lazy("Check an office"), "info", "search"),
    OFFICE_ADDRESS: (gettext_lazy("An office’s address fails"), "warn", "alert"),
    PAGE_HELD: (gettext_lazy("Send our page once more"), "info", "send"),
    faxes.FAX_FAILED: (gettext_lazy("A fax did not arrive"), "warn", "alert"),
    faxes.FAX_UNKNOWN: (gettext_lazy("Did a fax arrive?"), "warn", "alert"),
    "post_sheet": (gettext_lazy("Post the pages"), "info", "print"),
    READ_OUT: (gettext_lazy("Read the notice out"), "info", "phone"),
    ASKED_TIME: (gettext_lazy("A time is held: ask"), "warn", "phone"),
    ASKED_GONE: (gettext_lazy("A held time is gone: tell"), "warn", "phone"),
    EARLIER: (gettext_lazy("An earlier time is free"), "info", "phone"),
    LEFT: (gettext_lazy("Whom they wait for has left"), "info", "phone"),
    company.RING: (gettext_lazy("Ring who is on a call, too"), "info", "phone"),
    ARRANGE: (gettext_lazy("Interpreter or captions"), "info", "chat"),
    TELL_LATE: (gettext_lazy("Say that a call begins later"), "warn", "phone"),
    OURS: (gettext_lazy("A consultant can’t get into a call"), "warn", "phone"),
    CLOCKS_LEFT: (gettext_lazy("Clocks changed: settle an hour"), "warn", "clock"),
    ASK_TO_MOVE: (gettext_lazy("Ask for another time"), "warn", "phone"),
    NEW_TIME: (gettext_lazy("A call was missed: a new time"), "warn", "phone"),
    ASK_TO_READ: (gettext_lazy("Ask who may read"), "info", "phone"),
    READ_MESSAGE: (gettext_lazy("Read a message out"), "plum", "chat"),
    READ_SUMMARY: (gettext_lazy("Read the summary out"), "plum", "file"),
    READ_ANSWER: (gettext_lazy("Read an answer out"), "plum", "chat"),
    READ_OUTCOME: (gettext_lazy("Say what came of a call"), "plum", "phone"),
    ASKING: (gettext_lazy("Ask for what is missing"), "plum", "chat"),
    FAX_LETTER: (gettext_lazy("Fax a letter"), "info", "print"),
    TELL_HOLDER: (gettext_lazy("Permission taken back"), "warn", "phone"),
    LETTER_OUT: (gettext_lazy("A letter may be out"), "stop", "phone"),
    OTHERS_PAPER: (gettext_lazy("An office has another’s paper"), "stop", "phone"),
    TELL_PAID: (gettext_lazy("A fee is paid"), "info", "phone"),
    TELL_OPEN: (gettext_lazy("A fee is open after all"), "warn", "phone"),
    ASK_REFERRAL: (gettext_lazy("Ask about a referral"), "warn", "phone"),
    TREATMENT_SOON: (gettext_lazy("Treatment soon"), "stop", "alert"),
    TALK_TIME: (gettext_lazy("Talk: another time?"), "warn", "phone"),
    ASK_PATIENT: (gettext_lazy("Ask: may they help?"), "plum", "phone"),
    RING: (gettext_lazy("Ring: can they help?"), "plum", "phone"),
    HELPER_STOPPED: (gettext_lazy("A helper stopped"), "plum", "user"),
    DRAFT_ENDS: (gettext_lazy("A summary that was not finished"), "warn", "file"),
    PASSED_ON: (gettext_lazy("A question from a call"), "plum", "chat"),
    SEND_NOTE: (gettext_lazy("Send a note to the doctor"), "info", "send"),
    ASK_NOTE: (gettext_lazy("Ask: may a note go?"), "plum", "phone"),
    PROMISED: (gettext_lazy("Promised after a call"), "info", "clock"),
    "no_plan": (gettext_lazy("No plan yet"), "warn", "file"),
    ANSWER: (gettext_lazy("Answer a message"), "info", "chat"),
    MISPLACED: (gettext_lazy("Not for this thread"), "warn", "chat"),
    MISSED: (gettext_lazy("Missing at the second doctor’s"), "stop", "phone"),
    office_links.LOCKED: (gettext_lazy("Office page locked"), "warn", "lock"),
    office_links.SEND_CODE: (gettext_lazy("Send an office its code"), "info", "print"),
    office_links.NOT_THEIRS: (gettext_lazy("Not this office’s patient"), "warn", "alert"),
    office_links.CLOSED_BY_HER: (gettext_lazy("Patient closed an office’s page"), "warn", "alert"),
}
# One of us is worried, or visit or treatment is near: these come first, whatever else is due.
URGENT = {WORRY, "visit_soon", TREATMENT_FIRST, TREATMENT_SOON, RING_OFFICE}
# For these the office is rung, not the patient.
TO_OFFICES = {RING_OFFICE, "call_holder", "ask_office", "ask_report", MISSED}
# These are done on pages of their own, not by a call about the case.
ON_REFERRAL = {FAX_LETTER, ASK_REFERRAL}
# The note of these says whom to reach.
WITH_NOTE = ON_REFERRAL | {
    RING,
    TELL_HOLDER,
    TELL_PAID,
    TELL_OPEN,
    REMIND_OFFICE,
    LETTER_OUT,
    OTHERS_PAPER,
    OFFICE_ADDRESS,
    PAGE_HELD,
    *faxes.TO_DOS,
    *office_links.TO_DOS,
}
ELSEWHERE = {CALL_HELPER, ANSWER, CHECK_OFFICE, "post_sheet", PASS_ON, FAX_REPORT, WHICH_REPORT, *WITH_NOTE}
# What is due in the case is not why these wait.
OWN_REASON = {
    CORRECTION,
    CLOSE_CASE,
    CONSULTANT_LEFT,
    REOPENED,
    WORRY,
    *TO_READ,
    CALL_HELPER,
    RING,
    ASK_PATIENT,
    HELPER_STOPPED,
    ANSWER,
    MISPLACED,
    OTHERS_PAPER,
    TELL_PAID,
    TELL_OPEN,
    REMIND_OFFICE,
    CHECK_OFFICE,
    FIX_ADDRESS,
    OFFICE_ADDRESS,
    PAGE_HELD,
    *faxes.TO_DOS,
    TALK_TIME,
    PASSED_ON,
    DRAFT_ENDS,
    SEND_NOTE,
    ASK_NOTE,
    PROMISED,
    *office_links.TO_DOS,
}
# Done on the pages that these lead to: where messages are read, cases listed, and somebody says what was done.
DONE_ELSEWHERE = {ANSWER, CORRECTION, HAND_BACK, WORRY, SEND_NOTE, ASK_NOTE, *TO_READ}
PLAIN = (gettext_lazy("To do"), "info", "clock")


def row(todo: ToDo, gathered: Mapping[UUID, Gathered], today: dt.date) -> dict[str, Any]:
    """A to-do for the board. The gathered facts hold its case, if it has one."""
    label, tag, icon = KINDS.get(todo.kind, PLAIN)
    case, person = todo.case, _person(todo)
    reason = _reason(todo, gathered[case.pk], today) if case and todo.kind not in OWN_REASON else None
    office = reason.office if reason and todo.kind in TO_OFFICES else None
    return {
        "pk": None if todo.kind in DONE_ELSEWHERE else todo.pk,  # done on the page they lead to
        "on": todo.due_on,
        "label": label,
        "tag": tag,
        "icon": icon,
        "is_urgent": todo.kind in URGENT or (office is not None and case is not None and is_near(gathered[case.pk])),
        "name": case.patient.name if case else _("Our own house"),
        "href": cards.file_url(case) if case else "",
        "action": _action(todo),
        "log_href": f"{reverse('pages:log_call', args=[case.pk])}?todo={todo.pk}"
        if case and todo.kind not in ELSEWHERE
        else "",
        "lines": _lines(todo, reason, gathered, today, reach_office(office) if office else reach(person)),
        "call": call_button(office, person),
    }


def is_near(gathered: Gathered) -> bool:
    """Whether visit or treatment is near, and a core record is to come."""
    return gathered.standing is not None and urgent.is_urgent(gathered.standing)


def _person(todo: ToDo) -> User | None:
    """Whom it is about: the patient, or the one who helps her; nobody where a page has the number."""
    case = todo.case
    if case is None or todo.kind == CHECK_OFFICE or todo.kind in WITH_NOTE:
        return None
    if todo.kind == CALL_HELPER:
        return todo.asked_by
    is_starter = todo.kind == FIX_ADDRESS and todo.about_id == str(case.starter_id)
    return case.starter if is_starter else case.patient


def _lines(
    todo: ToDo, reason: reasons.Reason | None, gathered: Mapping[UUID, Gathered], today: dt.date, reached: str
) -> list[str]:
    """Why, first; what somebody said with it stands before what we worked out."""
    asked, case = _what(todo, today), todo.case
    own = _address_words(todo) if todo.kind == FIX_ADDRESS else _helper_words(todo)
    why = own or (reason.text if reason else "")
    first = [asked, why] if todo.suits or todo.note else [why, asked]
    visit = visit_line(gathered[case.pk].facts, today) if case else ""
    return [line for line in (*first, visit, reached) if line]


def _helper_words(todo: ToDo) -> str:
    """Who asks to be called, where that is not the patient."""
    if todo.kind != CALL_HELPER or todo.asked_by is None or todo.case is None:
        return ""
    named = {"helper": todo.asked_by.name, "name": todo.case.patient.first_name}
    return _("%(helper)s, who helps %(name)s, asks to be called.") % named


def _address_words(todo: ToDo) -> str:
    """What came back, and whose address it is."""
    person = _person(todo)
    named = {"name": person.first_name if person else ""}
    if todo.asked_by_id:
        return _("The number of %(name)s was wrong. Find out the right one.") % named
    return _("A message to %(name)s came back. The address may be wrong.") % named


def page_of(todo: ToDo) -> str:
    """The page where it is done; "" for what is done by a call."""
    action = _action(todo)
    return action["href"] if action else ""


def _action(todo: ToDo) -> dict[str, str] | None:
    """The page where it is done, where that is a page of its own."""
    if todo.kind in faxes.TO_DOS:
        return {"label": _("Open the fax"), "href": reverse("desk:fax", args=[todo.about_id])}
    if todo.kind in {CHECK_OFFICE, OFFICE_ADDRESS}:
        return {"label": _("Open the office"), "href": reverse("pages:office", args=[todo.about_id])}
    if todo.kind == FIX_ADDRESS and todo.case:
        return {"label": _("Fix the address"), "href": reverse("pages:fix_address", args=[todo.about_id])}
    if todo.kind == WORRY and todo.case:
        return {"label": _("See why"), "href": reverse("pages:worry", args=[todo.case_id])}
    if todo.kind == CORRECTION and todo.case:
        return {"label": _("Read it, and answer"), "href": reverse("case:answer_correction", args=[todo.about_id])}
    if todo.kind == CLOSE_CASE and todo.case:
        return {"label": _("Close it"), "href": reverse("pages:close_case", args=[todo.case_id])}
    if todo.kind == CONSULTANT_LEFT and todo.about_type == Departure._meta.label_lower:
        return {"label": _("Write down who goes on"), "href": reverse("bookings:left", args=[todo.about_id])}
    if todo.kind == HAND_BACK:
        return {"label": _("Open the list"), "href": reverse("pages:away_of", args=[todo.about_id])}
    if todo.kind == MISPLACED:
        return {"label": _("Open the message"), "href": reverse("threads:message", args=[todo.about_id])}
    if todo.kind == ANSWER and todo.case:
        return {"label": _("Open the messages"), "href": reverse("threads:thread", args=[todo.case_id]) + "#newest"}
    if todo.kind in TO_READ and todo.case:
        return _to_read(todo, todo.case)
    if todo.kind == PAGE_HELD and todo.case:
        return {"label": _("Open the records"), "href": reverse("records:list", args=[todo.case_id])}
    if todo.kind == READ_OUT and todo.case:
        return {"label": _("Open the notice"), "href": reverse("pages:read_out", args=[todo.case_id])}
    if todo.kind == ASKED_TIME and todo.case:
        return {"label": _("Read it out, and book"), "href": reverse("bookings:asked", args=[todo.about_id])}
    if todo.kind == ASKED_GONE and todo.case:
        return {"label": _("Find another time"), "href": reverse("bookings:asked", args=[todo.about_id])}
    if todo.kind in {EARLIER, LEFT} and todo.case:
        return {"label": _("See the times"), "href": reverse("bookings:earlier", args=[todo.case_id])}
    if todo.kind == ASK_TO_MOVE and todo.case:
        return {"label": _("Find another time"), "href": reverse("bookings:move", args=[todo.about_id])}
    if todo.kind == NEW_TIME and todo.case:
        return {"label": _("Find a new time"), "href": ways_back.again(todo.case_id, todo.about_id)}
    if todo.kind == CLOCKS_LEFT and todo.case and todo.about_type == AskedHold._meta.label_lower:
        return {"label": _("Open the held time"), "href": reverse("bookings:asked", args=[todo.about_id])}
    if todo.kind == ASK_TO_READ and todo.case and todo.about_type == "reviews.review":
        return {"label": _("Open the page"), "href": reverse("reviews:summary", args=[todo.case_id])}
    if todo.kind in {ARRANGE, TELL_LATE, OURS, CLOCKS_LEFT, ASK_TO_READ, PASSED_ON, PROMISED} and todo.case:
        return {"label": _("Open the call"), "href": reverse("bookings:detail", args=[todo.about_id])}
    if todo.kind == DRAFT_ENDS and todo.case:
        return {"label": _("Hand it over"), "href": reverse("reviews:hand_over", args=[todo.about_id])}
    if todo.kind in {SEND_NOTE, ASK_NOTE} and todo.case:
        return {"label": _("Open the note"), "href": reverse("reviews:doctor_note", args=[todo.about_id])}
    if todo.kind in {ASK_PATIENT, HELPER_STOPPED, RING} and todo.case:
        return {"label": _("See who helps"), "href": reverse("pages:case_helpers", args=[todo.case_id])}
    if todo.kind == "post_sheet" and todo.case:
        return {"label": _("Print and post"), "href": reverse("pages:to_post", args=[todo.case_id])}
    if todo.kind in ON_REFERRAL and todo.case:
        return {"label": _("Open the letter"), "href": reverse("records:referral", args=[todo.case_id]) + "#letter"}
    if todo.kind in {PASS_ON, FAX_REPORT, WHICH_REPORT} and todo.case:
        return {"label": _("Open the report"), "href": reverse("records:report", args=[todo.case_id])}
    if todo.kind == TELL_HOLDER and todo.case:
        return {"label": _("See what was signed"), "href": reverse("records:signed", args=[todo.about_id])}
    if todo.kind == office_links.SEND_CODE and todo.case:
        href = reverse("desk:new_letter", args=[LetterKind.CODE, todo.about_id])
        return {"label": _("A letter with the code"), "href": href}
    if todo.kind in {TELL_PAID, TELL_OPEN} and todo.case:
        return {"label": _("See the fee"), "href": reverse("records:fee", args=[todo.about_id])}
    if todo.kind == ASKING and todo.case:
        return {"label": _("Open the request"), "href": reverse("reviews:asked", args=[todo.about_id])}
    if todo.kind == LETTER_OUT and todo.case:
        return {"label": _("Open the letter"), "href": reverse("desk:letter", args=[todo.about_id])}
    return None


def _to_read(todo: ToDo, case: Case) -> dict[str, str]:
    """To one who has letters it is posted with the pages, to others it is read out where it stands."""
    if case.patient.channel == User.Channel.LETTER or not case.patient.phone:
        return {"label": _("Print and post"), "href": reverse("pages:to_post", args=[case.pk])}
    return {"label": _("Open it"), "href": place_of(todo, case)}


def place_of(todo: ToDo, case: Case) -> str:
    """The page on which the words stand that are to be read out, or the answer that is to be given."""
    if todo.kind == READ_SUMMARY:
        return reverse("reviews:summary", args=[case.pk])
    if todo.kind == READ_ANSWER:
        return reverse("opinions:questions", args=[case.pk])
    if todo.kind == READ_OUTCOME:
        return reverse("reviews:newest_outcome", args=[case.pk])
    return reverse("threads:thread", args=[case.pk]) + "#newest"


def _reason(todo: ToDo, gathered: Gathered, today: dt.date) -> reasons.Reason | None:
    """The record, report or visit that the to-do is about; else what is most pressing in its case."""
    if todo.kind == TREATMENT_SOON and gathered.facts.treatment_on:
        return reasons.treatment_soon(gathered.facts.treatment_on, today)
    if todo.kind == TREATMENT_FIRST:
        return reasons.treatment_first(gathered, todo.about_id, today)
    if todo.about_type == "records.recorditem":
        return reasons.about(gathered, todo.about_id, today)
    if todo.kind == PASS_ON:
        return reasons.pass_on(today)
    if todo.kind == FAX_REPORT:
        return reasons.fax_report(gathered, today)
    if todo.kind == WHICH_REPORT:
        return reasons.which_report(today)
    if todo.kind == ASK_REPORT:
        return reasons.about_report(gathered, todo.about_id, today)
    if todo.kind == ASK_OFFICE:
        return reasons.about_visit(gathered, todo.about_id, today)
    return reasons.of_case(gathered, today)


def call_button(office: Office | None, patient: User | None) -> dict[str, str] | None:
    """Whom to ring: the office that knows, where it has a number; else the patient."""
    if office and office.phone:
        return {"href": phones.href(office.phone), "label": phones.shown(office.phone), "who": office.name}
    if patient and patient.phone:
        return {"href": phones.href(patient.phone), "label": phones.shown(patient.phone), "who": patient.first_name}
    return None


def _what(todo: ToDo, today: dt.date) -> str:
    asked = {"at": when.moment(todo.asked_at), "day": when.short_day(todo.due_on)}
    words_of = _("Asked on %(at)s.") % asked
    if todo.due_on < today:
        words_of += " " + _("Was for %(day)s.") % asked
    if todo.suits:
        words_of += " " + _("Suits: %(when)s.") % {"when": todo.get_suits_display()}
    return f"{words_of} {todo.note}".strip()


def visit_line(known: Facts, today: dt.date) -> str:
    counted = {"there": known.core_at(ARRIVED_HOPS), "of": len(known.core)}
    line = _("Visit: %(when)s.") % {"when": words.visit_words(known.visit_on, today)}
    if known.core and not known.visit_happened:
        line += " " + _("%(there)d of %(of)d core records are there.") % counted
    return line


def reach(person: User | None) -> str:
    """How best to reach a person, in one line; nothing where nobody is to be reached."""
    if person is None:
        return ""
    parts = [person.safe_to_ring]
    if person.phone:
        parts.append(_("A message may be left.") if person.may_leave_message else _("Do not leave a message."))
    elif person.email:
        parts.append(_("No phone number. Write to them."))
    else:
        parts.append(_("No phone number and no email address."))
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def reach_office(office: Office | None) -> str:
    """The desk, its hours, whether it is open by them, what its clock says where that is not ours, and how it likes
    to be asked.
    """
    if office is None:
        return ""
    now = clock.now()
    parts = [office.desk, office.hours, _open_now(office, now), _time_there(office, now), office.likes_to_be_asked]
    return "".join(f"{part.rstrip('.')}. " for part in parts if part).strip()


def _open_now(office: Office, now: dt.datetime) -> str:
    """By its hours and its region's public holidays; nothing where its hours are no times."""
    there = now.astimezone(ZoneInfo(office.time_zone))
    try:
        until = office_hours.closes_at(office.hours, there, public_days(office.region, there.year))
    except ValueError:
        return ""
    return _("Open now, until %(time)s") % {"time": when.clock_time(until)} if until else _("Closed now")


def _time_there(office: Office, now: dt.datetime) -> str:
    """ "It is 7:05 am there": nobody picks up before they open. Nothing where the reader's clock says the same."""
    there = ZoneInfo(office.time_zone)
    if when.local(now).utcoffset() == now.astimezone(there).utcoffset():
        return ""
    return _("It is %(time)s there") % {"time": when.clock_time(now, there)}
