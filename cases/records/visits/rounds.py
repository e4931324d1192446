"""The rounds of the path: the second doctor's visit and, where someone still wonders, the third's."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.case.people import as_told
from cases.records import rules
from cases.records.models import Visit
from cases.records.rules import SECOND, THIRD
from portal import when

TOGETHER = ("office", "clinician", "case__patient", "case__key", "moved_by")


@dataclass(frozen=True)
class Round:
    """The round that a page is about, its live visit where there is one, and the live visits of other rounds."""

    number: int
    visit: Visit | None
    others: tuple[Visit, ...]
    why_not_third: str

    @property
    def is_third(self) -> bool:
        return self.number == THIRD

    @property
    def may_begin_third(self) -> bool:
        """Whether to offer a third opinion: the second visit took place, and no third doctor is named."""
        return self.number == SECOND and not self.others and not self.why_not_third


def asked_for(request: HttpRequest) -> int | None:
    """The round that the form or the address names."""
    value = request.POST.get("round") or request.GET.get("round")
    return {str(SECOND): SECOND, str(THIRD): THIRD}.get(value or "")


def of(case: Case, number: int | None = None, *, reader: Any = None) -> Round:
    """The round of this number; else, or when it cannot begin yet, the latest that is live. With what this reader
    may see; everything without one.
    """
    visits = case.visits.live() if reader is None else Visit.objects.visible_to(reader).live().filter(case=case)
    live = {visit.round: visit for visit in visits.select_related(*TOGETHER)}
    for visit in live.values():
        as_told(visit.case, reader)
    second = live.get(SECOND)
    why_not = rules.why_not_third(second.state if second else "")
    if number is None or (number not in live and (number != THIRD or why_not)):
        number = max(live, default=SECOND)
    others = tuple(visit for round, visit in sorted(live.items()) if round != number)
    return Round(number, live.get(number), others, why_not)


def address(name: str, case: UUID, number: int) -> str:
    """The page of a round."""
    return f"{reverse(name, args=[case])}?{urlencode({'round': number})}"


def lines(visits: tuple[Visit, ...]) -> list[dict[str, Any]]:
    """The visits of the other rounds, each leading to its page."""
    return [
        {
            "title": _("Your third opinion") if visit.round == THIRD else _("Your second opinion"),
            "hint": _hint(visit),
            "href": visit.get_absolute_url(),
        }
        for visit in visits
    ]


def _hint(visit: Visit) -> str:
    doctor = visit.clinician.name if visit.clinician else _("No doctor named yet")
    if visit.on_date is None:
        return doctor
    return _("%(doctor)s, %(day)s") % {"doctor": doctor, "day": when.day(visit.on_date, year=True)}
