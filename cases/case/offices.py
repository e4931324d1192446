"""Finding an office by the name somebody typed: a known one is used again, a new one serves its case only."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.case import regions
from cases.case.actions import add_office, change_office
from cases.case.models import Case, CaseClinician, Office
from portal.actors import Actor

SHOWN_WHILE_TYPING = 12


def named_by(office: UUID | None) -> str:
    """What the office of this id is called now, or the entry it became part of; "" where nothing names one."""
    found = Office.objects.select_related("merged_into").filter(pk=office).first() if office else None
    return (found.merged_into or found).name if found else ""


def named(name: str, user: Any, case: Case | None = None) -> Office | None:
    """The office of this very name that the person may know: this case's own first, then a checked one."""
    found = Office.objects.visible_to(user).filter(name__iexact=name.strip())
    own = found.filter(for_case=case).first() if case else None
    return own or found.filter(checked_at__isnull=False).order_by("checked_at").first() or _known_as(name, case)


def _known_as(name: str, case: Case | None) -> Office | None:
    """The entry that one of this name became part of, so that an old name typed again makes no second one."""
    mine = Q(checked_at__isnull=False) | Q(for_case=case, for_case__isnull=False)
    found = Office.objects.filter(mine, name__iexact=name.strip(), merged_into__isnull=False).order_by("merged_at")
    return next((office.merged_into for office in found.select_related("merged_into")), None)


def named_or_added(case: Case, name: str, *, region: str = "", by: Actor, **details: Any) -> Office | None:
    """The office of this name, or a new one for this case; None without a name.

    What is typed beside the name of one that serves this case alone, and differs, is said of it.
    """
    if not name.strip():
        return None
    found, said = named(name, by.user, case), details | regions.office_details(region)
    if found is None:
        return add_office(case, name=name, by=by, **said)
    if found.for_case_id == case.pk and found.checked_at is None:
        typed = {field: value for field, value in said.items() if value}
        return change_office(found, by=by, **typed) if typed else found
    return found


def while_typing(typed: Iterable[str], user: Any) -> QuerySet[Office]:
    """Checked offices, and the person's own, whose name holds one of the things typed so far.

    Staff know the unchecked ones of every case; typed into another case, those would not be found.
    """
    matches = Q()
    for words in typed:
        matches |= Q(name__icontains=words.replace("\0", "").strip())
    known = Office.objects.visible_to(user).filter(matches)
    if user.role:
        known = known.filter(checked_at__isnull=False)
    return known.order_by("name").distinct()[:SHOWN_WHILE_TYPING]


def doctor(case: Case, role: str, reader: Any = None) -> CaseClinician | None:
    """Who has this role in the case, with clinician and office, as far as the reader may know."""
    known = case.clinicians.all() if reader is None else CaseClinician.objects.visible_to(reader).filter(case=case)
    return known.filter(role=role).select_related("clinician__office").first()
