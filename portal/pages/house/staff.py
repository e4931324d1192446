"""Who works here, counted: for the pages that set up the house."""

from typing import NamedTuple
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.utils.translation import ngettext

from portal.accounts.models import User


class Working(NamedTuple):
    """Somebody who works here now."""

    pk: UUID
    role: str
    has_step: bool


def working_here() -> list[Working]:
    working = User.objects.exclude(role=User.Role.NONE).filter(can_sign_in=True)
    steps = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return [Working(*each) for each in working.values_list("pk", "role", Exists(steps))]


def in_words(people: list[Working]) -> dict[str, object]:
    """How many work here in which role, and how many of them have no second step yet."""
    roles = [person.role for person in people]
    consultants, coordinators = roles.count(User.Role.CONSULTANT), roles.count(User.Role.COORDINATOR)
    named = [
        ngettext("%(count)d consultant", "%(count)d consultants", consultants) % {"count": consultants},
        ngettext("%(count)d coordinator", "%(count)d coordinators", coordinators) % {"count": coordinators},
    ]
    return {"words": ", ".join(named), "without": sum(not person.has_step for person in people)}
