"""What the patient says of a thing that stayed as it is, for the pages on which that thing stands."""

from typing import Any

from django.db.models import Exists, OuterRef

from cases.case.corrections.models import Correction
from cases.case.corrections.rules import About
from cases.case.models import Case

SHOWN = 20


def beside(case: Case, about: About | None = None) -> Any:
    """Her words beside what one of these pages says; beside everything where no page is named. One query."""
    found = Correction.objects.standing_beside().filter(case=case, **({"about": about} if about else {}))
    return found.select_related("case__key").order_by("asked_at", "pk")[:SHOWN]


def has_beside() -> Exists:
    """Whether there is any of it beside a summary, beside the cases of a query: mostly there is none to read."""
    return Exists(Correction.objects.standing_beside().filter(case=OuterRef("pk"), about=About.SUMMARY))
