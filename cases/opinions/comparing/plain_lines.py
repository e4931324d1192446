"""How hard a line of the comparison is to read, said to the one of us who types it."""

from uuid import UUID

from cases.case import plain
from cases.case.models import Case
from cases.case.people import may
from cases.opinions.comparing.forms import CHANGE_DRAFT, DRAFT
from cases.opinions.comparing.models import Point
from portal.accounts import drafts
from portal.accounts.models import User


def register() -> None:
    drafts.HINTS[DRAFT] = plain.while_typed("text", plain.cases_to("write_opinions"))
    drafts.HINTS[CHANGE_DRAFT] = plain.while_typed("text", _by_point)


def _by_point(person: User, pk: UUID) -> Case | None:
    point = Point.objects.visible_to(person).select_related("case__patient").filter(pk=pk).first()
    return point.case if point and may("write_opinions", point.case, person) else None
