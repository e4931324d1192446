"""What the page of times is made from, whoever reads it and whatever is stored: read in one query."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from bookings import anyone, asked_ending, availability, by_then
from bookings.models import Consultation, Service
from cases.case.models import Case
from portal import ready
from portal.once import told
from portal.texts import words
from portal.texts.models import Text


def read(case: Case, reader: Any, asked: Sequence[anyone.Bookable], now: datetime) -> dict[str, list[Any]]:
    """All of it, with what the calendars of these consultants are made from. What the house says is known to the page
    from then on.
    """
    found = READ.lists(
        case,
        case=case,
        reader=reader,
        keys=[one.pk for one in asked],
        now=now,
        since=availability.since_of(now),
    )
    told(words.answers(found))
    availability.know(case, found)
    return found


def _asked(case: Any, reader: Any, keys: list[UUID], now: datetime, since: date) -> dict[str, QuerySet[Any]]:
    return {
        "practices": anyone.terms_of(keys),
        "services": Service.objects.open(),
        "waits": asked_ending.waits_of(case),
        "last_call": _last_call(case, reader),
        "items": by_then.items_of(case, reader),
        "own": availability.calls_of(case.patient_id, now),
        **availability.known_lists(case.pk),
        **availability.lists_of(keys, now, since, case.patient_id),
        **words.beside(Text.Kind.SCOPE_SHORT),
    }


def _last_call(case: Any, reader: Any) -> QuerySet[Consultation]:
    """The call of which its consultant has said last how it went. Whether the reader may see it is asked of that one,
    not of all calls of the case.
    """
    said = [Consultation.State.COMPLETED, Consultation.State.NO_SHOW]
    last = Consultation.objects.filter(case=case, state__in=said).order_by("-starts_at").values("pk")[:1]
    return Consultation.objects.visible_to(reader).filter(pk__in=last).select_related("consultant")


READ = ready.Ready(_asked, case=("patient_id",), reader=("role", "can_sign_in"))
