"""Who is signed in, with what every page asks about them and for them: one query a request."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from portal.accounts.models import User
from portal.once import is_page
from portal.vault import keys


class Backend(AuthenticationBackend):
    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session, with `has_second_factor`; None once they may not sign in any more."""
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        people: Any = User.objects.filter(pk=user_id).annotate(has_second_factor=Exists(factors))
        if is_page():  # its words are read within this moment; a form may take minutes to arrive, and asks then
            people = people.annotate(erasures=keys.erasures())
        user = people.first()
        if user is None or not self.user_can_authenticate(user):
            return None
        if is_page():
            keys.seen(user.erasures)
        return user  # type: ignore[no-any-return]
