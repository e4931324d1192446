"""Whose a paper may be: the case that its reference names, or cases found by name, birth date or reference."""

import re
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cases.case.models import Case
from cases.desk.tray.models import Incoming

AT_MOST = 8
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def open_cases(user: Any) -> QuerySet[Case]:
    return Case.objects.visible_to(user).open().select_related("patient", "key")


def proposed(incoming: Incoming, user: Any) -> Case | None:
    """The case of the reference that a machine read; None without one."""
    return open_cases(user).filter(reference=incoming.reference).first() if incoming.reference else None


def matching(typed: str, user: Any) -> list[Case]:
    """The first cases that fit what was typed; it travels by POST, in no address."""
    typed = typed.replace("\0", "").strip()
    if len(typed) < 2:
        return []
    if born := birth_date(typed):
        fits = Q(patient__birth_date=born)
    else:
        letters = typed.upper().replace(" ", "").removeprefix("RS")
        spaced = f"RS {letters[:3]} {letters[3:]}".strip()
        fits = Q(patient__name__icontains=typed) | Q(patient__called__icontains=typed)
        fits |= Q(reference__istartswith=spaced)
    return list(open_cases(user).filter(fits).order_by("patient__name", "reference")[:AT_MOST])


def birth_date(typed: str) -> date | None:
    """ "1961-05-02" or "5/2/1961"; None for anything else."""
    found = DAY.fullmatch(typed)
    if found is None:
        return None
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 4, 5)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
