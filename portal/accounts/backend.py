"""Who is signed in, with what every page asks about them and for them: one query a request."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from portal.accounts.models import User
from portal.once import is_page
from portal.ready import ReadyRows
from portal.vault import keys


class Backend(AuthenticationBackend):
    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session, with `has_second_factor`; None once they may not sign in any more."""
        looks = is_page()  # its words are read within this moment; a form may take minutes to arrive, and asks then
        user: Any = next(iter(PERSON.of(key=user_id, looks=looks)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        if looks:
            keys.seen(user.erasures)
        return user


def _person(key: UUID, looks: bool) -> QuerySet[User]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    people = User.objects.filter(pk=key).annotate(has_second_factor=Exists(factors))
    return people.annotate(erasures=keys.erasures()) if looks else people


PERSON = ReadyRows(_person)
