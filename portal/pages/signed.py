"""What was signed for a case, as the privacy page and the case file list it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.case.authority import Authority
from cases.case.models import Case
from cases.records.models import RecordItem, Release, Visit
from cases.records.release import keeping as release_keeping
from cases.records.release import rules as release_rules
from cases.records.release import words as release_words
from portal import clock

MOST = 30


def forms_of(visit: Visit, items: Iterable[RecordItem], releases: Sequence[Release], today: date) -> dict[UUID, str]:
    """What stands in the way of each of these records of a visit that wants a permission; "" where one of those that
    were signed in its case covers it.
    """
    releases = [each for each in releases if each.visit_id == visit.pk]
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
    return lines(case, list(releases_of(case, reader)[:MOST]), authority_of(case, reader).first())


def releases_of(case: Case, reader: Any) -> QuerySet[Release]:
    """The permissions of a case that were ever signed, the latest first."""
    found = Release.objects.visible_to(reader).ever_signed().filter(visit__case=case)
    return found.select_related("holder", "paper", "signed_by", "visit").order_by("-signed_at", "pk")


def authority_of(case: Case, reader: Any) -> QuerySet[Authority]:
    """The latest word that we may ask about the records of a case."""
    found = Authority.objects.visible_to(reader).filter(case=case)
    return found.select_related("signed_by").order_by("-signed_at")[:1]


def lines(case: Case, releases: Sequence[Release], authority: Authority | None) -> list[dict[str, Any]]:
    for release in releases:
        release.visit.case = case
    if authority:
        authority.case = case
    return release_words.lines(case, list(releases[:MOST]), authority, clock.today(case.patient.zone))
