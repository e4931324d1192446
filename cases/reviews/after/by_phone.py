"""What came of a call, for a patient who signs in nowhere: read out to her on the phone, on record as such."""

import datetime as dt
from collections.abc import Iterable, Set
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case, ToDo
from cases.records.items.telling import lock_case
from cases.reviews.after.models import Outcome
from portal.accounts.models import User
from portal.actors import Actor
from portal.beside import lists
from portal.errors import Refused
from portal.history.actions import record


def newest_of(case: Case) -> list[Outcome]:
    """What was saved last of each call, the newest call first."""
    return _in_order(each[-1] for each in _by_call(case, _saved(case)))


def unheard(case: Case) -> list[Outcome]:
    """What she has not been told of yet: what stands of each call of which something else was saved since all was read
    out, or posted. The newest call first. One query.
    """
    settled = ToDo.objects.filter(kind=hands.READ_OUTCOME, about_id=str(case.pk), done_by__isnull=False)
    rows = lists(case, settled=settled.order_by("-done_at")[:1], saved=_saved(case))
    until = rows["settled"][0].done_at if rows["settled"] else None
    return _in_order(each[-1] for each in _by_call(case, rows["saved"]) if _has_news(each, until))


def _saved(case: Case) -> QuerySet[Outcome]:
    saved = Outcome.objects.filter(call__case=case).select_related("call__consultant", "call__patient")
    return saved.order_by("number")


def _by_call(case: Case, saved: Iterable[Outcome]) -> list[list[Outcome]]:
    """All that was saved, by call and in the order of saving."""
    found: dict[UUID, list[Outcome]] = {}
    for each in saved:
        each.call.case = case
        found.setdefault(each.call_id, []).append(each)
    return list(found.values())


def _has_news(saved: list[Outcome], until: dt.datetime | None) -> bool:
    """Whether something that she reads was saved later than that."""
    return any(
        (until is None or each.saved_at > until) and (before is None or before.told != each.told)
        for before, each in zip([None, *saved], saved, strict=False)
    )


def _in_order(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda each: each.call.starts_at, reverse=True)


@transaction.atomic
def read_out(case: Case, *, until: dt.datetime, by: Actor) -> None:
    """What stood on the page was read out to her; `until` is when the newest of it was saved. Twice is once.

    Raises Refused where something was saved meanwhile.
    """
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    lock_case(case)
    todo = hands.to_read(case).get(hands.READ_OUTCOME)
    if todo is None:
        return
    if todo.asked_at > until:
        raise Refused(_("Something was saved since you opened this. Read it out as well."), code="state")
    record(hands.done_for(case, by), "outcome.read_out", case, patient=case.patient_id, case=case.pk)
    hands.was_read(hands.READ_OUTCOME, case, by=by)


@transaction.atomic
def way_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """She has an address now, and reads it on the page of the call."""
    if "can_sign_in" in changed and person.can_sign_in:
        for case in hands.open_cases(person):
            hands.was_read(hands.READ_OUTCOME, case, by=by)
