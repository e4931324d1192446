"""Wishes to erase a page that were asked, or taken back, after an archive was made: bringing it back loses neither."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from cases.case.erasure import outside
from cases.case.models import Case, ErasureWish
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import closing_actions as closing

log = structlog.get_logger(__name__)
AT_LEAST = dt.timedelta(days=1)  # to take it back, once the house is there again


def run() -> tuple[int, int]:
    """Wishes taken back again, and asked again; how many. Each in a transaction of its own: one that fails keeps no
    other, and is raised at the end. Once all is as the list says, it changes nothing.
    """
    asked, back = outside.asked(), outside.taken_back()
    waiting = [each for each in asked if each.wish not in back]
    done = [0, 0]
    failed: Exception | None = None
    asked_since = {each.case for each in waiting}
    steps: list[tuple[int, Any, Callable[[], bool]]] = [
        *((0, each, partial(_back, each, asked_since)) for each in back.values()),
        *((1, each, partial(_asked, each)) for each in waiting),
    ]
    for which, said, step in steps:
        try:
            done[which] += step()
        except Exception as error:
            log.exception("wish_not_kept", wish=str(said.wish))
            failed = failed or error
    if failed:
        raise failed
    return done[0], done[1]


@transaction.atomic
def _back(said: outside.TakenBack, asked_since: set[UUID]) -> bool:
    """The archive knows it as open. The page opens again, where it was not asked once more and nothing keeps
    it closed.
    """
    wish = ErasureWish.objects.open().select_related("case").filter(pk=said.wish).first()
    if wish is None:
        return False
    case = closing.locked(wish.case)
    person = User.objects.filter(pk=said.by).first() or case.patient
    if case.pk not in asked_since:
        with suppress(Refused), transaction.atomic():
            closing.reopen_case(case, by=Actor.person(person))
    if ErasureWish.objects.open().filter(pk=said.wish).update(taken_back_at=said.at, taken_back_by=person):
        record(SYSTEM, "erasure.taken_back", wish, patient=case.patient_id, case=case.pk)
    return True


@transaction.atomic
def _asked(said: outside.Asked) -> bool:
    """An archive from before it knows the case as open: it ends as it did, without a word that was said already."""
    case = Case.objects.filter(pk=said.case, key__destroyed_at=None).first()
    if case is None or ErasureWish.objects.filter(pk=said.wish).exists():
        return False
    case, now = closing.locked(case), clock.now()
    person = User.objects.filter(pk=said.by).first() or case.patient
    if case.key.destroyed_at or ErasureWish.objects.open().filter(case=case).exists():
        return False
    if case.state != Case.State.CLOSED:
        closing.close_at_once(case, closing.Why.ASKED, by=Actor.person(person))
    due_at = max(said.due_at, now + AT_LEAST)
    wish = ErasureWish.objects.create(pk=said.wish, case=case, asked_at=said.at, asked_by=person, due_at=due_at)
    record(SYSTEM, "erasure.kept", wish, patient=case.patient_id, case=case.pk)
    return True
