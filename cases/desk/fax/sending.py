"""The worker's part: claim a fax, ask once more whether it may go, say that it is handed over, hand it over.

A fax that arrives twice confuses a desk more than one that a person asks about. So that it is handed over is written
down before the line is opened: whoever dies in between leaves a row that is never sent by itself again.
"""

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from cases.case.models import ToDo
from cases.desk.fax import actions, gateway
from cases.desk.fax.models import Fax
from cases.desk.fax.states import ANSWERED_WITHIN, CLAIM_LASTS, TRIES, Failure
from cases.desk.fax.telling import FAX_UNKNOWN, ask_about, ask_what_became, record_fax
from cases.desk.letters import paper
from cases.desk.letters import sending as letter_sending
from cases.desk.letters.actions import fresh
from cases.desk.letters.models import Letter
from cases.desk.letters.states import SentHow
from cases.records.items.telling import lock_case
from portal import clock, mail
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.reminders.rules import retry_after

log = structlog.get_logger(__name__)
TOGETHER = ("letter__case", "letter__office", "asked_by")


def send_due() -> int:
    """Send what waits. Answers how many the gateway took. Any number may run at once."""
    sent = 0
    while pk := _claim():
        sent += _send(pk)
    _give_up_lost()
    _ask_after_silent()
    return sent


@transaction.atomic
def _claim() -> UUID | None:
    real = clock.real_now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=real)
    is_its_time = Q(next_try_at=None) | Q(next_try_at__lte=real)
    found = Fax.objects.waiting().filter(is_free & is_its_time, is_handed_over=False).order_by("asked_at", "pk")
    fax = found.select_for_update(skip_locked=True, of=("self",)).first()
    if fax is None:
        return None
    fax.claimed_until = real + CLAIM_LASTS
    fax.save(update_fields=["claimed_until"])
    return fax.pk


def _send(pk: UUID) -> bool:
    try:
        pdf = paper.pdf(fresh(Letter.objects.get(faxes=pk)))
    except Exception as error:  # only this one is kept back
        if isinstance(error, Refused) and error.code == "busy":  # the papers behind it wait for a place to be opened
            _try_later(pk, Failure.BROKEN)
            return False
        log.error("fax_not_made", error=type(error).__name__)
        _fail(pk, Failure.BROKEN)
        return False
    number = _hand_over(pk)
    if not number:
        return False
    try:
        gateway.send(pdf, number, str(pk), clock.now())
    except mail.AddressRefused:
        _fail(pk, Failure.REFUSED)
    except mail.Unsure:
        _fail(pk, Failure.UNSURE)
    except mail.MailError:  # away, or later: it surely went to nobody
        _try_later(pk, Failure.AWAY)
    else:
        _took(pk)
        return True
    return False


@transaction.atomic
def _hand_over(pk: UUID) -> str:
    """The number, once it is certain that it may go now, and written down that it goes; "" where it must not."""
    fax = _locked(pk)
    letter = fresh(fax.letter)
    if fax.is_handed_over or fax.failed_at:
        return ""
    if actions.number_of(letter) != fax.number or (gateway.is_on() and actions.why_not(letter)):
        _end(fax, Failure.STOPPED)
        return ""
    fax.is_handed_over = True
    fax.save(update_fields=["is_handed_over"])
    return fax.number


@transaction.atomic
def _took(pk: UUID) -> None:
    fax = _locked(pk)
    by = Actor.person(fax.asked_by) if fax.asked_by else Actor("office", id=fax.letter.office_id)
    letter_sending.went_out(fax.letter, SentHow.FAXED, by=by)
    fax.sent_at, fax.claimed_until = clock.now(), None  # behind what follows from it: a later "no" takes that back
    fax.save(update_fields=["sent_at", "claimed_until"])
    record_fax(SYSTEM, "fax.sent", fax)


@transaction.atomic
def _try_later(pk: UUID, why: Failure) -> None:
    """`why`: what it fails for in the end."""
    fax = _locked(pk)
    fax.is_handed_over, fax.claimed_until = False, None
    fax.tries += 1
    fax.next_try_at = clock.real_now() + retry_after(fax.tries)
    fax.save(update_fields=["is_handed_over", "claimed_until", "tries", "next_try_at"])
    if fax.tries >= TRIES:
        _end(fax, why)


@transaction.atomic
def _fail(pk: UUID, why: Failure) -> None:
    _end(_locked(pk), why)


def _give_up_lost() -> None:
    """Handed over, and whoever did it is gone: nobody knows, so a person asks. It is never sent again by itself."""
    lost = Fax.objects.waiting().filter(is_handed_over=True, claimed_until__lte=clock.real_now())
    for pk in list(lost.values_list("pk", flat=True)):
        _fail(pk, Failure.UNSURE)


def _ask_after_silent() -> None:
    """Taken by the gateway a day ago, and no word of it since. Asked once for each."""
    asked = ToDo.objects.filter(kind=FAX_UNKNOWN, about_id=Cast(OuterRef("letter_id"), CharField()))
    silent = Fax.objects.open().filter(~Exists(asked.filter(asked_at__gte=OuterRef("sent_at"))))
    for pk in list(silent.filter(sent_at__lte=clock.now() - ANSWERED_WITHIN).values_list("pk", flat=True)):
        _ask_after(pk)


@transaction.atomic
def _ask_after(pk: UUID) -> None:
    fax = _locked(pk)
    if fax.is_unknown:
        ask_what_became(fax, _("No answer of the gateway after a day"), by=SYSTEM)


def _end(fax: Fax, why: Failure) -> None:
    if fax.failed_at or fax.sent_at:
        return
    fax.failed_at, fax.failure, fax.claimed_until = clock.now(), why, None
    fax.save(update_fields=["failed_at", "failure", "claimed_until"])
    record_fax(SYSTEM, "fax.failed", fax)
    ask_about(fax, by=SYSTEM)


def _locked(pk: UUID) -> Fax:
    """Under the lock of its case, like every word about a letter."""
    lock_case(Fax.objects.select_related("letter__case").get(pk=pk).letter.case)
    return Fax.objects.select_for_update(of=("self",)).select_related(*TOGETHER).get(pk=pk)
