"""What a new house still needs before somebody can book a first call; empty once it has everything."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Hours
from portal.accounts.models import User
from portal.pages.house.staff import Working
from portal.texts.models import Organisation

NEEDED = ("phone", "hours", "emergency_number")  # people look for them first


def first_steps(facts: Organisation, people: list[Working]) -> list[dict[str, Any]]:
    """Each step with whether it is done; none when all are."""
    roles = {person.role for person in people}
    consultants = [person.pk for person in people if person.role == User.Role.CONSULTANT]
    steps = [
        {
            "code": "facts",
            "title": _("Phone, hours and emergency number"),
            "hint": _("Below, on this page."),
            "is_done": all(getattr(facts, name) for name in NEEDED),
        },
        {
            "code": "coordinator",
            "title": _("A coordinator"),
            "hint": _("Invite one on the page People."),
            "href": reverse("accounts:people"),
            "is_done": User.Role.COORDINATOR in roles,
        },
        {
            "code": "consultant",
            "title": _("A consultant"),
            "hint": _("Invite one on the page People."),
            "href": reverse("accounts:people"),
            "is_done": bool(consultants),
        },
        {
            "code": "hours",
            "title": _("Hours of a consultant"),
            "hint": _("Each consultant sets them on the page Hours, after they signed in."),
            "is_done": bool(consultants) and Hours.objects.filter(practice__in=consultants).exists(),
        },
    ]
    return [] if all(step["is_done"] for step in steps) else steps
