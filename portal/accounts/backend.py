"""Who is signed in, with what every page asks about them and for them: read together with their session."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from portal.accounts.models import User
from portal.once import is_page
from portal.ready import ReadyRows
from portal.vault import keys

_along: ContextVar[list[User] | None] = ContextVar("person of the session", default=None)


class Backend(AuthenticationBackend):
    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session, with `has_second_factor`; None once they may not sign in any more."""
        looks = is_page()  # its words are read within this moment; a form may take minutes to arrive, and asks then
        along = [person for person in _along.get() or () if person.pk == user_id]
        user: Any = next(iter(along or PERSON.of(key=user_id, looks=looks)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        if looks:
            keys.seen(user.erasures)
        return user


@contextmanager
def person_along() -> Iterator[None]:
    """A session that is read within this reads along whose it is. Nobody is kept after."""
    token = _along.set([])
    try:
        yield
    finally:
        _along.reset(token)


def people_along() -> list[User] | None:
    """Where a session puts whom it read along; None where it reads nobody."""
    return _along.get()


def seen_by_pages(people: QuerySet[User], *, looks: bool) -> QuerySet[User]:
    """These people with what every page asks about them."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    people = people.annotate(has_second_factor=Exists(factors))
    return people.annotate(erasures=keys.erasures()) if looks else people


def _person(key: UUID, looks: bool) -> QuerySet[User]:
    return seen_by_pages(User.objects.filter(pk=key), looks=looks)


PERSON = ReadyRows(_person)
