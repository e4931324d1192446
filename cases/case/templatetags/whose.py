"""Whose page it is, in the head of every page of a case."""

from typing import Any

from django import template

from cases.case import whose

register = template.Library()


@register.simple_tag(takes_context=True)
def whose_page(context: Any) -> whose.Whose | None:
    """The patient of this page where a helper has it open; None on one's own page, and for staff at work."""
    case, user = context.get("case"), context.get("user")
    if case is None or not user.is_authenticated or user.role or case.patient_id == user.pk:
        return None
    return whose.whose(case, user)


@register.simple_tag(takes_context=True)
def acting_page(context: Any) -> whose.Whose | None:
    """The patient of this page where a coordinator has it open, to act for her."""
    case, user = context.get("case"), context.get("user")
    if case is None or getattr(user, "role", "") != "coordinator" or case.patient_id == user.pk:
        return None
    return whose.whose(case, user)
