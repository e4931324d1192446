"""Who works here, counted: for the pages that set up the house."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.utils.translation import ngettext

from portal.accounts.models import User


def in_words() -> dict[str, Any]:
    """How many work here in which role, and how many of them have no second step yet."""
    working = User.objects.exclude(role=User.Role.NONE).filter(can_sign_in=True)
    steps = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    people = list(working.values_list("role", Exists(steps)))
    roles = [role for role, _has_step in people]
    consultants, coordinators = roles.count(User.Role.CONSULTANT), roles.count(User.Role.COORDINATOR)
    return {
        "words": ", ".join(
            [
                ngettext("%(count)d consultant", "%(count)d consultants", consultants) % {"count": consultants},
                ngettext("%(count)d coordinator", "%(count)d coordinators", coordinators) % {"count": coordinators},
            ]
        ),
        "without": sum(not has_step for _role, has_step in people),
    }
