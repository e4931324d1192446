"""What signs a person in and reaches them goes some time after their last page was erased at their wish."""

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.case.erasure.models import ErasureWish
from cases.case.erasure.rules import SIGN_IN_KEPT
from cases.case.helping.models import Helper
from cases.case.models import Case
from portal.accounts import forgetting
from portal.accounts.models import User
from portal.actors import SYSTEM
from portal.vault import erasures


def without_a_page() -> QuerySet[User]:
    """Of those whose page was erased, who has no other, helps nobody and works here in no role."""
    people = User.objects.filter(role="", forgotten_at=None)
    theirs = Case.objects.filter(Q(patient=OuterRef("pk")) | Q(starter=OuterRef("pk")), key__destroyed_at=None)
    helps = Helper.objects.filter(person=OuterRef("pk"), ended_at=None)
    return people.filter(~Exists(theirs), ~Exists(helps))


def due(now: dt.datetime) -> QuerySet[User]:
    """Those who had time to take along the list of who opened what."""
    done = ErasureWish.objects.filter(case__patient=OuterRef("pk"))
    lately = done.filter(done_at__gte=now - SIGN_IN_KEPT)
    return without_a_page().filter(Exists(done.filter(done_at__isnull=False)), ~Exists(lately))


def forget_due(now: dt.datetime) -> int:
    """Each in a transaction of its own; how many."""
    return sum(_forget(due(now), pk) for pk in list(due(now).values_list("pk", flat=True)))


def forget_again() -> int:
    """Who had been forgotten and is here again, since an archive from before was brought back; how many."""
    again = without_a_page().filter(pk__in=erasures.listed())
    return sum(_forget(again, pk) for pk in list(again.values_list("pk", flat=True)))


@transaction.atomic
def _forget(people: QuerySet[User], pk: UUID) -> bool:
    person = people.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if person is None or not forgetting.forget(person, by=SYSTEM):  # has a page again, or went by another run, since
        return False
    transaction.on_commit(partial(erasures.add, [pk]), robust=True)
    return True
