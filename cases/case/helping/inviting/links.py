"""The address that a mail or text of ours leads to: one asking, one sending of it, made from its id, never stored."""

from django.urls import reverse

from cases.case.helping.inviting.models import Invite
from portal.vault import links

INVITED = "case.invited"


def path_of(asked: Invite) -> str:
    """Sent again, it is another one, and the one before is false."""
    return reverse("case:invited", args=[links.token(INVITED, asked.pk, asked.times)])


def invite_for(token: str) -> Invite | None:
    """What a token was made for, whatever became of it; None for a made-up one, or of an earlier sending."""
    found = links.read(INVITED, token)
    asked = Invite.objects.filter(pk=found.id, times=found.generation) if found else Invite.objects.none()
    return asked.select_related("case", "patient", "asked_by").first()
