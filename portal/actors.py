"""Who acts: a user, an office through its link, a person answering a message, or the system."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest


@dataclass(frozen=True)
class Actor:
    """Ends every action as `by`. `for_patient` names the patient when someone acts for another."""

    kind: str  # user | office | answer | system
    id: UUID | None = None
    for_patient: UUID | None = None
    address: str = ""  # network address, as the trusted proxy gave it
    user: Any = None  # the User when kind is user or answer

    @classmethod
    def of(cls, request: HttpRequest, for_patient: UUID | None = None) -> "Actor":
        """The signed-in person behind a request."""
        user: Any = request.user
        return cls("user", user.pk, for_patient, client_address(request), user)

    @classmethod
    def person(cls, user: Any) -> "Actor":
        """A user outside a request: a command, the demo, a test."""
        return cls("user", user.pk, user=user)


SYSTEM = Actor("system")


def client_address(request: HttpRequest) -> str:
    """The address of the real client: as allauth counts failures, so that both always agree."""
    from allauth.account.adapter import get_adapter

    return str(get_adapter(request).get_client_ip(request) or "")
