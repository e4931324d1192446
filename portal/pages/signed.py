"""What was signed for a case, as the privacy page and the case file list it."""

from typing import Any

from cases.case.authority import Authority
from cases.case.models import Case
from cases.records import release_words
from cases.records.models import Release
from portal import clock

MOST = 30


def of_case(case: Case, reader: Any) -> list[dict[str, Any]]:
    """Everything that was ever signed, the latest first: each leads to what was read."""
    found = Release.objects.visible_to(reader).ever_signed().filter(visit__case=case)
    releases = list(found.select_related("holder", "paper", "signed_by").order_by("-signed_at")[:MOST])
    authorities = Authority.objects.visible_to(reader).filter(case=case).select_related("signed_by")
    latest = authorities.order_by("-signed_at").first()
    return release_words.lines(case, releases, latest, clock.today(case.patient.zone))
