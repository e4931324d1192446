"""What is said about a time that is held: the patient is asked, the helper told what came of it, both of its end."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import patterns
from bookings.models import AskedHold, Consultation
from cases.case.models import Case, Consent
from cases.case.people import may
from portal import when
from portal.accounts.models import User
from portal.actors import Actor
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import BY_HAND, Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import things

State = AskedHold.State
ASK, TOLD_HELPER, OVER = "bookings.asked", "bookings.asked_answer", "bookings.asked_over"
ASK_TO_READ = "bookings.ask_to_read"
CLOCKS = "bookings.asked_clocks"
NEWS_FOR = timedelta(days=3)
Rows = Sequence[Reminder]


def is_written_to(patient: User) -> bool:
    """Whether a message of ours reaches her; else one of us rings."""
    return bool(patient.email) and patient.can_sign_in and patient.channel not in BY_HAND


def ask(asked: AskedHold, now: datetime) -> None:
    _plan(ASK, asked, asked.patient, now, asked.until)


def settled(asked: AskedHold, now: datetime, by: Actor) -> None:
    """Withdraw the question; tell the helper what came of it, and the patient that nobody waits any more."""
    unplan(asked)
    # A consultant hears of a call that is booked with her anyway.
    if by.id != asked.asked_by_id and not (asked.asked_by.role and asked.state == State.ACCEPTED):
        _plan(TOLD_HELPER, asked, asked.asked_by, now, now + NEWS_FOR, version=1)
    if asked.state in {State.EXPIRED, State.GONE} and is_written_to(asked.patient):
        _plan(OVER, asked, asked.patient, now, now + NEWS_FOR, version=1)


def clocks_changed(asked: AskedHold, now: datetime) -> None:
    """The hour that was said stays, its instant is another: who is asked and who asked hear why."""
    readers = [asked.asked_by, asked.patient] if is_written_to(asked.patient) else [asked.asked_by]
    for reader in readers:
        _plan(CLOCKS, asked, reader, now, asked.until, version=asked.version)


def _plan(kind: str, asked: AskedHold, reader: User, now: datetime, until: datetime, version: int = 0) -> None:
    plan(kind, asked, version=version, recipient=reader, due_at=now, useful_until=until, case=asked.case_id)


def ask_to_read(call: Consultation, now: datetime) -> None:
    """A helper booked: only the patient can let the consultant read."""
    patient = call.patient
    plan(ASK_TO_READ, call, version=0, recipient=patient, due_at=now, useful_until=call.starts_at, case=call.case_id)


def _about() -> QuerySet[AskedHold]:
    return AskedHold.objects.select_related("case", "patient", "consultant", "asked_by")


def _asked(rows: Rows) -> dict[UUID, AskedHold]:
    return things(rows, _about)


def _about_calls() -> QuerySet[Consultation]:
    """The calls, each with whether its consultant may read."""
    read = Consent.objects.standing().filter(kind=Consent.Kind.READ, case=OuterRef("case"))
    may_read = Exists(read.filter(consultant=OuterRef("consultant")))
    return Consultation.objects.select_related("consultant").annotate(may_read=may_read)


def still_asked(rows: Rows, now: datetime) -> set[UUID]:
    """Those that wait for an answer in a case that is open."""
    found = _asked(rows)
    return {row.pk for row in rows if (asked := found.get(row.about_id)) and _waits(asked, now)}


def _waits(asked: AskedHold, now: datetime) -> bool:
    return asked.is_waiting and asked.until > now and asked.case.state != Case.State.CLOSED


def still_held(rows: Rows, now: datetime) -> set[UUID]:
    """Those that wait, at the time the row was planned for; told to a helper while she may book."""
    found, held = _asked(rows), set()
    for row in rows:
        asked = found.get(row.about_id)
        if asked and asked.version == row.version and _waits(asked, now):
            to_helper = row.recipient_id == str(asked.asked_by_id)
            if not to_helper or _still_theirs(asked):
                held.add(row.pk)
    return held


def still_news(rows: Rows, now: datetime) -> set[UUID]:
    """Those that are over; told to a helper while she may book."""
    found = _asked(rows)
    over = {row.pk: asked for row in rows if (asked := found.get(row.about_id)) and not asked.is_waiting}
    helpers = {row.pk for row in rows if row.kind == TOLD_HELPER}
    return {pk for pk, asked in over.items() if pk not in helpers or _still_theirs(asked)}


def _still_theirs(asked: AskedHold) -> bool:
    """Whether who chose the time may still: a helper who books, the consultant who offered it."""
    return may("offer_call" if asked.asked_by.role else "book", asked.case, asked.asked_by)


def _path_for(asked: AskedHold, reader: Reader) -> str:
    is_offered = asked.asked_by.role and reader.id == str(asked.asked_by_id)
    return reverse("bookings:offer", args=[asked.case_id]) if is_offered else asked.get_absolute_url()


def still_unread(rows: Rows, now: datetime) -> set[UUID]:
    """Booked calls whose consultant may still not read."""
    found: dict[UUID, Any] = things(rows, _about_calls)
    return {row.pk for row in rows if (call := found.get(row.about_id)) and _is_unread(call, now)}


def _is_unread(call: Any, now: datetime) -> bool:
    return call.state == Consultation.State.BOOKED and call.starts_at > now and not call.may_read


def _ask(asked: AskedHold, reader: Reader) -> Words:
    named = {"name": reader.called, "day": when.day(asked.until, reader.zone)}
    if asked.asked_by.role:
        named |= {"consultant": asked.asked_by.first_name}
        return say(patterns.OFFERED, named, path=asked.get_absolute_url())
    return say(patterns.ASKED, named, path=asked.get_absolute_url())


def _clocks(asked: AskedHold, reader: Reader) -> Words:
    named = {"name": reader.called, "consultant": asked.consultant.first_name}
    return say(patterns.ASKED_CLOCKS, named, at=asked.starts_at, path=_path_for(asked, reader))


def _over(asked: AskedHold, reader: Reader) -> Words:
    return say(patterns.ASKED_OVER, {"name": reader.called}, path=asked.get_absolute_url())


def _answer(asked: AskedHold, reader: Reader) -> Words:
    if asked.asked_by.role:
        return Words(
            subject=_("A time you offered is free again"),
            lead=_("A time you offered is free again"),
            at=asked.starts_at,
            line=_("%(name)s did not take it. You can offer another.") % {"name": asked.patient.first_name},
            action_label=_("Open it"),
            path=_path_for(asked, reader),
        )
    pattern = patterns.ASKED_BOOKED if asked.state == State.ACCEPTED else patterns.ASKED_FREE
    return say(pattern, {"name": reader.called}, path=asked.get_absolute_url())


ANSWERS = (patterns.ASKED_BOOKED, patterns.ASKED_FREE)


def _worded(say_one: Callable[[AskedHold, Reader], Words]) -> Callable[[Rows, Reader, datetime], dict[UUID, Words]]:
    def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
        found = _asked(rows)
        return {row.pk: say_one(found[row.about_id], reader) for row in rows}

    return words


def _read_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    found: dict[UUID, Any] = things(rows, _about_calls)
    return {
        row.pk: say(
            patterns.ASK_TO_READ,
            {"name": reader.called, "consultant": found[row.about_id].consultant.first_name},
            path=found[row.about_id].get_absolute_url(),
        )
        for row in rows
    }


def _because(row: Reminder) -> str:
    return _("Somebody who helps chose a time for a call.")


def _kind(code: str, label: Any, still: Any, words: Any, rank: int, *own: patterns.Pattern) -> Kind:
    about = _about_calls if code == ASK_TO_READ else _about
    return Kind(code, NOTICE, label, still, words, _because, rank, about=(about,), patterns=own)


KINDS = (
    _kind(ASK, gettext_lazy("A time waits for a yes"), still_asked, _worded(_ask), 8, patterns.ASKED, patterns.OFFERED),
    _kind(
        TOLD_HELPER,
        gettext_lazy("What came of a time that was held"),
        still_news,
        _worded(_answer),
        20,
        *ANSWERS,
    ),
    _kind(CLOCKS, gettext_lazy("The clocks changed"), still_held, _worded(_clocks), 10, patterns.ASKED_CLOCKS),
    _kind(OVER, gettext_lazy("A time is not held any more"), still_news, _worded(_over), 25, patterns.ASKED_OVER),
    _kind(ASK_TO_READ, gettext_lazy("May your consultant read?"), still_unread, _read_words, 9, patterns.ASK_TO_READ),
)
