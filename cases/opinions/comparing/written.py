"""Of which doctors something stands in the comparison."""

from django.db.models import F

from cases.case.models import Case
from cases.opinions.comparing.models import Source
from cases.opinions.deciding.rules import PLANS


def numbers(case: Case) -> set[int]:
    """The numbers of the doctors of whom something stands, said by themselves: not by who had their role before."""
    said = Source.objects.filter(point__case=case, point__removed_at=None, point__role=F("role"))
    by_role: dict[str, set[str]] = {}
    for role, name in said.values_list("role", "clinician__name"):
        by_role.setdefault(role, set()).add(name.casefold())
    named = case.clinicians.filter(role__in=by_role).values_list("role", "clinician__name")
    order = list(PLANS)
    return {order.index(role) + 1 for role, name in named if name.casefold() in by_role[role]}
