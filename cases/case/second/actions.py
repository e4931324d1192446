"""What changes a second reading: asking a colleague, her yes or no, the patient's, and every way it ends."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case.actions import give_consent, must, must_be_open, withdraw_consent
from cases.case.models import Case, Consent
from cases.case.people import COORDINATOR, is_assigned, may, reads_along, role_in
from cases.case.second import notices, rules
from cases.case.second.models import SecondReader
from cases.case.second.rules import SECOND_MOVES, SecondEnded, SecondState
from portal import clock, moves
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.closed import closed_days
from portal.texts.words import organisation

LOOK_AHEAD = dt.timedelta(days=40)  # holds the business days to choose from, and every break of our office


def last_days() -> list[dt.date]:
    """The business days of our house to choose the last one from."""
    here = organisation()
    today = here.today()
    return rules.last_days(today, closed_days(here.region, today, today + LOOK_AHEAD))


@transaction.atomic
def ask(case: Case, reader: User, *, question: str, why: str, until_on: dt.date, by: Actor) -> SecondReader:
    """Ask one colleague to read along until a day. The same asked twice is asked once.

    Raises Refused for another day or person than can be, and while another colleague is asked.
    """
    case = _locked(case)
    must("review", case, by)
    _end_passed(case)
    found = SecondReader.objects.open().filter(case=case).select_related("reader").first()
    if found and found.reader_id == reader.pk:
        return found
    if found:
        raise _one_at_a_time(found.reader)
    if not question.strip() or not why.strip():
        raise Refused(_("Write what you ask, and why, as the patient reads it."), code="question")
    if reason := rules.why_not_colleague(
        is_self=reader.pk == by.id,
        reads=reader.is_our_consultant,
        is_in_case=is_in_case(case, reader),
        name=reader.name,
    ):
        raise Refused(reason, code="reader")
    if reason := rules.why_not_until(until_on, last_days()):
        raise Refused(reason, code="until_on")
    second = SecondReader(
        case=case,
        asked_by=by.user,
        reader=reader,
        until_on=until_on,
        over_at=rules.over_at(until_on, organisation().zone),
        asked_at=clock.now(),
    )
    second.question, second.why = question.strip(), why.strip()
    try:
        with transaction.atomic():
            second.save(force_insert=True)
    except IntegrityError:  # asked by another press at this moment
        raise _one_at_a_time(None) from None
    _tell(by, "second.asked", second)
    notices.asked(second)
    return second


def is_in_case(case: Case, user: User) -> bool:
    """Whether this person has a part in the case already, as a patient, a helper or its consultant."""
    return bool(is_assigned(case, user) or case.starter_id == user.pk or role_in(case, user) in {"patient", "helper"})


def _one_at_a_time(other: User | None) -> Refused:
    if other is None:
        return Refused(_("Somebody is asked already. Look at the page once more."), code="reader")
    said = {"name": other.name}
    return Refused(_("%(name)s is asked already. End that first, then ask somebody else.") % said, code="reader")


@transaction.atomic
def agree(second: SecondReader, *, by: Actor) -> SecondReader:
    """The colleague says yes, and the patient is told at once. Said twice it is said once."""
    second = _fresh(second)
    if second.state == SecondState.READING and by.id == second.reader_id:
        return second
    _move("agree", second, by)
    second.answered_at = clock.now()
    second.save(update_fields=["state", "answered_at"])
    _tell(by, "second.agreed", second)
    notices.answered(second)
    return second


@transaction.atomic
def decline(second: SecondReader, *, by: Actor) -> SecondReader:
    """The colleague says no, which needs no reason."""
    second = _fresh(second)
    if second.state == SecondState.DECLINED and by.id == second.reader_id:
        return second
    _move("decline", second, by)
    second.answered_at = clock.now()
    second.save(update_fields=["state", "answered_at"])
    _tell(by, "second.declined", second)
    notices.answered(second)
    return second


@transaction.atomic
def let_read(second: SecondReader, is_yes: bool, *, how: str = "page", by: Actor) -> SecondReader:
    """The patient says whether this colleague may read; a no ends it. A coordinator puts in what she said on the phone.

    Raises Refused for anybody else, and when it is over.
    """
    second = _fresh(second)
    _must_be_hers(second.case, how, by)
    if second.is_over:
        raise Refused(_("%(name)s does not read along any more.") % {"name": second.reader.name}, code="state")
    if not is_yes:
        second.patient_no_at = clock.now()
        second.save(update_fields=["patient_no_at"])
        return _end(second, SecondEnded.PATIENT, by)
    give_consent("read", person=second.case.patient, case=second.case, consultant=second.reader, how=how, by=by)
    notices.let(second)
    return second


def _must_be_hers(case: Case, how: str, by: Actor) -> None:
    is_hers = may("consent", case, by) if how == "page" else role_in(case, by) == COORDINATOR
    if not is_hers:
        raise Refused(_("Only the patient can say this."), code="role")


@transaction.atomic
def end(second: SecondReader, *, how: str = "page", by: Actor) -> SecondReader:
    """The one who asked, or the patient, ends it, at once. Ended twice it is ended once."""
    second = _fresh(second)
    part = _part(second, by)
    if part != rules.ASKER:
        _must_be_hers(second.case, how, by)
    if second.state == SecondState.ENDED:
        return second
    return _end(second, SecondEnded.READER if part == rules.ASKER else SecondEnded.PATIENT, by)


@transaction.atomic
def done(second: SecondReader, *, answer: str, by: Actor) -> SecondReader:
    """The colleague is done, with what she has to say. Her access ends with it."""
    second = _fresh(second)
    _check("done", second, by)
    _must_read(second, by)
    second.answer = answer.strip()
    second.save(update_fields=["answer"])
    return _end(second, SecondEnded.DONE, by)


def end_all(case: Case, *, by: Actor) -> None:
    """The case is closed: nobody reads along any more."""
    for second in SecondReader.objects.open().filter(case=case).select_for_update(of=("self",)):
        second.case = case
        _end(second, SecondEnded.CLOSED, by)


def reader_leaves(case: Case, before: User, *, by: Actor) -> None:
    """The one who asked reads this plan no more: nobody reads along for them."""
    for second in SecondReader.objects.open().filter(case=case, asked_by=before).select_for_update(of=("self",)):
        second.case = case
        _end(second, SecondEnded.READER, by)


def colleague_left(reader: User, *, by: Actor) -> None:
    """The colleague works here no more."""
    for second in SecondReader.objects.open().filter(reader=reader).select_related("case__patient"):
        _end(_fresh(second), SecondEnded.READER, by)


def end_passed(now: dt.datetime) -> int:
    """Write down what has ended by its last day, each by itself; it has opened nothing since. How many."""
    passed = SecondReader.objects.open().filter(over_at__lte=now).select_related("case")
    return sum(expire(second, by=SYSTEM) for second in passed.order_by("over_at", "pk"))


@transaction.atomic
def expire(second: SecondReader, *, by: Actor) -> bool:
    """It has ended by its last day: whether it had not been written down before."""
    second = _fresh(second)
    if second.state not in rules.OPEN or second.over_at > clock.now():
        return False
    _end(second, SecondEnded.TIME, by)
    return True


def _end_passed(case: Case) -> None:
    for second in SecondReader.objects.open().filter(case=case, over_at__lte=clock.now()):
        second.case = case
        _end(second, SecondEnded.TIME, SYSTEM)


def _end(second: SecondReader, why: str, by: Actor) -> SecondReader:
    second.state, second.ended_at, second.ended_by, second.ended_why = SecondState.ENDED, clock.now(), by.user, why
    second.save(update_fields=["state", "ended_at", "ended_by", "ended_why"])
    _end_consent(second)
    _tell(by, "second.ended", second, why=f"second_{why}")
    notices.over(second)
    return second


def _end_consent(second: SecondReader) -> None:
    """The patient's yes ends with what it was given for: whoever is asked again needs another. A consultant who has a
    place in the case keeps it.
    """
    case, reader = second.case, second.reader
    if case.assignments.filter(user=reader, ended_at=None).exists():
        return
    for given in Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=reader):
        withdraw_consent(given, at=second.ended_at, by=SYSTEM)


def must_read_along(second: SecondReader, *, by: Actor) -> SecondReader:
    """The row locked, for its colleague who reads along now. Raises Refused for others, and when it is over."""
    second = _fresh(second)
    _check("note", second, by)
    _must_read(second, by)
    return second


def _must_read(second: SecondReader, by: Actor) -> None:
    if second.is_over or not reads_along(second.case, by.user):
        raise Refused(_("Your time to read along is over."), code="state")
    if not may("read_along", second.case, by):
        raise Refused(_("The patient has not said yes to you reading this plan, or has taken that back."), code="role")


def _check(verb: str, second: SecondReader, by: Actor) -> str:
    must_be_open(second.case, by)
    return moves.check(SECOND_MOVES, verb, second.state, _part(second, by))


def _move(verb: str, second: SecondReader, by: Actor) -> None:
    target = _check(verb, second, by)
    if second.is_over:
        raise Refused(_("The last day for this has passed."), code="state")
    second.state = target


def _part(second: SecondReader, by: Actor) -> str:
    if by.id == second.reader_id:
        return rules.SECOND
    return rules.ASKER if by.id == second.asked_by_id else role_in(second.case, by)


def _fresh(second: SecondReader) -> SecondReader:
    """The case before its row, the order in which a case is closed."""
    case = _locked(second.case)
    found = SecondReader.objects.select_for_update(of=("self",)).select_related("reader", "asked_by").get(pk=second.pk)
    found.case = case
    return found


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=case.pk)


def _tell(by: Actor, verb: str, about: Any, why: str = "") -> None:
    record(by, verb, about, patient=about.case.patient_id, case=about.case_id, why=why)
