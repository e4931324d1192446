"""The address that leads somebody to the call they sit in on: made from their row's id, never stored."""

from django.urls import reverse

from bookings.company.models import Companion
from portal import mail
from portal.vault import links

TOGETHER = "bookings.together"


def token_of(companion: Companion) -> str:
    return links.token(TOGETHER, companion.pk, 1)


def path_of(companion: Companion) -> str:
    return reverse("bookings:together", args=[token_of(companion)])


def address_of(companion: Companion) -> str:
    """Whole, to hand on."""
    return mail.absolute(path_of(companion))


def companion_for(token: str) -> Companion | None:
    """Whom a token was made for, whatever became of it; None for a made-up one."""
    found = links.read(TOGETHER, token)
    known = Companion.objects.filter(pk=found.id) if found else Companion.objects.none()
    together = ("call__case", "call__patient", "call__consultant", "call__service")
    return known.select_related(*together).first()
