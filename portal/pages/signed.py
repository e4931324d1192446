"""What was signed for a case, as the privacy page and the case file list it."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from cases.case.authority import Authority
from cases.case.models import Case
from cases.records.models import RecordItem, Release, Visit
from cases.records.release import keeping as release_keeping
from cases.records.release import rules as release_rules
from cases.records.release import words as release_words
from portal import clock

MOST = 30


def forms_of(visit: Visit, items: Iterable[RecordItem], today: date) -> dict[UUID, str]:
    """What stands in the way of each of these records of a visit that wants a permission; "" where one covers it."""
    releases = release_keeping.signed_for(visit)
    found = {}
    for item in items:
        holder = item.holder
        wanted = holder is not None and release_rules.wants_release(
            need=item.kind.need or item.need, asked_by_us=item.asked_by_us, has_own_form=holder.has_own_form
        )
        if wanted and release_rules.can_be_released(item.kind_id, item.state):
            why = release_keeping.why_not(item, visit, releases, today)
            found[item.pk] = str(why.label) if why else ""
    return found


def of_case(case: Case, reader: Any) -> list[dict[str, Any]]:
    """Everything that was ever signed, the latest first: each leads to what was read."""
    found = Release.objects.visible_to(reader).ever_signed().filter(visit__case=case)
    releases = list(found.select_related("holder", "paper", "signed_by").order_by("-signed_at")[:MOST])
    authorities = Authority.objects.visible_to(reader).filter(case=case).select_related("signed_by")
    latest = authorities.order_by("-signed_at").first()
    return release_words.lines(case, releases, latest, clock.today(case.patient.zone))
