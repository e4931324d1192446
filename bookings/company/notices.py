"""What somebody who sits in on a call is told: asked, another time, off; each with the entry for their calendar."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.company import entries, links
from bookings.company.models import Companion, Over
from bookings.heard import earlier_word
from cases.case.helping.inviting.rules import name_in_mail
from portal import clock, texting
from portal.actors import SYSTEM
from portal.history.actions import record_each
from portal.reminders import emails
from portal.reminders.actions import plan, plan_row
from portal.reminders.kinds import ANSWER, NOTICE, Attachment, Kind, Words, say
from portal.reminders.models import Delivery, Outcome, RecipientType, Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.rules import next_allowed
from portal.reminders.together import Due, Told

TOLD, CANNOT = "bookings.companion", "bookings.companion_cannot"
NEWS_FOR = dt.timedelta(days=3)


def is_written_to(companion: Companion) -> bool:
    """Whether a message of ours can go to them by itself."""
    return bool(companion.email) or bool(companion.phone and texting.is_on())


def tell(companion: Companion, now: dt.datetime) -> None:
    """The call as it stands now. What they never heard of is not called off."""
    is_off = companion.ended_at is not None
    rows = Reminder.objects.about(companion).filter(kind=TOLD)
    heard = rows.filter(Q(settled_as=Outcome.SENT) | Q(delivery__isnull=False)).exists()
    if not is_written_to(companion):
        return
    call = companion.call
    due_at = now if companion.email else next_allowed(now, call.patient.zone)
    row = Reminder(
        kind=TOLD,
        about_type=companion._meta.label_lower,
        about_id=companion.pk,
        version=companion.version,
        case_id=call.case_id,
        recipient_type=RecipientType.COMPANION,
        recipient_id=str(companion.pk),
        due_at=due_at,
        useful_until=max(call.starts_at, now + NEWS_FOR) if is_off else call.ends_at,
    )
    if is_off and not heard:
        row.useful_until = due_at  # withdraws what was planned, and plans nothing
    plan_row(row)


def cannot(companion: Companion, now: dt.datetime) -> None:
    """The patient hears that they cannot be there."""
    call = companion.call
    plan(
        CANNOT,
        companion,
        version=companion.version,
        recipient=call.patient,
        due_at=now,
        useful_until=call.ends_at,
        case=call.case_id,
    )


def readers(ids: list[str], now: dt.datetime) -> dict[str, Reader]:
    """Those who sit in, as our sender needs them: in the zone and language of the patient, who asked them."""
    found = Companion.objects.filter(pk__in=ids).select_related("call__patient")
    return {str(each.pk): _reader(each) for each in found if is_written_to(each)}


def _reader(companion: Companion) -> Reader:
    patient = companion.call.patient
    return Reader(
        type=RecipientType.COMPANION,
        id=str(companion.pk),
        called=name_in_mail(companion.name),
        email=companion.email,
        zone=patient.zone,
        language=patient.language,
        text_to="" if companion.email else str(companion.phone),
    )


def tell_astray(deliveries: list[Delivery]) -> None:
    """The mail could not be brought: the page where they were named says so."""
    found = Companion.objects.open().filter(pk__in=[each.recipient_id for each in deliveries])
    lost = list(found.filter(came_back_at=None).select_related("call"))
    found.filter(pk__in=[each.pk for each in lost]).update(came_back_at=clock.now())
    patients = {each.pk: each.call.patient_id for each in lost}
    about = [(each, each.call.case_id) for each in lost]
    record_each(SYSTEM, "companion.came_back", about, patients=patients)


def compose(
    delivery: Delivery, rows: Sequence[Reminder], reader: Reader, now: dt.datetime, house: emails.House
) -> tuple[str, bytes]:
    """(subject, bytes): like any message of ours, without a word of what we do: nobody signs in to read on."""
    return emails.to_outsider(delivery, rows, reader, now, house, _how_it_opens)


def _how_it_opens(lead: Reminder) -> str:
    return _("The link opens this call, and nothing else. It needs no sign-in, so keep it to yourself.")


def _about() -> QuerySet[Companion]:
    found = Companion.objects.select_related("call__patient", "call__case", "call__consultant")
    return found.annotate(has_heard=earlier_word(TOLD))


class _AsPlanned(Due):
    """Those rows whose entry has no later version."""

    def __call__(self, rows: Sequence[Reminder], now: dt.datetime) -> set:  # type: ignore[override, type-arg]
        rows = list(rows)
        versions = dict(Companion.objects.filter(pk__in=[row.about_id for row in rows]).values_list("pk", "version"))
        return super().__call__([row for row in rows if versions.get(row.about_id) == row.version], now)


def _still_so(companion: Companion) -> bool:
    if companion.ended_at is not None:
        return companion.ended_as != Over.PAST
    return companion.call.is_booked and companion.call.starts_at > clock.now()


def _words(companion: Any, reader: Reader) -> Words:
    named = {"name": reader.called, "patient": entries.name_of_patient(companion)}
    # A text waits for the morning: who hears of the call only then is not told of a new time.
    pattern = OFF if companion.ended_at else MOVED if companion.has_heard else ASKED
    now, as_method = clock.now(), entries.method(companion)
    kind = f"text/calendar; method={as_method}; charset=utf-8"
    file = Attachment(entries.FILE_NAME, kind, entries.file(companion, now))
    return say(pattern, named, at=companion.call.starts_at, path=links.path_of(companion), attachments=(file,))


def _cannot_words(companion: Companion, reader: Reader) -> Words:
    path = reverse("bookings:company", args=[companion.call_id])
    return say(CANNOT_WORDS, {"name": reader.called, "companion": companion.first_name}, path=path)


_SAM = {"name": gettext_lazy("Sam"), "patient": gettext_lazy("Alex")}
ASKED = Pattern(
    code=TOLD,
    about=gettext_lazy("Call: somebody is asked to be there with the patient"),
    parts={
        "subject": gettext_lazy("A call with %(patient)s"),
        "lead": gettext_lazy("%(patient)s would like you to be there, %(name)s"),
        "line": gettext_lazy("The page says how to come in, or how to say no. Don’t know %(patient)s? Do nothing."),
        "action_label": gettext_lazy("Open the page"),
    },
    examples=_SAM,
    has_time=True,
)
MOVED = Pattern(
    code="bookings.companion_moved",
    about=gettext_lazy("Call: it has a new time, for who is there with the patient"),
    parts={
        "subject": gettext_lazy("The call with %(patient)s has a new time"),
        "lead": gettext_lazy("The call with %(patient)s has a new time, %(name)s"),
        "line": gettext_lazy("The file puts it right in your calendar."),
        "action_label": gettext_lazy("Open the page"),
    },
    examples=_SAM,
    has_time=True,
)
OFF = Pattern(
    code="bookings.companion_off",
    about=gettext_lazy("Call: it is off, for who was to be there with the patient"),
    parts={
        "subject": gettext_lazy("The call with %(patient)s is off for you"),
        "lead": gettext_lazy("The call with %(patient)s is off for you, %(name)s"),
        "line": gettext_lazy("The file takes it out of your calendar. There is nothing to do."),
        "action_label": gettext_lazy("Open the page"),
    },
    examples=_SAM,
    has_time=True,
)
CANNOT_WORDS = Pattern(
    code=CANNOT,
    about=gettext_lazy("Call: who was to be there with the patient cannot"),
    parts={
        "subject": gettext_lazy("About your call"),
        "lead": gettext_lazy("%(companion)s can’t be on your call, %(name)s"),
        "line": gettext_lazy("The call stays booked. You can name somebody else."),
        "action_label": gettext_lazy("Open my call"),
    },
    examples={"name": gettext_lazy("Alex"), "companion": gettext_lazy("Kim")},
)
KINDS = (
    Kind(
        TOLD,
        ANSWER,  # the patient has just pressed for it; a calendar that is wrong helps nobody
        gettext_lazy("Who is with you is told"),
        _AsPlanned(_about, _still_so),
        Told(_about, _words),
        lambda row: _("The patient named this person for a call."),
        10,
        patterns=(ASKED, MOVED, OFF),
    ),
    Kind(
        CANNOT,
        NOTICE,
        gettext_lazy("Who was to be with you cannot"),
        Due(_about, lambda one: one.call.is_booked and one.call.starts_at > clock.now()),
        Told(_about, _cannot_words),
        lambda row: _("Somebody you named for a call said that they cannot."),
        20,
        patterns=(CANNOT_WORDS,),
    ),
)
