"""Closing a day and opening it again. Calls that are booked on it need an answer each, as with a consultant's hours."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import actions, follow_up
from bookings.availability_actions import CANCEL, KEEP, MOVE, Answers, Unanswered, asking_each
from bookings.models import Consultation, Practice
from cases.records.models import Visit
from cases.records.states import PlanAnew
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.models import Holiday
from portal.texts.one_at_a_time import lock_house
from portal.texts.words import organisation

Made = TypeVar("Made")
WHO = {User.Role.ADMINISTRATOR, User.Role.COORDINATOR}


class _Undone(Exception):
    """Leaves what was only tried."""


@transaction.atomic
def close_day(*, region: str, on_date: date, name: str = "", answers: Answers | None = None, by: Actor) -> Holiday:
    """Nobody books on that day in a region any more, and offices there count as closed. Twice is once.

    Calls of consultants who live by that region need an answer each, else Unanswered; they are the coordinators' to
    answer, and administrators are refused then. Refused too for a day that is over.
    """
    must_run_the_house(by)
    if on_date < organisation().today():
        raise Refused(_("Choose a day that is not over."), code="on_date")
    lock_house()
    practices = _locked(region)
    known = Holiday.objects.filter(region=region, on_date=on_date).first()
    if known:
        return known

    def close() -> Holiday:
        return Holiday.objects.create(region=region, on_date=on_date, name=name)

    day = answered(practices, close, _only_coordinators, answers=answers or {}, by=by)
    record(by, "day.closed", day)
    return day


def answered(
    practices: Sequence[Practice],
    change: Callable[[], Made],
    refused: Callable[[int], str],
    *,
    answers: Answers,
    by: Actor,
) -> Made:
    """Make a change that closes days, with the time of these consultants locked, which the caller did.

    Calls that it leaves outside need an answer each, else Unanswered; they are the coordinators' to answer, and
    administrators read in `refused` how many there are.
    """
    calls = _left_outside(practices, change, by)
    if calls and (by.user is None or by.user.role != User.Role.COORDINATOR):
        raise Refused(refused(len(calls)), code="booked")
    if any(answers.get(call.pk, ("", ""))[0] not in (KEEP, MOVE, CANCEL) for call in calls):
        raise Unanswered(calls)
    made = _around(practices, change, answers, by)
    _plan_anew(practices)
    return made


@transaction.atomic
def open_day(day: Holiday, *, by: Actor) -> None:
    """It is a day like others again. Nothing can be left outside by that; twice changes nothing."""
    must_run_the_house(by)
    lock_house()
    practices = _locked(day.region)
    gone, _each = Holiday.objects.filter(pk=day.pk).delete()
    if gone:
        _plan_anew(practices)
        record(by, "day.opened", day)


def must_run_the_house(by: Actor) -> None:
    if by.user is None or by.user.role not in WHO or not by.user.can_sign_in:
        raise Refused(_("Only an administrator or a coordinator can do that."), code="role")


def _only_coordinators(count: int) -> str:
    return ngettext(
        "%(count)d call is booked on that day. Ask a coordinator to close it: each call needs an answer.",
        "%(count)d calls are booked on that day. Ask a coordinator to close it: each call needs an answer.",
        count,
    ) % {"count": count}


def _locked(region: str) -> list[Practice]:
    """The time of those who live by this region, in one order: no other booking is made meanwhile."""
    house = organisation().region
    practices = Practice.objects.select_related("consultant").order_by("pk")
    here = [each for each in practices if region in {each.region or house, (each.region or house).partition("-")[0]}]
    return [actions.lock_practice(each.consultant) for each in here]


def _left_outside(practices: Sequence[Practice], change: Callable[[], object], by: Actor) -> list[Consultation]:
    """The calls that would lie on a closed day: tried for each, and undone."""
    found: list[Consultation] = []
    for practice in practices:
        try:
            with transaction.atomic():
                asking_each(practice, change, answers={}, by=by)
                raise _Undone
        except Unanswered as unanswered:
            found += unanswered.calls
        except _Undone:
            continue
    return sorted(found, key=lambda call: (call.starts_at, str(call.pk)))


def _around(practices: Sequence[Practice], change: Callable[[], Made], answers: Answers, by: Actor) -> Made:
    """Changed once, with each consultant's calls settled around it."""
    if not practices:
        return change()
    first, *others = practices
    return asking_each(first, lambda: _around(others, change, answers, by), answers=answers, by=by)


def _plan_anew(practices: Sequence[Practice]) -> None:
    """Dates of open visits count business days: the task that follows changed offices follows this, too. So does the
    last day for a plan before the coming calls of these consultants, whose time is locked.
    """
    Visit.objects.live().filter(plan_anew="").update(plan_anew=PlanAnew.DATES)
    follow_up.closed_days_changed([practice.pk for practice in practices], clock.now())


def coming_days() -> list[Holiday]:
    """What was typed in and is not over, by day."""
    return list(Holiday.objects.filter(on_date__gte=clock.today(organisation().zone)).order_by("on_date", "region"))
